"""`amends work`: the worklist."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from runtime.cli import items
from runtime.cli.acting import actor
from runtime.cli.installation import opened, say
from runtime.cli.options import AsJson, AsStaff, Language
from runtime.cli.printing import Json, console, local, money, print_json, table

app = typer.Typer()
work = typer.Typer()
app.add_typer(work, name="work")
items.add_to(work)

ItemStatus = Literal[
    "waiting", "offered", "confirmed", "declined", "expired", "done", "waived", "cancelled"
]  # fmt: skip


@work.callback(invoke_without_command=True)
def list_work(
    context: typer.Context,
    department: Annotated[str | None, typer.Option(help="Only work of this department.")] = None,
    mine: Annotated[bool, typer.Option("--mine", help="Only work of the person who asks.")] = False,
    status: Annotated[
        ItemStatus | None, typer.Option(help="Only this status. Default: all open work.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 100,
    language: Language = "en",
    as_staff: AsStaff = None,
    as_json: AsJson = False,
) -> None:
    """List work items, or act on one. With --as, those that the person may see."""
    if context.invoked_subcommand is not None:
        return
    from cases.view import work_items

    wiring = opened()
    who = actor(wiring, as_staff) if mine or as_staff else None
    if department is not None:
        department = wiring.catalogue.organisation.department(department).key
    found: list[Json] = []
    after: int | None = None
    while True:
        page = work_items(
            wiring.casework, actor=who, department=department, assignee=who.name if mine and who else None,
            status=status, open_only=status is None, after=after, limit=limit - len(found), language=language,
        )  # fmt: skip
        found += page["items"]
        after = page["next"]
        if after is None or len(found) >= limit:
            break
    if as_json:
        print_json({"items": found, "next": after})
        return
    zone = wiring.settings.zone
    rows = [
        (
            one["id"], one["ref"], one["tier"], _what(one), one["cycle"], one["department"], one["assignee"],
            one["status"], local(one["due_at"], zone), one["actions"],
        )
        for one in found
    ]  # fmt: skip
    headings = ("id", "ref", "tier", "work", "cycle", "department", "person", "status", "due", "takes")
    console().print(table(headings, rows, folded="takes") if rows else "no work")
    if after is not None:
        say("there is more: raise --limit")


def _what(one: Json) -> str:
    parts = (one["name"], one["what"], one["remedy"], money(one["amount"]))
    return " ".join(part for part in parts if part)
