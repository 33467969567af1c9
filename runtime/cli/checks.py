"""`amends checks`: retrospectives, quality checks and checked grades."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Literal

import typer

from runtime.cli.acting import actor, demand_right
from runtime.cli.installation import opened, say
from runtime.cli.options import AsJson, AsStaff, Tier
from runtime.cli.printing import console, local, print_json, table

app = typer.Typer()
checks = typer.Typer(
    no_args_is_help=True, help="Draw closed complaints to be looked at again, and record what was found."
)
app.add_typer(checks, name="checks")

Kind = Literal["retrospective", "quality", "accuracy"]
Month = Annotated[str, typer.Option("--month", metavar="YYYY-MM", help="The month that is over.")]


@checks.command("list")
def list_checks(
    month: Annotated[str | None, typer.Option(metavar="YYYY-MM", help="Only those of this month.")] = None,
    kind: Annotated[Kind | None, typer.Option(help="Only this kind.")] = None,
    assignee: Annotated[str | None, typer.Option(metavar="STAFF", help="Only those of this person.")] = None,
    open_only: Annotated[bool, typer.Option("--open", help="Only those not recorded yet.")] = False,
    after: Annotated[int, typer.Option(min=0, help="Begin behind this number.")] = 0,
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many at most.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List what was drawn, for whom, and what they found."""
    from cases.view.checks import checks as found

    wiring = opened()
    page = found(
        wiring.casework,
        month=month,
        kind=kind,
        assignee=assignee,
        open_only=open_only,
        after=after,
        limit=limit,
    )
    if as_json:
        print_json(page)
        return
    zone = wiring.settings.zone
    rows = [
        (
            one["id"], one["ref"], one["kind"], one["month"], one["assignee"], local(one["due_at"], zone),
            "late" if one["late"] else "", local(one["done_at"], zone), one["deviation"], one["steps_covered"],
            one["steps_required"], one["tier"],
        )
        for one in page["items"]
    ]  # fmt: skip
    headings = (
        "id", "ref", "kind", "month", "person", "due", "late", "done", "deviation", "covered", "of", "tier",
    )  # fmt: skip
    console().print(table(headings, rows) if rows else "no checks")
    if page["next"] is not None:
        say(f"there are more: --after {page['next']}, or a higher --limit")


@checks.command()
def draw(
    month: Month,
    kind: Annotated[Kind | None, typer.Option(help="Only this kind. Default: all three.")] = None,
    seed: Annotated[
        str | None, typer.Option(help="Makes the same choice again elsewhere. Default: made up, and kept.")
    ] = None,
    as_staff: AsStaff = None,
    as_json: AsJson = False,
) -> None:
    """Draw the sample of a month once, and give it to people: every severe and third-cycle complaint, five percent of
    the closed ones, five percent of the grades and all that were unsure."""
    from cases.checking import KINDS
    from cases.checking import draw as drawing
    from complaints.roles import Right

    wiring = opened()
    who = actor(wiring, as_staff)
    demand_right(who, Right.CHANGE)
    found = [
        drawing(wiring.casework, month, one, who, zone=wiring.settings.timezone, seed=seed)
        for one in ((kind,) if kind is not None else KINDS)
    ]
    if as_json:
        print_json([asdict(one) for one in found])
        return
    for d in found:
        before = ", drawn before" if d.again else ""
        print(f"{d.kind}: {d.drawn} of {d.population} (seed {d.seed}){before}")


@checks.command()
def record(
    id: Annotated[int, typer.Argument(metavar="ID", help="Number of the check.")],
    text: Annotated[str, typer.Option(help="What was found. A retrospective or a deviation needs it.")] = "",
    deviation: Annotated[
        bool | None,
        typer.Option("--deviation/--no-deviation", help="Quality: not handled as it should have been."),
    ] = None,
    required: Annotated[int | None, typer.Option(min=1, help="Quality: steps that were required.")] = None,
    covered: Annotated[int | None, typer.Option(min=0, help="Quality: steps that were covered.")] = None,
    tier: Annotated[Tier | None, typer.Option(help="Accuracy: the tier that the rubric gives.")] = None,
    as_staff: AsStaff = None,
    as_json: AsJson = False,
) -> None:
    """Record what was found, once."""
    from cases import checking
    from cases.errors import CaseNotFound
    from cases.view.checks import check_view
    from complaints.roles import Right
    from store.seams import Change

    wiring = opened()
    who = actor(wiring, as_staff)
    demand_right(who, Right.WORK)
    request = checking.RecordCheck(
        id, who, text=text, deviation=deviation, steps_required=required, steps_covered=covered, tier=tier
    )
    with wiring.database.write(Change.STEP) as session:
        recorded = checking.record(wiring.casework, session, request)
        if recorded is None:
            raise CaseNotFound(f"there is no check {id}: `amends checks list` shows them")
        view = check_view(*recorded)
    if as_json:
        print_json(view)
    else:
        print(f"{view['ref']}: {view['kind']} recorded")
