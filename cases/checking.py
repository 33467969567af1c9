"""Retrospectives, quality checks and checked grades: drawn for a month, given to people, recorded."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from bpmn.events import Value
from cases.casework import Casework
from cases.errors import CaseNotFound, NotWanted
from cases.passage import Passage
from complaints.acting import Actor
from complaints.errors import NotYours, Refusal, need_reason
from complaints.sampling import LEAST_GRADES, drawn, size, weights
from complaints.staffing import holder
from store.case_file import CaseFile
from store.process_time import circumstances
from store.queries.checks import closed_refs, graded, hands
from store.queries.figures import Period
from store.queries.reading import LARGEST_NUMBER
from store.queries.review.months import period_of
from store.tables import Case, Check, Draw

KINDS = ("retrospective", "quality", "accuracy")
MOST_STEPS, LONGEST_SEED = 1_000, 40
TIERS = ("light", "medium", "severe")


class NotOver(Refusal):
    """A month that is still running has no sample."""

    code = "not-a-period"


class WrongFinding(Refusal):
    """What a check of its kind cannot find."""

    code = "wrong-body"


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a draw gave; `again`: it had been drawn before, and nothing was done."""

    kind: str
    seed: str
    population: int
    drawn: int
    again: bool


def draw(
    casework: Casework, month: str, kind: str, who: Actor, *, zone: str, seed: str | None = None
) -> Drawn:  # fmt: skip
    """Draw once what is to be looked at of a month that is over, and give it to people. Safe to repeat.

    `seed` makes the same choice again elsewhere; without one it is made up and kept.
    """
    if kind not in KINDS:
        raise NotWanted(f"there is no check {kind!r}: choose {', '.join(KINDS)}")
    if seed is not None and not 0 < len(seed) <= LONGEST_SEED:
        raise NotWanted(f"a seed has 1 to {LONGEST_SEED} characters")
    with casework.database.write() as session:
        at = circumstances(session, casework.machine_clock())
        period = _period(month, zone, at.now)
        before = session.get(Draw, (month, kind), with_for_update=True)
        if before is not None:
            return Drawn(kind, before.seed, before.population, before.drawn, again=True)
        used = seed or secrets.token_hex(8)
        population, chosen = _choose(session, kind, period, used)
        due = _due_of(casework, session, at.live)
        people = _reviewers(casework)
        for place, (ref, stands_for, tier) in enumerate(chosen):
            case = casework.find(session, ref)
            session.add(Check(
                case_id=case.id, kind=kind, month=month, stands_for=stands_for, graded_tier=tier,
                assignee=_person(casework, session, kind, case, people, place, at.now), drawn_at=at.now,
                due_at=due(case.closed_at if kind == "retrospective" and case.closed_at else at.now),
            ))  # fmt: skip
        session.add(Draw(
            month=month, kind=kind, seed=used, population=population, drawn=len(chosen), at=at.now, by=who.name
        ))  # fmt: skip
        return Drawn(kind, used, population, len(chosen), again=False)


def _choose(
    session: Session, kind: str, period: Period, seed: str
) -> tuple[int, list[tuple[str, int, str | None]]]:
    """How many it was chosen from, and (ref, for how many it stands, first tier) of each."""
    if kind == "accuracy":
        grades = {one.ref: one for one in graded(session, period)}
        sure = [ref for ref, one in grades.items() if not one.unsure]
        sample = drawn(sure, size(len(sure), LEAST_GRADES), seed)
        chosen = list(zip(sample, weights(len(sure), sample), strict=True))
        chosen += [(ref, 1) for ref, one in grades.items() if one.unsure]
        return len(grades), [(ref, weight, grades[ref].tier) for ref, weight in chosen]
    refs = closed_refs(session, period, grave=kind == "retrospective")
    sample = list(refs) if kind == "retrospective" else drawn(refs, size(len(refs)), seed)
    return len(refs), [(ref, 1, None) for ref in sample]


