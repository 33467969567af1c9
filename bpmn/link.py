"""Linking: a set of parsed files becomes runnable programs, or is refused with everything that is wrong in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from bpmn.dmn import DecisionTable
from bpmn.findings import Refused
from bpmn.linking.elements import link_scope
from bpmn.linking.source import Source
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
    models: Iterable[Model], decisions: Mapping[str, DecisionTable], vocabulary: Vocabulary
) -> Definitions:
    """Lint the set, compile every expression, resolve every name; `Refused` carries all findings."""
    models = tuple(models)
    processes = {p.key: p for model in models for p in model.processes if p.executable}
    source = Source(processes, decisions, vocabulary)
    programs = {key: _program(process, source) for key, process in processes.items()}
    if source.findings:
        unique = dict.fromkeys(source.findings)
        raise Refused(sorted(unique, key=lambda f: (f.place.file, f.place.line, f.message)))
    return Definitions(programs, decisions, decisions)


def _program(process: Process, source: Source) -> Program:
    elements: dict[str, Element] = {}
    block = link_scope(process.key, process.scope, {}, None, elements, source)
    return Program(process.key, process.name, block, elements)
