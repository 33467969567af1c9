"""Decision, options, answer: what is decided goes to a second person, to the customer's choice, and out."""

from __future__ import annotations

from complaints.remedies import needs_second_person
from store.binding import Binding, Inputs, Outputs
from store.case_file import CaseFile
from store.tables import Decision
from tasks.following import tell_members
from tasks.granting import grant
from tasks.promising import keep_promise, spoken_time
from tasks.writing import write_answer


def look_at_decision(file: CaseFile, _inputs: Inputs, _prepared: object) -> Outputs:
    """Whether a second person must approve, between how many options the customer may choose, and whether they may
    propose something of their own instead."""
    decision = made(file)
    options = file.options(decision)
    ceiling = int(str(file.decide("remedy", file.remedy_question())["ceiling"]))
    limit = min(ceiling, file.books.approval_limit(decision.by))
    highest = max((o.amount or 0 for o in options), default=0)
    before = sum(i.amount or 0 for i in file.items(kind="fulfil") if i.status != "cancelled")
    over = decision.approved_by is None and needs_second_person(highest, limit, granted_before=before)
    return {
        "over_limit": over, "approved": decision.approved_by is not None, "options": len(options),
        "may_propose": file.may_propose(),
    }  # fmt: skip


def offer_options(file: CaseFile, _inputs: Inputs, _prepared: object) -> Outputs:
    """Two or three options, one of them recommended, and the page on which to choose."""
    decision = made(file)
    row = file.clocks.row("choose", file.case.cycle)
    found = file.decide("clocks", file.clock_question("choose", file.case.cycle))
    due = row.due_at if row and row.due_at and row.stopped_at is None else file.books.calendar(
        str(found["calendar"])
    ).add(file.now, file.duration_of(found))  # fmt: skip
    told = {**file.tell.decision_values(), "due": spoken_time(due, file.customer.zone, file.case.language)}
    file.tell.to_customer("options", told, purposes=("options",), suffix=f"/{decision.id}")
    keep_promise(file)  # a decision to choose from is the preliminary answer that was promised
    return {}


def record_choice(file: CaseFile, inputs: Inputs, _prepared: object) -> Outputs:
    """The option with this position is taken; 0 is the customer's own proposal, kept as a note."""
    file.letters.drop_answered(file.now)
    choice = int(str(inputs["choice"] or 0))
    if choice:
        take(file, made(file), choice)
    file.log("option_chosen", choice=choice)
    return {}


def take_recommended(file: CaseFile, _inputs: Inputs, _prepared: object) -> Outputs:
    """Nobody chose: the recommended option, if it costs the customer no right and no effort."""
    file.letters.drop_answered(file.now)
    decision = made(file)
    option = next((o for o in file.options(decision) if o.recommended), None)
    if option is None or option.costs_customer:
        return {"free_of_cost": False}
    take(file, decision, option.position)
    file.log("option_taken_by_default", choice=option.position)
    return {"free_of_cost": True}


def send_answer(file: CaseFile, _inputs: Inputs, _prepared: object) -> Outputs:
    """The answer with its decision and reason; what is granted becomes work to carry out."""
    case, decision = file.case, made(file)
    options = file.options(decision)
    chosen = next((o for o in options if o.chosen_at), None) or (options[0] if options else None)
    if chosen is not None and chosen.chosen_at is None:
        chosen.chosen_at = file.now
    case.decision = decision.decision
    solution = file.newest_note("solution")
    write_answer(file, decision, solution.text if solution else (chosen.text if chosen else ""))
    if chosen is not None:
        grant(file, decision, chosen)
    keep_promise(file)
    _finish_main_item(file, decision)
    tell_members(file, decision)
    return {"answered_at": file.now}


def answer_unreached(file: CaseFile, _inputs: Inputs, _prepared: object) -> Outputs:
    """Nobody could reach the customer for their choice: the answer in writing, with the options. Nothing is granted
    that they did not choose."""
    decision = made(file)
    file.case.decision = decision.decision
    solution = file.newest_note("solution")
    write_answer(file, decision, solution.text if solution else "", template="answer_unreached")
    keep_promise(file)
    _finish_main_item(file, decision)
    tell_members(file, decision)
    return {"answered_at": file.now}


def made(file: CaseFile) -> Decision:
    """The decision of the present cycle; the drawing comes here only after one was made."""
    decision = file.decision()
    if decision is None:
        raise LookupError(f"{file.case.ref}: no decision in cycle {file.case.cycle}")
    return decision


def take(file: CaseFile, decision: Decision, position: int) -> None:
    for option in file.options(decision):
        option.chosen_at = file.now if option.position == position else None


def _finish_main_item(file: CaseFile, decision: Decision) -> None:
    if decision.item_id is not None:
        item = file.item(decision.item_id)
        if item.status not in ("done", "waived", "cancelled"):
            file.end_item(item, "done")


BINDINGS = (
    Binding("look_at_decision", look_at_decision),
    Binding("offer_options", offer_options),
    Binding("record_choice", record_choice),
    Binding("take_recommended", take_recommended),
    Binding("send_answer", send_answer, inline=False),
    Binding("answer_unreached", answer_unreached, inline=False),
)
