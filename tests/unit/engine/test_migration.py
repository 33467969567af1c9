"""What a plan says of each token, timer and clock, and what stands against it, on the smallest drawings."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bpmn.events import Value
from bpmn.migration import Plan, Wishes, plan
from tests.unit.engine.case import Case, never
from tests.unit.engine.drawn import (
    boundary,
    chain,
    end,
    event_subprocess,
    flow,
    linked,
    on_message,
    on_timer,
    process,
    service,
    start,
    subprocess,
    tag,
    user,
)
from tests.unit.engine.migrated import wished

DATA = {"n": "integer", "tier": "enum(light, severe)"}


def simple(*nodes: str, between: str = "x", data: dict[str, str] | None = None) -> str:
    """start, `between`, end, with more drawn beside it."""
    return process("p", start() + "".join(nodes) + end() + chain("start", between, "end"), data=data or DATA)


def why(found: Plan) -> list[str]:
    assert found.instance is None
    return [str(hindrance) for hindrance in found.hindrances]


LATE = boundary("late", "x", on_timer("PT2H")) + chain("late", "end")


class TestTokens:
    def test_whatever_is_called_as_before_stays(self) -> None:
        case = Case(linked(simple(user("x"))), n=3)
        new = linked(simple(user("x") + LATE))
        found = wished(case, new)
        assert found.instance is not None
        assert [(t.before, t.after) for t in found.tokens] == [("", ""), ("x", "x")]
        assert found.instance.root.data == {"n": 3, "tier": None}

    def test_one_that_is_gone_needs_a_name_and_gets_the_near_one(self) -> None:
        case = Case(linked(simple(user("answer"), between="answer")))
        new = linked(simple(user("answer_it"), between="answer_it"))
        gone = "p/answer: the element is gone: name the one that takes its place; did you mean 'answer_it'?"
        assert why(wished(case, new)) == [gone]
        found = wished(case, new, {"p/answer": "answer_it"})
        assert found.instance is not None
        case.definitions, case.instance = new, found.instance
        assert case.complete("answer_it").is_over

    @pytest.mark.parametrize(
        ("before", "after", "said"),
        [
            (user("x"), service("x"), "x is a serviceTask, not a userTask"),
            (user("x"), user("x", properties={"work": "check"}), "x asks for 'check', but 'answer' is asked"),
            (
                service("x"),
                tag("serviceTask", "x", camunda__type="external", camunda__topic="tell"),
                "x does 'tell', but 'post' is under way",
            ),
        ],
    )
    def test_what_is_open_does_not_become_something_else(self, before: str, after: str, said: str) -> None:
        assert said in why(wished(Case(linked(simple(before))), linked(simple(after))))[0]

    def test_a_token_does_not_climb_into_a_subprocess_or_out_of_one(self) -> None:
        inside = subprocess("sub", start("s") + user("x") + end("e") + chain("s", "x", "e"))
        flat, deep = linked(simple(user("x"))), linked(simple(inside, between="sub"))
        assert why(wished(Case(flat), deep)) == ["p/x: x lies in the subprocess sub, the token in none"]
        assert "p/sub: the element is gone" in why(wished(Case(deep), flat))[0]

    def test_a_called_process_stays_where_it_may_be_called(self) -> None:
        calls = tag("callActivity", "x", calledElement="q")
        other = process("r", start("rs") + user("y") + end("re") + chain("rs", "y", "re"))
        called = other.replace('"r"', '"q"').replace('"rs"', '"qs"').replace('"re"', '"qe"')
        called = called.replace('"rs_y"', '"qs_y"').replace('"y_re"', '"y_qe"').replace('"y"', '"z"')
        called = called.replace('"qs_y"', '"qs_z"').replace('"y_qe"', '"z_qe"')
        case = Case(linked(simple(calls), called, other))
        new = linked(simple(calls.replace('"q"', '"r"')), called, other)
        assert why(wished(case, new)) == ["q: x calls r now, but q is under way in it"]

    def test_an_event_subprocess_under_way_stays_one(self) -> None:
        inner = start("s", on_message("news"), isInterrupting="false") + user("y") + end("e")
        event = event_subprocess("ev", inner + chain("s", "y", "e"))
        case = Case(linked(simple(user("x") + event))).send("news")
        plain = subprocess("ev", start("s") + user("y") + end("e") + chain("s", "y", "e"))
        flows = chain("start", "x", "ev", "end")
        new = linked(process("p", start() + user("x") + plain + end() + flows, data=DATA))
        assert "p/ev: ev begins otherwise" in why(wished(case, new))[0]


FORK = '<parallelGateway id="fork"/><parallelGateway id="join"/>'


def forked(*tasks: str) -> str:
    ways = "".join(user(task) + chain("fork", task, "join") for task in tasks)
    return process("p", start() + FORK + ways + end() + chain("start", "fork") + chain("join", "end"))


class TestConstellations:
    def test_a_join_never_waits_for_what_nobody_sent(self) -> None:
        case = Case(linked(forked("a", "b")))
        together = "p: never stands at a and b at once, so it might never end"
        assert why(wished(case, linked(forked("a", "b", "c")))) == [together]

    def test_one_way_fewer_is_sound_once_nothing_is_left_of_it(self) -> None:
        new = linked(forked("a", "b"))
        case = Case(linked(forked("a", "b", "c")))
        assert "p/c: the element is gone" in why(wished(case, new))[0]
        assert "its flow c_join is gone" in why(wished(case.complete("c"), new))[0]

    def test_steps_after_each_other_are_never_open_together(self) -> None:
        body = start() + user("a") + user("b") + end() + chain("start", "a", "b", "end")
        found = wished(Case(linked(forked("a", "b"))), linked(process("p", body)))
        assert why(found) == ["p: never stands at a and b at once, so it might never end"]

    def test_reminders_beside_a_step_do_not_make_a_drawing_too_large(self) -> None:
        """Twenty of them could stand in a million ways; none leads to where the case stands."""
        reminders = "".join(
            boundary(f"late{n}", "x", on_timer("PT1H"), interrupting=False)
            + service(f"tell{n}")
            + end(f"told{n}")
            + chain(f"late{n}", f"tell{n}", f"told{n}")
            for n in range(20)
        )
        case = Case(linked(simple(user("x"))))
        assert wished(case, linked(simple(user("x") + reminders))).is_sound
        case = Case(linked(simple(user("x") + reminders))).fire("late3")
        assert wished(case, linked(simple(user("x") + reminders + LATE))).is_sound


class TestData:
    def test_new_data_needs_a_value(self) -> None:
        case = Case(linked(simple(user("x"))))
        new = linked(simple(user("x"), data={**DATA, "rounds": "integer"}))
        assert "p: data.rounds is new and has no value" in why(wished(case, new))[0]
        found = wished(case, new, rounds="1 + 1")
        assert found.instance is not None
        assert found.instance.root.data == {"n": None, "tier": None, "rounds": 2}
        assert found.tokens[0].notes == ("data.rounds is new: 2",)
        assert 'p: `"two"`: gives "two" where integer is wanted' in why(wished(case, new, rounds='"two"'))[0]
        assert (
            "there is no 'round' in any process after the migration" in why(wished(case, new, round="1"))[0]
        )

    def test_a_value_of_another_type_is_refused_and_a_dropped_one_is_told(self) -> None:
        case = Case(linked(simple(user("x"))), n=3, tier="severe")
        said = why(wished(case, linked(simple(user("x"), data={"n": "integer", "tier": "enum(light)"}))))
        assert said == [
            "p: data.tier is 'severe', which is no enum(light): what it means must be decided first"
        ]
        found = wished(case, linked(simple(user("x"), data={"tier": "enum(light, severe)"})))
        assert found.tokens[0].notes == ("data.n is dropped: 3",)


class TestTimers:
    def test_an_armed_one_keeps_its_instant_and_a_new_one_counts_from_now(self) -> None:
        case = Case(linked(simple(user("x") + LATE))).wait(hours=1)
        more = boundary("remind", "x", on_timer("PT3H"), interrupting=False) + flow("remind", "end", "")
        found = wished(case, linked(simple(user("x") + LATE.replace("PT2H", "PT9H") + more)))
        due = {t.after.element: (t.how, t.after.due_at - case.now) for t in found.timers if t.after}
        assert due == {"late": ("kept", timedelta(hours=1)), "remind": ("armed", timedelta(hours=3))}

    def test_one_whose_event_is_gone_is_dropped_and_one_that_fired_stays_spent(self) -> None:
        twice = boundary("once", "x", on_timer("PT1H"), interrupting=False) + chain("once", "end")
        case = Case(linked(simple(user("x") + LATE + twice))).fire("once")
        found = wished(case, linked(simple(user("x") + twice)))
        assert [(t.how, t.before and t.before.element) for t in found.timers] == [("dropped", "late")]

    def test_one_under_another_name_is_kept_when_it_is_named(self) -> None:
        case = Case(linked(simple(user("x") + LATE)))
        new = linked(simple(user("x") + LATE.replace('"late', '"overdue')))
        assert [t.how for t in wished(case, new).timers] == ["dropped", "armed"]
        assert [t.how for t in wished(case, new, {"late": "overdue"}).timers] == ["kept"]


CLOCK = boundary("late", "x", on_timer("resolve of n at 75 %")) + chain("late", "end")


class TestClocks:
    def look(self, after: str, *, running: bool) -> Plan:
        case = Case(linked(simple(user("x"))), n=7)
        asked: list[tuple[str, Value]] = []

        def runs(clock: str, key: Value) -> bool:
            asked.append((clock, key))
            return running

        found = plan(
            case.definitions, linked(simple(after)), case.instance, Wishes({}, {}), due=never, runs=runs,
            now=case.now,
        )  # fmt: skip
        assert set(asked) == {("resolve", 7)}
        return found

    def test_a_timer_on_a_clock_that_does_not_run_would_never_come(self) -> None:
        said = "p/x: timer late follows the clock resolve of 7, which does not run"
        assert why(self.look(user("x") + CLOCK, running=False)) == [said]
        assert self.look(user("x") + CLOCK, running=True).is_sound

    def test_the_clock_that_the_new_step_starts_is_started(self) -> None:
        starting = user("x", properties={"clock.start": "resolve of n"}) + CLOCK
        assert self.look(starting, running=False).clocks == (("resolve", 7),)
        assert self.look(starting, running=True).clocks == ()
