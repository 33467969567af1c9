"""The XML of a DMN file: a safe parser, the namespaces of each version, and the findings of one reading."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from bpmn.findings import Finding, Refused, nearest
from bpmn.model import Place

NAMESPACES = frozenset(
    {
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    }
)
"""DMN 1.1 to 1.5."""

CAMUNDA = "http://camunda.org/schema/1.0/dmn"

_EVERYWHERE = frozenset({"id", "label", "name"})
_DRAWN = frozenset(
    {"description", "extensionElements", "textAnnotation", "association", "group", "knowledgeSource"}
    | {"elementCollection", "performanceIndicator", "organizationUnit", "authorityRequirement"}
)
"""Elements that say nothing to be executed; they are left alone with all they contain."""

_GRAMMAR: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "definitions": (
        frozenset({"namespace", "expressionLanguage", "typeLanguage", "exporter", "exporterVersion"}),
        frozenset({"itemDefinition", "inputData", "decision"}),
    ),
    "itemDefinition": (
        frozenset({"isCollection", "typeLanguage"}),
        frozenset({"typeRef", "allowedValues", "itemComponent"}),
    ),
    "itemComponent": (
        frozenset({"isCollection", "typeLanguage"}),
        frozenset({"typeRef", "allowedValues", "itemComponent"}),
    ),
    "inputData": (frozenset(), frozenset({"variable"})),
    "variable": (frozenset({"typeRef"}), frozenset()),
    "decision": (
        frozenset(),
        frozenset({"variable", "question", "allowedAnswers", "informationRequirement", "decisionTable"})
        | {"supportedObjective", "impactedPerformanceIndicator", "decisionMaker", "decisionOwner"}
        | {"usingProcess", "usingTask"},
    ),
    "informationRequirement": (frozenset(), frozenset({"requiredInput", "requiredDecision"})),
    "requiredInput": (frozenset({"href"}), frozenset()),
    "requiredDecision": (frozenset({"href"}), frozenset()),
    "decisionTable": (
        frozenset({"hitPolicy", "aggregation", "preferredOrientation", "outputLabel", "typeRef"}),
        frozenset({"input", "output", "annotation", "rule"}),
    ),
    "input": (frozenset(), frozenset({"inputExpression", "inputValues"})),
    "inputExpression": (frozenset({"typeRef", "expressionLanguage"}), frozenset({"text"})),
    "inputValues": (frozenset({"expressionLanguage"}), frozenset({"text"})),
    "output": (frozenset({"typeRef"}), frozenset({"outputValues", "defaultOutputEntry"})),
    "outputValues": (frozenset({"expressionLanguage"}), frozenset({"text"})),
    "defaultOutputEntry": (frozenset({"typeRef", "expressionLanguage"}), frozenset({"text"})),
    "allowedValues": (frozenset({"expressionLanguage"}), frozenset({"text"})),
    "rule": (frozenset(), frozenset({"inputEntry", "outputEntry", "annotationEntry"})),
    "inputEntry": (frozenset({"expressionLanguage"}), frozenset({"text"})),
    "outputEntry": (frozenset({"typeRef", "expressionLanguage"}), frozenset({"text"})),
}
"""Attributes and child elements of everything that is executed; whatever else stands there is refused."""


@dataclass(slots=True)
class Reading:
    """One file while it is read: the findings so far."""

    file: str
    findings: list[Finding] = field(default_factory=list)

    def place(self, element: etree._Element) -> Place:
        """Where an element stands, named by the nearest id around it."""
        named: etree._Element | None = element
        while named is not None and not named.get("id"):
            named = named.getparent()
        identity = "" if named is None else named.get("id", "")
        return Place(self.file, line(element), identity)

    def find(self, message: str, element: etree._Element, near: str | None = None) -> None:
        self.findings.append(Finding(self.place(element), message, near))

    def check(self, element: etree._Element) -> None:
        """Note every element and attribute at or below `element` that is not executed and not just drawn."""
        tag = local(element)
        if tag not in _GRAMMAR:
            return
        attributes, tags = _GRAMMAR[tag]
        for attribute, value in element.attrib.items():
            name = str(attribute)
            if name.startswith("{"):
                continue
            if name not in attributes | _EVERYWHERE:
                near = nearest(name, attributes | _EVERYWHERE)
                self.find(f"attribute {name!r} of <{tag}> is not supported", element, near)
            if name == "expressionLanguage" and "feel" not in str(value).lower():
                self.find(f"expression language {str(value)!r} is not supported, only FEEL", element)
        for child in parts(element):
            name = local(child)
            if name in tags:
                self.check(child)
            elif name not in _DRAWN:
                self.find(f"<{name}> in <{tag}> is not supported", child, nearest(name, tags))


def load(data: bytes, file: str) -> etree._Element:
    """The root of a DMN document. No entity is expanded, no network touched, no document type accepted."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False, remove_comments=True
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        place = Place(file, error.lineno or 1)
        raise Refused([Finding(place, f"not well-formed XML: {error.msg}")]) from error
    if getattr(etree.ElementTree(root).docinfo, "doctype", ""):
        raise Refused([Finding(Place(file, 1), "a document type (DOCTYPE) is not accepted; remove it")])
    if local(root) != "definitions" or etree.QName(root).namespace not in NAMESPACES:
        found = f"<{local(root)}> of {etree.QName(root).namespace or 'no namespace'}"
        message = f"the root is {found}, not <definitions> of DMN 1.1 to 1.5"
        raise Refused([Finding(Place(file, line(root)), message)])
    return root


def line(element: etree._Element) -> int:
    return element.sourceline if isinstance(element.sourceline, int) else 1


def local(element: etree._Element) -> str:
    return etree.QName(element).localname


def parts(element: etree._Element, tag: str = "") -> Iterator[etree._Element]:
    """The DMN child elements, of one tag when it is given; diagrams and what tools add are left out."""
    for child in element:
        if not isinstance(child.tag, str) or etree.QName(child).namespace not in NAMESPACES:
            continue
        if not tag or local(child) == tag:
            yield child


def part(element: etree._Element, tag: str) -> etree._Element | None:
    return next(parts(element, tag), None)


def variable_name(element: etree._Element) -> str:
    """What expressions call the value of a decision or of input data."""
    variable = part(element, "variable")
    named = "" if variable is None else variable.get("name", "")
    return named or element.get("name", "") or element.get("id", "")


def text_of(element: etree._Element | None) -> str:
    """The `<text>` of a cell or a list of values, "" when there is none."""
    inner = None if element is None else part(element, "text")
    return "" if inner is None else (inner.text or "").strip()
