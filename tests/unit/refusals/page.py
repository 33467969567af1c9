"""`docs/refusals.md`, printed from the table: `python -m tests.unit.refusals.page > docs/refusals.md`."""

from __future__ import annotations

from itertools import groupby

from tests.unit.refusals.row import Row
from tests.unit.refusals.sites import sites
from tests.unit.refusals.table import table

HEAD = """\
# Refusals of the linter

Written from `tests/unit/refusals/`; do not edit by hand.

What `amends definitions lint` and `deploy` say of each mistake: {rows} definitions, each wrong in one thing, over all
{sites} places in the code where a definition is refused (a place without a line here fails the tests). A refusal names
file, line, element and, for a word that is nearly right, the near one. The left column is the line it points at.
Whoever deploys such a definition gets exit code 1 and these lines; nothing is published.
"""
GROUPS = {
    "file": "What a file holds",
    "drawing": "What is drawn",
    "linking": "What is bound",
    "expression": "Expressions, types and timers",
    "table": "Decision tables",
}
LONGEST = 110


def page() -> str:
    """The whole page: a section a group, a line a mistake."""
    parts = [HEAD.format(rows=len(table()), sites=len(sites()))]
    for group, rows in groupby(table(), key=lambda row: row.group):
        parts += [f"## {GROUPS[group]}\n", "| at | said |", "|---|---|"]
        parts += [f"| {_code(_line(row))} | {_cell(str(row.finding))} |" for row in rows]
        parts.append("")
    return "\n".join(parts)


def _line(row: Row) -> str:
    """The line of the file that the finding points at."""
    place = row.finding.place
    text = row.files[place.file].decode().splitlines()[place.line - 1].strip()
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _code(text: str) -> str:
    marks = "``" if "`" in text else "`"
    return f"{marks} {text} {marks}".replace("|", "\\|") if "`" in text else f"`{text}`".replace("|", "\\|")


def _cell(text: str) -> str:
    short = text if len(text) <= 400 else f"{text[:200]} … {text[-150:]}"
    return short.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


if __name__ == "__main__":
    print(page(), end="")
