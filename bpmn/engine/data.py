"""Process data: what a scope sees, and what may be written to a declared name."""

from __future__ import annotations

from collections.abc import Mapping

from bpmn.errors import WrongData, WrongResult
from bpmn.events import Value
from bpmn.feel import Type, conforms
from bpmn.instance import Token
from bpmn.program import Block, Element


def view(tokens: Mapping[int, Token], scope: int) -> Mapping[str, Value]:
    """Every name visible in a scope: its own data before that of the scopes around it, up to its process."""
    token = tokens[scope]
    found = token.data or {}
    while token.element:
        token = tokens[token.scope]
        if token.data:
            found = {**token.data, **found} if found else token.data
    return found


def fresh(block: Block, given: Mapping[str, Value], where: str) -> dict[str, Value]:
    """The declared data of a new scope: null but for what it is given."""
    return {name: fit(given.get(name), declared, where, name) for name, declared in block.types.items()}


def fit(value: Value, declared: Type, where: str, name: str) -> Value:
    """The value as the instance keeps it; `WrongData` when it is not of the declared type."""
    if not conforms(value, declared):
        raise WrongData(where, name, value, declared)
    return _kept(value)


def check_result(result: Value, element: Element) -> None:
    """`WrongResult` unless each declared field of what came from outside has its type or is left out."""
    for name, declared in element.result.items():
        value = result.get(name) if isinstance(result, Mapping) else None
        if not conforms(value, declared):
            raise WrongResult(f"{element.process} {element.id}", name, value, declared)


def _kept(value: Value) -> Value:
    """A list of its own: the caller may change the one it passed, and a tuple would come back as a list."""
    return [_kept(item) for item in value] if isinstance(value, (list, tuple)) else value
