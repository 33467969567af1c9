"""Every door over one store, with complaints in each state that bad input may meet."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from httpx import Response
from sqlalchemy import text
from sqlmodel import SQLModel, select

from cases import sweeping
from cases.checking import draw
from cases.importing import Closed, Person, import_closed
from cases.improving import Opening, open_improvement
from cases.opening import Complainant
from cases.requests.direction import End
from complaints.acting import Actor
from complaints.roles import Role
from intake import hooks
from intake.signing import signed
from store.binding import Binding, Inputs, Outputs
from store.case_file import CaseFile
from store.database import Database
from store.tables import Case, CaseText, Check, Customer
from tasks import BINDINGS
from tests.contract.casework import Built
from tests.contract.desk_house import REFUND, SWAP, TEXT, Browser, House, open_house

OPS = Actor("s-jiang-hong", "ops")
STRANGER = "s-lin-tao"
"""Of marketing: has no part in any of these complaints."""


@dataclass
class Site:
    """`offered`, `surveyed`, `asked`, `ended`, `merged` and `faulty` are references of complaints in that state."""

    house: House
    offered: str = ""
    surveyed: str = ""
    asked: str = ""
    ended: str = ""
    merged: str = ""
    faulty: str = ""
    """Its reminder of half an hour cannot be written, so nothing moves it."""
    colleague: str = ""
    """Works where the offered item lies, and it is not with them."""
    items: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The main work item of each of these complaints, by reference."""
    secrets: dict[str, str] = field(default_factory=dict)
    sent: int = 0
    action: str = ""
    """Reference of an improvement action that waits to be agreed to."""
    check: int = 0
    """Number of a quality check that nobody has recorded."""
    browser: Browser | None = None
    """Somebody of operations, signed in at the desk; it follows no redirect."""
    csrf: str = ""

    # --- the store

    def state(self) -> dict[str, int]:
        return state_of(self.house.built.casework.database)

    def case(self, ref: str) -> tuple[Case, CaseText, Customer]:
        with self.house.built.casework.database.read() as session:
            case = session.exec(select(Case).where(Case.ref == ref)).one()
            return case, session.get_one(CaseText, case.id), session.get_one(Customer, case.customer_id)

    # --- hooks

    @property
    def now(self) -> str:
        return self.house.built.clock.now.isoformat()

    def body(self, **given: Any) -> dict[str, Any]:
        """A complaint that nothing is wrong with, and what a row makes of it."""
        self.sent += 1
        return {
            "external_id": f"x-{self.sent}", "occurred_at": self.now,
            "customer": {"id": f"c-hook-{self.sent}", "name": "王芳"}, "text": TEXT,
        } | given  # fmt: skip

    def hook(
        self, value: Any, *, channel: str = "web_form", headers: Mapping[str, str] | None = None
    ) -> Response:
        """Bytes as they are, anything else as JSON; signed as it should be, unless headers are given."""
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        if headers is None:
            headers = self.signed(body)
        return self.house.client.request("POST", f"/hooks/{channel}", content=body, headers=dict(headers))

    def signed(
        self, body: bytes, *, channel: str = "web_form", id: str | None = None, off: timedelta = timedelta(0)
    ) -> dict[str, str]:  # fmt: skip
        self.sent += 1
        at = self.house.built.clock.now + off
        # A body that is no text cannot be signed; what is sent then is signed as if it were another.
        return signed(self.secrets[channel], _signable(body), id or f"msg-{self.sent}", at)

    # --- the desk

    def call(
        self, method: str, path: str, body: Any = None, *, who: str = OPS.name, role: Role = Role.OPS,
        key: str | bytes | None = None, raw: bytes | None = None, kind: str = "application/json",
    ) -> Response:  # fmt: skip
        """A call of the API. `raw` goes out as it is; `body` as JSON, also what JSON strictly does not know."""
        headers: dict[bytes, bytes] = {b"authorization": f"Bearer {self.house.keys[who, role]}".encode()}
        if key is not None:
            headers[b"idempotency-key"] = key if isinstance(key, bytes) else key.encode()
        content = raw
        if raw is None and body is not None:
            content = json.dumps(body).encode()
        if content is not None:
            headers[b"content-type"] = kind.encode()
        return self.house.client.request(method, f"/api/v1/{path}", content=content, headers=headers)

    def desk(self, method: str, path: str, fields: Mapping[str, str] | None = None, **given: Any) -> Response:
        """A page of the desk, or a form of it with its token, as whoever is signed in sends it."""
        assert self.browser is not None, "opened() signs in"
        data = {"csrf": self.csrf, **fields} if fields is not None else None
        return self.browser.request(method, f"/desk/{path}", data=data, **given)

    def unknown(self, method: str, path: str, **given: Any) -> Response:
        """The same of somebody who is not signed in."""
        return Browser(self.house.client.app, follows=False).request(method, f"/desk/{path}", **given)

    def item(self, ref: str) -> int:
        return int(self.items[ref]["id"])

    @property
    def decision(self) -> str:
        """Number of the decision whose options wait for a choice."""
        page = self.page("o", self.asked).text
        return page.partition('name="decision" value="')[2].partition('"')[0]

    # --- customers

    def form(self, page: str, ref: str, fields: Mapping[str, str], *, nonce: str | None = None) -> Response:
        """A form of a customer page as the page would send it, with these fields."""
        token = self.house.tokens.token(page, ref, 1)
        genuine = self.house.tokens.nonce(self.house.tokens.read(page, token))
        sent = {"nonce": genuine if nonce is None else nonce, **fields}
        return self.house.client.post(f"/{page}/{token}", data=sent)

    def page(self, page: str, ref: str) -> Response:
        return self.house.client.get(f"/{page}/{self.house.tokens.token(page, ref, 1)}")


