"""What can go wrong when a decision table is asked; what is wrong with a table itself is a `Refused`."""

from __future__ import annotations


class DecisionError(Exception):
    """Base of the errors of asking a decision table."""


class NoRuleMatched(DecisionError):
    """No rule holds for these inputs and the table has no default: a gap in the table."""


class SeveralRulesMatched(DecisionError):
    """More than one rule of a UNIQUE table holds, or rules of an ANY table disagree."""


class WrongInput(DecisionError):
    """An input is missing or is no value the table was drawn for."""
