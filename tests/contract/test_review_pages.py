"""The monthly review at the desk: figures lead to their complaints, and only who may read all sees it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape

import pytest

from cases.opening import Complainant
from complaints.roles import Role
from store.queries.figures import Period, longest
from tests.contract.desk_house import PUBLIC_URL, TEXT, Browser, House, open_house


@pytest.fixture
def house(store_url: str) -> Iterator[House]:
    """Three complaints of November, one of them asked for a score; then it is December."""
    with open_house(store_url) as opened:
        opened.survey_sent()
        for name in ("c-a", "c-b"):
            customer = Complainant(
                id=name, name="王芳", phone=None, email=f"{name}@example.org", language="zh"
            )
            opened.built.file(TEXT, customer=customer)
        opened.built.clock.now += timedelta(days=14)
        yield opened


def hrefs(page: str, to: str) -> list[str]:
    return [unescape(found) for found in re.findall(rf'href="({to}[^"]*)"', page)]


def test_the_report_leads_from_a_figure_to_its_complaints_and_to_each_of_them(house: House) -> None:
    browser = house.sign_in(Role.HEAD)
    months = browser.get("/desk/review?language=en").text
    assert "/desk/review/2026-11" in months
    report = browser.get("/desk/review/2026-11")
    assert report.status_code == 200
    assert "Monthly review of complaints" in report.text
    assert "frozen under the hash" in report.text
    figure = next(
        href for href in hrefs(report.text, "/desk/review/2026-11/figures/") if href.endswith("/received")
    )
    breakdown = browser.get(figure).text
    assert "Category" in breakdown
    listed = browser.get(hrefs(breakdown, r"/desk/review/2026-11/cases\?")[0])
    refs = hrefs(listed.text, "/desk/complaints/")
    assert len(refs) == 3
    complaint = browser.get(refs[0])
    assert complaint.status_code == 200
    assert "洗衣机" in complaint.text
    asked = [browser.get(ref).text for ref in refs]
    assert any("<summary>" in page for page in asked)
    assert not any(f"{PUBLIC_URL}/" in page for page in asked)  # the customer's links are the customer's
    assert "洗衣机" not in report.text + breakdown + listed.text


def test_every_link_of_the_report_opens(house: House) -> None:
    browser = house.sign_in(Role.AUDITOR)
    report = browser.get("/desk/review/2026-11?language=zh").text
    links = sorted({*hrefs(report, "/desk/"), *hrefs(report, "/desk/complaints/")})
    assert len(links) > 40
    answers = {
        link: browser.get(link).status_code for link in links if not link.endswith((".pdf", "sign-out"))
    }
    assert {link: status for link, status in answers.items() if status != 200} == {}


def test_behind_a_duration_the_longest_come_first_with_how_long_they_took(house: House) -> None:
    browser = house.sign_in(Role.HEAD)
    page = browser.get("/desk/review/2026-11/cases?figure=dispatch_time&language=en").text
    assert "The longest come first." in page
    assert re.search(r"<th[^>]*>Took</th>", page)
    with house.built.casework.database.read() as session:
        month = Period.month(2026, 11, "Asia/Shanghai", house.built.clock.now)
        expected = [ref for ref, _ in longest(session, "dispatch_time", month)]
    assert [href.rpartition("/")[2] for href in hrefs(page, "/desk/complaints/")] == expected
    assert len(expected) > 1
    shares = browser.get("/desk/review/2026-11/cases?figure=received").text
    assert "Took" not in shares


@pytest.mark.usefixtures("pango")
def test_it_is_downloaded_as_pdf(house: House) -> None:
    answer = house.sign_in(Role.HEAD).get("/desk/review/2026-11.pdf?language=zh")
    assert answer.content.startswith(b"%PDF-")
    assert 'filename="review-2026-11-zh.pdf"' in answer.headers["content-disposition"]


def test_it_is_downloaded_in_every_shape(house: House) -> None:
    browser = house.sign_in(Role.HEAD)
    begins = {"xlsx": b"PK\x03\x04", "md": "# 投诉月度分析报告".encode()}
    for form, begin in begins.items():
        answer = browser.get(f"/desk/review/2026-11.{form}?language=zh")
        assert answer.content.startswith(begin), form
        assert f'filename="review-2026-11-zh.{form}"' in answer.headers["content-disposition"]


NOT_THERE = {
    "/desk/review/2027-01": 409, "/desk/review/yesterday": 409, "/desk/review/2026-11.exe": 404,
    "/desk/review/2026-11/figures/nothing": 422, "/desk/review/2026-11/cases?figure=nothing": 422,
    "/desk/review/2026-11/cases?figure=intake_loss": 422, "/desk/complaints/AM-2611-0000000": 404,
    "/desk/review/2026-11/cases?figure=dispatch_time&after=AM-2611-0000000": 404,
    f"/desk/review/2026-11/cases?figure=dispatch_time&after={'9' * 30}~x": 404,
}  # fmt: skip


def test_what_is_not_there_is_said_on_a_page(house: House) -> None:
    browser = house.sign_in(Role.HEAD)
    answers = {path: browser.get(path) for path in NOT_THERE}
    assert {path: answer.status_code for path, answer in answers.items()} == NOT_THERE
    assert {answer.headers["content-type"].partition(";")[0] for answer in answers.values()} == {"text/html"}


def test_who_may_not_read_all_sees_no_review(house: House) -> None:
    browser = house.sign_in(Role.SPECIALIST)
    for path in ("/desk/review", "/desk/review/2026-11", "/desk/review/2026-11.md"):
        assert browser.get(path).status_code == 404
    assert Browser(house.client.app).get("/desk/review/2026-11").url.path == "/desk/sign-in"


def test_the_pages_need_no_script_and_nothing_from_outside(house: House) -> None:
    page = house.sign_in(Role.HEAD).get("/desk/review/2026-11")
    policy = page.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "<script" not in page.text
    assert " style=" not in page.text
    assert not re.findall(r'src="(?!data:)', page.text)
