"""The armed timers of a case, as rows that whoever looks for what is due can find."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import bindparam, delete, insert, select, update
from sqlmodel import Session, SQLModel

from bpmn.engine import Timer
from store.clocks import key_text
from store.tables import Case

TIMERS = SQLModel.metadata.tables["timers"]
OF_CASE = TIMERS.c.case_id == bindparam("of")
NAMED = TIMERS.c.timer == bindparam("named")
STORED = select(TIMERS.c.timer, TIMERS.c.due_at).where(OF_CASE)
DROP = delete(TIMERS).where(OF_CASE, NAMED)
MOVE = update(TIMERS).where(OF_CASE, NAMED).values(due_at=bindparam("due"))
BEGIN = insert(TIMERS)


def keep_armed(session: Session, case: Case, armed: Iterable[Timer], *, new: bool = False) -> None:
    """Let the rows be exactly these timers, writing only what differs. `new`: the case has no rows yet.

    In statements of their own, not as objects: no step asks for these rows, and there are many of them.
    """
    connection = session.connection()
    before: dict[str, object] = {}
    if not new:
        before = {row.timer: row.due_at for row in connection.execute(STORED, {"of": case.id})}
    wanted = {timer.id: timer for timer in armed}
    if gone := [{"of": case.id, "named": name} for name in before.keys() - wanted.keys()]:
        connection.execute(DROP, gone)
    if moved := [
        {"of": case.id, "named": name, "due": timer.due_at}
        for name, timer in wanted.items() if name in before and before[name] != timer.due_at
    ]:  # fmt: skip
        connection.execute(MOVE, moved)
    if begun := [_values(case, timer) for name, timer in wanted.items() if name not in before]:
        connection.execute(BEGIN, begun)


def _values(case: Case, timer: Timer) -> dict[str, object]:
    return {
        "case_id": case.id, "timer": timer.id, "due_at": timer.due_at, "element": timer.element,
        "activation": timer.activation, "clock": timer.clock, "clock_key": key_text(timer.key),
        "level": timer.level, "takes_work": timer.takes_work,
    }  # fmt: skip
