"""What whoever migrates names by hand: elements that are called otherwise now, and values of new data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from bpmn.events import Value
from bpmn.feel import Expression, Type, compile_expression
from bpmn.findings import nearest
from bpmn.link import Definitions
from bpmn.migration.shape import Hindrance
from bpmn.model import Place
from bpmn.program import Program


@dataclass(frozen=True, slots=True)
class Wishes:
    """`elements`: "id" or "process/id" of an element or a flow, to the id that it has now in the same process.
    `values`: "name" or "process/name" of data, to an expression that reads nothing."""

    elements: Mapping[str, str]
    values: Mapping[str, str]

    def renamed(self, process: str, name: str) -> str:
        """The new id of an element or a flow: its own unless another was named."""
        return self.elements.get(f"{process}/{name}", self.elements.get(name, name))

    def has_value(self, process: str, name: str) -> bool:
        return f"{process}/{name}" in self.values or name in self.values

    def value(self, process: str, name: str, declared: Type) -> Value:
        """The value wished for; `ExpressionError` when the text gives none of this type."""
        body = self.values.get(f"{process}/{name}", self.values.get(name, "null"))
        found: Expression = compile_expression(body, {}, place=Place("", 1), expected=declared)
        return found({})

    def unknown(self, old: Definitions, new: Definitions) -> Iterator[Hindrance]:
        """A hindrance for every name that means nothing in the definitions it is meant for."""
        for before, after in self.elements.items():
            process, _, name = before.rpartition("/")
            yield from _check(old, process, name, "before", _names_of)
            yield from _check(new, process, after, "after", _names_of)
        for given in self.values:
            process, _, name = given.rpartition("/")
            yield from _check(new, process, name, "after", _data_of)


def _check(
    definitions: Definitions, process: str, name: str, when: str, names_of: Callable[[Program], Iterable[str]]
) -> Iterator[Hindrance]:
    if process and process not in definitions.processes:
        near = nearest(process, definitions.processes)
        yield Hindrance(0, "", "", f"there is no process {process!r} {when} the migration", near)
        return
    programs = [definitions.processes[process]] if process else list(definitions.processes.values())
    known = {name for program in programs for name in names_of(program)}
    if name not in known:
        where = f"process {process!r}" if process else "any process"
        reason = f"there is no {name!r} in {where} {when} the migration"
        yield Hindrance(0, "", "", reason, nearest(name, known))


def _names_of(program: Program) -> Iterable[str]:
    for element in program.elements.values():
        yield element.id
        yield from element.incoming


def _data_of(program: Program) -> Iterable[str]:
    yield from program.block.types
    for element in program.elements.values():
        if element.block is not None:
            yield from element.block.types
