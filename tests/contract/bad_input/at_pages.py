"""The customer pages: links, forms, and what is filled in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from httpx import Response

from tests.contract.bad_input.row import Row, Send, shown
from tests.contract.bad_input.site import Site

DOOR = "Pages"
PAGES = {"t": "progress", "s": "survey", "o": "options"}


def rows() -> Iterator[Row]:
    yield from _links()
    yield from _forms()
    yield from _progress()
    yield from _survey()
    yield from _options()


# --- the link


STRANGE = (
    "nonsense", "a.b", "x" * 399, "x" * 5_000, "%00", "%F0%9F%98%A1", "{{7*7}}", "' or 1=1", "<script>", "W10.AAAA",
    "bnVsbA.AAAA",
)  # fmt: skip
DAMAGE: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("the end cut off", lambda token: token[:-3]),
    ("the signature cut off", lambda token: token.split(".")[0]),
    ("a letter changed", lambda token: token[:5] + ("a" if token[5] != "a" else "b") + token[6:]),
    ("in upper case", str.upper),
    ("something added", lambda token: token + "x"),
)


def _others(page: str) -> list[str]:
    return sorted(PAGES.keys() - {page})


def _links() -> Iterator[Row]:
    for page, name in PAGES.items():
        group = f"link to {name}"
        for token in STRANGE:
            for method in ("GET", "POST"):
                yield Row(DOOR, group, f"{method} {shown(token)}", _opened(page, token, method), 404, "page")
        for told, change in DAMAGE:
            yield Row(DOOR, group, told, _linked(page, page, change), 404, "page")
        for other in _others(page):
            yield Row(DOOR, group, f"the link to {PAGES[other]}", _linked(page, other), 404, "page")
        yield Row(DOOR, group, "genuine, of a complaint that does not exist", _of_nothing(page), 404, "page")
        for method in ("PUT", "DELETE"):
            yield Row(
                DOOR, group, f"by {method}", _linked(page, page, method=method), 405, "method-not-allowed"
            )
    for page, cycle in (("s", 7), ("o", 7), ("s", -1), ("o", 10**30)):
        yield Row(
            DOOR, f"link to {PAGES[page]}", f"genuine, of cycle {shown(cycle)}", _linked(page, page, cycle=cycle), 410,
            "page",
        )  # fmt: skip


def _opened(page: str, token: str, method: str) -> Send:
    return lambda site: site.house.client.request(method, f"/{page}/{token}")


def _linked(
    page: str, made_for: str, change: Callable[[str], str] = str, *, method: str = "GET", cycle: int = 1
) -> Send:  # fmt: skip
    """A link that we made for a page, changed, and opened on this one."""

    def send(site: Site) -> Response:
        token = change(site.house.tokens.token(made_for, site.surveyed, cycle))
        return site.house.client.request(method, f"/{page}/{token}")

    return send


def _of_nothing(page: str) -> Send:
    return lambda site: site.page(page, "AM-2611-000000")


# --- the form as a whole

FORMS: dict[str, tuple[str, Mapping[str, str]]] = {
    "t": ("asked", {"does": "write", "text": "发票号是 123"}),
    "s": ("surveyed", {"confirm": "yes", "score": "5"}),
    "o": ("asked", {"confirm": "yes", "choice": "1", "decision": "1"}),
}
"""A complaint whose page it is, and what would be done."""


def _posted(page: str, content: bytes | None, kind: str | None) -> Send:
    def send(site: Site) -> Response:
        ref = getattr(site, FORMS[page][0])
        headers = {"content-type": kind} if kind is not None else {}
        path = f"/{page}/{site.house.tokens.token(page, ref, 1)}"
        return site.house.client.request("POST", path, content=content, headers=headers)

    return send


def _filled(page: str, nonce: str | None = None, **fields: str) -> Send:
    """The form with these fields; `nonce` instead of the page's own."""

    def send(site: Site) -> Response:
        ref = getattr(site, FORMS[page][0])
        return site.form(page, ref, {**FORMS[page][1], **fields}, nonce=nonce)

    return send


