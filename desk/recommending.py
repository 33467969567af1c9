"""The page of some days after closing: would you recommend us, and choose us again?"""

from __future__ import annotations

from fastapi import Response
from fastapi.responses import HTMLResponse

from cases.requests.customer import AnswerNps
from cases.view import customer
from complaints.errors import Refusal
from complaints.survey import NotAScore
from desk.rendering import page, problem_page
from desk.texts import texts_of
from desk.tokens import over_at
from desk.visit import Unusable, Visit, back

AGAIN = {"yes": True, "no": False}


def show(seen: Visit) -> HTMLResponse:
    return _page(seen)


def receive(seen: Visit, form: dict[str, str]) -> Response:
    try:
        nonce = form.get("nonce", "")
        seen.check_nonce(nonce)
        if form.get("confirm") != "yes" or form.get("again") not in AGAIN:
            raise Unusable("nps.missing")
        request = AnswerNps(form.get("nps", ""), AGAIN[form["again"]], nonce)
        seen.desk.casework.step(seen.given.ref, request)
    except (Unusable, NotAScore) as error:
        return _page(
            seen, form=form, wrong=error.text if isinstance(error, Unusable) else "nps.missing", status=422
        )
    except Refusal:
        return _page(seen, status=409)
    return back()


def _page(
    seen: Visit, *, form: dict[str, str] | None = None, wrong: str | None = None, status: int = 200
) -> HTMLResponse:
    found = customer.recommending(seen.desk.casework, seen.given.ref)
    case, language = found.page.case, found.page.case.language
    if found.asked_at is None or case.status != "closed" or found.page.now < found.asked_at:
        return problem_page(seen.desk, language, "over", 410, track=seen.track)
    if found.page.now > over_at("s", found.asked_at):
        return problem_page(seen.desk, language, "gone", 410, track=seen.track)
    t = texts_of(language)
    entered = form or {}
    return page(
        seen.desk, "nps.html", language, status=status, ref=case.ref, given=found.nps, nonce=seen.nonce(),
        wrong=t(wrong) if wrong else None, intro=t("nps.intro", ref=case.ref), track=seen.track,
        entered={"nps": entered.get("nps", ""), "again": entered.get("again", "")},
    )  # fmt: skip
