"""Declared names and values that the expression tests share."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from bpmn.events import Value
from bpmn.feel import parse_type
from bpmn.model import Place

PLACE = Place("light.bpmn", 7, "Flow_1")
NAMES = {
    name: parse_type(text)
    for name, text in {
        "tier": "enum(light, medium, severe)",
        "mood": "enum(calm, angry)",
        "cycle": "integer",
        "loss": "number",
        "owner": "id",
        "received": "time",
        "day": "date",
        "left": "duration",
        "scores": "list(integer)",
        "items": "list(context{department: id, done: boolean})",
        "result": "context{action: enum(confirm, decline), by: id}",
        "flag": "boolean",
        "Applicant Age": "integer",
        "loose": "any",
    }.items()
}
VALUES: dict[str, Value] = {
    "tier": "light",
    "mood": "calm",
    "cycle": 3,
    "loss": 2,
    "owner": "u1",
    "received": datetime(2026, 1, 31, 9, tzinfo=UTC),
    "day": date(2026, 1, 31),
    "left": timedelta(hours=1),
    "scores": [1, 2, 5],
    "items": [{"department": "legal", "done": True}, {"department": "store", "done": None}],
    "result": {"action": "confirm", "by": "u1"},
    "flag": None,
    "Applicant Age": 18,
    "loose": {"count": 1},
}
