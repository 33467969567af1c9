"""What a customer sees of their own complaint. No staff, no clocks, no history: where it stands, what we wrote,
what they may do now. Reading only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, select

from bpmn.instance import Instance
from bpmn.model import TriggerKind
from cases.casework import Casework
from store.case_file import CaseFile
from store.queries.reading import rows_of
from store.tables import Case, Decision, Letter, Promise, Survey

CORRECT_WITHIN = timedelta(minutes=15)
"""How long a given score may be corrected, once (process.md, 6); the drawing's own timer is what ends it."""
NEVER_SHOWN = frozenset({"held", "dropped"})


@dataclass(frozen=True, slots=True)
class Page:
    """What every page of a complaint knows. `wanted` are the messages the process waits for now."""

    case: Case
    customer_name: str
    zone: str
    now: datetime
    wanted: frozenset[str]
    lead: Case | None
    """The case this one was joined with, when it is the same customer's."""


@dataclass(frozen=True, slots=True)
class Progress:
    page: Page
    text: str
    promise: Promise | None
    """The newest; may be kept or broken."""
    due: datetime | None
    """By when the next thing happens that the customer was told of or must do."""
    letters: tuple[Letter, ...]
    """In and out, oldest first; only those the customer may see by now."""
    survey: Survey | None
    granted: bool
    """Something is, or was, carried out in this cycle."""
    choice_open: bool
    question: str | None
    """What the customer is asked for and waited for; null when nothing is."""


@dataclass(frozen=True, slots=True)
class SurveyPage:
    page: Page
    survey: Survey | None
    """Null when no survey was planned for this cycle."""
    state: str
    """`open`, `correctable`, `final`, or `over` (expired, void, never sent)."""
    correct_until: datetime | None


@dataclass(frozen=True, slots=True)
class RecommendingPage:
    page: Page
    asked_at: datetime | None
    """When the customer is asked; null when they are not, or not yet."""
    nps: int | None
    """Their answer."""


@dataclass(frozen=True, slots=True)
class ShownOption:
    position: int
    title: str
    """What it is called: a refund, a replacement; "" for words alone."""
    text: str
    amount: int | None
    recommended: bool
    chosen: bool


@dataclass(frozen=True, slots=True)
class ChoicePage:
    page: Page
    decision: Decision | None
    reason: str
    """Why, in the words of whoever decided; "" when the options say it all."""
    options: tuple[ShownOption, ...]
    due: datetime | None
    is_open: bool
    may_propose: bool
    """They may answer with something of their own."""


def progress(casework: Casework, ref: str) -> Progress:
    """`CaseNotFound` when there is no such case."""
    with _opened(casework, ref) as (file, page):
        case = file.case
        told = [p for p in rows_of(file.session, Promise, case.id) if p.what == "preliminary_answer"]
        letters = tuple(
            letter for letter in rows_of(file.session, Letter, case.id)
            if letter.audience == "customer" and letter.state not in NEVER_SHOWN and letter.send_at <= file.now
        )  # fmt: skip
        surveys = [s for s in rows_of(file.session, Survey, case.id) if s.cycle == case.cycle]
        survey = surveys[-1] if surveys else None
        promise = told[-1] if told else None
        return Progress(
            page, file.text.text, promise, _next_due(file, promise, survey), letters, survey,
            bool(file.items(kind="fulfil", cycle=case.cycle)), "options_chosen" in page.wanted,
            _question(file, page),
        )  # fmt: skip


def survey(casework: Casework, ref: str, cycle: int) -> SurveyPage:
    with _opened(casework, ref) as (file, page):
        query = select(Survey).where(Survey.case_id == file.case.id, Survey.cycle == cycle)
        row = file.session.exec(query).first()
        until = row.answered_at + CORRECT_WITHIN if row is not None and row.answered_at is not None else None
        return SurveyPage(page, row, _survey_state(page, row, until), until)


def recommending(casework: Casework, ref: str) -> RecommendingPage:
    with _opened(casework, ref) as (file, page):
        asked = [s for s in rows_of(file.session, Survey, file.case.id) if s.nps_ask_at is not None]
        row = asked[-1] if asked else None
        answered = row is not None and row.nps_answered_at is not None
        return RecommendingPage(
            page, row.nps_ask_at if row else None, row.nps if row is not None and answered else None
        )


def choice(casework: Casework, ref: str, cycle: int) -> ChoicePage:
    with _opened(casework, ref) as (file, page):
        decision = file.decision(cycle)
        options = file.options(decision) if decision is not None else ()
        language = file.case.language
        shown = tuple(
            ShownOption(
                o.position, file.books.name("remedy", o.remedy, language) if o.remedy else "", o.text, o.amount,
                o.recommended, o.chosen_at is not None,
            )
            for o in options
        )  # fmt: skip
        is_open = cycle == file.case.cycle and "options_chosen" in page.wanted
        clock = file.clocks.row("choose", cycle)
        note = file.newest_note("solution") if is_open else None
        reason = note.text if note is not None and all(note.text != o.text for o in options) else ""
        due = clock.due_at if clock else None
        return ChoicePage(page, decision, reason, shown, due, is_open, is_open and file.may_propose())


@contextmanager
def _opened(casework: Casework, ref: str) -> Iterator[tuple[CaseFile, Page]]:
    with casework.reading(ref) as file:
        case, customer = file.case, file.customer
        lead = None
        if case.merged_into is not None:
            query = select(Case).where(
                col(Case.ref) == case.merged_into, col(Case.customer_id) == case.customer_id
            )
            lead = file.session.exec(query).first()
        yield (
            file,
            Page(case, customer.name or "", customer.zone, file.now, _wanted(casework, file), lead),
        )


def _wanted(casework: Casework, file: CaseFile) -> frozenset[str]:
    """Names of the messages that something waits for: receive tasks, message events, boundary events."""
    if not file.case.instance or file.case.ended:
        return frozenset()
    definitions = casework.shelf.definitions(file.session, file.case.bundle)
    instance = Instance.from_json(file.case.instance, definitions)
    return frozenset(
        event.trigger_name
        for token in instance.tokens.values() if token.element
        for event in definitions.processes[token.process].elements[token.element].hosted
        if event.trigger is TriggerKind.MESSAGE
    )  # fmt: skip


def _question(file: CaseFile, page: Page) -> str | None:
    note = file.newest_note("customer_question") if "question_answered" in page.wanted else None
    return note.text if note is not None else None


def _survey_state(page: Page, survey: Survey | None, until: datetime | None) -> str:
    if survey is None or survey.state in ("planned", "void", "expired"):
        return "over"
    if survey.state == "sent":
        in_time = survey.expires_at is None or page.now < survey.expires_at
        return "open" if in_time and not page.case.ended else "over"
    correctable = survey.state == "answered" and not survey.corrected and until is not None
    if correctable and until is not None and page.now < until and not page.case.ended:
        return "correctable"
    return "final"


def _next_due(file: CaseFile, promise: Promise | None, survey: Survey | None) -> datetime | None:
    match file.case.status:
        case "received" | "handling" | "reviewing":
            return promise.due_at if promise is not None and promise.state == "open" else None
        case "waiting_customer":
            clocks = [file.clocks.row(name, file.case.cycle) for name in ("question", "choose")]
            return next((c.due_at for c in clocks if c is not None and c.stopped_at is None), None)
        case "fulfilling":
            dates = [i.due_at for i in file.items(kind="fulfil", cycle=file.case.cycle) if i.due_at]
            return max(dates, default=None)
        case "surveying":
            return survey.expires_at if survey is not None and survey.state == "sent" else None
    return None
