"""Judging drawings before anything runs: every mistake of a file, and of a set of files, as findings.

This looks at what is drawn and named. Expressions, types and mappings are the linker's to judge
(`bpmn.link`), which words the same mistake the same way.
"""

from __future__ import annotations

from collections.abc import Iterable

from bpmn.findings import Finding
from bpmn.linting.calls import check_calls
from bpmn.linting.flows import check_flows
from bpmn.linting.names import check_names
from bpmn.linting.occurrences import check_events
from bpmn.linting.people import check_people
from bpmn.linting.walk import Notes, regions
from bpmn.model import Model, Place
from bpmn.vocabulary import Vocabulary


def lint_model(model: Model, vocabulary: Vocabulary) -> list[Finding]:
    """What one file gets wrong by itself, in file order; an empty list when nothing.

    Processes that are only drawn are not judged, but a file must hold one that can be executed.
    """
    notes = Notes()
    executable = [process for process in model.processes if process.executable]
    judged = {"", *(process.key for process in executable)}
    if not executable:
        place = model.processes[0].place if model.processes else Place(model.file, 1)
        notes.add(place, 'the file holds no executable process; set isExecutable="true" on one')
    for found in model.unsupported:
        if found.process in judged:
            notes.add(found.place, f"{found.what} is not supported; docs/language.md lists what is")
    for flaw in model.flaws:
        if flaw.process in judged:
            notes.add(flaw.place, flaw.message, flaw.near)
    for process in executable:
        for region in regions(model, process):
            check_flows(region, notes)
            check_events(region, notes)
            check_names(region, vocabulary, notes)
            check_people(region, vocabulary, notes)
    return _ordered(notes)


def lint_set(models: Iterable[Model], decision_keys: Iterable[str], vocabulary: Vocabulary) -> list[Finding]:
    """Everything `lint_model` finds in each file, and what is wrong between the files.

    `decision_keys` are the keys of all decision tables that business rule tasks may ask.
    """
    files = list(models)
    notes = Notes()
    for model in files:
        notes.findings += lint_model(model, vocabulary)
    check_calls(files, decision_keys, notes)
    return _ordered(notes)


def _ordered(notes: Notes) -> list[Finding]:
    unique = dict.fromkeys(notes.findings)
    return sorted(unique, key=lambda found: (found.place.file, found.place.line, found.message))
