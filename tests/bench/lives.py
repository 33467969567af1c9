"""Whole lives of complaints, with people who act at once and time that passes only while nobody has to act."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, func, select

from cases.casework import Casework
from cases.opening import Arrival, Complainant, open_case
from cases.sweeping import settle
from store.tables import Case
from tests.contract.casework import Built
from tests.faults.life import act_all, answer_all

TEXTS = {
    "medium": "退货不退款，商家四五天不回信息，商品有问题也不理人",
    "severe": "昨晚充电宝充电的时候突然起火，沙发烧了一个洞，孩子的手被烫伤，正在医院处理，你们必须给个说法！",
}
SOLUTION = {"solution": "全额退款并道歉", "cause": "商家拖延退款", "remedy": "refund", "amount": 12_900}
SCORE = 5
MOST_MOVES = 400


class StuckLife(Exception):
    """A complaint came to no end: a definition changed, and what the people of `act` do no longer fits it."""


def file(casework: Casework, tier: str, number: int, at: datetime) -> str:
    """A complaint of a customer of its own; the ref. Nothing of it is carried out yet."""
    customer = Complainant(
        id=f"bench-{number}", name="测试客户", email=f"bench{number}@customers.example"
    )  # fmt: skip
    arrival = Arrival(
        channel="app", external_id=f"bench-{number}", occurred_at=at, customer=customer, text=TEXTS[tier],
        order_id=f"O{number:08}",
    )  # fmt: skip
    with casework.database.write() as session:
        return open_case(casework, session, arrival).ref


def act(casework: Casework) -> int:
    """Everybody does what is asked of them now, customers answer with a five; how many acts."""
    return (
        act_all(casework, "confirm")
        + act_all(casework, "resolve", **SOLUTION)
        + act_all(casework, "approve")
        + act_all(casework, "done")
        + answer_all(casework, SCORE)
    )


def live(built: Built, tier: str, count: int, first: int = 0) -> int:
    """File `count` complaints and lead them to their end by the direct runner alone; how many steps it took.

    `StuckLife` when one was graded otherwise or does not end.
    """
    casework, clock = built.casework, built.clock
    refs = [file(casework, tier, first + number, clock.now) for number in range(count)]
    for _ in range(MOST_MOVES):
        settle(casework)
        if act(casework):
            continue
        upcoming = _next_due(casework, refs)
        if upcoming is None:
            return _steps_of_ended(casework, refs, tier)
        clock.now = max(clock.now, upcoming)
    raise StuckLife(f"{count} {tier} complaints did not end in {MOST_MOVES} moves")


def _next_due(casework: Casework, refs: Sequence[str]) -> datetime | None:
    with casework.database.read() as session:
        return session.exec(select(func.min(Case.next_due_at)).where(col(Case.ref).in_(refs))).one()


def _steps_of_ended(casework: Casework, refs: Sequence[str], tier: str) -> int:
    with casework.database.read() as session:
        cases = session.exec(select(Case).where(col(Case.ref).in_(refs))).all()
    for case in cases:
        if case.tier != tier or case.outcome != "accepted":
            raise StuckLife(
                f"{case.ref} is {case.status} ({case.outcome}), tier {case.tier}, and waits for {case.waiting}"
            )
    return sum(case.version for case in cases)
