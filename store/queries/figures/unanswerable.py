"""Metrics that need what the store does not keep: n/a, each with its reason."""

from __future__ import annotations

from store.queries.figures.definition import Definition
from store.queries.figures.result import Cohort, Unit

DEFINITIONS = (
    Definition("repeat_rate_change", Cohort.RECEIVED, Unit.SHARE, reason="no_frozen_baseline"),
    Definition("department_response_change", Cohort.EVENTS, Unit.SHARE, reason="no_frozen_baseline"),
    Definition("complaint_rate", Cohort.RECEIVED, Unit.SHARE, reason="no_order_counts"),
    Definition("loyalty_conversion", Cohort.EVENTS, Unit.SHARE, reason="no_crm_feed"),
)
