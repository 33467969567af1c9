"""The XML itself: a safe parser, the namespaces, and the notes taken while one file is read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from bpmn.findings import Finding
from bpmn.model import Artifact, Flaw, Place, Text, Unsupported

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DI = "http://www.omg.org/spec/DD/20100524/DI"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
XSI = "http://www.w3.org/2001/XMLSchema-instance"


class BpmnSyntaxError(ValueError):
    """The file is not a BPMN document that can be read at all; the message says where and why."""

    def __init__(self, file: str, line: int, cause: str) -> None:
        self.finding = Finding(Place(file, line), cause)
        super().__init__(str(self.finding))
        self.file = file
        self.line = line


@dataclass(slots=True)
class Reading:
    """What has been found in one file so far, and in which process the reader stands."""

    file: str
    process: str = ""
    unsupported: list[Unsupported] = field(default_factory=list)
    flaws: list[Flaw] = field(default_factory=list)
    artifacts: dict[str, Artifact] = field(default_factory=dict)
    roots: dict[str, etree._Element] = field(default_factory=dict)
    """Messages, errors and escalations by their id."""

    def place(self, element: etree._Element) -> Place:
        """Where an element stands, named by the nearest id around it."""
        nearest: etree._Element | None = element
        while nearest is not None and not nearest.get("id"):
            nearest = nearest.getparent()
        return Place(self.file, line(element), "" if nearest is None else nearest.get("id", ""))

    def text(self, element: etree._Element, body: str | None) -> Text:
        return Text((body or "").strip(), self.place(element))

    def refuse(self, what: str, element: etree._Element) -> None:
        self.unsupported.append(Unsupported(what, self.place(element), self.process))

    def flaw(self, message: str, element: etree._Element, near: str | None = None) -> None:
        self.flaws.append(Flaw(message, self.place(element), near, self.process))

    def draw(self, element: etree._Element, text: str = "") -> None:
        """Note an element, with all it contains, as drawn only."""
        for part in element.iter(f"{{{BPMN}}}*"):
            if identity := part.get("id"):
                written = text if part is element and text else part.get("name", "")
                self.artifacts[identity] = Artifact(identity, local(part), written, self.process)


def load(data: bytes, file: str) -> etree._Element:
    """The root of a BPMN document. No entity is expanded, no network touched, no document type accepted."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False, remove_comments=True
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise BpmnSyntaxError(file, error.lineno or 1, f"not well-formed XML: {error.msg}") from error
    if getattr(etree.ElementTree(root).docinfo, "doctype", ""):
        raise BpmnSyntaxError(file, 1, "a document type (DOCTYPE) is not accepted in a definition; remove it")
    if root.tag != f"{{{BPMN}}}definitions":
        cause = f"the root is <{local(root)}>, not <definitions> of BPMN 2.0 ({BPMN})"
        raise BpmnSyntaxError(file, line(root), cause)
    return root


def line(element: etree._Element) -> int:
    found = element.sourceline
    return found if isinstance(found, int) else 1


def local(element: etree._Element) -> str:
    return etree.QName(element).localname


def namespace(element: etree._Element) -> str:
    return etree.QName(element).namespace or ""


def written(element: etree._Element, name: str | None = None) -> str:
    """A tag, or the attribute `name` of the element, as the file writes it; BPMN's own without prefix."""
    qualified = etree.QName(element) if name is None else etree.QName(name)
    if qualified.namespace in (None, BPMN):
        return qualified.localname
    prefix = next((p for p, uri in element.nsmap.items() if uri == qualified.namespace and p), None)
    return f"{prefix}:{qualified.localname}" if prefix else qualified.localname


def parts(element: etree._Element) -> Iterator[etree._Element]:
    """The child elements, without processing instructions."""
    return (child for child in element if isinstance(child.tag, str))


def part(element: etree._Element, tag: str) -> etree._Element | None:
    """The first BPMN child of that tag."""
    return element.find(f"{{{BPMN}}}{tag}")


def documentation(element: etree._Element) -> str:
    child = part(element, "documentation")
    return "" if child is None else "".join(str(piece) for piece in child.itertext()).strip()
