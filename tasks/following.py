"""Mass matters: members leave the work to the lead, and are answered with the lead's answer."""

from __future__ import annotations

from sqlmodel import col, select

from complaints.matters import too_many_low
from complaints.survey import SURVEY_RULES
from store.binding import Binding, Inputs, Outputs
from store.case_file import MAIN, CaseFile
from store.matters import low_scores, membership, terms_of
from store.tables import Case, Decision, InboxRow, Membership, Note, Option
from tasks.granting import grant
from tasks.promising import keep_promise
from tasks.writing import write_answer


def join_matter(file: CaseFile, _inputs: Inputs, _prepared: object) -> Outputs:
    """What was asked of people for this complaint alone is over; the lead's owner answers for it. Who was at work
    on it is told."""
    case = file.case
    lead = file.session.exec(select(Case).where(Case.ref == case.follows)).one()
    for item in file.items(cycle=case.cycle):
        if item.kind in (*MAIN, "collaborate") and item.status not in ("done", "waived", "cancelled"):
            if item.status == "confirmed" and item.assignee:
                told = {"lead": lead.ref, "work_item": item.id}
                file.tell.to_person(item.assignee, "matter_joined", told, suffix=f"/{item.id}")
            file.end_item(item, "cancelled")
    file.stop_clock("question", case.cycle)
    case.owner = lead.owner or case.owner
    row = membership(file) or Membership(
        case_id=case.id, cycle=case.cycle, lead_id=lead.id, joined_at=file.now
    )
    row.lead_id, row.joined_at = lead.id, file.now
    file.session.add(row)
    file.log("follows", lead=lead.ref, owner=case.owner)
    return {}


def tell_members(file: CaseFile, decision: Decision) -> None:
    """The lead has its answer: each open member hears of it by its inbox, once for this answer."""
    query = select(Case.id).where(Case.follows == file.case.ref, col(Case.ended).is_(False)).order_by(Case.id)
    members = file.session.exec(query).all()
    for member in members:
        file.session.add(InboxRow(
            case_id=member, name="matter_answered", payload={"decision": decision.id}, actor=file.case.ref,
            source="matter", external_id=f"{file.case.id}/{file.activation}/{member}", effective_at=file.now,
        ))  # fmt: skip
    if members:
        file.log("matter_answered", decision=decision.id, members=len(members))


def adopt_answer(file: CaseFile, inputs: Inputs, _prepared: object) -> Outputs:
    """The lead's decision, reason and remedy become this complaint's own, and its customer is answered."""
    given = file.session.get(Decision, inputs["decision"])
    if given is None:
        raise LookupError(f"{file.case.ref}: the answer {inputs['decision']} of its lead is not there")
    said = file.session.exec(
        select(Note).where(Note.case_id == given.case_id, Note.cycle == given.cycle, Note.kind == "solution")
        .order_by(col(Note.id).desc()).limit(1)
    ).first()  # fmt: skip
    options = file.options(given)
    chosen = next((o for o in options if o.chosen_at), None) or (options[0] if options else None)
    text = said.text if said is not None else chosen.text if chosen is not None else ""
    own = Decision(
        case_id=file.case.id, cycle=file.case.cycle, decision=given.decision, by=given.by, at=file.now,
        approved_by=given.approved_by,
    )  # fmt: skip
    number = file.records.numbered(own)
    option = None
    if chosen is not None:
        option = Option(
            decision_id=number, position=1, text=chosen.text, remedy=chosen.remedy, amount=chosen.amount,
            recommended=True, costs_customer=chosen.costs_customer, chosen_at=file.now,
        )  # fmt: skip
        file.session.add(option)
    if text:
        file.note("solution", text, by=given.by)
    file.case.decision = own.decision
    write_answer(file, own, text)
    if option is not None:
        grant(file, own, option)
    keep_promise(file)
    row = membership(file)
    if row is not None:
        row.answered_in = given.cycle
        file.session.add(row)
    return {"answered_at": file.now}


def tell_lead_of_low_scores(file: CaseFile) -> None:
    """A member's score is final. When it makes too many low ones among those answered together, their lead hears of
    it by its inbox, once for that answer."""
    case, survey = file.case, file.survey(file.case.cycle)
    if survey is None or survey.score is None or survey.score > SURVEY_RULES.low:
        return
    row = membership(file)
    if row is None or row.answered_in is None:
        return
    session = file.session
    session.flush()
    # held until the commit: of two members at once the second counts the first, and the lead is told once
    held = select(Case).where(Case.id == row.lead_id).with_for_update(key_share=True)
    lead = session.exec(held.execution_options(populate_existing=True)).one()
    terms = terms_of(file.definitions, lead.category)
    low, members = low_scores(session, lead.id, row.answered_in)
    key = f"low/{lead.id}/{row.answered_in}"
    known = select(InboxRow.id).where(InboxRow.source == "matter", InboxRow.external_id == key)
    if terms is None or not too_many_low(low, members, terms.low_percent) or session.exec(known).first():
        return
    session.add(InboxRow(
        case_id=lead.id, name="low_scores", payload={"cycle": row.answered_in, "low": low, "members": members},
        actor=case.ref, source="matter", external_id=key, effective_at=file.now,
    ))  # fmt: skip


BINDINGS = (
    Binding("join_matter", join_matter),
    Binding("adopt_answer", adopt_answer, inline=False),
)
