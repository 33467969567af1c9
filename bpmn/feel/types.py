"""The types of the process language, and how they are written: `integer`, `enum(a, b)`, `list(id)`.

Every type includes null: a declared name begins as null.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from bpmn.feel.errors import TypeTextError
from bpmn.findings import nearest


class Kind(StrEnum):
    BOOLEAN = "boolean"
    INTEGER = "integer"
    NUMBER = "number"
    STRING = "string"
    ID = "id"
    ENUM = "enum"
    TIME = "time"
    DATE = "date"
    DURATION = "duration"
    MONTHS = "months"
    LIST = "list"
    CONTEXT = "context"
    ANY = "any"
    NULL = "null"


TEXTS = frozenset({Kind.STRING, Kind.ID, Kind.ENUM})
NUMBERS = frozenset({Kind.INTEGER, Kind.NUMBER})


@dataclass(frozen=True, slots=True)
class Type:
    """One type. `values` belongs to enums, `item` to lists, `fields` (name and type) to contexts.

    `literal` marks the enum inferred from text written in an expression: it must fit into the declared
    enum it meets, whereas two declared enums need only share a value. `open` marks an enum that may have been
    widened since whoever takes its values was written: it fits where one of its values does.
    """

    kind: Kind
    values: tuple[str, ...] = ()
    item: Type | None = None
    fields: tuple[tuple[str, Type], ...] = ()
    literal: bool = False
    open: bool = False

    def __str__(self) -> str:
        if self.kind is Kind.ENUM and self.literal:
            return " or ".join(f'"{value}"' for value in self.values)
        if self.kind is Kind.ENUM:
            return f"enum({', '.join(map(_enum_text, self.values))})"
        if self.kind is Kind.LIST:
            return f"list({self.element})"
        if self.kind is Kind.CONTEXT:
            return "context{" + ", ".join(f"{_enum_text(name)}: {of}" for name, of in self.fields) + "}"
        return self.kind.value

    @property
    def element(self) -> Type:
        """The type of a list's items."""
        return self.item or ANY

    def field(self, name: str) -> Type | None:
        """The type of a context's field, `None` when it has no such field."""
        return next((of for field_name, of in self.fields if field_name == name), None)


BOOLEAN = Type(Kind.BOOLEAN)
INTEGER = Type(Kind.INTEGER)
NUMBER = Type(Kind.NUMBER)
STRING = Type(Kind.STRING)
ID = Type(Kind.ID)
TIME = Type(Kind.TIME)
DATE = Type(Kind.DATE)
DURATION = Type(Kind.DURATION)
MONTHS = Type(Kind.MONTHS)
ANY = Type(Kind.ANY)
NULL = Type(Kind.NULL)

_SIMPLE = {
    of.kind.value: of
    for of in (BOOLEAN, INTEGER, NUMBER, STRING, ID, TIME, DATE, DURATION, MONTHS, ANY, NULL)
}
_WORD = re.compile(r"\s*(?:\"(?P<quoted>[^\"]*)\"|(?P<word>[\w][\w\-]*)|(?P<mark>[(){}:,]))\s*")


def enum_of(*values: str, literal: bool = False) -> Type:
    return Type(Kind.ENUM, values=tuple(dict.fromkeys(values)), literal=literal)


def opened(of: Type) -> Type:
    """The same, every enum in it open."""
    return replace(
        of,
        open=of.kind is Kind.ENUM,
        item=opened(of.item) if of.item else None,
        fields=tuple((name, opened(inner)) for name, inner in of.fields),
    )


def list_of(item: Type) -> Type:
    return Type(Kind.LIST, item=item)


def context_of(**fields: Type) -> Type:
    return Type(Kind.CONTEXT, fields=tuple(fields.items()))


def parse_type(text: str) -> Type:
    """`boolean`, `enum(a, "b c")`, `list(T)`, `context{name: T, ...}`; `TypeTextError` says what is wrong."""
    words: list[tuple[str, bool]] = []
    end = 0
    while end < len(text):
        match = _WORD.match(text, end)
        if match is None:
            raise TypeTextError(f"{text!r} is not a type: {text[end]!r} has no meaning in one")
        end = match.end()
        mark = match["mark"]
        words.append((mark, True) if mark else (match["word"] or match["quoted"] or "", False))
    reader = _Reader(text, words)
    parsed = reader.type()
    reader.finish()
    return parsed


