"""What people ask of a complaint that cannot be stepped: kept where it can be, told where it cannot, never lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlmodel import select

from cases import sweeping
from cases.activities import Retry
from cases.casework import Casework
from complaints.roles import Role
from desk.shapes import KeptAction
from store.binding import Binding, Inputs, Outputs
from store.case_file import CaseFile
from store.tables import InboxRow, LiveBundle
from tasks import BINDINGS
from tests.contract.conftest import rows_of
from tests.contract.desk_house import TEXT, House, open_house
from tests.contract.doors import Door, refused


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
