"""Generated processes whose tasks write data and whose choices read it, for two engines at once.

Every task writes a variable of its own, the same value each time. So a second engine that copies data to each token
and lays the copies over each other at a join must come to the same data as one that keeps a single copy.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field

from tests.unit.engine.blocks import Block, Drawing
from tests.unit.engine.drawn import process, service, user

MOST = 5
"""Values lie below, like the limits that choices compare them with."""


def value_of(task: str) -> int:
    """What whoever does a task answers."""
    return zlib.crc32(task.encode()) % MOST


@dataclass
class Written(Drawing):
    """`sure` are the variables that every way to this point has written; a choice reads the newest of them."""

    sure: tuple[str, ...] = field(default=())

    def read(self) -> str:
        return self.sure[-1] if self.sure else "n"

    def _task(self) -> tuple[str, str]:
        name = self.name("task")
        variable = f"w_{name}"
        self.data[variable] = "integer"
        if value_of(name) % 2:
            self.add(service(name, outputs={variable: "result.sent"}))
        else:
            self.add(user(name, outputs={variable: "result.amount"}))
        self.sure += (variable,)
        return name, name

    def branch(self, block: Block) -> tuple[str, str, tuple[str, ...]]:
        """One of several ways: where it begins and ends, and what is sure at its end. Nothing of it is outside."""
        before = self.sure
        first, last = self.draw(block)
        found, self.sure = self.sure, before
        return first, last, found

    def _parallel(self, parts: tuple[Block, ...]) -> tuple[str, str]:
        split = self.node("parallelGateway", self.name("fork"))
        join = self.node("parallelGateway", self.name("join"))
        together: list[str] = []
        for part in parts:
            first, last, written = self.branch(part)
            together += written[len(self.sure) :]
            self.link(split, first)
            self.link(last, join)
        self.sure += tuple(together)
        return split, join

    def _exclusive(self, limit: int, yes: Block, no: Block) -> tuple[str, str]:
        return self._choice("exclusiveGateway", [(f"{self.read()} > {limit}", yes)], no)

    def _inclusive(self, low: int, high: int, one: Block, two: Block, other: Block) -> tuple[str, str]:
        read = self.read()
        return self._choice("inclusiveGateway", [(f"{read} > {low}", one), (f"{read} > {high}", two)], other)

    def _choice(self, kind: str, ways: list[tuple[str, Block]], default: Block) -> tuple[str, str]:
        split, merge = self.name("split"), self.node(kind, self.name("merge"))
        first, last, _ = self.branch(default)
        self.node(kind, split, default=f"{split}_{first}")
        for condition, way in ways:
            begin, finish, _ = self.branch(way)
            self.link(split, begin, condition)
            self.link(finish, merge)
        self.link(split, first)
        self.link(last, merge)
        return split, merge

    def _call(self, body: Block) -> tuple[str, str]:
        """Everything goes in and everything comes out: the other engine hands over the whole data too."""
        name, key = self.name("call"), self.name("process")
        inner = type(self)(key, self.others, self.numbers, sure=self.sure)
        inner.data.update(dict.fromkeys(self.sure, "integer"))
        content = inner.whole(body)
        self.others.append(process(key, content, data=inner.data))
        self.data.update(inner.data)
        passed = {variable: variable for variable in inner.data}
        self.node("callActivity", name, calledElement=key, inputs=passed, outputs=passed)
        self.sure = inner.sure
        return name, name


class Unread(Written):
    """The same, but choices read only what the process began with: for drawings where an event may end what writes.

    No timer repeats: SpiffWorkflow ends what a repeated one began together with its host.
    """

    aside = "PT2H"

    def read(self) -> str:
        return "n"


def written(block: Block, how: type[Written] = Written) -> list[str]:
    """The process `p` that runs the block, and those it calls."""
    drawing = how("p", [], [0])
    content = drawing.whole(block)
    return [process("p", content, data=drawing.data), *drawing.others]
