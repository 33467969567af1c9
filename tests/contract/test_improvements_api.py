"""Improvement actions over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from complaints.roles import Role
from desk.shapes import ImprovementPage, ImprovementView
from tests.contract.desk_house import House, open_house

OWNER, MANAGER = "s-sun-yue", "s-guo-min"


@pytest.fixture
def house(store_url: str) -> Iterator[House]:
    with open_house(store_url) as house:
        yield house


def body(house: House, **given: Any) -> dict[str, Any]:
    due = house.built.clock.now + timedelta(days=10)
    return {
        "title": "减少错分拣", "what": "分拣线加装扫码复核", "owner": OWNER, "due_at": due.isoformat(),
        "figure": "received", "dimension": "category", "group": "logistics", "expected_percent": -25, **given,
    }  # fmt: skip


def test_an_action_goes_its_way_over_http_once_for_a_key(house: House) -> None:
    sent = body(house, finding="2026-10/hot/logistics")
    made = house.call("POST", "improvements", body=sent, key="k1")
    assert made.status_code == 201, made.text
    view = ImprovementView.model_validate(made.json())
    assert (view.status, view.origin, view.finding) == ("proposed", "finding", "2026-10/hot/logistics")
    assert house.call("POST", "improvements", body=sent, key="k1").json()["ref"] == view.ref
    path = f"improvements/{view.ref}"
    early = house.call("POST", f"{path}/done", who=OWNER, role=Role.SPECIALIST)
    assert (early.status_code, early.json()["code"]) == (409, "not-wanted")
    assert house.call("POST", f"{path}/agree", who=MANAGER, role=Role.HEAD).json()["status"] == "agreed"
    moved = house.call(
        "POST",
        f"{path}/plan",
        body={"reason": "设备晚到", "due_at": body(house)["due_at"].replace("28", "30")},
    )
    assert moved.status_code == 200, moved.text
    assert house.call(
        "POST", f"{path}/note", who=OWNER, role=Role.SPECIALIST, body={"text": "已下单"}
    ).is_success
    done = house.call("POST", f"{path}/done", who=OWNER, role=Role.SPECIALIST, body={"text": "已上线"})
    assert done.json()["status"] == "checking"
    back = house.call("POST", f"{path}/reopen", body={"reason": "又来了"})
    assert (back.json()["status"], back.json()["round"]) == ("proposed", 2)
    refused = house.call("POST", f"{path}/refuse", who=MANAGER, role=Role.HEAD, body={"reason": "不再需要"})
    assert (refused.json()["status"], refused.json()["outcome"]) == ("closed", "dropped")
    page = ImprovementPage.model_validate(house.call("GET", "improvements").json())
    assert [one.ref for one in page.items] == [view.ref]
    assert page.on_time.numerator == page.on_time.denominator == 1


def test_what_it_may_not_be_is_refused_and_it_is_no_complaint(house: House) -> None:
    ref = house.call("POST", "improvements", body=body(house)).json()["ref"]
    assert house.call("GET", f"complaints/{ref}").status_code == 404
    assert house.call("POST", f"complaints/{ref}/void", body={"reason": "x"}).status_code == 404
    assert house.call("GET", "complaints").json()["items"] == []
    other = house.call("GET", f"improvements/{ref}", who="s-zhou-kai", role=Role.SPECIALIST)
    assert other.status_code in (200, 404)  # a colleague of the owner's department may read it
    assert house.call("GET", f"improvements/{ref}", who="s-gao-feng", role=Role.SPECIALIST).status_code == 404
    assert (
        house.call("POST", "improvements", who=OWNER, role=Role.SPECIALIST, body=body(house)).status_code
        == 404
    )
    for wrong in ({"figure": "moon"}, {"dimension": "moon"}, {"expected_percent": 0}, {"owner": "s-nobody"}):
        assert house.call("POST", "improvements", body=body(house, **wrong)).status_code == 422
    assert house.call("GET", "improvements/IM-2611-XXXXXX").status_code == 404
