"""What ops and heads may do to a complaint at any moment, each with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from complaints.reading import Category
from runtime.cli.acting import actor, demand_right, on_complaint
from runtime.cli.installation import opened
from runtime.cli.options import AsJson, AsStaff, Impact, Reason, Ref, Tier, Urgency

if TYPE_CHECKING:
    from collections.abc import Callable

    from cases.casework import Request
    from complaints.acting import Actor
    from complaints.roles import Right

app = typer.Typer()


@app.command()
def withdraw(ref: Ref, reason: Reason, as_staff: AsStaff = None, as_json: AsJson = False) -> None:
    """End a complaint that the customer takes back. Granted remedies are still carried out."""
    _end("withdrawn", "withdrawn", ref, reason, as_staff, as_json)


@app.command()
def undo(ref: Ref, reason: Reason, as_staff: AsStaff = None, as_json: AsJson = False) -> None:
    """Undo a withdrawal, within seven days."""
    _return("undo", "taken up again", ref, reason, as_staff, as_json)


@app.command()
def regrade(
    ref: Ref,
    reason: Reason,
    tier: Annotated[Tier | None, typer.Option(help="The right tier.")] = None,
    urgency: Annotated[Urgency | None, typer.Option(help="The right urgency.")] = None,
    impact: Annotated[Impact | None, typer.Option(help="The right impact.")] = None,
    category: Annotated[Category | None, typer.Option(help="The right category; it is routed anew.")] = None,
    department: Annotated[str | None, typer.Option(help="The right department.")] = None,
    as_staff: AsStaff = None,
    as_json: AsJson = False,
) -> None:
    """Correct the grade. Clocks keep their start and take the new durations."""
    from cases.requests.direction import Regrade

    given = {
        "tier": tier, "urgency": urgency, "impact": impact, "category": category, "department": department
    }  # fmt: skip
    changes: dict[str, str] = {name: value for name, value in given.items() if value is not None}
    if not changes:
        raise typer.BadParameter("say what changes: --tier, --urgency, --impact, --category or --department")
    told = ", ".join(f"{name} {value}" for name, value in changes.items())
    _direct(
        ref, as_staff, as_json, _change(), f"graded anew ({told})", lambda who: Regrade(who, reason, changes)
    )


@app.command()
def reassign(
    ref: Ref,
    reason: Reason,
    to: Annotated[str, typer.Option("--to", metavar="STAFF", help="Who takes the work over.")],
    as_staff: AsStaff = None,
    as_json: AsJson = False,
) -> None:
    """Give the main work to another person. The resolve clock goes on."""
    from cases.requests.direction import Reassign

    _direct(ref, as_staff, as_json, _change(), f"is with {to} now", lambda who: Reassign(who, to, reason))


@app.command()
def merge(
    ref: Ref,
    reason: Reason,
    into: Annotated[str, typer.Option("--into", metavar="REF", help="The complaint that leads.")],
    as_staff: AsStaff = None,
    as_json: AsJson = False,
) -> None:
    """End a complaint that another one leads. Its reference leads to that one."""
    from cases.requests.direction import End

    told = f"merged into {into}"
    _direct(ref, as_staff, as_json, _change(), told, lambda who: End("merged", who, reason, into=into))


@app.command()
def unmerge(ref: Ref, reason: Reason, as_staff: AsStaff = None, as_json: AsJson = False) -> None:
    """Take a merged complaint up again by itself."""
    _return("unmerge", "stands by itself again", ref, reason, as_staff, as_json)


@app.command()
def follow(
    ref: Ref,
    reason: Reason,
    lead: Annotated[str, typer.Option("--lead", metavar="REF", help="The severe complaint that leads.")],
    as_staff: AsStaff = None,
    as_json: AsJson = False,
) -> None:
    """Let a complaint wait for the answer of another of the same cause; it is answered together with it."""
    from cases.requests.following import Follow

    told = f"follows {lead}"
    _direct(ref, as_staff, as_json, _change(), told, lambda who: Follow(lead, who, reason))


@app.command()
def leave(ref: Ref, reason: Reason, as_staff: AsStaff = None, as_json: AsJson = False) -> None:
    """Handle a complaint that follows another by itself again."""
    from cases.requests.following import Leave

    _direct(ref, as_staff, as_json, _change(), "is handled by itself", lambda who: Leave(who, reason))


@app.command()
def void(ref: Ref, reason: Reason, as_staff: AsStaff = None, as_json: AsJson = False) -> None:
    """Take spam, a test or what is not ours out of the figures."""
    _end("voided", "void", ref, reason, as_staff, as_json)


@app.command()
def unvoid(ref: Ref, reason: Reason, as_staff: AsStaff = None, as_json: AsJson = False) -> None:
    """Take a void complaint up again."""
    _return("unvoid", "taken up again", ref, reason, as_staff, as_json)


@app.command()
def reopen(ref: Ref, reason: Reason, as_staff: AsStaff = None, as_json: AsJson = False) -> None:
    """Begin the next cycle of a closed complaint (for 30 days)."""
    _return("reopen", "open again", ref, reason, as_staff, as_json)


@app.command()
def hold(ref: Ref, reason: Reason, as_staff: AsStaff = None, as_json: AsJson = False) -> None:
    """Set a legal hold. Nothing is erased, and letters to the customer wait for a release."""
    _hold(True, ref, reason, as_staff, as_json)


@app.command()
def release(ref: Ref, reason: Reason, as_staff: AsStaff = None, as_json: AsJson = False) -> None:
    """Lift a legal hold; letters that it kept back go out."""
    _hold(False, ref, reason, as_staff, as_json)


def _end(how: str, told: str, ref: str, reason: str, as_staff: str | None, as_json: bool) -> None:
    from cases.requests.direction import End
    from complaints.roles import Right

    right = Right.FILE if how == "withdrawn" else Right.CHANGE
    _direct(ref, as_staff, as_json, right, told, lambda who: End(how, who, reason))


def _return(how: str, told: str, ref: str, reason: str, as_staff: str | None, as_json: bool) -> None:
    from cases.requests.direction import Return
    from complaints.roles import Right

    right = Right.FILE if how == "undo" else Right.CHANGE
    _direct(ref, as_staff, as_json, right, told, lambda who: Return(how, who, reason))


def _hold(on: bool, ref: str, reason: str, as_staff: str | None, as_json: bool) -> None:
    from cases.requests.direction import Hold
    from complaints.roles import Right

    told = "under legal hold" if on else "released from legal hold"
    _direct(ref, as_staff, as_json, Right.HOLD, told, lambda who: Hold(who, reason, on))


def _direct(
    ref: str, as_staff: str | None, as_json: bool, right: Right, told: str,
    request: Callable[[Actor], Request[Any]],
) -> None:  # fmt: skip
    wiring = opened()
    who = actor(wiring, as_staff)
    demand_right(who, right)
    on_complaint(wiring, ref, who, lambda _session, _case: request(who), done=told, as_json=as_json)


def _change() -> Right:
    from complaints.roles import Right

    return Right.CHANGE
