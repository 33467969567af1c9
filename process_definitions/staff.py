"""The organisation from its file: departments, calendars, people, and what only the outer rooms need of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from bpmn.calendar import Calendar
from bpmn.durations import DurationError, parse_duration
from complaints.errors import near
from complaints.organisation import Absence, Department, Organisation, Person
from complaints.reading import CATEGORIES
from process_definitions.calendars import around_the_clock, business_calendar, working_week
from process_definitions.sheet import CatalogueError, Sheet
from process_definitions.vocabulary import DUTIES

ROLES = ("agent", "specialist", "head", "ops", "auditor", "admin")


@dataclass(frozen=True, slots=True)
class Profile:
    """Beside the `Person` of the same id: how to write to them, their rights, and what they may grant alone."""

    id: str
    name_zh: str
    name_en: str
    email: str
    role: str
    approval_limit: int
    """CNY minor units; more needs a second person."""
    first_language: str


@dataclass(frozen=True, slots=True)
class Staffed:
    """An organisation with its calendars and profiles."""

    organisation: Organisation
    calendars: Mapping[str, Calendar]
    profiles: Mapping[str, Profile]


def staffed_from(sheet: Sheet, zone: str | None = None) -> Staffed:
    """`organisation.toml` as typed values; `zone` replaces the time zone of the file.

    Checked here: duties, skills, roles and calendars are known, every duty has a holder and a deputy.
    `Organisation` itself refuses unknown departments, heads and deputies.
    """
    sheet.only("version", "zone", "stand_in_after", "calendars", "departments", "staff")
    where = zone or sheet.text("zone")
    calendars = {name: _calendar(name, entry, where) for name, entry in sheet.table("calendars").tables()}
    departments = {k: _department(k, entry, calendars) for k, entry in sheet.table("departments").tables()}
    staff = dict(sheet.table("staff").tables())
    people = {id: _person(id, entry) for id, entry in staff.items()}
    for duty in sorted(DUTIES):
        holders = [person for person in people.values() if duty in person.duties]
        if not holders:
            raise CatalogueError(f"{sheet.where}: nobody holds the duty {duty!r}: give it to somebody")
        if len(holders) == 1 and not holders[0].deputies:
            raise CatalogueError(f"{sheet.where}: {holders[0].id} alone holds {duty!r}: name a deputy")
    organisation = Organisation(sheet.text("version"), people, departments, _stand_in_after(sheet))
    profiles = {id: _profile(id, entry) for id, entry in staff.items()}
    return Staffed(organisation, MappingProxyType(calendars), MappingProxyType(profiles))


def _stand_in_after(sheet: Sheet) -> timedelta:
    written = sheet.text("stand_in_after")
    try:
        length = parse_duration(written)
    except DurationError as error:
        raise CatalogueError(f"{sheet.where}: stand_in_after: {error}") from error
    if length.months or length.days:
        raise CatalogueError(f"{sheet.where}: stand_in_after is working time: write hours, as in PT4H")
    return timedelta(seconds=length.seconds)


def _calendar(name: str, entry: Sheet, zone: str) -> Calendar:
    if entry.values.get("hours") == "24x7":
        entry.only("hours")
        return around_the_clock(name, zone)
    entry.only("country", "years", "week")
    years = entry.values.get("years")
    if not isinstance(years, list) or not all(isinstance(year, int) for year in years):
        raise CatalogueError(f"{entry.where}: years must be a list of years, not {years!r}")
    week = entry.table("week")
    hours = {days: week.text(days) for days in week.values}
    return business_calendar(name, zone, working_week(hours), entry.text("country"), years)


def _department(key: str, entry: Sheet, calendars: Mapping[str, Calendar]) -> Department:
    entry.only("zh", "en", "head", "calendar")
    calendar = entry.text("calendar")
    if calendar not in calendars:
        raise CatalogueError(f"{entry.where}: there is no calendar {calendar!r}{near(calendar, calendars)}")
    return Department(key, entry.text("zh"), entry.text("en"), entry.text("head"), calendars[calendar])


def _person(id: str, entry: Sheet) -> Person:
    entry.only(
        "zh", "en", "department", "role", "email", "languages", "skills", "duties", "deputies",
        "approval_limit", "open_limit", "absences",
    )  # fmt: skip
    for name, known in (("skills", frozenset(CATEGORIES)), ("duties", DUTIES)):
        for word in entry.texts(name):
            if word not in known:
                raise CatalogueError(f"{entry.where}: {name}: {word!r} is not known{near(word, known)}")
    return Person(
        id=id, name=_name(entry), department=entry.text("department"),
        skills=frozenset(entry.texts("skills")), languages=frozenset(entry.texts("languages")),
        duties=frozenset(entry.texts("duties")), deputies=entry.texts("deputies"),
        absences=_absences(entry), limit=entry.count("open_limit") if "open_limit" in entry.values else None,
    )  # fmt: skip


def _profile(id: str, entry: Sheet) -> Profile:
    role = entry.text("role")
    if role not in ROLES:
        raise CatalogueError(f"{entry.where}: {role!r} is no role; known are {', '.join(ROLES)}")
    if not entry.texts("languages"):
        raise CatalogueError(f"{entry.where}: name at least one language, the first is written to")
    return Profile(
        id=id, name_zh=entry.text("zh"), name_en=entry.text("en"), email=entry.text("email"), role=role,
        approval_limit=entry.count("approval_limit"), first_language=entry.texts("languages")[0],
    )  # fmt: skip


def _name(entry: Sheet) -> str:
    """A person is shown by the name of their first language."""
    return entry.text("zh" if entry.texts("languages")[:1] == ("zh",) else "en")


def _absences(entry: Sheet) -> tuple[Absence, ...]:
    found: list[Absence] = []
    for absence in entry.values.get("absences", []):
        begins, ends = absence.get("begins"), absence.get("ends")
        if not isinstance(begins, datetime) or not isinstance(ends, datetime | None):
            raise CatalogueError(
                f"{entry.where}: an absence needs begins and ends as date-times with an offset"
            )
        found.append(Absence(begins, ends))
    return tuple(found)
