"""Metrics that need what the store does not keep: n/a, each with its reason."""

from __future__ import annotations

from store.queries.figures.definition import Definition
from store.queries.figures.result import Cohort, Unit

DEFINITIONS = (
    Definition("repeat_after_fix", Cohort.RECEIVED, Unit.SHARE, reason="no_improvement_actions"),
    Definition("repeat_rate_change", Cohort.RECEIVED, Unit.SHARE, reason="no_frozen_baseline"),
    Definition("department_response_change", Cohort.EVENTS, Unit.SHARE, reason="no_frozen_baseline"),
    Definition("grading_accuracy", Cohort.RECEIVED, Unit.SHARE, reason="no_checked_grades"),
    Definition("severe_recall", Cohort.RECEIVED, Unit.SHARE, reason="no_checked_grades"),
    Definition("rectification", Cohort.EVENTS, Unit.SHARE, reason="no_improvement_actions"),
    Definition("actions_on_time", Cohort.EVENTS, Unit.SHARE, reason="no_improvement_actions"),
    Definition("quality_deviation", Cohort.CLOSED, Unit.SHARE, reason="no_quality_checks"),
    Definition("quality_coverage", Cohort.CLOSED, Unit.SHARE, reason="no_quality_checks"),
    Definition("complaint_rate", Cohort.RECEIVED, Unit.SHARE, reason="no_order_counts"),
    Definition("loyalty_conversion", Cohort.EVENTS, Unit.SHARE, reason="no_crm_feed"),
)
