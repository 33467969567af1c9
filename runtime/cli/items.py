"""`amends work ACTION ID`: what people do with work items."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import typer

from runtime.cli.acting import actor, demand_right, on_item
from runtime.cli.installation import opened
from runtime.cli.offered import proposed
from runtime.cli.options import AsJson, AsStaff, Reason

Id = Annotated[int, typer.Argument(metavar="ID", help="Number of the work item, as `amends work` lists it.")]
Amount = Annotated[int | None, typer.Option(min=0, help="In minor units: 12950 is 129.50.")]

Judged = Annotated[
    Literal["misrouted", "passed_on"] | None,
    typer.Option(help="Declines of this work: sent to the wrong person, or theirs and passed on."),
]


def add_to(work: typer.Typer) -> None:
    """Put every action under `amends work`."""
    for action in (
        confirm, decline, resolve, done, ask, waive, approve, refuse, extend, takeover, lift, assign, note,
    ):  # fmt: skip
        work.command(action.__name__)(action)


def confirm(id: Id, as_staff: AsStaff = None, as_json: AsJson = False) -> None:
    """Take an offer."""
    _act("confirm", id, as_staff, as_json)


def decline(id: Id, reason: Reason, as_staff: AsStaff = None, as_json: AsJson = False) -> None:
    """Turn an offer down, with a reason; it goes to the next person."""
    _act("decline", id, as_staff, as_json, reason=reason)


def resolve(
    id: Id,
    solution: Annotated[str, typer.Option(help="What puts it right, in words for the customer.")],
    cause: Annotated[str, typer.Option(help="What went wrong and why, in words for the firm.")] = "",
    decision: Annotated[
        Literal["upheld", "partly", "not_upheld"], typer.Option(help="The verdict.")
    ] = "upheld",
    remedy: Annotated[str | None, typer.Option(metavar="KIND", help="What is granted beside words.")] = None,
    amount: Amount = None,
    option: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TEXT[:REMEDY[:AMOUNT]]",
            help="A way the customer may choose; repeat it. The first one is recommended.",
        ),
    ] = None,
    as_staff: AsStaff = None,
    as_json: AsJson = False,
) -> None:
    """Decide, with a solution and its cause, and say what the customer is offered."""
    options = proposed(option or [], remedy=remedy, amount=amount)
    _act(
        "resolve", id, as_staff, as_json, solution=solution, cause=cause, decision=decision, remedy=remedy,
        amount=amount, options=options,
    )  # fmt: skip


def done(
    id: Id,
    text: Annotated[str, typer.Option(help="What was done or found.")] = "",
    score: Annotated[
        int | None,
        typer.Option(
            help="The score, where the work was to ask for it: 1 to 5. Without it: nobody answered."
        ),
    ] = None,
    leave: Annotated[bool, typer.Option("--leave", help="The customer leaves it at that.")] = False,
    choice: Annotated[
        int | None,
        typer.Option(
            help="The option the customer chose, where the work was to ask. Without it: nobody answered."
        ),
    ] = None,
    judged: Judged = None,
    as_staff: AsStaff = None,
    as_json: AsJson = False,
) -> None:
    """Say that the work is done."""
    _act("done", id, as_staff, as_json, text=text, score=score, leave=leave, choice=choice, judged=judged)


def ask(
    id: Id,
    text: Annotated[str, typer.Option(help="What is asked; in words for the customer where they are asked.")],
    department: Annotated[str | None, typer.Option(help="Which department is asked.")] = None,
    thing: Annotated[
        str,
        typer.Option("--customer", metavar="THING", help="Ask the customer for this, which only they have."),
    ] = "",
    as_staff: AsStaff = None,
    as_json: AsJson = False,
) -> None:
    """Ask another department for a contribution, or the customer: the time to resolve waits for them."""
    if (department is None) == (not thing.strip()):
        raise typer.BadParameter("say who is asked: --department D, or --customer THING")
    _act("ask", id, as_staff, as_json, department=department, text=text, thing=thing)


def waive(
    id: Id,
    reason: Reason,
    instead: Annotated[str, typer.Option(help="What others who wait for it use instead.")] = "",
    as_staff: AsStaff = None,
    as_json: AsJson = False,
) -> None:
    """Leave an item of the collaboration list out."""
    _act("waive", id, as_staff, as_json, reason=reason, instead=instead)


def approve(id: Id, as_staff: AsStaff = None, as_json: AsJson = False) -> None:
    """Sign as the second person."""
    _act("approve", id, as_staff, as_json)


def refuse(id: Id, reason: Reason, as_staff: AsStaff = None, as_json: AsJson = False) -> None:
    """Refuse to sign, with a reason."""
    _act("refuse", id, as_staff, as_json, reason=reason)


def extend(
    id: Id,
    reason: Reason,
    until: Annotated[
        str | None,
        typer.Option(
            metavar="TIME",
            help="On one's own main work: by when the customer will have the answer, as in 2026-11-22T18:00 "
            "(the firm's time unless an offset is given).",
        ),
    ] = None,
    as_staff: AsStaff = None,
    as_json: AsJson = False,
) -> None:
    """Give overdue work more time, once; or promise the customer another date for one's own work."""
    _act("extend", id, as_staff, as_json, reason=reason, until=_instant(until) if until else None)


def _instant(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is no time: write it as in 2026-11-22T18:00") from error
    return found if found.tzinfo else found.replace(tzinfo=opened().settings.zone)


def takeover(id: Id, reason: Reason, as_staff: AsStaff = None, as_json: AsJson = False) -> None:
    """Take overdue work over oneself."""
    _act("takeover", id, as_staff, as_json, reason=reason)


def lift(id: Id, reason: Reason, as_staff: AsStaff = None, as_json: AsJson = False) -> None:
    """Lift the complaint to the next tier."""
    _act("lift", id, as_staff, as_json, reason=reason)


def assign(
    id: Id,
    handler: Annotated[str, typer.Option(metavar="STAFF", help="Who gets it, bindingly.")],
    judged: Judged = None,
    as_staff: AsStaff = None,
    as_json: AsJson = False,
) -> None:
    """Assign work bindingly, after two declines or expiries."""
    _act("assign", id, as_staff, as_json, handler=handler, judged=judged)


def note(
    id: Id,
    text: Annotated[str, typer.Option(help="The words to keep.")],
    contact: Annotated[
        bool, typer.Option("--contact", help="A person spoke to the customer: the first contact is made.")
    ] = False,
    answered: Annotated[
        bool, typer.Option("--answered", help="What the customer was asked for is here: the clock goes on.")
    ] = False,
    as_staff: AsStaff = None,
    as_json: AsJson = False,
) -> None:
    """Write something down about the work."""
    reason = "answered" if answered else "contact" if contact else ""
    _act("note", id, as_staff, as_json, text=text, reason=reason)


PAST = {
    "confirm": "confirmed", "decline": "declined", "resolve": "resolved", "done": "done", "ask": "asked about",
    "waive": "waived", "approve": "approved", "refuse": "refused", "extend": "extended",
    "takeover": "taken over", "lift": "lifted", "assign": "assigned", "note": "noted on",
}  # fmt: skip


def _act(action: str, item: int, as_staff: str | None, as_json: bool, **given: Any) -> None:
    from cases.requests.work import ActOnItem
    from complaints.roles import Right

    wiring = opened()
    who = actor(wiring, as_staff)
    demand_right(who, Right.WORK)
    request = ActOnItem(item, action, who, **given)
    told = f"work item {item} {PAST[action]}"
    on_item(wiring, request, done=told, as_json=as_json)
