"""`amends improvements`, `amends improvement REF` and `amends improve ACTION`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from runtime.cli.acting import actor, demand_right, on_case, show
from runtime.cli.installation import opened, say
from runtime.cli.options import AsJson, AsStaff, Language, Reason
from runtime.cli.printing import Json, console, local, print_json, shown, table

if TYPE_CHECKING:
    from cases.casework import Request
    from complaints.acting import Actor
    from complaints.roles import Right

app = typer.Typer()
improve = typer.Typer(no_args_is_help=True, help="Open improvement actions and take them further.")
app.add_typer(improve, name="improve")

Ref = Annotated[str, typer.Argument(metavar="REF", help="Reference of the improvement action, IM-….")]
State = Literal["proposed", "agreed", "checking", "proven", "closed"]
Due = "By when it is to be done, as in 2026-12-20 or 2026-12-20T18:00 (the firm's time)."


@app.command("improvements")
def list_improvements(
    open_only: Annotated[bool, typer.Option("--open", help="Only those that are not closed.")] = False,
    status: Annotated[State | None, typer.Option(help="Only this status.")] = None,
    owner: Annotated[str | None, typer.Option(metavar="STAFF", help="Only those of this person.")] = None,
    after: Annotated[str | None, typer.Option(metavar="REF", help="Begin behind this action.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many at most.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List improvement actions, newest first, and how many were proven and done in time."""
    from cases.improving import improvement_ref
    from cases.view import improvements

    wiring = opened()
    page = improvements(
        wiring.casework, actor=None, status=status, owner=owner, open_only=open_only,
        after=improvement_ref(after) if after else None, limit=limit,
    )  # fmt: skip
    if as_json:
        print_json(page)
        return
    zone = wiring.settings.zone
    rows = [
        (
            one["ref"], one["status"], one["round"], one["owner"], local(one["due_at"], zone),
            "overdue" if one["overdue"] else "", one["figure"], one["title"],
        )
        for one in page["items"]
    ]  # fmt: skip
    headings = ("ref", "status", "round", "owner", "due", "late", "figure", "title")
    console().print(table(headings, rows, folded="title") if rows else "no improvement actions")
    print(f"proven {_share(page['rectification'])}; done in time {_share(page['on_time'])}")
    if page["next"] is not None:
        say(f"there are more: --after {page['next']}, or a higher --limit")


@app.command("improvement")
def show_improvement(ref: Ref, language: Language = "en", as_json: AsJson = False) -> None:
    """Show everything about one improvement action: plan, rounds, measured effect, notes, history."""
    from cases.improving import improvement_ref
    from cases.view import complaint

    wiring = opened()
    view = complaint(wiring.casework, improvement_ref(ref), actor=None, language=language)
    if as_json:
        print_json(view)
        return
    zone = wiring.settings.zone
    print(
        f"{view['ref']} · {view['status']} · round {view['round']}{' · OVERDUE' if view['overdue'] else ''}"
    )
    print(view["title"])
    print(view["what"])
    group = f" where {view['dimension']} is {view['group']}" if view["dimension"] else ""
    change = f"{view['expected_percent']:+d} %" if view["expected_percent"] is not None else ""
    print(
        f"owner {view['owner']}, due {local(view['due_at'], zone)}; from {shown(view['finding'] or view['origin'])}"
    )
    print(
        f"figure {shown(view['figure'])}{group} {change}, before {shown(view['baseline'])}"
        f" (of {view['baseline_n']}); waits for {shown(view['waiting_for'])}"
    )
    rows = [
        (
            one["round"], one["owner"], local(one["agreed_at"], zone), local(one["due_at"], zone),
            local(one["done_at"], zone), one["measured"], one["measured_n"], one["effect"], one["ended"],
        )
        for one in view["rounds"]
    ]  # fmt: skip
    headings = ("round", "owner", "agreed", "due", "done", "measured", "of", "effect", "ended")
    console().print(table(headings, rows))
    for one in view["notes"]:
        print(f"{local(one['at'], zone)} {one['by']} ({one['kind']}): {one['text']}")


