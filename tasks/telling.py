"""Letters that the definitions owe to somebody with a role in the case."""

from __future__ import annotations

from store.binding import Binding, Inputs, Outputs
from store.case_file import CaseFile
from tasks.promising import open_promise, spoken_time

CUSTOMER_KINDS = {
    "plan_made": "progress", "fix_done": "progress", "fulfilled": "progress", "closing": "progress",
    "promise_moved": "notice", "taken_up": "notice", "options_reminder": "reminder", "options_default": "notice",
    "withdrawal_confirmed": "notice", "final_answer": "final",
}  # fmt: skip
"""Template to the kind of message it is."""

ONCE_A_CYCLE = frozenset({"plan_made", "fix_done"})
"""News that a case which comes back does not tell again."""


def tell(file: CaseFile, inputs: Inputs, _prepared: object) -> Outputs:
    """Write the letter `template` to whoever holds the role `to`, about the work item `item` when given."""
    template, role = str(inputs["template"]), str(inputs["to"])
    number = inputs.get("item")
    item = file.item(number) if isinstance(number, int) else None
    if role == "customer":
        promise = open_promise(file)
        purposes = ("track", "options") if template.startswith("options") else ("track",)
        due = promise.due_at if promise else file.now
        told = {
            **file.tell.decision_values(),
            "due": spoken_time(due, file.customer.zone, file.case.language),
        }
        kind = CUSTOMER_KINDS.get(template, template)
        once = template in ONCE_A_CYCLE
        file.tell.to_customer(kind, told, template=template, purposes=purposes, once=once)
        return {}
    person = file.person_in(role, item)
    if person is None:
        file.open_incident("nobody_acts", f"nobody holds the role {role!r} for {template!r}")
        return {}
    zone = file.books.organisation.hours_of(person.id).zone
    language = file.tell.language_of(person)
    due_at = item.due_at if item is not None else None
    if item is not None and due_at is None:
        row = file.clocks.row("confirm", item.id) if item.status == "offered" else None
        row = row or file.clocks.row("deliver", item.id) or file.clocks.row("resolve", item.cycle)
        due_at = row.due_at if row else None
    told = {
        "due": spoken_time(due_at, zone, language) if due_at else "",
        "work_item": item.id if item else "",
        "task": file.books.name("work", item.kind, language) if item else "",
        "score": file.last_score() or "",
    }
    file.tell.to_person(person.id, template, told)
    return {}


BINDINGS = (Binding("tell", tell),)
