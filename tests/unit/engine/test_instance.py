"""An instance as a saved value."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from bpmn.errors import ForeignInstance
from bpmn.instance import Instance
from bpmn.link import Definitions
from tests.unit.engine.case import NOON, Case, shuffled
from tests.unit.engine.drawn import boundary, chain, end, linked, on_timer, process, start, tag, user

TYPES = {
    "a_boolean": "boolean",
    "an_integer": "integer",
    "a_number": "number",
    "a_string": "string",
    "an_id": "id",
    "an_enum": "enum(light, severe)",
    "a_time": "time",
    "a_duration": "duration",
    "a_list": "list(time)",
    "nothing": "string",
}
VALUES: dict[str, Any] = {
    "a_boolean": False,
    "an_integer": 10**30,
    "a_number": Decimal("1.50"),
    "a_string": "投诉 “quoted” \\ \n",
    "an_id": "o-17",
    "an_enum": "severe",
    "a_time": datetime(2026, 3, 2, 12, 0, 0, 250, tzinfo=UTC),
    "a_duration": timedelta(days=3, microseconds=1),
    "a_list": [NOON, None],
    "nothing": None,
}
TYPED = process("p", start() + user("ask") + end() + chain("start", "ask", "end"), data=TYPES)


def test_every_type_of_data_comes_back_exactly() -> None:
    case = Case(linked(TYPED), **VALUES)
    assert case.data == VALUES
    assert isinstance(case.data["a_number"], Decimal)
    assert str(case.data["a_number"]) == "1.50"


def test_the_order_of_keys_means_nothing() -> None:
    case = Case(linked(TYPED), **VALUES)
    text = case.instance.to_json()
    for seed in range(10):
        assert Instance.from_json(shuffled(text, seed), case.definitions) == case.instance


def test_a_list_given_as_data_is_copied() -> None:
    given = [NOON]
    case = Case(linked(TYPED), a_list=given)
    before = case.instance.to_json()
    given.append(NOON)
    assert case.instance.to_json() == before


def test_what_is_null_or_empty_is_not_written() -> None:
    case = Case(linked(TYPED), an_integer=1)
    assert json.loads(case.instance.to_json()) == {
        "n": 4,
        "t": {"1": {"p": "p", "d": {"an_integer": 1}}, "3": {"e": "ask", "s": 1}},
    }


def test_an_instance_of_other_definitions_is_refused() -> None:
    text = Case(linked(TYPED), an_integer=1).instance.to_json()
    empty = start() + end() + chain("start", "end")
    with pytest.raises(ForeignInstance, match="no process 'p'"):
        Instance.from_json(text, linked(process("q", empty)))
    with pytest.raises(ForeignInstance, match=r"declares no data \['an_integer'\]"):
        Instance.from_json(text, linked(process("p", empty)))
    with pytest.raises(ForeignInstance, match="no element 'ask'"):
        Instance.from_json(text, linked(process("p", empty, data=TYPES)))


def test_a_complaint_three_calls_deep_with_25_names_fits_in_2_kilobytes() -> None:
    case = Case(complaint(), "complaint", **filled("complaint", 25))
    assert case.at == ["confirm", "talk"]
    assert len(case.instance.to_json().encode()) < 2048


def filled(prefix: str, count: int) -> dict[str, Any]:
    """Values such as a complaint has: ids, enums, integers, a time, and some still null."""
    values: list[Any] = ["department_logistics", "severe", 2, NOON, None]
    return {f"{prefix}_{n}": values[n % 5] for n in range(count)}


def complaint() -> Definitions:
    """complaint calls handle, handle calls offer; reminders and clocks on the way."""
    kinds = ["id", "enum(light, medium, severe)", "integer", "time", "string"]

    def data(prefix: str, count: int) -> dict[str, str]:
        return {f"{prefix}_{n}": kinds[n % 5] for n in range(count)}

    def handing(target: str, source: str, count: int) -> dict[str, str]:
        return {f"{target}_{n}": f"{source}_{n}" for n in range(count)}

    def call(id: str, key: str, inputs: dict[str, str]) -> str:
        task = tag(
            "callActivity", id, calledElement=key, inputs=inputs, properties={"clock.start": "resolve"}
        )
        remind = boundary(f"{id}_remind", id, on_timer("R5/PT24H"), interrupting=False)
        return task + remind + chain(f"{id}_remind", f"{key}_end")

    offer = user("confirm") + boundary("expire", "confirm", on_timer("PT1H"))
    split = tag("parallelGateway", "split") + tag("parallelGateway", "join")
    return linked(
        process(
            "complaint",
            start() + call("handle", "severe", handing("severe", "complaint", 8)) + end("severe_end"),
            chain("start", "handle", "severe_end"),
            data=data("complaint", 25),
        ),
        process(
            "severe",
            start("s1") + split + user("talk") + call("find", "offer", handing("offer", "severe", 5)),
            end("offer_end")
            + chain("s1", "split", "talk", "join", "offer_end")
            + chain("split", "find", "join"),
            data=data("severe", 8),
        ),
        process(
            "offer",
            start("s2") + offer + end("e2") + chain("s2", "confirm", "e2") + chain("expire", "e2"),
            data=data("offer", 5),
        ),
    )