def _forms() -> Iterator[Row]:
    urlencoded, multipart = "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"
    for page, name in PAGES.items():
        sent: list[tuple[str, bytes | None, str | None]] = [
            ("nothing", None, None), ("an empty form", b"", urlencoded),
            ("JSON", b'{"does": "write"}', "application/json"),
            ("JSON called a form", b'{"does": "write"}', urlencoded), ("text", b"hello", "text/plain"),
            ("bytes that are not UTF-8", b"nonce=%FF%FE&text=\xff\xfe", urlencoded),
            ("a thousand ampersands", b"&" * 1_000, urlencoded), ("two nonces", b"nonce=a&nonce=b", urlencoded),
            ("a form of 5,000 fields", b"&".join(b"f%d=1" % n for n in range(5_000)), urlencoded),
        ]  # fmt: skip
        for told, content, kind in sent:
            yield Row(DOOR, f"form of {name}", told, _posted(page, content, kind), 422, "page")
        part = b'--b\r\nContent-Disposition: form-data; name="nonce"%b\r\n\r\nx\r\n'
        broken: list[tuple[str, bytes, str]] = [
            ("parts without an end", part % b"", multipart), ("parts without a boundary", b"x", "multipart/form-data"),
            ("a file", part % b'; filename="a.exe"' + b"--b--\r\n", multipart),
            ("parts that are none", b"\x00\x01\x02", multipart),
            ("2,000 parts", part % b"" * 700 + b"--b--\r\n", multipart),
        ]  # fmt: skip
        for told, content, kind in broken:
            yield Row(DOOR, f"form of {name}", told, _posted(page, content, kind), 422, "page")
        yield Row(
            DOOR,
            f"form of {name}",
            "a text of 1 MiB",
            _posted(page, b"text=" + b"x" * 2**20, urlencoded),
            413,
            "too-large",
        )
        nonces = (
            "",
            "made-up",
            "a.b",
            ".",
            "x" * 5_000,
            "made-up.0123456789abcdef0123456789abcdef",
            "\x00",
            "投诉.😡",
        )
        for nonce in nonces:
            yield Row(DOOR, f"nonce of {name}", shown(nonce), _filled(page, nonce), 422, "page")
        for other in _others(page):
            yield Row(
                DOOR, f"nonce of {name}", f"of the page {PAGES[other]}",
                _foreign(page, other), 422, "page",
            )  # fmt: skip


def _foreign(page: str, other: str) -> Send:
    """A nonce that we made, for another page of the same complaint."""

    def send(site: Site) -> Response:
        ref = getattr(site, FORMS[page][0])
        nonce = site.house.tokens.nonce(site.house.tokens.read(other, site.house.tokens.token(other, ref, 1)))
        return site.form(page, ref, FORMS[page][1], nonce=nonce)

    return send


# --- what is filled in

UNKEEPABLE = ("a\x00b", "\x1b[31m", "x" * 4_001, "长" * 4_001, "a\x85b")


def _progress() -> Iterator[Row]:
    for text in ("", "   ", "\r\n\t", *UNKEEPABLE):
        yield Row(DOOR, "message on progress", shown(text), _filled("t", text=text), 422, "page")
    for does in ("", "Write", "delete", "write;", "\x00", "{{ 7*7 }}"):
        yield Row(DOOR, "button on progress", shown(does), _filled("t", does=does), 422, "page")
    for does in ("helps", "person"):
        yield Row(
            DOOR,
            "button on progress",
            f"{does}, where nothing is to be judged",
            _filled("t", does=does),
            409,
            "page",
        )


def _survey() -> Iterator[Row]:
    scores = ("", "0", "6", "-1", "five", "3.5", "5.0", "true", "null", "NaN", "1e0", "0x5", "５", "五", " 5", "55",
              "5;", "9" * 5_000, "\x00", "' or 1=1", "[5]")  # fmt: skip
    for score in scores:
        yield Row(DOOR, "score", shown(score), _filled("s", score=score), 422, "page")
    for attitude in scores[1:]:
        yield Row(DOOR, "attitude", shown(attitude), _filled("s", attitude=attitude), 422, "page")
    for comment in UNKEEPABLE:
        yield Row(DOOR, "comment", shown(comment), _filled("s", comment=comment), 422, "page")
    for confirm in ("", "no", "YES", "1"):
        yield Row(
            DOOR, "confirmation of the survey", shown(confirm), _filled("s", confirm=confirm), 422, "page"
        )
    yield Row(
        DOOR,
        "low score",
        "before it is said what is open",
        _filled("s", score="2"),
        200,
        "page",
        'value="leave"',
    )
    for then in ("", "maybe", "AGAIN", "\x00"):
        yield Row(
            DOOR, "low score", f"asked, and answered {shown(then)}",
            _filled("s", score="2", asked="yes", then=then), 422, "page",
        )  # fmt: skip


def _options() -> Iterator[Row]:
    for choice in ("", "x", "-1", "1.0", "１", "100", "true", "1;", "\x00", "9" * 5_000):
        yield Row(DOOR, "choice", shown(choice), _filled("o", choice=choice), 422, "page")
    for decision in ("", "x", "-1", "1.0", "9" * 12, "１", "\x00"):
        yield Row(DOOR, "decision of a choice", shown(decision), _filled("o", decision=decision), 422, "page")
    yield Row(
        DOOR, "choice", "among options that were replaced", _filled("o", decision="99999999999"), 409, "page"
    )
    yield Row(DOOR, "choice", "of one that is not offered", _present("9"), 409, "page")
    yield Row(DOOR, "choice", "one's own, with nothing proposed", _present("0"), 422, "page")
    for proposal in UNKEEPABLE:
        yield Row(DOOR, "proposal", shown(proposal), _present("0", proposal=proposal), 422, "page")
    for confirm in ("", "no", "YES"):
        yield Row(
            DOOR, "confirmation of a choice", shown(confirm), _present("1", confirm=confirm), 422, "page"
        )


def _present(choice: str, **fields: str) -> Send:
    """A choice among the options that the page shows now."""
    return lambda site: _filled("o", choice=choice, decision=site.decision, **fields)(site)
