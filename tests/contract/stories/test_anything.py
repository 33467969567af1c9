"""Whatever people, customers and time do in whatever order: refused or done, and the case always goes on."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from cases.activities import Retry
from cases.casework import Casework
from cases.requests.customer import AnswerSurvey, ChooseOption, CustomerWrites, JudgeAnswer
from cases.requests.direction import End, Hold, Reassign, Regrade, Return
from cases.requests.work import ACTIONS, ActOnItem, ProposedOption
from cases.shelf import Shelf
from complaints.acting import Actor
from complaints.errors import Refusal
from store.database import Database
from tasks import BINDINGS
from tests.contract.casework import SECRET, Built, HandClock, no_links, shipped
from tests.contract.stories.complaint import Complaint, complaint_of
from tests.contract.stories.conftest import unsynchronised
from tests.contract.stories.soundness import check_sound

OPS = Actor("s-ye-qing", "ops")
WAITS = (1, 15, 60, 61, 240, 24 * 60, 3 * 24 * 60, 8 * 24 * 60)
"""Minutes."""
TWO = (
    ProposedOption("退款", "refund", 12_900, recommended=True),
    ProposedOption("送券", "coupon", 3_000, costs_customer=True),
)

Move = tuple[int, int, int]
Do = Callable[[Complaint, int, int], None]


def pick(values: Sequence[object], number: int) -> str:
    return str(values[number % len(values)])


def legal(story: Complaint, first: int, second: int) -> None:
    """Somebody does what they were asked to do."""
    asked = [item for item in story.items() if item.actions]
    if asked:
        item = asked[first % len(asked)]
        action = pick(item.actions, second)
        act(story, int(item.id or 0), action, str(item.assignee), second)


def anything(story: Complaint, first: int, second: int) -> None:
    """Anybody tries anything on anything."""
    items = story.items()
    people = sorted(story.house.casework.books.organisation.people)
    if items:
        act(
            story,
            int(items[first % len(items)].id or 0),
            pick(ACTIONS, second),
            pick(people, first * 7 + second),
            first,
        )


def by_holder(story: Complaint, first: int, second: int) -> None:
    """Whoever has an item tries anything on it."""
    items = [item for item in story.items() if item.assignee]
    if items:
        item = items[first % len(items)]
        act(story, int(item.id or 0), pick(ACTIONS, second), str(item.assignee), first)


def act(story: Complaint, item: int, action: str, person: str, number: int) -> None:
    departments = sorted(story.house.casework.books.organisation.departments)
    people = sorted(story.house.casework.books.organisation.people)
    story.ask(ActOnItem(
        item, action, Actor(person, ("specialist", "ops", "head")[number % 3]), reason="理由" if number % 5 else "",
        solution="处理方案", remedy=("apology", "refund", "repair", None)[number % 4],
        amount=12_900 if number % 4 == 1 else None, options=TWO if number % 3 == 1 else (),
        handler=pick(people, number) if number % 2 else None, department=pick(departments, number),
        instead="替代资料", text="说明", score=number % 6 if number % 2 else None, leave=bool(number % 3),
        choice=number % 3 if number % 2 else None,
    ))  # fmt: skip


def customer(story: Complaint, first: int, second: int) -> None:
    requests = (
        AnswerSurvey(
            cycle=story.case.cycle, score=1 + second % 5, leave=second % 2 == 0, nonce=f"n-{first}-{second}"
        ),
        AnswerSurvey(cycle=1 + second % 3, score=second % 7, leave=False, nonce=f"m-{first}-{second}"),
        ChooseOption(second % 4, proposal="我的建议" if second % 2 else ""),
        JudgeAnswer(accepted=bool(second % 2)),
        CustomerWrites("补充说明", "app", very_negative=second % 3 == 0),
    )
    story.ask(requests[first % len(requests)])


def direction(story: Complaint, first: int, second: int) -> None:
    people = sorted(story.house.casework.books.organisation.people)
    requests = (
        Regrade(OPS, "更正", {"tier": pick(("light", "medium", "severe"), second)}),
        Regrade(OPS, "更正", {"category": pick(("logistics", "billing", "other"), second)}),
        Regrade(OPS, "更正", {"urgency": pick(("low", "normal", "urgent"), second)}),
        Reassign(OPS, pick(people, second), "交接"),
        Hold(OPS, "保全", on=bool(second % 2)),
        Retry("s-ye-qing"),
    )
    story.ask(requests[first % len(requests)])


def ends(story: Complaint, first: int, second: int) -> None:
    how = pick(("withdrawn", "voided", "merged"), first)
    into = complaint_of(story.house, "unclear").ref if how == "merged" else None
    story.ask(End(how, OPS, "结束", by_customer=bool(second % 2), into=into))


def returns(story: Complaint, first: int, _second: int) -> None:
    back = {"withdrawn": "undo", "void": "unvoid", "merged": "unmerge", "closed": "reopen"}
    story.ask(Return(back.get(story.case.status) or pick(list(back.values()), first), OPS, "恢复"))


def time(story: Complaint, first: int, second: int) -> None:
    """Time passes, sometimes with nobody looking until it is over."""
    length = timedelta(minutes=WAITS[first % len(WAITS)])
    if second % 3 == 0:
        story.house.clock.now += length
    story.wait(seconds=0 if second % 3 == 0 else length.total_seconds())


MOVES: tuple[Do, ...] = (
    legal,
    legal,
    legal,
    legal,
    time,
    time,
    customer,
    by_holder,
    anything,
    direction,
    ends,
    returns,
)
moves = st.lists(
    st.tuples(st.integers(0, len(MOVES) - 1), st.integers(0, 500), st.integers(0, 500)), max_size=40
)


@pytest.mark.parametrize("tier", ["light", "medium", "severe", "unclear"])
@settings(
    max_examples=12, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(script=moves)
def test_any_order_of_acts_is_done_or_refused_and_never_strands_a_case(
    tier: str, script: list[Move], sqlite_store: Path, shelf: Shelf, tmp_path: Path
) -> None:
    path = tmp_path / "store.db"
    for leftover in (path.with_name("store.db-wal"), path.with_name("store.db-shm")):
        leftover.unlink(missing_ok=True)
    shutil.copy(sqlite_store, path)
    database = Database(f"sqlite:///{path}")
    event.listen(database.engine, "connect", unsynchronised)
    clock = HandClock()
    casework = Casework(
        database, shelf, BINDINGS, shipped()[1], secret=SECRET, links=no_links, machine_clock=clock
    )
    try:
        play(Built(casework, clock), tier, script)
    finally:
        database.close()


def play(house: Built, tier: str, script: list[Move]) -> None:
    story = complaint_of(house, tier)
    for kind, first, second in script:
        try:
            MOVES[kind](story, first, second)
        except Refusal:
            house.work()
        check_sound(house)
        assert [done for done in house.failed if "NobodyActs" not in done.reason] == []
