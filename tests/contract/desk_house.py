"""The desk over a real casework: pages and API behind one test client, keys for people."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient, Cookies, Response

from cases import view
from cases.requests.work import ActOnItem, ProposedOption
from complaints.acting import Actor
from complaints.roles import Role
from desk import api, customer, staff
from desk.sessions import Sessions
from desk.tokens import Tokens
from review.printing import Press
from runtime import web
from store.access import Access
from tests.contract.casework import Built, build

PUBLIC_URL = "https://amends.example"
MASTER = b"master secret of keys in the tests"
LINKS = b"links secret of the tests, 32 byte"
SESSION = b"session secret of the tests, 32 by"
TEXT = "上周买的洗衣机用了两次就坏了，联系客服三次没人管，我要求退款"
REFUND = ProposedOption("全额退款，上门取回", "refund", 9900, recommended=True)
SWAP = ProposedOption("换一台同型号新机", "replacement")


@dataclass
class Browser:
    """Sends requests to an application in this process and follows redirects, as a browser does."""

    app: FastAPI
    cookies: Cookies = field(default_factory=Cookies)
    follows: bool = True

    def request(self, method: str, path: str, **given: Any) -> Response:
        async def send() -> Response:
            transport = ASGITransport(self.app, raise_app_exceptions=False)
            async with AsyncClient(
                transport=transport, base_url=PUBLIC_URL, follow_redirects=self.follows, cookies=self.cookies
            ) as client:
                answer = await client.request(method, path, **given)
                self.cookies = client.cookies
                return answer

        return asyncio.run(send())

    def get(self, path: str, **given: Any) -> Response:
        return self.request("GET", path, **given)

    def post(self, path: str, **given: Any) -> Response:
        return self.request("POST", path, **given)


@dataclass
class House:
    """What tests of the desk keep doing."""

    built: Built
    tokens: Tokens
    client: Browser
    access: Access
    keys: dict[tuple[str, str], str] = field(default_factory=dict)

    # --- customers

    def link(self, ref: str, purpose: str) -> str:
        """Path of the newest link for a purpose that a letter of this complaint holds."""
        letters = view.complaint(self.built.casework, ref, actor=None)["messages"]
        found: list[str] = [m["links"][purpose] for m in letters if purpose in m["links"]]
        return found[-1].removeprefix(PUBLIC_URL)

    def post(self, path: str, **form: str) -> Response:
        """What a customer's browser sends: the fields of the page's form, and what was filled in."""
        page = self.client.get(path)
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
        answer = self.client.post(path, data={**hidden, **form})
        self.built.work()
        return answer

    # --- staff

    def sign_in(self, role: Role, who: str = "s-jiang-hong") -> Browser:
        """A browser of its own, signed in at the desk as a person with a role."""
        browser = Browser(self.client.app)
        key = self.access.add_role_key(role, who, staff=who).secret
        assert browser.post("/desk/sign-in", data={"key": key}).status_code == 200
        return browser

    def call(
        self, method: str, path: str, *, who: str = "s-jiang-hong", role: Role = Role.OPS,
        body: Mapping[str, Any] | None = None, key: str | None = None,
    ) -> Response:  # fmt: skip
        """A call of the API as a person with a role."""
        if (who, role) not in self.keys:
            self.keys[who, role] = self.access.add_role_key(role, who, staff=who).secret
        headers = {"Authorization": f"Bearer {self.keys[who, role]}"}
        if key is not None:
            headers["Idempotency-Key"] = key
        answer = self.client.request(method, f"/api/v1/{path}", json=body, headers=headers)
        self.built.work()
        return answer

    def seen(self, ref: str) -> dict[str, Any]:
        return view.complaint(self.built.casework, ref, actor=None)

    def item(self, ref: str, *kinds: str) -> dict[str, Any]:
        """The newest item of these kinds that something is asked of."""
        items: list[dict[str, Any]] = self.seen(ref)["work_items"]
        return [i for i in items if i["kind"] in kinds and i["actions"]][-1]

    def resolve(self, ref: str, *options: ProposedOption) -> None:
        """Confirm and resolve the main item; sign it when that is asked for."""
        item = self.item(ref, "resolve", "lead")
        who = Actor(item["assignee"], "specialist")
        if "confirm" in item["actions"]:
            self.built.step(ref, ActOnItem(item["id"], "confirm", who))
        self.built.step(ref, ActOnItem(item["id"], "resolve", who, solution="电机故障", options=options))
        for duty in self.seen(ref)["work_items"]:
            if "approve" in duty["actions"]:
                self.built.step(ref, ActOnItem(duty["id"], "approve", Actor(duty["assignee"], "head")))

    def survey_sent(self, **given: object) -> str:
        """A complaint whose customer was just asked for a score."""
        ref = self.built.file(TEXT, **given)
        self.resolve(ref)
        self.built.pass_time(hours=3)
        assert self.seen(ref)["status"] == "surveying"
        return ref


@contextmanager
def open_house(url: str) -> Iterator[House]:
    """The whole desk on the database at `url`, shut when the test ends."""
    tokens = Tokens(LINKS, PUBLIC_URL)
    built = build(url, links=tokens.links)
    access = Access(built.casework.database, MASTER, built.clock)
    press = Press(
        built.casework.database, built.casework.books, zone="Asia/Shanghai", public_url=PUBLIC_URL,
        machine_clock=built.clock,
    )  # fmt: skip
    sessions = Sessions(access, SESSION, built.clock)
    app = FastAPI()
    web.install(app)
    app.include_router(customer.router(built.casework, tokens))
    app.include_router(api.router(built.casework, access, built.codes(), sessions))
    app.include_router(staff.router(built.casework, sessions, press, secure=True))
    try:
        yield House(built, tokens, Browser(app), access)
    finally:
        built.casework.database.close()
