"""One complaint on the terminal: the view of the API, section by section, empty ones left out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.text import Text

from runtime.cli.printing import Json, console, local, money, shown, table

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

STEPS = ("moved",)
"""Lines of the history that only say where the token is; the JSON has them."""
DIGESTS = ("digest",)
"""Facts of a line that only a program can use."""


def print_whole(view: Json, zone: ZoneInfo) -> None:
    """Print the whole view; times are on the clock of `zone`, as the head says."""
    _Whole(view, zone, console()).print()


class _Whole:
    def __init__(self, view: Json, zone: ZoneInfo, out: Console) -> None:
        self._view, self._zone, self._out = view, zone, out

    def print(self) -> None:
        self._head()
        self._incidents()
        self._clocks()
        self._promises()
        self._work()
        self._decisions()
        self._surveys()
        self._notes()
        self._messages()
        self._history()

    # --- sections

    def _head(self) -> None:
        view, zone = self._view, self._zone
        cycle, tier = f"cycle {view['cycle']}", view["tier"] or "not graded"
        parts = (view["ref"], view["status"], tier, view["category"], cycle)
        self._out.print(Text(" · ".join(str(part) for part in parts if part), style="bold"))
        self._pairs({name: view[name] for name in ("urgency", "impact", "sentiment", "channel")})
        self._pairs({"department": view["department"], "owner": view["owner"]})
        self._pairs({
            "provisional grade": view["provisional"] or None, "legal hold": view["hold"] or None,
            "merged into": view["merged_into"], "follows": view["follows"], "Prefect run": view["prefect_flow_run_id"],
        })  # fmt: skip
        self._pairs({"led by it": f"{len(view['members'])} others" if view["members"] else None})
        self._pairs({"outcome": view["outcome"], "decision": view["decision"], "reason": view["reason"]})
        self._pairs({
            "received": self._at(view, "received_at"),
            "closed": self._at(view, "closed_at") if view["closed_at"] else None,
            "times in": zone.key,
        })  # fmt: skip
        self._pairs({f"customer {name}": value for name, value in view["customer"].items()})
        self._pairs({**view["about"], "amount": money(view["about"]["amount"])})
        self._out.print()
        self._out.print(_inset(Text(view["text"])))
        waits = "; ".join(view["waiting_for"]) or "nothing"
        due = f" (next due {self._at(view, 'next_due_at')})" if view["next_due_at"] else ""
        self._title(f"waits for: {waits}{due}")

    def _incidents(self) -> None:
        rows = [
            (i["id"], i["kind"], i["owner"], self._at(i, "opened_at"), self._at(i, "closed_at"), i["reason"])
            for i in self._view["incidents"]
        ]
        self._table("Incidents", ("id", "kind", "owner", "opened", "closed", "reason"), rows, "reason")

    def _clocks(self) -> None:
        """Each with the sentence that explains its due time below the table, where it has room."""
        clocks = self._view["clocks"]
        of = [f"item {c['work_item']}" if c["work_item"] else f"cycle {c['cycle']}" for c in clocks]
        rows = [
            (
                c["name"], whose, c["state"], self._at(c, "started_at"), self._at(c, "due_at"),
                self._at(c, "stopped_at"),
            )
            for c, whose in zip(clocks, of, strict=True)
        ]  # fmt: skip
        self._table("Clocks", ("clock", "of", "state", "started", "due", "stopped"), rows)
        for clock, whose in zip(clocks, of, strict=True):
            self._out.print(_inset(Text(f"{clock['name']} of {whose}: {clock['why']}"), left=4))

    def _promises(self) -> None:
        rows = [
            (p["what"], self._at(p, "told_at"), self._at(p, "due_at"), p["state"])
            for p in self._view["promises"]
        ]
        self._table("Promises", ("what", "told", "due", "state"), rows)

    def _work(self) -> None:
        rows = [
            (
                w["id"], " ".join(filter(None, (w["name"], w["what"], _granted(w)))), w["cycle"],
                w["department"] or w["duty"], w["assignee"], w["status"], self._at(w, "due_at"), w["actions"],
            )
            for w in self._view["work_items"]
        ]  # fmt: skip
        headings = ("id", "work", "cycle", "department", "person", "status", "due", "takes")
        self._table("Work", headings, rows, "work")

    def _decisions(self) -> None:
        rows = [
            (
                d["cycle"], d["decision"], d["by"], d["approved_by"],
                f"{o['position']}{' recommended' if o['recommended'] else ''}", o["text"], _granted(o),
                self._at(o, "chosen_at"),
            )
            for d in self._view["decisions"] for o in d["options"]
        ]  # fmt: skip
        headings = ("cycle", "decision", "by", "approved by", "option", "what", "remedy", "chosen")
        self._table("Decisions", headings, rows, "what")

    def _surveys(self) -> None:
        rows = [
            (
                s["cycle"], s["state"], self._at(s, "sent_at"), self._at(s, "expires_at"),
                self._at(s, "answered_at"), s["score"], s["attitude"], s["nps"], s["comment"],
            )
            for s in self._view["surveys"]
        ]  # fmt: skip
        headings = ("cycle", "state", "sent", "expires", "answered", "score", "attitude", "NPS", "comment")
        self._table("Surveys", headings, rows, "comment")

    def _notes(self) -> None:
        rows = [
            (self._at(n, "at"), n["kind"], n["work_item"], n["by"], n["text"]) for n in self._view["notes"]
        ]
        self._table("Notes", ("at", "kind", "item", "by", "text"), rows, "text")

    def _messages(self) -> None:
        """Read, not scanned: each with its text. What went to staff repeats the case and is only named."""
        if self._view["messages"]:
            self._title("Messages")
        for one in self._view["messages"]:
            way = (
                "from the customer" if one["direction"] == "in" else f"to {one['audience']} {one['to'] or ''}"
            )
            sent = f"delivered {self._at(one, 'delivered_at')}" if one["delivered_at"] else one["state"]
            head = f"{self._at(one, 'created_at')}  {one['kind']} {way.strip()} by {one['channel']}, {sent}"
            self._out.print(_inset(Text(head, style="italic")))
            if one["audience"] == "customer":
                text = f"{one['subject']}\n{one['body']}".strip()
                self._out.print(_inset(Text(text), left=4))

    def _history(self) -> None:
        lines = self._view["history"]
        rows = [
            (h["seq"], self._at(h, "at"), h["what"], h["element"], h["actor"], self._data(h["data"]))
            for h in lines if h["what"] not in STEPS
        ]  # fmt: skip
        self._table("History", ("seq", "at", "what", "element", "actor", "data"), rows, "data")
        told = f"\n{len(lines) - len(rows)} steps of the drawing and the hash of each line: --json"
        self._out.print(Text(told, style="dim"))

    # --- pieces

    def _title(self, text: str) -> None:
        self._out.print(Text(f"\n{text}", style="bold"))

    def _table(
        self, title: str, headings: Sequence[str], rows: Iterable[Sequence[object]], folded: str = ""
    ) -> None:
        found = list(rows)
        if found:
            self._title(title)
            self._out.print(_inset(table(headings, found, folded=folded)))

    def _pairs(self, pairs: Json) -> None:
        told = [f"{name} {shown(value)}" for name, value in pairs.items() if value not in (None, "", [])]
        if told:
            self._out.print(_inset(Text(" · ".join(told))))

    def _at(self, one: Json, name: str) -> str:
        return local(one[name], self._zone)

    def _data(self, data: Json) -> str:
        told = ((name, value) for name, value in data.items() if name not in DIGESTS)
        return ", ".join(f"{name} {self._datum(value)}" for name, value in told)

    def _datum(self, value: object) -> str:
        """A fact of a line of history; instants as on the wall, tables' results opened up."""
        if isinstance(value, dict):
            return f"({self._data(value)})"
        if isinstance(value, str) and _is_instant(value):
            return local(value, self._zone)
        return shown(value)


def _is_instant(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _granted(one: Json) -> str:
    return f"{one['remedy']} {money(one['amount'])}".strip() if one["remedy"] else ""


def _inset(what: RenderableType, left: int = 2) -> RenderableType:
    return Padding(what, (0, 0, 0, left), expand=False)
