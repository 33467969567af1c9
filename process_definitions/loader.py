"""The shipped definitions as one bundle: every drawing, table and template of a folder, linked and hashed.

Pure file reading. What a bundle holds never changes once it is published: a case that was started on one
finishes on it, whatever the folder says later.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from bpmn.dmn import DecisionTable, lint_table, parse_decisions
from bpmn.feel import accepts, parse_type
from bpmn.findings import Finding, Refused, nearest
from bpmn.link import Definitions, link
from bpmn.model import Model
from bpmn.parse import BpmnSyntaxError, parse_bpmn
from process_definitions.vocabulary import TABLES, vocabulary

FOLDER = Path(__file__).parent
TEMPLATES = "templates"


class NoDefinitions(FileNotFoundError):
    """The folder holds no process definition at all."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"{folder} holds no .bpmn file: name the folder of the process definitions")


@dataclass(frozen=True, slots=True)
class Bundle:
    """`hash` is the digest of `files` (name relative to the folder, text); `models` are kept for drawing."""

    hash: str
    definitions: Definitions
    models: tuple[Model, ...]
    files: Mapping[str, str]

    def model_of(self, process: str) -> Model:
        """The file that draws `process`; `KeyError` when none does."""
        for model in self.models:
            if any(drawn.key == process for drawn in model.processes):
                return model
        raise KeyError(
            f"no process {process!r} in this bundle; there are {sorted(self.definitions.processes)}"
        )


def load_bundle(folder: Path | None = None) -> Bundle:
    """The bundle of a folder (the shipped one unless given). `Refused` carries every finding of every file."""
    return read_bundle(read_files(folder or FOLDER))


def read_files(folder: Path) -> dict[str, str]:
    """The files that make a bundle, by their name relative to `folder`; line ends as in the file."""
    found = sorted(chain(folder.glob("*.bpmn"), folder.glob("*.dmn"), (folder / TEMPLATES).rglob("*.*")))
    if not any(path.suffix == ".bpmn" for path in found):
        raise NoDefinitions(folder)
    return {path.relative_to(folder).as_posix(): path.read_bytes().decode() for path in found}


def read_bundle(files: Mapping[str, str], *, published: bool = False) -> Bundle:
    """The bundle of files as they are stored; `Refused` carries every finding of every file.

    One that was `published` before goes on with a vocabulary that has only been widened since (`bpmn.link`).
    """
    findings: list[Finding] = []
    models = tuple(_models(files, findings))
    tables = tuple(_tables(files, findings))
    findings.extend(finding for table in tables for finding in lint_table(table))
    findings.extend(drawn_twice(tables))
    findings.extend(unusable(tables))
    decisions = {table.key: table for table in tables}
    try:
        definitions = link(models, decisions, vocabulary(template_keys(files)), published=published)
    except Refused as refused:
        findings.extend(refused.findings)
        raise Refused(dict.fromkeys(findings)) from refused
    if findings:
        raise Refused(dict.fromkeys(findings))
    return Bundle(digest(files), definitions, models, dict(files))


def digest(files: Mapping[str, str]) -> str:
    """SHA-256 over names and texts, the same on every machine: order and encoding are fixed."""
    return hashlib.sha256(json.dumps(sorted(files.items()), ensure_ascii=True).encode()).hexdigest()


def template_keys(files: Iterable[str]) -> frozenset[str]:
    """The keys of the message templates among these files: the name up to its first dot."""
    inside = (name.split("/") for name in files if name.startswith(f"{TEMPLATES}/"))
    return frozenset(parts[-1].split(".", 1)[0] for parts in inside)


def _models(files: Mapping[str, str], findings: list[Finding]) -> Iterable[Model]:
    for name, text in files.items():
        if name.endswith(".bpmn"):
            try:
                yield parse_bpmn(text.encode(), name)
            except BpmnSyntaxError as error:
                findings.append(error.finding)


def _tables(files: Mapping[str, str], findings: list[Finding]) -> Iterable[DecisionTable]:
    for name, text in files.items():
        if name.endswith(".dmn"):
            try:
                yield from parse_decisions(text.encode(), name)
            except Refused as refused:
                findings.extend(refused.findings)


def drawn_twice(tables: Iterable[DecisionTable]) -> Iterable[Finding]:
    """A finding for every table whose key another one has already."""
    first: dict[str, DecisionTable] = {}
    for table in tables:
        known = first.setdefault(table.key, table)
        if known is not table:
            yield Finding(table.place, f"table {table.key!r} is in {known.place.file} too; keep one of them")


def unusable(tables: Iterable[DecisionTable]) -> Iterable[Finding]:
    """A finding wherever a table that the code asks by itself wants or gives something else (`vocabulary.TABLES`)."""
    for table in tables:
        asked = TABLES.get(table.key)
        if asked is None:
            continue
        for name in table.inputs:
            if name not in asked.inputs:
                cause = f"table {table.key!r} asks for {name!r}, which nobody gives it"
                yield Finding(table.place, cause, nearest(name, asked.inputs))
        for name, text in asked.outputs.items():
            given = table.outputs.get(name)
            if given is None or not accepts(parse_type(text), given):
                cause = f"table {table.key!r} must give {name!r} ({text}), which the code asks of it"
                yield Finding(table.place, cause, nearest(name, table.outputs) if given is None else None)
