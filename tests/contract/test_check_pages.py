"""What was drawn to be looked at again, on the pages of the desk: seen, read, recorded once by whom it was given to."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from complaints.roles import Role
from tests.contract.desk_house import Browser, House, open_house
from tests.contract.test_checks import MONTH, fill, of
from tests.contract.test_improvement_pages import send

PAGE = "/desk/checks"


@pytest.fixture
def house(store_url: str) -> Iterator[House]:
    """Closed complaints of October: one severe, four medium."""
    with open_house(store_url) as opened:
        fill(opened.built.casework, "mmmms")
        yield opened


@pytest.fixture
def boss(house: House) -> Browser:
    """Has drawn the month."""
    boss = house.sign_in(Role.OPS, "s-ye-qing")
    page = send(boss, PAGE, {"month": MONTH}, page=PAGE)
    assert page.status_code == 200, page.text[:500]
    return boss


def only(house: House, kind: str) -> tuple[str, Browser]:
    """The page of the first check of a kind, and the browser of whom it was given to."""
    check = of(house.built.casework, kind)[0]
    role = Role.HEAD if kind == "retrospective" else Role.SPECIALIST
    return f"{PAGE}/{check.id}", house.sign_in(role, check.assignee)


@pytest.mark.usefixtures("boss")
def test_a_reviewer_sees_what_is_given_to_them_reads_it_and_records_it(house: House) -> None:
    path, reviewer = only(house, "quality")
    mine = reviewer.get(f"{PAGE}?language=en").text
    assert f'href="{path}"' in mine
    assert "Those of everybody" not in mine
    page = reviewer.get(path).text
    read = re.search(r'href="(/desk/complaints/[^"]+)"', page)
    assert read is not None
    assert reviewer.get(read[1]).status_code == 200
    done = send(
        reviewer, path, {"deviation": "yes", "required": "10", "covered": "8", "text": "没有回电"}, page=path
    )
    assert "Deviation, 8 of 10 steps" in done.text
    assert "没有回电" in done.text
    assert '<form method="post" action="/desk/checks/' not in done.text
    assert f'href="{path}"' not in reviewer.get(PAGE).text
    assert f'href="{path}"' in reviewer.get(f"{PAGE}?done=1").text


@pytest.mark.usefixtures("boss")
def test_a_grade_is_judged_afresh_and_told_afterwards(house: House) -> None:
    path, reviewer = only(house, "accuracy")
    page = reviewer.get(f"{path}?language=zh").text
    assert "/desk/complaints/" not in page  # there the grade stands
    ref = re.search(r"AM-\d{4}-\w+", page)
    assert ref is not None
    quality = {check.case_id for check in of(house.built.casework, "quality")}
    if of(house.built.casework, "accuracy")[0].case_id not in quality:
        assert reviewer.get(f"/desk/complaints/{ref[0]}").status_code == 404
    done = send(reviewer, path, {"tier": "light"}, page=path).text
    assert re.search("当初定为(中等|严重)，应为轻微", done)
    assert reviewer.get(f"/desk/complaints/{ref[0]}").status_code == 200


@pytest.mark.usefixtures("boss")
def test_a_retrospective_is_written_and_read(house: House) -> None:
    path, head = only(house, "retrospective")
    send(head, path, {"text": "包裹错分。为什么？……"}, page=path)
    assert "包裹错分。为什么？……" in house.sign_in(Role.AUDITOR).get(path).text


WRONG: list[tuple[str, dict[str, str], str, str]] = [
    ("quality", {}, "choose whether there is a deviation", "请选择有没有偏差"),
    ("quality", {"deviation": "no", "required": "3", "covered": "4"}, "no more than required", "不超过应做"),
    ("quality", {"deviation": "no", "required": "0", "covered": "0"}, "1 to 1000", "1 到 1000"),
    ("quality", {"deviation": "no", "required": "9" * 30, "covered": "1"}, "1 to 1000", "1 到 1000"),
    ("quality", {"deviation": "no", "required": "three", "covered": "-1"}, "1 to 1000", "1 到 1000"),
    ("quality", {"deviation": "yes", "required": "3", "covered": "2"}, "say what was not", "写明哪里不符合"),
    ("accuracy", {"tier": "huge"}, "no tier was chosen", "没有选择等级"),
    ("accuracy", {"tier": "light", "text": "x" * 4_001}, "4000", "4000"),
    ("accuracy", {"tier": "light", "text": "a\x00b"}, "control characters", "控制字符"),
    ("retrospective", {"text": "  "}, "is empty", "是空的"),
]  # fmt: skip


@pytest.mark.usefixtures("boss")
def test_what_cannot_be_recorded_is_told_on_the_page_with_its_cure_and_nothing_is_lost(house: House) -> None:
    browsers = {kind: only(house, kind) for kind in ("quality", "accuracy", "retrospective")}
    for kind, form, en, zh in WRONG:
        path, browser = browsers[kind]
        for language, says in (("en", en), ("zh", zh)):
            browser.get(f"{path}?language={language}")
            page = send(browser, path, form, page=path)
            assert page.status_code == 422, (form, page.text[:500])
            assert says in page.text, (form, language)
            assert '<form method="post"' in page.text
            if form.get("covered", "").isdigit():
                assert f'value="{form["covered"]}"' in page.text
    assert all(check.done_at is None for kind in browsers for check in of(house.built.casework, kind))


@pytest.mark.usefixtures("boss")
def test_it_is_recorded_once_and_by_nobody_else(house: House) -> None:
    path, reviewer = only(house, "accuracy")
    other = house.sign_in(Role.SPECIALIST, "s-sun-yue")
    assert other.get(path).status_code == 404
    assert send(other, path, {"tier": "light"}, page=PAGE + "?all=1&done=1").status_code in (403, 404)
    stranger = house.sign_in(Role.HEAD, "s-zhao-lei").get(f"{path}?language=en").text
    assert "is to record it" in stranger
    assert "<fieldset" not in stranger
    refused = send(house.sign_in(Role.HEAD, "s-zhao-lei"), path, {"tier": "light"}, page=PAGE)
    assert refused.status_code == 403
    assert send(reviewer, path, {"tier": "medium"}, page=path).status_code == 200
    assert send(reviewer, path, {"tier": "light"}, page=PAGE).status_code == 409
    assert of(house.built.casework, "accuracy")[0].tier == "medium"


def test_who_may_change_draws_a_month_that_is_over_once(house: House, boss: Browser) -> None:
    page = boss.get(f"{PAGE}?all=1&done=1&language=en").text
    numbers = re.findall(r'href="/desk/checks/(\d+)"', page)
    assert len(numbers) == len(set(numbers)) == 7
    assert "≥ 92%" in page
    again = send(boss, PAGE, {"month": MONTH}, page=PAGE)
    assert re.findall(r'href="/desk/checks/(\d+)"', again.text) == numbers
    for month in ("2026-11", "yesterday", ""):
        assert send(boss, PAGE, {"month": month}, page=PAGE).status_code == 409
    specialist = house.sign_in(Role.SPECIALIST, "s-sun-yue")
    assert 'action="/desk/checks"' not in specialist.get(PAGE).text
    token = re.search(r'name="csrf" value="(\w+)"', specialist.get(PAGE).text)
    assert token is not None
    assert specialist.post(PAGE, data={"csrf": token[1], "month": MONTH}).status_code == 404


@pytest.mark.parametrize("number", ["0", "x", "-1", "99999999999", "7777", "１"])
def test_a_check_that_is_none_is_said_on_a_page(house: House, number: str) -> None:
    answer = house.sign_in(Role.OPS).get(f"{PAGE}/{number}")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_pages_stand_in_both_languages_without_script(house: House, boss: Browser, language: str) -> None:
    kinds = ("quality", "accuracy", "retrospective")
    paths = [PAGE, f"{PAGE}?all=1", *(only(house, kind)[0] for kind in kinds)]
    for path in paths:
        page = boss.get(f"{path}{'&' if '?' in path else '?'}language={language}")
        assert page.status_code == 200
        assert "<script" not in page.text
        assert " style=" not in page.text
    assert ("抽检与复盘" if language == "zh" else "Checks and retrospectives") in boss.get("/desk").text
    assert Browser(house.client.app).get(PAGE).url.path == "/desk/sign-in"
