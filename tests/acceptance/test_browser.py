"""What people see and click: both versions of the Prefect UI, and the customer's pages, in a real Chromium.

One house for all of it. The failed runs failed for a real cause: nobody acted for a week, up to the last rung.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from cases.requests.work import ActOnItem, ProposedOption
from cases.sweeping import play
from cases.view import complaint
from complaints.acting import Actor
from tests.acceptance.house import House
from tests.acceptance.prefect_pages import VERSIONS, RunPages
from tests.acceptance.several import Build

LATE = "My parcel is five days late and nobody at your courier answers. Please deliver it."
QUESTION = "How do I use the voucher? I cannot find where to enter it at checkout. Thank you."
NEGLECT = timedelta(days=7)
"""So long nobody acts, until the last rung of the ladder has been asked in vain."""
CONFIRM = "Waiting: logistics to confirm"
SECONDS = 60.0
PATIENCE = timedelta(minutes=1)


@dataclass(frozen=True)
class Scene:
    """A house with complaints in the states that the tests look at, by version of the UI where each needs one."""

    house: House
    neglected: dict[str, str]
    """Failed: nobody acted through every rung."""
    offered: dict[str, str]
    """Waits for the person to whom the work was offered."""
    asked: str
    """The survey is out."""
    fresh: str
    """Just answered from the library; the customer has not said whether it helps."""
    choosing: str
    """Options were proposed."""

    def view(self, ref: str) -> dict[str, Any]:
        return dict(complaint(self.house.wiring.casework, ref, actor=None))

    def run_id(self, ref: str) -> str:
        return str(self.view(ref)["prefect_flow_run_id"])

    def state(self, ref: str) -> str:
        """Name of the state of its run; empty as long as it has none."""
        run_id = self.view(ref)["prefect_flow_run_id"]
        if run_id is None:
            return ""
        (run,) = self.house.prefect("/flow_runs/filter", {"flow_runs": {"id": {"any_": [run_id]}}})
        return str(run["state_name"])

    def shows(self, ref: str, name: str) -> None:
        """The run gets to this state by itself."""
        self.house.wait_for(lambda: self.state(ref) == name, SECONDS, f"the run of {ref} to show {name!r}")

    def link(self, ref: str, purpose: str) -> str:
        """The newest link of this kind that the customer got."""
        found = [m["links"][purpose] for m in self.view(ref)["messages"] if purpose in m["links"]]
        return str(found[-1])

    def act(self, ref: str, action: str, **fields: Any) -> None:
        """The person who has the open work does this."""
        open_work = (i for i in self.view(ref)["work_items"] if i["status"] in ("offered", "confirmed"))
        item = next(i for i in open_work if action in i["actions"])
        who = Actor(item["assignee"], "specialist")
        self.house.wiring.casework.step(ref, ActOnItem(item["id"], action, who, **fields))


def _file(house: House, external_id: str, text: str) -> str:
    customer = {
        "id": external_id,
        "name": "Ada",
        "language": "en",
        "email": f"{external_id}@customers.example",
    }
    body = {
        "external_id": external_id,
        "occurred_at": house.wiring.process_now().isoformat(),
        "customer": customer,
        "text": text,
    }
    answer = house.file("web_form", body)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["ref"])


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory, build: Build) -> Iterator[Scene]:
    with build(tmp_path_factory.mktemp("browser")) as house:
        house.start()
        neglected = {version: _file(house, f"neglected-{version}", LATE) for version in VERSIONS}
        asked = _file(house, "asked", QUESTION)
        # So patient that the legs of the runs carry out what becomes ready, and nothing is run directly.
        play(house.wiring.casework, NEGLECT, house.wiring.deliver, lambda: time.sleep(0.1), PATIENCE)
        offered = {version: _file(house, f"offered-{version}", LATE) for version in VERSIONS}
        fresh, choosing = _file(house, "fresh", QUESTION), _file(house, "choosing", LATE)
        found = Scene(house, neglected, offered, asked, fresh, choosing)
        for ref in neglected.values():
            found.shows(ref, "Failed")
        for ref in (*offered.values(), choosing):
            found.shows(ref, CONFIRM)
        found.shows(fresh, "Waiting: customer to accept the answer")
        found.act(choosing, "confirm")
        again = ProposedOption("We deliver it tomorrow before ten.", recommended=True)
        money = ProposedOption("We take it back and refund the price.", "refund", 8_800)
        found.act(
            choosing,
            "resolve",
            solution="Delivery or refund.",
            cause="Lost in the depot.",
            options=(again, money),
        )
        found.shows(choosing, "Waiting: customer to choose")
        yield found


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path, args=arguments)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    expect.set_options(timeout=SECONDS * 1000)
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    opened = context.new_page()
    opened.set_default_timeout(SECONDS * 1000)
    yield opened
    context.close()


@pytest.fixture(params=VERSIONS)
def prefect(request: pytest.FixtureRequest, scene: Scene, page: Page) -> RunPages:
    return RunPages(page, scene.house.prefect_url, request.param)


class TestPrefectUi:
    def test_the_runs_page_lists_each_run_under_what_it_waits_for(
        self, scene: Scene, prefect: RunPages
    ) -> None:
        prefect.open_list()
        row = prefect.row(scene.choosing)
        expect(row).to_contain_text("Waiting: customer to choose")
        for tag in ("tier:medium", "department:logistics", "channel:web_form"):
            expect(row).to_contain_text(tag)
        expect(prefect.row(scene.fresh)).to_contain_text("Waiting: customer to accept the answer")

    def test_a_waiting_run_shows_tags_artifact_and_task_graph(self, scene: Scene, prefect: RunPages) -> None:
        ref = scene.choosing
        drawn = prefect.open_run(scene.run_id(ref))
        assert {"Read the complaint", "Acknowledge the complaint", "Choose a person"} <= drawn
        expect(prefect.page.locator("canvas").first).to_be_visible()
        expect(prefect.page.get_by_text(f"{ref} · medium · logistics").first).to_be_visible()
        expect(prefect.page.get_by_text("Waiting: customer to choose").first).to_be_visible()
        expect(prefect.page.get_by_text("tier:medium").first).to_be_visible()
        prefect.open_task_runs()
        expect(prefect.page.get_by_text("Acknowledge the complaint").first).to_be_visible()
        prefect.open_artifact()
        expect(prefect.page.get_by_text("Waits for").first).to_be_visible()
        expect(prefect.page.get_by_text("customer to choose").first).to_be_visible()
        assert LATE not in prefect.page.inner_text("body"), "what customers write stays out of Prefect"

    def test_a_failed_run_is_retried_by_a_click_and_goes_on(self, scene: Scene, prefect: RunPages) -> None:
        ref = scene.neglected[prefect.version]
        (incident,) = [i for i in scene.view(ref)["incidents"] if i["closed_at"] is None]
        assert "nobody acted" in incident["reason"]
        prefect.open_run(scene.run_id(ref))
        expect(prefect.page.get_by_text("Failed").first).to_be_visible()
        prefect.retry()
        scene.house.wait_for(
            lambda: scene.state(ref).startswith("Waiting: "), SECONDS, f"{ref} to wait again"
        )
        prefect.page.reload()
        expect(
            prefect.page.get_by_text(re.compile("Waiting: .*executive on duty to act")).first
        ).to_be_visible()
        after = scene.view(ref)
        assert all(i["closed_at"] for i in after["incidents"])
        assert after["incidents"][0]["closed_by"] == "Prefect UI"
        assert "prefect_retry" in {line["what"] for line in after["history"]}
        assert not after["closed_at"]

    def test_a_cancelled_run_does_not_end_its_complaint(self, scene: Scene, prefect: RunPages) -> None:
        ref = scene.offered[prefect.version]
        prefect.open_run(scene.run_id(ref))
        expect(prefect.page.get_by_text(CONFIRM).first).to_be_visible()
        prefect.cancel()
        expect(prefect.page.get_by_text("Cancelled").first).to_be_visible()
        scene.house.wait_for(
            lambda: scene.view(ref)["incidents"], SECONDS, "the incident of the cancelled run"
        )
        seen = scene.view(ref)
        assert seen["status"] == "handling"
        assert seen["incidents"][0]["kind"] == "run_cancelled"
        assert seen["incidents"][0]["owner"]

        scene.act(ref, "confirm")
        assert scene.view(ref)["waiting_for"] == ["logistics to resolve"]
        assert scene.state(ref) == "Cancelled", "an open incident is not hidden"
        prefect.page.reload()
        prefect.retry()
        scene.shows(ref, "Waiting: logistics to resolve")
        prefect.page.reload()
        expect(prefect.page.get_by_text("Waiting: logistics to resolve").first).to_be_visible()


class TestCustomerPages:
    def test_the_customer_sees_the_progress_writes_and_judges_the_answer(
        self, scene: Scene, page: Page
    ) -> None:
        ref = scene.fresh
        page.goto(scene.link(ref, "track"))
        expect(page.get_by_role("heading", level=1)).to_have_text("Your complaint")
        expect(page.locator("header")).to_contain_text(ref)
        expect(page.locator("li[aria-current=step]")).to_be_visible()
        page.locator("li.letter summary").last.click()
        expect(page.get_by_text(QUESTION)).to_be_visible()
        page.get_by_role("textbox").fill("The code ends in 4417.")
        page.locator("button[value=write]").click()
        expect(page.get_by_role("status")).to_be_visible()
        expect(page.get_by_text("The code ends in 4417.")).to_be_visible()
        page.locator("button[value=helps]").click()
        expect(page.locator("button[value=helps]")).to_have_count(0)
        assert scene.view(ref)["status"] == "surveying"

    def test_a_low_score_is_asked_what_is_open_and_begins_again(self, scene: Scene, page: Page) -> None:
        ref = scene.asked
        page.goto(scene.link(ref, "survey"))
        page.locator("label[for=score-2]").click()
        page.get_by_role("button").click()
        expect(page.locator("input[name=then]")).to_have_count(2)
        assert scene.view(ref)["surveys"][0]["score"] is None, "nothing counts before it is confirmed"
        page.get_by_role("textbox").fill("The field for the voucher is not there.")
        page.locator("label[for=then-again]").click()
        page.get_by_role("button").click()
        expect(page.locator(".given .number")).to_have_text("2")
        survey = scene.view(ref)["surveys"][0]
        assert (survey["score"], survey["state"]) == (2, "answered")

    def test_the_customer_chooses_an_option(self, scene: Scene, page: Page) -> None:
        ref = scene.choosing
        page.goto(scene.link(ref, "options"))
        expect(page.locator("input[name=choice]")).to_have_count(3)
        expect(page.get_by_text("We deliver it tomorrow before ten.")).to_be_visible()
        page.locator("label[for=choice-2]").click()
        page.get_by_role("button").click()
        expect(page.locator("input[name=choice]")).to_have_count(0)
        expect(page.get_by_text("We take it back and refund the price.")).to_be_visible()
        assert scene.view(ref)["waiting_for"] != ["customer to choose"]
        scene.house.wait_for(
            lambda: scene.state(ref) != "Waiting: customer to choose", SECONDS, "the run to go on"
        )

    def test_pages_load_nothing_from_elsewhere_and_report_no_error(self, scene: Scene, page: Page) -> None:
        seen: list[str] = []
        page.on("request", lambda request: seen.append(request.url))
        page.on("console", lambda message: seen.append(f"{message.type}: {message.text}"))
        for purpose, ref in (("track", scene.choosing), ("survey", scene.asked), ("options", scene.choosing)):
            page.goto(scene.link(ref, purpose))
        foreign = [one for one in seen if not one.startswith((scene.house.url, "data:"))]
        assert len(seen) >= 3
        assert foreign == []
