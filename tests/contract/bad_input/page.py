"""`docs/bad-input.md`, printed from the table: `python -m tests.contract.bad_input.page > docs/bad-input.md`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby

from tests.contract.bad_input.commands import commands
from tests.contract.bad_input.row import Row
from tests.contract.bad_input.table import table

HEAD = """\
# Bad input

Written from `tests/contract/bad_input/`; do not edit by hand.

What each door answers to what it cannot use, and to words that look dangerous and are not wrong: {count:,} requests,
each tried on SQLite and on PostgreSQL. A refusal is `application/problem+json` with the code below and names cause and
cure; a customer and whoever is at the desk get a page. After each refusal every table of the store has the rows it had,
and no complaint has changed. No answer holds a traceback, and none is a 500. What is said of definitions that cannot be
used: [refusals.md](refusals.md).
"""
_MARKS = frozenset("<>{}[]*_|\\'\"#$")
"""What Markdown would take for its own."""


COMMANDS = """\
## Command line

After `amends`; REF and ITEM are an open complaint and its offered work item, ABSENT a reference that nobody has,
FAULTY and FAULTY-ITEM a complaint that is at fault, ACTION an improvement action that waits to be agreed to, CHECK a
quality check that nobody has recorded. Exit code 1 is a refusal in one line on the error output, for a file a line for
each row, 2 wrong usage. The store is the same as before.
"""


def page() -> str:
    """The whole page: a section a door, a table a kind of input, a line an answer."""
    parts = [HEAD.format(count=len(table()))]
    for door, rows in groupby(sorted(table(), key=_order), key=lambda row: row.door):
        parts.append(f"## {door}\n")
        parts += ["| input | what is sent | answer |", "|---|---|---|"]
        for group, of_group in groupby(rows, key=lambda row: row.group):
            parts += _lines(group, list(of_group))
        parts.append("")
    parts += [COMMANDS, "| input | what is typed | exit code and line |", "|---|---|---|"]
    for group, of_kind in groupby(commands(), key=lambda command: command.group):
        answers: dict[str, list[str]] = {}
        for command in of_kind:
            says = f", “{_plain(command.says)}”" if command.says else ""
            answers.setdefault(f"{command.code}{says}", []).append(_code(command.id))
        parts += [f"| {group} | {' · '.join(typed)} | {answer} |" for answer, typed in answers.items()]
    return "\n".join([*parts, ""])


def _order(row: Row) -> tuple[int, int]:
    """Doors and groups in the order in which they first come; rows of one group stay together."""
    doors = list(dict.fromkeys(one.door for one in table()))
    groups = list(dict.fromkeys(one.group for one in table()))
    return doors.index(row.door), groups.index(row.group)


def _lines(group: str, rows: list[Row]) -> Iterable[str]:
    answers: dict[str, list[str]] = {}
    for row in rows:
        answers.setdefault(_answer(row), []).append(_cell(row.name))
    for answer, names in answers.items():
        yield f"| {group} | {' · '.join(names)} | {answer} |"


def _answer(row: Row) -> str:
    told = {"page": "a page", "moved": "to the sign-in", "accepted": "kept"}.get(row.code, f"`{row.code}`")
    field = re.fullmatch(r'"field":"(?:body\\.|query\\.)?([^"]+)"?', row.says)
    says = f", names `{field[1]}`" if field else f", “{_plain(row.says)}”" if row.says else ""
    return f"{row.status} {told}{says}"


def _plain(text: str) -> str:
    return text.replace("|", "\\|").replace('"', "")


def _code(text: str) -> str:
    return f"`{text}`".replace("|", "\\|")


def _cell(name: str) -> str:
    """On one line, and as code where Markdown would read something else into it."""
    visible = name.replace("\n", "↵").replace("|", "\\|")
    return f"`{visible}`" if _MARKS & set(visible) and "`" not in visible else visible


if __name__ == "__main__":
    print(page(), end="")
