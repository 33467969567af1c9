"""A decision table, checked and ready to be asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bpmn.dmn import hits
from bpmn.dmn.errors import NoRuleMatched, SeveralRulesMatched, WrongInput
from bpmn.events import Value
from bpmn.feel import Expression, Type, UnaryTest, conforms
from bpmn.feel.types import INTEGER, Kind, list_of
from bpmn.model import Place


class HitPolicy(StrEnum):
    UNIQUE = "UNIQUE"
    ANY = "ANY"
    FIRST = "FIRST"
    PRIORITY = "PRIORITY"
    RULE_ORDER = "RULE ORDER"
    OUTPUT_ORDER = "OUTPUT ORDER"
    COLLECT = "COLLECT"

    @property
    def gives_list(self) -> bool:
        return self in (HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER, HitPolicy.COLLECT)


class Aggregation(StrEnum):
    SUM = "SUM"
    MIN = "MIN"
    MAX = "MAX"
    COUNT = "COUNT"


@dataclass(frozen=True, slots=True)
class Column:
    """One input: what is asked of the values, its type, and the values it was drawn for (`None`: any)."""

    expression: Expression
    type: Type
    allowed: UnaryTest | None


@dataclass(frozen=True, slots=True)
class Output:
    """One output: `order` is its list of values, best first; `default` is used when no rule holds."""

    name: str
    type: Type
    order: tuple[object, ...]
    default: Expression | None


@dataclass(frozen=True, slots=True)
class Rule:
    id: str
    place: Place
    cells: tuple[UnaryTest, ...]
    entries: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Decided:
    """Which rules gave the answer (ids, in the order of the result), and the answer."""

    rules: tuple[str, ...]
    result: Value


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """A decision by table. `inputs` names all values it needs, also those of the decisions it requires.

    `name` is what other decisions of the file call its answer: the bare value for one output, else a context.
    """

    key: str
    name: str
    place: Place
    policy: HitPolicy
    aggregation: Aggregation | None
    columns: tuple[Column, ...]
    output_columns: tuple[Output, ...]
    rules: tuple[Rule, ...]
    inputs: Mapping[str, Type]
    requires: tuple[DecisionTable, ...] = ()
    _own: frozenset[str] = field(default=frozenset(), repr=False)

    @property
    def outputs(self) -> Mapping[str, Type]:
        return {output.name: output.type for output in self.output_columns}

    @property
    def result_type(self) -> Type:
        """A context of the outputs, a list of such contexts, or what the aggregation gives."""
        if self.aggregation is Aggregation.COUNT:
            return INTEGER
        if self.aggregation is not None:
            return self.output_columns[0].type
        row = Type(Kind.CONTEXT, fields=tuple(self.outputs.items()))
        return list_of(row) if self.policy.gives_list else row

    @property
    def answer_type(self) -> Type:
        """The type under which other decisions of the file see the answer."""
        if self.aggregation is not None or len(self.output_columns) > 1:
            return self.result_type
        of = self.output_columns[0].type
        return list_of(of) if self.policy.gives_list else of

    def decide(self, values: Mapping[str, Value], *, allow_none: bool = False) -> Decided:
        """The answer for `values`, which hold at least `inputs`; others are not looked at.

        One output or several, a single hit gives a dict of output name to value, several hits a list of
        these, an aggregation its number. When no rule holds: the defaults, 0 for COUNT, else
        `NoRuleMatched`, or a result of `None` when `allow_none`. `WrongInput` for a value the table was
        not drawn for, `SeveralRulesMatched` where the hit policy allows one answer only.
        """
        for name, of in self.inputs.items():
            if name not in values:
                raise WrongInput(f"table {self.key!r} needs {name!r} ({of}), which was not given")
            if not conforms(values[name], of):
                raise WrongInput(f"table {self.key!r}: {name} is {values[name]!r}, not of type {of}")
        return self._decide(values, allow_none, {})

    def _decide(self, values: Mapping[str, Value], allow_none: bool, answers: dict[str, Decided]) -> Decided:
        """`answers` keeps what the required decisions said, so that each is asked once."""
        scope = {name: values[name] for name in self._own}
        for table in self.requires:
            if table.key not in answers:
                answers[table.key] = table._decide(values, allow_none, answers)
            scope[table.name] = table._answer(answers[table.key].result)
        tested = [column.expression(scope) for column in self.columns]
        for column, value in zip(self.columns, tested, strict=True):
            if column.allowed is not None and value is not None and not column.allowed(value, scope):
                allowed = column.allowed.text
                raise WrongInput(
                    f"table {self.key!r}: {column.expression.text} is {value!r}, not in {allowed}"
                )
        matched = [
            rule
            for rule in self.rules
            if all(cell(value, scope) for cell, value in zip(rule.cells, tested, strict=True))
        ]
        if not matched:
            return self._unmatched(scope, allow_none, tested)
        rows = [
            hits.Hit(
                rule.id, {o.name: e(scope) for o, e in zip(self.output_columns, rule.entries, strict=True)}
            )
            for rule in (matched[:1] if self.policy is HitPolicy.FIRST else matched)
        ]
        return self._result(rows)

    def _result(self, rows: list[hits.Hit]) -> Decided:
        unique = self.policy is HitPolicy.UNIQUE and len(rows) > 1
        if unique or (self.policy is HitPolicy.ANY and not hits.agree(rows)):
            ids = ", ".join(row.rule for row in rows)
            raise SeveralRulesMatched(f"table {self.key!r} ({self.policy}): rules {ids} hold at once")
        if self.policy in (HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER):
            rows = hits.by_output(rows, {output.name: output.order for output in self.output_columns})
        if self.aggregation is not None:
            numbers = [row.outputs[self.output_columns[0].name] for row in rows]
            return Decided(tuple(row.rule for row in rows), hits.aggregate(self.aggregation, numbers))
        if self.policy.gives_list:
            return Decided(tuple(row.rule for row in rows), [row.outputs for row in rows])
        return Decided((rows[0].rule,), rows[0].outputs)

    def _unmatched(self, scope: Mapping[str, Value], allow_none: bool, tested: list[Value]) -> Decided:
        if self.aggregation is Aggregation.COUNT:
            return Decided((), 0)
        defaults = {o.name: o.default(scope) for o in self.output_columns if o.default is not None}
        if len(defaults) == len(self.output_columns):
            row: Value = defaults
            if self.aggregation is not None:
                row = next(iter(defaults.values()))
            elif self.policy.gives_list:
                row = [defaults]
            return Decided((), row)
        if allow_none:
            return Decided((), None)
        given = ", ".join(
            f"{column.expression.text} = {value!r}"
            for column, value in zip(self.columns, tested, strict=True)
        )
        raise NoRuleMatched(
            f"no rule of table {self.key!r} holds for {given}: add a rule or a default output"
        )

    def _answer(self, result: Value) -> Value:
        """The result as DMN hands it to other decisions: one output stands for itself."""
        if len(self.output_columns) > 1 or self.aggregation is not None:
            return result
        name = self.output_columns[0].name
        if isinstance(result, list):
            return [row[name] for row in result]
        return result[name] if isinstance(result, dict) else result
