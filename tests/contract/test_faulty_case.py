"""What people ask of a complaint that cannot be stepped: kept where it can be, told where it cannot, never lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from cases import sweeping
from cases.activities import Retry
from cases.casework import Casework
from complaints.roles import Role
from desk.shapes import KeptAction
from desk.texts import texts_of
from store.binding import Binding, Inputs, Outputs
from store.case_file import CaseFile
from store.tables import Case, InboxRow, Letter, LiveBundle, Survey
from tasks import BINDINGS
from tests.contract.conftest import rows_of
from tests.contract.desk_house import REFUND, SWAP, TEXT, House, open_house
from tests.contract.doors import Door, all_of, refused


@pytest.fixture
def house(store_url: str) -> Iterator[House]:
    with open_house(store_url) as opened:
        yield opened


@pytest.fixture
def faulty(house: House, monkeypatch: pytest.MonkeyPatch) -> tuple[str, dict[str, Any], list[bool]]:
    """A complaint whose reminder of half an hour cannot be written, so that it stands still; emptied, it goes on."""
    broken = [True]

    def write(file: CaseFile, inputs: Inputs, prepared: object) -> Outputs:
        if broken and inputs["template"] == "offer_reminder":
            raise TypeError("a template that does not fit")
        return BINDINGS["tell"].write(file, inputs, prepared)

    casework: Casework = house.built.casework
    monkeypatch.setattr(casework, "topics", {**BINDINGS, "tell": Binding("tell", write)})
    ref = house.built.file(TEXT)
    item = house.item(ref, "resolve")
    house.built.clock.now = house.built.clock.now.replace(minute=40)
    sweeping.settle(casework)
    assert [i["kind"] for i in house.seen(ref)["incidents"]] == ["fault"]
    return ref, item, broken


def inbox(house: House) -> list[InboxRow]:
    with house.built.casework.database.read() as session:
        return list(session.exec(select(InboxRow)).all())


def test_an_action_without_words_is_kept_and_happens_when_the_complaint_is_mended(
    house: House, faulty: tuple[str, dict[str, Any], list[bool]]
) -> None:
    ref, item, broken = faulty
    path, who = f"work-items/{item['id']}/confirm", item["assignee"]
    first = house.call("POST", path, who=who, role=Role.SPECIALIST, key="k-1")
    assert first.status_code == 202
    kept = KeptAction.model_validate(first.json())
    assert (kept.ref, kept.work_item, kept.kept_at) == (ref, item["id"], house.built.clock.now)
    again = house.call("POST", path, who=who, role=Role.SPECIALIST, key="k-1")
    assert (again.status_code, again.json()) == (202, first.json())
    assert again.headers["idempotency-replayed"] == "true"
    assert house.call("POST", path, who=who, role=Role.SPECIALIST).status_code == 202
    assert [row.name for row in inbox(house)] == ["act"]
    broken.clear()
    house.built.step(ref, Retry("s-ye-qing"))
    (mended,) = [i for i in house.seen(ref)["work_items"] if i["id"] == item["id"]]
    assert (mended["status"], mended["assignee"]) == ("confirmed", who)
    assert house.call("POST", path, who=who, role=Role.SPECIALIST).status_code == 409


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("work-items/{item}/decline", {"reason": "不归我管"}),
        ("work-items/{item}/note", {"text": "客户来电"}),
        ("complaints/{ref}/messages", {"text": "发票号是 123"}),
        ("complaints/{ref}/void", {"reason": "测试"}),
    ],
)
def test_what_brings_words_is_told_to_come_again_and_changes_nothing(
    house: House, faulty: tuple[str, dict[str, Any], list[bool]], path: str, body: dict[str, str]
) -> None:
    ref, item, _ = faulty
    house.call("GET", "complaints")  # the key of the caller is made
    before = rows_of(house.built.casework.database)
    answer = house.call("POST", path.format(ref=ref, item=item["id"]), body=body)
    problem = refused(answer, 503)
    assert problem["code"] == "case-at-fault"
    assert "send it again" in problem["detail"]
    assert int(answer.headers["retry-after"]) > 0
    assert rows_of(house.built.casework.database) == before


def break_at(house: House, monkeypatch: pytest.MonkeyPatch, ref: str, topic: str) -> list[bool]:
    """The next time that topic is carried out it fails, until the list is emptied; and time has come so far."""
    broken = [True]

    def write(file: CaseFile, inputs: Inputs, prepared: object) -> Outputs:
        if broken:
            raise TypeError("a template that does not fit")
        return BINDINGS[topic].write(file, inputs, prepared)

    casework: Casework = house.built.casework
    monkeypatch.setattr(casework, "topics", {**BINDINGS, topic: Binding(topic, write)})
    for _ in range(200):
        if house.seen(ref)["incidents"]:
            house.built.clock.now += timedelta(minutes=5)  # at the very moment a customer would come first
            return broken
        house.built.clock.now += timedelta(hours=1)
        sweeping.settle(casework)
    raise AssertionError("nothing failed")


def mend(house: House, ref: str, broken: list[bool]) -> None:
    broken.clear()
    house.built.step(ref, Retry("s-ye-qing"))


def test_a_message_of_the_customer_is_kept_with_its_words_and_heard_when_the_complaint_is_mended(
    house: House, faulty: tuple[str, dict[str, Any], list[bool]]
) -> None:
    ref, _, broken = faulty
    path = house.link(ref, "track")
    page = house.post(path, does="write", text="还没有人联系我")
    assert (page.status_code, texts_of("zh")("problem.kept") in page.text) == (202, True)
    assert [row.name for row in inbox(house)] == ["customer_message"]
    assert [m["body"] for m in house.seen(ref)["messages"] if m["direction"] == "in"] == ["还没有人联系我"]
    mend(house, ref, broken)
    assert [row.outcome for row in inbox(house)] == ["consumed"]
    with house.built.casework.database.read() as session:
        owner = session.exec(select(Case.owner).where(Case.ref == ref)).one()
        told = session.exec(select(Letter.person).where(Letter.kind == "customer_message")).all()
    assert told == [owner]


def test_a_choice_is_kept_once_and_counts_from_when_it_came(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = house.built.file(TEXT)
    house.resolve(ref, REFUND, SWAP)
    path = house.link(ref, "options")
    broken = break_at(house, monkeypatch, ref, "tell")
    page = house.client.get(path).text
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    for _ in range(2):
        answer = house.client.post(path, data={**hidden, "confirm": "yes", "choice": "2"})
        assert answer.status_code == 202
    assert len(inbox(house)) == 1
    assert house.post(path, confirm="yes", choice="9").status_code == 409
    house.built.clock.now += timedelta(days=9)
    mend(house, ref, broken)
    assert house.item(ref, "fulfil")["remedy"] == "replacement", "the choice came before its time was over"


def test_a_score_is_kept_with_its_comment(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    ref = house.survey_sent()
    path = house.link(ref, "survey")
    broken = break_at(house, monkeypatch, ref, "remind_survey")
    assert house.post(path, confirm="yes", score="0").status_code == 422
    answered = house.built.clock.now
    assert house.post(path, confirm="yes", score="5", comment="谢谢").status_code == 202
    house.built.clock.now += timedelta(days=9)
    mend(house, ref, broken)
    with house.built.casework.database.read() as session:
        survey = session.exec(select(Survey)).one()
    assert (survey.score, survey.comment, survey.answered_at) == (5, "谢谢", answered)
    house.built.pass_time(minutes=15)
    assert house.seen(ref)["outcome"] == "accepted"


def test_a_channels_message_is_stored_and_heard_when_the_complaint_is_mended(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = door.file().json()["ref"]
    door.built.work()
    broken = [True]

    def write(file: CaseFile, inputs: Inputs, prepared: object) -> Outputs:
        if broken and inputs["template"] == "offer_reminder":
            raise TypeError("a template that does not fit")
        return BINDINGS["tell"].write(file, inputs, prepared)

    monkeypatch.setattr(door.built.casework, "topics", {**BINDINGS, "tell": Binding("tell", write)})
    door.built.clock.now += timedelta(minutes=40)
    body = door.body(kind="message", external_id="m-1", text="还没有人联系我")
    answer = door.send(body)
    assert (answer.status_code, answer.json()["ref"]) == (202, ref)
    assert door.send(body).status_code == 200
    assert [letter.body for letter in all_of(door, Letter) if letter.direction == "in"] == ["还没有人联系我"]
    (row,) = all_of(door, InboxRow)
    assert (row.name, row.handled_at) == ("customer_message", None)
    broken.clear()
    door.built.casework.step(ref)
    (row,) = all_of(door, InboxRow)
    assert row.outcome == "consumed"
    assert len([letter for letter in all_of(door, Letter) if letter.kind == "customer_message"]) == 1


def test_without_definitions_a_channel_is_told_the_cure_and_nothing_is_kept(door: Door) -> None:
    door.secret("web_form")
    with door.built.casework.database.write() as session:
        session.delete(session.get_one(LiveBundle, 1))
    before = rows_of(door.built.casework.database)
    answer = door.file()
    problem = refused(answer, 503)
    assert problem["code"] == "no-definitions"
    assert "amends definitions deploy" in problem["detail"]
    assert int(answer.headers["retry-after"]) > 0
    assert rows_of(door.built.casework.database) == before
