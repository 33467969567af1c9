"""`/t/{token}`: where a complaint stands, what was written, and room to write."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from cases.requests.asking import AnswerQuestion
from cases.requests.customer import JudgeAnswer
from cases.view import customer
from complaints.errors import Refusal
from desk.bounded import BoundedRoute
from desk.desk import Desk, DeskOf
from desk.hearing import heard
from desk.once import Once
from desk.rendering import page, problem_page
from desk.texts import Texts, texts_of
from desk.tokens import PAGES, over_at
from desk.visit import LEADS_NOWHERE, Fields, Unusable, Visit, absent, back, checked_words, visit
from desk.words import LONGEST_WORDS
from store.tables import Letter

routes = APIRouter(route_class=BoundedRoute, tags=["customer pages"], default_response_class=HTMLResponse)

CHANNEL = "tracking_page"
TOLD = {
    "answered": "track.answered",
    "written": "track.written",
    "helps": "track.judged_yes",
    "person": "track.judged_no",
}
"""What a reload after a form says, by its query."""
STEPS = ("received", "handling", "answered", "fulfilling", "surveying", "closed")
AT_WORK = frozenset({"received", "handling", "waiting_customer", "reviewing"})
WITHOUT_STEPS = frozenset({"withdrawn", "merged", "void"})


@routes.get("/t/{token}", summary="Progress of a complaint")
def show(token: str, request: Request, desk: DeskOf) -> HTMLResponse:
    try:
        seen = visit(desk, "t", token)
        return _page(seen, told=TOLD.get(request.query_params.get("told", "")))
    except LEADS_NOWHERE:
        return absent(desk, request)


@routes.post("/t/{token}", summary="Write a message, or judge the answer")
def receive(token: str, request: Request, desk: DeskOf, form: Fields) -> Response:
    try:
        seen = visit(desk, "t", token)
        found = customer.progress(desk.casework, seen.given.ref)
    except LEADS_NOWHERE:
        return absent(desk, request)
    if _is_over(found):
        return _page(seen)
    try:
        return _do(desk, seen, found, form)
    except Unusable as error:
        return _page(seen, wrong=error.text, written=form.get("text", ""), status=422)
    except Refusal:
        return _page(seen, wrong="problem.closed", written=form.get("text", ""), status=409)


def _do(desk: Desk, seen: Visit, found: customer.Progress, form: dict[str, str]) -> Response:
    nonce, does = form.get("nonce", ""), form.get("does", "")
    seen.check_nonce(nonce)
    if does in ("helps", "person"):
        judged = Once(nonce, JudgeAnswer(accepted=does == "helps"))
        return seen.say(judged, nonce) or back(f"told={does}")
    if does not in ("write", "answer"):
        raise Unusable("problem.stale")
    text = checked_words(form.get("text", ""))
    if not text:
        raise Unusable("problem.empty")
    key = f"{seen.given.ref}/in/{nonce}"
    if does == "answer":
        return seen.say(Once(nonce, AnswerQuestion(text, CHANNEL, key=key)), nonce) or back("told=answered")
    value = found.page.case.value
    written = heard(desk.casework, value, text, channel=CHANNEL, actor="customer", key=key)
    return seen.say(Once(nonce, written), nonce) or back("told=written")


def _is_over(found: customer.Progress) -> bool:
    """An open complaint can always be looked at; an ended one for as long as a link lasts."""
    case = found.page.case
    if case.erased_at is not None:
        return True
    return case.ended and found.page.now > over_at("t", case.closed_at or case.received_at)


def _page(
    seen: Visit, *, told: str | None = None, wrong: str | None = None, written: str = "", status: int = 200
) -> HTMLResponse:
    found = customer.progress(seen.desk.casework, seen.given.ref)
    case = found.page.case
    t = texts_of(case.language)
    if _is_over(found):
        return problem_page(seen.desk, case.language, "gone", 410)
    may_judge = "answer_accepted" in found.page.wanted
    return page(
        seen.desk, "track.html", case.language, status=status, ref=case.ref,
        told=t(told) if told else None,
        wrong=_wrong(t, wrong),
        about=_about(seen, found, t),
        joined=_joined(seen, found, t),
        again=t("track.again", cycle=case.cycle) if case.cycle > 1 and not case.ended else None,
        next=_next(found, t, may_judge),
        call=_call(seen, found, t),
        may_judge=may_judge,
        question=found.question,
        question_nonce=seen.nonce() if found.question else "",
        steps=[] if case.status in WITHOUT_STEPS else _steps(found, t),
        letters=_letters(found, t),
        nonce=seen.nonce(),
        write_nonce=seen.nonce(),
        written=written,
    )  # fmt: skip


def _wrong(t: Texts, key: str | None) -> str | None:
    return None if key is None else t(key, most=LONGEST_WORDS)


def _about(seen: Visit, found: customer.Progress, t: Texts) -> str:
    case = found.page.case
    filed = t("track.filed", time=t.moment(case.received_at, found.page.zone))
    if case.category is None:
        return filed
    category = seen.desk.casework.books.name("category", case.category, case.language)
    return f"{category[:1].upper()}{category[1:]} · {filed}"


def _joined(seen: Visit, found: customer.Progress, t: Texts) -> dict[str, str | None] | None:
    """Merged: which complaint leads, and the way there when it is the same customer's."""
    into, lead = found.page.case.merged_into, found.page.lead
    if into is None:
        return None
    return {
        "text": t("track.joined", ref=into),
        "link": seen.link("t", 0, lead.ref) if lead is not None else None,
        "link_text": t("track.joined_link", ref=into),
    }


