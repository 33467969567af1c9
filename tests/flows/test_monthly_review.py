"""The monthly review and the daily snapshot as real runs in Prefect: artifacts, schedule, form, letters."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from flows import review_port
from process_definitions.catalogue import load_catalogue
from review.printing import Press
from runtime.prefect_api import PrefectApi
from runtime.prefect_deploy import deploy
from runtime.review import MonthlyReview, managers
from store.database import Database
from store.schema import migrate
from store.tables import DailySnapshot, FrozenMonth, Letter
from tests.contract.figures.population import AS_OF, ZONE, population
from tests.flows.conftest import WorkerThread, until


@pytest.fixture
def review(tmp_path: Path) -> Iterator[MonthlyReview]:
    """A review over a small store of its own, bound as that of this process."""
    database = Database(f"sqlite:///{tmp_path / 'amends.db'}")
    migrate(database)
    population(60).write(database)
    press = Press(
        database,
        load_catalogue(),
        zone=ZONE,
        public_url="https://amends.example",
        machine_clock=lambda: AS_OF,
    )
    made = MonthlyReview(press)
    review_port.bind(made)
    yield made
    review_port.bind(None)
    database.close()


def run(api: PrefectApi, deployment: str, **parameters: Any) -> dict[str, Any]:
    """A run started as the form in the UI starts one, when it is over."""
    flow, name = deployment.split("/")
    identity = api.deployment_id(flow, name)
    made = api.call("POST", f"/deployments/{identity}/create_flow_run", {"parameters": parameters}).json()

    def over() -> dict[str, Any]:
        found: dict[str, Any] = api.call("GET", f"/flow_runs/{made['id']}").json()
        return found if found["state"]["type"] in ("COMPLETED", "FAILED", "CRASHED") else {}

    return until(f"the end of {deployment}", over)


def artifacts(api: PrefectApi, run_id: str) -> dict[str, dict[str, Any]]:
    found = api.call("POST", "/artifacts/filter", {"artifacts": {"flow_run_id": {"any_": [run_id]}}}).json()
    return {one["key"]: one for one in found}


def test_a_month_is_printed_shown_on_its_run_and_told_to_each_manager_once(
    api: PrefectApi, worker: WorkerThread, review: MonthlyReview
) -> None:
    done = run(api, "monthly-review/monthly-review", month="2026-03", language="zh")
    assert done["state"]["type"] == "COMPLETED", done["state"]
    people = managers(load_catalogue().organisation)
    assert f"2026-03: frozen; {len(people)} letters" in done["state"]["message"]
    shown = artifacts(api, done["id"])
    assert {key: one["type"] for key, one in shown.items()} == {
        "review-2026-03": "markdown", "review-2026-03-figures": "table", "review-2026-03-page": "markdown",
    }  # fmt: skip
    assert "投诉月度分析报告" in shown["review-2026-03"]["data"]
    assert "https://amends.example/desk/review/2026-03" in shown["review-2026-03-page"]["data"]
    with review.press.database.read() as session:
        letters = session.exec(select(Letter).where(Letter.kind == "monthly_review")).all()
        assert session.get(FrozenMonth, "2026-03") is not None
    assert {letter.person for letter in letters} == {person.id for person in people}
    again = run(api, "monthly-review/monthly-review", month="2026-03", language="en")
    assert "0 letters written" in again["state"]["message"]
    assert "Monthly review of complaints" in artifacts(api, again["id"])["review-2026-03"]["data"]


def test_a_month_that_is_none_ends_the_run_with_its_reason(
    api: PrefectApi, worker: WorkerThread, review: MonthlyReview
) -> None:
    identity = api.deployment_id("monthly-review", "monthly-review")
    refused = api.call(
        "POST",
        f"/deployments/{identity}/create_flow_run",
        {"parameters": {"month": "2026-13"}},
        accept=(409, 422),
    )
    assert refused.status_code in (409, 422)  # by the form, before there is a run


def test_the_daily_snapshot_takes_what_is_missing(
    api: PrefectApi, worker: WorkerThread, review: MonthlyReview
) -> None:
    done = run(api, "daily-snapshot/daily-snapshot")
    assert done["state"]["message"] == "taken: 2026-04-02, 2026-04-03, 2026-04-04"
    assert run(api, "daily-snapshot/daily-snapshot")["state"]["message"] == "nothing was missing"
    with review.press.database.read() as session:
        assert len(session.exec(select(DailySnapshot)).all()) == 3


def test_both_run_by_the_clock_of_the_organisation(api: PrefectApi) -> None:
    deployed = {one.name: one.deployment_id for one in deploy(api, zone="Europe/Berlin")}
    for name, cron in (
        ("monthly-review/monthly-review", "0 8 1 * *"),
        ("daily-snapshot/daily-snapshot", "20 0 * * *"),
    ):
        schedules = api.call("GET", f"/deployments/{deployed[name]}").json()["schedules"]
        assert [(s["active"], s["schedule"]["cron"], s["schedule"]["timezone"]) for s in schedules] == [
            (True, cron, "Europe/Berlin")
        ]
    deploy(api)
