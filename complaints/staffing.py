"""Who gets the work: a person by skill, language and load, the holder of a duty, a head.

Every answer is a `Choice`: a person or nobody, and the reasons. Nobody is an answer, never an error
here: whoever asked alerts at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from complaints.errors import EmptyPool, NaiveTime
from complaints.organisation import Organisation, Person

Load = Mapping[str, int]
"""Open items by person id; who is not in it has none."""


class ReasonCode(StrEnum):
    BARRED = "barred"
    """May not: had a part in an earlier cycle, let this offer pass, proposed what is to be approved."""
    ABSENT = "absent"
    FULL = "full"
    """At the limit of open items."""
    SKILL = "skill"
    """Chosen among those with the skill; NO_SKILL: nobody free has it."""
    NO_SKILL = "no_skill"
    LANGUAGE = "language"
    NO_LANGUAGE = "no_language"
    LOAD = "load"
    """Fewest open items of those left."""
    DEPUTY = "deputy"
    """Stands in for the person named in `person`."""
    ELSEWHERE = "elsewhere"
    """Nobody of the department; taken from the whole organisation."""
    NAMED = "named"
    """A person reassigned it to them."""
    HEAD = "head"
    OTHER_HEAD = "other_head"
    EMPTY = "empty"
    """Nobody is left."""


@dataclass(frozen=True, slots=True)
class Reason:
    """`person` is who was passed over or stood in for; "" where the reason is about the one chosen."""

    code: ReasonCode
    person: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    person: Person | None
    reasons: tuple[Reason, ...]

    @property
    def is_empty(self) -> bool:
        return self.person is None

    def taken(self, pool: str) -> Person:
        """The person; `EmptyPool`, counting why, when there is none. For people's own requests."""
        if self.person is None:
            counts = {code: sum(1 for reason in self.reasons if reason.code is code) for code in _PASSED_OVER}
            why = ", ".join(f"{count} {code}" for code, count in counts.items() if count)
            raise EmptyPool(pool, why or "nobody is in it")
        return self.person


_PASSED_OVER = (ReasonCode.ABSENT, ReasonCode.BARRED, ReasonCode.FULL)


def choose(
    organisation: Organisation,
    department: str,
    *,
    skill: str,
    language: str,
    load: Load,
    now: datetime,
    barred: Set[str] = frozenset(),
) -> Choice:
    """A member of the department: never the absent, the barred or the full.

    Skill counts before language, language before load; a tie goes to the smaller id. Nobody with the
    skill or the language is no hindrance, only a reason. "" asks for no skill or language.
    """
    reasons: list[Reason] = []
    free: list[Person] = []
    for person in organisation.members(department):
        code = _hindrance(person, load, now, barred)
        if code is None:
            free.append(person)
        else:
            reasons.append(Reason(code, person.id))
    if not free:
        return Choice(None, (*reasons, Reason(ReasonCode.EMPTY)))
    if skill:
        able = [person for person in free if skill in person.skills]
        reasons.append(Reason(ReasonCode.SKILL if able else ReasonCode.NO_SKILL))
        free = able or free
    if language:
        fluent = [person for person in free if person.speaks(language)]
        reasons.append(Reason(ReasonCode.LANGUAGE if fluent else ReasonCode.NO_LANGUAGE))
        free = fluent or free
    if len(free) > 1:
        reasons.append(Reason(ReasonCode.LOAD))
    return Choice(min(free, key=lambda person: (load.get(person.id, 0), person.id)), tuple(reasons))


def next_in_department(
    organisation: Organisation,
    department: str,
    tried: Collection[str],
    *,
    skill: str,
    language: str,
    load: Load,
    now: datetime,
    barred: Set[str] = frozenset(),
) -> Choice:
    """The next choice after those who declined or let the offer expire."""
    return choose(
        organisation, department, skill=skill, language=language, load=load, now=now,
        barred=frozenset(barred) | frozenset(tried),
    )  # fmt: skip


