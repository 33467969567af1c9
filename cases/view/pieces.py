"""The parts of a case's view, each from its rows. Shapes as in docs: what others read keeps its names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from complaints.books import Books
from process_definitions.why import why_words
from store.case_file import CaseFile
from store.queries.reading import CaseRows
from store.tables import Case, ClockRow, Customer, Letter, WorkItem

Json = dict[str, Any]

FACTS = (
    "ref", "status", "tier", "category", "department", "urgency", "impact", "sentiment", "cycle", "channel",
    "owner", "language", "outcome", "decision", "reason", "provisional", "hold", "merged_into", "follows",
)  # fmt: skip


def instant(at: datetime | None) -> str | None:
    """As people and programs read it: ISO 8601, UTC."""
    return None if at is None else at.isoformat()


def facts(case: Case) -> Json:
    """What the row of the case says; the same in lists and in the whole view."""
    return {
        **{name: getattr(case, name) for name in FACTS},
        "received_at": instant(case.received_at),
        "occurred_at": instant(case.occurred_at),
        "closed_at": instant(case.closed_at),
        "erased_at": instant(case.erased_at),
        "next_due_at": instant(case.next_due_at),
        "waiting_for": list(case.waiting),
        "prefect_flow_run_id": case.flow_run_id,
    }


def clocks(file: CaseFile, rows: Sequence[ClockRow], language: str) -> list[Json]:
    """Every clock, earlier rounds too. `why` is a sentence that explains the due time."""
    words = why_words(language)
    found = []
    for row in rows:
        clock = file.clocks.value(row)
        found.append({
            "name": row.name,
            "cycle": row.cycle,
            "work_item": int(row.key) if row.name in ("confirm", "deliver", "duty") else None,
            "started_at": instant(row.started_at),
            "due_at": instant(row.due_at),
            "stopped_at": instant(row.stopped_at),
            "state": clock.state(file.now).value,
            "calendar": row.calendar,
            "extensions": row.extensions,
            "why": clock.why().sentence(words),
        })  # fmt: skip
    return found


def work_item(item: WorkItem, books: Books, language: str) -> Json:
    """`name` is what people call the work, `actions` what would take it further now."""
    return {
        "id": item.id,
        "kind": item.kind,
        "name": books.name("work", item.kind, language),
        "department": item.department,
        "duty": item.duty,
        "about": item.about,
        "assignee": item.assignee,
        "cycle": item.cycle,
        "status": item.status,
        "actions": list(item.actions),
        "what": item.what,
        "remedy": item.remedy,
        "amount": item.amount,
        "offered_at": instant(item.offered_at),
        "confirmed_at": instant(item.confirmed_at),
        "due_at": instant(item.due_at),
        "finished_at": instant(item.finished_at),
    }


def message(letter: Letter, customer: Customer) -> Json:
    """A letter in or out. `to` is masked: enough to recognise the address, too little to use it."""
    return {
        "key": letter.key,
        "direction": letter.direction,
        "kind": letter.kind,
        "audience": letter.audience,
        "channel": letter.channel,
        "to": _addressee(letter, customer),
        "state": letter.state,
        "subject": letter.subject,
        "body": letter.body,
        "created_at": instant(letter.created_at),
        "delivered_at": instant(letter.delivered_at),
        "links": dict(letter.links),
    }


def surveys(rows: CaseRows) -> list[Json]:
    return [
        {
            "cycle": s.cycle, "sent_at": instant(s.sent_at), "expires_at": instant(s.expires_at),
            "answered_at": instant(s.answered_at), "score": s.score, "attitude": s.attitude, "nps": s.nps,
            "leave": s.leave, "corrected": s.corrected, "comment": s.comment, "state": s.state,
        }
        for s in rows.surveys
    ]  # fmt: skip


def promises(rows: CaseRows) -> list[Json]:
    return [
        {"what": p.what, "told_at": instant(p.told_at), "due_at": instant(p.due_at), "state": p.state}
        for p in rows.promises
    ]


def incidents(rows: CaseRows) -> list[Json]:
    return [
        {
            "id": i.id, "kind": i.kind, "reason": i.reason, "owner": i.owner,
            "opened_at": instant(i.opened_at), "closed_at": instant(i.closed_at), "closed_by": i.closed_by,
        }
        for i in rows.incidents
    ]  # fmt: skip


def notes(rows: CaseRows) -> list[Json]:
    return [
        {
            "kind": n.kind,
            "work_item": n.item_id,
            "cycle": n.cycle,
            "by": n.by,
            "at": instant(n.at),
            "text": n.text,
        }
        for n in rows.notes
    ]


def decisions(rows: CaseRows) -> list[Json]:
    """Each cycle's decision with its options; the chosen one is what is granted."""
    return [
        {
            "cycle": d.cycle, "decision": d.decision, "by": d.by, "at": instant(d.at),
            "approved_by": d.approved_by, "sent_at": instant(d.sent_at),
            "options": [
                {
                    "position": o.position, "text": o.text, "remedy": o.remedy, "amount": o.amount,
                    "recommended": o.recommended, "costs_customer": o.costs_customer,
                    "chosen_at": instant(o.chosen_at),
                }
                for o in rows.options if o.decision_id == d.id
            ],
        }
        for d in rows.decisions
    ]  # fmt: skip


def history(rows: CaseRows) -> list[Json]:
    return [
        {
            "seq": line.seq, "at": instant(line.at), "what": line.what, "process": line.process,
            "element": line.element, "actor": line.actor, "data": dict(line.data), "hash": line.hash,
        }
        for line in rows.history
    ]  # fmt: skip


def elements(rows: CaseRows, places: Mapping[str, Mapping[str, tuple[int, ...]]]) -> list[Json]:
    """Each element the case came to, in order of first entry; `active` ones hold it now."""
    met: dict[tuple[str, str], Json] = {}
    for line in rows.history:
        for place in line.data.get("path", ()) if line.what == "moved" else ():
            process, _, element = str(place).partition("/")
            one = met.setdefault(
                (process, element),
                {"process": process, "element": element, "state": "passed", "times": 0, "entered_at": None},
            )
            one["times"] += 1
            one["entered_at"] = instant(line.at)
    for (process, element), one in met.items():
        if element in places.get(process, {}):
            one["state"] = "active"
    return list(met.values())


def masked(address: str) -> str:
    """An address with its middle left out: `l***@example.org`, `138****8000`, `*` for what is too short."""
    name, at, host = address.rpartition("@")
    if at:
        return f"{name[:1]}***@{host}"
    digits = address.strip()
    if len(digits) < 7:
        return "*" * len(digits)
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 9 else f"{digits[:2]}****{digits[-1:]}"


def _addressee(letter: Letter, customer: Customer) -> str | None:
    """Staff by their id, the customer by a masked address; null where the way needs none or we received it."""
    if letter.audience == "staff":
        return letter.person
    if letter.direction == "in":
        return None
    address = {"email": customer.email, "sms": customer.phone, "call": customer.phone}.get(letter.channel)
    return masked(address) if address else None
