"""One row of a complaint as the pattern for its clones: what stays, and how the rest reads anew."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from store.tables import Case

Row = dict[str, object]

ITEM_COLUMNS = frozenset({"item_id", "about"})
ITEM_NAMES = frozenset({"item", "work_item", "about"})
"""Names under which process data, task inputs and history hold the number of a work item."""
ITEM_CLOCKS = frozenset({"confirm", "deliver", "duty"})
"""Clocks whose key is the number of a work item."""
KEY_COLUMNS = frozenset({"key", "clock_key"})
TOLD_APART = frozenset({"external_id", "webhook_id"})
"""What is unique in the outside world."""


@dataclass(frozen=True, slots=True)
class Clone:
    case_id: str
    ref: str
    customer_id: str
    flow_run_id: UUID | None


class Pattern:
    """A row of `original` in `table`. Only the columns that differ from clone to clone are made anew."""

    def __init__(self, table: str, row: Row, original: Case) -> None:
        self._original = original
        self._of_item = (row.get("name") if table == "clocks" else row.get("clock")) in ITEM_CLOCKS
        self._kept = dict(row)
        if table not in ("cases", "customers") and isinstance(row.get("id"), int):
            self.number = int(str(self._kept.pop("id")))  # the database numbers the clone's row
        probe = Clone("case", "ref", "customer", None)
        self._renewed = {
            name: renew
            for name, value in self._kept.items()
            if (renew := self._how(table, name, value))(probe, _Anything()) != value
        }  # fmt: skip

    def of(self, clone: Clone, items: Mapping[int, int]) -> Row:
        """The row for a clone whose items are numbered so (by the numbers of the original)."""
        row = dict(self._kept)
        for name, renew in self._renewed.items():
            row[name] = renew(clone, items)
        return row

    def _how(self, table: str, name: str, value: object) -> Callable[[Clone, Mapping[int, int]], object]:
        if table == "cases" and name == "flow_run_id":
            return lambda clone, _: str(clone.flow_run_id) if clone.flow_run_id else None
        if table == "cases" and name == "instance":
            saved = json.loads(str(value))
            return lambda clone, items: json.dumps(
                self._again(saved, clone, items, False), ensure_ascii=False, separators=(",", ":"), sort_keys=True
            )  # fmt: skip
        if name in TOLD_APART or (table, name) == ("customer_keys", "value"):
            return lambda clone, _: f"{value}/{clone.ref}"
        about = name in ITEM_COLUMNS or (self._of_item and name in KEY_COLUMNS)
        return lambda clone, items: self._again(value, clone, items, about)

    def _again(self, value: object, clone: Clone, items: Mapping[int, int], about_item: bool) -> object:
        match value:
            case dict():
                keyed = value.get("clock") in ITEM_CLOCKS
                return {
                    key: self._again(
                        held, clone, items, key in ITEM_NAMES or (keyed and key in KEY_COLUMNS)
                    )
                    for key, held in value.items()
                }  # fmt: skip
            case list():
                return [self._again(held, clone, items, about_item) for held in value]
            case int() if about_item:
                return items[value]
            case str() if about_item and value:
                return str(items[int(value)])
            case self._original.id:
                return clone.case_id
            case self._original.customer_id:
                return clone.customer_id
            case str():
                return value.replace(self._original.ref, clone.ref)
        return value


class _Anything(dict[int, int]):
    """Numbers no item has: shows which columns hold one."""

    def __missing__(self, number: int) -> int:
        return -number
