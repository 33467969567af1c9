"""Linking: a set of parsed files becomes runnable programs, or is refused with everything that is wrong in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from bpmn.dmn import DecisionTable
from bpmn.findings import Finding, Refused
from bpmn.linking.elements import link_scope
from bpmn.linking.source import Source
from bpmn.lint import lint_set
from bpmn.model import Model, Process
from bpmn.program import Element, Program
from bpmn.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Definitions:
    """Everything an instance needs to move: programs by process key, and the tables they ask.

    `decisions` are those frozen with the bundle; `live` those that elements bound "latest" ask instead.
    """

    processes: Mapping[str, Program]
    decisions: Mapping[str, DecisionTable] = field(default_factory=dict)
    live: Mapping[str, DecisionTable] = field(default_factory=dict)

    def with_live(self, decisions: Mapping[str, DecisionTable]) -> Definitions:
        """The same, asking these tables where a definition binds "latest"; keys not given stay as they are.

        Whether a live table fits the definitions is judged when it is published, by linking them with it.
        """
        return replace(self, live={**self.live, **decisions})


def link(
    models: Iterable[Model],
    decisions: Mapping[str, DecisionTable],
    vocabulary: Vocabulary,
    *,
    published: bool = False,
) -> Definitions:
    """Lint the set, compile every expression, resolve every name; `Refused` carries all findings of both.

    `published`: it was linked when it was published, and still is when the vocabulary only widened since. What a
    topic, person or message gives may then have values that the set does not know; taken over, such a value is
    `WrongData` for the case that meets it. New definitions have to know every value.
    """
    models = tuple(models)
    definitions, findings = compile_models(models, decisions, vocabulary, published=published)
    findings = [*lint_set(models, decisions.keys(), vocabulary), *findings]
    if findings:
        raise Refused(in_file_order(findings))
    return definitions


def compile_models(
    models: Iterable[Model],
    decisions: Mapping[str, DecisionTable],
    vocabulary: Vocabulary,
    *,
    published: bool = False,
) -> tuple[Definitions, list[Finding]]:
    """The linker's own half: definitions, to be used only when there is no finding.

    Judges expressions, types and mappings; what is drawn and named is the linter's.
    """
    processes = {p.key: p for model in models for p in model.processes if p.executable}
    source = Source(processes, decisions, vocabulary, published)
    programs = {key: _program(process, source) for key, process in processes.items()}
    return Definitions(programs, decisions, decisions), source.findings


def in_file_order(findings: Iterable[Finding]) -> list[Finding]:
    """Each finding once, by file and line."""
    unique = dict.fromkeys(findings)
    return sorted(unique, key=lambda found: (found.place.file, found.place.line, found.message))


def _program(process: Process, source: Source) -> Program:
    elements: dict[str, Element] = {}
    block = link_scope(process.key, process.scope, {}, None, elements, source)
    return Program(process.key, process.name, block, elements)
