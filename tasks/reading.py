"""Reception: find the customer's history, read the complaint, record its grade."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import bindparam
from sqlmodel import col, func, select

from complaints.reading import Reading
from complaints.reading.reading import Value
from store.binding import Binding, Inputs, Outputs
from store.case_file import CaseFile
from store.matters import note_cause
from store.tables import Case

REPEAT_WINDOW = timedelta(days=90)
"""Complaints within it count as repeats (process.md, 7); merged and void ones do not."""
SURE = 100
"""Confidence in a grade that nobody needs to confirm."""


EARLIER = (
    select(func.count())
    .select_from(Case)
    .where(
        col(Case.customer_id) == bindparam("customer"),
        col(Case.id) != bindparam("case"),
        col(Case.received_at).between(bindparam("since"), bindparam("until")),
        col(Case.status).not_in(("merged", "void")),
    )
)
"""How many other complaints of a customer count."""


def identify(file: CaseFile, _inputs: Inputs, _prepared: object) -> Outputs:
    """Value and history of the customer; the first receiver becomes the owner."""
    case = file.case
    channel = file.books.channel(case.channel)
    of_this = {
        "customer": case.customer_id, "case": case.id, "since": case.received_at - REPEAT_WINDOW,
        "until": case.received_at,
    }  # fmt: skip
    with file.session.no_autoflush:
        earlier = file.session.scalars(EARLIER, of_this).one()
    case.value = file.customer.value
    case.authority = bool(channel and channel.authority)
    case.repeats = earlier + 1
    on_duty = file.holder("coordinator")
    case.owner = on_duty.id if on_duty else None
    file.log("identified", value=case.value, repeats=case.repeats, owner=case.owner)
    return {"value": case.value, "authority": case.authority, "repeats": case.repeats}


def prepare_reading(file: CaseFile, inputs: Inputs) -> Callable[[], Reading]:
    text, reader = file.text, file.books.reader
    value: Value = "high" if inputs["value"] == "high" else "standard"
    authority, repeats = bool(inputs["authority"]), int(str(inputs["repeats"]))
    words, amount = text.text, text.amount
    return lambda: reader.read(words, value=value, amount=amount, authority=authority, repeats=repeats)


def read(file: CaseFile, _inputs: Inputs, prepared: object) -> Outputs:
    """What the text establishes; the tables judge it."""
    assert isinstance(prepared, Reading)
    file.log(
        "read",
        harm=prepared.harm,
        reach=prepared.reach,
        category=prepared.category,
        confidence=prepared.confidence,
    )
    case = file.case
    case.injury, case.loss = prepared.injury, prepared.loss
    if prepared.reach == "many":
        alone = file.decide("triage_impact", {
            "reach": "one", "injury": prepared.injury, "loss": prepared.loss, "consequence": prepared.consequence,
            "leaving": prepared.leaving, "value": case.value, "repeats": prepared.repeats,
            "regret": prepared.regret,
        })  # fmt: skip
        case.impact_alone = str(alone["impact"])
    return {
        "harm": prepared.harm, "reach": prepared.reach, "injury": prepared.injury, "loss": prepared.loss,
        "consequence": prepared.consequence, "leaving": prepared.leaving, "repeats": prepared.repeats,
        "regret": prepared.regret, "danger": prepared.danger_word, "category": prepared.category,
        "sentiment": prepared.sentiment, "confidence": prepared.confidence,
    }  # fmt: skip


def record_grade(file: CaseFile, inputs: Inputs, _prepared: object) -> Outputs:
    """Write the grade on the case; running clocks take the durations of the new grade."""
    case = file.case
    before = case.tier
    for name in ("urgency", "impact", "tier", "category", "sentiment", "department", "skill"):
        setattr(case, name, inputs[name])
    case.provisional, case.confidence = bool(inputs["provisional"]), int(str(inputs["confidence"] or 0))
    file.log(
        "graded", before=before, tier=case.tier, urgency=case.urgency, impact=case.impact,
        category=case.category, department=case.department, provisional=case.provisional,
    )  # fmt: skip
    if case.impact != "batch":
        case.impact_alone = case.impact
    note_cause(file, first=before is None)
    file.regrade_clocks()
    return {}


def grade_member(file: CaseFile, _inputs: Inputs, _prepared: object) -> Outputs:
    """A member of a mass matter is graded without the batch factor, which its lead carries. A tier that a person
    still has to confirm, or that an earlier cycle set, stays."""
    case = file.case
    if case.impact == "batch":
        before, case.impact = case.tier, case.impact_alone or "single"
        if not case.provisional and case.cycle == 1:
            judged = file.decide("triage", {
                "urgency": case.urgency, "impact": case.impact, "sentiment": case.sentiment, "value": case.value,
                "authority": case.authority, "confidence": SURE, "danger": False,
            })  # fmt: skip
            case.tier = str(judged["tier"])
        file.log(
            "graded", before=before, tier=case.tier, urgency=case.urgency, impact=case.impact, member=True
        )
        file.regrade_clocks()
    return {"tier": case.tier, "impact": case.impact}


BINDINGS = (
    Binding("identify", identify),
    Binding("read", read, inline=False, prepare=prepare_reading),
    Binding("record_grade", record_grade),
    Binding("grade_member", grade_member),
)
