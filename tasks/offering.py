"""Offers: work is opened, a person chosen, an offer declined, taken back or turned into an order."""

from __future__ import annotations

from complaints.staffing import Choice, Reason, ReasonCode, choose_anew, head_of, next_in_department
from store.binding import Binding, Inputs, Outputs
from store.case_file import MAIN, CaseFile
from store.queries.load import one_more, open_items_by_person
from store.tables import Decision, Dispatch, Note, WorkItem


def open_work(file: CaseFile, inputs: Inputs, _prepared: object) -> Outputs:
    """A new item of main work. What an interrupted tier left open of the same cycle ends here; a task force
    takes over what others were asked for. Who had confirmed it in the same department keeps it (process.md, 2).
    A case that ended while its customer was choosing goes on with that choice."""
    offered = _being_chosen_from(file)
    over = ("resolve", "lead") if inputs["kind"] == "lead" else ("resolve", "lead", "collaborate")
    for old in file.items(cycle=file.case.cycle):
        if old.kind in over and old.status not in ("done", "waived", "cancelled"):
            file.end_item(old, "cancelled")
    for name in ("question", "choose"):  # whoever asked the customer has the work no more
        file.stop_clock(name, file.case.cycle)
    item = WorkItem(
        case_id=file.case.id, kind=str(inputs["kind"]), cycle=file.case.cycle,
        department=str(inputs["department"]), skill=_text(inputs.get("skill")), created_at=file.now,
    )  # fmt: skip
    keeper = None if file.named else _keeper(file, str(item.department))
    item.assignee = file.named  # still waiting: the first to be offered it
    number = file.records.numbered(item)
    if offered is not None:
        keeper, offered.item_id = keeper or offered.by, number
    file.log("work_opened", item=item.id, kind=item.kind, department=item.department, kept_by=keeper)
    if keeper is not None:
        item.assignee, item.status = keeper, "confirmed"
        item.offered_at, item.confirmed_at = file.now, file.now
        file.take_ownership(item)
        file.stop_clock("dispatch")
        _tell_keeper(file, item, keeper)
    return {"item": item.id, "held": keeper is not None, "decided": offered is not None}


def _being_chosen_from(file: CaseFile) -> Decision | None:
    """The decision whose options were with the customer when the case ended, before they chose or proposed."""
    decision = file.decision()
    main = [i for i in file.items(cycle=file.case.cycle) if i.kind in MAIN]
    if decision is None or decision.sent_at is not None or not main:
        return None
    if (main[-1].id, main[-1].status) != (decision.item_id, "cancelled"):
        return None  # it was graded anew meanwhile, or nobody ended the case
    offer = file.clocks.row("choose", file.case.cycle)
    proposals = [n for n in file.records.of(Note) if n.kind == "proposal" and n.at >= decision.at]
    return decision if offer is not None and offer.started_at >= decision.at and not proposals else None


def _keeper(file: CaseFile, department: str) -> str | None:
    """Who last had the main work of this cycle in their hands, if they are there and may go on."""
    had = [
        i for i in file.items(cycle=file.case.cycle)
        if i.kind in MAIN and i.department == department and i.confirmed_at is not None and i.assignee
    ]  # fmt: skip
    if not had or had[-1].assignee is None:
        return None
    person = file.books.organisation.people.get(had[-1].assignee)
    if person is None or person.is_absent(file.now) or person.id in file.earlier_hands():
        return None
    return person.id


def _tell_keeper(file: CaseFile, item: WorkItem, person: str) -> None:
    task = file.books.name("work", item.kind, file.tell.language_of(file.books.organisation.person(person)))
    told = {"task": task, "work_item": item.id, "due": "", "score": ""}
    file.tell.to_person(person, "work_kept", told, suffix=f"/{item.id}")


