"""Who holds a role key works at the desk in a browser; nobody else does, and no other page acts for them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from complaints.roles import Role
from desk.sessions import COOKIE, LASTS
from tests.contract.desk_house import PUBLIC_URL, TEXT, Browser, House, open_house


@pytest.fixture
def house(store_url: str) -> Iterator[House]:
    with open_house(store_url) as opened:
        yield opened


def csrf(page: str) -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', page)
    assert found is not None
    return found[1]


def test_a_stranger_is_led_to_the_sign_in_and_back_to_where_they_wanted(house: House) -> None:
    browser = Browser(house.client.app)
    page = browser.get("/desk?language=en")
    assert page.url.path == "/desk/sign-in"
    assert "Sign in to the desk" in page.text
    after = re.search(r'name="after" value="([^"]+)"', page.text)
    assert after is not None
    key = house.access.add_role_key(Role.HEAD, "Jiang Hong", staff="s-jiang-hong").secret
    page = browser.post("/desk/sign-in", data={"key": key, "after": after[1]})
    assert (page.url.path, page.url.query) == ("/desk", b"language=en")
    assert "Signed in: Jiang Hong (head)" in page.text
    assert "已登录：Jiang Hong（负责人）" in browser.get("/desk?language=zh").text


@pytest.mark.parametrize("key", ["", "amk_nothing_here", "whsec_aGVsbG8=", "x" * 5_000])
def test_what_is_no_live_key_opens_nothing_and_learns_nothing(house: House, key: str) -> None:
    browser = Browser(house.client.app)
    page = browser.post("/desk/sign-in", data={"key": key})
    assert page.status_code == 403
    assert COOKIE not in browser.cookies
    assert browser.get("/desk").url.path == "/desk/sign-in"


def test_an_ended_key_signs_out_at_once(house: House) -> None:
    given = house.access.add_role_key(Role.OPS, "night")
    browser = Browser(house.client.app)
    browser.post("/desk/sign-in", data={"key": given.secret})
    assert browser.get("/desk").url.path == "/desk"
    house.access.end(given.id)
    assert browser.get("/desk").url.path == "/desk/sign-in"


def test_a_session_lasts_a_working_day(house: House) -> None:
    browser = house.sign_in(Role.HEAD)
    house.built.clock.now += LASTS - timedelta(minutes=1)
    assert browser.get("/desk").url.path == "/desk"
    house.built.clock.now += timedelta(minutes=2)
    assert browser.get("/desk").url.path == "/desk/sign-in"


def test_a_changed_cookie_is_nobody(house: House) -> None:
    browser = house.sign_in(Role.AUDITOR)
    cookie = browser.cookies[COOKIE]
    said, signature = cookie.rsplit(
        ".", 1
    )  # the last letter of one carries bits that mean nothing, its first does not
    changed = ("A" if signature[0] != "A" else "B") + signature[1:]
    for forged in (f"{said}.{changed}", f"x{cookie}", "a.b", "x" * 4_000):
        page = Browser(house.client.app).get("/desk", headers={"Cookie": f"{COOKIE}={forged}"})
        assert page.url.path == "/desk/sign-in"


def test_the_page_lets_the_browser_say_where_its_form_comes_from(house: House) -> None:
    page = Browser(house.client.app).get("/desk/sign-in")
    assert page.headers["referrer-policy"] == "same-origin"
    key = house.access.add_role_key(Role.HEAD, "head").secret
    browser = Browser(house.client.app)
    assert browser.post("/desk/sign-in", data={"key": key}, headers={"Origin": "null"}).status_code == 409
    assert browser.post("/desk/sign-in", data={"key": key}, headers={"Origin": PUBLIC_URL}).status_code == 200


def test_the_cookie_is_out_of_reach_of_scripts_and_plain_connections(house: House) -> None:
    key = house.access.add_role_key(Role.HEAD, "head").secret
    browser = Browser(house.client.app, follows=False)
    answer = browser.post("/desk/sign-in", data={"key": key})
    given = answer.headers["set-cookie"].lower()
    assert all(word in given for word in ("httponly", "secure", "samesite=lax"))
    assert key not in given


def test_signing_out_needs_a_form_of_this_session(house: House) -> None:
    browser, other = house.sign_in(Role.HEAD), house.sign_in(Role.OPS)
    for sent in ({}, {"csrf": "0" * 40}, {"csrf": csrf(other.get("/desk").text)}):
        assert browser.post("/desk/sign-out", data=sent).status_code == 409
    genuine = {"csrf": csrf(browser.get("/desk").text)}
    foreign = {"Origin": "https://elsewhere.example"}
    assert browser.post("/desk/sign-out", data=genuine, headers=foreign).status_code == 409
    assert browser.get("/desk").url.path == "/desk"
    assert (
        browser.post("/desk/sign-out", data=genuine, headers={"Origin": PUBLIC_URL}).url.path
        == "/desk/sign-in"
    )
    assert browser.get("/desk").url.path == "/desk/sign-in"


def test_whoever_is_signed_in_calls_the_api_and_no_foreign_page_does(house: House) -> None:
    browser, stranger = house.sign_in(Role.HEAD), Browser(house.client.app)
    assert stranger.get("/api/v1/complaints").status_code == 401
    assert browser.get("/api/v1/complaints").status_code == 200
    ref = house.built.file(TEXT)
    path, body = f"/api/v1/complaints/{ref}/withdraw", {"reason": "客户来电"}
    token = csrf(browser.get("/desk").text)
    foreign = {"X-CSRF-Token": token, "Origin": "https://elsewhere.example"}
    for headers in ({}, {"X-CSRF-Token": "0" * 40}, foreign):
        assert browser.post(path, json=body, headers=headers).status_code == 401
    assert house.seen(ref)["status"] != "withdrawn"
    done = browser.post(path, json=body, headers={"X-CSRF-Token": token, "Origin": PUBLIC_URL})
    assert done.status_code == 200, done.text
    assert house.seen(ref)["status"] == "withdrawn"


@pytest.mark.parametrize(
    "after",
    ["https://elsewhere.example/desk", "//elsewhere.example/desk", "/t/x", "/desk\\..", "/deskx", "/\\x"],
)
def test_the_sign_in_leads_to_pages_of_the_desk_only(house: House, after: str) -> None:
    key = house.access.add_role_key(Role.HEAD, "head").secret
    page = Browser(house.client.app).post("/desk/sign-in", data={"key": key, "after": after})
    assert (page.url.host, page.url.path) == ("amends.example", "/desk")