@contextmanager
def opened(url: str) -> Iterator[Site]:
    """The site on the empty database at `url`."""
    with open_house(url) as house:
        house.client.app.include_router(hooks.router(house.built.casework, house.access))
        site = Site(house)
        for channel in ("web_form", "weibo"):
            site.secrets[channel] = house.access.add_hook_key(channel).secret
        for who, role in (
            (OPS.name, Role.OPS), (OPS.name, Role.AUDITOR), (STRANGER, Role.SPECIALIST), (OPS.name, Role.HEAD),
            ("s-jiang-hong", Role.AGENT), (OPS.name, Role.SPECIALIST),
        ):  # fmt: skip
            house.keys[who, role] = house.access.add_role_key(role, who, staff=who).secret
        site.surveyed = house.survey_sent()
        site.asked = _filed(house, "asked")
        house.resolve(site.asked, REFUND, SWAP)
        assert house.seen(site.asked)["status"] == "waiting_customer"
        site.ended, site.merged, site.offered = (
            _filed(house, name) for name in ("ended", "merged", "offered")
        )
        for ref in (site.surveyed, site.asked, site.ended, site.merged, site.offered):
            work = house.seen(ref)["work_items"]
            site.items[ref] = next(i for i in work if i["kind"] in ("resolve", "lead"))
        offered = site.items[site.offered]
        people = house.built.casework.books.organisation.members(offered["department"])
        site.colleague = next(p.id for p in people if p.id != offered["assignee"])
        key = house.access.add_role_key(Role.SPECIALIST, site.colleague, staff=site.colleague)
        house.keys[site.colleague, Role.SPECIALIST] = key.secret
        house.built.step(site.ended, End("voided", OPS, "测试"))
        house.built.step(site.merged, End("merged", OPS, "同一件事", into=site.offered))
        site.faulty = broken(house)
        offer = site.items[site.faulty] = house.item(site.faulty, "resolve", "lead")
        key = house.access.add_role_key(Role.SPECIALIST, offer["assignee"], staff=offer["assignee"])
        house.keys[offer["assignee"], Role.SPECIALIST] = key.secret
        _improving(site)
        yield site


def _improving(site: Site) -> None:
    """What `followed` makes, and somebody at the desk."""
    site.action, site.check = followed(site.house.built)
    site.browser = site.house.sign_in(Role.OPS, OPS.name)
    page = site.browser.get("/desk/improvements/new")
    site.csrf = page.text.partition('name="csrf" value="')[2].partition('"')[0]
    assert site.csrf
    site.browser.get("/desk/review/2026-10")  # a month that is over is frozen when somebody first looks
    site.browser.follows = False


def followed(built: Built) -> tuple[str, int]:
    """An improvement action that waits to be agreed to, and a quality check of a month that is over."""
    casework, now = built.casework, built.clock.now
    closed = now - timedelta(days=40)
    import_closed(casework, [Closed(
        source="t", external_id="1", channel="import", language="zh", text="…", customer=Person(),
        received_at=closed - timedelta(hours=9), closed_at=closed, status="closed", outcome="accepted", cycles=1,
        marks={"tier": "medium", "department": "logistics", "category": "logistics"},
    )], now)  # fmt: skip
    draw(casework, f"{closed:%Y-%m}", "quality", OPS, zone="UTC", seed="x")
    with casework.database.write() as session:
        check = int(session.exec(select(Check.id)).one() or 0)
        action = open_improvement(casework, session, Opening(
            title="减少错分拣", what="分拣线加装扫码复核", owner="s-sun-yue", due_at=now + timedelta(days=10), who=OPS,
        ))  # fmt: skip
        ref = action.ref
    built.work()
    return ref, check


def _filed(house: House, name: str) -> str:
    """By a customer of its own: the same one's would be the same matter again."""
    customer = Complainant(id=name, name="王芳", email=f"{name}@example.org")
    return house.built.file(TEXT, customer=customer)


def broken(house: House) -> str:
    """A complaint whose reminder of half an hour cannot be written, half an hour later."""
    casework = house.built.casework
    ref = _filed(house, "faulty")
    with casework.reading(ref) as seen:
        id = seen.case.id

    def write(file: CaseFile, inputs: Inputs, prepared: object) -> Outputs:
        if (file.case.id, inputs["template"]) == (id, "offer_reminder"):
            raise TypeError("a template that does not fit")
        return BINDINGS["tell"].write(file, inputs, prepared)

    casework.topics = {**BINDINGS, "tell": Binding("tell", write)}
    house.built.clock.now += timedelta(minutes=31)
    sweeping.settle(casework)
    assert [i["kind"] for i in house.seen(ref)["incidents"]] == ["fault"]
    return ref


def state_of(database: Database) -> dict[str, int]:
    """Rows of each table, and how often cases changed and wrote history."""
    counts = [f"select '{name}', count(*) from \"{name}\"" for name in SQLModel.metadata.tables]
    sums = [
        f"select '{column}', coalesce(sum({column}), 0) from cases" for column in ("version", "history_count")
    ]
    with database.read() as session:
        found = session.connection().execute(text(" union all ".join([*counts, *sums]))).all()
    return {str(name): int(number) for name, number in found}


def _signable(body: bytes) -> bytes:
    try:
        body.decode()
    except UnicodeDecodeError:
        return b"{}"
    return body
