"""The ladder of work on duty: to the executive, five times, then an incident that Retry resolves."""

from __future__ import annotations

from cases.activities import Retry
from tests.contract.stories.complaint import Complaint
from tests.contract.stories.conftest import File


def overdue(file: File) -> Complaint:
    """A complaint that its specialist has not answered in a day."""
    story = file("medium")
    story.act("confirm")
    story.wait(hours=24)
    return story


def rungs(story: Complaint) -> list[str | None]:
    return [item.duty for item in story.items("overdue")]


def test_the_last_rung_is_asked_five_times_a_day_apart_and_then_it_is_an_incident(file: File) -> None:
    story = overdue(file)
    story.wait(hours=2)
    assert rungs(story) == ["supervisor", "executive"]
    story.wait(days=4)
    assert rungs(story) == ["supervisor", *["executive"] * 5]
    assert story.incidents == []
    story.wait(days=1)
    assert rungs(story).count("executive") == 5
    (incident,) = story.incidents
    assert (incident.kind, incident.closed_at, bool(incident.owner)) == ("activity", None, True)
    assert story.letters("incident", to=incident.owner)
    assert not story.takes("takeover")


def test_retry_asks_the_last_rung_again_and_the_complaint_goes_on(file: File) -> None:
    story = overdue(file)
    story.wait(days=5, hours=2)
    assert story.ask(Retry("s-ye-qing")) == 1
    assert rungs(story).count("executive") == 6
    assert all(incident.closed_at for incident in story.incidents)
    executive = story.act("takeover", kind="overdue", reason="由我亲自处理").assignee
    story.resolve(remedy="apology")
    assert story.case.owner == executive


def test_the_ladder_of_an_assignment_begins_with_the_coordinator(file: File) -> None:
    story = file("medium")
    story.act("decline", reason="不属于我们")
    story.act("decline", reason="也不属于我们")
    story.wait(hours=2, minutes=30)
    assert [item.duty for item in story.items("assign")] == ["coordinator", "supervisor", "executive"]


def test_each_rung_is_told_once_and_holds_one_open_item(file: File) -> None:
    story = overdue(file)
    story.wait(days=3)
    work = story.items("overdue")
    for item in work:
        told = story.letters("duty_work", to=item.assignee)
        assert len([letter for letter in told if f"工作项：{item.id}\n" in letter.body]) == 1
    assert [item.status for item in work] == [*["expired"] * (len(work) - 1), "confirmed"]
