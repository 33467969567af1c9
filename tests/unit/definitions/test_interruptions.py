"""What may happen at any moment: withdrawn, void, merged, regraded, messages; and taken up again afterwards."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.unit.definitions.conftest import Play
from tests.unit.definitions.player import Case


def offered(play: Play) -> Case:
    return play("medium")


def being_resolved(play: Play) -> Case:
    case = play("medium")
    case.do("confirm_offer", "confirm")
    return case


def overdue(play: Play) -> Case:
    case = being_resolved(play)
    case.wait("PT24H")
    return case


def with_a_department_asked(play: Play) -> Case:
    case = being_resolved(play)
    case.ask_department("warehouse")
    return case


def with_a_task_force(play: Play) -> Case:
    case = play("severe", contributions=("warehouse", "carrier"))
    case.do("confirm_offer", "confirm")
    return case


def being_chosen(play: Play) -> Case:
    case = play(
        "medium", look_at_decision={"over_limit": False, "approved": False, "options": 2, "may_propose": True}
    )
    case.do("confirm_offer", "confirm")
    case.do("resolve", "resolve")
    return case


def being_surveyed(play: Play) -> Case:
    case = being_resolved(play)
    case.do("resolve", "resolve")
    case.wait("PT2H")
    return case


def answered_lightly(play: Play) -> Case:
    return play("light")


STAGES: list[Callable[[Play], Case]] = [
    offered, being_resolved, overdue, with_a_department_asked, with_a_task_force, being_chosen, being_surveyed,
    answered_lightly,
]  # fmt: skip


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: str(stage.__name__))
def test_a_withdrawal_ends_the_complaint_at_every_stage_and_an_undo_takes_it_up_again(
    play: Play, stage: Callable[[Play], Case]
) -> None:
    case = stage(play)
    assert case.send("withdrawn", by="customer")
    assert case.end == "withdrawn_end"
    assert case.statuses[-1] == "withdrawn"
    assert not case.ready
    before = case.instance.next_id
    case.answers["re_enter"] = {
        "tier": "medium", "urgency": "normal", "impact": "single", "category": "logistics", "value": "standard",
        "department": "logistics", "skill": "delivery", "authority": False, "supervised": False,
        "stage": "solve", "since": None,
    }  # fmt: skip
    letters = len(case.letters)
    case.begin("re_enter", cycle=1, reason="undo")
    assert min(case.ready) >= before
    assert case.letters[letters:] == ["offer to handler"]
    assert case.waiting_for() == ["logistics to confirm"]


def test_a_withdrawal_entered_by_staff_is_confirmed_to_the_customer(play: Play) -> None:
    case = being_resolved(play)
    case.send("withdrawn", by="staff")
    assert case.letters[-1] == "withdrawal_confirmed to customer"


def test_what_was_granted_is_carried_out_after_a_withdrawal_and_nobody_is_surveyed(play: Play) -> None:
    case = play("medium", grants=("billing",))
    case.do("confirm_offer", "confirm")
    case.do("resolve", "resolve")
    case.send("withdrawn", by="customer")
    assert sorted(case.waiting_for()) == [
        "billing to carry out what was granted",
        "what was granted to be carried out",
    ]
    assert case.statuses[-1] == "withdrawn"
    case.do("carry_out", "done")
    assert case.end == "withdrawn_end"
    assert "callback.begun" not in case.path


@pytest.mark.parametrize(
    ("message", "status", "end"), [("voided", "void", "void_end"), ("merged", "merged", "merged_end")]
)
def test_void_and_merged_end_without_a_letter(play: Play, message: str, status: str, end: str) -> None:
    case = being_resolved(play)
    letters = list(case.letters)
    case.send(message)
    assert (case.end, case.statuses[-1], case.letters) == (end, status, letters)


def test_any_number_of_messages_is_heard_beside_the_work(play: Play) -> None:
    case = being_resolved(play)
    for number in (7, 8, 9):
        assert case.send("customer_message", message=number)
    assert case.visited("complaint.hear_message") == ["complaint.hear_message"] * 3
    assert case.waiting_for() == [f"{case.department()} to resolve"]


def test_a_very_upset_customer_is_spoken_to_by_a_person(play: Play) -> None:
    case = being_surveyed(play)
    case.send("very_negative", message=7)
    assert case.letters[-1] == "very_negative to owner"
    assert "hearer to act: hear" in case.waiting_for()
    case.act_on_duty("hear", "done")
    assert case.waiting_for() == ["survey answer"]


def test_a_regrade_during_the_survey_counts_for_the_next_cycle_only(play: Play) -> None:
    case = being_surveyed(play)
    case.send(
        "regraded", tier="severe", urgency="urgent", impact="high", category="logistics", department="quality",
        skill="safety",
    )  # fmt: skip
    assert case.waiting_for() == ["survey answer"]
    case.send("survey_answered", key=1, score=1, leave=False)
    case.wait("PT15M")
    assert "severe.begun" in case.path
    assert case.waiting_for() == ["quality to confirm"]
