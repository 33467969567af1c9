"""A word that came after a complaint's bundle: complaints go on, and the one that meets it says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from bpmn.findings import Refused
from bpmn.vocabulary import Topic
from cases.activities import Result
from cases.errors import NewerWord
from cases.requests import direction
from cases.requests.direction import Regrade
from cases.shelf import Shelf
from complaints.acting import Actor
from process_definitions import vocabulary
from process_definitions.loader import read_bundle
from store.binding import Inputs, Outputs
from store.case_file import CaseFile
from tasks import BINDINGS
from tests.contract.casework import Built, shipped
from tests.contract.stories.complaint import TEXTS, Complaint
from tests.contract.stories.conftest import File

OPS = Actor("s-ye-qing", "ops")
NEW = "drones"


def wider(text: str) -> str:
    return text.replace("other)", f"other, {NEW})")


@pytest.fixture
def newer(house: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    """A release whose complaints have a category more than the published definitions know."""
    read, category = vocabulary.TOPICS["read"], wider(vocabulary.CATEGORY)
    given = Topic(read.inputs, {**read.outputs, "category": category})
    monkeypatch.setitem(vocabulary.TOPICS, "read", given)
    monkeypatch.setitem(
        vocabulary.MESSAGES, "regraded", {**vocabulary.MESSAGES["regraded"], "category": category}
    )
    monkeypatch.setitem(direction.GRADE, "category", (*direction.GRADE["category"], NEW))
    monkeypatch.setattr(house.casework, "shelf", Shelf())  # a process that has linked nothing yet


@pytest.mark.usefixtures("newer")
def test_the_same_definitions_are_refused_when_they_are_new(house: Built) -> None:
    with pytest.raises(Refused, match=f"other, {NEW}"):
        read_bundle(shipped()[0].files)
    read_bundle(shipped()[0].files, published=True)


def test_a_complaint_on_an_older_bundle_goes_on_to_its_end(
    house: Built, file: File, request: pytest.FixtureRequest
) -> None:
    story = file("medium")
    request.getfixturevalue("newer")
    story.wait(minutes=20)
    story.act("confirm")
    story.act("resolve", solution="已为您退款")
    assert story.case.status in ("fulfilling", "surveying")
    story.wait(days=10)
    assert (story.case.ended, story.case.outcome) == (True, "unanswered")


@pytest.mark.usefixtures("newer")
def test_whoever_gives_a_newer_word_is_told_and_nothing_changes(house: Built, file: File) -> None:
    story = file("medium")
    before = story.case.version
    with pytest.raises(NewerWord) as told:
        story.ask(Regrade(OPS, "无人机送货", {"category": NEW, "department": "logistics"}))
    assert f"'{NEW}'" in str(told.value)
    assert "data.category" in str(told.value)
    assert f"amends definitions migrate {story.ref}" in str(told.value)
    assert story.case.version == before
    story.ask(Regrade(OPS, "物流问题", {"category": "logistics", "department": "logistics"}))
    assert story.case.category == "logistics"


@pytest.mark.usefixtures("newer")
def test_what_the_machine_reads_is_told_of_that_complaint_and_the_others_go_on(
    house: Built, file: File, rewired: Callable[..., Built]
) -> None:
    read = BINDINGS["read"]

    def write(seen: CaseFile, inputs: Inputs, prepared: object) -> Outputs:
        found = read.write(seen, inputs, prepared)
        return {**found, "category": NEW} if seen.case.external_id == "x-1" else found

    rewired(read=replace(read, write=write))
    story, other = Complaint(house, house.file(TEXTS["medium"], order_id="O1")), file("medium")
    assert (story.case.external_id, other.case.status) == ("x-1", "handling")
    (failed,) = house.failed
    assert failed.result is Result.POSTPONED
    assert f"'{NEW}' (str) does not fit data.category" in failed.reason
    story.wait(minutes=6)
    assert story.case.status == "handling"
    assert [item.kind for item in story.items() if item.actions] == ["grade", "resolve"]
