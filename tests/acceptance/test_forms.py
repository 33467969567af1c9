"""A form of Prefect, filled in as ops do: a deployment run by the real worker, in the name of whose code it holds."""

from __future__ import annotations

from typing import Any

import httpx

from tests.acceptance.house import House
from tests.acceptance.stream import messages

FORM = "act-on-work-item/act-on-work-item"


def test_a_work_item_is_confirmed_from_the_prefect_ui_once(house: House) -> None:
    house.start()
    assert house.file("web_form", next(messages(1))).status_code == 202
    item = house.wait_for(
        lambda: [i for i in house.read("work")["items"] if "confirm" in i["actions"]], 120, "an offer"
    )[0]
    code = house.read("keys", "code", "--as", item["assignee"])["code"]

    refused = _run(house, work_item=item["id"], action="confirm", code="made up")
    assert (refused["state"]["type"], refused["state"]["name"]) == ("FAILED", "Refused")
    assert "no action code of ours" in refused["state"]["message"]

    done = _run(house, work_item=item["id"], action="confirm", code=code)
    assert done["state"]["type"] == "COMPLETED", done["state"]
    assert done["state"]["message"].startswith(f"{item['ref']} is handling and waits for ")
    acted = [line for line in house.read("complaint", item["ref"])["history"] if line["what"] == "acted"]
    assert [line["actor"] for line in acted] == [item["assignee"]]

    again = _run(house, work_item=item["id"], action="confirm", code=code)
    assert "has served another run" in again["state"]["message"]


def test_the_form_refuses_what_is_no_choice_before_it_runs(house: House) -> None:
    house.start()
    answer = _create(house, work_item=1, action="delete", code="x")
    assert answer.status_code == 409, answer.text
    assert "delete" in answer.text


def _create(house: House, **parameters: Any) -> httpx.Response:
    """Prefect's answer. A Prefect whose SQLite is busy answers 503, and whoever pressed presses again."""
    deployment = httpx.get(f"{house.prefect_url}/api/deployments/name/{FORM}").json()

    def answered() -> httpx.Response | None:
        made = httpx.post(
            f"{house.prefect_url}/api/deployments/{deployment['id']}/create_flow_run",
            json={"parameters": parameters, "state": {"type": "SCHEDULED"}},
        )
        return None if made.status_code == httpx.codes.SERVICE_UNAVAILABLE else made

    made: httpx.Response = house.wait_for(answered, 60, "Prefect to take the form")
    return made


def _run(house: House, **parameters: Any) -> dict[str, Any]:
    """The finished run of the form."""
    made = _create(house, **parameters)
    assert made.status_code == 201, made.text
    url = f"{house.prefect_url}/api/flow_runs/{made.json()['id']}"

    def over() -> dict[str, Any]:
        run: dict[str, Any] = httpx.get(url).json()
        return run if run["state"]["type"] in ("COMPLETED", "FAILED", "CRASHED") else {}

    run: dict[str, Any] = house.wait_for(over, 60, "the form to be carried out")
    return run
