"""The callback: when to ask, asking, reminding, and what the customer answers."""

from __future__ import annotations

from datetime import datetime, timedelta

from complaints.survey import next_contact_time
from store.binding import Binding, Inputs, Outputs
from store.case_file import CaseFile
from store.tables import Survey
from tasks.following import tell_lead_of_low_scores

ASK_AFTER = timedelta(hours=2)
OPEN_FOR = timedelta(days=7)


def plan_survey(file: CaseFile, inputs: Inputs, _prepared: object) -> Outputs:
    """Two hours after the answer or its fulfilment, inside the contact hours of the customer's zone; of a case
    that came back to it, two hours after its return."""
    since, survey = inputs.get("since"), survey_of(file)
    begin = since if isinstance(since, datetime) and survey is None else file.now
    ask_at = next_contact_time(max(begin + ASK_AFTER, file.now), file.customer.zone)
    if survey is None:
        file.records.add(Survey(case_id=file.case.id, cycle=file.case.cycle, ask_at=ask_at))
    else:  # the case came back to this cycle: what is asked anew is answered anew, history keeps the first score
        survey.ask_at, survey.state, survey.answered_at = ask_at, "planned", None
        survey.first_score, survey.score, survey.leave, survey.corrected = None, None, False, False
    return {"ask_at": ask_at, "reachable": file.tell.can_link(), "given_up": _given_up(file)}


def plan_call(file: CaseFile, inputs: Inputs, _prepared: object) -> Outputs:
    """When the customer is called again, whom nobody reached."""
    at = file.books.calendar("always").add(file.now, file.duration_of(inputs, "after"))
    file.log("not_reached", again=(again := next_contact_time(at, file.customer.zone)))
    return {"at": again}


def send_survey(file: CaseFile, _inputs: Inputs, _prepared: object) -> Outputs:
    """Ask by the customer's channel. Who is rated is frozen now."""
    survey, decision = _planned(file), file.decision()
    survey.rated = decision.by if decision else None
    survey.sent_at, survey.expires_at, survey.state = file.now, file.now + OPEN_FOR, "sent"
    file.tell.to_customer("survey", purposes=("survey",), suffix=f"/{file.case.cycle}")
    return {}


def remind_survey(file: CaseFile, _inputs: Inputs, _prepared: object) -> Outputs:
    file.tell.to_customer(
        "reminder", template="survey_reminder", purposes=("survey",), suffix=f"/{file.case.cycle}"
    )
    return {}


def record_score(file: CaseFile, inputs: Inputs, _prepared: object) -> Outputs:
    """The score and whether the customer leaves it at that; a second one within the quarter hour corrects it."""
    file.letters.drop_answered(file.now)
    survey = _planned(file)
    score = inputs["score"]
    assert isinstance(score, int)
    if survey.first_score is None:
        survey.first_score, survey.answered_at = score, file.happened_at
    else:
        survey.corrected = True
    survey.score, survey.leave, survey.state = score, bool(inputs["leave"]), "answered"
    file.log("scored", score=score, leave=survey.leave, corrected=survey.corrected)
    return {}


def freeze_survey(file: CaseFile, _inputs: Inputs, _prepared: object) -> Outputs:
    survey = _planned(file)
    survey.state = "frozen"
    tell_lead_of_low_scores(file)
    return {}


def expire_survey(file: CaseFile, _inputs: Inputs, _prepared: object) -> Outputs:
    """Seven days without an answer (or nobody reached by phone)."""
    file.letters.drop_answered(file.now)
    survey = _planned(file)
    survey.state = "expired"
    return {}


def invite_nps(file: CaseFile, inputs: Inputs, _prepared: object) -> Outputs:
    """Once a case, some days after it is closed: would they recommend the firm, and choose it again (S).

    Where a link cannot reach the customer nobody is asked.
    """
    surveys = file.records.of(Survey)
    survey = survey_of(file)
    if survey is None or not file.tell.can_link() or any(s.nps_ask_at is not None for s in surveys):
        return {}
    at = file.books.calendar("always").add(file.now, file.duration_of(inputs, "after"))
    survey.nps_ask_at = next_contact_time(at, file.customer.zone)
    file.tell.to_customer("nps", purposes=("nps",), after=survey.nps_ask_at)
    file.log("nps_planned", at=survey.nps_ask_at)
    return {}


def no_nps_yet(file: CaseFile) -> None:
    """The case goes on before anybody was asked: they are asked when it is over."""
    for survey in file.records.of(Survey):
        if survey.nps_ask_at is not None and survey.nps_ask_at > file.now:
            survey.nps_ask_at = None
            file.letters.drop("nps")


def void_surveys(file: CaseFile) -> None:
    """A withdrawn, void or merged case is never surveyed (process.md, What the process must never do)."""
    for survey in file.records.of(Survey):
        if survey.state in ("planned", "sent"):
            survey.state = "void"
        elif survey.state == "answered":
            survey.state = "frozen"
    file.letters.drop("survey", "reminder")


def _given_up(file: CaseFile) -> bool:
    """Whether the answer went out in writing because nobody could reach the customer for their choice."""
    decision = file.decision()
    options = file.options(decision) if decision is not None else ()
    return bool(options) and all(option.chosen_at is None for option in options)


def survey_of(file: CaseFile) -> Survey | None:
    return file.survey(file.case.cycle)


def _planned(file: CaseFile) -> Survey:
    survey = survey_of(file)
    if survey is None:
        raise LookupError(f"{file.case.ref}: no survey was planned for cycle {file.case.cycle}")
    return survey


BINDINGS = (
    Binding("plan_survey", plan_survey),
    Binding("plan_call", plan_call),
    Binding("send_survey", send_survey, inline=False),
    Binding("remind_survey", remind_survey),
    Binding("record_score", record_score),
    Binding("freeze_survey", freeze_survey),
    Binding("expire_survey", expire_survey),
    Binding("invite_nps", invite_nps),
)
