"""Expressions that go over a list: filter, `for`, `some` and `every`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from bpmn.feel import syntax
from bpmn.feel.code import Code, Compiling, Values
from bpmn.feel.errors import WrongType
from bpmn.feel.types import BOOLEAN, NUMBERS, Kind, Type, list_of
from bpmn.feel.typing_rules import iterable


class Scoping(Compiling, Protocol):
    """A compiler that can open a scope with local names."""

    def within(self, names: Mapping[str, Type]) -> Scoping: ...


def compile_for(node: syntax.For, compiling: Scoping) -> Code:
    source, item = _source(node.source, compiling)
    body = compiling.within({node.name: item}).code(node.body)
    name, items, each = node.name, source.run, body.run

    def collect(values: Values) -> Any:
        found = items(values)
        return None if found is None else [each({**values, name: one}) for one in found]

    return Code(list_of(body.type), collect)


def compile_quantified(node: syntax.Quantified, compiling: Scoping) -> Code:
    """`some` is an `or` over the items and `every` an `and`, three-valued like them."""
    source, item = _source(node.source, compiling)
    body = compiling.within({node.name: item}).code(node.body)
    if body.type.kind not in (Kind.BOOLEAN, Kind.ANY):
        compiling.refuse(WrongType, f"`satisfies` takes true or false, not {body.type}")
    name, items, holds, decisive = node.name, source.run, body.run, not node.every

    def judge(values: Values) -> bool | None:
        found = items(values)
        if found is None:
            return None
        answers = [holds({**values, name: one}) for one in found]
        if decisive in answers:
            return decisive
        return None if None in answers else not decisive

    return Code(BOOLEAN, judge)


def compile_filter(node: syntax.Filter, compiling: Scoping) -> Code:
    """`list[2]`, `list[-1]`: that item, null when there is none; `list[condition]`: those that hold, where
    the condition sees `item` and the fields of a context."""
    source, item = _source(node.base, compiling)
    fields = dict(item.fields) if item.kind is Kind.CONTEXT else {}
    condition = compiling.within({**fields, "item": item}).code(node.condition)
    items, holds, names = source.run, condition.run, tuple(fields)
    if condition.type.kind in NUMBERS:
        return Code(item, lambda values: _at(items(values), holds(values)))
    if condition.type.kind is not Kind.BOOLEAN:
        compiling.refuse(WrongType, f"a filter is a position, or true or false, not {condition.type}")

    def keep(values: Values) -> Any:
        found = items(values)
        if found is None:
            return None
        return [one for one in found if holds({**values, **_fields(one, names), "item": one}) is True]

    return Code(list_of(item), keep)


def _source(node: syntax.Node, compiling: Compiling) -> tuple[Code, Type]:
    source = compiling.code(node)
    item = iterable(source.type)
    if item is None:
        compiling.refuse(WrongType, f"a list is wanted, not {source.type}")
    return source, item


def _fields(one: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: one.get(name) if isinstance(one, Mapping) else None for name in names}


def _at(items: Any, position: Any) -> Any:
    if items is None or position is None or position != int(position):
        return None
    index = int(position) - 1 if position > 0 else len(items) + int(position)
    return items[index] if position and 0 <= index < len(items) else None
