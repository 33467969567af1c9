"""Actions on work items: the steps of people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bpmn.events import Completed, Message, Value
from cases.errors import CaseEnded, NotWanted
from cases.passage import Passage
from cases.requests.asking import ask_customer, it_came
from cases.requests.customer import check_choice
from cases.requests.promising import promise_anew
from complaints.acting import Actor, check_may_act
from complaints.declines import check_judgement
from complaints.errors import NotYours, TooLate, need_reason
from complaints.items import waive
from complaints.remedies import check_approver, check_decider, check_remedy
from complaints.survey import parse_score
from store.case_file import ASKED, FINISHED, MAIN, CaseFile
from store.collaboration import list_of, release
from store.tables import Decision, Option, WorkItem


@dataclass(frozen=True, slots=True)
class ProposedOption:
    """One way to put it right. `amount` in minor units; `costs_customer`: taking it costs a right or effort."""

    text: str
    remedy: str | None = None
    amount: int | None = None
    recommended: bool = False
    costs_customer: bool = False


@dataclass(frozen=True, slots=True)
class ActOnItem:
    """One action of one person on one work item. Which of the fields matter depends on the action."""

    item_id: int
    action: str
    who: Actor
    reason: str = ""
    solution: str = ""
    cause: str = ""
    decision: str = "upheld"
    remedy: str | None = None
    amount: int | None = None
    options: tuple[ProposedOption, ...] = ()
    handler: str | None = None
    department: str | None = None
    instead: str = ""
    text: str = ""
    score: object = None
    leave: bool = False
    choice: int | None = None
    judged: str | None = None
    """How declines are judged, misrouted or passed_on: by whoever assigns the work anew, or is asked to judge."""
    thing: str = ""
    """What the customer is asked for, by name."""
    until: datetime | None = None
    """A new date for the customer, by whoever owns the answer."""

    @property
    def actor(self) -> str:
        return self.who.name

    def apply(self, file: CaseFile, passage: Passage) -> None:
        item = file.item(self.item_id)
        owned = _main_item(file, item) if self.action == "waive" else item
        try:
            check_may_act(
                self.who, file.books.organisation, item=self.item_id, assignee=owned.assignee, duty=owned.duty,
                department=owned.department, now=file.now,
            )  # fmt: skip
        except NotYours:
            if any(dispatch.person == self.actor for dispatch in file.dispatches(self.item_id)):
                raise TooLate(str(self.item_id), item.assignee) from None  # it was theirs, and went on
            raise
        if file.case.ended and self.action != "note":
            raise CaseEnded(
                f"{file.case.ref} is {file.case.status}: work item {self.item_id} needs no action"
            )
        beside = BESIDE.get(self.action)
        if self.action == "extend" and item.kind in MAIN:
            beside = promise_anew
        if beside is not None:
            beside(self, file, passage, item)
            return
        if item.kind == "fulfil" and self.action == "done" and (item.activation, item.status) == (
            None, "confirmed",
        ):  # fmt: skip
            # granted before the case came back, and not asked for again yet
            file.stop_clock("deliver", item.id)
            file.end_item(item, "done")
            return
        if item.activation is None or self.action not in item.actions:
            self._refuse(file, item)
        result: dict[str, Value] = {"action": self.action, "by": self.actor}
        prepare = FINISHING.get(self.action)
        if prepare is not None:
            result |= prepare(self, file, item)
        activation = item.activation
        assert activation is not None
        file.log("acted", item=item.id, action=self.action)
        item.activation, item.actions = None, []
        if item.duty is not None:
            file.end_item(item, "done")
        passage.feed(Completed(activation, result))

    def _refuse(self, file: CaseFile, item: WorkItem) -> None:
        if item.status == "expired" and item.duty is not None:
            later = [i for i in file.items(kind=item.kind, cycle=item.cycle) if (i.id or 0) > self.item_id]
            raise TooLate(str(self.item_id), later[0].assignee if later else None)
        if item.activation is None or item.status in FINISHED:
            raise NotWanted(
                f"work item {self.item_id} is {item.status}: nothing is asked of anyone on it now"
            )
        raise NotWanted(
            f"{self.action!r} is not open on work item {self.item_id} now: it takes {', '.join(item.actions)}"
        )


def _main_item(file: CaseFile, item: WorkItem) -> WorkItem:
    """The lead's item, whose holder alone takes something off the list."""
    main = [i for i in file.items(cycle=item.cycle) if i.kind in ("resolve", "lead")]
    return main[-1] if main else item


# --- actions that finish a user task


