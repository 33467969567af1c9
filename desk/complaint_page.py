"""`/desk/complaints/{ref}`: one complaint to read, as its reader may see it."""

from __future__ import annotations

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
    "messages": ("messages", (("at", "created_at"), ("kind", "kind"), ("channel", "channel"), ("state", "state"))),
    "history": ("history", (("at", "at"), ("what", "what"), ("actor", "actor"))),
}  # fmt: skip
"""Title to where in the view it stands, and its columns."""
NOT_TOLD = frozenset({"moved"})
"""Lines of history that only the drawing needs."""


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
            "rows": [[_shown(staff, row.get(field)) for _, field in columns] for row in _rows(seen, place)],
        }
        for title, (place, columns) in TABLES.items()
    ]
    return staff.page("complaint.html", seen=seen, facts=facts, tables=[t for t in tables if t["rows"]])


def _rows(seen: Mapping[str, Any], place: str) -> list[Mapping[str, Any]]:
    return [row for row in seen[place] if row.get("what") not in NOT_TOLD]


def _column(staff: Staff, name: str) -> str:
    return staff.t("cases.department") if name == "department" else staff.t(f"complaint.{name}")


def _shown(staff: Staff, value: object) -> str:
    """Instants on the clock of the organisation, the rest as it is."""
    if isinstance(value, str) and len(value) > 18 and value[4] == "-" and value[10:11] == "T":
        press = staff.office.press
        return Words(press.books, staff.language).moment(datetime.fromisoformat(value), press.months.zone)
    return "" if value is None else str(value)
