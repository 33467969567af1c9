"""What a migration does to one complaint, as facts to be shown: ids, enums and times only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bpmn.engine import Timer
from bpmn.migration import TimerMove
from cases.requests.migrating import Outlook
from store.clocks import key_text


def migration_view(outlook: Outlook, to: str) -> Mapping[str, Any]:
    """`tokens`, `timers`, `clocks` and `items` with what becomes of each; a sound one has no `hindrances`."""
    found = outlook.plan
    return {
        "ref": outlook.ref, "from": outlook.before, "to": to, "sound": found.is_sound,
        "tokens": [
            {"activation": t.activation, "process": t.process, "element": t.before or None,
             "becomes": t.after or None, "notes": list(t.notes)}
            for t in found.tokens
        ],
        "timers": [_timer(move) for move in found.timers],
        "clocks": [
            *({"name": row.name, "key": row.key or None, "how": "kept", "due_at": _iso(row.due_at)}
              for row in outlook.clocks),
            *({"name": name, "key": key_text(key) or None, "how": "started", "due_at": None}
              for name, key in found.clocks),
        ],
        "items": [
            {"id": move.item.id, "kind": move.item.kind, "assignee": move.item.assignee,
             "actions": list(move.before), "becomes": list(move.after)}
            for move in outlook.items
        ],
        "hindrances": [
            {"activation": h.activation or None, "process": h.process or None, "element": h.element or None,
             "reason": h.reason, "near": h.near}
            for h in found.hindrances
        ],
    }  # fmt: skip


def _timer(move: TimerMove) -> Mapping[str, Any]:
    shown: Timer | None = move.after or move.before
    assert shown is not None, "a timer was armed before or is armed after"
    return {
        "activation": shown.activation, "element": shown.element, "how": move.how, "clock": shown.clock,
        "level": shown.level or None, "due_at": _iso(shown.due_at),
    }  # fmt: skip


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None
