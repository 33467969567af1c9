"""Block-structured processes for property tests: every split has its join, so each of them must run to its end.

A block is a nested tuple; `drawn` turns it into the processes of a file, `tasks_done` says by plain recursion how
often each user task runs. Loops count in data of their own; nothing else is written.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, ClassVar

from hypothesis import strategies as st

from tests.unit.engine.drawn import (
    boundary,
    end,
    flow,
    on_message,
    on_timer,
    process,
    start,
    subprocess,
    tag,
    user,
)

Block = tuple[Any, ...]
TASK: Block = ("task",)


def blocks(*, events: bool) -> st.SearchStrategy[Block]:
    """Blocks of bounded size; with `events` also races and boundary timers, whose outcome depends on the driver."""

    def grow(inner: st.SearchStrategy[Block]) -> st.SearchStrategy[Block]:
        several = st.lists(inner, min_size=2, max_size=3).map(tuple)
        limits = st.integers(0, 3)
        kinds = [
            st.tuples(st.just("sequence"), several),
            st.tuples(st.just("parallel"), several),
            st.tuples(st.just("exclusive"), limits, inner, inner),
            st.tuples(st.just("inclusive"), limits, limits, inner, inner, inner),
            st.tuples(st.just("loop"), st.integers(1, 3), inner),
            st.tuples(st.just("subprocess"), inner),
            st.tuples(st.just("call"), inner),
        ]
        if events:
            kinds += [
                st.tuples(st.just("race"), inner, inner),
                st.tuples(st.just("guarded"), st.booleans(), inner, inner),
            ]
        return st.one_of(kinds)

    return st.recursive(st.just(TASK), grow, max_leaves=7)


@dataclass
class Drawing:
    """Collects the elements of one process; called processes are collected in `others`."""

    aside: ClassVar[str] = "R2/PT2H"
    """When a timer that does not interrupt happens."""
    key: str
    others: list[str]
    numbers: list[int]
    content: list[str] = field(default_factory=list)
    data: dict[str, str] = field(default_factory=lambda: {"n": "integer"})

    def name(self, kind: str) -> str:
        self.numbers[0] += 1
        return f"{kind}{self.numbers[0]}"

    def add(self, xml: str) -> None:
        self.content.append(xml)

    def node(self, kind: str, name: str, *content: str, **rest: Any) -> str:
        self.add(tag(kind, name, *content, **rest))
        return name

    def link(self, source: str, target: str, condition: str = "") -> None:
        self.add(flow(source, target, condition))

    def draw(self, block: Block) -> tuple[str, str]:
        """Draw a block; the elements a token enters and leaves it by."""
        entry_and_exit: tuple[str, str] = getattr(self, f"_{block[0]}")(*block[1:])
        return entry_and_exit

    def whole(self, block: Block) -> str:
        first, last = self.draw(block)
        begin, finish = self.name("start"), self.name("end")
        self.add(start(begin) + end(finish))
        self.link(begin, first)
        self.link(last, finish)
        return "".join(self.content)

    def _task(self) -> tuple[str, str]:
        name = self.name("task")
        self.add(user(name))
        return name, name

    def _sequence(self, parts: tuple[Block, ...]) -> tuple[str, str]:
        ends = [self.draw(part) for part in parts]
        for (_, before), (after, _) in pairwise(ends):
            self.link(before, after)
        return ends[0][0], ends[-1][1]

    def _parallel(self, parts: tuple[Block, ...]) -> tuple[str, str]:
        split = self.node("parallelGateway", self.name("fork"))
        join = self.node("parallelGateway", self.name("join"))
        for part in parts:
            first, last = self.draw(part)
            self.link(split, first)
            self.link(last, join)
        return split, join

    def _exclusive(self, limit: int, yes: Block, no: Block) -> tuple[str, str]:
        return self._choice("exclusiveGateway", [(f"n > {limit}", yes)], no)

    def _inclusive(self, low: int, high: int, one: Block, two: Block, other: Block) -> tuple[str, str]:
        return self._choice("inclusiveGateway", [(f"n > {low}", one), (f"n > {high}", two)], other)

    def _choice(self, kind: str, ways: list[tuple[str, Block]], default: Block) -> tuple[str, str]:
        split, merge = self.name("split"), self.node(kind, self.name("merge"))
        first, last = self.draw(default)
        self.node(kind, split, default=f"{split}_{first}")
        for condition, way in ways:
            begin, finish = self.draw(way)
            self.link(split, begin, condition)
            self.link(finish, merge)
        self.link(split, first)
        self.link(last, merge)
        return split, merge

    def _loop(self, rounds: int, body: Block) -> tuple[str, str]:
        count = self.name("count")
        self.data[count] = "integer"
        reset = self.node("intermediateThrowEvent", self.name("reset"), outputs={count: "0"})
        again = self.node("exclusiveGateway", self.name("again"))
        step = self.node("intermediateThrowEvent", self.name("step"), outputs={count: f"{count} + 1"})
        enough, after = self.name("enough"), self.node("intermediateThrowEvent", self.name("after"))
        self.node("exclusiveGateway", enough, default=f"{enough}_{again}")
        first, last = self.draw(body)
        for source, target in ((reset, again), (again, first), (last, step), (step, enough), (enough, again)):
            self.link(source, target)
        self.link(enough, after, f"{count} >= {rounds}")
        return reset, after

    def _subprocess(self, body: Block) -> tuple[str, str]:
        name = self.name("sub")
        inner = type(self)(self.key, self.others, self.numbers, data=self.data)
        self.add(subprocess(name, inner.whole(body)))
        return name, name

    def _call(self, body: Block) -> tuple[str, str]:
        name, key = self.name("call"), self.name("process")
        inner = Drawing(key, self.others, self.numbers)
        content = inner.whole(body)
        self.others.append(process(key, content, data=inner.data))
        self.node("callActivity", name, calledElement=key, inputs={"n": "n"}, outputs={"n": "n"})
        return name, name

    def _race(self, one: Block, two: Block) -> tuple[str, str]:
        race, merge = self.node("eventBasedGateway", self.name("race")), self.name("merge")
        self.node("exclusiveGateway", merge)
        for event, way in ((on_message("reply"), one), (on_timer("PT1H"), two)):
            caught = self.node("intermediateCatchEvent", self.name("catch"), event)
            first, last = self.draw(way)
            self.link(race, caught)
            self.link(caught, first)
            self.link(last, merge)
        return race, merge

    def _guarded(self, interrupting: bool, body: Block, instead: Block) -> tuple[str, str]:
        host, _ = self._subprocess(body)
        late = self.name("late")
        self.add(
            boundary(late, host, on_timer("PT2H" if interrupting else self.aside), interrupting=interrupting)
        )
        first, last = self.draw(instead)
        self.link(late, first)
        if not interrupting:
            aside = self.name("end")
            self.add(end(aside))
            self.link(last, aside)
            return host, host
        merge = self.node("exclusiveGateway", self.name("merge"))
        self.link(host, merge)
        self.link(last, merge)
        return host, merge


def drawn(block: Block) -> list[str]:
    """The process `p` that runs the block, and those it calls."""
    drawing = Drawing("p", [], [0])
    content = drawing.whole(block)
    return [process("p", content, data=drawing.data), *drawing.others]


def tasks_done(block: Block, n: int) -> int:
    """How many user tasks a run completes, by recursion over a block without events."""
    kind, rest = block[0], block[1:]
    if kind == "task":
        return 1
    if kind in ("sequence", "parallel"):
        return sum(tasks_done(part, n) for part in rest[0])
    if kind == "exclusive":
        return tasks_done(rest[1] if n > rest[0] else rest[2], n)
    if kind == "inclusive":
        taken = [part for limit, part in zip(rest[:2], rest[2:4], strict=True) if n > limit]
        return sum(tasks_done(part, n) for part in taken or [rest[4]])
    if kind == "loop":
        return int(rest[0]) * tasks_done(rest[1], n)
    return tasks_done(rest[0], n)
