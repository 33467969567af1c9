"""At most one letter a day that the customer did not ask for: the next is put off, or dropped when it is overtaken."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from cases.requests.asking import AnswerQuestion
from store.tables import Letter
from tests.contract.stories.complaint import Complaint
from tests.contract.stories.conftest import File

HOME = ZoneInfo("Asia/Shanghai")


def led(file: File, *, asking: bool = False) -> Complaint:
    """A task force whose customer was told the plan this morning (and asked for something), and whose fix is done in
    the afternoon."""
    story = file("severe")
    story.act("confirm", kind="lead")
    if asking:
        story.act("ask", item=story.items("lead")[0].id, thing="发票", text="请上传发票照片")
    story.wait(hours=4)
    for item in story.items("collaborate"):
        story.act("waive", item=item.id, by=story.case.owner, reason="直接答复", instead="现有资料")
    return story


def newest(story: Complaint, template: str) -> Letter:
    return next(x for x in reversed(story.letters(to="customer")) if x.key.split("/")[3] == template)


def test_news_of_the_same_day_waits_for_the_next_morning(file: File) -> None:
    story = led(file)
    plan, fix = newest(story, "plan_made"), newest(story, "fix_done")
    assert (plan.send_at, plan.unasked) == (plan.created_at, True)
    opens = fix.send_at.astimezone(HOME)
    assert opens.date() == fix.created_at.astimezone(HOME).date() + timedelta(days=1)
    assert (opens.hour, opens.minute, fix.state) == (8, 0, "waiting")


def test_news_that_was_put_off_is_dropped_when_the_answer_tells_more(file: File) -> None:
    story = led(file)
    story.resolve(remedy="apology")
    assert (newest(story, "fix_done").state, newest(story, "plan_made").state) == ("dropped", "waiting")
    answer = newest(story, "answer")
    assert (answer.send_at, answer.unasked) == (answer.created_at, False)


def test_a_question_and_a_new_date_are_never_put_off_and_drop_no_news(file: File) -> None:
    story = led(file)
    lead = story.items("lead")[0].id
    story.act("ask", item=lead, thing="发票", text="请上传发票照片")
    story.act("extend", item=lead, reason="等待检测", until=story.now + timedelta(days=3))
    for template in ("question", "promise_moved"):
        letter = newest(story, template)
        assert (letter.send_at, letter.unasked) == (letter.created_at, False)
    assert newest(story, "fix_done").state == "waiting"


def test_the_survey_of_a_day_with_news_goes_the_next_day_unless_it_is_answered_before(file: File) -> None:
    story = led(file)
    story.house.clock.now = newest(story, "fix_done").send_at + timedelta(minutes=1)
    story.wait(seconds=0)  # the fix has been told this morning
    story.resolve(remedy="apology")
    story.until_asked()
    survey, fix = newest(story, "survey"), newest(story, "fix_done")
    assert fix.state == "waiting"
    assert survey.send_at.astimezone(HOME).date() == fix.send_at.astimezone(HOME).date() + timedelta(days=1)
    assert survey.state == "waiting"
    story.score(5)
    assert newest(story, "survey").state == "dropped"


def test_a_reminder_that_was_put_off_is_dropped_once_it_is_answered(file: File) -> None:
    story = led(file, asking=True)
    story.wait(hours=32)  # half of the time to answer; the fix has been told this morning
    reminder = newest(story, "question_reminder")
    assert reminder.send_at.astimezone(HOME).date() > reminder.created_at.astimezone(HOME).date()
    assert reminder.state == "waiting"
    story.ask(AnswerQuestion("发票已上传", "tracking_page", key="a-1"))
    assert newest(story, "question_reminder").state == "dropped"