def choose_handler(file: CaseFile, inputs: Inputs, _prepared: object) -> Outputs:
    """Offer the item to a person by skill, language, load and absence; never twice to the same one."""
    item = file.item(int(str(inputs["item"])))
    tried = {d.person for d in file.dispatches(_number(item))}
    ask = {
        "skill": item.skill or "", "language": file.case.language, "now": file.now,
        "load": open_items_by_person(file.session, file.machine_now),
    }  # fmt: skip
    organisation, department = file.books.organisation, item.department or ""
    barred = frozenset(file.earlier_hands()) if item.kind in ("resolve", "lead") else frozenset()
    if item.kind in ("resolve", "lead") and file.case.cycle > 1:
        choice = choose_anew(organisation, department, barred, barred=frozenset(tried), **ask)  # type: ignore[arg-type]
    else:
        choice = next_in_department(organisation, department, tried, barred=barred, **ask)  # type: ignore[arg-type]
    named = organisation.people.get(item.assignee or "") if item.status == "waiting" else None
    if named is not None and named.id not in tried | barred and not named.is_absent(file.now):
        choice = Choice(named, (Reason(ReasonCode.NAMED),))
    if choice.person is None:
        item.assignee = None
        file.log("pool_empty", item=item.id, department=department)
        return {"found": False, "handler": None}
    person = choice.person.id
    _dispatch(file, item, person, binding=False)
    item.status = "offered"
    file.case.dispatched_at = file.case.dispatched_at or file.now
    file.log(
        "offered", item=item.id, person=person, department=department,
        reasons=[f"{r.code}:{r.person}" if r.person else str(r.code) for r in choice.reasons],
    )  # fmt: skip
    return {"found": True, "handler": person}


def record_decline(file: CaseFile, inputs: Inputs, _prepared: object) -> Outputs:
    """The offer was declined with a reason, which the person's own action has written down."""
    _end_offer(file, int(str(inputs["item"])), "declined")
    return {}


def take_back(file: CaseFile, inputs: Inputs, _prepared: object) -> Outputs:
    """Nobody confirmed in time; a late confirm is refused with the name of the next owner."""
    _end_offer(file, int(str(inputs["item"])), "expired")
    return {}


def assign(file: CaseFile, inputs: Inputs, _prepared: object) -> Outputs:
    """The coordinator's order: no confirming. Without a name it goes to the department's head."""
    item = file.item(int(str(inputs["item"])))
    named = _text(inputs.get("handler"))
    if named is None:
        head = head_of(file.books.organisation, item.department or "", file.now).person
        named = head.id if head else None
    if named is None:
        file.open_incident("nobody_acts", f"nobody can be assigned work item {item.id}")
        return {}
    _dispatch(file, item, file.books.organisation.person(named).id, binding=True)
    item.status, item.confirmed_at = "confirmed", file.now
    file.case.dispatched_at = file.case.dispatched_at or file.now
    file.take_ownership(item)
    file.log("assigned", item=item.id, person=named)
    return {}


def have_judged(file: CaseFile, inputs: Inputs, _prepared: object) -> Outputs:
    """Somebody has the work. Declines that were not judged with the assignment are now the coordinator's to judge."""
    number = int(str(inputs["item"]))
    if file.unjudged(number):
        file.raise_message("declined", {"item": number})
    return {}


def _dispatch(file: CaseFile, item: WorkItem, person: str, *, binding: bool) -> None:
    dispatch = Dispatch(
        case_id=file.case.id, item_id=_number(item), department=item.department or "", person=person,
        binding=binding, offered_at=file.now,
    )  # fmt: skip
    if binding:
        dispatch.ended_at, dispatch.how = file.now, "confirmed"
    item.assignee, item.offered_at = person, file.now
    file.records.add(dispatch)
    one_more(file.session, person)


def _end_offer(file: CaseFile, number: int, how: str) -> None:
    item = file.item(number)
    dispatch = file.end_offer(item, how)
    if dispatch is not None:
        file.log(how, item=number, person=dispatch.person)
    item.status, item.assignee = how, None


def _number(item: WorkItem) -> int:
    assert item.id is not None, "flushed when it was opened"
    return item.id


def _text(value: object) -> str | None:
    return None if value is None else str(value)


BINDINGS = (
    Binding("open_work", open_work),
    Binding("choose_handler", choose_handler, inline=False),
    Binding("record_decline", record_decline),
    Binding("take_back", take_back),
    Binding("assign", assign),
    Binding("have_judged", have_judged),
)
