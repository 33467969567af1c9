"""An improvement goes its whole way in a real browser, with real processes behind: finding, action, overdue reminder,
done, effect measured, the cause returns, reopened. And its run in Prefect says at each point what it waits for."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from sqlmodel import select

from cases.sweeping import play
from cases.view import complaint
from complaints.roles import Role
from store.tables import Case, Letter
from tests.acceptance.house import House
from tests.acceptance.several import Build

SECONDS = 60.0
PATIENCE = timedelta(minutes=1)
MANAGER, OWNER, BOSS = "s-guo-min", "s-sun-yue", "s-ye-qing"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, build: Build) -> Iterator[House]:
    with build(tmp_path_factory.mktemp("improving")) as house:
        yield house.start("--no-player")


@pytest.fixture
def page(chromium_path: str) -> Iterator[Page]:
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path, args=arguments)
        expect.set_options(timeout=SECONDS * 1000)
        yield chromium.new_page(locale="en-GB")
        chromium.close()


def bring(house: House, path: Path, end: datetime, number: int = 40) -> None:
    """So many closed complaints of the four days before, all but three about delivery, by the command for it."""
    rows = [
        {
            "external_id": f"{end:%Y%m%d}-{place}", "received_at": (end - timedelta(hours=2 * place + 6)).isoformat(),
            "closed_at": (end - timedelta(hours=2 * place + 3)).isoformat(),
            "category": "logistics" if place > 2 else "billing", "department": "logistics", "tier": "medium",
            "text": "…",
        }
        for place in range(number)
    ]  # fmt: skip
    path.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    done = json.loads(house.amends("import", "--file", str(path), "--as", BOSS, "--json").stdout)
    assert (done["written"], done["bad"]) == (number, 0)


def sign_in(house: House, page: Page, who: str, role: Role) -> None:
    page.context.clear_cookies()
    page.goto(f"{house.url}/desk/sign-in?language=en")
    page.locator("input[name=key]").fill(house.wiring.access.add_role_key(role, who, staff=who).secret)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Signed in")).to_be_visible()


def wait(house: House, days: float) -> None:
    """So many days pass; the runs of Prefect carry out what becomes ready."""
    play(house.wiring.casework, timedelta(days=days), house.wiring.deliver, lambda: time.sleep(0.1), PATIENCE)


def seen(house: House, ref: str) -> dict[str, Any]:
    return dict(complaint(house.wiring.casework, ref, actor=None))


def run_shows(house: House, ref: str, words: str) -> None:
    def shown() -> bool:
        run = seen(house, ref)["prefect_flow_run_id"]
        if run is None:
            return False
        (found,) = house.prefect("/flow_runs/filter", {"flow_runs": {"id": {"any_": [run]}}})
        return words in str(found["state_name"])

    house.wait_for(shown, SECONDS, f"the run of {ref} to show {words!r}")


def letters(house: House, ref: str, kind: str) -> set[str | None]:
    with house.wiring.database.read() as session:
        query = select(Letter.person).join(Case, Case.id == Letter.case_id)  # type: ignore[arg-type]
        return set(session.exec(query.where(Case.ref == ref, Letter.kind == kind)).all())


def test_an_improvement_goes_its_whole_way_in_the_browser(house: House, page: Page, tmp_path: Path) -> None:
    now = house.wiring.process_now()
    bring(house, tmp_path / "first.jsonl", now)
    wait(house, 32)  # the month is over
    month = f"{now.astimezone(house.wiring.settings.zone):%Y-%m}"

    # finding → action
    sign_in(house, page, BOSS, Role.OPS)
    page.goto(f"{house.url}/desk/review/{month}")
    page.get_by_role("link", name="Findings and actions").click()
    page.locator('a[href*="hot_volume"][href*="category"]').first.click()
    expect(page.locator("#figure")).to_have_value("received")
    expect(page.locator("#group")).to_have_value("logistics")
    page.locator("#what").fill("Scan every parcel twice at the sorting line")
    page.locator("#owner").select_option(OWNER)
    page.locator("#due").fill(f"{house.wiring.process_now() + timedelta(days=10):%Y-%m-%d}")
    # measured against the thirty days before it was opened: bring the complaints there too
    bring(house, tmp_path / "before.jsonl", house.wiring.process_now() - timedelta(hours=1))
    page.get_by_role("button", name="Propose").click()
    expect(page.get_by_text("proposed", exact=True)).to_be_visible()
    path, ref = page.url, page.url.rpartition("/")[2]
    assert seen(house, ref)["finding"] == f"{month}/hot_volume/category=logistics"
    run_shows(house, ref, "improvement manager to act")

    # agreed → overdue, reminded
    sign_in(house, page, MANAGER, Role.HEAD)
    page.goto(path)
    page.get_by_role("button", name="Agree", exact=True).click()
    expect(page.get_by_text("being carried out", exact=True)).to_be_visible()
    run_shows(house, ref, "owner to carry out")
    wait(house, 12)
    page.goto(path)
    expect(page.get_by_text("overdue").first).to_be_visible()
    assert {OWNER, "s-zhao-lei"} <= letters(house, ref, "improvement_overdue")

    # done → effect measured
    sign_in(house, page, OWNER, Role.SPECIALIST)
    page.goto(path)
    page.locator("#done-text").fill("The second scan is live")
    page.get_by_role("button", name="It is done").click()
    expect(page.get_by_text("effect being checked", exact=True)).to_be_visible()
    run_shows(house, ref, "30 days to show its effect")
    wait(house, 31)
    house.wait_for(lambda: seen(house, ref)["status"] == "proven", SECONDS, "the effect to be measured")
    page.goto(path)
    expect(page.get_by_text("effect proven", exact=True)).to_be_visible()
    page.goto(f"{house.url}/desk/improvements")
    expect(page.get_by_text("target 85")).to_have_count(2)

    # the cause returns → reopened
    wait(house, 4)  # so that all of them lie in the thirty days that are looked at next
    bring(house, tmp_path / "again.jsonl", house.wiring.process_now())
    wait(house, 27)
    house.wait_for(lambda: seen(house, ref)["round"] == 2, SECONDS, "another round")
    sign_in(house, page, BOSS, Role.OPS)
    page.goto(path)
    expect(page.get_by_text("round 2")).to_be_visible()
    expect(page.get_by_text("the cause came back")).to_be_visible()
    run_shows(house, ref, "improvement manager to act")
    assert house.amends("verify").returncode == 0
