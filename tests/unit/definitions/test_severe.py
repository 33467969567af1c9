"""Severe: a lead, a list of contributions, and an answer only when the list is complete."""

from __future__ import annotations

from tests.unit.definitions.conftest import Play
from tests.unit.definitions.player import Case

DEPARTMENTS = ("warehouse", "carrier", "quality")


def led(play: Play, **given: object) -> Case:
    case = play("severe", contributions=DEPARTMENTS, **given)
    case.do("confirm_offer", "confirm")
    return case


def test_three_contributions_one_waived_then_the_lead_answers(play: Play) -> None:
    case = led(play)
    assert sorted(case.waiting_for()) == sorted(
        ["contributions of the task force", *(f"{name} to confirm" for name in DEPARTMENTS)]
    )
    for _ in range(2):
        case.do("confirm_offer", "confirm")
    case.do("deliver", "done")
    case.do("deliver", "done")
    assert "severe.tell_fix" not in case.path
    waived = next(row.item for row in case.rows.values() if row.state == "open")
    case.waive(waived)
    assert case.waiting_for() == [f"lead in {case.department()} to answer"]
    case.do("lead_resolve", "resolve")
    assert "answer.answered" in case.path
    assert [x for x in case.letters if not x.startswith("offer ")] == [
        "acknowledge", "plan_made to customer", "item_waived to handler", "fix_done to customer", "send_answer",
    ]  # fmt: skip


def test_a_contribution_in_delivery_may_be_waived(play: Play) -> None:
    case = led(play)
    case.do("confirm_offer", "confirm")
    delivering = next(r.inputs["item"] for r in case.ready.values() if r.element == "deliver")
    assert isinstance(delivering, int)
    case.waive(delivering)
    assert not any(task.element == "deliver" for task in case.ready.values())
    assert len([text for text in case.waiting_for() if text.endswith("to confirm")]) == 2


def test_each_step_of_the_ladder_reaches_the_next_higher_person(play: Play) -> None:
    case = led(play)
    case.clocks.pop(("first_contact", None))
    for _ in DEPARTMENTS:
        case.do("confirm_offer", "confirm")
    for _ in DEPARTMENTS:
        case.do("deliver", "done")
    case.wait("PT72H")
    assert [x for x in case.letters if x.startswith("ladder_")] == ["ladder_50 to lead", "ladder_75 to head"]
    assert "executive to act: overdue_lead" in case.waiting_for()
    assert f"lead in {case.department()} to answer" in case.waiting_for()
    case.act_on_duty("overdue_lead", "takeover", handler="ma")
    assert {"resolve_50", "resolve_100"} <= set(case.armed())
    case.do("lead_resolve", "resolve")
    assert "answer.answered" in case.path


def test_an_overdue_contribution_reaches_the_head_and_the_lead(play: Play) -> None:
    case = led(play)
    case.clocks.pop(("first_contact", None))
    for _ in DEPARTMENTS:
        case.do("confirm_offer", "confirm")
    case.wait("PT24H")
    assert case.letters.count("ladder_100 to head") == 3
    assert case.letters.count("ladder_100 to lead") == 3
    assert len([text for text in case.waiting_for() if text.endswith("to deliver")]) == 3


def test_a_contribution_added_later_is_waited_for_too(play: Play) -> None:
    case = led(play)
    for _ in DEPARTMENTS:
        case.do("confirm_offer", "confirm")
    case.do("deliver", "done")
    case.do("deliver", "done")
    case.add_contribution("legal")
    case.do("deliver", "done")
    assert "contributions of the task force" in case.waiting_for()
    case.do("confirm_offer", "confirm")
    case.do("deliver", "done")
    assert case.waiting_for() == [f"lead in {case.department()} to answer"]


def test_an_empty_list_is_complete_at_once(play: Play) -> None:
    case = play("severe")
    case.do("confirm_offer", "confirm")
    assert case.waiting_for() == [f"lead in {case.department()} to answer"]
