"""Stories told over HTTP: people act through the API with keys of their own, customers on their pages.

A story is a generator that yields how much process time it lets pass; `tell` plays all stories of a house
side by side against one clock.
"""

from __future__ import annotations

import heapq
import itertools
import re
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx

from tests.acceptance.house import House

TEXTS = {
    "light": "请问我的包裹到哪里了？显示昨天已经出库，想知道什么时候能送到，谢谢。",
    "medium": "退货不退款，商家四五天不回信息，商品有问题也不理人",
    "severe": "昨晚充电宝充电的时候突然起火，沙发烧了一个洞，孩子的手被烫伤，正在医院处理，你们必须给个说法！",
}
ACTED_WITHIN = 120.0
"""Seconds in which whatever a step made ready must have been done, by Prefect or directly."""
Story = Generator[timedelta, None, None]


@dataclass
class Staff:
    """Keys of people, made when first needed."""

    house: House
    keys: dict[str, str] = field(default_factory=dict)

    def headers(self, person: str, role: str = "specialist") -> dict[str, str]:
        if person not in self.keys:
            given = self.house.wiring.access.add_role_key(role, person, staff=person)  # type: ignore[arg-type]
            self.keys[person] = given.secret
        return {"Authorization": f"Bearer {self.keys[person]}"}


@dataclass
class Told:
    """One complaint as a story acts on it."""

    house: House
    staff: Staff
    ref: str

    @property
    def view(self) -> dict[str, Any]:
        answer = self.house.client.get(f"/api/v1/complaints/{self.ref}", headers=self._ops())
        assert answer.status_code == httpx.codes.OK, answer.text
        return dict(answer.json())

    def _ops(self) -> dict[str, str]:
        holder = self.house.wiring.catalogue.organisation.holders("ops")[0]
        return self.staff.headers(holder.id, "ops")

    def until(self, true: Callable[[dict[str, Any]], object], what: str) -> dict[str, Any]:
        """The view once `true` holds of it."""

        def look() -> dict[str, Any] | None:
            view = self.view
            return view if true(view) else None

        found: dict[str, Any] = self.house.wait_for(look, ACTED_WITHIN, f"{self.ref}: {what}")
        return found

    def items(self, action: str, kind: str | None = None) -> list[dict[str, Any]]:
        return [
            i for i in self.view["work_items"] if action in i["actions"] and kind in (None, i["kind"])
        ]  # fmt: skip

    def open_item(self, action: str, kind: str | None = None) -> dict[str, Any]:
        """The first item that takes this action, once there is one."""
        self.until(lambda _: self.items(action, kind), f"an item that takes {action!r}")
        return self.items(action, kind)[0]

    def act(
        self, action: str, *, kind: str | None = None, item: dict[str, Any] | None = None, by: str | None = None,
        status: int = 200, **fields: object,
    ) -> dict[str, Any]:  # fmt: skip
        """Let the assignee (or `by`) act; the answer must have this status."""
        chosen = item or self.open_item(action, kind)
        path = f"/api/v1/work-items/{chosen['id']}/{action}"
        headers = self.staff.headers(by or chosen["assignee"])
        answer = self.house.client.post(path, json=fields, headers=headers)
        assert answer.status_code == status, f"{self.ref} {action}: {answer.status_code} {answer.text}"
        return dict(answer.json())

    def direct(self, what: str, status: int = 200, **fields: object) -> None:
        answer = self.house.client.post(
            f"/api/v1/complaints/{self.ref}/{what}", json=fields, headers=self._ops()
        )
        assert answer.status_code == status, f"{self.ref} {what}: {answer.status_code} {answer.text}"

    def resolve(self, **fields: object) -> None:
        self.act("resolve", solution="已核实，为您办理。", cause="流程延误", **fields)  # type: ignore[arg-type]

    # --- the customer

    def page(self, kind: str) -> str:
        """Path of the newest page of that kind (survey, options, track) in the customer's letters."""
        view = self.until(
            lambda v: any(kind in m["links"] for m in v["messages"]), f"a letter with a link to {kind}"
        )
        links: list[str] = [m["links"][kind] for m in view["messages"] if kind in m["links"]]
        return urlsplit(links[-1]).path

    def send(self, path: str, fields: Mapping[str, str]) -> httpx.Response:
        """Open the page, fill its first form, post it with what is hidden in it."""
        opened = self.house.client.get(path)
        assert opened.status_code == httpx.codes.OK, opened.text
        form = opened.text.partition("<form")[2].partition("</form>")[0]
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
        return self.house.client.post(path, data={**hidden, **fields})

    def score(self, score: int, then: str | None = None) -> None:
        """Answer the survey; a low score needs `then`: "again" or "leave"."""
        fields = {"score": str(score), "confirm": "yes"} | ({"then": then} if then else {})
        answer = self.send(self.page("survey"), fields)
        assert answer.status_code in (200, 303), answer.text

    def ended(self) -> dict[str, Any]:
        return self.until(lambda v: v["status"] == "closed", "to be closed")


def file(house: House, staff: Staff, name: str, tier: str) -> Told:
    """A complaint of a customer of its own."""
    happened = (house.wiring.process_now() - timedelta(minutes=1)).isoformat()
    answer = house.file("web_form", {
        "external_id": f"story-{name}", "occurred_at": happened, "text": TEXTS[tier],
        "customer": {"id": f"S-{name}", "name": "故事客户", "email": f"{name}@customers.example", "language": "zh"},
    })  # fmt: skip
    assert answer.status_code == 202, answer.text
    return Told(house, staff, answer.json()["ref"])


def tell(house: House, stories: list[Story]) -> None:
    """Play all stories to their ends; the clock goes from one wish to the next."""
    order = itertools.count()
    waiting: list[tuple[timedelta, int, Story]] = [(timedelta(0), next(order), story) for story in stories]
    heapq.heapify(waiting)
    now = timedelta(0)
    while waiting:
        at = waiting[0][0]
        if at > now:
            house.amends("clock", "advance", f"PT{int((at - now).total_seconds())}S")
            now = at
        _, _, story = heapq.heappop(waiting)
        wish = next(story, None)
        if wish is not None:
            heapq.heappush(waiting, (now + wish, next(order), story))
