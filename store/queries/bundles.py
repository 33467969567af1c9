"""Published bundles and how many open complaints run on each."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_
from sqlmodel import Session, col, func, select

from store.tables import Bundle, Case


def published(session: Session) -> Sequence[tuple[Bundle, int]]:
    """Every bundle with its open complaints, newest first."""
    on_it = and_(col(Case.bundle) == col(Bundle.hash), col(Case.ended).is_(False))
    counts = (
        select(col(Bundle.hash).label("hash"), func.count(col(Case.id)).label("running"))
        .outerjoin(Case, on_it)
        .group_by(col(Bundle.hash))
        .subquery()
    )
    query = select(Bundle, counts.c.running).join(counts, col(Bundle.hash) == counts.c.hash)
    found = session.exec(query.order_by(col(Bundle.published_at).desc(), col(Bundle.hash))).all()
    return [(bundle, int(running)) for bundle, running in found]


def in_use(session: Session) -> Sequence[tuple[Bundle, int]]:
    """Bundles that open complaints run on."""
    return [(bundle, running) for bundle, running in published(session) if running]


def named(session: Session, beginning: str) -> Sequence[str]:
    """The hashes of published bundles that begin so, two at most: one is meant, none is unknown, two are unclear."""
    query = select(Bundle.hash).where(col(Bundle.hash).startswith(beginning, autoescape=True))
    return session.exec(query.order_by(col(Bundle.hash)).limit(2)).all()
