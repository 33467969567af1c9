"""Moving a running instance to other definitions: what would happen to each token, before anything does."""

from bpmn.migration.planning import plan
from bpmn.migration.shape import Hindrance, Plan, TimerMove, TokenMove
from bpmn.migration.wishes import Wishes

__all__ = ["Hindrance", "Plan", "TimerMove", "TokenMove", "Wishes", "plan"]
