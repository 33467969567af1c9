"""The desk: signing in, the pages of the review, and the forms of improvement actions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from httpx import Response

from desk.sessions import COOKIE
from tests.contract.bad_input.row import Row, Send, shown
from tests.contract.bad_input.site import Site

DOOR = "Desk"
NEW = {
    "title": "减少错分拣", "what": "分拣线加装扫码复核", "owner": "s-sun-yue", "due": "2026-11-28",
    "figure": "received", "dimension": "category", "group": "logistics", "expected": "-25",
}  # fmt: skip
STRANGE = ("a\x00b", "\x1b[31m", "x" * 4_001, "a\x85b")
PAGES = (
    "review",
    "review/2026-10",
    "improvements",
    "improvements/new",
    "findings/2026-10",
    "complaints/AM-2611-000000",
)


def rows() -> Iterator[Row]:
    yield from _signing_in()
    yield from _sessions()
    yield from _addresses()
    yield from _opening()
    yield from _acting()


def page(method: str, path: str, fields: Mapping[str, str] | None = None) -> Send:
    return lambda site: site.desk(method, path, fields)


def _signing_in() -> Iterator[Row]:
    for key in ("", " ", "x", "投诉", "' or 1=1", "\x00", "x" * 10_000, "ak_x.y", "{{7*7}}"):
        yield Row(DOOR, "key at the sign-in", shown(key), _signed_in({"key": key}), 403, "page")
    yield Row(DOOR, "key at the sign-in", "missing", _signed_in({}), 403, "page")
    yield Row(DOOR, "key at the sign-in", "the key of a channel", _with_hook_key, 403, "page")
    yield Row(
        DOOR, "key at the sign-in", "a form of another site",
        lambda site: site.unknown("POST", "sign-in", data={"key": "x"}, headers={"origin": "https://evil.example"}),
        409, "page",
    )  # fmt: skip
    yield Row(
        DOOR, "key at the sign-in", "a body that is no form",
        lambda site: site.unknown("POST", "sign-in", content=b"\xff\x00", headers={"content-type": "x"}), 403, "page",
    )  # fmt: skip
    yield Row(
        DOOR, "key at the sign-in", "a form that breaks off",
        lambda site: site.unknown(
            "POST", "sign-in", content=b"--x\r\nContent-Disp",
            headers={"content-type": "multipart/form-data; boundary=x"},
        ),
        403, "page",
    )  # fmt: skip
    for after in (
        "https://evil.example",
        "//evil.example",
        "javascript:alert(1)",
        "/desk\\..\\x",
        "x" * 5_000,
        "\x00",
    ):
        yield Row(
            DOOR, "page to go to after the sign-in", shown(after),
            _after(after), 200, "page",
        )  # fmt: skip


def _signed_in(fields: Mapping[str, str]) -> Send:
    return lambda site: site.unknown("POST", "sign-in", data=dict(fields))


def _with_hook_key(site: Site) -> Response:
    return site.unknown("POST", "sign-in", data={"key": site.secrets["web_form"]})


def _after(after: str) -> Send:
    def send(site: Site) -> Response:
        answer = site.unknown("GET", "sign-in", params={"after": after})
        assert "evil" not in answer.text
        assert "javascript" not in answer.text
        return answer

    return send


def _unknown(path: str) -> Send:
    return lambda site: site.unknown("GET", path)


def _sessions() -> Iterator[Row]:
    for path in PAGES:
        yield Row(DOOR, "not signed in", path, _unknown(path), 303, "moved")
    for cookie in ("x", "a.b.c", "x" * 4_000, "%00", '"', "投诉".encode().decode("latin-1")):
        yield Row(
            DOOR, "not signed in", f"cookie {shown(cookie)}", _with_cookie(cookie), 303, "moved",
        )  # fmt: skip
    for told, token in (("no token", None), ("an empty one", ""), ("a made-up one", "0" * 40), ("half of one", "half"),
                        ("one that is not ASCII", "投诉")):  # fmt: skip
        yield Row(DOOR, "token of a form", told, _with_token(token), 409, "page")
    yield Row(
        DOOR, "token of a form", "sent from another site",
        lambda site: site.desk("POST", "improvements", NEW, headers={"origin": "https://evil.example"}), 409, "page",
    )  # fmt: skip


def _with_cookie(cookie: str) -> Send:
    def send(site: Site) -> Response:
        headers = {b"cookie": f"{COOKIE}={cookie}".encode("latin-1", "replace")}
        return site.unknown("GET", "improvements", headers=headers)

    return send


def _with_token(token: str | None) -> Send:
    def send(site: Site) -> Response:
        given = site.csrf[:20] if token == "half" else token
        assert site.browser is not None
        fields = {**NEW, **({} if given is None else {"csrf": given})}
        return site.browser.request("POST", "/desk/improvements", data=fields)

    return send


def _addresses() -> Iterator[Row]:
    for month in ("nonsense", "2026", "2026-1", "2026-13", "2026-00", "0000-01", "9999-12", "%00", "x" * 5_000,
                  "%EF%BC%92026-10", "%3Cscript%3E"):  # fmt: skip
        for kind in ("review", "findings"):
            yield Row(
                DOOR, "month of a page", f"{kind} {shown(month)}", page("GET", f"{kind}/{month}"), 409, "page"
            )
    for form in ("2026-10.exe", "2026-10.", "2026-10.md.md", "2026-10.%00"):
        yield Row(DOOR, "form of a review", shown(form), page("GET", f"review/{form}"), *FORMS[form])
    for query, code in (
        ("figures/moon", "page"), ("figures/%00", "page"), ("cases?figure=moon", "page"), ("cases?figure=%00", "page"),
        ("cases", "wrong-body"), ("cases?figure=received&which=all", "wrong-body"),
        ("cases?figure=received&by=moon", "wrong-body"), ("cases?figure=received&after=" + "x" * 41, "wrong-body"),
        ("cases?figure=received&by=category&key=" + "x" * 501, "wrong-body"),
        ("cases?figure=received&by=category&key=%00", "wrong-body"), ("cases?figure=received&after=%00", "wrong-body"),
    ):  # fmt: skip
        yield Row(
            DOOR, "figures of a review", shown(query), page("GET", f"review/2026-11/{query}"), 422, code
        )
    for ref in ("IM-2611-000000", "AM-2611-000000", "nonsense", "%00", "x" * 5_000, "%3Cscript%3E"):
        yield Row(
            DOOR,
            "reference of a page",
            f"improvements {shown(ref)}",
            page("GET", f"improvements/{ref}"),
            404,
            "page",
        )
        yield Row(
            DOOR,
            "reference of a page",
            f"complaints {shown(ref)}",
            page("GET", f"complaints/{ref}"),
            404,
            "page",
        )
        yield Row(
            DOOR, "reference of a page", f"note on {shown(ref)}",
            page("POST", f"improvements/{ref}/note", {"text": "x"}), 404, "page",
        )  # fmt: skip
    for finding, status in (
        ("nonsense", 200),
        ("2026-13/hot/x", 409),
        ("////", 200),
        ("x" * 301, 422),
        ("%00", 200),
    ):
        yield Row(
            DOOR, "finding of a new action", shown(finding), page("GET", f"improvements/new?finding={finding}"), status,
            "wrong-body" if status == 422 else "page",
        )  # fmt: skip
    yield Row(
        DOOR, "finding of a new action", "all=maybe", page("GET", "improvements?all=maybe"), 422, "wrong-body"
    )


FORMS: dict[str, tuple[int, str]] = {
    "2026-10.exe": (404, "page"), "2026-10.": (200, "page"), "2026-10.md.md": (404, "page"),
    "2026-10.%00": (404, "page"),
}  # fmt: skip
SPOILED: tuple[tuple[str, tuple[str, ...], int], ...] = (
    ("title", ("", " ", "x" * 201), 409), ("title", STRANGE, 422), ("what", ("", " "), 409), ("what", STRANGE, 422),
    ("owner", ("", "s-nobody", "' or 1=1"), 422), ("owner", STRANGE, 422),
    ("due", ("", "soon", "2026-02-30", "30.11.2026", "2026-11-01", "9999-12-31", "0001-01-01", "2032-01-01"), 409),
    ("due", STRANGE, 422), ("figure", ("moon",), 422), ("figure", STRANGE, 422), ("dimension", ("moon", ""), 422),
    ("dimension", STRANGE, 422), ("group", ("",), 422), ("group", ("x" * 201,), 409), ("group", STRANGE, 422),
    ("expected", ("much", "2.5", "1e3"), 409),
    ("expected", ("", "0", "-101", "1001", "9" * 30, "9" * 4_000), 422),
    ("expected", STRANGE, 422), ("finding", ("x" * 301,), 409), ("finding", STRANGE, 422),
)  # fmt: skip


def _opening() -> Iterator[Row]:
    for name, values, status in SPOILED:
        for value in values:
            yield Row(
                DOOR, f"field `{name}` of a new action", shown(value),
                page("POST", "improvements", {**NEW, name: value}), status, "page",
            )  # fmt: skip
    for name in ("title", "what", "owner", "due"):
        without = {key: value for key, value in NEW.items() if key != name}
        yield Row(
            DOOR, f"field `{name}` of a new action", "missing", page("POST", "improvements", without),
            422 if name == "owner" else 409, "page",
        )  # fmt: skip


def _acting() -> Iterator[Row]:
    acts: tuple[tuple[str, dict[str, str], int], ...] = (
        ("explode", {}, 409), ("Agree", {}, 409), ("done", {}, 409), ("reopen", {"text": "又来了"}, 409),
        ("note", {}, 422), ("note", {"text": " "}, 422), ("refuse", {}, 422), ("plan", {"text": "设备晚到"}, 409),
        ("plan", {"text": "", "owner": "s-sun-yue"}, 422), ("plan", {"text": "晚到", "due": "soon"}, 409),
        ("plan", {"text": "晚到", "due": "9999-12-31"}, 409), ("plan", {"text": "晚到", "owner": "s-nobody"}, 422),
        *(("note", {"text": text}, 422) for text in STRANGE), *(("refuse", {"text": text}, 422) for text in STRANGE),
    )  # fmt: skip
    for act, fields, status in acts:
        told = ", ".join(f"{name} {shown(value)}" for name, value in fields.items()) or "nothing"
        yield Row(DOOR, f"button {act} of an action", told, _pressed(act, fields), status, "page")


def _pressed(act: str, fields: Mapping[str, str]) -> Send:
    return lambda site: site.desk("POST", f"improvements/{site.action}/{act}", fields)