def _confirm(_ask: ActOnItem, file: CaseFile, item: WorkItem) -> Mapping[str, Value]:
    item.status, item.confirmed_at = "confirmed", file.happened_at
    file.end_offer(item, "confirmed")
    file.take_ownership(item)
    return {}


def _decline(ask: ActOnItem, file: CaseFile, item: WorkItem) -> Mapping[str, Value]:
    need_reason(ask.reason, "declining an offer")
    file.note("decline", ask.reason, item_id=item.id, by=ask.actor)
    return {}


def _resolve(ask: ActOnItem, file: CaseFile, item: WorkItem) -> Mapping[str, Value]:
    """A decision with its reason, and what is offered to the customer."""
    need_reason(ask.solution, "resolving a complaint (--solution)")
    earlier = file.earlier_hands()
    check_decider(ask.actor, earlier)
    if ask.decision not in ("upheld", "partly", "not_upheld"):
        raise NotWanted(f"{ask.decision!r} is no decision: choose upheld, partly or not_upheld")
    options = ask.options or (
        ProposedOption(ask.solution, ask.remedy, ask.amount, recommended=True),
    )  # fmt: skip
    for option in options:
        if option.remedy is not None:
            check_remedy(option.remedy, option.amount)
        elif option.amount is not None:
            raise NotWanted("an amount needs a remedy (--remedy refund, compensation or coupon)")
    row = Decision(
        case_id=file.case.id, cycle=file.case.cycle, item_id=item.id, decision=ask.decision, by=ask.actor,
        at=file.now,
    )  # fmt: skip
    number = file.records.numbered(row)
    recommended = any(option.recommended for option in options)
    for position, option in enumerate(options, start=1):
        file.session.add(Option(
            decision_id=number, position=position, text=option.text, remedy=option.remedy,
            amount=option.amount, recommended=option.recommended or (not recommended and position == 1),
            costs_customer=option.costs_customer,
        ))  # fmt: skip
    file.note("solution", ask.solution, item_id=item.id, by=ask.actor)
    if ask.cause:
        file.note("cause", ask.cause, item_id=item.id, by=ask.actor)
    file.stop_clock("question", file.case.cycle)
    file.letters.drop_answered(file.now)
    file.log("decided_by_person", decision=ask.decision, options=len(options))
    file.stop_clock("first_contact")
    file.case.first_contact_at = file.case.first_contact_at or file.now
    if item.kind == "review":
        file.case.decision = ask.decision
    return {}


def _done(ask: ActOnItem, file: CaseFile, item: WorkItem) -> Mapping[str, Value]:
    """Done, with what the kind of work brings: a score by phone, a choice by phone."""
    if item.kind == "call" and ask.choice is not None:
        check_choice(file, ask.choice, ask.text)
    if ask.text:
        proposed = item.kind == "call" and ask.choice == 0
        file.note("proposal" if proposed else "note", ask.text, item_id=item.id, by=ask.actor)
    if item.kind in ("hear", "call", "ask_score"):
        file.stop_clock("first_contact")
        file.case.first_contact_at = file.case.first_contact_at or file.now
    result: dict[str, Value] = {}
    if item.kind == "judge":
        _judge(ask, file, item)
    if ask.score is not None:
        if item.kind == "ask_score" and ask.actor in file.hands():
            raise NotWanted("the score must be taken by someone without a part in the case")
        result["score"], result["leave"] = parse_score(ask.score), ask.leave
    if item.kind == "grade":
        file.case.provisional = False
        file.log("grade_confirmed", tier=file.case.tier)
    if ask.choice is not None:
        result["choice"] = ask.choice
    return result


def _approve(ask: ActOnItem, file: CaseFile, item: WorkItem) -> Mapping[str, Value]:
    decision = file.decision() if item.kind == "approve" else None
    if decision is not None:
        check_approver(ask.actor, proposer=decision.by, earlier=file.earlier_hands())
        decision.approved_by = ask.actor
    return {}


def _refuse_approval(ask: ActOnItem, file: CaseFile, item: WorkItem) -> Mapping[str, Value]:
    need_reason(ask.reason, "refusing an approval")
    file.note("refusal", ask.reason, item_id=item.id, by=ask.actor)
    return {}


def _with_reason(ask: ActOnItem, file: CaseFile, item: WorkItem) -> Mapping[str, Value]:
    need_reason(ask.reason, f"to {ask.action}")
    file.note("reason", ask.reason, item_id=item.id, by=ask.actor)
    if ask.action != "takeover":
        return {}
    person = file.books.organisation.person(ask.handler or ask.actor)
    check_decider(person.id, file.earlier_hands())
    return {"handler": person.id}


