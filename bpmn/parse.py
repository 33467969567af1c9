"""From the bytes of a BPMN 2.0 file to a `Model`: all of it understood, drawn, or named as unsupported.

Three families of content:

* what docs/language.md lists becomes processes, nodes and flows;
* collaborations, participants, lanes, data objects and stores, annotations, groups and associations are
  drawn only and end up as `Artifact`s of the drawing;
* any other element or attribute of BPMN or of the camunda namespace becomes an `Unsupported`.

Elements and attributes of other vendors (zeebe, signavio, colours and so on) are passed over: this engine
takes no order from them, so leaving them out changes nothing. They belong into `extensionElements`; a
foreign element anywhere else is unsupported like any other.
"""

from __future__ import annotations

from lxml import etree

from bpmn.model import Model, Process
from bpmn.parsing.document import (
    BPMN,
    BPMNDI,
    CAMUNDA,
    BpmnSyntaxError,
    Reading,
    documentation,
    line,
    load,
    local,
    namespace,
    parts,
    written,
)
from bpmn.parsing.drawing import read_drawing
from bpmn.parsing.extensions import check_attributes, read_extensions
from bpmn.parsing.grammar import CAMUNDA_PROCESS, PROCESS, ROOTS, SILENT
from bpmn.parsing.nodes import read_roots, read_scope

__all__ = ["BpmnSyntaxError", "parse_bpmn"]

DRAWN_ROOTS = frozenset({"collaboration", "category", "dataStore", "itemDefinition"})


def parse_bpmn(data: bytes, file: str) -> Model:
    """Read one file whole. `file` is the name that messages show.

    Raises `BpmnSyntaxError` for what is not XML, has a document type, or is not BPMN 2.0.
    """
    root = load(data, file)
    reading = Reading(file)
    read_roots(root, reading)
    processes: list[Process] = []
    for child in parts(root):
        tag = local(child)
        if namespace(child) not in (BPMN, BPMNDI):
            reading.refuse(f"{written(child)} in {written(root)}", child)
        elif tag == "process":
            processes.append(_read_process(child, reading))
        elif tag in DRAWN_ROOTS:
            reading.draw(child)
            _name_participants(child, reading)
        elif tag not in ROOTS and tag not in SILENT and tag != "BPMNDiagram":
            reading.refuse(tag, child)
    _note_repeated_ids(root, reading)
    drawing = read_drawing(root, reading)
    return Model(file, tuple(processes), drawing, tuple(reading.unsupported), tuple(reading.flaws))


def _read_process(element: etree._Element, reading: Reading) -> Process:
    key = element.get("id", "").strip()
    if not key:
        reading.flaw("a process has no id; its id is the key it is called by", element)
    reading.process = key
    check_attributes(element, PROCESS, CAMUNDA_PROCESS, reading)
    extensions = read_extensions(element, None, reading)
    process = Process(
        key=key,
        name=element.get("name", ""),
        scope=read_scope(element, extensions.data, reading),
        place=reading.place(element),
        version_tag=element.get(f"{{{CAMUNDA}}}versionTag", ""),
        documentation=documentation(element),
        executable=element.get("isExecutable") == "true",
    )
    reading.process = ""
    return process


def _name_participants(collaboration: etree._Element, reading: Reading) -> None:
    """A participant's artifact says which process it shows, so that its pool is drawn with it."""
    for participant in collaboration.iter(f"{{{BPMN}}}participant"):
        reading.process = participant.get("processRef", "").rpartition(":")[2]
        reading.draw(participant)
    reading.process = ""


def _note_repeated_ids(root: etree._Element, reading: Reading) -> None:
    first: dict[str, int] = {}
    for element in root.iter(f"{{{BPMN}}}*", f"{{{BPMNDI}}}*"):
        identity = element.get("id")
        if identity is None:
            continue
        if identity in first:
            cause = f'id "{identity}" is used twice, first in line {first[identity]}; rename one of the two'
            reading.flaw(cause, element)
        first.setdefault(identity, line(element))
