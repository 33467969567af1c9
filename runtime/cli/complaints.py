"""`amends complaints` and `amends complaint REF`: the list, and everything about one."""

from __future__ import annotations

from typing import Annotated

import typer

from runtime.cli.installation import opened, say
from runtime.cli.options import AsJson, Language, Ref, Status, Tier
from runtime.cli.printing import Json, console, local, print_json, table

app = typer.Typer()


@app.command("complaints")
def list_complaints(
    open_only: Annotated[bool, typer.Option("--open", help="Only those that are not over.")] = False,
    tier: Annotated[Tier | None, typer.Option(help="Only this tier.")] = None,
    status: Annotated[Status | None, typer.Option(help="Only this status.")] = None,
    channel: Annotated[str | None, typer.Option(help="Only this channel.")] = None,
    after: Annotated[str | None, typer.Option(metavar="REF", help="Begin behind this complaint.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List complaints, newest first."""
    from cases.view import complaints
    from complaints.reference import parse_ref
    from intake.errors import UnknownChannel

    wiring = opened()
    known = wiring.catalogue.channels
    if channel is not None and channel not in known:
        raise UnknownChannel(channel, known)
    items: list[Json] = []
    place = parse_ref(after) if after is not None else None
    while True:
        page = complaints(
            wiring.casework, actor=None, status=status, tier=tier, channel=channel, open_only=open_only,
            after=place, limit=limit - len(items),
        )  # fmt: skip
        items += page["items"]
        place = page["next"]
        if place is None or len(items) >= limit:
            break
    if as_json:
        print_json({"items": items, "next": place})
        return
    zone = wiring.settings.zone
    rows = [
        (
            one["ref"], one["tier"], one["category"], one["status"], one["cycle"], one["department"],
            one["owner"], local(one["received_at"], zone), local(one["next_due_at"], zone),
            one["open_incidents"] or "", "; ".join(one["waiting_for"]),
        )
        for one in items
    ]  # fmt: skip
    headings = (
        "ref", "tier", "category", "status", "cycle", "department", "owner", "received", "next due",
        "incidents", "waits for",
    )  # fmt: skip
    console().print(table(headings, rows, folded="waits for") if rows else "no complaints")
    if place is not None:
        say(f"there are more: --after {place}, or a higher --limit")


@app.command("complaint")
def show_complaint(ref: Ref, language: Language = "en", as_json: AsJson = False) -> None:
    """Show everything about one complaint. Its clocks say why they are due when they are."""
    from cases.view import complaint
    from complaints.reference import parse_ref
    from runtime.cli.whole import print_whole

    wiring = opened()
    view = complaint(wiring.casework, parse_ref(ref), actor=None, language=language)
    if as_json:
        print_json(view)
    else:
        print_whole(view, wiring.settings.zone)
