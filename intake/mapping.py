"""How the columns of another system's file become the fields of a complaint: a mapping, as a TOML file.

```toml
source = "helpdesk"            # with each row's own id the key that makes a repeat harmless
zone = "Asia/Shanghai"         # of times without an offset
time = "%m/%d/%Y"              # of times that are not ISO 8601

[columns]                      # field = column
external_id = "Case ID"
received_at = "opened"
closed_at = "closed"

[values.category]              # what a column holds = what the field takes; "*" for everything else
"物流" = "logistics"

[defaults]                     # where no column says it, or its cell is empty
tier = "medium"

[copy]                         # the field where it is still empty = another field
closed_at = "resolved_at"

[events]                       # only for a log of events, many rows a complaint
case = "Case ID"
time = "timestamp"
```
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from complaints.errors import Refusal, near
from intake.history_row import FIELDS, NUMBERS, TIMES

PARTS = ("source", "zone", "time", "delimiter", "header", "columns", "values", "defaults", "copy", "events")
LONGEST_SOURCE = 30


class WrongMapping(Refusal):
    """A mapping that cannot be used."""

    code = "wrong-mapping"


class WrongCell(ValueError):
    """A cell that no field can be made of."""

    def __init__(self, name: str, cause: str) -> None:
        super().__init__(cause)
        self.name = name


@dataclass(frozen=True, slots=True)
class Layout:
    """`columns`: field to column. `header` names the columns of a file that has no first line with names."""

    source: str
    zone: ZoneInfo
    columns: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    defaults: Mapping[str, object] = field(default_factory=dict)
    copy: Mapping[str, str] = field(default_factory=dict)
    time: str | None = None
    delimiter: str = ","
    header: tuple[str, ...] = ()
    events: Mapping[str, str] | None = None
    strict: bool = False
    """Whether a name that is no field is refused: then a misspelt one is not lost."""

    def fields(self, row: Mapping[str, object]) -> dict[str, object]:
        """The fields of a row, nested where a field is. `WrongCell` for a time or number that is none."""
        strange = (
            [name for name in row if name not in FIELDS and not name.startswith("_")] if self.strict else []
        )
        if strange:
            raise WrongCell(strange[0][:40], f"there is no such field{near(strange[0], FIELDS)}")
        found: dict[str, object] = {}
        for name, column in self.columns.items():
            cell = row.get(column)
            if isinstance(cell, str):
                cell = cell.strip()
            if cell in (None, ""):
                continue
            found[name] = self._value(name, cell)
        for name, default in self.defaults.items():
            found.setdefault(name, self._value(name, default) if name in TIMES else default)
        for name, other in self.copy.items():
            if name not in found and other in found:
                found[name] = found[other]
        return _nested(found)

    def _value(self, name: str, cell: object) -> object:
        known = self.values.get(name)
        if known is not None:
            chosen = known.get(str(cell), known.get("*"))
            if chosen is None:
                raise WrongCell(
                    name, f"{str(cell)[:40]!r} has no place under [values.{name}]: add it, or '*'"
                )
            cell = chosen
        if name in TIMES:
            return cell if isinstance(cell, datetime) else self.instant(name, cell)
        if name in NUMBERS and isinstance(cell, str):
            try:
                return int(cell)
            except ValueError as error:
                raise WrongCell(name, f"{cell[:40]!r} is no whole number") from error
        return cell if name in NUMBERS or isinstance(cell, dict) else str(cell)

    def instant(self, name: str, cell: object) -> datetime:
        """An aware instant; `WrongCell` for what is none."""
        try:
            at = datetime.strptime(str(cell), self.time) if self.time else datetime.fromisoformat(str(cell))
        except ValueError as error:
            form = self.time or "ISO 8601, or name its form under `time` of the mapping"
            raise WrongCell(name, f"{str(cell)[:40]!r} is no time: write it as {form}") from error
        return at if at.tzinfo is not None else at.replace(tzinfo=self.zone)


def own_fields(source: str, zone: str) -> Layout:
    """For files that use our own names already."""
    return Layout(_source(source), _zone(zone), columns={name: name for name in FIELDS}, strict=True)


def read_mapping(path: Path, zone: str) -> Layout:
    """The mapping of a file; `zone` where it names none. `WrongMapping` names what is wrong and the near name."""
    try:
        given = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise WrongMapping(f"{path.name}: {error}") from error
    for part in given:
        if part not in PARTS:
            raise WrongMapping(f"{path.name}: there is no part {part!r}{near(part, PARTS)}")
    tables = {name: given.get(name, {}) for name in ("columns", "values", "defaults", "copy")}
    for name, table in tables.items():
        if not isinstance(table, dict):
            raise WrongMapping(f"{path.name}: [{name}] is no table")
        for known, value in table.items():
            if not _fits(name, value):
                raise WrongMapping(f"{path.name}: [{name}] {known}: {KINDS[name]}, not {str(value)[:40]!r}")
        for known in table:
            if known not in FIELDS:
                raise WrongMapping(f"{path.name}: [{name}]: there is no field {known!r}{near(known, FIELDS)}")
    for known, other in tables["copy"].items():
        if other not in FIELDS:
            raise WrongMapping(
                f"{path.name}: [copy] {known}: there is no field {other!r}{near(other, FIELDS)}"
            )
    events = given.get("events")
    if events is not None and not (
        isinstance(events, dict) and set(events) == {"case", "time"} and _fits("columns", *events.values())
    ):
        raise WrongMapping(f"{path.name}: [events] names the columns `case` and `time`, and nothing else")
    for name in ("source", "zone", "time", "delimiter"):
        if not isinstance(given.get(name, ""), str):
            raise WrongMapping(f"{path.name}: {name} is a text, not {given[name]!r}")
    delimiter, header = given.get("delimiter", ","), given.get("header", [])
    if len(delimiter) != 1 or delimiter in '"\r\n':
        raise WrongMapping(f"{path.name}: delimiter is one character, not {delimiter[:10]!r}")
    if not isinstance(header, list) or not _fits("columns", *header):
        raise WrongMapping(f"{path.name}: header lists the names of the columns")
    return Layout(
        _source(str(given.get("source", path.stem))), _zone(str(given.get("zone", zone))),
        columns=tables["columns"], values=tables["values"], defaults=tables["defaults"], copy=tables["copy"],
        time=given.get("time"), delimiter=delimiter, header=tuple(header), events=events,
    )  # fmt: skip


KINDS = {
    "columns": "a column is a text", "values": "a table of texts", "defaults": "a text, a number or a time",
    "copy": "a field is a text",
}  # fmt: skip
"""What each part gives for a field."""


def _fits(part: str, *values: object) -> bool:
    """Whether these can be what a part of the mapping gives."""
    if part == "values":
        return all(isinstance(value, dict) and _fits("columns", *value.values()) for value in values)
    kinds = (str, int, date) if part == "defaults" else (str,)
    return all(isinstance(value, kinds) for value in values)


def _source(name: str) -> str:
    if not name.strip() or len(name) > LONGEST_SOURCE:
        raise WrongMapping(f"a source has a name of 1 to {LONGEST_SOURCE} characters, not {name[:40]!r}")
    return name.strip()


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise WrongMapping(f"{name!r} is no time zone; write one like Asia/Shanghai") from error


def _nested(found: Mapping[str, object]) -> dict[str, object]:
    """`customer.id` becomes a field of the customer; a row may hold the customer whole."""
    flat: dict[str, object] = {k: v for k, v in found.items() if "." not in k}
    customer = {k.partition(".")[2]: v for k, v in found.items() if "." in k}
    if customer:
        flat["customer"] = customer
    return flat
