"""The player of a trial: acts as staff, customers and ops on the sample complaints, so that every state is seen.

Its choices follow from the case's id alone, so two trials play alike. With the adjustable clock it lets
process time run for the first days and then leaves the clock alone.
"""

from __future__ import annotations

import hashlib
import logging
import signal
import threading
from collections.abc import Callable
from datetime import timedelta

from sqlmodel import Session, col, select

from cases.requests.customer import AnswerSurvey, ChooseOption
from cases.requests.direction import End
from cases.requests.work import ActOnItem, ProposedOption
from cases.subject import about
from cases.sweeping import play
from complaints.acting import Actor
from complaints.errors import Refusal
from process_definitions.catalogue import load_samples
from runtime.samples import TRICKLE, file
from runtime.wiring import Wiring
from store.tables import Case, Survey, WorkItem

SECONDS_A_MOVE = 2.0
FAST_HOURS = 44
"""Process hours that are played fast after the first start."""
HOUR = timedelta(hours=1)
WORDS = {
    "zh": ("已核实情况，按规定为您处理。", "与客户核对订单和记录后确认属实", "手头案件较多，请改派"),
    "en": (
        "We checked what happened and are putting it right.",
        "confirmed from the order record",
        "too much on my desk",
    ),
}
log = logging.getLogger("amends.player")


def run(wiring: Wiring) -> None:
    """Play until SIGTERM or SIGINT."""
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    player = Player(wiring)
    while not stopped.wait(SECONDS_A_MOVE):
        player.move()


class Player:
    """One move: file a late sample, act on what is open, perhaps let an hour pass."""

    def __init__(self, wiring: Wiring) -> None:
        self._wiring, self._casework = wiring, wiring.casework
        self._late = list(load_samples()[-TRICKLE:])
        self._moves = 0
        self._hours = 0 if self._is_young() else FAST_HOURS

    def move(self) -> None:
        self._moves += 1
        if self._late and self._moves % 5 == 0:
            file(self._wiring, [self._late.pop(0)])
        for act in self._choose():
            try:
                act()
            except Refusal as refusal:
                log.info("refused: %s", refusal, extra={"ref": about(refusal)})
        if self._wiring.settings.clock == "adjustable" and self._hours < FAST_HOURS:
            self._hours += 1
            play(self._casework, HOUR, self._wiring.deliver, _breathe, patience=timedelta(seconds=8))

    def _is_young(self) -> bool:
        """No case is closed yet: the trial has just begun."""
        with self._casework.database.read() as session:
            return (
                session.exec(select(Case.id).where(col(Case.closed_at).is_not(None)).limit(1)).first() is None
            )

    def _choose(self) -> list[Callable[[], object]]:
        with self._casework.database.read() as session:
            return [*self._staff(session), *self._customers(session), *self._ops(session)]

    def _staff(self, session: Session) -> list[Callable[[], object]]:
        query = select(WorkItem, Case).join(Case, col(Case.id) == col(WorkItem.case_id))
        found = session.exec(query.where(col(WorkItem.activation).is_not(None))).all()
        return [
            lambda item=item, case=case: self._act(item, case)  # type: ignore[misc]
            for item, case in found
            if _roll(case.id, "lazy", item.cycle) >= 12
            or item.kind not in ("resolve", "collaborate", "fulfil")
        ]

    def _act(self, item: WorkItem, case: Case) -> None:
        assert item.id is not None
        solution, cause, reason = WORDS["en" if case.language.startswith("en") else "zh"]
        who = Actor(item.assignee or "", "specialist")
        open_to = set(item.actions)
        roll = _roll(case.id, item.kind, item.cycle)

        def do(action: str, **fields: object) -> None:
            self._casework.step(case.id, ActOnItem(item.id or 0, action, who, **fields))  # type: ignore[arg-type]

        if "confirm" in open_to:
            if roll < 15 and case.cycle == 1:
                do("decline", reason=reason)
            else:
                do("confirm")
        elif "resolve" in open_to:
            options: tuple[ProposedOption, ...] = ()
            if roll >= 75:
                options = (
                    ProposedOption(solution, "refund", 8_800, recommended=True),
                    ProposedOption(solution, "replacement", costs_customer=True),
                )
            remedy = "compensation" if 30 <= roll < 60 else None
            amount = 5_000 if remedy else None
            do("resolve", solution=solution, cause=cause, remedy=remedy, amount=amount, options=options)
        elif "approve" in open_to:
            do("approve")
        elif "extend" in open_to:
            do("extend", reason=reason)
        elif "assign" in open_to:
            head = self._wiring.catalogue.organisation.department(case.department or "customer_care").head
            do("assign", handler=head)
        elif "done" in open_to:
            do("done", judged=("misrouted", "passed_on")[roll % 2] if item.kind == "judge" else None)

    def _customers(self, session: Session) -> list[Callable[[], object]]:
        moves: list[Callable[[], object]] = []
        asked = (
            select(Survey, Case).join(Case, col(Case.id) == col(Survey.case_id)).where(Survey.state == "sent")
        )
        for survey, case in session.exec(asked).all():
            roll = _roll(case.id, "score", survey.cycle if case.tier != "severe" else 1)
            if roll < 15:
                continue  # never answers
            score = 2 if roll < 40 else 4 if roll < 65 else 5
            leave = score <= 3 and roll < 22
            moves.append(self._answer(case.id, survey.cycle, score, leave))
        choosing = select(Case).where(Case.status == "waiting_customer")
        moves += [
            lambda case=case: self._casework.step(case.id, ChooseOption(1))  # type: ignore[misc]
            for case in session.exec(choosing).all()
            if _roll(case.id, "choose", case.cycle) >= 40
        ]
        return moves

    def _answer(self, case_id: str, cycle: int, score: int, leave: bool) -> Callable[[], object]:
        return lambda: self._casework.step(
            case_id, AnswerSurvey(cycle, score, leave, nonce=f"player/{case_id}/{cycle}")
        )

    def _ops(self, session: Session) -> list[Callable[[], object]]:
        """One case is withdrawn, one void, one merged: once each, early in the trial."""
        if self._moves != 3:
            return []
        ops = Actor("player", "ops")
        cases = session.exec(
            select(Case)
            .where(Case.kind == "complaint", col(Case.ended).is_(False))
            .order_by(col(Case.received_at))
        ).all()
        if len(cases) < 6:
            return []
        ends = (
            (cases[-1], End("withdrawn", ops, "the customer settled it with the shop", by_customer=True)),
            (cases[-2], End("voided", ops, "a test message")),
            (cases[-3], End("merged", ops, "the same matter", into=cases[0].ref)),
        )
        return [lambda case=case, end=end: self._casework.step(case.id, end) for case, end in ends]  # type: ignore[misc]


def _roll(case_id: str, what: str, cycle: int) -> int:
    """0 to 99, the same for the same case, matter and cycle."""
    digest = hashlib.sha256(f"{case_id}/{what}/{cycle}".encode()).digest()
    return int.from_bytes(digest[:4], "big") % 100


def _breathe() -> None:
    threading.Event().wait(0.1)
