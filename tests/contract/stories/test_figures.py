"""What real lives leave in the tables is what the figures count."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

from cases.opening import Complainant
from cases.requests.direction import End, Return
from complaints.acting import Actor
from store.queries.figures import Dimension, Figure, Period, backlog_identity, case_refs, figure
from tests.contract.casework import BEGINNING, Built
from tests.contract.stories.complaint import Complaint
from tests.contract.stories.conftest import File

OPS = Actor("s-ye-qing", "ops")
NUMBERS = count(1)


def asked(house: Built, *names: str, by: Dimension | None = None) -> list[Figure]:
    """Figures of the year after the beginning, as they stand now."""
    period = Period(
        BEGINNING - timedelta(days=1), BEGINNING + timedelta(days=365), "Asia/Shanghai", house.clock.now
    )
    with house.casework.database.read() as session:
        return [figure(session, name, period, by=by) for name in names]


def somebody() -> Complainant:
    """A customer who never complained before."""
    number = next(NUMBERS)
    return Complainant(id=f"new-{number}", name="李雷", phone=f"1390000{number:04d}")


def accepted(file: File, score: int = 5) -> Complaint:
    story = file("medium", customer=somebody())
    story.wait(minutes=20)
    story.act("confirm")
    story.wait(hours=2)
    story.resolve(remedy="apology")
    story.until_asked()
    story.score(score)
    story.wait(minutes=15)
    return story


def test_a_complaint_that_was_accepted_is_closed_in_time_with_everything_kept(
    house: Built, file: File
) -> None:
    story = accepted(file)
    received, completed, satisfied, promises, settled, confirmed, resolved, offers = asked(
        house, "received", "completion", "csat", "promise_kept", "self_service", "confirm_time",
        "resolution_time", "buck_passing",
    )  # fmt: skip
    assert [f.whole.value for f in (received, completed, satisfied, promises, settled)] == [1, 1, 1, 1, 0]
    assert (confirmed.whole.value, resolved.whole.value) == (20 * 60, 140 * 60)
    assert (offers.whole.numerator, offers.whole.denominator) == (0, 1)
    (by_handler,) = asked(house, "csat", by=Dimension.HANDLER)
    assert [part.key for part in by_handler.parts] == [story.survey.rated]


def test_a_light_answer_that_nobody_answers_is_silence_and_no_self_service(house: Built, file: File) -> None:
    story = file("light")
    story.wait(days=20)
    assert story.case.outcome == "unanswered"
    light, silent, satisfied, upheld = asked(
        house, "self_service_light", "self_service_silent", "csat", "upheld"
    )
    assert (light.whole.numerator, light.whole.denominator) == (0, 1)
    assert (silent.whole.numerator, silent.whole.denominator) == (1, 1)
    assert satisfied.whole.value is None
    assert upheld.whole.value == 1


def test_what_ended_otherwise_is_apart_or_out_and_all_of_it_in_the_backlog(house: Built, file: File) -> None:
    accepted(file)
    reopened = accepted(file, score=4)
    reopened.ask(Return("reopen", OPS, "客户称未解决"))
    for how in ("withdrawn", "voided"):
        file("medium", customer=somebody()).ask(End(how, OPS, "原因"))
    undone = file("medium", customer=somebody())
    undone.ask(End("withdrawn", OPS, "客户电话撤诉"))
    undone.ask(Return("undo", OPS, "客户否认撤诉"))
    house.pass_time(seconds=1)
    (completed,) = asked(house, "completion")
    assert (completed.whole.numerator, completed.whole.denominator, completed.whole.withdrawn) == (1, 3, 1)
    period = completed.period
    with house.casework.database.read() as session:
        open_now = Period(period.start, house.clock.now, period.zone, house.clock.now)
        found = backlog_identity(session, open_now)
        refs = case_refs(session, "backlog", open_now)
    found.check()
    assert (found.received, found.reopened, found.undone) == (5, 1, 1)
    assert (found.closed, found.withdrawn, found.voided, found.open_end) == (2, 2, 1, 2)
    assert refs == sorted([reopened.ref, undone.ref])


def test_a_decline_counts_as_buck_passing_or_misrouting_as_it_was_judged(house: Built, file: File) -> None:
    for judged in ("passed_on", "misrouted"):
        story = file("medium", customer=somebody())
        story.act("decline", reason="不属于我的范围")
        story.act("confirm")
        story.act("done", kind="judge", judged=judged)
    passed, misrouted = asked(house, "buck_passing", "misrouting")
    assert (passed.whole.numerator, passed.whole.denominator) == (1, 4)
    assert (misrouted.whole.numerator, misrouted.whole.denominator) == (1, 4)
