"""A running process as a value: the tokens of one case's root process and of all it called.

A token is one element being active, and a scope is a token that holds others: the root and each called process
(standing at no element), each embedded and event subprocess. So the whole instance is a tree of tokens.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from bpmn.errors import ForeignInstance
from bpmn.events import Value
from bpmn.feel import decode, encode
from bpmn.feel.types import ANY
from bpmn.program import Block

if TYPE_CHECKING:
    from bpmn.link import Definitions

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Armed:
    """An own timer that will come due: when, and which occurrence it is (1 is the first)."""

    due_at: datetime
    occurrence: int = 1


@dataclass(frozen=True, slots=True)
class Token:
    """One activation of an element, or the root of a process (`element` is "").

    `scope` is the activation it stands in (0 for the instance's root; a called process stands in the
    activation of its call activity). `data` is set for scopes only, with the `block` that declares it.
    `flow` is set for a token that waits at a join: the flow it came by. `sealed` scopes take no further
    event subprocess: an interrupting one has begun.
    """

    id: int
    scope: int
    process: str
    element: str = ""
    flow: str = ""
    data: Mapping[str, Value] | None = None
    timers: Mapping[str, Armed] = field(default_factory=dict)
    paused: tuple[tuple[str, Value], ...] = ()
    sealed: bool = False
    block: Block | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Instance:
    """Tokens by activation in the order of their ids, the next id, and the end event once it is over."""

    tokens: Mapping[int, Token]
    next_id: int
    end: str = ""

    @property
    def root(self) -> Token:
        return next(iter(self.tokens.values()))

    @property
    def is_over(self) -> bool:
        return bool(self.end)

    def to_json(self) -> str:
        """Compact and deterministic; nulls, empty parts and whatever the definitions know are left out."""
        saved: dict[str, Any] = {"n": self.next_id, "t": {str(t.id): _save(t) for t in self.tokens.values()}}
        if self.end:
            saved["x"] = self.end
        return json.dumps(saved, ensure_ascii=False, separators=(",", ":"), sort_keys=True)

    @classmethod
    def from_json(cls, text: str, definitions: Definitions) -> Instance:
        """The same instance from `to_json`, in any order of keys. `ForeignInstance` when definitions differ."""
        saved = json.loads(text)
        tokens: dict[int, Token] = {}
        for activation in sorted(map(int, saved["t"])):  # a scope is always older than what stands in it
            tokens[activation] = _load(activation, saved["t"][str(activation)], tokens, definitions)
        return cls(tokens, saved["n"], saved.get("x", ""))


def _save(token: Token) -> dict[str, Any]:
    saved: dict[str, Any] = {}
    if token.element:
        saved["e"] = token.element
    else:
        saved["p"] = token.process
    if token.scope:
        saved["s"] = token.scope
    if token.flow:
        saved["f"] = token.flow
    if token.data and token.block:
        types = token.block.types
        saved["d"] = {name: encode(v, types[name]) for name, v in token.data.items() if v is not None}
    if token.timers:
        saved["t"] = {
            element: [(armed.due_at - _EPOCH) // _MICROSECOND, armed.occurrence]
            for element, armed in token.timers.items()
        }
    if token.paused:
        saved["c"] = [[clock, encode(key, ANY)] for clock, key in token.paused]
    if token.sealed:
        saved["i"] = 1
    return saved


def _load(
    activation: int, saved: dict[str, Any], older: Mapping[int, Token], definitions: Definitions
) -> Token:
    scope = saved.get("s", 0)
    element = saved.get("e", "")
    key = older[scope].process if element else saved["p"]
    program = definitions.processes.get(key)
    if program is None:
        raise ForeignInstance(f"no process {key!r}")
    if element and element not in program.elements:
        raise ForeignInstance(f"process {key} has no element {element!r}")
    block = program.elements[element].block if element else program.block
    return Token(
        activation,
        scope,
        key,
        element,
        flow=saved.get("f", ""),
        data=None if block is None else _data(saved.get("d", {}), block, f"{key} {element}"),
        timers={name: Armed(_EPOCH + due * _MICROSECOND, n) for name, (due, n) in saved.get("t", {}).items()},
        paused=tuple((clock, decode(key, ANY)) for clock, key in saved.get("c", ())),
        sealed="i" in saved,
        block=block,
    )


def _data(saved: Mapping[str, Any], block: Block, where: str) -> dict[str, Value]:
    unknown = saved.keys() - block.types.keys()
    if unknown:
        raise ForeignInstance(f"{where} declares no data {sorted(unknown)}")
    return {name: decode(saved.get(name), kind) for name, kind in block.types.items()}
