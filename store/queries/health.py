"""What operations look for when something seems wrong."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, and_, col, exists, func, or_, select

from store.tables import ActivityRow, Case, Incident, Letter, Tick

SHOWN = 20
"""Rows of one kind at most; the count says how many there are in all."""


LETTERS_LOOKED_AT = 200


def tidies_itself(session: Session) -> bool:
    """Whether the database counts its rows and clears away old ones by itself. Else plans are made for tables as they
    were when somebody last had them analysed, which may be empty ones."""
    if session.get_bind().dialect.name == "sqlite":
        return True
    return bool(session.connection().exec_driver_sql("SHOW autovacuum").scalar_one() == "on")


def waiting_cases(session: Session) -> int:
    """Open cases with nothing to be carried out: they wait for a person, the customer or a date."""
    busy = exists().where(
        col(ActivityRow.case_id) == col(Case.id), col(ActivityRow.state).in_(("ready", "claimed"))
    )
    query = select(func.count()).select_from(Case)
    query = query.where(col(Case.ended).is_(False), col(Case.kind) == "complaint", ~busy)
    return session.exec(query).one()


def open_incidents(session: Session) -> Sequence[tuple[str, Incident]]:
    """(ref, incident), the oldest first."""
    query = (
        select(Case.ref, Incident)
        .join(Case, col(Case.id) == col(Incident.case_id))
        .where(col(Incident.closed_at).is_(None))
        .order_by(col(Incident.id))
    )
    return session.exec(query.limit(SHOWN)).all()


def unclaimed_since(session: Session, machine_before: datetime) -> Sequence[tuple[str, ActivityRow]]:
    """(ref, activity) of those that nobody has claimed since, or whose claimant was lost; the oldest first."""
    query = (
        select(Case.ref, ActivityRow)
        .join(Case, col(Case.id) == col(ActivityRow.case_id))
        .where(
            or_(
                and_(
                    col(ActivityRow.state) == "ready", col(ActivityRow.not_before) < machine_before,
                    col(ActivityRow.ready_since) < machine_before,
                ),
                and_(col(ActivityRow.state) == "claimed", col(ActivityRow.lease_until) < machine_before),
            )
        )
        .order_by(col(ActivityRow.id))
    )  # fmt: skip
    return session.exec(query.limit(SHOWN)).all()


def stuck_letters(
    session: Session, process_before: datetime, machine_before: datetime
) -> Sequence[tuple[str, Letter]]:
    """(ref, letter) of those that should have gone by then and did not, and of those given up.

    One about no single complaint has its key for a ref.
    """
    query = (
        select(func.coalesce(Case.ref, Letter.key), Letter)
        .join(Case, col(Case.id) == col(Letter.case_id), isouter=True)
        .where(
            col(Letter.direction) == "out",
            or_(
                and_(
                    col(Letter.state) == "waiting", col(Letter.send_at) < process_before,
                    col(Letter.not_before) < machine_before,
                ),
                and_(col(Letter.state) == "sending", col(Letter.lease_until) < machine_before),
                and_(col(Letter.state) == "failed", col(Case.ended).is_not(True)),
            ),
        )
        .order_by(col(Letter.id))
    )  # fmt: skip
    return session.exec(query.limit(SHOWN)).all()


def newest_cases(session: Session, limit: int) -> Sequence[Case]:
    return session.exec(select(Case).order_by(col(Case.received_at).desc()).limit(limit)).all()


def newest_link(session: Session) -> str | None:
    """A link from the newest letter to a customer that has one."""
    sent = col(Letter.direction) == "out", col(Letter.audience) == "customer"
    query = select(Letter.links).where(*sent).order_by(col(Letter.id).desc())
    for links in session.exec(query.limit(LETTERS_LOOKED_AT)).all():
        if links:
            return str(next(iter(links.values())))
    return None


def ticks(session: Session) -> dict[str, datetime]:
    """When each clock process last looked, by its own machine's time."""
    return {row.name: row.at for row in session.exec(select(Tick)).all()}
