"""Timers and clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bpmn import engine
from bpmn.effects import ClockPaused, ClockResumed, ClockStarted, ClockStopped
from bpmn.engine import Level
from bpmn.errors import DeadActivation, NaiveTime, NoInstant
from bpmn.events import TimerDue, Value
from tests.unit.engine.case import NOON, Case
from tests.unit.engine.drawn import (
    boundary,
    chain,
    end,
    event_subprocess,
    linked,
    on_message,
    on_timer,
    process,
    start,
    tag,
    user,
)

HOUR = timedelta(hours=1)
CLOCKS = (ClockStarted, ClockStopped, ClockPaused, ClockResumed)


def timed(
    text: str,
    *,
    interrupting: bool = False,
    properties: dict[str, str] | None = None,
    data: dict[str, str] | None = None,
) -> str:
    event = boundary("late", "ask", on_timer(text), interrupting=interrupting, properties=properties)
    body = (
        start()
        + user("ask")
        + event
        + user("nudge")
        + end()
        + chain("start", "ask", "end")
        + chain("late", "nudge", "end")
    )
    return process("p", body, data=data)


def test_an_own_timer_counts_from_entering_and_fires_once_for_each_activation() -> None:
    case = Case(linked(timed("PT3H")))
    assert case.timers() == {"3:late": 3 * HOUR}
    case.wait(hours=3).step(TimerDue("3:late"))
    assert case.at == ["ask", "nudge"]
    assert case.timers() == {}
    with pytest.raises(DeadActivation, match="3:late"):
        case.step(TimerDue("3:late"))


def test_a_timer_of_a_host_that_is_gone_is_dead() -> None:
    case = Case(linked(timed("PT3H"))).complete("ask")
    for timer in ("3:late", "3:nothing", "99:late", "late", ""):
        with pytest.raises(DeadActivation):
            case.step(TimerDue(timer))


def test_a_timer_says_where_it_stands_and_what_it_does() -> None:
    definitions = linked(timed("PT3H", interrupting=True, properties={"takes_work": "true"}))
    case = Case(definitions)
    timer = engine.timers(definitions, case.instance, lambda *_: None)["3:late"]
    assert (timer.element, timer.activation, timer.due_at, timer.level) == ("late", 3, NOON + 3 * HOUR, "")
    assert (timer.clock, timer.key, timer.takes_work, timer.interrupting) == (None, None, True, True)


def test_an_intermediate_timer_lets_the_token_go_on() -> None:
    body = (
        start()
        + tag("intermediateCatchEvent", "pause", on_timer("P3D"))
        + end()
        + chain("start", "pause", "end")
    )
    case = Case(linked(process("p", body)))
    assert case.timers() == {"3:pause": timedelta(days=3)}
    assert case.fire("pause").is_over


@pytest.mark.parametrize(
    ("value", "away"), [(timedelta(hours=2), 2 * HOUR), (datetime(2026, 3, 2, 17, tzinfo=UTC), 5 * HOUR)]
)
def test_a_timer_may_be_an_expression_judged_on_entering(value: Value, away: timedelta) -> None:
    kind = "duration" if isinstance(value, timedelta) else "time"
    definitions = linked(timed("=when", data={"when": kind}))
    assert Case(definitions, when=value).timers() == {"3:late": away}
    with pytest.raises(NoInstant, match="None"):
        Case(definitions)


def test_a_cycle_counts_its_occurrences_and_ends() -> None:
    case = Case(linked(timed("R2/PT1H")))
    assert case.timers() == {"3:late#1": HOUR}
    case.wait(hours=1).step(TimerDue("3:late#1"))
    assert case.timers() == {"3:late#2": HOUR}
    with pytest.raises(DeadActivation):
        case.step(TimerDue("3:late#1"))
    case.wait(hours=1).step(TimerDue("3:late#2"))
    assert case.timers() == {}
    assert case.at == ["ask", "nudge", "nudge"]


@pytest.mark.parametrize(
    ("catch_up", "happens", "armed"),
    [
        ("once", 1, {"3:late#4": HOUR / 2}),
        ("skip", 0, {"3:late#4": HOUR / 2}),
        ("all", 1, {"3:late#2": -1.5 * HOUR}),
    ],
)
def test_a_cycle_after_a_downtime_catches_up_as_it_is_told(
    catch_up: str, happens: int, armed: dict[str, timedelta]
) -> None:
    case = Case(linked(timed("R5/PT1H", properties={"catch_up": catch_up})))
    case.wait(hours=3, minutes=30).step(TimerDue("3:late#1"))
    assert case.at.count("nudge") == happens
    assert case.timers() == armed


def test_a_cycle_never_runs_past_its_count_after_a_downtime() -> None:
    case = Case(linked(timed("R5/PT1H"))).wait(hours=11)
    case.step(TimerDue("3:late#1"))
    assert case.at == ["ask", "nudge"]
    assert case.timers() == {}


def test_naive_times_are_refused() -> None:
    definitions = linked(timed("PT3H"))
    with pytest.raises(NaiveTime):
        engine.start(definitions, "p", now=datetime(2026, 3, 2, 12))
    case = Case(definitions)
    with pytest.raises(NaiveTime):
        engine.advance(definitions, case.instance, TimerDue("3:late"), datetime(2026, 3, 2, 12))


# clock timers


def test_a_clock_timer_asks_for_its_level_with_its_key_and_holds_no_date() -> None:
    definitions = linked(timed("resolve of cycle at 75 %", data={"cycle": "integer"}))
    case = Case(definitions, cycle=2)
    asked: list[tuple[str, Value, str]] = []

    def due(clock: str, key: Value, level: Level | None) -> datetime | None:
        asked.append((clock, key, str(level)))
        return NOON + 9 * HOUR

    (timer,) = engine.timers(definitions, case.instance, due).values()
    assert asked == [("resolve", 2, "75 %")]
    assert (timer.id, timer.due_at, timer.clock, timer.key, timer.level) == (
        "3:late",
        NOON + 9 * HOUR,
        "resolve",
        2,
        "75 %",
    )
    assert "9" not in case.instance.to_json()


def test_a_clock_timer_is_not_armed_while_its_clock_says_nothing() -> None:
    definitions = linked(timed("promise before PT2H"))
    case = Case(definitions)
    assert engine.timers(definitions, case.instance, lambda *_: None) == {}
    (timer,) = engine.timers(definitions, case.instance, lambda *_: NOON).values()
    assert (timer.level, timer.key) == ("before PT2H", None)


def test_a_clock_timer_happens_as_often_as_it_is_told_while_its_host_lives() -> None:
    case = Case(linked(timed("resolve at 50 %")))
    case.step(TimerDue("3:late")).step(TimerDue("3:late"))
    assert case.at == ["ask", "nudge", "nudge"]
    case.complete("ask")
    with pytest.raises(DeadActivation):
        case.step(TimerDue("3:late"))


def test_a_clock_timer_of_an_event_subprocess_hangs_on_its_scope() -> None:
    event = event_subprocess(
        "warn",
        start("warning", on_timer("resolve at 75 %"), isInterrupting="false"),
        end("warned"),
        chain("warning", "warned"),
    )
    definitions = linked(process("p", start() + user("ask") + end() + chain("start", "ask", "end") + event))
    case = Case(definitions)
    assert [*engine.timers(definitions, case.instance, lambda *_: NOON)] == ["1:warning"]
    assert case.step(TimerDue("1:warning")).entered == ["warn", "warning", "warned"]


# clocks


def clocked(**properties: str) -> str:
    named = {name.replace("_", "."): value for name, value in properties.items()}
    body = start() + user("ask", properties=named, outputs={"cycle": "cycle + 1"})
    event = boundary("off", "ask", on_message("withdrawn"))
    return process(
        "p",
        body + event + end() + chain("start", "ask", "end") + chain("off", "end"),
        data={"cycle": "integer"},
    )


def clock_effects(case: Case) -> list[object]:
    return [effect for effect in case.effects if isinstance(effect, CLOCKS)]


def test_a_clock_starts_on_entering_and_stops_on_completion_with_the_data_written_then() -> None:
    case = Case(
        linked(clocked(clock_start="resolve of cycle, promise", clock_stop="resolve of cycle")), cycle=1
    )
    assert clock_effects(case) == [ClockStarted("resolve", 1), ClockStarted("promise", None)]
    case.complete("ask", action="done", by="ann")
    assert clock_effects(case) == [ClockStopped("resolve", 2)]


def test_a_clock_is_not_stopped_by_an_interruption() -> None:
    case = Case(linked(clocked(clock_stop="promise"))).send("withdrawn")
    assert clock_effects(case) == []


@pytest.mark.parametrize("way", ["completed", "interrupted"])
def test_a_clock_is_paused_while_the_node_is_active_and_resumed_however_it_is_left(way: str) -> None:
    case = Case(linked(clocked(clock_pause="resolve of cycle")), cycle=1)
    assert clock_effects(case) == [ClockPaused("resolve", 1)]
    if way == "completed":
        case.complete("ask", action="done", by="ann")
    else:
        case.send("withdrawn")
    assert clock_effects(case) == [ClockResumed("resolve", 1)]


def test_the_clock_of_a_start_event_sees_what_the_message_brought() -> None:
    again = start(
        "again",
        on_message("re-enter"),
        outputs={"cycle": "result.cycle"},
        properties={"clock.start": "resolve of cycle"},
    )
    definitions = linked(
        process("p", again + user("ask") + end() + chain("again", "ask", "end"), data={"cycle": "integer"})
    )
    case = Case(definitions, message="re-enter", payload={"cycle": 3})
    assert clock_effects(case) == [ClockStarted("resolve", 3)]
