"""Changes to a drawn process, as somebody might make them in a modeler while cases run on it."""

from __future__ import annotations

import random
from collections.abc import Callable

from lxml import etree

from bpmn.events import Value
from bpmn.link import Definitions
from bpmn.migration import Plan, Wishes, plan
from bpmn.parsing.document import BPMN
from tests.unit.engine.case import Case, never
from tests.unit.engine.drawn import boundary, chain, on_timer, user

Change = Callable[[etree._Element, random.Random], dict[str, str]]
"""Changes a process in place; which elements are called otherwise now."""


def wished(case: Case, new: Definitions, mapping: dict[str, str] | None = None, **values: str) -> Plan:
    """The plan to move a case of the tests, which has no clocks."""
    wishes = Wishes(mapping or {}, values)
    runs: Callable[[str, Value], bool] = lambda _clock, _key: False  # noqa: E731
    return plan(case.definitions, new, case.instance, wishes, due=never, runs=runs, now=case.now)


def _all(process: etree._Element, *tags: str) -> list[etree._Element]:
    return [element for tag in tags for element in process.iter(f"{{{BPMN}}}{tag}")]


def _insert(scope: etree._Element, xml: str) -> None:
    wrapped = etree.fromstring(
        f'<x xmlns="{BPMN}" xmlns:camunda="http://camunda.org/schema/1.0/bpmn">{xml}</x>'
    )
    for element in wrapped:
        scope.append(element)


def _tasks(process: etree._Element) -> list[etree._Element]:
    return [task for task in _all(process, "userTask") if task.get("id", "").startswith("task")]


def insert_a_task(process: etree._Element, chance: random.Random) -> dict[str, str]:
    """A step more on some flow."""
    flow = chance.choice(_all(process, "sequenceFlow"))
    target, scope = flow.get("targetRef", ""), flow.getparent()
    assert scope is not None
    flow.set("targetRef", "inserted")
    _insert(scope, user("inserted") + chain("inserted", target))
    return {}


def remove_a_task(process: etree._Element, chance: random.Random) -> dict[str, str]:
    """A step less: its flow leads past it."""
    task = chance.choice(_tasks(process))
    scope, name = task.getparent(), task.get("id", "")
    assert scope is not None
    after = next(f for f in _all(process, "sequenceFlow") if f.get("sourceRef") == name)
    for flow in _all(process, "sequenceFlow"):
        if flow.get("targetRef") == name:
            flow.set("targetRef", after.get("targetRef", ""))
    scope.remove(after)
    scope.remove(task)
    return {}


def rename_a_task(process: etree._Element, chance: random.Random) -> dict[str, str]:
    task = chance.choice(_tasks(process))
    before = task.get("id", "")
    task.set("id", "renamed")
    for flow in _all(process, "sequenceFlow"):
        for end in ("sourceRef", "targetRef"):
            if flow.get(end) == before:
                flow.set(end, "renamed")
    return {before: "renamed"}


def swap_two_tasks(process: etree._Element, chance: random.Random) -> dict[str, str]:
    """Two steps of a scope change places. Not where something counts: a token put into a loop past the place where
    its count begins is what values lead to, and no plan judges that."""
    one = chance.choice(_tasks(process))
    beside = [task for task in _tasks(process) if task.getparent() is one.getparent() and task is not one]
    if not beside or _all(process, "intermediateThrowEvent"):
        return {}
    first, second = one.get("id", ""), chance.choice(beside).get("id", "")
    there = {first: second, second: first}
    for flow in _all(process, "sequenceFlow"):
        for end in ("sourceRef", "targetRef"):
            flow.set(end, there.get(flow.get(end, ""), flow.get(end, "")))
    return {}


def add_a_branch(process: etree._Element, chance: random.Random) -> dict[str, str]:
    """Something more to be done beside the rest, where a parallel split is drawn; else a step more."""
    forks = [g for g in _all(process, "parallelGateway") if g.get("id", "").startswith("fork")]
    if not forks:
        return insert_a_task(process, chance)
    fork = chance.choice(forks)
    scope, name = fork.getparent(), fork.get("id", "")
    assert scope is not None
    join = f"join{int(name.removeprefix('fork')) + 1}"
    _insert(scope, user("beside") + chain(name, "beside", join))
    return {}


def drop_a_branch(process: etree._Element, chance: random.Random) -> dict[str, str]:
    """One way fewer after a parallel split, where it is a single step."""
    flows = {flow.get("sourceRef", ""): flow for flow in _all(process, "sequenceFlow")}
    for flow in _all(process, "sequenceFlow"):
        task = flow.get("targetRef", "")
        after = flows.get(task)
        beside = after is not None and after.get("targetRef", "").startswith("join")
        if flow.get("sourceRef", "").startswith("fork") and task.startswith("task") and beside:
            scope = flow.getparent()
            assert scope is not None
            assert after is not None
            for gone in (flow, after, next(t for t in _tasks(process) if t.get("id") == task)):
                scope.remove(gone)
            break
    return {}


def attach_a_timer(process: etree._Element, chance: random.Random) -> dict[str, str]:
    task = chance.choice(_tasks(process))
    scope, name = task.getparent(), task.get("id", "")
    assert scope is not None
    after = next(f for f in _all(process, "sequenceFlow") if f.get("sourceRef") == name).get("targetRef", "")
    interrupting = chance.random() < 0.5 and not after.startswith(("fork", "join"))
    late = boundary("too_late", name, on_timer("PT3H"), interrupting=interrupting)
    aside = (
        chain("too_late", after) if interrupting else '<endEvent id="aside"/>' + chain("too_late", "aside")
    )
    _insert(scope, late + aside)
    return {}


CHANGES: tuple[Change, ...] = (
    insert_a_task, remove_a_task, rename_a_task, swap_two_tasks, add_a_branch, drop_a_branch, attach_a_timer,
)  # fmt: skip


def changed(processes: list[str], change: Change, seed: int) -> tuple[list[str], dict[str, str]]:
    """The processes with one of them changed, and which elements are called otherwise now."""
    chance = random.Random(seed)
    parsed = [
        etree.fromstring(f'<x xmlns="{BPMN}" xmlns:camunda="http://camunda.org/schema/1.0/bpmn">{one}</x>')
        for one in processes
    ]
    able = [holder for holder in parsed if _tasks(holder)]
    renamed = change(chance.choice(able), chance)
    return ["".join(etree.tostring(one, encoding="unicode") for one in holder) for holder in parsed], renamed