def _assign(ask: ActOnItem, file: CaseFile, item: WorkItem) -> Mapping[str, Value]:
    if not ask.handler:
        raise NotWanted("assigning needs a person (--handler STAFF)")
    person = file.books.organisation.person(ask.handler)
    if person.is_absent(file.now):
        raise NotWanted(f"{person.id} is absent: assign somebody who is there")
    check_decider(person.id, file.earlier_hands())
    if ask.judged is not None:
        _judge(ask, file, item)
    return {"handler": person.id}


def _judge(ask: ActOnItem, file: CaseFile, item: WorkItem) -> None:
    """Say of the declines of the item that this work is about whether they were right."""
    about = item.about or 0
    judged = check_judgement(ask.judged, f"the decline of work item {about}")
    for dispatch in file.unjudged(about):
        if dispatch.person == ask.actor:
            raise NotWanted(f"{ask.actor} declined work item {about}: somebody else judges that")
        dispatch.judged = judged
        file.log("decline_judged", item=about, person=dispatch.person, judged=judged)


FINISHING: Mapping[str, Callable[[ActOnItem, CaseFile, WorkItem], Mapping[str, Value]]] = {
    "confirm": _confirm, "decline": _decline, "resolve": _resolve, "done": _done, "approve": _approve,
    "refuse": _refuse_approval, "extend": _with_reason, "takeover": _with_reason, "lift": _with_reason,
    "assign": _assign,
}  # fmt: skip


# --- actions beside the drawing's own steps


def _ask(ask: ActOnItem, file: CaseFile, passage: Passage, item: WorkItem) -> None:
    """Ask another department for a contribution, or the customer for something that only they have."""
    if ask.thing.strip():
        ask_customer(ask, file, passage, item)
        return
    if item.kind not in ("resolve", "lead") or item.status != "confirmed":
        raise NotWanted(f"work item {ask.item_id} ({item.kind}, {item.status}) is not one that asks others")
    department = file.books.organisation.department(ask.department or "")
    need_reason(ask.text or ask.reason, "asking a department")
    asked = WorkItem(
        case_id=file.case.id, kind="collaborate", cycle=file.case.cycle, department=department.key,
        skill=file.case.skill, about=item.id, duration="PT24H", created_at=file.now, offered_at=file.now,
        what=ASKED, row=f"asked-{len(file.items(kind='collaborate', cycle=file.case.cycle)) + 1}",
    )  # fmt: skip
    file.records.numbered(asked)
    file.note("question", ask.text or ask.reason, item_id=asked.id, by=ask.actor)
    file.log("asked", item=asked.id, department=department.key)
    payload = {"item": asked.id, "department": department.key, "skill": asked.skill}
    name = "asked" if item.kind == "resolve" else "item_released"
    if not passage.feed(Message(name, payload)):
        raise NotWanted(f"{file.case.ref}: other departments cannot be asked at this point")


def _waive(ask: ActOnItem, file: CaseFile, passage: Passage, item: WorkItem) -> None:
    """Leave an item of the list out; whoever depends on it uses something else."""
    if item.kind != "collaborate":
        raise NotWanted(f"work item {ask.item_id} ({item.kind}) is not on a collaboration list")
    waive(list_of(file), item.row or str(item.id), ask.reason, ask.instead)
    file.note("waiver", f"{ask.reason} / {ask.instead}", item_id=item.id, by=ask.actor)
    file.end_item(item, "waived")
    passage.feed(Message("item_waived", {}, item.id))
    release(file)
    file.raise_message("item_changed")
    passage.feed_raised()


def _note(ask: ActOnItem, file: CaseFile, passage: Passage, item: WorkItem) -> None:
    """Words about the work; `contact` also says that a person spoke to the customer, `answered` that what they
    were asked for is here."""
    need_reason(ask.text, "a note")
    if ask.reason == "answered":
        it_came(ask, file, passage, item)
        return
    file.note("contact" if ask.reason == "contact" else "note", ask.text, item_id=item.id, by=ask.actor)
    if ask.reason == "contact":
        file.stop_clock("first_contact")
        file.case.first_contact_at = file.case.first_contact_at or file.now


BESIDE: Mapping[str, Callable[[ActOnItem, CaseFile, Passage, WorkItem], None]] = {
    "ask": _ask, "waive": _waive, "note": _note,
}  # fmt: skip

ACTIONS = (*FINISHING, *BESIDE)
