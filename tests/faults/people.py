"""What people answer when something is asked of them: by the course of the case, else whatever the item takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zlib import crc32

from cases.requests.work import ActOnItem, ProposedOption
from complaints.acting import Actor
from complaints.organisation import Organisation
from store.tables import Case, Dispatch, WorkItem
from tests.faults.courses import Course

PREFERRED = (
    "confirm",
    "resolve",
    "approve",
    "assign",
    "extend",
    "done",
    "decline",
    "takeover",
    "lift",
    "refuse",
)
DELAYS = {"confirm": 10, "decline": 15, "resolve": 120, "ask": 30, "done": 60, "approve": 90}
"""Minutes until somebody acts, by the action; 20 for any other."""
KEPT_AFTER = 35
"""Minutes after which the confirm comes that meets a case at fault: after its reminder, before it is repaired."""


@dataclass(frozen=True, slots=True)
class Situation:
    """A case as the people in it see it."""

    case: Case
    course: Course
    items: Sequence[WorkItem]
    dispatches: Sequence[Dispatch]
    organisation: Organisation

    def offers_of(self, item: WorkItem) -> list[Dispatch]:
        return [one for one in self.dispatches if one.item_id == item.id]


@dataclass(frozen=True, slots=True)
class Answer:
    request: ActOnItem
    after: timedelta
    """How long the person takes."""


def answer(situation: Situation, item: WorkItem, refusals: int) -> Answer | None:
    """What the item's person does about it; None while they do nothing. `refusals`: how often they were refused."""
    action = _wanted(situation, item)
    if action is None:
        return None
    others = [one for one in PREFERRED if one in item.actions and one != action]
    known = [action, *others, *(one for one in item.actions if one not in PREFERRED)]
    if refusals >= len(known):
        return None
    action = known[refusals]
    minutes = DELAYS.get(action, 20) + 5 * (crc32(f"{situation.case.external_id}/{item.kind}".encode()) % 4)
    if action == "confirm" and situation.course.breaks == "step":
        minutes = KEPT_AFTER
    who = Actor(str(item.assignee), "specialist")
    fields = _fields(situation, item, action)
    return Answer(ActOnItem(int(item.id or 0), action, who, **fields), timedelta(minutes=minutes))


def _wanted(situation: Situation, item: WorkItem) -> str | None:
    course, actions = situation.course, item.actions
    if "confirm" in actions:
        return _to_an_offer(situation, item)
    if item.kind in ("resolve", "lead") and "resolve" in actions:
        if course.overdue and not any(
            i.kind.startswith("overdue") and i.status == "done" for i in situation.items
        ):
            return None
        asked = [i for i in situation.items if i.kind == "collaborate" and i.cycle == item.cycle]
        if course.asks and item.kind == "resolve":
            if not asked:
                return "ask"
            if any(i.status not in ("done", "waived", "cancelled") for i in asked):
                return None
    if course.overdue in actions:
        return course.overdue
    return next((one for one in PREFERRED if one in actions), actions[0] if actions else None)


def _to_an_offer(situation: Situation, item: WorkItem) -> str | None:
    course, before = situation.course, len(situation.offers_of(item)) - 1
    if item.kind in ("resolve", "lead") and item.cycle == 1 and 0 <= before < len(course.offers):
        return None if course.offers[before] == "expire" else course.offers[before]
    if item.kind == "collaborate" and course.declines_contribution and before == 0:
        first = min(int(i.id or 0) for i in situation.items if i.kind == "collaborate")
        return "decline" if item.id == first else "confirm"
    return "confirm"


def _fields(situation: Situation, item: WorkItem, action: str) -> dict[str, Any]:
    course = situation.course
    if action == "confirm":
        return {}  # without words, so that it is kept when the case is at fault
    fields: dict[str, Any] = {"reason": "见说明", "text": "已处理"}
    if action == "resolve":
        fields |= {"solution": "为您办理并致歉", "cause": "环节拖延"}
        if course.options:
            fields["options"] = (
                ProposedOption("全额退款", "refund", 12_900, recommended=True, costs_customer=course.costs),
                ProposedOption("换货并送券", "coupon", 3_000),
            )
        else:
            fields |= {"remedy": course.remedy, "amount": course.amount}
    if action == "assign":
        fields["handler"] = _somebody(situation, item)
        fields["judged"] = course.judged or None
    if action == "ask":
        others = sorted(set(situation.organisation.departments) - {item.department})
        fields["department"] = others[0]
    if item.kind == "judge":
        fields["judged"] = "misrouted"
    if item.kind == "ask_score":
        fields |= {"score": score_of(course, item.cycle) or 5, "leave": course.leave}
    return fields


def _somebody(situation: Situation, item: WorkItem) -> str | None:
    """Whoever may take the work: in the department of the case, there, and new to it."""
    hands = {i.assignee for i in situation.items if i.cycle < item.cycle}
    hands |= {one.person for one in situation.dispatches}
    people = situation.organisation.people.values()
    known = [p.id for p in people if p.department == situation.case.department and p.id not in hands]
    present = [one for one in known if not situation.organisation.person(one).absences]
    return min(present or known, default=None)


def score_of(course: Course, cycle: int) -> int | None:
    """What the customer answers in this cycle; the last score again and again."""
    return course.scores[min(cycle, len(course.scores)) - 1]
