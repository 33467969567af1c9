"""Complaints filed without a channel: straight into the step, as the hook would."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from cases.casework import Casework
from cases.opening import Arrival, Complainant, open_case
from store.process_time import process_time


def file_directly(casework: Casework, body: Mapping[str, Any], channel: str = "web_form") -> str:
    """The ref of the case opened from a hook body."""
    with casework.database.write() as session:
        happened = process_time(session, casework.machine_clock()) - timedelta(minutes=1)
        arrival = Arrival(
            channel=channel, external_id=body["external_id"], occurred_at=happened,
            customer=Complainant(**body["customer"]), text=body["text"], order_id=body.get("order_id"),
        )  # fmt: skip
        return open_case(casework, session, arrival).ref
