"""How results look: JSON for programs, tables of true character widths for people."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from rich.console import Console, RenderableType

Json = Mapping[str, Any]
PIPED_WIDTH = 200
"""Columns when nobody watches: a row stays one line for `grep`."""


def print_json(value: object) -> None:
    """As it stands in the API, Chinese readable; escaped where the output cannot carry it."""
    escaped = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    print(json.dumps(value, ensure_ascii=escaped, indent=2))


def console() -> Console:
    """The output for people. Rich counts the cells of wide characters, so columns stay straight."""
    from rich.console import Console

    width = (
        shutil.get_terminal_size().columns if sys.stdout.isatty() or "COLUMNS" in os.environ else PIPED_WIDTH
    )
    return Console(width=width, highlight=False, markup=False, emoji=False, soft_wrap=False)


def table(headings: Sequence[str], rows: Iterable[Sequence[object]], *, folded: str = "") -> RenderableType:
    """Rows under headings. The column `folded` takes what width is left and folds; the others stay whole."""
    from rich import box
    from rich.table import Table

    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for heading in headings:
        made.add_column(
            heading, no_wrap=heading != folded, overflow="fold" if heading == folded else "ellipsis"
        )
    for row in rows:
        made.add_row(*(shown(value) for value in row))
    return made


def shown(value: object) -> str:
    """One value for people: a dash for nothing, yes and no, commas in a list."""
    match value:
        case None | "":
            return "–"
        case True:
            return "yes"
        case False:
            return "no"
        case list() | tuple():
            return ", ".join(shown(one) for one in value) or "–"
        case _:
            return str(value)


def local(at: str | None, zone: ZoneInfo) -> str:
    """An ISO instant as the clock on the wall says it: `2026-11-22 18:00`."""
    return "–" if at is None else f"{datetime.fromisoformat(at).astimezone(zone):%Y-%m-%d %H:%M}"


def money(minor: int | None) -> str:
    """Minor units as people write them: 12950 is 129.50."""
    return "" if minor is None else f"{minor // 100}.{minor % 100:02d}"
