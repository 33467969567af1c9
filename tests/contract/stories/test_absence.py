"""An owner who is away for long is stood in for, with clocks and promise as they are; nobody needs to ask for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from cases.casework import Casework
from cases.requests.direction import Reassign
from cases.sweeping import play, stand_in_for_absent
from complaints.acting import Actor
from complaints.books import Books
from complaints.errors import TooLate
from complaints.organisation import Absence, Organisation
from process_definitions.catalogue import Catalogue
from tasks import BINDINGS
from tests.contract.casework import SECRET, Built, no_links, shipped
from tests.contract.stories.conftest import File

OPS = Actor("s-ye-qing", "ops")
Away = Callable[[Mapping[str, Absence]], None]


@pytest.fixture
def away(house: Built) -> Away:
    """`away({person: absence})`: the organisation of the house says so from now on."""

    def change(absences: Mapping[str, Absence]) -> None:
        books = shipped()[1]
        before = books.organisation
        people = {
            id: replace(person, absences=(absences[id],)) if id in absences else person
            for id, person in before.people.items()
        }
        organisation = Organisation(before.version, people, before.departments, before.stand_in_after)
        casework = house.casework
        house.casework = Casework(
            casework.database, casework.shelf, BINDINGS, _with(books, organisation), secret=SECRET,
            links=no_links, machine_clock=house.clock,
        )  # fmt: skip

    return change


def _with(books: Books, organisation: Organisation) -> Books:
    assert isinstance(books, Catalogue)
    return replace(books, staffed=replace(books.staffed, organisation=organisation))


def test_a_deputy_takes_over_from_an_owner_who_is_away_for_long_with_every_clock_kept(
    house: Built, file: File, away: Away
) -> None:
    story = file("medium")
    owner = str(story.act("confirm").assignee)
    house.pass_time(hours=1)
    due, promised = story.clock("resolve", 1).due_at, story.clock("promise").due_at
    away({owner: Absence(house.clock.now, house.clock.now + timedelta(hours=5))})
    swept = stand_in_for_absent(house.casework)
    house.work()
    deputy = house.casework.books.organisation.person(owner).deputies[0]
    assert swept.stepped == 1
    item = story.open_item("resolve")
    assert (story.case.owner, item.assignee) == (deputy, deputy)
    assert (story.clock("resolve", 1).due_at, story.clock("promise").due_at) == (due, promised)
    assert [x.person for x in story.letters("standing_in")] == [deputy]
    with pytest.raises(TooLate, match=deputy):
        story.act("resolve", by=owner, solution="退款")
    version = story.case.version
    assert stand_in_for_absent(house.casework).stepped == 0, "once"
    assert story.case.version == version
    story.resolve(remedy="apology")
    assert story.state_of("resolve", 1) == "met"


def test_a_short_absence_changes_nothing(house: Built, file: File, away: Away) -> None:
    story = file("medium")
    owner = str(story.act("confirm").assignee)
    away({owner: Absence(house.clock.now, house.clock.now + timedelta(hours=4))})
    assert not stand_in_for_absent(house.casework)
    assert story.case.owner == owner


def test_time_played_forward_notices_an_absence_when_it_begins(house: Built, file: File, away: Away) -> None:
    story = file("medium")
    owner = str(story.act("confirm").assignee)
    begins = house.clock.now + timedelta(hours=2)
    away({owner: Absence(begins, begins + timedelta(days=3))})
    play(house.casework, timedelta(hours=1, minutes=59))
    assert story.case.owner == owner
    play(house.casework, timedelta(hours=1))
    assert story.case.owner != owner
    assert [line.at for line in story.lines("stood_in")] == [begins]


def test_a_deputy_with_a_part_in_an_earlier_cycle_does_not_stand_in(
    house: Built, file: File, away: Away
) -> None:
    story = file("medium")
    first = str(story.act("confirm").assignee)
    story.resolve(remedy="apology")
    story.until_asked()
    story.score(2)
    story.wait(minutes=15)
    story.act("confirm")
    deputies = house.casework.books.organisation.person(str(story.case.owner)).deputies
    owner = next(p.id for p in house.casework.books.organisation.people.values() if first in p.deputies)
    if owner != story.case.owner:
        story.ask(Reassign(OPS, owner, "交接"))
        if story.takes("confirm"):
            story.act("confirm")
    assert story.case.owner == owner
    assert deputies
    away({owner: Absence(house.clock.now)})
    stand_in_for_absent(house.casework)
    assert story.case.owner not in (owner, first)


def test_with_everybody_away_the_complaint_stays_and_its_clocks_go_on(
    house: Built, file: File, away: Away
) -> None:
    story = file("medium")
    owner = str(story.act("confirm").assignee)
    everybody = {id: Absence(house.clock.now) for id in house.casework.books.organisation.people}
    away(everybody)
    version = story.case.version
    assert not stand_in_for_absent(house.casework)
    assert (story.case.owner, story.case.version) == (owner, version)
