"""`/desk/complaints/{ref}`: one complaint to read, as its reader may see it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Response

from cases.view import complaint
from complaints.reference import parse_ref
from desk.office import Staff, StaffOf, StaffRoute
from review.words import Words

routes = APIRouter(route_class=StaffRoute, include_in_schema=False)

TABLES: Mapping[str, tuple[str, Sequence[tuple[str, str]]]] = {
    "clocks": ("clocks", (("name", "name"), ("state", "state"), ("due", "due_at"), ("why", "why"))),
    "work": ("work_items", (("kind", "name"), ("department", "department"), ("person", "assignee"),
                            ("state", "status"), ("due", "due_at"))),
    "promises": ("promises", (("what", "what"), ("told", "told_at"), ("due", "due_at"), ("state", "state"))),
    "history": ("history", (("at", "at"), ("what", "what"), ("actor", "actor"))),
}  # fmt: skip
"""Title to where in the view it stands, and its columns."""
NOT_TOLD = frozenset({"moved", "timer_fired", "performed", "letter_written", "took_in"})
"""Lines of history that only the drawing needs, or that stand elsewhere on the page."""
LINK = re.compile(r"https?://\S+")
"""In a letter: whoever opens the customer's link acts as the customer."""
TOLD_ABOVE = ("clock_", "_noted")
"""Parts of the names of lines whose matter has a table or a list of its own."""


@routes.get("/desk/complaints/{ref}")
def show(staff: StaffOf, ref: str) -> Response:
    seen = complaint(staff.casework, parse_ref(ref), actor=staff.who, language=staff.language)
    words = Words(staff.office.press.books, staff.language)
    facts = [
        (staff.t("cases.received"), _shown(staff, seen["received_at"])),
        (staff.t("cases.status"), words.status(seen["status"])),
        (staff.t("cases.tier"), words.group("tier", seen["tier"])),
        (staff.t("cases.category"), words.group("category", seen["category"])),
        (staff.t("cases.department"), words.group("department", seen["department"])),
        (staff.t("complaint.channel"), words.group("channel", seen["channel"])),
        (staff.t("complaint.owner"), words.group("handler", seen["owner"])),
        (staff.t("complaint.cycle"), str(seen["cycle"])),
    ]
    tables = [
        {
            "title": staff.t(f"complaint.{title}"),
            "columns": [_column(staff, name) for name, _ in columns],
            "rows": [
                [_said(staff, words, title, field, row) for _, field in columns] for row in _rows(seen, place)
            ],
        }
        for title, (place, columns) in TABLES.items()
    ]
    letters = [
        {
            "subject": one["subject"] or _named(staff, "state", one["direction"]), "body": LINK.sub("…", one["body"]),
            "told": " · ".join((
                _shown(staff, one["created_at"]), _named(staff, "state", one["direction"]),
                words.group("channel", one["channel"]), _named(staff, "state", one["state"]),
            )),
        }
        for one in seen["messages"] if one["audience"] == "customer"
    ]  # fmt: skip
    notes = [
        {
            "told": " · ".join((
                _shown(staff, one["at"]), _named(staff, "note", one["kind"]), words.group("handler", one["by"])
            )),
            "text": one["text"],
        }
        for one in seen["notes"]
    ]  # fmt: skip
    return staff.page(
        "complaint.html", seen=seen, facts=facts, tables=[t for t in tables if t["rows"]], letters=letters, notes=notes
    )  # fmt: skip


def _rows(seen: Mapping[str, Any], place: str) -> list[Mapping[str, Any]]:
    return [
        row for row in seen[place]
        if place != "history" or not (row["what"] in NOT_TOLD or any(part in row["what"] for part in TOLD_ABOVE))
    ]  # fmt: skip


def _said(staff: Staff, words: Words, table: str, field: str, row: Mapping[str, Any]) -> str:
    """A cell as people read it; a key that has no word stays as it is."""
    value = row.get(field)
    match field:
        case "department":
            return words.group("department", value) if value else ""
        case "assignee" | "actor":
            return words.group("handler", value) if value else ""
        case "state" | "status":
            return _named(staff, "state", value)
        case "name" if table == "clocks":
            return words.group("clock", value)
        case "what":
            return _named(staff, "event" if table == "history" else "state", value)
    return _shown(staff, value)


def _named(staff: Staff, table: str, key: object) -> str:
    return str(staff.t.entries[table].get(key, "" if key is None else key))


def _column(staff: Staff, name: str) -> str:
    return staff.t("cases.department") if name == "department" else staff.t(f"complaint.{name}")


def _shown(staff: Staff, value: object) -> str:
    """Instants on the clock of the organisation, the rest as it is."""
    if isinstance(value, str) and len(value) > 18 and value[4] == "-" and value[10:11] == "T":
        press = staff.office.press
        return Words(press.books, staff.language).moment(datetime.fromisoformat(value), press.months.zone)
    return "" if value is None else str(value)
