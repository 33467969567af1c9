"""Words that stand for what a customer filled in, planted through every door and looked for everywhere."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from httpx import Response
from sqlalchemy import Table
from sqlmodel import SQLModel, select

from cases.erasing import Erasing, Order
from cases.requests.work import ActOnItem, ProposedOption
from complaints.acting import Actor
from complaints.roles import Role
from intake import hooks
from intake.signing import signed
from runtime.post.erasing import mailbox_eraser
from runtime.post.giving_up import next_way_or_incident
from runtime.post.mailbox import Mailbox
from runtime.post.outbox import Outbox, Ways
from store.database import Database
from store.erasers import ERASERS
from store.tables import Case
from tests.contract.desk_house import PUBLIC_URL, House, open_house

ADMIN = Actor("s-shen-yi", "admin")
PHONE = "13870001234"
MAIL = "canary-mail@canary-host.example"
COMPLAINT = "退货不退款，商家四五天不回信息，商品有问题也不理人"


@dataclass
class Aviary:
    """A house with hooks, mailbox and erasers, and every canary that was let in."""

    house: House
    mailbox: Mailbox
    folder: Path
    outbox: Outbox
    erasing: Erasing
    orders: list[Order]
    planted: list[str] = field(default_factory=lambda: [PHONE, MAIL])
    sent: int = 0

    @property
    def database(self) -> Database:
        return self.house.built.casework.database

    def canary(self, where: str) -> str:
        """A word that nobody else writes, remembered."""
        word = f"canary-{len(self.planted)}-{where}"
        self.planted.append(word)
        return word

    # --- doors

    def hook(self, body: Mapping[str, Any], *, id: str | None = None, channel: str = "web_form") -> Response:
        self.sent += 1
        raw = json.dumps(body, ensure_ascii=False).encode()
        secret = self.house.access.add_hook_key(channel).secret
        headers = signed(secret, raw, id or f"msg-{self.sent}", self.house.built.clock.now)
        answer = self.house.client.request("POST", f"/hooks/{channel}", content=raw, headers=headers)
        self.house.built.work()
        return answer

    def customer(self) -> dict[str, str]:
        return {"id": "canary-number", "name": "canary-name", "phone": PHONE, "email": MAIL}

    def body(self, **given: Any) -> dict[str, Any]:
        """A complaint in which every field that takes text holds a canary."""
        fields = {
            "external_id": "{}", "text": COMPLAINT + " {}", "order_id": "{}", "product": "{}", "region": "{}",
            "wants": "{}", "attachments": [{"name": "{}"}], "extra": {"{}": ["{}"]},
        }  # fmt: skip
        said = {
            name: json.loads(_filled(json.dumps(form), self, name))
            for name, form in fields.items() if name not in given
        }  # fmt: skip
        at = self.house.built.clock.now.isoformat()
        return {"occurred_at": at, "customer": self.customer(), "amount": 12_900, **said, **given}

    def message(self, ref: str) -> dict[str, Any]:
        """Another message about a complaint."""
        return {
            "kind": "message", "ref": ref, "text": self.canary("message"),
            "external_id": self.canary("external"), "occurred_at": self.house.built.clock.now.isoformat(),
            "customer": self.customer(),
        }  # fmt: skip

    def call(self, path: str, body: Mapping[str, Any], *, key: str | None = None) -> Response:
        answer = self.house.call("POST", path, who="s-ye-qing", role=Role.OPS, body=body, key=key)
        assert answer.status_code == 200, answer.text
        return answer

    def act(self, ref: str, action: str, **given: Any) -> None:
        item = next(i for i in self.house.seen(ref)["work_items"] if action in i["actions"])
        self.house.built.step(
            ref, ActOnItem(item["id"], action, Actor(item["assignee"], "specialist"), **given)
        )

    def deliver(self) -> None:
        while self.outbox.send_due():
            pass

    # --- a whole life

    def live(self) -> str:
        """A complaint from the hook to its end, with words from the customer and about them at every step."""
        self.planted += ["canary-number", "canary-name"]
        said, house = self.canary, self.house
        body = self.body()
        ref = str(self.hook(body, id=said("webhook")).json()["ref"])
        twin = {**body, "text": said("twin")}
        assert self.hook(twin).status_code == 409
        auto = self.body(text=f"自动回复：{said('automatic')}")
        assert self.hook(auto).json()["ref"] is None
        self.hook(self.message(ref))
        house.post(house.link(ref, "track"), does="write", text=said("page"))
        self.call(f"complaints/{ref}/messages", {"text": said("taken-down")}, key="again")
        item = next(i for i in house.seen(ref)["work_items"] if i["kind"] == "resolve")
        self.act(ref, "decline", reason=said("decline"))
        self.act(ref, "confirm")
        self.call(f"work-items/{item['id']}/note", {"text": said("phone-note"), "contact": True}, key="note")
        self.act(ref, "resolve", solution=said("solution"), cause=said("cause"), options=self.options())
        house.post(house.link(ref, "options"), confirm="yes", choice="0", proposal=said("proposal"))
        self.act(ref, "resolve", solution=said("second"), options=self.options())
        house.post(house.link(ref, "options"), confirm="yes", choice="2")
        self.act(ref, "done", judged="misrouted")
        self.act(ref, "done", text=said("done"))
        house.built.pass_time(hours=3)
        self.deliver()
        house.post(house.link(ref, "survey"), confirm="yes", score="5", comment=said("comment"))
        house.built.pass_time(minutes=16)
        self.deliver()
        assert house.seen(ref)["status"] == "closed"
        return ref

    def options(self) -> tuple[ProposedOption, ...]:
        return (
            ProposedOption(self.canary("option"), "refund", 12_900, recommended=True),
            ProposedOption(self.canary("option"), "coupon", 3_000),
        )

    def taken_back(self) -> str:
        """A second complaint of the same customer that they withdraw by phone."""
        answer = self.hook(self.body())
        ref = str(answer.json()["ref"])
        self.call(f"complaints/{ref}/withdraw", {"reason": self.canary("withdrawn"), "by_customer": True})
        self.deliver()
        return ref

    # --- looking

    def in_store(self) -> set[str]:
        """Canaries in any column of any table."""
        held = "\n".join(str(row) for rows in tables(self.database).values() for row in rows)
        return {word for word in self.planted if word.lower() in held.lower()}

    def in_folder(self) -> set[str]:
        """Canaries in the letters of the mailbox, decoded."""
        import email
        from email.policy import default

        text = ""
        for path in self.folder.rglob("*.eml") if self.folder.exists() else ():
            mail = email.message_from_bytes(path.read_bytes(), policy=default)
            text += f"{path.name} {list(mail.items())} {mail.get_content()}\n"
        return {word for word in self.planted if word in text}

    def in_prefect(self, ref: str) -> str:
        """Everything that Prefect is told about a case."""
        port = self.house.built.port(PUBLIC_URL)
        return f"{port.standing(ref)} {port.without_run(100)}"


def _filled(form: str, birds: Aviary, where: str) -> str:
    """Each place of the form with a canary of its own."""
    while "{}" in form:
        form = form.replace("{}", birds.canary(where), 1)
    return form


def tables(database: Database) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, columns decoded as the program reads them."""
    with database.read() as session:
        return {
            name: [dict(row) for row in session.connection().execute(_ordered(table)).mappings()]
            for name, table in SQLModel.metadata.tables.items() if name != "bundles"
        }  # fmt: skip


def _ordered(table: Table) -> Any:
    return table.select().order_by(*table.primary_key.columns)


@contextmanager
def aviary(url: str, folder: Path) -> Iterator[Aviary]:
    with open_house(url) as house:
        casework = house.built.casework
        house.client.app.include_router(hooks.router(casework, house.access))
        mailbox = Mailbox(folder)
        orders: list[Order] = []
        outbox = Outbox(
            casework.database, Ways(mailbox, {}), machine_clock=house.built.clock,
            hear=next_way_or_incident(casework), staff_mail=lambda person: None,
        )  # fmt: skip
        erasing = Erasing(casework, (mailbox_eraser(mailbox), *ERASERS), orders.append)
        yield Aviary(house, mailbox, folder, outbox, erasing, orders)


def case_of(database: Database, ref: str) -> Case:
    with database.read() as session:
        return session.exec(select(Case).where(Case.ref == ref)).one()
