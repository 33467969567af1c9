"""Types as DMN writes them: `typeRef`, item definitions, and lists of allowed values that make an enum."""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

from bpmn.dmn.document import Reading, part, parts, text_of
from bpmn.feel import syntax
from bpmn.feel.errors import ExpressionError
from bpmn.feel.grammar import parse_tests
from bpmn.feel.types import (
    ANY,
    BOOLEAN,
    DATE,
    DURATION,
    ID,
    INTEGER,
    MONTHS,
    NUMBER,
    STRING,
    TIME,
    Kind,
    Type,
    enum_of,
    list_of,
)
from bpmn.findings import nearest

_BUILT_IN = {
    "Any": ANY,
    "any": ANY,
    "boolean": BOOLEAN,
    "date": DATE,
    "date and time": TIME,
    "dateTime": TIME,
    "dayTimeDuration": DURATION,
    "days and time duration": DURATION,
    "decimal": NUMBER,
    "double": NUMBER,
    "duration": DURATION,
    "id": ID,
    "integer": INTEGER,
    "long": INTEGER,
    "number": NUMBER,
    "string": STRING,
    "yearMonthDuration": MONTHS,
    "years and months duration": MONTHS,
}


@dataclass(slots=True)
class ItemTypes:
    """The types one file can name. An unknown or endless one is a finding, and `any` from then on."""

    reading: Reading
    definitions: dict[str, etree._Element]
    _open: set[str] = field(default_factory=set)

    def named(self, reference: str | None, element: etree._Element) -> Type | None:
        """The type of a `typeRef`, `None` when there is none."""
        if not reference:
            return None
        name = reference.strip()
        name = name if name in self.definitions else name.rpartition(":")[2]
        if name in self.definitions and name not in _BUILT_IN:
            return self._defined(name, element)
        found = _BUILT_IN.get(name)
        if found is None:
            hint = " (time of day is not; use dateTime)" if name == "time" else ""
            near = nearest(name, [*self.definitions, *_BUILT_IN])
            self.reading.find(f"type {reference!r} is not known{hint}", element, near)
            return ANY
        return found

    def narrowed(self, of: Type, allowed: etree._Element | None) -> Type:
        """`of`, or the enum that a list of allowed texts makes of it."""
        if allowed is None or of.kind not in (Kind.STRING, Kind.ID, Kind.ANY):
            return of
        texts = [value for value in self.values(allowed) or () if isinstance(value, str)]
        return enum_of(*texts) if texts and len(texts) == len(self.values(allowed) or ()) else of

    def values(self, allowed: etree._Element) -> tuple[object, ...] | None:
        """The single values of a list of values, in order; `None` when it holds ranges or other tests."""
        text = text_of(allowed)
        if not text:
            return None
        try:
            nodes = parse_tests(text, self.reading.place(allowed))
        except ExpressionError as error:
            if error.finding not in self.reading.findings:
                self.reading.findings.append(error.finding)
            return None
        values = tuple(node.value for node in nodes if isinstance(node, syntax.Literal))
        return values if len(values) == len(nodes) else None

    def _defined(self, name: str, element: etree._Element) -> Type:
        if name in self._open:
            self.reading.find(f"type {name!r} contains itself", element)
            return ANY
        self._open.add(name)
        of = self._item(self.definitions[name])
        self._open.discard(name)
        return of

    def _item(self, item: etree._Element) -> Type:
        components = list(parts(item, "itemComponent"))
        if components:
            fields = tuple((component.get("name", ""), self._item(component)) for component in components)
            of = Type(Kind.CONTEXT, fields=fields)
        else:
            reference = part(item, "typeRef")
            of = self.named(None if reference is None else reference.text, item) or ANY
            of = self.narrowed(of, part(item, "allowedValues"))
        return list_of(of) if item.get("isCollection") == "true" else of
