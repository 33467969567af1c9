"""Steps of people on duty: who has the duty now, and what happens when nobody acts."""

from __future__ import annotations

from complaints.errors import Fault
from complaints.staffing import holder
from store.binding import Binding, Inputs, Outputs
from store.case_file import CaseFile
from store.tables import Incident, WorkItem
from tasks.promising import spoken_time


class NobodyActs(Fault):
    """The last rung of a ladder was not answered. Retry begins the executive's round again."""

    code = "nobody-acts"


def appoint(file: CaseFile, inputs: Inputs, _prepared: object) -> Outputs:
    """Give a step to whoever holds the duty, or their deputy; tell them. `about` is the item it concerns."""
    duty, kind = str(inputs["duty"]), str(inputs["kind"])
    about = inputs.get("about")
    barred = frozenset(file.earlier_hands()) if kind == "review" else frozenset()
    if kind == "approve":
        decision = file.decision()
        barred = frozenset(file.earlier_hands() | ({decision.by} if decision else set()))
    if kind == "judge" and isinstance(about, int):
        barred = frozenset(d.person for d in file.dispatches(about) if d.how == "declined")
    department = file.case.department if duty in ("lead", "supervisor") else None
    choice = holder(file.books.organisation, duty, file.now, department, barred=barred)
    item = WorkItem(
        case_id=file.case.id, kind=kind, cycle=file.case.cycle, duty=duty, created_at=file.now,
        about=about if isinstance(about, int) else None,
    )  # fmt: skip
    if choice.person is not None:
        item.assignee, item.department = choice.person.id, choice.person.department
        item.status, item.offered_at, item.confirmed_at = "confirmed", file.now, file.now
    file.records.numbered(item)
    file.log("appointed", item=item.id, duty=duty, kind=kind, person=item.assignee, rung=inputs.get("rung"))
    if choice.person is not None:
        language = file.tell.language_of(choice.person)
        question = file.decide("clocks", file.clock_question("duty", item.id))
        due = file.books.calendar(str(question["calendar"])).add(file.now, file.duration_of(question))
        zone = file.books.organisation.hours_of(choice.person.id).zone
        told = {
            "work_item": item.id,
            "task": file.books.name("work", kind, language),
            "due": spoken_time(due, zone, language),
        }
        file.tell.to_person(choice.person.id, "duty_work", told, suffix=f"/{item.id}")
    return {"work_item": item.id, "found": choice.person is not None}


def raise_incident(file: CaseFile, inputs: Inputs, _prepared: object) -> Outputs:
    """Five rounds of the executive without an answer: only a person can put this right."""
    known = any(
        i.activation == file.activation and i.closed_at is not None for i in file.records.of(Incident)
    )
    if not known:
        raise NobodyActs(
            f"{file.case.ref}: nobody acted on {inputs['reason']} through every rung of its ladder; "
            "find somebody who will, then press Retry: the last rung is asked again"
        )
    return {}


BINDINGS = (
    Binding("appoint", appoint),
    Binding("raise_incident", raise_incident, inline=False),
)