@improve.command("open")
def open_action(
    title: Annotated[str, typer.Option(help="The action in a few words.")],
    what: Annotated[str, typer.Option(help="What is to change.")],
    owner: Annotated[str, typer.Option(metavar="STAFF", help="Who carries it out.")],
    due: Annotated[str, typer.Option(metavar="TIME", help=Due)],
    figure: Annotated[str | None, typer.Option(help="The figure that it is meant to move.")] = None,
    by: Annotated[
        str | None, typer.Option(metavar="DIMENSION", help="By what the figure is broken down.")
    ] = None,
    group: Annotated[str | None, typer.Option(metavar="KEY", help="Which group of that breakdown.")] = None,
    expected: Annotated[
        int | None,
        typer.Option(metavar="PERCENT", help="The change that counts as an effect, -25 for a quarter less."),
    ] = None,
    finding: Annotated[
        str | None, typer.Option(metavar="ID", help="The finding of a review it comes from.")
    ] = None,
    as_staff: AsStaff = None,
    as_json: AsJson = False,
) -> None:
    """Propose an improvement action. The improvement manager agrees to it before its owner begins."""
    from cases.improving import Opening, open_improvement
    from cases.view.whole import whole
    from complaints.roles import Right
    from store.seams import Change

    wiring = opened()
    who = actor(wiring, as_staff)
    demand_right(who, Right.CHANGE)
    opening = Opening(
        title=title, what=what, owner=owner, due_at=_instant(due), who=who, figure=figure, dimension=by,
        group_key=group, expected_percent=expected, finding=finding, origin="finding" if finding else "person",
        language=wiring.settings.language,
    )  # fmt: skip
    with wiring.database.write(Change.STEP) as session:
        case = open_improvement(wiring.casework, session, opening)
        session.flush()
        view = whole(wiring.casework, wiring.casework.open_file(session, case), "en")
    show(view, None, "proposed", as_json)


@improve.command()
def agree(ref: Ref, as_staff: AsStaff = None, as_json: AsJson = False) -> None:
    """Agree to a proposed action; or, where there was too little to measure, judge that it worked."""
    _step(ref, "approve", "agreed", as_staff, as_json)


@improve.command()
def refuse(ref: Ref, reason: Reason, as_staff: AsStaff = None, as_json: AsJson = False) -> None:
    """Drop a proposed action; or, where there was too little to measure, judge that it had no effect."""
    _step(ref, "refuse", "refused", as_staff, as_json, reason=reason)


@improve.command()
def done(
    ref: Ref,
    text: Annotated[str, typer.Option(help="What was done.")] = "",
    as_staff: AsStaff = None,
    as_json: AsJson = False,
) -> None:
    """Say that the action is carried out. Thirty days later its effect is measured."""
    _step(ref, "done", "done", as_staff, as_json, text=text)


@improve.command()
def note(
    ref: Ref,
    text: Annotated[str, typer.Option(help="The words to keep.")],
    as_staff: AsStaff = None,
    as_json: AsJson = False,
) -> None:
    """Write something down about the action."""
    _step(ref, "note", "noted", as_staff, as_json, text=text)


@improve.command()
def plan(
    ref: Ref,
    reason: Reason,
    owner: Annotated[str | None, typer.Option(metavar="STAFF", help="Who carries it out now.")] = None,
    due: Annotated[str | None, typer.Option(metavar="TIME", help=Due)] = None,
    as_staff: AsStaff = None,
    as_json: AsJson = False,
) -> None:
    """Give the action another owner, or a later date."""
    from cases.requests.improving import Plan
    from complaints.roles import Right

    at = _instant(due) if due else None
    _ask(
        ref,
        "planned anew",
        as_staff,
        as_json,
        Right.CHANGE,
        lambda who: Plan(who, reason, owner=owner, due_at=at),
    )


@improve.command()
def reopen(ref: Ref, reason: Reason, as_staff: AsStaff = None, as_json: AsJson = False) -> None:
    """Say that the cause has come back: another round begins."""
    from cases.requests.improving import CauseReturned
    from complaints.roles import Right

    _ask(ref, "reopened", as_staff, as_json, Right.CHANGE, lambda who: CauseReturned(who, reason))


def _step(ref: str, action: str, told: str, as_staff: str | None, as_json: bool, **given: Any) -> None:
    from cases.requests.improving import ActOnStep
    from complaints.roles import Right

    _ask(ref, told, as_staff, as_json, Right.WORK, lambda who: ActOnStep(action, who, **given))


def _ask(
    ref: str, told: str, as_staff: str | None, as_json: bool, right: Right,
    request: Callable[[Actor], Request[Any]],
) -> None:  # fmt: skip
    from cases.improving import improvement_ref

    wiring = opened()
    who = actor(wiring, as_staff)
    demand_right(who, right)
    on_case(
        wiring, improvement_ref(ref), who, lambda _session, _case: request(who), done=told, as_json=as_json
    )


def _instant(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is no time: write it as in 2026-12-20T18:00") from error
    return found if found.tzinfo else found.replace(tzinfo=opened().settings.zone)


def _share(share: Json) -> str:
    value = "n/a" if share["value"] is None else f"{share['value'] * 100:.0f} %"
    return f"{value} ({share['numerator']} of {share['denominator']}, target {share['target'] * 100:.0f} %)"
