"""Complaints about one matter: recognised before dispatch, merged, and the earliest date counts for both."""

from __future__ import annotations

from sqlalchemy import ColumnElement
from sqlmodel import and_, col, or_, select

from complaints.sameness import LEAD_STATES, is_heavier, same_order, similarity
from store.binding import Binding, Inputs, Outputs
from store.case_file import CaseFile
from store.tables import Case, CaseText, InboxRow, Promise
from tasks.promising import open_promise, spoken_time
from tasks.surveying import void_surveys

OF_CASE = ("acknowledge", "dispatch", "first_contact")
"""Clocks that run from receipt."""
NOTHING: Outputs = {
    "lead": None, "state": "open", "same_customer": False, "order": "unknown", "same_category": False,
    "heavier": False, "similarity": 0, "hours": 0,
}  # fmt: skip


def compare(file: CaseFile, _inputs: Inputs, _prepared: object) -> Outputs:
    """The facts about the open complaint of this customer that is most like this one: first by order and category,
    then by its text; of two alike, the older.

    The lead is held until the commit: it does not end while this one joins it.
    """
    query = select(Case, CaseText).join(CaseText, col(CaseText.case_id) == col(Case.id))
    found = file.session.exec(
        query.where(_may_lead(file)).order_by(col(Case.received_at), col(Case.id))
    ).all()
    if not found:
        return NOTHING
    lead, text = max(found, key=lambda pair: _likeness(_facts(file, *pair)))
    held = select(Case).where(Case.id == lead.id).with_for_update(read=True)
    lead = file.session.exec(held.execution_options(populate_existing=True)).one()
    if lead.ended or lead.status not in LEAD_STATES:
        return NOTHING
    facts = _facts(file, lead, text)
    file.log(
        "compared", lead=lead.ref, order=facts["order"], similarity=facts["similarity"], hours=facts["hours"],
        same_category=facts["same_category"], heavier=facts["heavier"],
    )  # fmt: skip
    return facts


def _may_lead(file: CaseFile) -> ColumnElement[bool]:
    """Earlier ones that are under way. One that has something due may be over at its next step, and is left out."""
    case = file.case
    return and_(
        col(Case.customer_id) == case.customer_id,
        col(Case.ended).is_(False),
        col(Case.erased_at).is_(None),
        col(Case.status).in_(LEAD_STATES),
        col(Case.received_at) <= case.received_at,
        col(Case.id) != case.id,
        or_(col(Case.next_due_at).is_(None), col(Case.next_due_at) > file.now),
    )


def _facts(file: CaseFile, lead: Case, text: CaseText) -> Outputs:
    case, own = file.case, file.text
    return {
        "lead": lead.ref, "state": LEAD_STATES[lead.status],
        "same_customer": lead.customer_id == case.customer_id,
        "order": same_order(own.order_id, text.order_id), "same_category": lead.category == case.category,
        "heavier": is_heavier(case.tier, lead.tier), "similarity": similarity(own.text, text.text),
        "hours": int((case.received_at - lead.received_at).total_seconds() // 3600),
    }  # fmt: skip


def _likeness(facts: Outputs) -> tuple[bool, bool, int]:
    """An order of its own makes another matter, however alike the words are."""
    number = facts["similarity"]
    assert isinstance(number, int)
    return (
        facts["order"] != "other",
        facts["order"] == "same" and facts["same_category"] is True,
        number,
    )


def join_lead(file: CaseFile, inputs: Inputs, _prepared: object) -> Outputs:
    """Merged before anybody was asked to work on it. The lead hears of it by its inbox."""
    lead = file.session.exec(select(Case).where(Case.ref == str(inputs["lead"]))).one()
    file.case.merged_into = lead.ref
    _end_merged(file, lead, "not_settled" if inputs["answered"] else "took_in")
    return {}


def merge(file: CaseFile, _inputs: Inputs, _prepared: object) -> Outputs:
    """The lead complaint carries on; this one counts no more and is never surveyed."""
    lead = file.session.exec(select(Case).where(Case.ref == file.case.merged_into)).one()
    _end_merged(file, lead, "took_in")
    return {}


def _end_merged(file: CaseFile, lead: Case, said: str) -> None:
    case = file.case
    case.closed_at, case.outcome, case.reason = file.now, None, "merged"
    void_surveys(file)
    file.session.add(InboxRow(
        case_id=lead.id, name=said, payload={"ref": case.ref}, actor=case.ref, source="merged",
        external_id=f"{case.id}/{case.instance_no}/{lead.id}", effective_at=file.now,
    ))  # fmt: skip
    file.log("merged", into=case.merged_into)


def tell_joined(file: CaseFile, _inputs: Inputs, _prepared: object) -> Outputs:
    """The acknowledgement of a complaint that is handled with an earlier one: by when that is answered."""
    promised = file.session.exec(
        select(Promise.due_at).join(Case, col(Case.id) == col(Promise.case_id))
        .where(Case.ref == file.case.merged_into, Promise.state == "open")
    ).first()  # fmt: skip
    due = spoken_time(promised, file.customer.zone, file.case.language) if promised else ""
    file.tell.to_customer("acknowledgement", {"due": due}, template="merged")
    file.case.acknowledged_at = file.case.acknowledged_at or file.now
    return {}


def take_in(file: CaseFile, inputs: Inputs, _prepared: object) -> Outputs:
    """Another complaint was merged into this one: the earliest receipt and promise of both count, a survey under
    way is over, and what its customer wrote is a message here if it is the same customer."""
    case = file.case
    other = file.session.exec(select(Case).where(Case.ref == str(inputs["ref"]))).one()
    file.log("took_in", merged=other.ref)
    if case.status == "surveying":
        void_surveys(file)
    for name in OF_CASE:
        file.begin_clock_at(name, None, other.received_at)
    if case.cycle == 1:
        case.cycle_started_at = min(case.cycle_started_at or case.received_at, other.received_at)
        file.begin_clock_at("resolve", 1, other.received_at)
    _take_promise(file, other)
    if case.tier == "light":
        file.raise_message("answer_declined")  # said again: what the library answered did not help
    if other.customer_id == case.customer_id:
        _read(file, other)
    return {}


def _take_promise(file: CaseFile, other: Case) -> None:
    """What was promised earlier for the other is promised here too; its customer was told that date then."""
    own = open_promise(file)
    theirs = file.session.exec(
        select(Promise).where(Promise.case_id == other.id, Promise.state == "open")
    ).first()
    if own is None or theirs is None or theirs.due_at >= own.due_at:
        return
    file.bring_clock_forward("promise", None, theirs.due_at)
    own.state, own.decided_at, own.moved_by = "moved", file.now, "merge"
    file.records.add(
        Promise(case_id=file.case.id, what=own.what, told_at=theirs.told_at, due_at=theirs.due_at)
    )
    file.log("promise_moved", before=own.due_at, due=theirs.due_at, by="merge")


def _read(file: CaseFile, other: Case) -> None:
    words = file.session.get(CaseText, other.id)
    assert words is not None, "written with the case"
    letter = file.letters.receive(
        key=f"{file.case.ref}/merged/{other.ref}/{other.instance_no}", kind="message", channel=other.channel,
        language=other.language, body=words.text, at=file.now,
    )  # fmt: skip
    name = "very_negative" if other.sentiment == "very_negative" else "customer_message"
    file.raise_message(name, {"message": letter.id})


BINDINGS = (
    Binding("compare", compare),
    Binding("join_lead", join_lead),
    Binding("merge", merge),
    Binding("tell_joined", tell_joined),
    Binding("take_in", take_in),
)
