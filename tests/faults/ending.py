"""How a life ended, in a form that two lives of the same script share, and what differs between the two.

References, row numbers and the persons chosen differ from run to run; what happened to a complaint must not.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, SQLModel, col, select

from cases.casework import Casework
from store.anchors import agrees, broken_anchors
from store.history import broken_chains
from store.tables import (
    ActivityRow,
    Anchor,
    Case,
    ClockRow,
    Dispatch,
    History,
    InboxRow,
    Incident,
    Letter,
    Promise,
    Survey,
    WorkItem,
)
from tests.faults.provider import Handed
from tests.faults.tale import tale

LATE = timedelta(minutes=10)
"""What the leases of killed claimants may delay of one case; a clock that moved by more is a difference."""
FACTS = ("status", "tier", "outcome", "cycle", "decision", "reason", "ended", "hold", "waiting")


@dataclass
class CaseEnd:
    """What became of one complaint. Each line of `happened` is one thing that happened once."""

    facts: dict[str, Any]
    happened: list[str]
    """Letters, work, offers, surveys, promises, incidents, escalations."""
    clocks: dict[str, list[str | None]]
    """By name, key and round: state, then when it began, was due and was stopped."""
    tale: list[str] = field(default_factory=list)
    """What happened, line by line: not compared, told when something differs."""


@dataclass
class Ending:
    cases: dict[str, CaseEnd] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    """What must not be in any life, disturbed or not: broken chains, leftovers, letters sent twice or never."""
    letters: int = 0
    again: int = 0
    """How often the provider was handed a letter that it knew by its key."""
    elements: list[str] = field(default_factory=list)
    """Elements of the definitions that tokens came to."""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of_json(cls, value: Mapping[str, Any]) -> Ending:
        cases = {name: CaseEnd(**case) for name, case in value["cases"].items()}
        return cls(**{**value, "cases": cases})


@dataclass
class Differences:
    """Between a disturbed life and the undisturbed one, a line each."""

    checked: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)

    def of_round(self, number: int) -> Differences:
        """The same, each line with the round in which it was found."""
        named = {
            kind: [f"round {number}, {line}" for line in getattr(self, kind)]
            for kind in ("lost", "doubled", "stuck", "changed")
        }
        return Differences(self.checked, **named)

    def lines(self) -> Iterator[str]:
        for kind in ("lost", "doubled", "stuck", "changed"):
            for line in getattr(self, kind):
                yield f"{kind}: {line}"


# --- reading


def ending(casework: Casework, handed: Handed) -> Ending:
    """The end of a life as store and provider know it."""
    found = Ending(letters=len(handed.taken), again=handed.again)
    with casework.database.read() as session:
        cases = session.exec(
            select(Case).where(Case.kind == "complaint").order_by(col(Case.external_id))
        ).all()
        moved: set[str] = set()
        for case in cases:
            name = case.external_id if case.external_id not in found.cases else f"{case.external_id} again"
            found.cases[name] = _case_end(casework, session, case, moved)
        found.elements = sorted(moved)
        found.faults += [f"chain: {one}" for one in broken_chains(session, casework.secret, cases)]
        found.faults += [f"anchor: {day}" for day in broken_anchors(session, casework.secret)]
        for anchor in session.exec(select(Anchor)).all():
            if agrees(session, casework.secret, anchor) is False:
                found.faults.append(f"anchor: {anchor.day} disagrees with the chains")
        found.faults += _left_over(session)
        found.faults += _post(session, handed)
    return found


def _case_end(casework: Casework, session: Session, case: Case, moved: set[str]) -> CaseEnd:
    def of(table: type[SQLModel]) -> Sequence[Any]:
        query = select(table).where(table.case_id == case.id)  # type: ignore[attr-defined]
        return session.exec(query.order_by(table.id)).all()  # type: ignore[attr-defined]

    ranks: Counter[str] = Counter()
    names: dict[int, str] = {}
    happened: list[str] = []
    for item in of(WorkItem):
        ranks[item.kind] += 1
        names[item.id] = f"{item.kind} {ranks[item.kind]}"
        happened.append(f"work {names[item.id]} of cycle {item.cycle}: {item.status}")
    offers: dict[int, list[str]] = defaultdict(list)
    for offer in of(Dispatch):
        offers[offer.item_id].append(f"{offer.how} {offer.judged or ''}".strip())
    happened += [f"offers of {names[item]}: {', '.join(how)}" for item, how in offers.items()]
    for letter in of(Letter):
        template = letter.key.split("/")[3] if letter.direction == "out" else letter.direction
        happened.append(
            f"letter {template} ({letter.kind}) to {letter.audience}, cycle {letter.cycle}: {letter.state}"
        )
    happened += [f"survey of cycle {one.cycle}: {one.state} {one.score}" for one in of(Survey)]
    happened += [f"promise {one.what}: {one.state}" for one in of(Promise)]
    happened += [f"incident {one.kind}: {'closed' if one.closed_at else 'open'}" for one in of(Incident)]
    for line in session.exec(select(History).where(History.case_id == case.id)).all():
        if line.what in ("timer_fired", "level_passed_over"):
            clock = line.data.get("clock")
            happened.append(
                f"{line.what} {line.element} {clock or ''} {line.data.get('level') or ''}".strip()
            )
        elif line.what == "moved":
            moved.update(line.data["path"])
    clocks: dict[str, list[str | None]] = {}
    with casework.reading(case.ref) as file:
        for row in of(ClockRow):
            key = (
                names.get(int(row.key), row.key) if row.key.isdecimal() and row.name != "resolve" else row.key
            )
            state = str(file.clocks.value(row).state(row.stopped_at or file.now))
            terms = f"{state}, levels {sorted(row.fired)}, extended {row.extensions}"
            times = [at and at.isoformat() for at in (row.started_at, row.due_at, row.stopped_at)]
            clocks[f"{row.name} {key} {row.round}"] = [terms, *times]
    facts = {name: getattr(case, name) for name in FACTS}
    return CaseEnd(facts, sorted(happened), clocks, tale(session, case))


def _left_over(session: Session) -> Iterator[str]:
    """Nothing may wait for a machine that has come to its end."""
    activities = select(ActivityRow).where(col(ActivityRow.state).in_(("ready", "claimed")))
    for row in session.exec(activities).all():
        yield f"left over: activity {row.element} is {row.state}"
    for letter in session.exec(select(Letter).where(col(Letter.state).in_(("waiting", "sending")))).all():
        yield f"left over: letter {letter.key} is {letter.state}"
    for inbox in session.exec(select(InboxRow).where(col(InboxRow.handled_at).is_(None))).all():
        yield f"left over: inbox row {inbox.name}"


def _post(session: Session, handed: Handed) -> Iterator[str]:
    """The provider has what is marked as delivered, once, and nothing that no case owes."""
    letters = session.exec(select(Letter).where(Letter.direction == "out")).all()
    delivered = {letter.key for letter in letters if letter.state == "delivered"}
    for key in sorted(delivered - handed.taken):
        yield f"letter {key} is marked as delivered and never came to the provider"
    for key in sorted(handed.taken - delivered):
        yield f"the provider has {key}, which no letter is marked for"
    for key in handed.changed:
        yield f"letter {key} came again with other words: the provider could not know it for the same"


# --- comparing


def compare(expected: Ending, found: Ending) -> Differences:
    """What the disturbed life lost, doubled, left or changed."""
    known = Differences(checked=4 + len(found.faults))
    for line in found.faults:
        (known.stuck if line.startswith("left over") else known.changed).append(line)
    for name in sorted({*expected.cases, *found.cases}):
        before, after = expected.cases.get(name), found.cases.get(name)
        known.checked += 1
        if before is None or after is None:
            (known.doubled if before is None else known.lost).append(f"{name}: the complaint itself")
            continue
        _compare_case(known, name, before, after)
    return known


def _compare_case(known: Differences, name: str, before: CaseEnd, after: CaseEnd) -> None:
    known.checked += len(before.facts) + len(before.happened) + 2 * len(before.clocks)
    if before.facts["ended"] and not after.facts["ended"]:
        known.stuck.append(f"{name}: {after.facts['status']}, waits for {after.facts['waiting']}")
    known.changed += [
        f"{name}: {fact} is {after.facts[fact]!r}, was {value!r}"
        for fact, value in before.facts.items() if after.facts[fact] != value
    ]  # fmt: skip
    wanted, there = Counter(before.happened), Counter(after.happened)
    known.lost += [f"{name}: {line}" for line in (wanted - there).elements()]
    known.doubled += [f"{name}: {line}" for line in (there - wanted).elements()]
    known.lost += [f"{name}: clock {one}" for one in before.clocks.keys() - after.clocks.keys()]
    known.doubled += [f"{name}: clock {one}" for one in after.clocks.keys() - before.clocks.keys()]
    for clock in before.clocks.keys() & after.clocks.keys():
        terms, *times = before.clocks[clock]
        new_terms, *new_times = after.clocks[clock]
        if terms != new_terms:
            known.changed.append(f"{name}: clock {clock}: {new_terms}; was {terms}")
        if any(not _near(a, b) for a, b in zip(times, new_times, strict=True)):
            known.changed.append(f"{name}: clock {clock} at {new_times}; was {times}")


def _near(one: str | None, other: str | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(datetime.fromisoformat(one) - datetime.fromisoformat(other)) <= LATE


def total(all_of: Iterable[Differences]) -> Differences:
    """The differences of several lives together."""
    known = Differences()
    for one in all_of:
        known.checked += one.checked
        known.lost += one.lost
        known.doubled += one.doubled
        known.stuck += one.stuck
        known.changed += one.changed
    return known
