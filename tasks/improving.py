"""Improvement actions: given to their owner, done, measured against their figure, reopened or closed."""

from __future__ import annotations

from datetime import datetime, timedelta

from bpmn.durations import Duration
from complaints.effects import Effect, Measured, effect
from store.binding import Binding, Inputs, Outputs
from store.case_file import CaseFile
from store.improvements import counts, measure
from store.tables import ImprovementRound, WorkItem
from tasks.promising import spoken_time

LEAST_TIME = timedelta(days=1)
"""What an owner has at least, however late the action is agreed."""


def newest_round(file: CaseFile) -> ImprovementRound:
    found = file.session.get(ImprovementRound, (file.case.id, file.case.cycle))
    assert found is not None, "begun when it was agreed"
    return found


def begin_improvement(file: CaseFile, _inputs: Inputs, _prepared: object) -> Outputs:
    """Agreed: the owner gets the work with its date, and is told. A date that has passed moves by its own length."""
    action, case = file.improvement, file.case
    if action.due_at < file.now + LEAST_TIME:
        planned = action.due_at - (case.cycle_started_at or action.opened_at)
        action.due_at = file.now + max(planned, LEAST_TIME)
    agreed = [i for i in file.items(kind="agree_action", cycle=case.cycle) if i.status == "done"]
    by = file.actor if not agreed else agreed[-1].assignee or file.actor
    owner = file.books.organisation.person(action.owner)
    left = int((action.due_at - file.now).total_seconds())
    item = WorkItem(
        case_id=case.id, kind="improve", cycle=case.cycle, department=owner.department, assignee=owner.id,
        status="confirmed", created_at=file.now, offered_at=file.now, confirmed_at=file.now,
        duration=str(Duration(seconds=left)),
    )  # fmt: skip
    number = file.records.numbered(item)
    file.session.add(ImprovementRound(
        case_id=case.id, round=case.cycle, owner=owner.id, agreed_by=by, agreed_at=file.now, due_at=action.due_at,
    ))  # fmt: skip
    case.owner, case.department = owner.id, owner.department
    file.session.add(action)
    file.log("improvement_agreed", item=number, owner=owner.id, due=action.due_at, round=case.cycle)
    told = {"work_item": number, "due": _spoken(file, owner.id, action.due_at)}
    file.tell.to_person(owner.id, "improvement_given", told, suffix=f"/{case.cycle}")
    return {"item": number}


def finish_improvement(file: CaseFile, _inputs: Inputs, _prepared: object) -> Outputs:
    """Done by its owner: from now its effect may show."""
    row = newest_round(file)
    row.done_at = file.happened_at
    for item in file.items(kind="improve", cycle=file.case.cycle):
        if item.status == "confirmed":
            file.end_item(item, "done")
    file.session.add(row)
    file.log("improvement_done", round=row.round, late=row.done_at > row.due_at)
    return {}


def prepare_measuring(file: CaseFile, _inputs: Inputs) -> Measured:
    """The figure over the 30 days up to now."""
    return measure(file, file.now)


def measure_effect(file: CaseFile, _inputs: Inputs, prepared: object) -> Outputs:
    """Judge the newest 30 days against those before the action was opened."""
    assert isinstance(prepared, Measured)
    action, row = file.improvement, newest_round(file)
    found = Effect.UNCLEAR
    if action.figure is not None and action.expected_percent is not None:
        before = Measured(action.baseline, action.baseline_n)
        found = effect(before, prepared, action.expected_percent, counted=counts(action.figure))
    row.measured, row.measured_n = prepared.value, prepared.n
    file.log("effect_measured", round=row.round, effect=found.value, n=prepared.n)
    _record(file, row, found)
    return {"effect": found.value}


def record_effect(file: CaseFile, inputs: Inputs, _prepared: object) -> Outputs:
    """What a person judged where there was too little to measure."""
    _record(file, newest_round(file), Effect(str(inputs["effect"])))
    return {}


def reopen_improvement(file: CaseFile, inputs: Inputs, _prepared: object) -> Outputs:
    """The next round: agreed anew, with as much time as the one before had."""
    action, row, case = file.improvement, newest_round(file), file.case
    reason = str(inputs["reason"])
    row.ended = reason
    action.proven_at = None
    action.due_at = file.now + max(row.due_at - row.agreed_at, LEAST_TIME)
    case.cycle, case.cycle_started_at = case.cycle + 1, file.now
    file.session.add(row)
    file.session.add(action)
    file.log("improvement_reopened", round=case.cycle, reason=reason)
    for person in dict.fromkeys((action.owner, action.opened_by)):
        known = file.books.organisation.people.get(person)
        if known is not None:
            spoken = file.books.name("word", reason, file.tell.language_of(known))
            file.tell.to_person(known.id, "improvement_reopened", {"reason": spoken}, suffix=f"/{case.cycle}")
    return {}


def close_improvement(file: CaseFile, inputs: Inputs, _prepared: object) -> Outputs:
    case, outcome = file.case, str(inputs["outcome"])
    case.closed_at, case.outcome = file.now, outcome
    case.reason = "its effect lasted" if outcome == "proven" else "not agreed to"
    file.log("improvement_closed", outcome=outcome, round=case.cycle)
    return {}


def _record(file: CaseFile, row: ImprovementRound, found: Effect) -> None:
    action = file.improvement
    row.effect, row.checked_at = found.value, file.now
    if found is Effect.PROVEN:
        action.proven_at = action.proven_at or file.now
    file.session.add(row)
    file.session.add(action)
    file.log("effect_recorded", round=row.round, effect=found.value)


def _spoken(file: CaseFile, person: str, at: datetime) -> str:
    known = file.books.organisation.person(person)
    zone = file.books.organisation.hours_of(person).zone
    return spoken_time(at, zone, file.tell.language_of(known))


BINDINGS = (
    Binding("begin_improvement", begin_improvement),
    Binding("finish_improvement", finish_improvement),
    Binding("measure_effect", measure_effect, inline=False, prepare=prepare_measuring),
    Binding("record_effect", record_effect),
    Binding("reopen_improvement", reopen_improvement),
    Binding("close_improvement", close_improvement),
)
