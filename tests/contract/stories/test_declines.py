"""Each decline is judged: sent to the wrong person, or passed on; by the coordinator, beside the work."""

from __future__ import annotations

import pytest

from cases.errors import NotWanted
from complaints.declines import UnknownJudgement
from tests.contract.casework import Built
from tests.contract.stories.conftest import File


def test_a_decline_is_judged_once_somebody_has_the_work_which_does_not_wait_for_it(
    house: Built, file: File
) -> None:
    story = file("medium")
    item = story.act("decline", reason="不属于我的范围")
    assert not story.takes("done", "judge"), "not before somebody has it"
    story.act("confirm")
    judge = story.open_item("done", "judge")
    coordinator = house.casework.books.organisation.person(str(judge.assignee))
    assert "coordinator" in coordinator.duties
    assert judge.about == item.id
    for wrong in (None, "wrong"):
        with pytest.raises(UnknownJudgement, match="misrouted"):
            story.act("done", kind="judge", judged=wrong)
    assert story.judgements(item.id) == [None]
    story.resolve(remedy="apology")
    story.act("done", kind="judge", judged="passed_on")
    assert story.judgements(item.id) == ["passed_on"]
    assert story.history("decline_judged") == [
        {"item": item.id, "person": item.assignee, "judged": "passed_on"}
    ]
    assert story.items("judge")[0].status == "done"


def test_whoever_assigns_anew_judges_both_declines_with_the_same_act(file: File) -> None:
    story = file("medium")
    first = story.act("decline", reason="不属于我的范围")
    story.act("decline", reason="转给物流")
    story.act("assign", handler=story.head, judged="misrouted")
    assert story.judgements(first.id) == ["misrouted", "misrouted"]
    assert story.items("judge") == [], "nobody is asked again"


def test_an_assignment_without_a_judgement_leaves_it_to_the_coordinator(file: File) -> None:
    story = file("medium")
    first = story.act("decline", reason="不属于我的范围")
    story.act("decline", reason="转给物流")
    story.act("assign", handler=story.head)
    story.act("done", kind="judge", judged="misrouted")
    assert story.judgements(first.id) == ["misrouted", "misrouted"]


def test_an_offer_that_only_ran_out_is_no_decline(file: File) -> None:
    story = file("medium")
    story.wait(hours=1)
    story.act("confirm")
    assert story.items("judge") == []


def test_nobody_judges_their_own_decline(house: Built, file: File) -> None:
    story = file("medium")
    item = story.act("decline", reason="不属于我的范围")
    story.act("confirm")
    judge = story.open_item("done", "judge")
    assert judge.assignee != item.assignee
    with pytest.raises(NotWanted):
        story.act("decline", item=judge.id, reason="再退")


def test_a_judgement_that_nobody_makes_goes_up_the_ladder(file: File) -> None:
    story = file("medium")
    story.act("decline", reason="不属于我的范围")
    story.act("confirm")
    story.wait(minutes=31)
    kinds = [(i.status, i.duty) for i in story.items("judge")]
    assert kinds == [("expired", "coordinator"), ("confirmed", "supervisor")]
