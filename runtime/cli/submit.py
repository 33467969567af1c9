"""`amends submit`: files complaints through the signed hooks, as a channel would."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from runtime.cli.installation import opened, say
from runtime.cli.refusals import FoundWrong

app = typer.Typer()


@app.command()
def submit(
    channel: Annotated[
        str | None, typer.Option(help="The channel. Default: web_form, or what a line says.")
    ] = None,
    text: Annotated[str | None, typer.Option(help="What the customer says.")] = None,
    file: Annotated[
        Path | None,
        typer.Option(
            "--file",
            metavar="F.jsonl",
            help="One hook body a line. `channel` may stand in it; without `occurred_at`: when the file was written.",
        ),
    ] = None,
    customer: Annotated[str | None, typer.Option(metavar="ID", help="Customer number.")] = None,
    name: Annotated[str | None, typer.Option(help="Name of the customer.")] = None,
    phone: Annotated[str | None, typer.Option(help="Phone of the customer.")] = None,
    email: Annotated[str | None, typer.Option(help="Mail address of the customer.")] = None,
    language: Annotated[str | None, typer.Option(help="Language of the customer, as in zh or en.")] = None,
) -> None:
    """File complaints through the hooks. Prints one reference a line.

    Bad lines of a file are listed with their numbers and the others filed; the exit code is then 1.
    """
    from runtime.cli.filing import Submission, Unusable, hook_of, read_line, typed

    if (text is None) == (file is None):
        raise typer.BadParameter("give either --text or --file", param_hint="--text / --file")
    given = {"id": customer, "name": name, "phone": phone, "email": email, "language": language}
    known = {key: value for key, value in given.items() if value is not None}
    if file is not None and known:
        raise typer.BadParameter("the lines of a file name their customers", param_hint="--file")
    wiring = opened()
    bad = 0
    with hook_of(wiring) as hook:
        if text is not None:
            print(hook.file(typed(channel or "web_form", text, known, wiring.process_now())))
            return
        assert file is not None, "one of the two, as checked above"
        with file.open("rb") as lines:
            written_at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
            for number, line in enumerate(lines, start=1):
                if not line.strip():
                    continue
                try:
                    one: Submission = read_line(line, channel, written_at)
                    print(hook.file(one), flush=True)
                except Unusable as wrong:
                    bad += 1
                    say(f"amends: {file}:{number}: {wrong}")
    if bad:
        say(f"amends: {bad} line{'s' if bad > 1 else ''} not filed; the others were")
        raise FoundWrong
