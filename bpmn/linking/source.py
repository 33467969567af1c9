"""What linking gathers: findings, and compiled expressions in place of text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bpmn.dmn import DecisionTable
from bpmn.feel import Expression, ExpressionError, Type, TypeTextError, compile_expression, parse_type
from bpmn.feel.types import Kind, opened
from bpmn.findings import Finding, nearest
from bpmn.model import Place, Process, Scope, Text
from bpmn.vocabulary import Vocabulary

KEY_KINDS = frozenset({Kind.ID, Kind.STRING, Kind.ENUM, Kind.INTEGER, Kind.NULL})
"""What may name an item, a cycle, a message's partner: something JSON and people can hold as it is."""
RESERVED = "result"

Types = Mapping[str, Type]


@dataclass(frozen=True, slots=True)
class Source:
    """The set being linked. Methods that cannot give what they are asked for note a finding and give `None`."""

    processes: Mapping[str, Process]
    decisions: Mapping[str, DecisionTable]
    vocabulary: Vocabulary
    published: bool = False
    """The set was linked before, so the vocabulary may have been widened since: what it gives is open."""
    findings: list[Finding] = field(default_factory=list)

    def note(self, place: Place, message: str, near: str | None = None) -> None:
        self.findings.append(Finding(place, message, near))

    def expression(self, text: Text, names: Types, expected: Type | None = None) -> Expression | None:
        try:
            return compile_expression(text.body, names, place=text.place, expected=expected)
        except ExpressionError as error:
            self.findings.append(error.finding)
            return None

    def key(self, text: Text, names: Types) -> Expression | None:
        """An expression whose value names something."""
        found = self.expression(text, names)
        if found is not None and found.type.kind not in KEY_KINDS:
            self.note(text.place, f"`{text.body}` is a {found.type}: a key is an id, a text or an integer")
        return found

    def data(self, scope: Scope) -> dict[str, Type]:
        """The types a scope declares."""
        types: dict[str, Type] = {}
        for name, text in scope.data.items():
            declared = self.type(text)
            if declared is not None:
                types[name] = declared
            if name == RESERVED:
                self.note(
                    text.place, f"data.{name}: the name {name!r} means what an activity gave; choose another"
                )
            elif not re.fullmatch(r"[^\W\d]\w*", name):
                self.note(text.place, f"data.{name} is not a name: write letters, digits and underscores")
        return types

    def type(self, text: Text) -> Type | None:
        try:
            return parse_type(text.body)
        except TypeTextError as error:
            self.note(text.place, str(error))
            return None

    def words(self, types: Mapping[str, str]) -> dict[str, Type]:
        """Types that the vocabulary gives as text; a mistake there is the caller's own and raises."""
        read = {name: parse_type(text) for name, text in types.items()}
        return {name: opened(of) for name, of in read.items()} if self.published else read

    def known(self, place: Place, what: str, name: str, known: Mapping[str, object] | frozenset[str]) -> bool:
        """Whether `name` is one of `known`; a finding with the near name when it is not."""
        if name in known:
            return True
        self.note(place, f"unknown {what} {name!r}", nearest(name, known))
        return False


def split(text: str) -> list[str]:
    """The parts of a comma separated list, where commas inside brackets and quotes separate nothing."""
    parts = [""]
    depth, quoted = 0, False
    for sign in text:
        quoted = quoted != (sign == '"')
        depth += 0 if quoted else (sign in "([{") - (sign in ")]}")
        if sign == "," and not depth and not quoted:
            parts.append("")
        else:
            parts[-1] += sign
    return [part.strip() for part in parts if part.strip()]
