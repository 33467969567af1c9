"""The ends of a case and the ways back: next cycle, closed, withdrawn, void, re-entered, messages heard."""

from __future__ import annotations

from sqlmodel import col, select

from complaints.errors import Fault
from store.binding import Binding, Inputs, Outputs
from store.case_file import MAIN, CaseFile
from store.tables import History, Letter, OwedImprovement, Promise
from tasks.surveying import no_nps_yet, survey_of, void_surveys

ADOPTED = ("acknowledge", "dispatch", "first_contact", "promise", "authority")
"""Clocks of the case that go on from their original start when it comes back. Those of work items do not: the
offers and duties they belong to are over."""


LIVES_ON = ("danger", "data_leak")
"""Harm that is no less because nobody complains of it any more."""


class EndWithoutReason(Fault):
    """A case may not end without saying how (process.md, What the process must never do)."""

    code = "end-without-reason"


def begin_cycle(file: CaseFile, inputs: Inputs, _prepared: object) -> Outputs:
    """The next cycle: its own clocks, and a handler without a part in the earlier ones."""
    case = file.case
    case.cycle, case.tier = int(str(inputs["cycle"])), str(inputs["tier"])
    case.cycle_started_at, case.follows = file.now, None
    case.decision, case.resolved_at, case.fulfilled_at = None, None, None
    file.log("cycle_begun", cycle=case.cycle, tier=case.tier, supervised=inputs["supervised"])
    return {}


def close(file: CaseFile, inputs: Inputs, _prepared: object) -> Outputs:
    case = file.case
    outcome = inputs["outcome"]
    if outcome is None:
        raise EndWithoutReason(f"{case.ref}: the drawing closes the case without an outcome")
    case.outcome, case.closed_at = str(outcome), file.now
    survey = survey_of(file)
    case.reason = {
        "accepted": f"score {survey.score}" if survey and survey.score else "accepted by the customer",
        "accepted_low": "left as it is by the customer",
        "unanswered": "survey not answered" if survey and survey.sent_at else "customer not reached",
        "final": "answered finally after review",
    }[case.outcome]  # fmt: skip
    file.log("closed", outcome=case.outcome, cycle=case.cycle)
    return {}


def withdraw(file: CaseFile, inputs: Inputs, _prepared: object) -> Outputs:
    """The customer takes the complaint back. Not counted as closed; granted remedies are still carried out."""
    file.case.closed_at, file.case.outcome = file.now, None
    file.case.reason = f"withdrawn by {inputs['by']}"
    void_surveys(file)
    file.log("withdrawn", by=inputs["by"])
    owe_improvement(file)
    return {}


def owe_improvement(file: CaseFile) -> None:
    """Danger, a leak and what touches many outlive the complaint (process.md, 7): the clock opens their action."""
    case = file.case
    query = select(History).where(History.case_id == case.id, History.what == "read")
    read = file.session.exec(query.order_by(col(History.seq).desc()).limit(1)).first()
    harm = str(read.data["harm"]) if read is not None and case.urgency == "urgent" else ""
    why = harm if harm in LIVES_ON else "batch" if case.impact == "batch" else None
    if why is not None and file.session.get(OwedImprovement, case.id) is None:
        file.session.add(OwedImprovement(case_id=case.id, why=why, at=file.now))
        file.log("improvement_owed", why=why)


def void(file: CaseFile, _inputs: Inputs, _prepared: object) -> Outputs:
    """Spam, a test, or not ours: out of every figure, and reversible."""
    file.case.closed_at, file.case.outcome, file.case.reason = file.now, None, "void"
    void_surveys(file)
    file.log("voided")
    return {}


def re_enter(file: CaseFile, inputs: Inputs, _prepared: object) -> Outputs:
    """The case comes back under a new instance: same ref, clocks and promises; the grade it had."""
    case = file.case
    case.cycle = int(str(inputs["cycle"]))
    case.closed_at, case.outcome, case.reason, case.follows = None, None, None, None
    if inputs["reason"] == "reopen":
        case.decision, case.resolved_at, case.fulfilled_at = None, None, None
        no_nps_yet(file)
    else:
        for name in ADOPTED:
            file.clocks.revive(name)
        file.clocks.revive("resolve", case.cycle)
        if case.cycle == 1 and file.clocks.row("resolve", 1) is None:  # merged before work began on it
            file.start_clock("resolve", 1, at=case.cycle_started_at)
    file.log("re_entered", cycle=case.cycle, reason=inputs["reason"])
    return {
        "tier": case.tier, "urgency": case.urgency, "impact": case.impact, "category": case.category,
        "value": case.value, "department": case.department, "skill": case.skill,
        "authority": case.authority, "supervised": case.cycle > 1, **_where(file, str(inputs["reason"])),
    }  # fmt: skip


def _where(file: CaseFile, reason: str) -> Outputs:
    """Where a complaint that ended goes on: with the reviewer, with what was granted and the survey once it was
    answered, with a promise when none was made yet, else with the work."""
    if reason == "reopen":
        return {"stage": "solve", "since": None}
    cycle, decision = file.case.cycle, file.decision()
    reviewing = [i for i in file.items(kind="review", cycle=cycle) if i.status != "done"]
    if reviewing:
        return {"stage": "review", "since": None}
    main = [i for i in file.items(cycle=cycle) if i.kind in MAIN]
    # an answer of the library settles nothing before it helped: then the survey was planned
    at_work = main[-1].status != "done" if main else survey_of(file) is None
    answered = decision.sent_at if decision is not None and not at_work else None
    if answered is None and not file.records.of(Promise):
        return {"stage": "promise", "since": None}
    return {"stage": "settle" if answered else "solve", "since": answered}


def hear_message(file: CaseFile, inputs: Inputs, _prepared: object) -> Outputs:
    """A message of the customer is attached; the owner hears of it, unless it is a mere thanks."""
    number = inputs["message"]
    letter = file.session.get(Letter, number) if isinstance(number, int) else None
    if letter is not None and letter.kind != "thanks" and file.case.owner is not None:
        file.tell.to_person(file.case.owner, "customer_message", suffix=f"/{letter.id}")
    file.log("message_attached", letter=number)
    return {}


BINDINGS = (
    Binding("begin_cycle", begin_cycle),
    Binding("close", close, inline=False),
    Binding("withdraw", withdraw),
    Binding("void", void),
    Binding("re_enter", re_enter),
    Binding("hear_message", hear_message),
)