@dataclass(frozen=True, slots=True)
class RecordCheck:
    """What whoever looked at a complaint again found. `deviation`, with steps required and covered, of a quality
    check; `tier`, as the rubric gives it, of a checked grade; words of each retrospective."""

    check_id: int
    who: Actor
    text: str = ""
    deviation: bool | None = None
    steps_required: int | None = None
    steps_covered: int | None = None
    tier: str | None = None

    @property
    def actor(self) -> str:
        return self.who.name

    def apply(self, file: CaseFile, passage: Passage) -> None:
        check = file.session.get(Check, self.check_id, with_for_update=True)
        if check is None or check.case_id != file.case.id:
            raise CaseNotFound(f"there is no check {self.check_id} of {file.case.ref}")
        if self.who.name != check.assignee and not self.who.oversees:
            raise NotYours(str(check.id), self.who.name, check.assignee)
        if check.done_at is not None:
            raise NotWanted(f"check {check.id} was recorded by {check.done_by}: it stands")
        JUDGES[check.kind](self, check)
        check.done_at, check.done_by = file.now, self.actor
        file.session.add(check)
        if self.text.strip():
            file.note(check.kind if check.kind == "retrospective" else "check", self.text, by=self.actor)
        file.log(
            "checked", check=check.id, kind=check.kind, deviation=check.deviation, tier=check.tier,
            required=check.steps_required, covered=check.steps_covered,
        )  # fmt: skip


def _retrospective(found: RecordCheck, _check: Check) -> None:
    need_reason(found.text, "a retrospective (--text: what happened, why, and what is to change)")


def _quality(found: RecordCheck, check: Check) -> None:
    required, covered = found.steps_required, found.steps_covered
    if found.deviation is None or required is None or covered is None:
        raise WrongFinding(
            "a quality check says whether it deviates, how many steps were required and covered"
        )
    if not 0 <= covered <= required or not 1 <= required <= MOST_STEPS:
        raise WrongFinding(
            f"{covered} of {required} steps cannot be: 1 to {MOST_STEPS} are required, no more are covered"
        )
    if found.deviation:
        need_reason(found.text, "a deviation (--text: what was not as it should be)")
    check.deviation, check.steps_required, check.steps_covered = found.deviation, required, covered


def _accuracy(found: RecordCheck, check: Check) -> None:
    if found.tier not in TIERS:
        raise WrongFinding(f"a checked grade says the tier that the rubric gives: {', '.join(TIERS)}")
    check.tier = found.tier


JUDGES: Mapping[str, Callable[[RecordCheck, Check], None]] = {
    "retrospective": _retrospective,
    "quality": _quality,
    "accuracy": _accuracy,
}


def _period(month: str, zone: str, now: datetime) -> Period:
    period = period_of(month, zone, now)
    if period.end > now:
        raise NotOver(f"{month} is not over: draw when it is")
    return period


def _due_of(casework: Casework, session: Session, live: str | None) -> Callable[[datetime], datetime]:
    """From when a check begins to when it is due, by the table of clocks."""
    definitions = casework.shelf.definitions(session, live or casework.shelf.live(session))
    asked: Mapping[str, Value] = {"clock": "check", "tier": None, "urgency": None, "several": False}
    found = definitions.decisions["clocks"].decide(asked).result
    assert isinstance(found, Mapping), "the table gives one row"
    calendar, length = casework.books.calendar(str(found["calendar"])), CaseFile.duration_of(found)
    return lambda start: calendar.add(start, length)


def _reviewers(casework: Casework) -> Sequence[str]:
    return [person.id for person in casework.books.organisation.holders("reviewer")]


def _person(
    casework: Casework, session: Session, kind: str, case: Case, reviewers: Sequence[str], place: int, now: datetime
) -> str:  # fmt: skip
    """The head of the department for a retrospective; else the reviewers in turn, never one with a part in it."""
    organisation = casework.books.organisation
    if kind == "retrospective" and case.department in organisation.departments:
        return organisation.departments[str(case.department)].head
    barred = hands(session, case.id)
    free = [person for person in reviewers if person not in barred]
    if free:
        return free[place % len(free)]
    manager = holder(organisation, "improver", now).person
    if manager is None:
        raise NotWanted("nobody holds the duty reviewer or improver: name somebody in organisation.toml")
    return manager.id


def record(casework: Casework, session: Session, found: RecordCheck) -> tuple[Check, str] | None:
    """Record what was found, within the session's transaction: the check, and the ref it is about.

    None for a number that no check has, or could have.
    """
    if not 0 < found.check_id <= LARGEST_NUMBER:
        return None
    case_id = session.exec(select(Check.case_id).where(Check.id == found.check_id)).first()
    if case_id is None:
        return None
    case = casework.find(session, case_id, lock=True)
    casework.step_in(session, case, found)
    session.flush()
    return session.get_one(Check, found.check_id), case.ref
