"""Nobody looks for ten hours, or the machine's clock jumps: what was due happens once, in order, against nobody."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from cases.opening import Complainant
from cases.requests.work import ActOnItem
from cases.sweeping import run_unclaimed, step_due
from complaints.acting import Actor
from process_definitions.catalogue import Catalogue
from runtime.doctor import examine
from runtime.settings import Settings
from runtime.wiring import Wiring, machine_time
from store.process_time import advance_to, process_time
from store.queries.due import note_tick
from store.tables import Case, Dispatch, Downtime, History, Incident, Letter, Tick, WorkItem
from tests.contract.casework import Built
from tests.faults.conftest import Ground
from tests.faults.courses import TEXTS
from tests.faults.script import BEGIN, Life

pytestmark = pytest.mark.one_machine("played in the process of the test")
HOURS = 10
CONFIRMED, OFFERED = "confirmed", "offered"


@pytest.fixture
def life(ground: Ground, folder: Path) -> Iterator[Life]:
    """An empty store with its clock at the beginning, and hands enough for any number of complaints."""
    house = ground.warm.house(ground.stores, folder, ())
    life = house.life()
    books = ground.warm.books
    assert isinstance(books, Catalogue)
    people = {
        id: replace(person, limit=None) if person.limit else person
        for id, person in books.organisation.people.items()
    }
    staffed = replace(books.staffed, organisation=replace(books.organisation, people=people))
    life.casework.books = replace(books, staffed=staffed)
    yield life
    house.leave()


def file(life: Life, name: str) -> str:
    customer = Complainant(id=name, name="测试客户", email=f"{name}@customers.example")
    return Built(life.casework, life.clock).file(TEXTS["medium"], customer=customer, external_id=name)


def confirm_all(life: Life) -> int:
    with life.casework.database.read() as session:
        found = session.exec(select(WorkItem).where(WorkItem.status == "offered")).all()
    for item in found:
        who = Actor(str(item.assignee), "specialist")
        life.casework.step(item.case_id, ActOnItem(int(item.id or 0), "confirm", who))
    return len(found)


def look(life: Life) -> Downtime | None:
    """What the clock process does each second, until nothing is left."""
    now = life.clock.now
    with life.casework.database.write() as session:
        gap = note_tick(session, "clock", now, process_time(session, now))
    while (
        step_due(life.casework) or run_unclaimed(life.casework, waited=timedelta(0)) or life.outbox.send_due()
    ):
        pass
    return gap


def pass_time(life: Life, length: timedelta) -> None:
    """Time in which clocks look as they should: at least each two minutes, and at what is due."""
    until = life.clock.now + length
    while life.clock.now < until:
        life.clock.now = min(until, life.clock.now + timedelta(minutes=2))
        look(life)


def fired(session: Session) -> dict[str, list[History]]:
    found: dict[str, list[History]] = defaultdict(list)
    query = (
        select(History).where(History.what == "timer_fired").order_by(col(History.case_id), col(History.seq))
    )
    for line in session.exec(query).all():
        found[line.case_id].append(line)
    return found


@pytest.mark.parametrize("count", [40, pytest.param(500, marks=pytest.mark.long)])
def test_after_ten_hours_everything_due_happens_once_in_order_and_nobody_loses_work(
    life: Life, count: int
) -> None:
    look(life)
    for number in range(count // 2):
        file(life, f"{CONFIRMED}-{number}")
    assert confirm_all(life) == count // 2
    pass_time(life, timedelta(hours=9, minutes=20))
    for number in range(count // 2):
        file(life, f"{OFFERED}-{number}")
    pass_time(life, timedelta(minutes=10))
    with life.casework.database.read() as session:
        before = {case: len(lines) for case, lines in fired(session).items()}
        held = dict(session.exec(select(WorkItem.id, WorkItem.assignee)).all())
        written = {letter.id for letter in session.exec(select(Letter)).all()}

    life.clock.now += timedelta(hours=HOURS)
    gap = look(life)

    assert gap is not None
    assert gap.ended_at - gap.began_at == timedelta(hours=HOURS)
    with life.casework.database.read() as session:
        assert session.exec(select(Incident)).all() == []
        cases = {case.id: case.external_id.partition("-")[0] for case in session.exec(select(Case)).all()}
        passed = session.exec(select(History).where(History.what == "level_passed_over")).all()
        late = {case: lines[before.get(case, 0) :] for case, lines in fired(session).items()}
        for case, lines in late.items():
            overtaken = {(line.case_id, line.data["clock"]) for line in passed}
            due = [
                datetime.fromisoformat(str(line.data["due"])) for line in lines
                # the highest level of a clock fires in the place of the lowest that it passes over
                if (case, line.data["clock"]) not in overtaken
            ]  # fmt: skip
            assert due == sorted(due), "not in due order"
            levels = Counter(
                (line.element, line.data["clock"], line.data["level"], line.data["due"]) for line in lines
            )
            assert max(levels.values()) == 1, f"fired twice: {levels}"
            assert all(line.at == life.clock.now for line in lines)
            assert lines, case
        assert set(late) == set(cases), "a case with something due was passed by"
        over = Counter((cases[line.case_id], line.data["clock"], line.data["level"]) for line in passed)
        assert over[CONFIRMED, "resolve", "50 %"] == count // 2
        assert (
            session.exec(select(Dispatch).where(col(Dispatch.how).in_(("expired", "withdrawn")))).all() == []
        )
        assert dict(session.exec(select(WorkItem.id, WorkItem.assignee)).all()) == held
        new = [letter for letter in session.exec(select(Letter)).all() if letter.id not in written]
        twice = Counter((letter.case_id, letter.kind, letter.person) for letter in new)
        assert max(twice.values()) == 1, "told twice for one night"
        kinds = Counter((cases[letter.case_id or ""], letter.kind) for letter in new)
        assert kinds[CONFIRMED, "ladder_75"] == count // 2
        assert kinds[CONFIRMED, "ladder_50"] == 0
        assert kinds[OFFERED, "offer_reminder"] == count // 2
        history = len(session.exec(select(History.seq)).all())
    assert look(life) is None
    with life.casework.database.read() as session:
        assert len(session.exec(select(History.seq)).all()) == history, "a second look finds nothing to do"

    pass_time(life, timedelta(minutes=14))
    with life.casework.database.read() as session:
        assert session.exec(select(Dispatch).where(Dispatch.how == "expired")).all() == []
    pass_time(life, timedelta(minutes=2))
    with life.casework.database.read() as session:
        expired = session.exec(select(Dispatch).where(Dispatch.how == "expired")).all()
    assert Counter(cases[one.case_id] for one in expired) == {OFFERED: count // 2}


# --- the machine's clock


def test_a_machine_clock_set_back_lets_process_time_stand_still_and_complaints_go_on(life: Life) -> None:
    look(life)
    ref = file(life, "before")
    pass_time(life, timedelta(minutes=20))
    reached = life.clock.now
    life.clock.now -= timedelta(hours=1)
    with life.casework.database.read() as session:
        assert process_time(session, life.clock.now) == reached
    assert look(life) is None
    assert confirm_all(life) == 1
    other = file(life, "meanwhile")
    look(life)
    with life.casework.database.read() as session:
        assert process_time(session, life.clock.now) == reached
        case = session.exec(select(Case).where(Case.ref == other)).one()
        assert (case.received_at, case.tier, case.status) == (reached, "medium", "handling")
        acknowledged = select(Letter.state).where(Letter.case_id == case.id, Letter.kind == "acknowledgement")
        assert session.exec(acknowledged).all() == ["delivered"]
        mine = select(History.at).join(Case, col(Case.id) == col(History.case_id)).where(Case.ref == ref)
        times = session.exec(mine.order_by(col(History.seq))).all()
        assert list(times) == sorted(times), "history went back"

    life.clock.now += timedelta(hours=1)
    assert look(life) is None, "no time was missed"
    pass_time(life, timedelta(minutes=5))
    with life.casework.database.read() as session:
        assert process_time(session, life.clock.now) == reached + timedelta(minutes=5)
    pass_time(life, timedelta(minutes=56))
    with life.casework.database.read() as session:
        expired = session.exec(select(Dispatch).where(Dispatch.how == "expired")).all()
        offered = session.exec(select(Case.id).where(Case.ref == other)).one()
    assert [one.case_id for one in expired] == [offered]


def test_a_machine_clock_set_forward_is_a_downtime_and_takes_nobodys_work(life: Life) -> None:
    look(life)
    file(life, "case")
    pass_time(life, timedelta(minutes=10))
    life.clock.now += timedelta(hours=30)
    assert look(life) is not None
    with life.casework.database.read() as session:
        (item,) = session.exec(select(WorkItem).where(WorkItem.kind == "resolve")).all()
        assert (item.status, len(session.exec(select(Dispatch)).all())) == ("offered", 1)
    assert confirm_all(life) == 1


def test_playing_time_forward_while_the_clock_is_back_adds_exactly_what_was_asked(life: Life) -> None:
    look(life)
    life.clock.now -= timedelta(hours=2)
    with life.casework.database.write() as session:
        advance_to(session, BEGIN + timedelta(hours=3), life.clock.now)
        assert process_time(session, life.clock.now) == BEGIN + timedelta(hours=3)
    life.clock.now += timedelta(hours=2, minutes=1)
    with life.casework.database.read() as session:
        assert process_time(session, life.clock.now) == BEGIN + timedelta(hours=3, minutes=1)


def test_doctor_says_that_the_machines_clock_is_back(tmp_path: Path) -> None:
    wiring = Wiring(Settings(home=tmp_path, clock="system"))
    wiring.prepare()
    with wiring.database.write() as session:
        session.add(Tick(name="clock", at=machine_time() + timedelta(hours=1)))
    found = examine(lambda: wiring, store_exists=lambda _: True)
    clock = next(one for one in found if one.check == "clock")
    assert clock.fine is False
    assert "behind the newest tick" in clock.found
    wiring.database.close()
