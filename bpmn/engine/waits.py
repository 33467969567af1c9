"""What a running instance shows: what it waits for, where its tokens are, what its process knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

from bpmn.engine.data import view
from bpmn.engine.run import WORK
from bpmn.events import Value
from bpmn.instance import Instance
from bpmn.model import NodeKind
from bpmn.program import Element, WaitText

if TYPE_CHECKING:
    from bpmn.link import Definitions

WAITING = WORK | {NodeKind.RECEIVE, NodeKind.CATCH, NodeKind.EVENT_BASED}
UNKNOWN = "?"
"""Stands in a wait's text for a name that is null."""


@dataclass(frozen=True, slots=True)
class Wait:
    """One thing the case waits for. `text` is the `waits` property, filled from the data, or the element's name."""

    activation: int
    process: str
    element: str
    name: str
    kind: NodeKind
    text: str
    properties: Mapping[str, str]


def as_it_is(_name: str, value: Value) -> str:
    return str(value)


def waits(
    definitions: Definitions,
    instance: Instance,
    *,
    language: str = "",
    named: Callable[[str, Value], str] = as_it_is,
) -> tuple[Wait, ...]:
    """What each token waits for, oldest first. Scopes and joins are left out: what they hold speaks for them.

    A scope with a `waits` property of its own is listed too. `language` prefers a property like `waits.zh`;
    `named` gives the word that stands for the value of a name, as "Logistics" for `department` `logistics`.
    """
    found: list[Wait] = []
    for token in instance.tokens.values():
        if not token.element:
            continue
        element = definitions.processes[token.process].elements[token.element]
        if element.kind in WAITING or element.waits is not None:
            text = _text(element, view(instance.tokens, token.scope), language, named)
            found.append(
                Wait(
                    token.id,
                    token.process,
                    element.id,
                    element.name,
                    element.kind,
                    text,
                    element.properties,
                )
            )
    return tuple(found)


def places(definitions: Definitions, instance: Instance) -> Mapping[str, Mapping[str, tuple[int, ...]]]:
    """Where the tokens are: process, then element, then the activations there, oldest first."""
    found: dict[str, dict[str, tuple[int, ...]]] = {}
    for token in instance.tokens.values():
        if token.element:
            elements = found.setdefault(token.process, {})
            elements[token.element] = (*elements.get(token.element, ()), token.id)
    return found


def data(definitions: Definitions, instance: Instance) -> Mapping[str, Value]:
    """The data of the root process, also after its end."""
    return dict(instance.root.data or {})


def next_activation(instance: Instance) -> int:
    """The first id this instance has not used: `first_activation` of the one that follows it in the case."""
    return instance.next_id


def _text(
    element: Element, values: Mapping[str, Value], language: str, named: Callable[[str, Value], str]
) -> str:
    text: WaitText | None = element.waits_in.get(language, element.waits)
    if text is None:
        return element.name or element.id
    names = (UNKNOWN if values[name] is None else named(name, values[name]) for name in text.names)
    return "".join(part for pair in zip_longest(text.pieces, names, fillvalue="") for part in pair)
