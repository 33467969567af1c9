"""Hostile words in every field that takes words: kept as they came, shown as text, run by nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

from httpx import Response

from tests.contract.bad_input.row import Row
from tests.contract.bad_input.site import Site
from tests.contract.bad_input.words import CLEANED, CONTROL, HOSTILE, MARKUP

KEPT: dict[str, Callable[[Any, Any, Any], object]] = {
    "text": lambda _case, text, _customer: text.text,
    "customer.name": lambda _case, _text, customer: customer.name,
    "product": lambda case, _text, _customer: case.product,
    "region": lambda case, _text, _customer: case.region,
    "wants": lambda _case, text, _customer: text.wants,
    "order_id": lambda _case, text, _customer: text.order_id,
    "external_id": lambda case, _text, _customer: case.external_id,
    "extra": lambda _case, text, _customer: text.extra["note"],
    "attachments": lambda _case, text, _customer: text.attachments[0]["name"],
}
"""Where a field of a hook is found again."""
SHOWN = ("text", "customer.name")
"""What stands on the customer's own page, in the letters there."""


def rows() -> Iterator[Row]:
    for name, words in HOSTILE.items():
        yield _message(name, words)
        yield _given_back(name, words)
        yield _note(name, words)
    for field in KEPT:
        for name, words in HOSTILE.items():
            yield _hook(field, name, words, words)
        if field not in ("order_id", "external_id"):
            yield _hook(field, "control characters", CONTROL, CLEANED)


def _message(name: str, words: str) -> Row:
    def keeps(site: Site, _answer: Response) -> None:
        site.house.built.work()
        _shown_as_text(site.page("t", site.asked), words)
        messages = site.house.seen(site.asked)["messages"]
        assert words in [message["body"] for message in messages if message["direction"] == "in"]

    return Row(
        "Pages", "hostile words in a message", name,
        lambda site: site.form("t", site.asked, {"does": "write", "text": words}), 200, "page", keeps=keeps,
    )  # fmt: skip


def _given_back(name: str, words: str) -> Row:
    """No score, so the form comes back with the comment that was written."""
    before: list[dict[str, int]] = []

    def send(site: Site) -> Response:
        before[:] = [site.state()]
        return site.form("s", site.surveyed, {"confirm": "yes", "comment": words})

    def keeps(site: Site, answer: Response) -> None:
        _shown_as_text(answer, words)
        assert [site.state()] == before

    return Row("Pages", "hostile words in a form that is given back", name, send, 422, "page", keeps=keeps)


def _note(name: str, words: str) -> Row:
    def send(site: Site) -> Response:
        return site.call("POST", f"work-items/{site.item(site.offered)}/note", {"text": words})

    def keeps(_site: Site, answer: Response) -> None:
        assert answer.json()["notes"][-1]["text"] == words

    return Row("API", "hostile words in a note", name, send, 200, "accepted", keeps=keeps)


def _hook(field: str, name: str, words: str, kept: str) -> Row:
    def send(site: Site) -> Response:
        return site.hook(_complaint(site, field, words))

    def keeps(site: Site, answer: Response) -> None:
        ref = answer.json()["ref"]
        assert KEPT[field](*site.case(ref)) == kept
        if field in SHOWN:
            site.house.built.work()
            assert site.house.built.failed == []
            page = site.page("t", ref)
            if field == "text":
                _shown_as_text(page, kept)
            assert page.status_code == 200
            assert not [markup for markup in MARKUP if markup in page.text]

    return Row("Hooks", f"hostile words in `{field}`", name, send, 202, "accepted", keeps=keeps)


def _complaint(site: Site, field: str, words: str) -> dict[str, Any]:
    body = site.body()
    match field:
        case "customer.name":
            body["customer"]["name"] = words
        case "extra":
            body["extra"] = {"note": words}
        case "attachments":
            body["attachments"] = [{"name": words}]
        case _:
            body[field] = words
    return body


def _shown_as_text(answer: Response, words: str) -> None:
    assert words in unescape(answer.text)
    assert not [markup for markup in MARKUP if markup in answer.text]
