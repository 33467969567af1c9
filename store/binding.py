"""How a topic of the definitions is bound to what carries it out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bpmn.events import Value
from store.case_file import CaseFile

Inputs = Mapping[str, Value]
Outputs = Mapping[str, Value]
Write = Callable[[CaseFile, Inputs, object], Outputs]
"""(the open case, inputs, what `prepare` brought) -> outputs. Runs inside the step's transaction."""
Prepare = Callable[[CaseFile, Inputs], object]
"""(the case opened for reading, inputs) -> what `write` gets, or a callable that makes it.

It reads in the transaction that claims the activity. A callable is called once that has ended: what is slow or
touches the outside belongs there.
"""


@dataclass(frozen=True, slots=True)
class Binding:
    """A topic's code.

    An `inline` topic only writes and commits with its token. Any other becomes an activity: a row that is
    claimed, prepared with no transaction open, and finished in a step; Prefect shows it as a task run.
    """

    topic: str
    write: Write
    inline: bool = True
    prepare: Prepare | None = None


class UnboundTopic(Exception):
    """A definition names a topic without code. Bind it in `tasks/` or take it out of the drawing."""


def bind(*bindings: Binding) -> dict[str, Binding]:
    """The bindings by topic; two for one topic are refused."""
    found: dict[str, Binding] = {}
    for binding in bindings:
        if binding.topic in found:
            raise ValueError(f"topic {binding.topic!r} is bound twice")
        found[binding.topic] = binding
    return found
