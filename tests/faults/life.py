"""One scripted life for fifty complaints: the same people's actions in the same order, whatever breaks meanwhile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import col, select

from cases.casework import Casework
from cases.requests.customer import AnswerSurvey
from cases.requests.work import ActOnItem
from complaints.acting import Actor
from store.tables import Case, Letter, Survey, WorkItem

TEXTS = (
    "退货已经寄回五天了，商家一直不退款，联系客服也没有人处理，商品收到时就是坏的。",
    "快递显示已经签收五天了，我根本没有收到包裹，联系快递和客服都没有人处理。",
    "上个月账单多扣了两笔费用，打了三次客服电话都没有人处理，请核实并退还多扣的钱。",
)
"""Medium complaints for three departments: fifty of one kind are more than its people may hold at once."""


HAPPENED = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()


def body(number: int) -> dict[str, Any]:
    """A medium complaint of a customer of its own."""
    customer = {
        "id": f"F{number:03d}", "name": "测试客户", "email": f"f{number}@customers.example", "language": "zh",
    }  # fmt: skip
    return {
        "occurred_at": HAPPENED,
        "external_id": f"fault-{number:03d}",
        "customer": customer,
        "text": f"{TEXTS[number % len(TEXTS)]}订单号 {number:06d}。",
        "order_id": f"O{number:06d}",
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outcome:
    """What may be compared of a case: how it stands, and which letters went to whom how often."""

    status: str
    tier: str | None
    outcome: str | None
    cycle: int
    letters: Mapping[tuple[str, str, str], int]


def act_all(casework: Casework, action: str, **fields: object) -> int:
    """Let each assignee do `action` on every item that waits for it; how many did."""
    with casework.database.read() as session:
        found = session.exec(select(WorkItem).where(col(WorkItem.activation).is_not(None))).all()
    done = 0
    for item in found:
        if action in item.actions and item.id is not None:
            ask = ActOnItem(item.id, action, Actor(item.assignee or "", "specialist"), **fields)  # type: ignore[arg-type]
            casework.step(item.case_id, ask)
            done += 1
    return done


def answer_all(casework: Casework, score: int) -> int:
    """Let every asked customer answer the survey."""
    with casework.database.read() as session:
        asked = session.exec(select(Survey).where(Survey.state == "sent")).all()
    for survey in asked:
        casework.step(
            survey.case_id,
            AnswerSurvey(survey.cycle, score, leave=False, nonce=f"n/{survey.case_id}/{survey.cycle}"),
        )
    return len(asked)


def outcomes(casework: Casework) -> dict[str, Outcome]:
    """By the channel's id of the complaint, since refs and row numbers differ from run to run."""
    with casework.database.read() as session:
        found: dict[str, Outcome] = {}
        for case in session.exec(select(Case)).all():
            letters = session.exec(select(Letter).where(Letter.case_id == case.id)).all()
            found[case.external_id] = Outcome(
                case.status, case.tier, case.outcome, case.cycle,
                dict(Counter((letter.kind, letter.audience, letter.state) for letter in letters)),
            )  # fmt: skip
        return found
