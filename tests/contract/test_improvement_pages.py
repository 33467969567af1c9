"""From a finding to an action and on, on the pages of the desk."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from httpx import Response

from cases.importing import Closed, Person, import_closed
from cases.improving import named_again
from cases.sweeping import follow_improvements
from cases.view import complaint
from complaints.roles import Role
from tests.contract.desk_house import Browser, House, open_house

FIGURE = {"figure": "received", "dimension": "category", "group": "logistics", "expected": "-25"}
OWNER, MANAGER = "s-sun-yue", "s-guo-min"


@pytest.fixture
def house(store_url: str) -> Iterator[House]:
    with open_house(store_url) as opened:
        yield opened


def flood(house: House, days: int) -> None:
    """Forty complaints at once, all but three about delivery, closed the next hour; then days pass."""
    casework, now = house.built.casework, house.built.clock.now
    house.built.pass_time(hours=2)
    import_closed(casework, [
        Closed(
            source=f"{now:%Y%m%d}", external_id=str(number), channel="app", language="zh", text="包裹丢了",
            customer=Person(), received_at=now, closed_at=now + timedelta(hours=1), status="closed",
            outcome="accepted", cycles=1, marks={"tier": "medium", "department": "logistics",
                   "category": "logistics" if number > 2 else "billing"},
        )
        for number in range(40)
    ], house.built.clock.now)  # fmt: skip
    house.built.pass_time(days=days)


def send(browser: Browser, path: str, form: dict[str, str], *, page: str | None = None) -> Response:
    """The form of a page, with its token, as a browser sends it."""
    shown = browser.get(page or path.rpartition("/")[0])
    token = re.search(r'name="csrf" value="([0-9a-f]+)"', shown.text)
    assert token is not None, shown.text[:500]
    return browser.post(path, data={"csrf": token[1], **form})


def opened(house: House, boss: Browser, finding: str = "", *, measured: bool = True) -> str:
    due = f"{house.built.clock.now + timedelta(days=10):%Y-%m-%d}"
    new = f"/desk/improvements/new?finding={finding}"
    page = send(boss, "/desk/improvements", {
        "title": "减少错分拣", "what": "分拣线加装扫码复核", "owner": OWNER, "due": due, "finding": finding,
        **(FIGURE if measured else {}),
    }, page=new)  # fmt: skip
    assert page.status_code == 200, page.text[:800]
    return page.url.path.rpartition("/")[2]


def test_an_action_goes_from_its_finding_to_its_effect_and_back_on_the_pages(house: House) -> None:
    flood(house, days=13)  # all of November
    boss = house.sign_in(Role.OPS, "s-ye-qing")
    found = boss.get("/desk/findings/2026-11?language=en")
    assert found.status_code == 200
    links = re.findall(r'href="(/desk/improvements/new\?finding=[^"]+)"', found.text)
    assert links, found.text
    hot = next(link for link in links if "hot_volume" in link and "category" in link)
    form = boss.get(hot.replace("&amp;", "&"))
    assert '<option value="received" selected>' in form.text
    assert 'value="logistics"' in form.text
    finding = hot.partition("finding=")[2]
    ref = opened(house, boss, finding.replace("%2F", "/").replace("%3D", "="))
    path = f"/desk/improvements/{ref}"
    assert ref in boss.get("/desk/findings/2026-11").text
    assert send(house.sign_in(Role.HEAD, MANAGER), f"{path}/agree", {}, page=path).status_code == 200
    house.built.pass_time(days=11)
    boss = house.sign_in(Role.OPS, "s-ye-qing")
    page = boss.get(f"{path}?language=en").text
    assert "overdue" in page
    owner = house.sign_in(Role.SPECIALIST, OWNER)
    page = send(owner, f"{path}/done", {"text": "扫码复核已上线"}, page=path).text
    assert "扫码复核已上线" in page
    house.built.pass_time(days=31)
    boss = house.sign_in(Role.OPS, "s-ye-qing")
    assert "effect proven" in boss.get(f"{path}?language=en").text
    assert "1 / 1" in boss.get("/desk/improvements?language=en").text
    back = send(boss, f"{path}/reopen", {"text": "又来了"}, page=path)
    assert "round 2" in boss.get(f"{path}?language=en").text, back.text[:500]


def test_a_later_month_that_names_the_same_issue_reopens_what_was_done_for_it(house: House) -> None:
    casework = house.built.casework
    flood(house, days=13)
    boss = house.sign_in(Role.OPS, "s-ye-qing")
    boss.get("/desk/review/2026-11")
    ref = opened(house, boss, "2026-11/hot_volume/category=logistics", measured=False)
    path = f"/desk/improvements/{ref}"
    send(house.sign_in(Role.HEAD, MANAGER), f"{path}/agree", {}, page=path)
    send(house.sign_in(Role.SPECIALIST, OWNER), f"{path}/done", {}, page=path)
    house.built.pass_time(days=31)
    send(
        house.sign_in(Role.HEAD, MANAGER), f"{path}/agree", {}, page=path
    )  # too little to measure: judged to have worked
    assert complaint(casework, ref, actor=None)["status"] == "proven"
    assert named_again(casework) == []  # the month it was opened from says nothing of its effect
    flood(house, days=31)
    house.sign_in(Role.OPS, "s-ye-qing").get("/desk/review/2027-01")
    assert follow_improvements(casework).faults == 0
    again = complaint(casework, ref, actor=None)
    assert (again["status"], again["round"]) == ("proposed", 2)
    assert [note["text"] for note in again["notes"]] == ["2027-01/hot_volume/category=logistics"]
    page = house.sign_in(Role.OPS, "s-ye-qing").get(f"{path}?language=zh").text
    assert "2027年1月的报告再次指出：类别「物流配送」：数量集中" in page
    assert "hot_volume" not in page
    assert "s-sun-yue" not in page.partition("<section")[0]
    assert named_again(casework) == []


def test_only_who_may_change_opens_and_everybody_is_asked_for_what_is_missing(house: House) -> None:
    specialist, boss = house.sign_in(Role.SPECIALIST, OWNER), house.sign_in(Role.OPS, "s-ye-qing")
    assert specialist.get("/desk/improvements/new").status_code == 404
    assert specialist.get("/desk/findings/2026-11").status_code == 404
    refused = send(boss, "/desk/improvements", {
        "title": "x", "what": "y", "owner": OWNER, "due": "morgen",
    }, page="/desk/improvements/new")  # fmt: skip
    assert refused.status_code == 409
    path = f"/desk/improvements/{opened(house, boss)}"
    assert send(boss, f"{path}/reopen", {"text": "x"}, page=path).status_code == 409
    assert send(boss, f"{path}/refuse", {"text": ""}, page=path).status_code == 422
    assert send(boss, f"{path}/explode", {}, page=path).status_code == 409
    for unkeepable in ("a\x00b", "x" * 4_001):
        assert send(boss, f"{path}/note", {"text": unkeepable}, page=path).status_code == 422
        form = {"title": "x", "what": unkeepable, "owner": OWNER, "due": "2026-12-20"}
        assert send(boss, "/desk/improvements", form, page="/desk/improvements/new").status_code == 422
    assert boss.post(f"{path}/agree", data={"csrf": "0" * 40}).status_code in (403, 409)
    assert boss.get("/desk/improvements/IM-2611-XXXXXX").status_code == 404
    assert Browser(house.client.app).get(path).url.path == "/desk/sign-in"


def test_an_action_whose_finding_is_no_name_of_ours_is_shown_as_it_is(house: House) -> None:
    body = {
        "title": "x", "what": "y", "owner": OWNER, "due_at": "2026-12-20T10:00:00+08:00", "finding": "meeting/of/May",
    }  # fmt: skip
    ref = house.call("POST", "improvements", body=body).json()["ref"]
    page = house.sign_in(Role.OPS, "s-ye-qing").get(f"/desk/improvements/{ref}")
    assert page.status_code == 200
    assert "meeting/of/May" in page.text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_pages_stand_in_both_languages_without_script(house: House, language: str) -> None:
    boss = house.sign_in(Role.OPS, "s-ye-qing")
    ref = opened(house, boss)
    for path in ("/desk", "/desk/improvements", f"/desk/improvements/{ref}", "/desk/improvements/new"):
        page = boss.get(f"{path}?language={language}")
        assert page.status_code == 200
        assert "<script" not in page.text
        assert " style=" not in page.text
        assert ("改进措施" if language == "zh" else "mprovement action") in page.text