def choose_anew(
    organisation: Organisation,
    department: str,
    earlier: Set[str],
    *,
    skill: str,
    language: str,
    load: Load,
    now: datetime,
    barred: Set[str] = frozenset(),
) -> Choice:
    """The handler of cycle n+1: none of `earlier` (handlers, solvers and approvers of earlier cycles).

    None left: the department's head, then another head, neither of them of `earlier` and each present.
    Heads take it whatever their load. `barred` are those who let this offer pass.
    """
    out = frozenset(earlier) | frozenset(barred)
    choice = choose(
        organisation, department, skill=skill, language=language, load=load, now=now, barred=out
    )  # fmt: skip
    if choice.person is not None:
        return choice
    own = organisation.department(department).head
    passed = tuple(reason for reason in choice.reasons if reason.code is not ReasonCode.EMPTY)
    for head in (organisation.person(own), *heads(organisation, now)):
        if head.id not in out and not head.is_absent(now):
            code = ReasonCode.HEAD if head.id == own else ReasonCode.OTHER_HEAD
            return Choice(head, (*passed, Reason(code)))
    return choice


def holder(
    organisation: Organisation,
    duty: str,
    now: datetime,
    department: str | None = None,
    *,
    barred: Set[str] = frozenset(),
) -> Choice:
    """Who has the duty now: a present holder, by id, else a holder's deputy, and a deputy's deputy.

    With a department its own holders and their deputies come first, then the rest of the organisation.
    """
    holders = organisation.holders(duty)
    if department is None:
        return _present(organisation, holders, now, barred)
    key = organisation.department(department).key
    own = _present(organisation, tuple(p for p in holders if p.department == key), now, barred)
    if own.person is not None:
        return own
    others = _present(organisation, tuple(p for p in holders if p.department != key), now, barred)
    if others.person is None:
        return others
    return Choice(others.person, (Reason(ReasonCode.ELSEWHERE), *others.reasons))


def head_of(
    organisation: Organisation, department: str, now: datetime, *, barred: Set[str] = frozenset()
) -> Choice:
    """The department's head, or who deputises."""
    head = organisation.person(organisation.department(department).head)
    return _present(organisation, (head,), now, barred)


def heads(organisation: Organisation, now: datetime) -> tuple[Person, ...]:
    """The heads of all departments who are present, each once, by id."""
    ids = {department.head for department in organisation.departments.values()}
    present = (organisation.person(id) for id in sorted(ids))
    return tuple(person for person in present if not person.is_absent(now))


def stand_in(
    organisation: Organisation, owner: str, now: datetime, *, barred: Set[str] = frozenset()
) -> Choice | None:
    """Who takes over from an owner who is away for long: a deputy, else the head of their department or another
    head, none of them `barred`. `None` while nobody need."""
    if not organisation.is_away_longer(owner, now, organisation.stand_in_after):
        return None
    person = organisation.person(owner)
    choice = _present(organisation, (person,), now, barred)
    if choice.person is not None:
        return choice
    own = organisation.department(person.department).head
    for head in (organisation.person(own), *heads(organisation, now)):
        if head.id not in barred and not head.is_absent(now):
            code = ReasonCode.HEAD if head.id == own else ReasonCode.OTHER_HEAD
            return Choice(head, (*choice.reasons, Reason(code)))
    return choice


def _hindrance(person: Person, load: Load | None, now: datetime, barred: Set[str]) -> ReasonCode | None:
    if now.tzinfo is None:
        raise NaiveTime("the time of a choice of person")
    if person.id in barred:
        return ReasonCode.BARRED
    if person.is_absent(now):
        return ReasonCode.ABSENT
    if load is not None and person.limit is not None and load.get(person.id, 0) >= person.limit:
        return ReasonCode.FULL
    return None


def _present(
    organisation: Organisation, holders: tuple[Person, ...], now: datetime, barred: Set[str]
) -> Choice:
    reasons: list[Reason] = []
    for person in holders:
        code = _hindrance(person, None, now, barred)
        if code is None:
            return Choice(person, tuple(reasons))
        reasons.append(Reason(code, person.id))
    for person in holders:
        for deputy in _deputies(organisation, person):
            if _hindrance(deputy, None, now, barred) is None:
                return Choice(deputy, (*reasons, Reason(ReasonCode.DEPUTY, person.id)))
    return Choice(None, (*reasons, Reason(ReasonCode.EMPTY)))


def _deputies(organisation: Organisation, person: Person) -> Iterator[Person]:
    """Deputies, then their deputies, each once, however they refer to each other."""
    seen = {person.id}
    waiting = list(person.deputies)
    while waiting:
        id = waiting.pop(0)
        if id not in seen:
            seen.add(id)
            deputy = organisation.person(id)
            waiting.extend(deputy.deputies)
            yield deputy
