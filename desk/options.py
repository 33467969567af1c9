"""`/o/{token}`: two or three ways to put it right, one recommended, or a proposal of the customer's own."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from cases.requests.customer import ChooseOption
from cases.view import customer
from complaints.errors import Refusal
from desk.bounded import BoundedRoute
from desk.desk import DeskOf
from desk.once import ChooseFrom, Once, OptionsChanged
from desk.rendering import page, problem_page
from desk.texts import Texts, texts_of
from desk.tokens import over_at
from desk.visit import LEADS_NOWHERE, Fields, Unusable, Visit, absent, back, checked_words, visit
from desk.words import LONGEST_WORDS

routes = APIRouter(route_class=BoundedRoute, tags=["customer pages"], default_response_class=HTMLResponse)


@routes.get("/o/{token}", summary="Choice of a solution")
def show(token: str, request: Request, desk: DeskOf) -> HTMLResponse:
    try:
        seen = visit(desk, "o", token)
        return _page(seen, request.query_params.get("told") == "own")
    except LEADS_NOWHERE:
        return absent(desk, request)


@routes.post("/o/{token}", summary="Choose a solution, or propose another")
def receive(token: str, request: Request, desk: DeskOf, form: Fields) -> Response:
    try:
        seen = visit(desk, "o", token)
        found = customer.choice(desk.casework, seen.given.ref, seen.given.cycle)
    except LEADS_NOWHERE:
        return absent(desk, request)
    if not found.is_open or _is_gone(found):
        return _page(seen)
    try:
        return _choose(seen, form)
    except Unusable as error:
        return _page(seen, form=form, wrong=error.text, status=422)
    except OptionsChanged:
        return _page(seen, wrong="options.changed", status=409)
    except Refusal:
        return _page(seen, wrong="problem.closed", status=409)


def _choose(seen: Visit, form: dict[str, str]) -> Response:
    nonce, choice, decision = form.get("nonce", ""), form.get("choice", ""), form.get("decision", "")
    seen.check_nonce(nonce)
    if form.get("confirm") != "yes" or not (decision.isascii() and decision.isdigit() and len(decision) < 12):
        raise Unusable("problem.stale")
    proposal = checked_words(form.get("proposal", ""))
    if not (choice.isascii() and choice.isdigit() and len(choice) < 3):
        raise Unusable("options.missing")
    if choice == "0" and not proposal:
        raise Unusable("options.own_missing")
    chosen = ChooseOption(int(choice), proposal)
    kept = seen.say(Once(nonce, ChooseFrom(int(decision), chosen)), nonce)
    return kept or back("told=own" if chosen.position == 0 else "")


def _page(
    seen: Visit, proposed: bool = False, *, form: dict[str, str] | None = None, wrong: str | None = None,
    status: int = 200,
) -> HTMLResponse:  # fmt: skip
    found = customer.choice(seen.desk.casework, seen.given.ref, seen.given.cycle)
    case = found.page.case
    t = texts_of(case.language)
    if found.decision is None or _is_gone(found):
        return problem_page(seen.desk, case.language, "gone", 410, track=seen.track)
    if not found.is_open:
        return _closed(seen, found, t, proposed, wrong, status)
    entered = {name: (form or {}).get(name, "") for name in ("choice", "proposal")}
    return page(
        seen.desk, "options.html", case.language, status=status, ref=case.ref,
        wrong=t(wrong, most=LONGEST_WORDS) if wrong else None,
        intro=t("options.intro", ref=case.ref),
        reason=found.reason,
        options=[_option(option, t) for option in found.options],
        decision=found.decision.id,
        may_propose=found.may_propose,
        until=t("options.until", time=t.moment(found.due, found.page.zone)) if found.due else None,
        nonce=seen.nonce(),
        entered=entered,
    )  # fmt: skip


def _closed(
    seen: Visit, found: customer.ChoicePage, t: Texts, proposed: bool, wrong: str | None, status: int
) -> HTMLResponse:  # fmt: skip
    """After the choice, or after its time: what was chosen."""
    chosen = next((option for option in found.options if option.chosen), None)
    which = "own_done" if proposed else "done" if chosen is not None else "closed"
    quote = None
    if chosen is not None and not proposed:
        shown = _option(chosen, t)
        text = "\n".join(str(part) for part in (shown["title"], shown["amount"], shown["text"]) if part)
        quote = {"label": t("options.chosen"), "text": text}
    return page(
        seen.desk, "message.html", found.page.case.language, status=status, ref=found.page.case.ref,
        wrong=t(wrong) if wrong else None, title=t("options.title"), heading=t(f"options.{which}"),
        more=t(f"options.{which}_more"), quote=quote, track=seen.track,
    )  # fmt: skip


def _option(option: customer.ShownOption, t: Texts) -> dict[str, object]:
    return {
        "position": option.position,
        "title": option.title[:1].upper() + option.title[1:] or t("options.nth", position=option.position),
        "text": option.text,
        "amount": t.money(option.amount) if option.amount else None,
        "recommended": option.recommended,
    }


def _is_gone(found: customer.ChoicePage) -> bool:
    over = found.decision is not None and found.page.now > over_at("o", found.decision.at)
    return over or found.page.case.erased_at is not None
