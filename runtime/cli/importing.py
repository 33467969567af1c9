"""`amends import`: the history of another system."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from runtime.cli.acting import actor, demand_right
from runtime.cli.installation import opened, say
from runtime.cli.options import AsJson, AsStaff
from runtime.cli.printing import print_json
from runtime.cli.refusals import FoundWrong

if TYPE_CHECKING:
    from intake.importing import BadRow

app = typer.Typer()
TOLD = 1_000
"""Bad rows told one by one; the rest is counted."""


@app.command("import")
def import_history(
    file: Annotated[
        Path,
        typer.Option("--file", metavar="FILE", exists=True, dir_okay=False, help="CSV or JSON lines, or .gz."),
    ],
    mapping: Annotated[
        Path | None,
        typer.Option(
            "--mapping", metavar="TOML", exists=True, dir_okay=False,
            help="Which column is which field. Without it the fields are named as in docs/importing.md.",
        ),
    ] = None,
    source: Annotated[
        str, typer.Option(help="Name of the other system, where no mapping says it; part of what makes a repeat known.")
    ] = "import",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Judge every row and write nothing.")] = False,
    as_staff: AsStaff = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Bring in closed complaints of another system, for reviews and repeats. No process starts, no letter goes out.

    Bad rows are told with line, field and cure, the others imported; a row that was imported before is left alone.
    The exit code is 1 when a row was bad.
    """
    from complaints.roles import Right
    from intake.importing import import_file
    from intake.mapping import own_fields, read_mapping

    wiring = opened()
    demand_right(actor(wiring, as_staff), Right.OPERATE)
    zone = wiring.settings.timezone
    used = read_mapping(mapping, zone) if mapping is not None else own_fields(source, zone)
    bad: list[BadRow] = []

    def tell(row: BadRow) -> None:
        if len(bad) < TOLD:
            bad.append(row)
            if not as_json:
                say(f"line {row.line}: {row.field}: {row.cause}")

    done = import_file(wiring.casework, file, used, tell=tell, dry=dry_run)
    if as_json:
        rows = [{"line": row.line, "field": row.field, "cause": row.cause} for row in bad]
        print_json({
            "source": used.source, "dry_run": dry_run, "written": done.written, "known": done.known, "bad": done.bad,
            "first": done.first, "last": done.last, "categories": dict(done.categories), "rows": rows,
        })  # fmt: skip
    else:
        verb = "would be imported" if dry_run else "imported"
        span = f", received {done.first} to {done.last}" if done.first else ""
        print(f"{done.written} {verb}{span}; {done.known} were here before; {done.bad} left out")
    if done.bad:
        raise FoundWrong
