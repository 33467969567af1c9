"""One mistake in a definition, and what is said of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from bpmn.dmn import DecisionTable, lint_table, parse_decisions
from bpmn.findings import Finding, Refused
from bpmn.link import compile_models, in_file_order
from bpmn.lint import lint_set
from bpmn.model import Model
from bpmn.parse import BpmnSyntaxError, parse_bpmn
from bpmn.vocabulary import Topic, Vocabulary, Work
from process_definitions.loader import drawn_twice, unusable

WORDS = Vocabulary(
    topics={"tell": Topic(), "post": Topic({"text": "id", "amount": "integer"}, {"sent": "integer"})},
    work={
        "offer": Work(("confirm", "decline")),
        "answer": Work(("done", "passed"), {"amount": "integer"}),
    },
    messages={
        "withdrawn": {"reason": "id"},
        "reply": {"score": "integer", "who": "id"},
        "re-enter": {"cycle": "integer"},
        "news": {"item": "integer"},
    },
    clocks=frozenset({"resolve", "promise"}),
    duties=frozenset({"supervisor", "desk"}),
    templates=frozenset({"offer_reminder"}),
    statuses=frozenset({"handling"}),
)


@dataclass(frozen=True)
class Row:
    """`files` by name, and `says`: part of the one finding that the mistake earns. Others may come with it."""

    group: str
    files: Mapping[str, bytes]
    says: str

    @property
    def id(self) -> str:
        return f"{self.group}: {self.says}"

    def findings(self) -> list[Finding]:
        """All that is said of the files, as `amends definitions lint` would."""
        found: list[Finding] = []
        models: list[Model] = []
        drawn: list[DecisionTable] = []
        for name, data in self.files.items():
            try:
                if name.endswith(".dmn"):
                    drawn += parse_decisions(data, name)
                else:
                    models.append(parse_bpmn(data, name))
            except BpmnSyntaxError as error:
                found.append(error.finding)
            except Refused as refused:
                found += refused.findings
        found += [finding for table in drawn for finding in lint_table(table)]
        found += [*drawn_twice(drawn), *unusable(drawn)]
        tables = {table.key: table for table in drawn}
        if models:
            found += compile_models(models, tables, WORDS)[1]
            found += lint_set(models, tables, WORDS)
        return in_file_order(found)

    @cached_property
    def finding(self) -> Finding:
        """The one meant; an `AssertionError` when there is none or more than one."""
        found = self.findings()
        meant = [finding for finding in found if self.says in str(finding)]
        assert len(meant) == 1, f"{len(meant)} say {self.says!r}: {[str(f) for f in found]}"
        return meant[0]


def lined(text: str) -> str:
    """A tag on each line, so that a line says something."""
    return text.replace("><", ">\n<")
