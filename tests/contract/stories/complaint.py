"""One complaint as a story tells it: what people and the customer do to it, and how it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NoReturn

from sqlmodel import Session, col, select

from cases.requests.customer import AnswerSurvey
from cases.requests.work import ActOnItem
from complaints.acting import Actor
from store.tables import Case, ClockRow, Dispatch, History, Incident, Letter, Promise, Survey, WorkItem
from tests.contract.casework import Built

TEXTS = {
    "light": "请问我的包裹到哪里了？显示昨天已经出库，想知道什么时候能送到，谢谢。",
    "medium": "退货不退款，商家四五天不回信息，商品有问题也不理人",
    "severe": "昨晚充电宝充电的时候突然起火，沙发烧了一个洞，孩子的手被烫伤，正在医院处理，你们必须给个说法！",
    "unclear": "那个东西不太对，跟之前说的有点出入，你们看着办吧。",
}
"""What the keyword reader grades as each tier; of "unclear" it is not sure."""


@dataclass
class Complaint:
    """A complaint under way. Every act is followed by all the work that it makes ready."""

    house: Built
    ref: str
    answers: int = 0
    """How often the customer answered a survey; each answer spends a nonce of its own."""

    # --- how it stands

    def _reading(self) -> Session:
        return Session(self.house.casework.database.engine.execution_options(changes=False))

    @property
    def case(self) -> Case:
        with self._reading() as session:
            return session.exec(select(Case).where(Case.ref == self.ref)).one()

    @property
    def head(self) -> str:
        """Head of the department that has the case."""
        return self.house.casework.books.organisation.department(str(self.case.department)).head

    @property
    def now(self) -> datetime:
        return self.house.clock.now

    def items(self, kind: str | None = None) -> list[WorkItem]:
        with self._reading() as session:
            query = select(WorkItem).where(WorkItem.case_id == self.case.id).order_by(col(WorkItem.id))
            return [item for item in session.exec(query).all() if kind in (None, item.kind)]

    def item(self, number: int | None) -> WorkItem:
        return next(item for item in self.items() if item.id == number)

    def open_item(self, action: str, kind: str | None = None) -> WorkItem:
        """The one work item that takes this action now."""
        found = [item for item in self.items(kind) if action in item.actions]
        held = [(i.id, i.kind, i.status, i.assignee, i.actions) for i in self.items()]
        assert len(found) == 1, f"{len(found)} items take {action!r}: {held}; waits for {self.case.waiting}"
        return found[0]

    def takes(self, action: str, kind: str | None = None) -> bool:
        return any(action in item.actions for item in self.items(kind))

    def letters(self, kind: str | None = None, *, to: str | None = None) -> list[Letter]:
        """Letters written, oldest first: `to` is "customer" or a staff id."""
        with self._reading() as session:
            query = select(Letter).where(Letter.case_id == self.case.id, Letter.direction == "out")
            rows = session.exec(query.order_by(col(Letter.id))).all()
        return [
            row for row in rows
            if kind in (None, row.kind) and to in (None, row.person if row.person else row.audience)
        ]  # fmt: skip

    @property
    def told(self) -> list[str]:
        """Templates of the letters to the customer, in order; those planned for a later day are not told yet."""
        planned = self.now + timedelta(days=1)
        return [x.key.split("/")[3] for x in self.letters(to="customer") if x.send_at < planned]

    def clock(self, name: str, key: object = "") -> ClockRow:
        """The newest clock of that name and key."""
        with self._reading() as session:
            query = select(ClockRow).where(
                ClockRow.case_id == self.case.id, ClockRow.name == name, ClockRow.key == str(key)
            )
            return session.exec(query.order_by(col(ClockRow.round).desc())).first() or _missing(name, key)

    def state_of(self, name: str, key: object = "") -> str:
        """met, breached, running, paused or cancelled."""
        with self.house.casework.reading(self.ref) as file:
            row = file.clocks.row(name, key or None)
            return str(file.clocks.value(row or _missing(name, key)).state(self.now))

    @property
    def promises(self) -> list[str]:
        return [promise.state for promise in self.promise_rows]

    @property
    def promise_rows(self) -> list[Promise]:
        with self._reading() as session:
            query = select(Promise).where(Promise.case_id == self.case.id).order_by(col(Promise.id))
            return list(session.exec(query).all())

    @property
    def survey(self) -> Survey:
        with self._reading() as session:
            query = select(Survey).where(Survey.case_id == self.case.id).order_by(col(Survey.cycle).desc())
            return session.exec(query).first() or _missing("survey")

    @property
    def incidents(self) -> list[Incident]:
        with self._reading() as session:
            query = select(Incident).where(Incident.case_id == self.case.id).order_by(col(Incident.id))
            return list(session.exec(query).all())

    def history(self, what: str) -> list[dict[str, object]]:
        with self._reading() as session:
            query = select(History).where(History.case_id == self.case.id, History.what == what)
            return [line.data for line in session.exec(query.order_by(col(History.seq))).all()]

    def lines(self, what: str) -> list[History]:
        with self._reading() as session:
            query = select(History).where(History.case_id == self.case.id, History.what == what)
            return list(session.exec(query.order_by(col(History.seq))).all())

    def dispatches(self, item: int | None) -> list[tuple[str, str | None]]:
        """Who was offered an item, and how each offer ended."""
        with self._reading() as session:
            query = select(Dispatch).where(Dispatch.item_id == item).order_by(col(Dispatch.id))
            return [(row.person, row.how) for row in session.exec(query).all()]

    def judgements(self, item: int | None) -> list[str | None]:
        """How the declines of an item were judged, in their order."""
        with self._reading() as session:
            query = select(Dispatch).where(Dispatch.item_id == item, Dispatch.how == "declined")
            return [row.judged for row in session.exec(query.order_by(col(Dispatch.id))).all()]

    # --- what people do

    def actor(self, person: str | None) -> Actor:
        assert person is not None, "the item is with nobody"
        return Actor(person, "specialist")

    def act(
        self, action: str, *, kind: str | None = None, by: str | None = None, item: int | None = None,
        **more: object,
    ) -> WorkItem:  # fmt: skip
        """The person an item is with acts on it (or `by` somebody else). The item as it was before."""
        before = self.item(item) if item is not None else self.open_item(action, kind)
        assert before.id is not None
        request = ActOnItem(before.id, action, self.actor(by or before.assignee), **more)  # type: ignore[arg-type]
        self.house.step(self.ref, request)
        return before

    def resolve(self, **more: object) -> WorkItem:
        given = {"solution": "全额退款并道歉", "cause": "商家拖延退款", **more}
        return self.act("resolve", **given)  # type: ignore[arg-type]

    def ask(self, request: object) -> object:
        return self.house.step(self.ref, request)

    def score(self, score: int, *, leave: bool = False, nonce: str | None = None) -> object:
        self.answers += 1
        nonce = nonce or f"{self.ref}-{self.answers}"
        return self.ask(AnswerSurvey(cycle=self.case.cycle, score=score, leave=leave, nonce=nonce))

    def wait(self, **length: float) -> None:
        self.house.pass_time(**length)

    def until_asked(self) -> None:
        """Let time pass until the survey of this cycle has gone out."""
        self.house.clock.now = max(self.now, self.survey.ask_at)
        self.wait(seconds=0)
        assert self.survey.state == "sent"


def _missing(what: str, key: object = "") -> NoReturn:
    raise AssertionError(f"there is no {what} {key}".strip())


def complaint_of(house: Built, tier: str, **given: object) -> Complaint:
    """File a complaint that will be graded `tier`."""
    text = str(given.pop("text", TEXTS[tier]))
    given.setdefault("order_id", f"O{26110801 + house.filed}")  # a matter of its own
    story = Complaint(house, house.file(text, **given))
    if tier in ("light", "medium", "severe"):
        assert story.case.tier == tier, f"graded {story.case.tier}, not {tier}"
    return story
