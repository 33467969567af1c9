"""One `decisionTable` element read into a `DecisionTable`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import reduce

from lxml import etree

from bpmn.dmn.document import CAMUNDA, Reading, part, parts, text_of, variable_name
from bpmn.dmn.item_types import ItemTypes
from bpmn.dmn.table import Aggregation, Column, DecisionTable, HitPolicy, Output, Rule
from bpmn.feel import Expression, Type, UnaryTest, compile_expression, compile_unary_tests
from bpmn.feel.errors import ExpressionError
from bpmn.feel.expression import is_name
from bpmn.feel.types import ANY, Kind, accepts, enum_of, join
from bpmn.feel.typing_rules import ordered
from bpmn.findings import nearest


@dataclass(slots=True)
class TableReader:
    """Reads the table of one decision; what is wrong with it goes to the findings of the reading."""

    decision: etree._Element
    key: str
    types: ItemTypes
    reading: Reading
    data: Mapping[str, Type]
    requires: tuple[DecisionTable, ...]
    names: dict[str, Type] = field(default_factory=dict)
    own: dict[str, Type] = field(default_factory=dict)

    def read(self) -> DecisionTable | None:
        """The table, or `None` when a finding stands in its way."""
        before = len(self.reading.findings)
        element = part(self.decision, "decisionTable")
        if element is None:
            self.reading.find(f"decision {self.key!r} has no decision table", self.decision)
            return None
        self.own = dict(self.data)
        self.names = {**self.own, **{table.name: table.answer_type for table in self.requires}}
        policy, aggregation = self._policy(element)
        columns = [self._column(each) for each in parts(element, "input")]
        outputs = self._outputs(element, policy, aggregation)
        rules = [self._rule(each, columns, outputs) for each in parts(element, "rule")]
        if len({rule.id for rule in rules if rule}) < len(rules):
            self.reading.find("every rule needs an id of its own", element)
        if not rules:
            self.reading.find("the table has no rules", element)
        outputs = [self._inferred(output, at, rules) for at, output in enumerate(outputs)]
        self._check_policy(element, policy, aggregation, outputs)
        if len(self.reading.findings) > before:
            return None
        inputs = {name: of for table in self.requires for name, of in table.inputs.items()}
        return DecisionTable(
            key=self.key,
            name=variable_name(self.decision),
            place=self.reading.place(self.decision),
            policy=policy,
            aggregation=aggregation,
            columns=tuple(column for column in columns if column is not None),
            output_columns=tuple(outputs),
            rules=tuple(rule for rule in rules if rule is not None),
            inputs={**inputs, **self.own},
            requires=self.requires,
            _own=frozenset(self.own),
        )

    def _policy(self, element: etree._Element) -> tuple[HitPolicy, Aggregation | None]:
        written, summed = element.get("hitPolicy", "UNIQUE"), element.get("aggregation")
        if written not in list(HitPolicy):
            self.reading.find(
                f"hit policy {written!r} is not known",
                element,
                nearest(written, [known.value for known in HitPolicy]),
            )
            return HitPolicy.UNIQUE, None
        policy = HitPolicy(written)
        if summed is None:
            return policy, None
        if policy is not HitPolicy.COLLECT or summed not in list(Aggregation):
            known = [one.value for one in Aggregation]
            near = None if summed in known else nearest(summed, known)
            self.reading.find(f"aggregation {summed!r} under {policy} has no meaning", element, near)
            return policy, None
        return policy, Aggregation(summed)

    def _column(self, element: etree._Element) -> Column | None:
        asked = part(element, "inputExpression")
        text = text_of(asked) or element.get(f"{{{CAMUNDA}}}inputVariable", "")
        allowed = part(element, "inputValues")
        declared = self.types.named(asked.get("typeRef") if asked is not None else None, element)
        if not text:
            self.reading.find("the input asks for nothing: write a name or an expression", element)
            return None
        if is_name(text):
            self._declare(text, declared, allowed)
        expression = self._expression(text, element, None)
        if expression is None:
            return None
        of = self.types.narrowed(declared or expression.type, allowed)
        if not accepts(expression.type, of) and not accepts(of, expression.type):
            self.reading.find(f"the input is {expression.type} but declared as {of}", element)
        if expression.type.kind is Kind.ENUM and of.kind is not Kind.ENUM:
            of = expression.type
        return Column(expression, of, self._allowed(allowed, of))

    def _declare(self, name: str, declared: Type | None, allowed: etree._Element | None) -> None:
        """Fix the type of an input named by a column; without drawn requirements the column declares it."""
        known = self.own.get(name)
        if known is None and (name in self.names or self.data or self.requires):
            return
        of = declared or known or ANY
        if known is not None and not accepts(known, of):
            of = known
        of = self.types.narrowed(of if known is None or known.kind is not Kind.ENUM else known, allowed)
        self.own[name] = self.names[name] = of

    def _allowed(self, allowed: etree._Element | None, of: Type) -> UnaryTest | None:
        """The values an input may have where its type does not say so already."""
        text = text_of(allowed)
        if allowed is None or not text or of.kind is Kind.ENUM:
            return None
        return self._cell(text, of, allowed)

    def _outputs(
        self, element: etree._Element, policy: HitPolicy, aggregation: Aggregation | None
    ) -> list[Output]:
        found = list(parts(element, "output"))
        if not found:
            self.reading.find("the table has no output", element)
        answer = self._answer_type(element, policy, aggregation)
        outputs: list[Output] = []
        for output in found:
            name = output.get("name") or ("" if len(found) > 1 else variable_name(self.decision))
            if not name or name in {other.name for other in outputs}:
                self.reading.find("every output needs a name of its own", output)
            inherited = answer if len(found) == 1 else answer.field(name) if answer else None
            values = part(output, "outputValues")
            of = self.types.named(output.get("typeRef"), output) or inherited or ANY
            of = self.types.narrowed(of, values)
            order = (self.types.values(values) if values is not None else None) or (
                of.values if of.kind is Kind.ENUM else ()
            )
            default = part(output, "defaultOutputEntry")
            text = text_of(default)
            entry = self._expression(text, output if default is None else default, of) if text else None
            outputs.append(Output(name, of, order, entry))
        return outputs

    def _answer_type(
        self, element: etree._Element, policy: HitPolicy, aggregation: Aggregation | None
    ) -> Type | None:
        """What the decision says about its answer, for one row; nothing when it is a count."""
        variable = part(self.decision, "variable")
        of = None if variable is None else self.types.named(variable.get("typeRef"), variable)
        of = of or self.types.named(element.get("typeRef"), element)
        if aggregation is Aggregation.COUNT:
            return None
        return of.element if of is not None and of.kind is Kind.LIST and policy.gives_list else of

    def _rule(
        self, element: etree._Element, columns: list[Column | None], outputs: list[Output]
    ) -> Rule | None:
        cells, entries = list(parts(element, "inputEntry")), list(parts(element, "outputEntry"))
        if len(cells) != len(columns) or len(entries) != len(outputs):
            wanted = f"{len(columns)} inputs and {len(outputs)} outputs"
            self.reading.find(f"the rule has {len(cells)} and {len(entries)} entries for {wanted}", element)
            return None
        tests = [
            self._cell(text_of(cell) or "-", column.type if column else ANY, cell)
            for cell, column in zip(cells, columns, strict=True)
        ]
        results = [
            self._entry(text_of(entry) or "null", entry, output)
            for entry, output in zip(entries, outputs, strict=True)
        ]
        return Rule(
            element.get("id", ""),
            self.reading.place(element),
            tuple(test for test in tests if test is not None),
            tuple(result for result in results if result is not None),
        )

    def _entry(self, text: str, element: etree._Element, output: Output) -> Expression | None:
        expression = self._expression(text, element, output.type)
        if expression is not None and output.order and not expression.names:
            value = expression({})
            if value is not None and value not in output.order:
                listed = ", ".join(map(str, output.order))
                near = nearest(str(value), [str(known) for known in output.order])
                self.reading.find(f"{value!r} is none of the output values {listed}", element, near)
        return expression

    def _inferred(self, output: Output, at: int, rules: list[Rule | None]) -> Output:
        """An output without a type has that of its entries."""
        if output.type is not ANY:
            return output
        entries = [rule.entries[at].type for rule in rules if rule and len(rule.entries) > at]
        if output.default is not None:
            entries.append(output.default.type)
        of = reduce(lambda left, right: join(left, right) or ANY, entries) if entries else ANY
        if of.kind is Kind.ENUM:
            of = enum_of(*of.values)
        return Output(output.name, of, output.order, output.default)

    def _check_policy(
        self,
        element: etree._Element,
        policy: HitPolicy,
        aggregation: Aggregation | None,
        outputs: list[Output],
    ) -> None:
        if policy in (HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER) and not any(o.order for o in outputs):
            self.reading.find(f"{policy} needs a list of output values, best first", element)
        if aggregation in (None, Aggregation.COUNT):
            return
        of = outputs[0].type if outputs else ANY
        if len(outputs) > 1:
            self.reading.find(f"{aggregation} works on one output, not on {len(outputs)}", element)
        elif not ordered(of, of) or (aggregation is Aggregation.SUM and of.kind in (Kind.STRING, Kind.ENUM)):
            self.reading.find(f"{aggregation} cannot work on {of}", element)

    def _expression(self, text: str, element: etree._Element, expected: Type | None) -> Expression | None:
        try:
            return compile_expression(text, self.names, place=self.reading.place(element), expected=expected)
        except ExpressionError as error:
            self.reading.findings.append(error.finding)
            return None

    def _cell(self, text: str, of: Type, element: etree._Element) -> UnaryTest | None:
        try:
            return compile_unary_tests(text, of, self.names, place=self.reading.place(element))
        except ExpressionError as error:
            self.reading.findings.append(error.finding)
            return None
