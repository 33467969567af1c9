"""The callback: when to ask, asking, reminding, and what the customer answers."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import select

from complaints.survey import next_contact_time
from store.binding import Binding, Inputs, Outputs
from store.case_file import CaseFile
from store.tables import Survey

ASK_AFTER = timedelta(hours=2)
OPEN_FOR = timedelta(days=7)


def plan_survey(file: CaseFile, inputs: Inputs, _prepared: object) -> Outputs:
    """Two hours after the answer or its fulfilment, inside the contact hours of the customer's zone."""
    since = inputs.get("since")
    begin = since if isinstance(since, datetime) else file.now
    ask_at = next_contact_time(max(begin + ASK_AFTER, file.now), file.customer.zone)
    survey = survey_of(file) or Survey(case_id=file.case.id, cycle=file.case.cycle, ask_at=ask_at)
    survey.ask_at = ask_at
    file.session.add(survey)
    return {"ask_at": ask_at, "reachable": file.tell.can_link()}


def send_survey(file: CaseFile, _inputs: Inputs, _prepared: object) -> Outputs:
    """Ask by the customer's channel. Who is rated is frozen now."""
    survey, decision = _planned(file), file.decision()
    survey.rated = decision.by if decision else None
    survey.sent_at, survey.expires_at, survey.state = file.now, file.now + OPEN_FOR, "sent"
    file.session.add(survey)
    file.tell.to_customer("survey", purposes=("survey",), suffix=f"/{file.case.cycle}")
    return {}


def remind_survey(file: CaseFile, _inputs: Inputs, _prepared: object) -> Outputs:
    file.tell.to_customer(
        "reminder", template="survey_reminder", purposes=("survey",), suffix=f"/{file.case.cycle}"
    )
    return {}


def record_score(file: CaseFile, inputs: Inputs, _prepared: object) -> Outputs:
    """The score and whether the customer leaves it at that; a second one within the quarter hour corrects it."""
    survey = _planned(file)
    score = inputs["score"]
    assert isinstance(score, int)
    if survey.first_score is None:
        survey.first_score, survey.answered_at = score, file.now
    else:
        survey.corrected = True
    survey.score, survey.leave, survey.state = score, bool(inputs["leave"]), "answered"
    file.session.add(survey)
    file.log("scored", score=score, leave=survey.leave, corrected=survey.corrected)
    return {}


def freeze_survey(file: CaseFile, _inputs: Inputs, _prepared: object) -> Outputs:
    survey = _planned(file)
    survey.state = "frozen"
    file.session.add(survey)
    return {}


def expire_survey(file: CaseFile, _inputs: Inputs, _prepared: object) -> Outputs:
    """Seven days without an answer (or nobody reached by phone)."""
    survey = _planned(file)
    survey.state = "expired"
    file.session.add(survey)
    return {}


def void_surveys(file: CaseFile) -> None:
    """A withdrawn, void or merged case is never surveyed (process.md, What the process must never do)."""
    for survey in file.session.exec(select(Survey).where(Survey.case_id == file.case.id)).all():
        if survey.state in ("planned", "sent"):
            survey.state = "void"
            file.session.add(survey)
    file.letters.drop("survey")


def survey_of(file: CaseFile) -> Survey | None:
    query = select(Survey).where(Survey.case_id == file.case.id, Survey.cycle == file.case.cycle)
    return file.session.exec(query).first()


def _planned(file: CaseFile) -> Survey:
    survey = survey_of(file)
    if survey is None:
        raise LookupError(f"{file.case.ref}: no survey was planned for cycle {file.case.cycle}")
    return survey


BINDINGS = (
    Binding("plan_survey", plan_survey),
    Binding("send_survey", send_survey, inline=False),
    Binding("remind_survey", remind_survey),
    Binding("record_score", record_score),
    Binding("freeze_survey", freeze_survey),
    Binding("expire_survey", expire_survey),
)
