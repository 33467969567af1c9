"""`amends review`: the monthly review, printed or written to a file."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from runtime.cli.installation import opened
from runtime.cli.options import AsJson
from runtime.cli.printing import print_json

app = typer.Typer()


class Format(StrEnum):
    MD = "md"
    PDF = "pdf"
    XLSX = "xlsx"
    HTML = "html"


class Language(StrEnum):
    ZH = "zh"
    EN = "en"


@app.command()
def review(
    month: Annotated[
        str | None, typer.Option("--month", metavar="YYYY-MM", help="Default: the last month that is over.")
    ] = None,
    language: Annotated[
        Language | None, typer.Option("--language", help="Default: that of the installation.")
    ] = None,
    form: Annotated[
        list[Format] | None, typer.Option("--format", help="May be given several times. Default: md.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="DIR", help="Folder for the files. Default: md is printed, others go here."
        ),
    ] = None,
    mail: Annotated[bool, typer.Option("--mail", help="Tell the managers, once a month.")] = False,
    as_json: AsJson = False,
) -> None:
    """The monthly review of complaints. A month that is over is frozen when it is first printed."""
    wiring = opened()
    press = wiring.press
    found = press.month(month)
    document = press.document(found, language)
    forms = list(dict.fromkeys(form or [Format.MD]))
    made = {one: press.render(document, one) for one in forms}  # before anything is written
    written = []
    for one, content in made.items():
        if one is Format.MD and out is None:
            if not as_json:
                sys.stdout.write(content.decode())
            continue
        path = (out or Path()) / f"review-{found.name}-{document.language}.{one}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        written.append(str(path))
    letters = wiring.review.mail(found.name) if mail else 0
    if as_json:
        print_json({
            "month": found.name, "frozen": found.frozen, "hash": found.hash, "files": written, "letters": letters,
            "facts": found.facts,
        })  # fmt: skip
        return
    for path_name in written:
        print(path_name)
    if mail:
        print(f"{letters} letters written")
