"""Ten open complaints of one cause make a mass matter: a clock compares what was newly graded with the others.

One clock at a time, in one transaction that locks no case: lead and members are asked by their inboxes, and each
judges in its own step whether it still holds. See docs/decisions/0016-matters-that-make-themselves.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from sqlmodel import Session

from cases.casework import Casework
from cases.requests.gathering import GATHERER
from complaints.matters import Candidate, Terms, lead_of, own_harm, together
from store.database import alone, turn_into
from store.matters import terms_of
from store.process_time import circumstances
from store.queries import matters
from store.queries.matters import Fresh, OfCause
from store.seams import Change
from store.tables import InboxRow

MOST = 500
"""Newly graded complaints that one look compares; the rest waits for the next."""


def newly_graded(casework: Casework) -> str | None:
    """Id of a complaint that is to be compared with others of its cause; None when there is none."""
    with casework.database.read() as session:
        return next((one.case_id for one in matters.fresh(session, 1)), None)


def gather(casework: Casework) -> bool:
    """Compare the newly graded with the others of their cause. False when there are none, or another clock does."""
    with casework.database.write(Change.GATHER) as session:
        if not alone(session.connection()):
            turn_into(session, None)
            return False
        fresh = matters.fresh(session, MOST)
        if not fresh:
            return False
        at = circumstances(session, casework.machine_clock())
        live = at.live or casework.shelf.live(session)
        definitions = casework.shelf.definitions(session, live, live)
        terms = {
            one.cause: found for one in fresh if (found := terms_of(definitions, one.category)) is not None
        }
        if terms:
            _compare(session, fresh, terms, at.now)
        matters.note_looked(session, [one.case_id for one in fresh])
        return True


def _compare(session: Session, fresh: Iterable[Fresh], terms: Mapping[str, Terms], now: datetime) -> None:
    """Ask leads and members of the matters that these make, or that run already."""
    lead_of_cause = matters.running(session, terms)
    since = min(one.at for one in fresh) - timedelta(hours=max(one.hours for one in terms.values()))
    often = matters.frequent(session, terms, since, min(one.needed for one in terms.values()))
    wanted: dict[str, tuple[str, dict[str, object]]] = {}
    for cause, those in matters.open_of(session, {*lead_of_cause, *often}, since).items():
        candidates = [_judged(one, terms[cause]) for one in those]
        known = lead_of_cause.get(cause)
        if known is not None:
            new = {one.candidate.case_id for one in those if one.fresh}
            joining = [one for one in candidates if one.joins and one.case_id in new and one.ref != known]
        else:
            chosen = together(candidates, terms[cause])
            lead = lead_of(chosen)
            if lead is None:
                continue
            known = lead.ref
            joining = [one for one in chosen if one.joins and one is not lead]
            matters.note_lead(session, lead.case_id)
            wanted[f"leads/{lead.case_id}"] = ("leads_matter", {"others": len(joining)})
        for one in joining:
            wanted[f"gathered/{known}/{one.case_id}"] = ("gathered", {"lead": known})
    before = matters.asked_before(session, wanted)
    for key, (name, payload) in wanted.items():
        if key not in before:
            session.add(InboxRow(
                case_id=key.rpartition("/")[2], name=name, payload=payload, actor=GATHERER, source="matter",
                external_id=key, effective_at=now,
            ))  # fmt: skip


def _judged(one: OfCause, terms: Terms) -> Candidate:
    """A customer with own harm counts, and is handled apart."""
    hurt = own_harm(injury=one.injury, loss=one.loss, said=one.own_harm, least=terms.own_loss)
    return replace(one.candidate, joins=one.candidate.joins and not hurt)
