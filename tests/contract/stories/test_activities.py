"""Activities: claimed by one, finished once, tried again after a failure, an incident after five."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlmodel import col, select

from cases.activities import (
    LEASE,
    MOST_ATTEMPTS,
    Result,
    Retry,
    carry_through,
    perform,
    postponed,
    to_do,
)
from cases.opening import Arrival, Complainant, open_case
from cases.sweeping import run_unclaimed
from store.binding import Binding, Inputs, Outputs
from store.case_file import CaseFile
from store.tables import ActivityRow, Case, History
from tasks import BINDINGS
from tests.contract.casework import Built
from tests.contract.stories.complaint import TEXTS, Complaint

Rewire = Callable[..., Built]


def received(house: Built, external_id: str = "x-1", text: str = TEXTS["medium"]) -> Complaint:
    """A complaint that was received; its reading is ready and nobody has begun it."""
    arrival = Arrival(
        channel="app", external_id=external_id, occurred_at=house.clock(), text=text,
        customer=Complainant(id=f"c-{external_id}", name="王芳"),
    )  # fmt: skip
    with house.casework.database.write() as session:
        return Complaint(house, open_case(house.casework, session, arrival).ref)


def activity(story: Complaint) -> ActivityRow:
    """The newest one."""
    with story.house.casework.database.read() as session:
        query = select(ActivityRow).where(ActivityRow.case_id == story.case.id)
        return max(session.exec(query).all(), key=lambda row: row.activation)


def ready(story: Complaint) -> ActivityRow | None:
    """The oldest that may be claimed now."""
    with story.house.casework.database.read() as session:
        return next(iter(to_do(session, story.house.clock.now, case_id=story.case.id)), None)


def run(story: Complaint, row: ActivityRow, who: str = "tests") -> Result:
    return perform(story.house.casework, story.ref, row.activation, "direct", who).result


def test_a_finished_activity_is_not_done_again(house: Built) -> None:
    story = received(house)
    row = activity(story)
    assert run(story, row) is Result.DONE
    lines = story.case.history_count
    assert run(story, row) is Result.GONE
    assert run(story, row, "another") is Result.GONE
    assert story.case.history_count == lines
    house.work()


def test_a_live_claim_is_respected_and_a_dead_one_taken_over_and_fenced_off(
    house: Built, rewired: Rewire
) -> None:
    """The first claimant hangs in its work; meanwhile its lease runs out and a second one finishes."""
    story = received(house)
    row = activity(story)
    meanwhile: list[Result] = []
    read = BINDINGS["read"]

    def hang(file: CaseFile, inputs: Inputs) -> Callable[[], object]:
        assert read.prepare is not None
        look = read.prepare(file, inputs)

        def slow() -> object:
            assert callable(look)
            if not meanwhile:
                meanwhile.append(run(story, row, "second"))
                house.clock.now += LEASE + timedelta(seconds=1)
                meanwhile.append(run(story, row, "second"))
            return look()

        return slow

    rewired(read=Binding("read", read.write, inline=False, prepare=hang))
    assert run(story, row, "first") is Result.GONE
    assert meanwhile == [Result.GONE, Result.DONE]
    assert (activity_of(story, row).claimed_by, activity_of(story, row).fence) == ("second", 2)
    assert len(story.history("read")) == 1
    house.work()
    assert story.case.tier == "medium"


def activity_of(story: Complaint, row: ActivityRow) -> ActivityRow:
    with story.house.casework.database.read() as session:
        found = session.get(ActivityRow, row.id)
        assert found is not None
        return found


class Broken:
    """A topic that fails as often as it is told to, half way through what it writes."""

    def __init__(self, topic: str, failures: int) -> None:
        self.inner, self.failures, self.tries = BINDINGS[topic], failures, 0

    def write(self, file: CaseFile, inputs: Inputs, prepared: object) -> Outputs:
        self.tries += 1
        outputs = self.inner.write(file, inputs, prepared)
        if self.tries <= self.failures:
            raise ConnectionError("the mail server hung up")
        return outputs

    def binding(self) -> Binding:
        return Binding(self.inner.topic, self.write, inline=False, prepare=self.inner.prepare)


def test_a_failure_is_tried_again_after_growing_waits_and_does_nothing_twice(rewired: Rewire) -> None:
    broken = Broken("acknowledge", failures=4)
    house = rewired(acknowledge=broken.binding())
    story = received(house)
    house.work()
    waits = []
    for _ in range(4):
        with house.casework.database.read() as session:
            (row,) = postponed(session, story.case.id, house.clock.now)
        waits.append((row.not_before - house.clock.now).total_seconds())
        assert (row.error, row.attempt) == ("ConnectionError: the mail server hung up", len(waits))
        house.clock.now = row.not_before
        house.work()
    assert waits == [2, 10, 60, 300]
    assert broken.tries == 5
    assert story.told == ["acknowledgement"]
    assert story.incidents == []
    assert len(house.failed) == 4


def test_a_fifth_failure_is_an_incident_with_an_owner_and_retry_goes_on_from_there(rewired: Rewire) -> None:
    broken = Broken("choose_handler", failures=MOST_ATTEMPTS)
    house = rewired(choose_handler=broken.binding())
    story = received(house)
    house.work()
    for seconds in (2, 10, 60, 300):
        house.clock.now += timedelta(seconds=seconds)
        house.work()
    (incident,) = story.incidents
    assert (incident.kind, incident.owner is not None, incident.closed_at) == ("activity", True, None)
    assert [letter.person for letter in story.letters("incident")] == [incident.owner]
    with house.casework.database.read() as session:
        assert to_do(session, house.clock.now + timedelta(days=9)) == []
    assert story.told == ["acknowledgement"]  # the other tokens went on
    assert story.ask(Retry("s-ye-qing")) == 1
    assert story.ask(Retry("s-ye-qing")) == 0
    assert story.open_item("confirm").status == "offered"
    assert len(story.letters("offer")) == 1
    assert broken.tries == MOST_ATTEMPTS + 1


def test_an_activity_that_the_process_no_longer_wants_is_cancelled_and_cannot_be_claimed(
    house: Built,
) -> None:
    """Reading takes over five minutes: the case goes on without it."""
    story = received(house)
    row = activity(story)
    house.clock.now += timedelta(minutes=5)
    house.casework.step(story.ref)
    assert activity_of(story, row).state == "cancelled"
    assert run(story, row) is Result.GONE
    house.work()
    case = story.case
    assert (case.tier, case.provisional) == ("medium", True)


@pytest.mark.parametrize("claimants", [4])
def test_of_many_claimants_one_does_the_work(house: Built, claimants: int) -> None:
    story = received(house)
    row = activity(story)
    with ThreadPoolExecutor(claimants) as pool:
        results = list(pool.map(lambda number: run(story, row, f"claimant {number}"), range(claimants)))
    assert sorted(results) == sorted([Result.DONE, *[Result.GONE] * (claimants - 1)])
    assert len(story.history("read")) == 1
    house.work()


def test_who_tries_what_fell_due_lets_the_due_happen_instead_of_trying_for_ever(house: Built) -> None:
    """Reading takes over five minutes and the clock does not look: whoever comes to read moves the case on."""
    story = received(house)
    row = activity(story)
    house.clock.now += timedelta(minutes=5)
    assert run(story, row) is Result.GONE
    assert activity_of(story, row).state == "cancelled"
    house.work()
    assert (story.case.tier, story.case.provisional) == ("medium", True)


def whole_history(story: Complaint) -> list[tuple[str, str]]:
    with story.house.casework.database.read() as session:
        query = select(History.what, History.element).where(History.case_id == story.case.id)
        return list(session.exec(query.order_by(col(History.seq))).all())


def carried(story: Complaint, row: ActivityRow, goes_on: Callable[[Case], bool] = lambda _case: True) -> int:
    return carry_through(story.house.casework, story.case.id, row.activation, "clock", goes_on)


def test_what_prefect_left_lying_is_carried_through_to_the_next_wait(house: Built) -> None:
    """In one go, and with the same outcome as one by one."""
    one_by_one, in_one_go = received(house), received(house, "x-2")
    while row := ready(one_by_one):
        assert run(one_by_one, row) is Result.DONE
    assert carried(in_one_go, activity(in_one_go)) == 3
    assert ready(in_one_go) is None
    assert in_one_go.told == one_by_one.told == ["acknowledgement"]
    assert in_one_go.open_item("confirm").assignee
    assert whole_history(in_one_go) == whole_history(one_by_one)
    assert in_one_go.case.version == one_by_one.case.version
    assert carried(in_one_go, activity(in_one_go)) == 0


def test_it_is_carried_on_past_what_has_something_to_prepare(house: Built) -> None:
    """The answer from the library is looked for with no transaction open, and sent without another wait."""
    story = received(house, text=TEXTS["light"])
    assert carried(story, activity(story)) >= 4
    assert ready(story) is None
    assert story.told == ["acknowledgement", "answer"]


def test_it_goes_on_only_while_it_is_told_to(house: Built) -> None:
    story = received(house)
    assert carried(story, activity(story), lambda case: case.tier == "severe") == 1
    assert story.case.tier == "medium"
    assert story.told == []
    house.work()


@pytest.mark.parametrize("topic", ["acknowledge", "choose_handler"])
def test_what_fails_on_the_way_is_undone_with_all_of_its_transaction_and_counts_when_it_is_the_first(
    rewired: Rewire, topic: str
) -> None:
    broken = Broken(topic, failures=3)
    house = rewired(**{topic: broken.binding()})
    story = received(house)
    assert carried(story, activity(story)) == 1, "the reading alone"
    assert (story.case.tier, story.told) == ("medium", [])
    seen = 0
    while row := ready(story):
        carried(story, row)
        seen += 1
        assert seen < 9, "it ends"
    with house.casework.database.read() as session:
        (row,) = postponed(session, story.case.id, house.clock.now)
    assert (row.topic, row.attempt, row.error) == (topic, 1, "ConnectionError: the mail server hung up")
    assert story.incidents == []
    house.clock.now = row.not_before
    house.work()
    house.clock.now += timedelta(seconds=10)
    house.work()
    assert story.told == ["acknowledgement"]
    assert story.open_item("confirm").status == "offered"


def test_those_who_wait_to_be_graded_go_before_what_is_not_severe(house: Built) -> None:
    texts = [TEXTS["medium"], TEXTS["severe"], TEXTS["medium"], TEXTS["light"]]
    stories = [received(house, f"x-{number}", text) for number, text in enumerate(texts)]
    assert run_unclaimed(house.casework, waited=timedelta(0))
    assert [story.case.tier for story in stories] == ["medium", "severe", "medium", "light"]
    assert [bool(story.told) for story in stories] == [False, True, False, True], (
        "severe at once, the last at once"
    )
    assert run_unclaimed(house.casework, waited=timedelta(0))
    assert all(story.told for story in stories)
    assert [ready(story) for story in stories] == [None] * 4
    assert not run_unclaimed(house.casework, waited=timedelta(0))
