"""What the world answers to each topic unless a test says otherwise: people are found and letters go out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from bpmn.durations import parse_duration
from bpmn.effects import Ready
from complaints.clock import Clock
from tests.unit.definitions.player import Answer, Ask, Case, Row


def _choose_handler(case: Case, task: Ready) -> Answer:
    case.people += 1
    return {"found": True, "handler": f"person{case.people}"}


def _open_work(case: Case, task: Ready) -> Answer:
    return {"item": case.new_id(), "held": False, "decided": False}


def _appoint(case: Case, task: Ready) -> Answer:
    item = case.new_id()
    case.duties[item] = task.inputs["duty"]
    return {"work_item": item, "found": True}


def _answered(case: Case, task: Ready) -> Answer:
    """The customer is answered, so the promise is kept."""
    case.clocks["promise", None] = case.clocks["promise", None].stop(case.now)
    return {"answered_at": case.now}


def _make_promise(case: Case, task: Ready) -> Answer:
    within = task.inputs["within"]
    assert isinstance(within, timedelta)
    length = parse_duration(f"PT{int(within.total_seconds())}S")
    case.clocks["promise", None] = Clock("promise", None, case.now, length, case.always, pausable=False)
    return {}


def _move_promise(case: Case, task: Ready) -> Answer:
    promise = case.clocks["promise", None]
    if not promise.is_open:
        return {"moved": True}  # answered meanwhile: nothing is left to move
    if promise.extensions == 2:
        return {"moved": False}
    case.clocks["promise", None] = promise.extend(parse_duration("PT24H"), case.now)
    return {"moved": True}


def _extend_resolve(case: Case, task: Ready) -> Answer:
    name, key = next(pair for pair in reversed(case.clocks) if pair[0] == "resolve")
    case.clocks[name, key] = case.clocks[name, key].extend(parse_duration("PT24H"), case.now)
    return {}


def _widen(case: Case, task: Ready) -> Answer:
    return {"departments": len({row.department for row in case.rows.values()})}


def _open_list(case: Case, task: Ready) -> Answer:
    """A list of this cycle; what was asked in an earlier one is over."""
    case.rows.clear()
    for department in case.contributions:
        item = case.new_id()
        case.rows[item] = Row(item, department)
        case.raise_message("item_released", item=item, department=department)
    return {}


def _list_state(case: Case, task: Ready) -> Answer:
    return {"complete": all(row.state != "open" for row in case.rows.values())}


def _finish_item(case: Case, task: Ready) -> Answer:
    item = task.inputs["item"]
    assert isinstance(item, int)
    case.rows[item].state = "done"
    case.raise_message("item_changed")
    return {}


def _release_grants(case: Case, task: Ready) -> Answer:
    """Everything granted and not yet done is released; asked again, only what is still open."""
    if not case.granted:
        for department in case.grants:
            item = case.new_id()
            case.granted[item] = Row(item, department)
    still_open = [row for row in case.granted.values() if row.state == "open"]
    for row in still_open:
        case.raise_message("grant_released", item=row.item, department=row.department)
    return {"granted": len(still_open)}


def _grants_state(case: Case, task: Ready) -> Answer:
    complete = all(row.state != "open" for row in case.granted.values())
    return {"complete": complete, "done_at": case.now if complete else None}


def _finish_grant(case: Case, task: Ready) -> Answer:
    item = task.inputs["item"]
    assert isinstance(item, int)
    case.granted[item].state = "done"
    case.raise_message("grant_changed")
    return {}


def _plan_survey(case: Case, task: Ready) -> Answer:
    since = task.inputs["since"]
    assert isinstance(since, datetime)
    return {"ask_at": since + timedelta(hours=2), "reachable": True, "given_up": False}


def _plan_call(case: Case, task: Ready) -> Answer:
    after = task.inputs["after"]
    assert isinstance(after, timedelta)
    return {"at": case.now + after}


MEDIUM_FACTS: Answer = {
    "harm": "failure", "reach": "one", "injury": False, "loss": 30_000, "consequence": False, "leaving": False,
    "repeats": 1, "regret": False, "danger": False, "category": "logistics", "sentiment": "negative",
    "confidence": 90,
}  # fmt: skip
LIGHT_FACTS: Answer = {**MEDIUM_FACTS, "harm": "question", "loss": 0, "sentiment": "neutral"}
SEVERE_FACTS: Answer = {**MEDIUM_FACTS, "harm": "danger", "injury": True, "danger": True}

FACTS: Mapping[str, Answer] = {"light": LIGHT_FACTS, "medium": MEDIUM_FACTS, "severe": SEVERE_FACTS}
"""What reading gives for a complaint of each tier."""

NEW: Answer = {
    "lead": None, "state": "open", "same_customer": False, "order": "unknown", "same_category": False,
    "heavier": False, "similarity": 0, "hours": 0,
}  # fmt: skip
"""Nothing of this customer is open that it could belong to."""

ANSWERS: dict[str, Answer | Ask] = {
    "identify": {"value": "standard", "authority": False, "repeats": 1},
    "read": FACTS["medium"],
    "compare": NEW,
    "make_promise": _make_promise,
    "move_promise": _move_promise,
    "open_work": _open_work,
    "choose_handler": _choose_handler,
    "appoint": _appoint,
    "draft_answer": {"found": True, "confidence": 92, "solution": "coupon_resend"},
    "send_library_answer": _answered,
    "send_answer": _answered,
    "answer_unreached": _answered,
    "extend_resolve": _extend_resolve,
    "widen": _widen,
    "open_list": _open_list,
    "list_state": _list_state,
    "finish_item": _finish_item,
    "look_at_decision": {"over_limit": False, "approved": False, "options": 1, "may_propose": True},
    "take_recommended": {"free_of_cost": True},
    "release_grants": _release_grants,
    "grants_state": _grants_state,
    "finish_grant": _finish_grant,
    "plan_survey": _plan_survey,
    "plan_call": _plan_call,
}
