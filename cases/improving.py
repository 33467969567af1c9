"""Improvement actions: opened from a finding, by hand, or from what a withdrawn complaint leaves behind."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlmodel import Session, select

from cases.casework import Casework
from cases.errors import NotWanted
from cases.requests.improving import CauseReturned, check_due
from complaints.acting import Actor
from complaints.effects import NoExpectation, check_expected
from complaints.errors import Refusal, near
from complaints.reference import IMPROVEMENT, NUMBERS, make_ref, parse_ref
from complaints.staffing import holder
from store.improvements import measured
from store.process_time import circumstances
from store.queries.figures import FIGURES
from store.queries.improvements import done_for_findings, month_that_names, owing
from store.tables import Case, Improvement, OwedImprovement

KIND, PROCESS, OPENED = "improvement", "improvement", "improvement_opened"
USUAL_TIME = timedelta(days=30)
"""What an action gets that the system opens itself (O)."""
LONGEST_TITLE, LONGEST_WORDS, LONGEST_FINDING, LONGEST_GROUP = 200, 4_000, 300, 200
REVIEW = Actor("monthly review", "ops")
"""Who says that a later month names the issue again."""


class NoSuchGroup(Refusal):
    """A breakdown that the figure does not have."""

    code = "no-such-breakdown"


@dataclass(frozen=True, slots=True)
class Opening:
    """What is to change. `figure`, broken down by `dimension` to the group `group_key`, is to move by
    `expected_percent`; without a figure a person judges the effect."""

    title: str
    what: str
    owner: str
    due_at: datetime
    who: Actor
    figure: str | None = None
    dimension: str | None = None
    group_key: str | None = None
    expected_percent: int | None = None
    finding: str | None = None
    source: str | None = None
    origin: str = "person"
    language: str = "zh"


def open_improvement(casework: Casework, session: Session, opening: Opening) -> Case:
    """Write the action and run its process up to the first wait. The caller commits."""
    at = circumstances(session, casework.machine_clock())
    _check(casework, opening, at.now)
    owner = casework.books.organisation.person(opening.owner)
    identity = str(uuid4())
    case = Case(
        id=identity, kind=KIND, ref=_free_ref(session, at.now), bundle=at.live or casework.shelf.live(session),
        channel=KIND, external_id=identity, language=opening.language, occurred_at=at.now, received_at=at.now,
        status="proposed", cycle_started_at=at.now, owner=owner.id, department=owner.department,
    )  # fmt: skip
    session.add(case)
    session.flush()
    action = Improvement(
        case_id=case.id, origin=opening.origin, finding=opening.finding, source=opening.source,
        title=opening.title.strip(), what=opening.what.strip(), figure=opening.figure, dimension=opening.dimension,
        group_key=opening.group_key, expected_percent=opening.expected_percent, owner=owner.id,
        due_at=opening.due_at, opened_by=opening.who.name, opened_at=at.now,
    )  # fmt: skip
    before = measured(session, action, at.now)
    action.baseline, action.baseline_n = before.value, before.n
    session.add(action)
    session.flush()
    file = casework.open_file(session, case, actor=opening.who.name, at=at, new=True)
    file.log(
        "improvement_opened", origin=opening.origin, figure=opening.figure, source=opening.source,
        digest=file.history.digest(f"{action.title}\n{action.what}"),
    )  # fmt: skip
    passage = casework.passage(file)
    passage.begin(OPENED, {}, process=PROCESS)
    passage.settle()
    return case


def owed_by(casework: Casework, limit: int = 20) -> Sequence[str]:
    """Ids of withdrawn complaints whose action is still to be opened; not those at fault."""
    with casework.database.read() as session:
        return owing(session, limit)


def open_owed(casework: Casework, case_id: str) -> bool:
    """Open the action that a withdrawn complaint owes. False when another clock did."""
    with casework.database.write() as session:
        owed = session.get(OwedImprovement, case_id, with_for_update=True)
        if owed is None or owed.opened is not None:
            return False
        owed.opened = open_improvement(casework, session, _owed(casework, session, owed)).ref
        session.add(owed)
        return True


def named_again(casework: Casework) -> Sequence[tuple[str, str]]:
    """(case id, finding) of what was done for an issue that a frozen month after it names again.

    A month that lies before the newest round was done says nothing of it, so none is named twice for one round.
    """
    with casework.database.read() as session:
        return [
            (case_id, f"{month}/{kind}/{key}")
            for case_id, finding, done_at in done_for_findings(session)
            for _, kind, key in (parts_of(finding),)
            if (month := month_that_names(session, kind, key, f"{done_at:%Y-%m}")) is not None
        ]


def hear(casework: Casework, case_id: str, finding: str) -> bool:
    """Let the action begin another round. False while it is just being measured: the next look tells."""
    try:
        casework.step(case_id, CauseReturned(REVIEW, finding))
    except NotWanted:
        return False
    return True


def parts_of(finding: str) -> tuple[str, str, str]:
    """Month, kind and key of a finding."""
    month, _, issue = finding.partition("/")
    kind, _, key = issue.partition("/")
    return month, kind, key


def _owed(casework: Casework, session: Session, owed: OwedImprovement) -> Opening:
    """What a withdrawn complaint leaves to be done: with the head of its department, or the improvement manager."""
    source = session.get(Case, owed.case_id)
    assert source is not None, "the foreign key holds"
    books, now = casework.books, circumstances(session, casework.machine_clock()).now
    known = source.department in books.organisation.departments
    head = books.organisation.departments[str(source.department)].head if known else None
    manager = holder(books.organisation, "improver", now).person
    owner = head or (manager.id if manager is not None else source.owner)
    assert owner is not None, "a duty has a holder"
    category = books.name("category", source.category or "other", source.language)
    why = books.name("owed", owed.why, source.language)
    return Opening(
        title=f"{why}: {category} ({source.ref})"[:LONGEST_TITLE], what=why, owner=owner,
        due_at=now + USUAL_TIME, who=Actor("amends", "ops"), source=source.ref, origin="withdrawal",
        figure="received", dimension="category", group_key=source.category, expected_percent=-25,
        language=source.language,
    )  # fmt: skip


def improvement_ref(text: str) -> str:
    """The reference of an action as we write it; `MistypedReference` with what was meant."""
    return parse_ref(text, IMPROVEMENT)


def _check(casework: Casework, opening: Opening, now: datetime) -> None:
    if not opening.title.strip() or len(opening.title) > LONGEST_TITLE:
        raise NotWanted(f"an improvement action needs a title of 1 to {LONGEST_TITLE} characters")
    if not opening.what.strip():
        raise NotWanted("say what is to change, so that its owner knows what to do (--what)")
    check_due(opening.due_at, now)
    for name, text, longest in (
        ("what is to change", opening.what, LONGEST_WORDS), ("finding", opening.finding, LONGEST_FINDING),
        ("group", opening.group_key, LONGEST_GROUP),
    ):  # fmt: skip
        if len(text or "") > longest:
            raise NotWanted(f"{name} is over {longest:,} characters: shorten it")
    if opening.figure is None:
        if opening.dimension or opening.group_key or opening.expected_percent is not None:
            raise NoExpectation("name the figure that is to move, or leave dimension, group and change out")
        return
    if opening.figure not in FIGURES:
        raise NoSuchGroup(f"there is no figure {opening.figure!r}{near(opening.figure, FIGURES)}")
    if opening.expected_percent is None:
        raise NoExpectation(f"say by how much {opening.figure} is to move, -25 for a quarter less")
    check_expected(opening.expected_percent)
    known = [str(one) for one in FIGURES[opening.figure].dimensions]
    if opening.dimension is not None and opening.dimension not in known:
        raise NoSuchGroup(
            f"{opening.figure} cannot be broken down by {opening.dimension!r}: choose {', '.join(known)}"
        )
    if (opening.dimension is None) != (opening.group_key is None):
        raise NoSuchGroup("name both the dimension and its group, or neither")


def _free_ref(session: Session, now: datetime) -> str:
    while True:
        ref = make_ref(now, secrets.randbelow(NUMBERS), IMPROVEMENT)
        if session.exec(select(Case.id).where(Case.ref == ref)).first() is None:
            return ref
