"""The forms of Prefect, on both databases: who acts, what is refused, and that a repeated run does nothing twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import get_args

import pytest
from sqlmodel import select

from complaints.roles import Role
from desk.changes import CHANGES
from desk.codes import LIVES
from desk.forms import WITH_REASON, WITHOUT
from desk.forms import Because as Kept
from flows.act_on_work_item import Action
from flows.change_complaint import Change
from flows.form import Because
from flows.port import Refused
from process_definitions.catalogue import load_names
from runtime.prefect_port import PrefectPort
from store.tables import Note
from tests.contract.desk_house import TEXT, House, open_house

HEAD = "s-jiang-hong"


@pytest.fixture
def house(store_url: str) -> Iterator[House]:
    with open_house(store_url) as opened:
        yield opened


@pytest.fixture
def port(house: House) -> PrefectPort:
    return house.built.port()


def code(house: House, who: str = HEAD, role: Role = Role.OPS) -> str:
    given = house.call("POST", "action-codes", who=who, role=role)
    assert given.status_code == 201, given.text
    return str(given.json()["code"])


def act(
    port: PrefectPort, item: int, action: str, code: str, *, run: str = "run-1", person: str | None = None
) -> str:
    return port.act_on_item(item, action, code=code, run=run, because="too_much_work", person=person)


def change(
    port: PrefectPort, ref: str, what: str, code: str, given: Mapping[str, str | None], *, run: str = "run-1"
) -> str:
    return port.change_complaint(ref, what, code=code, run=run, because="new_facts", given=given)


def test_a_form_acts_in_the_name_of_whose_code_it_is(house: House, port: PrefectPort) -> None:
    ref = house.built.file(TEXT)
    item = house.item(ref, "resolve")
    said = act(port, item["id"], "confirm", code(house, item["assignee"], Role.SPECIALIST))
    assert said == f"{ref} is handling and waits for {house.seen(ref)['waiting_for'][0]}"
    after = house.seen(ref)
    assert after["work_items"][0]["status"] == "confirmed"
    assert [line["actor"] for line in after["history"] if line["what"] == "acted"] == [item["assignee"]]


def test_the_same_run_again_does_nothing_and_says_the_same(house: House, port: PrefectPort) -> None:
    ref = house.built.file(TEXT)
    item = house.item(ref, "resolve")
    mine = code(house, item["assignee"], Role.SPECIALIST)
    said = act(port, item["id"], "confirm", mine)
    length = len(house.seen(ref)["history"])
    house.built.clock.now += LIVES + timedelta(minutes=1)
    assert act(port, item["id"], "confirm", mine) == said
    assert len(house.seen(ref)["history"]) == length


def test_a_code_serves_one_run_and_not_for_long(house: House, port: PrefectPort) -> None:
    ref = house.built.file(TEXT)
    item = house.item(ref, "resolve")
    mine = code(house)
    change(port, ref, "hold", mine, {}, run="run-1")
    with pytest.raises(Refused, match="has served another run"):
        act(port, item["id"], "confirm", mine, run="run-2")
    late = code(house)
    house.built.clock.now += LIVES + timedelta(seconds=1)
    with pytest.raises(Refused, match="ran out at"):
        act(port, item["id"], "confirm", late, run="run-3")
    for wrong in ("", "x" * 500, mine[:-3], "Zm9yZ2Vk.c2lnbmF0dXJl"):
        with pytest.raises(Refused, match="no action code of ours"):
            act(port, item["id"], "confirm", wrong, run="run-4")
    assert house.seen(ref)["work_items"][0]["status"] == "offered"


def test_a_form_may_what_its_person_may(house: House, port: PrefectPort) -> None:
    ref = house.built.file(TEXT)
    before = house.seen(ref)
    item = house.item(ref, "resolve")
    with pytest.raises(Refused, match="does not carry the right change"):
        change(port, ref, "regrade", code(house, item["assignee"], Role.SPECIALIST), {"tier": "severe"})
    with pytest.raises(Refused, match="no work item"):
        act(port, item["id"], "confirm", code(house, "s-lin-tao", Role.SPECIALIST), run="run-2")
    with pytest.raises(Refused, match="does not carry the right work"):
        act(port, item["id"], "confirm", code(house, "s-lin-tao", Role.AUDITOR), run="run-3")
    assert house.seen(ref) == before


def test_a_changed_grade_keeps_its_reason_in_words_of_the_list(house: House, port: PrefectPort) -> None:
    ref = house.built.file(TEXT)
    said = change(port, ref, "regrade", code(house), {"tier": "severe", "person": None})
    assert said.startswith(f"{ref} is ")
    assert house.seen(ref)["tier"] == "severe"
    with house.built.casework.database.read() as session:
        assert [note.text for note in session.exec(select(Note).where(Note.kind == "reason")).all()] == [
            "出现新情况"
        ]


@pytest.mark.parametrize(
    ("what", "given", "said"),
    [
        ("regrade", {}, "name what changes: tier, urgency, impact, category or department"),
        ("merge", {}, "into: Field required"),
        ("hold", {"tier": "severe"}, "tier: Extra inputs are not permitted"),
        ("reassign", {"person": "s-nobody"}, "s-nobody"),
        ("reopen", {}, "there is nothing to reopen"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_with_the_cause(
    house: House, port: PrefectPort, what: str, given: Mapping[str, str], said: str
) -> None:
    ref = house.built.file(TEXT)
    before = house.seen(ref)
    with pytest.raises(Refused, match=said):
        change(port, ref, what, code(house), given)
    assert house.seen(ref) == before


def test_what_takes_words_is_done_at_the_desk(house: House, port: PrefectPort) -> None:
    ref = house.built.file(TEXT)
    item = house.item(ref, "resolve")
    with pytest.raises(Refused, match="takes words"):
        act(port, item["id"], "resolve", code(house))
    with pytest.raises(Refused, match="person is the staff id"):
        act(port, item["id"], "assign", code(house), run="run-2")
    with pytest.raises(Refused, match="not a reference"):
        change(port, "AM-2611-000000", "hold", code(house), {}, run="run-3")


def test_form_and_desk_know_the_same_words() -> None:
    assert set(get_args(Action)) == WITH_REASON | WITHOUT
    assert set(get_args(Change)) == set(CHANGES)
    assert set(get_args(Because)) == set(Kept) == set(load_names()["because"])
