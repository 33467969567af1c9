"""Decision tables (DMN 1.1 to 1.5): parsed, checked, linted, asked."""

from bpmn.dmn.errors import DecisionError, NoRuleMatched, SeveralRulesMatched, WrongInput
from bpmn.dmn.lint import lint_table
from bpmn.dmn.parse import parse_decisions
from bpmn.dmn.table import Aggregation, Decided, DecisionTable, HitPolicy

__all__ = [
    "Aggregation",
    "Decided",
    "DecisionError",
    "DecisionTable",
    "HitPolicy",
    "NoRuleMatched",
    "SeveralRulesMatched",
    "WrongInput",
    "lint_table",
    "parse_decisions",
]
