"""Rows of a CSV or JSON-lines file, plain or gzipped, one at a time; events of a log gathered by their case.

Nothing is held but the present row: a log is gathered in a temporary file of its own, so that a file of any length
needs the same memory.
"""

from __future__ import annotations

import csv
import gzip
import json
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TextIO

from complaints.errors import Refusal
from intake.mapping import Layout, WrongCell, WrongMapping
from store.gathered import Gathered

Row = Mapping[str, object]
Numbered = tuple[int, Row | str]
"""The number of the row's line, and the row, or what keeps it from being read."""
LONGEST_CELL = 1_000_000
LINE = "line number"
"""Column that every row has: the only id where the other system gives none, and known again in the same file alone."""
RECEIVED, CLOSED = "first event", "last event"
"""Columns that gathered events have beside those of their first row."""


class UnreadableFile(Refusal):
    """A file that breaks off, or was packed by something else."""

    code = "unreadable-file"


def rows_of(path: Path, mapping: Layout) -> Iterator[Numbered]:
    """Every row with the number of its line. `WrongMapping` when the file lacks a column that is mapped,
    `UnreadableFile` for one that is damaged."""
    try:
        with _opened(path) as lines:
            named = path.name.removesuffix(".gz")
            rows = _json(lines) if named.endswith((".jsonl", ".ndjson")) else _table(lines, path, mapping)
            yield from rows if mapping.events is None else _gathered(rows, mapping, mapping.events)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise UnreadableFile(
            f"{path.name} is no whole gzip file ({error}): fetch it again, or unpack it"
        ) from error


def _opened(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _json(lines: TextIO) -> Iterator[Numbered]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:  # a number of too many digits is no JSONDecodeError
            yield number, f"is no JSON: {error}"
            continue
        yield number, value if isinstance(value, dict) else f"holds {type(value).__name__}, not a JSON object"


def _table(lines: TextIO, path: Path, mapping: Layout) -> Iterator[Numbered]:
    csv.field_size_limit(LONGEST_CELL)
    plain = mapping.delimiter == "\t"
    reader = csv.reader(
        lines, delimiter=mapping.delimiter, quoting=csv.QUOTE_NONE if plain else csv.QUOTE_MINIMAL
    )
    try:
        header = list(mapping.header) or next(reader, [])
    except csv.Error as error:
        raise UnreadableFile(f"the first line of {path.name} names no columns: {error}") from error
    wanted = {*mapping.columns.values(), *(mapping.events or {}).values()} - {LINE, RECEIVED, CLOSED}
    missing = sorted(wanted - set(header))
    if missing:
        raise WrongMapping(f"{path.name} has no column {missing[0]!r}; it has {', '.join(header)}")
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield reader.line_num, f"is no row: {error}"
            continue
        if not cells:
            continue
        if len(cells) != len(header):
            yield (
                reader.line_num,
                f"has {len(cells)} cells, not {len(header)}: quote what holds the delimiter",
            )
            continue
        yield reader.line_num, {LINE: str(reader.line_num), **dict(zip(header, cells, strict=True))}


def _gathered(rows: Iterator[Numbered], mapping: Layout, columns: Mapping[str, str]) -> Iterator[Numbered]:
    """One row a case: its first event's cells, with the times of its first and last events."""
    with Gathered() as gathered:
        for number, row in rows:
            if isinstance(row, str):
                yield number, row
                continue
            name = str(row.get(columns["case"]) or "").strip()
            if not name:
                yield number, f"has no {columns['case']!r}: an event needs the case it belongs to"
                continue
            try:
                at = mapping.instant(columns["time"], str(row.get(columns["time"]) or "").strip())
            except WrongCell as error:
                yield number, f"{error.name}: {error}"
                continue
            gathered.add(name, number, at, row)
        for number, first, last, cells in gathered.read():
            yield number, {**cells, RECEIVED: first, CLOSED: last}
