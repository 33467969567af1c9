"""What a complaint keeps for mass matters: its cause, its own harm, and how content those were who followed."""

from __future__ import annotations

import hmac
from collections.abc import Mapping

from sqlmodel import Session, and_, col, func, select

from bpmn.link import Definitions
from complaints.matters import Terms, common, own_harm
from complaints.survey import SURVEY_RULES
from store.case_file import CaseFile
from store.tables import Case, Cause, Membership, Survey

TABLE = "matter"
NO_CAUSE = ""
"""Of a complaint whose category or object was corrected: it has nothing in common with others now."""


def terms_of(definitions: Definitions, category: str | None) -> Terms | None:
    """What the live table says of a category; None where an installation's own tables have none."""
    table = definitions.live.get(TABLE)
    if table is None or category is None:
        return None
    found = table.decide({"category": category}).result
    assert isinstance(found, Mapping), "one row: what it must give is checked when it is published"
    return Terms.of(found)


def note_cause(file: CaseFile, *, first: bool) -> None:
    """Keep the cause that the grade gives it, so that a clock compares it with others. `first`: it has none yet."""
    digest = _digest(file)
    row = None if first else file.session.get(Cause, file.case.id)
    if row is None:
        if digest != NO_CAUSE:
            file.session.add(Cause(case_id=file.case.id, cause=digest, at=file.case.received_at))
    elif row.cause != digest:
        row.cause, row.looked, row.leads = digest, digest == NO_CAUSE, False
        file.session.add(row)


def _digest(file: CaseFile) -> str:
    case = file.case
    if not (case.product or case.region):
        return NO_CAUSE
    terms = terms_of(file.definitions, case.category)
    shared = common(terms.same, case.product, case.region) if terms is not None else None
    if terms is None or shared is None:
        return NO_CAUSE
    said = "\0".join(("cause", str(case.category), terms.same, shared))
    return hmac.digest(file.secret, said.encode(), "sha256").hex()[:32]


def has_own_harm(case: Case, terms: Terms | None) -> bool:
    """Whether its customer is handled apart, whatever others complain of."""
    return terms is not None and own_harm(
        injury=case.injury, loss=case.loss, said=case.own_harm, least=terms.own_loss
    )


def membership(file: CaseFile) -> Membership | None:
    """Whom it follows, or followed, in its present cycle."""
    return file.session.get(Membership, (file.case.id, file.case.cycle))


def low_scores(session: Session, lead_id: str, cycle: int) -> tuple[int, int]:
    """Of those answered with the lead in this cycle of it: how many scored low for good, and how many there are."""
    scored = and_(
        col(Survey.case_id) == col(Membership.case_id),
        col(Survey.cycle) == col(Membership.cycle),
        col(Survey.state) == "frozen",
        col(Survey.score) <= SURVEY_RULES.low,
    )
    query = (
        select(func.count(col(Survey.case_id)), func.count(col(Membership.case_id)))
        .join_from(Membership, Survey, scored, isouter=True)
        .where(Membership.lead_id == lead_id, Membership.answered_in == cycle)
    )
    low, members = session.exec(query).one()
    return low, members