def accepts(target: Type, source: Type) -> bool:
    """Whether a value of type `source` may be given where `target` is declared.

    `any` goes everywhere (the value is checked at run); a string does not become an enum by itself. So are the
    values of an open enum that the target does not know.
    """
    if Kind.ANY in (target.kind, source.kind) or source.kind is Kind.NULL:
        return True
    if target.kind is Kind.ENUM:
        if source.kind is not Kind.ENUM:
            return False
        known = set(source.values) & set(target.values)
        return bool(known) if source.open else known == set(source.values)
    if target.kind in TEXTS:
        return source.kind in TEXTS
    if target.kind is Kind.NUMBER:
        return source.kind in NUMBERS
    if target.kind is not source.kind:
        return False
    if target.kind is Kind.LIST:
        return accepts(target.element, source.element)
    return all((given := source.field(name)) is not None and accepts(of, given) for name, of in target.fields)


def join(left: Type, right: Type) -> Type | None:
    """The type of a value that is one or the other; `None` when they have nothing in common."""
    if left == right or right.kind is Kind.NULL:
        return left
    if left.kind is Kind.NULL:
        return right
    if Kind.ANY in (left.kind, right.kind):
        return ANY
    if left.kind is right.kind is Kind.ENUM:
        joined = enum_of(*left.values, *right.values, literal=left.literal and right.literal)
        return replace(joined, open=left.open or right.open)
    if left.kind in TEXTS and right.kind in TEXTS:
        return STRING
    if left.kind in NUMBERS and right.kind in NUMBERS:
        return NUMBER
    if left.kind is right.kind is Kind.LIST:
        return list_of(join(left.element, right.element) or ANY)
    if left.kind is right.kind is Kind.CONTEXT:
        names = dict.fromkeys([name for name, _ in left.fields] + [name for name, _ in right.fields])
        fields = {n: join(left.field(n) or NULL, right.field(n) or NULL) or ANY for n in names}
        return Type(Kind.CONTEXT, fields=tuple(fields.items()))
    return None


def _enum_text(value: str) -> str:
    return value if re.fullmatch(r"\w[\w\-]*", value) else f'"{value}"'


class _Reader:
    """Reads one type from its words; each word knows whether it is a mark of punctuation."""

    def __init__(self, text: str, words: list[tuple[str, bool]]) -> None:
        self._text = text
        self._words = words
        self._next = 0

    def type(self) -> Type:
        name = self._word("a type")
        if name == Kind.ENUM:
            self._mark("(")
            values = [self._word("a value")]
            while self._mark(",", ")") == ",":
                values.append(self._word("a value"))
            if len(set(values)) != len(values):
                raise TypeTextError(f"{self._text!r} names a value twice")
            return enum_of(*values)
        if name == Kind.LIST:
            self._mark("(")
            item = self.type()
            self._mark(")")
            return list_of(item)
        if name == Kind.CONTEXT:
            return self._context()
        if name not in _SIMPLE:
            near = nearest(name, [*_SIMPLE, "enum", "list", "context"])
            raise TypeTextError(f"{name!r} is not a type" + (f"; did you mean {near!r}?" if near else ""))
        return _SIMPLE[name]

    def finish(self) -> None:
        if self._next < len(self._words):
            raise TypeTextError(f"{self._text!r}: {self._words[self._next][0]!r} comes after a whole type")

    def _context(self) -> Type:
        self._mark("{")
        fields: dict[str, Type] = {}
        while True:
            name = self._word("a field")
            if name in fields:
                raise TypeTextError(f"{self._text!r} names the field {name!r} twice")
            self._mark(":")
            fields[name] = self.type()
            if self._mark(",", "}") == "}":
                return Type(Kind.CONTEXT, fields=tuple(fields.items()))

    def _word(self, wanted: str) -> str:
        word, is_mark = self._take(wanted)
        if is_mark:
            raise TypeTextError(f"{self._text!r}: {word!r} stands where {wanted} is wanted")
        return word

    def _mark(self, *marks: str) -> str:
        wanted = " or ".join(map(repr, marks))
        word, is_mark = self._take(wanted)
        if not is_mark or word not in marks:
            raise TypeTextError(f"{self._text!r}: {word!r} stands where {wanted} is wanted")
        return word

    def _take(self, wanted: str) -> tuple[str, bool]:
        if self._next == len(self._words):
            raise TypeTextError(f"{self._text!r} ends where {wanted} is wanted")
        self._next += 1
        return self._words[self._next - 1]
