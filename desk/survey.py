"""`/s/{token}`: the score of one cycle, what is still open after a low one, and one correction."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from cases.requests.customer import AnswerSurvey
from cases.view import customer
from complaints.errors import Refusal
from complaints.survey import SURVEY_RULES, NotAScore, parse_score
from desk import recommending
from desk.bounded import BoundedRoute
from desk.desk import DeskOf
from desk.rendering import page, problem_page
from desk.texts import Texts, texts_of
from desk.tokens import OF_THE_CASE, over_at
from desk.visit import LEADS_NOWHERE, Fields, Unusable, Visit, absent, back, checked_words, visit
from desk.words import LONGEST_WORDS

routes = APIRouter(route_class=BoundedRoute, tags=["customer pages"], default_response_class=HTMLResponse)


@routes.get("/s/{token}", summary="Satisfaction survey of one cycle")
def show(token: str, request: Request, desk: DeskOf) -> HTMLResponse:
    try:
        seen = visit(desk, "s", token)
        if seen.given.cycle == OF_THE_CASE:
            return recommending.show(seen)
        return _page(seen, customer.survey(desk.casework, seen.given.ref, seen.given.cycle))
    except LEADS_NOWHERE:
        return absent(desk, request)


@routes.post("/s/{token}", summary="Answer the survey, or correct the answer once within 15 minutes")
def receive(token: str, request: Request, desk: DeskOf, form: Fields) -> Response:
    try:
        seen = visit(desk, "s", token)
        if seen.given.cycle == OF_THE_CASE:
            return recommending.receive(seen, form)
        found = customer.survey(desk.casework, seen.given.ref, seen.given.cycle)
    except LEADS_NOWHERE:
        return absent(desk, request)
    if found.state not in ("open", "correctable") or _is_gone(found):
        return _page(seen, found)
    try:
        return _answer(seen, found, form)
    except (Unusable, NotAScore) as error:
        text = error.text if isinstance(error, Unusable) else "survey.missing"
        return _page(seen, found, form=form, wrong=text, status=422)
    except Refusal:
        present = customer.survey(desk.casework, seen.given.ref, seen.given.cycle)
        return _page(seen, present, wrong="problem.closed", status=409)


def _answer(seen: Visit, found: customer.SurveyPage, form: dict[str, str]) -> Response:
    """Record the answer; a low one only once the customer has said how to go on."""
    nonce, then = form.get("nonce", ""), form.get("then", "")
    seen.check_nonce(nonce)
    if form.get("confirm") != "yes":
        raise Unusable("problem.stale")
    score = parse_score(form.get("score", ""))
    attitude = parse_score(form["attitude"]) if form.get("attitude") else None
    comment = checked_words(form.get("comment", ""))
    low = score <= SURVEY_RULES.low
    if low and then not in ("again", "leave"):
        return _what_is_open(seen, found, form, asked="asked" in form)
    request = AnswerSurvey(
        cycle=seen.given.cycle, score=score, leave=low and then == "leave", nonce=nonce, attitude=attitude,
        comment=comment,
    )  # fmt: skip
    return seen.say(request, nonce) or back()


def _what_is_open(
    seen: Visit, found: customer.SurveyPage, form: dict[str, str], *, asked: bool
) -> HTMLResponse:  # fmt: skip
    """Before a low score is confirmed: what is missing, and shall it be taken up again?"""
    case = found.page.case
    t = texts_of(case.language)
    return page(
        seen.desk, "survey_low.html", case.language, status=422 if asked else 200, ref=case.ref,
        wrong=t("survey.low_missing") if asked else None,
        intro=t("survey.low_intro", score=form["score"]), nonce=form["nonce"], entered=_entered(form),
    )  # fmt: skip


def _page(
    seen: Visit, found: customer.SurveyPage, *, form: dict[str, str] | None = None, wrong: str | None = None,
    status: int = 200,
) -> HTMLResponse:  # fmt: skip
    case, zone, row = found.page.case, found.page.zone, found.survey
    if _is_gone(found):
        return problem_page(seen.desk, case.language, "gone", 410, track=seen.track)
    if found.state == "over" or row is None:
        return problem_page(seen.desk, case.language, "over", 410, track=seen.track)
    t = texts_of(case.language)
    until = found.correct_until if found.state == "correctable" else None
    return page(
        seen.desk, "survey.html", case.language, status=status, ref=case.ref,
        wrong=t(wrong, most=LONGEST_WORDS) if wrong else None,
        given=_given(found, t) if row.score is not None else None,
        correct_until=t("survey.correct", time=t.moment(until, zone)) if until else None,
        intro=t("survey.intro", ref=case.ref),
        until=t("survey.until", time=t.moment(row.expires_at, zone)) if row.expires_at else None,
        nonce=seen.nonce(),
        entered=_entered(form or {}),
        track=seen.track,
    )  # fmt: skip


def _given(found: customer.SurveyPage, t: Texts) -> dict[str, object]:
    """The answer as it stands, and what follows from it."""
    row = found.survey
    assert row is not None, "asked for only when a score is there"
    assert row.score is not None, "asked for only when a score is there"
    how = "good" if row.score > SURVEY_RULES.low else "leave" if row.leave else "again"
    return {
        "score": row.score,
        "heading": t(f"survey.thanks_{how}"),
        "more": t(f"survey.thanks_{how}_more", score=row.score),
    }


def _entered(form: dict[str, str]) -> dict[str, str]:
    return {name: form.get(name, "") for name in ("score", "attitude", "comment", "then")}


def _is_gone(found: customer.SurveyPage) -> bool:
    sent = found.survey.sent_at if found.survey is not None else None
    over = sent is not None and found.page.now > over_at("s", sent)
    return over or found.page.case.erased_at is not None