def _next(found: customer.Progress, t: Texts, may_judge: bool) -> str:
    case = found.page.case
    if may_judge:
        return t("next.judging")
    due = found.due
    if found.question is not None and due is not None:
        return t("next.question", time=t.moment(due, found.page.zone))
    at_work = case.status in ("received", "handling")
    if at_work and case.resolved_at is None and found.promise is not None:
        late = found.promise.state == "broken" or (due is not None and due < found.page.now)
        if late:
            return t("next.handling_late")
    if case.status in ("closed", "withdrawn", "merged", "void"):
        return t(f"next.{case.status}")
    if due is None or due < found.page.now:
        return t(f"next.{case.status}_undated")
    return t(f"next.{case.status}", time=t.moment(due, found.page.zone))


def _call(seen: Visit, found: customer.Progress, t: Texts) -> dict[str, str] | None:
    """What the customer is asked to do on another page."""
    cycle = found.page.case.cycle
    if found.choice_open:
        return {"link": seen.link("o", cycle), "text": t("track.choose")}
    if found.page.case.status == "surveying" and found.survey is not None and found.survey.state == "sent":
        return {"link": seen.link("s", cycle), "text": t("track.rate")}
    return None


def _steps(found: customer.Progress, t: Texts) -> list[dict[str, str | None]]:
    """The way of a complaint in words people understand; what was granted is a step of its own."""
    case, survey = found.page.case, found.survey
    times: dict[str, datetime | None] = {
        "received": case.received_at,
        "answered": case.resolved_at,
        "fulfilling": case.fulfilled_at,
        "surveying": survey.answered_at if survey is not None else None,
        "closed": case.closed_at,
    }
    if case.status == "closed":
        current = len(STEPS)
    elif case.status in AT_WORK:
        current = STEPS.index("handling") if case.resolved_at is None else STEPS.index("answered")
    else:
        current = STEPS.index(case.status)
    steps: list[dict[str, str | None]] = []
    for position, key in enumerate(STEPS):
        if key == "fulfilling" and not found.granted:
            continue
        state = "done" if position < current else "current" if position == current else "ahead"
        at = times.get(key)
        time = t.moment(at, found.page.zone) if at is not None and state != "ahead" else None
        steps.append({"key": key, "state": state, "time": time})
    return steps


def _letters(found: customer.Progress, t: Texts) -> list[dict[str, Any]]:
    """Newest first; the complaint itself is the oldest."""
    zone = found.page.zone
    shown = [
        {
            "direction": letter.direction,
            "subject": _without_ref(letter.subject, found.page.case.ref),
            "parts": _parts(letter, t),
            "time": t.moment(letter.created_at, zone),
            "iso": letter.created_at.isoformat(),
        }
        for letter in reversed(found.letters)
    ]
    received = found.page.case.received_at
    complaint = {
        "direction": "in", "subject": t("track.your_complaint"), "parts": [{"text": found.text, "link": None}],
        "time": t.moment(received, zone), "iso": received.isoformat(),
    }  # fmt: skip
    return [*shown, complaint]


def _without_ref(subject: str, ref: str) -> str:
    """A subject without the reference, which stands at the head of the page already."""
    for bracketed in (f"（{ref}）", f" ({ref})"):
        subject = subject.replace(bracketed, "")
    return subject


def _parts(letter: Letter, t: Texts) -> list[dict[str, str | None]]:
    """The text, with its links as links. A link to this very page is left out, with the line that leads to it."""
    if letter.direction == "in":
        return [{"text": letter.body, "link": None}]
    parts: list[dict[str, str | None]] = []
    paragraphs = letter.body.strip().split("\n\n")
    for paragraph in paragraphs:
        purpose = next((p for p, address in letter.links.items() if str(address) in paragraph), None)
        if purpose is None:
            parts.append({"text": paragraph, "link": None})
        elif PAGES.get(purpose) == "t":
            lines = paragraph.split("\n")
            at = next(number for number, line in enumerate(lines) if str(letter.links[purpose]) in line)
            begins = at - 1 if at and lines[at - 1].rstrip().endswith((":", "：")) else at
            if told := "\n".join(lines[:begins] + lines[at + 1 :]).strip():
                parts.append({"text": told, "link": None})
        else:
            address = str(letter.links[purpose])
            if before := paragraph.replace(address, "").strip():
                parts.append({"text": before, "link": None})
            parts.append({"text": t(f"{purpose}.title"), "link": address})
    return parts
