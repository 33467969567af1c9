"""What is looked at again is drawn by a seed, given to somebody without a part in it, and recorded once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from cases import checking
from cases.casework import Casework
from cases.checking import NotOver, RecordCheck, WrongFinding, draw
from cases.errors import NotWanted
from cases.importing import Closed, Person, import_closed
from cases.view.checks import checks
from complaints.acting import Actor
from complaints.errors import NotYours, ReasonMissing
from complaints.roles import Role
from complaints.sampling import drawn, size, weights
from desk.shapes import CheckPage, CheckView
from store.history import broken_chains
from store.queries.figures import Period, figure
from store.seams import Change
from store.tables import Case, Check, History, Note
from tests.contract.casework import SECRET
from tests.contract.desk_house import House, open_house

ZONE, MONTH = "Asia/Shanghai", "2026-10"
OPS = Actor("s-ye-qing", "ops")
BEGINS = datetime(2026, 10, 2, tzinfo=UTC)


@pytest.fixture
def house(store_url: str) -> Iterator[House]:
    with open_house(store_url) as house:
        yield house


def fill(casework: Casework, tiers: str) -> None:
    """A closed complaint of October for each letter: l, m, s; a capital one closed in its third cycle."""
    names = {"l": "light", "m": "medium", "s": "severe"}
    import_closed(casework, [
        Closed(
            source="t", external_id=f"{number}", channel="import", language="zh", text="…", customer=Person(),
            received_at=BEGINS + timedelta(hours=number), closed_at=BEGINS + timedelta(hours=number + 30),
            status="closed", outcome="accepted", cycles=3 if tier.isupper() else 1,
            marks={"tier": names[tier.lower()], "department": "logistics", "category": "logistics"},
        )
        for number, tier in enumerate(tiers)
    ], casework.machine_clock())  # fmt: skip


def of(casework: Casework, kind: str) -> list[Check]:
    with casework.database.read() as session:
        return list(session.exec(select(Check).where(Check.kind == kind).order_by(Check.id)).all())  # type: ignore[arg-type]


def record(casework: Casework, number: int, who: Actor, **found: object) -> None:
    with casework.database.write(Change.STEP) as session:
        recorded = checking.record(casework, session, RecordCheck(number, who, **found))  # type: ignore[arg-type]
        assert recorded is not None


def test_sizes_are_five_percent_rounded_up_with_a_least() -> None:
    assert [size(n) for n in (0, 1, 20, 21, 1000)] == [0, 1, 1, 2, 50]
    assert [size(n, 30) for n in (10, 30, 600, 1000)] == [10, 30, 30, 50]


def test_a_draw_depends_on_the_seed_and_not_on_the_order() -> None:
    refs = [f"AM-{n}" for n in range(200)]
    assert drawn(refs, 9, "a") == drawn(reversed(refs), 9, "a")
    assert drawn(refs, 9, "a") != drawn(refs, 9, "b")
    assert sum(weights(137, refs[:30])) == 137
    assert set(weights(137, refs[:30])) == {4, 5}


def test_every_severe_and_third_cycle_has_a_retrospective_by_its_head_within_ten_working_days(
    house: House,
) -> None:
    casework = house.built.casework
    fill(casework, "lmsMsmm")
    found = draw(casework, MONTH, "retrospective", OPS, zone=ZONE)
    assert (found.population, found.drawn) == (3, 3)
    head = casework.books.organisation.departments["logistics"].head
    for check in of(casework, "retrospective"):
        with casework.database.read() as session:
            case = session.get(Case, check.case_id)
        assert case is not None
        assert case.closed_at is not None
        assert check.assignee == head
        assert timedelta(days=13) < check.due_at - case.closed_at < timedelta(days=20)


def test_a_draw_is_made_once_and_its_seed_makes_it_again(house: House) -> None:
    casework = house.built.casework
    fill(casework, "m" * 60)
    first = draw(casework, MONTH, "quality", OPS, zone=ZONE)
    again = draw(casework, MONTH, "quality", OPS, zone=ZONE, seed="another")
    assert (first.population, first.drawn, first.again) == (60, 3, False)
    assert (again.seed, again.drawn, again.again) == (first.seed, 3, True)
    with casework.database.read() as session:
        refs = session.exec(select(Case.ref)).all()
        chosen = session.exec(select(Case.ref).join(Check, Check.case_id == Case.id)).all()  # type: ignore[arg-type]
    assert sorted(drawn(refs, 3, first.seed)) == sorted(chosen)
    assert {check.assignee for check in of(casework, "quality")} <= {"s-alice-bennett", "s-wu-zheng"}


def test_grades_are_sampled_by_stratum_and_counted_for_it(house: House) -> None:
    casework = house.built.casework
    fill(casework, "m" * 35 + "s" * 5)
    with casework.database.write() as session:  # two that the reader was not sure of
        unsure = session.exec(select(History).where(History.what == "graded").limit(2)).all()
        for line in unsure:
            line.data = {**line.data, "provisional": True}
            session.add(line)
    found = draw(casework, MONTH, "accuracy", OPS, zone=ZONE, seed="s")
    sample = of(casework, "accuracy")
    assert (found.population, found.drawn) == (40, 32)
    assert sum(check.stands_for for check in sample) == 40
    assert {line.case_id for line in unsure} <= {check.case_id for check in sample if check.stands_for == 1}
    for check in sample:
        tier = "severe" if check.graded_tier == "severe" or check is sample[0] else check.graded_tier
        record(casework, int(str(check.id)), Actor(check.assignee, "specialist"), tier=tier)
    with casework.database.read() as session:
        period = Period.month(2026, 10, ZONE, casework.machine_clock())
        accuracy = figure(session, "grading_accuracy", period).whole
        recall = figure(session, "severe_recall", period).whole
    wrong = sample[0].stands_for if sample[0].graded_tier != "severe" else 0
    assert (accuracy.numerator, accuracy.denominator) == (40 - wrong, 40)
    assert recall.denominator is not None
    assert recall.numerator == recall.denominator - wrong


def test_what_was_found_is_recorded_once_by_whom_it_was_given_to(house: House) -> None:
    casework = house.built.casework
    fill(casework, "mms")
    for kind in ("quality", "retrospective"):
        draw(casework, MONTH, kind, OPS, zone=ZONE)
    quality, look = of(casework, "quality")[0], of(casework, "retrospective")[0]
    mine, number = Actor(quality.assignee, "specialist"), int(str(quality.id))
    with pytest.raises(NotYours):
        record(casework, number, Actor("s-zhou-kai", "specialist"), deviation=False)
    for wrong in ({}, {"deviation": False, "steps_required": 3, "steps_covered": 4}):
        with pytest.raises(WrongFinding):
            record(casework, number, mine, **wrong)
    given = {"deviation": True, "steps_required": 10, "steps_covered": 8}
    with pytest.raises(ReasonMissing):
        record(casework, number, mine, **given)
    record(casework, number, mine, **given, text="未致电客户")
    with pytest.raises(NotWanted, match="it stands"):
        record(casework, number, mine, **given, text="改一下")
    with pytest.raises(ReasonMissing):
        record(casework, int(str(look.id)), Actor(look.assignee, "head"))
    record(casework, int(str(look.id)), Actor(look.assignee, "head"), text="五个为什么：……")
    with casework.database.read() as session:
        period = Period.month(2026, 10, ZONE, casework.machine_clock())
        assert figure(session, "quality_deviation", period).whole.value == 1
        assert figure(session, "quality_coverage", period).whole.value == 0.8
        assert {note.kind for note in session.exec(select(Note)).all()} == {"check", "retrospective"}
        assert broken_chains(session, SECRET, session.exec(select(Case)).all()) == []


def test_a_month_that_runs_is_not_drawn(house: House) -> None:
    with pytest.raises(NotOver):
        draw(house.built.casework, "2026-11", "quality", OPS, zone=ZONE)


def test_over_http_one_sees_and_records_ones_own(house: House) -> None:
    casework = house.built.casework
    fill(casework, "m" * 5)
    barred = house.call("POST", "checks/draw", who="s-sun-yue", role=Role.SPECIALIST, body={"month": MONTH})
    assert barred.status_code == 404
    answer = house.call("POST", "checks/draw", body={"month": MONTH, "seed": "k"})
    assert [(one["kind"], one["drawn"]) for one in answer.json()] == [
        ("retrospective", 0), ("quality", 1), ("accuracy", 5),
    ]  # fmt: skip
    page = CheckPage.model_validate(house.call("GET", "checks?kind=accuracy").json())
    assert {one.graded_tier for one in page.items} == {None}
    one = page.items[0]
    mine = house.call("GET", "checks", who=one.assignee, role=Role.SPECIALIST).json()["items"]
    assert {found["assignee"] for found in mine} == {one.assignee}
    found = house.call(
        "POST", f"checks/{one.id}/record", who=one.assignee, role=Role.SPECIALIST, body={"tier": "light"}
    )
    view = CheckView.model_validate(found.json())
    assert (view.tier, view.graded_tier) == ("light", "medium")
    assert checks(casework, open_only=True, kind="accuracy")["items"][0]["id"] != one.id
