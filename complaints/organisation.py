"""The organisation as data: people, departments, duties and absences, checked when it is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bpmn.calendar import Calendar
from complaints.errors import Fault, NaiveTime, UnknownDepartment, UnknownPerson


class OrganisationError(Fault):
    code = "organisation"


@dataclass(frozen=True, slots=True)
class Absence:
    """Away from `begins` until `ends` (not included); `None` is until further notice."""

    begins: datetime
    ends: datetime | None = None

    def __post_init__(self) -> None:
        if self.begins.tzinfo is None or (self.ends is not None and self.ends.tzinfo is None):
            raise NaiveTime("an absence")
        if self.ends is not None and self.ends <= self.begins:
            raise OrganisationError(f"an absence from {self.begins.isoformat()} must end after it begins")

    def covers(self, at: datetime) -> bool:
        return self.begins <= at and (self.ends is None or at < self.ends)


@dataclass(frozen=True, slots=True)
class Person:
    """`deputies` are person ids, first choice first. `limit` is the most open items at a time: `None` is no
    limit, 0 keeps a head out of the daily pool (duties and a head's own turn ask for no limit).

    `languages` are BCP 47 tags; "zh" speaks "zh-CN" too. `hours` are the person's own duty hours; `None`
    is the department's calendar.
    """

    id: str
    name: str
    department: str
    skills: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    duties: frozenset[str] = frozenset()
    deputies: tuple[str, ...] = ()
    absences: tuple[Absence, ...] = ()
    limit: int | None = None
    hours: Calendar | None = None

    def is_absent(self, at: datetime) -> bool:
        return any(absence.covers(at) for absence in self.absences)

    def speaks(self, language: str) -> bool:
        wanted = language.lower()
        known = {tag.lower() for tag in self.languages}
        return wanted in known or wanted.partition("-")[0] in known


@dataclass(frozen=True, slots=True)
class Department:
    """`head` is a person id."""

    key: str
    name_zh: str
    name_en: str
    head: str
    calendar: Calendar


@dataclass(frozen=True, slots=True)
class Organisation:
    """One version of who works where. Refuses unknown departments, heads and deputies when it is made."""

    version: str
    people: Mapping[str, Person]
    departments: Mapping[str, Department]
    stand_in_after: timedelta
    """An owner who is away for more of their duty time than this is stood in for."""

    def __post_init__(self) -> None:
        for person in self.people.values():
            self.department(person.department)
            for deputy in person.deputies:
                self.person(deputy)
                if deputy == person.id:
                    raise OrganisationError(f"{person.id} is named as their own deputy: name somebody else")
        for department in self.departments.values():
            self.person(department.head)

    def person(self, id: str) -> Person:
        """`UnknownPerson` with the nearest id when there is none."""
        if id not in self.people:
            raise UnknownPerson(id, self.people)
        return self.people[id]

    def department(self, key: str) -> Department:
        """`UnknownDepartment` with the nearest key when there is none."""
        if key not in self.departments:
            raise UnknownDepartment(key, self.departments)
        return self.departments[key]

    def members(self, department: str) -> tuple[Person, ...]:
        """Who works in a department, by id."""
        key = self.department(department).key
        return tuple(sorted((p for p in self.people.values() if p.department == key), key=lambda p: p.id))

    def holders(self, duty: str) -> tuple[Person, ...]:
        """Who has a duty, by id, present or not."""
        return tuple(sorted((p for p in self.people.values() if duty in p.duties), key=lambda p: p.id))

    def hours_of(self, person: str) -> Calendar:
        """The duty calendar that clocks on this person run on."""
        one = self.person(person)
        return one.hours or self.department(one.department).calendar

    def away(self, at: datetime) -> tuple[str, ...]:
        """Ids of those who are away for so long that somebody stands in for them."""
        return tuple(id for id in sorted(self.people) if self.is_away_longer(id, at, self.stand_in_after))

    def next_absence(self, after: datetime) -> datetime | None:
        """When the next absence of anybody begins."""
        begins = (absence.begins for person in self.people.values() for absence in person.absences)
        return min((at for at in begins if at > after), default=None)

    def is_away_longer(self, person: str, at: datetime, than: timedelta) -> bool:
        """Whether an absence that covers `at` takes over `than` of the person's duty time in all."""
        one = self.person(person)
        hours = self.hours_of(person)
        return any(
            absence.covers(at)
            and (absence.ends is None or hours.elapsed(absence.begins, absence.ends) > than)
            for absence in one.absences
        )
