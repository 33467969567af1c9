"""The pages of the Prefect UI that the tests look at, in both of its versions: V1 at `/`, V2 at `/v2`."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Locator, Page

VERSIONS = ("v1", "v2")


@dataclass(frozen=True)
class RunPages:
    """The list of runs and the page of one run. Clicks are those a person makes, dialogues included."""

    page: Page
    base_url: str
    version: str

    def open_list(self) -> None:
        self.page.goto(self._url("/runs"))

    def row(self, ref: str) -> Locator:
        """The entry of this complaint in the list."""
        entry = ".flow-run-list-item" if self.version == "v1" else "main li:has([data-slot=card])"
        return self.page.locator(entry).filter(has_text=ref)

    def open_run(self, run_id: str) -> set[str]:
        """The page of a run; the labels of the task graph that it is given to draw."""
        with self.page.expect_response(lambda answer: answer.url.endswith(f"{run_id}/graph-v2")) as given:
            self.page.goto(self._url(f"/runs/flow-run/{run_id}"))
        return {str(node["label"]) for _, node in given.value.json()["nodes"]}

    def open_task_runs(self) -> None:
        self._tab("Task Runs").click()

    def open_artifact(self) -> None:
        """The newest artifact of the run; V2 shows its versions first."""
        self._tab("Artifacts").click()
        if self.version == "v2":
            self.page.locator("a[href*='/artifacts/key/']").first.click()
        self.page.locator("a[href*='/artifacts/artifact/']").first.click()

    def retry(self) -> None:
        self._choose("Retry")
        self._dialog().get_by_role("button", name="Retry").click()

    def cancel(self) -> None:
        self._choose("Cancel")
        name = "Confirm" if self.version == "v1" else "Cancel Flow Run"
        self._dialog().get_by_role("button", name=name).click()

    def _choose(self, command: str) -> None:
        """V1 has buttons, V2 a menu."""
        if self.version == "v1":
            self.page.get_by_role("button", name=command, exact=True).first.click()
        else:
            self.page.get_by_role("button", name="Open menu").click()
            self.page.get_by_role("menuitem", name=command, exact=True).click()

    def _dialog(self) -> Locator:
        return self.page.locator("[role=dialog], [role=alertdialog]")

    def _tab(self, name: str) -> Locator:
        return self.page.locator(".p-tab" if self.version == "v1" else "[role=tab]").filter(has_text=name)

    def _url(self, path: str) -> str:
        return f"{self.base_url}{'' if self.version == 'v1' else '/v2'}{path}"
