"""What customers meet on their pages, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape

import pytest
from sqlmodel import select

from cases.requests.work import ActOnItem
from complaints.acting import Actor
from complaints.roles import Role
from desk.texts import texts_of
from store.tables import Case, Note, Survey
from tests.contract.desk_house import REFUND, SWAP, TEXT, House, open_house

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{ 7*7 }}"


@pytest.fixture
def house(store_url: str) -> Iterator[House]:
    with open_house(store_url) as opened:
        yield opened


def snapshot(house: House, ref: str) -> tuple[int, int]:
    """Version and length of the history: what any change moves."""
    with house.built.casework.database.read() as session:
        case = house.built.casework.find(session, ref)
        return case.version, case.history_count


def survey_of(house: House, ref: str) -> Survey:
    with house.built.casework.database.read() as session:
        case = house.built.casework.find(session, ref)
        found = session.exec(select(Survey).where(Survey.case_id == case.id)).first()
    assert found is not None
    return found


# --- every page


def test_pages_carry_strict_headers_and_nothing_from_outside(house: House) -> None:
    ref = house.survey_sent()
    for purpose in ("track", "survey"):
        page = house.client.get(house.link(ref, purpose))
        policy = page.headers["content-security-policy"]
        assert page.status_code == 200
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["referrer-policy"] == "no-referrer"
        assert "noindex" in page.headers["x-robots-tag"]
        assert "<script" not in page.text
        assert "src=" not in page.text


def test_reading_any_page_changes_nothing(house: House) -> None:
    ref = house.survey_sent()
    before = snapshot(house, ref)
    for purpose in ("track", "survey", "track", "survey"):
        house.client.get(house.link(ref, purpose))
    assert snapshot(house, ref) == before


@pytest.mark.parametrize("path", ["/t/nonsense", "/s/a.b", "/o/" + "x" * 500, "/t/%00"])
def test_a_link_that_is_not_ours_leads_to_a_plain_page(house: House, path: str) -> None:
    page = house.client.get(path)
    assert page.status_code == 404
    assert page.headers["content-type"].startswith("text/html")
    assert house.client.post(path, data={"nonce": "x"}).status_code == 404


def test_a_token_of_one_page_opens_no_other(house: House) -> None:
    ref = house.survey_sent()
    token = house.link(ref, "track").rpartition("/")[2]
    assert house.client.get(f"/s/{token}").status_code == 404
    assert house.client.get(f"/o/{token}").status_code == 404


def test_a_form_over_the_bound_is_refused(house: House) -> None:
    ref = house.built.file(TEXT)
    page = house.client.post(house.link(ref, "track"), data={"text": "x" * 70_000})
    assert page.status_code == 413


# --- progress


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_progress_speaks_the_language_of_the_case(house: House, language: str) -> None:
    ref = house.built.file(TEXT, language=language)
    t = texts_of(language)
    page = house.client.get(house.link(ref, "track")).text
    assert f'lang="{t("lang")}"' in page
    assert t("track.heading") in page
    assert t("step.handling") in page


def test_customer_text_is_shown_as_text(house: House) -> None:
    ref = house.built.file(f"洗衣机坏了 {HOSTILE}")
    path = house.link(ref, "track")
    page = house.post(path, does="write", text=HOSTILE).text
    assert "<script>alert" not in page
    assert "<img" not in page
    assert unescape(page).count(HOSTILE) >= 2


def test_a_message_arrives_once_however_often_it_is_sent(house: House) -> None:
    ref = house.built.file(TEXT)
    path = house.link(ref, "track")
    form = {"nonce": house.tokens.nonce(house.tokens.read("t", path.rpartition("/")[2])), "does": "write"}
    for _ in range(3):
        answer = house.client.post(path, data={**form, "text": "发票号是 123"})
        assert texts_of("zh")("track.written") in answer.text
    assert [m["body"] for m in house.seen(ref)["messages"] if m["direction"] == "in"] == ["发票号是 123"]


@pytest.mark.parametrize("text", ["", "   ", "a\x00b", "x" * 4_001])
def test_a_message_that_cannot_be_kept_is_given_back(house: House, text: str) -> None:
    ref = house.built.file(TEXT)
    before = snapshot(house, ref)
    assert house.post(house.link(ref, "track"), does="write", text=text).status_code == 422
    assert snapshot(house, ref) == before


def test_a_letter_is_read_whole_on_the_page_that_it_leads_to(house: House) -> None:
    """Without the link to it and the line before that."""
    ref = house.survey_sent()
    house.post(house.link(ref, "survey"), score="5", confirm="yes")
    house.built.pass_time(minutes=15)
    shown = house.client.get(house.link(ref, "track")).text
    assert f"{ref} 已办结，谢谢您给我们改正的机会。" in shown
    assert "不必重新投诉" not in shown


def test_some_days_after_closing_the_customer_says_whether_they_would_recommend(house: House) -> None:
    ref = house.survey_sent()
    house.post(house.link(ref, "survey"), score="5", confirm="yes")
    house.built.pass_time(minutes=15)
    path = house.link(ref, "nps")
    assert house.client.get(path).status_code == 410, "not yet"
    house.built.pass_time(days=6)
    before = snapshot(house, ref)
    assert texts_of("zh")("nps.heading") in house.client.get(path).text
    assert snapshot(house, ref) == before
    assert house.post(path, nps="12", again="yes", confirm="yes").status_code == 422
    assert house.post(path, nps="9", again="maybe", confirm="yes").status_code == 422
    said = house.post(path, nps="9", again="yes", confirm="yes")
    assert texts_of("zh")("nps.thanks") in said.text
    assert survey_of(house, ref).nps == 9
    house.built.pass_time(days=9)
    assert house.client.get(path).status_code == 410


def test_what_is_asked_for_is_answered_on_the_page_that_asks(house: House) -> None:
    ref = house.built.file(TEXT)
    item = house.item(ref, "resolve", "lead")
    who = Actor(item["assignee"], "specialist")
    house.built.step(ref, ActOnItem(item["id"], "confirm", who))
    path = house.link(ref, "track")
    asked = {"thing": "外包装照片", "text": "请拍下破损处"}
    answer = house.call(
        "POST", f"work-items/{item['id']}/ask", who=who.name, role=Role.SPECIALIST, body=asked
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["status"] == "waiting_customer"
    page = house.client.get(path).text
    assert "外包装照片：请拍下破损处" in page
    said = house.post(path, does="answer", text="照片在附件里")
    assert texts_of("zh")("track.answered") in said.text
    assert "外包装照片：请拍下破损处" not in house.client.get(path).text.split("<ul")[0]
    assert house.seen(ref)["status"] == "handling"
    assert [m["kind"] for m in house.seen(ref)["messages"] if m["direction"] == "in"] == ["answer"]


def test_a_form_without_our_nonce_changes_nothing(house: House) -> None:
    ref = house.built.file(TEXT)
    before = snapshot(house, ref)
    for nonce in ("", "made-up", "a.b"):
        answer = house.client.post(
            house.link(ref, "track"), data={"nonce": nonce, "does": "write", "text": "hi"}
        )
        assert answer.status_code == 422
    assert snapshot(house, ref) == before


def test_staff_and_clocks_are_none_of_the_customers_business(house: House) -> None:
    ref = house.built.file(TEXT)
    seen = house.seen(ref)
    page = house.client.get(house.link(ref, "track")).text
    for secret in (house.item(ref, "resolve")["assignee"], seen["owner"], seen["history"][-1]["hash"]):
        assert secret not in page


# --- survey


def test_a_good_score_counts_at_once_and_its_replay_never(house: House) -> None:
    ref = house.survey_sent()
    path = house.link(ref, "survey")
    nonce = house.tokens.nonce(house.tokens.read("s", path.rpartition("/")[2]))
    form = {"nonce": nonce, "confirm": "yes", "score": "5", "attitude": "4", "comment": "谢谢"}
    assert house.client.post(path, data=form).status_code == 200
    house.client.post(path, data={**form, "score": "4"})
    survey = survey_of(house, ref)
    assert (survey.score, survey.attitude, survey.comment, survey.corrected) == (5, 4, "谢谢", False)


def test_a_low_score_is_asked_what_is_open_before_it_counts(house: House) -> None:
    ref = house.survey_sent()
    path = house.link(ref, "survey")
    before = snapshot(house, ref)
    page = house.post(path, confirm="yes", score="2", comment="没人解释")
    assert texts_of("zh")("survey.low_heading") in page.text
    assert snapshot(house, ref) == before
    missing = house.post(path, confirm="yes", score="2", asked="yes")
    assert missing.status_code == 422
    assert snapshot(house, ref) == before
    house.post(path, confirm="yes", score="2", then="again", comment="没人解释")
    house.built.pass_time(minutes=16)
    assert house.seen(ref)["cycle"] == 2


def test_leaving_it_closes_with_the_low_score(house: House) -> None:
    ref = house.survey_sent()
    house.post(house.link(ref, "survey"), confirm="yes", score="1", then="leave")
    house.built.pass_time(minutes=16)
    seen = house.seen(ref)
    assert (seen["status"], seen["outcome"], seen["score"]) == ("closed", "accepted_low", 1)


@pytest.mark.parametrize(
    "form",
    [
        {"score": "5"},  # no confirmation
        {"confirm": "yes"},  # no score
        {"confirm": "yes", "score": "6"},
        {"confirm": "yes", "score": "five"},
        {"confirm": "yes", "score": "5", "attitude": "0"},
        {"confirm": "yes", "score": "5", "nonce": "made-up.0123456789abcdef0123456789abcdef"},
        {"confirm": "yes", "score": "5", "comment": "x" * 4_001},
    ],
)
def test_what_is_no_confirmed_answer_changes_nothing(house: House, form: dict[str, str]) -> None:
    ref = house.survey_sent()
    before = snapshot(house, ref)
    assert house.post(house.link(ref, "survey"), **form).status_code == 422
    assert snapshot(house, ref) == before


def test_an_answer_can_be_corrected_once_and_then_is_final(house: House) -> None:
    ref = house.survey_sent()
    path = house.link(ref, "survey")
    t = texts_of("zh")
    house.post(path, confirm="yes", score="1", then="again")
    house.built.pass_time(minutes=10)
    assert t("survey.correct_submit") in house.client.get(path).text
    house.post(path, confirm="yes", score="5")
    survey = survey_of(house, ref)
    assert (survey.first_score, survey.score, survey.corrected) == (1, 5, True)
    assert t("survey.final") in house.client.get(path).text
    house.post(path, confirm="yes", score="2", then="again")
    assert survey_of(house, ref).score == 5
    assert house.seen(ref)["outcome"] == "accepted"


def test_after_a_quarter_of_an_hour_the_answer_is_final(house: House) -> None:
    ref = house.survey_sent()
    path = house.link(ref, "survey")
    house.post(path, confirm="yes", score="4")
    house.built.pass_time(minutes=16)
    page = house.client.get(path)
    assert texts_of("zh")("survey.correct_submit") not in page.text
    house.post(path, confirm="yes", score="1", then="leave")
    assert survey_of(house, ref).score == 4


def test_an_expired_survey_says_so_and_takes_nothing(house: House) -> None:
    ref = house.survey_sent()
    path = house.link(ref, "survey")
    house.built.pass_time(days=7, minutes=1)
    assert house.client.get(path).status_code == 410
    assert house.post(path, confirm="yes", score="5").status_code == 410
    assert survey_of(house, ref).score is None
    house.built.pass_time(days=2)
    assert texts_of("zh")("problem.gone") in house.client.get(path).text


def test_the_same_letter_written_again_holds_the_same_link(house: House) -> None:
    ref = house.survey_sent()
    first = house.link(ref, "survey")
    house.built.pass_time(days=3, minutes=1)
    assert house.link(ref, "survey") == first
    with house.built.casework.database.read() as session:
        case = session.exec(select(Case).where(Case.ref == ref)).one()
    assert house.tokens.links(case, "survey") == house.tokens.links(case, "survey")


# --- options


def offered(house: House) -> tuple[str, str]:
    ref = house.built.file(TEXT)
    house.resolve(ref, REFUND, SWAP)
    assert house.seen(ref)["status"] == "waiting_customer"
    return ref, house.link(ref, "options")


def test_the_recommended_option_is_marked_and_the_chosen_one_is_granted(house: House) -> None:
    ref, path = offered(house)
    t = texts_of("zh")
    assert house.client.get(path).text.count(f">{t('options.recommended')}<") == 1
    page = house.post(path, confirm="yes", choice="2")
    assert t("options.done") in page.text
    assert house.item(ref, "fulfil")["remedy"] == "replacement"


def test_a_proposal_of_their_own_is_kept(house: House) -> None:
    ref, path = offered(house)
    assert house.post(path, confirm="yes", choice="0").status_code == 422
    house.post(path, confirm="yes", choice="0", proposal=HOSTILE)
    with house.built.casework.database.read() as session:
        kept = session.exec(select(Note.text).where(Note.kind == "proposal")).all()
    assert kept == [HOSTILE]
    assert house.seen(ref)["status"] != "waiting_customer"


def test_a_third_proposal_is_neither_offered_nor_taken(house: House) -> None:
    ref, path = offered(house)
    for proposal in ("退一半", "全退并送券"):
        assert 'value="0"' in house.client.get(path).text
        house.post(path, confirm="yes", choice="0", proposal=proposal)
        house.resolve(ref, REFUND, SWAP)
    assert 'value="0"' not in house.client.get(path).text
    before = snapshot(house, ref)
    assert house.post(path, confirm="yes", choice="0", proposal="再加一百").status_code == 409
    assert snapshot(house, ref) == before


@pytest.mark.parametrize("form", [{}, {"choice": "9"}, {"choice": "x"}, {"choice": "-1"}, {"choice": ""}])
def test_a_choice_of_nothing_offered_changes_nothing(house: House, form: dict[str, str]) -> None:
    ref, path = offered(house)
    before = snapshot(house, ref)
    assert house.post(path, confirm="yes", **form).status_code in (409, 422)
    assert snapshot(house, ref) == before


def test_a_choice_among_options_that_were_replaced_is_refused(house: House) -> None:
    ref, path = offered(house)
    before = snapshot(house, ref)
    answer = house.post(path, confirm="yes", choice="1", decision="999")
    assert answer.status_code == 409
    assert texts_of("zh")("options.changed") in answer.text
    assert snapshot(house, ref) == before
