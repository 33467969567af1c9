"""Whether the kept history is whole: every chain to its head, every anchor to the day before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from runtime.secrets import SecretName
from runtime.wiring import Wiring
from store.anchors import agrees, broken_anchors
from store.history import Broken, broken_chains
from store.tables import Anchor, Case, History

BATCH = 200


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found whole or broken, and up to where an anchor vouches."""

    cases: int
    lines: int
    chains: tuple[Broken, ...]
    anchored: int
    """Days with an anchor."""
    anchors: tuple[str, ...]
    """Days whose anchor does not chain to the one before, or disagrees with the chains."""
    vouched: str | None
    """The newest day whose anchor agrees with the chains."""
    younger: int
    """Lines younger than that anchor."""

    @property
    def whole(self) -> bool:
        return not self.chains and not self.anchors

    @property
    def unknown(self) -> str:
        """What nobody can say from this store alone."""
        since = (
            f"written since the anchor of {self.vouched}"
            if self.vouched
            else "of cases, for no anchor vouches yet"
        )
        return (
            f"{self.younger} lines {since}: if somebody who may write to the database cut such lines off the end of "
            "a chain and set the head of its case back, this cannot tell"
        )


def verify(wiring: Wiring, progress: Callable[[int], None] = lambda _: None) -> Verified:
    """Read every line of every case. Works in batches and holds nothing up."""
    secret = wiring.secrets[SecretName.HISTORY]
    chains: list[Broken] = []
    cases, after = 0, ""
    while True:
        with wiring.database.read() as session:
            batch = session.exec(
                select(Case).where(col(Case.id) > after).order_by(col(Case.id)).limit(BATCH)
            ).all()
            chains += broken_chains(session, secret, batch)
        if not batch:
            break
        cases, after = cases + len(batch), batch[-1].id
        progress(cases)
    with wiring.database.read() as session:
        broken = broken_anchors(session, secret)
        vouching, disagreeing = _newest_comparable(session, secret)
        lines = select(func.count()).select_from(History)
        younger = lines if vouching is None else lines.where(col(History.at) > vouching.at)
        return Verified(
            cases=cases, lines=session.exec(lines).one(), chains=tuple(chains),
            anchored=session.exec(select(func.count()).select_from(Anchor)).one(),
            anchors=tuple(sorted({*broken, *disagreeing})),
            vouched=vouching.day if vouching else None, younger=session.exec(younger).one(),
        )  # fmt: skip


def _newest_comparable(session: Session, secret: bytes) -> tuple[Anchor | None, list[str]]:
    """The newest anchor that agrees with the chains, and the days of newer ones that do not."""
    disagreeing: list[str] = []
    for anchor in session.exec(select(Anchor).order_by(col(Anchor.day).desc())).all():
        agreed = agrees(session, secret, anchor)
        if agreed:
            return anchor, disagreeing
        if agreed is False:
            disagreeing.append(anchor.day)
    return None, disagreeing
