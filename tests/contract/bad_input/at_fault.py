"""A complaint that is itself at fault: what can be kept is kept, whoever can come again is told so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from httpx import Response
from sqlmodel import select

from complaints.roles import Role
from store.tables import InboxRow
from tests.contract.bad_input.row import Check, Row
from tests.contract.bad_input.site import Site

KEPT = "已收到，正在等待处理"


def rows() -> Iterator[Row]:
    group = "a complaint that is at fault"
    yield Row(
        "Pages", group, "a message", _written, 202, "page", KEPT, keeps=_in_the_inbox("customer_message")
    )
    yield Row("Hooks", group, "a message", _sent, 202, "accepted", keeps=_in_the_inbox("customer_message"))
    yield Row(
        "API", group, "an action without words", _confirmed, 202, "accepted", keeps=_in_the_inbox("act")
    )
    for call, body in (("note", {"text": "客户来电"}), ("decline", {"reason": "不归我管"})):
        yield Row(
            "API", group, f"an action with words: {call}",
            partial(_on_its_item, call=call, body=body),
            503, "case-at-fault", "send it again later",
        )  # fmt: skip
    for call, body in (("messages", {"text": "发票号是 123"}), ("void", {"reason": "测试"})):
        yield Row(
            "API", group, call,
            partial(_on_it, call=call, body=body),
            503, "case-at-fault", "send it again later",
        )  # fmt: skip


def _written(site: Site) -> Response:
    return site.form("t", site.faulty, {"does": "write", "text": "还没有人联系我"})


def _on_its_item(site: Site, *, call: str, body: Mapping[str, object]) -> Response:
    return site.call("POST", f"work-items/{site.item(site.faulty)}/{call}", body)


def _on_it(site: Site, *, call: str, body: Mapping[str, object]) -> Response:
    return site.call("POST", f"complaints/{site.faulty}/{call}", body)


def _sent(site: Site) -> Response:
    return site.hook(site.body(kind="message", ref=site.faulty, text="还没有人联系我"))


def _confirmed(site: Site) -> Response:
    item = site.items[site.faulty]
    return site.call("POST", f"work-items/{item['id']}/confirm", who=item["assignee"], role=Role.SPECIALIST)


def _in_the_inbox(name: str) -> Check:
    def keeps(site: Site, _answer: Response) -> None:
        case, *_ = site.case(site.faulty)
        with site.house.built.casework.database.read() as session:
            query = select(InboxRow.name).where(InboxRow.case_id == case.id, InboxRow.handled_at == None)  # noqa: E711
            assert name in session.exec(query).all()

    return keeps
