"""Leaving a node: which sequence flows a token takes, and the end of an activation by completion."""

from __future__ import annotations

from collections.abc import Mapping

from bpmn.effects import Flowed
from bpmn.engine.run import Move, Run
from bpmn.errors import NoWayOut
from bpmn.events import Value
from bpmn.instance import Token
from bpmn.model import NodeKind
from bpmn.program import Branch, Element


def follow(run: Run, scope: int, element: Element) -> None:
    """Send tokens along the flows whose turn it is; without any flow the token ends here."""
    if not element.branches:
        run.ended_by[scope] = element.id
        return
    taken = _chosen(run, scope, element)
    run.effects.extend(Flowed(element.process, branch.flow) for branch in taken)
    elements = run.definitions.processes[element.process].elements
    for branch in reversed(taken):
        run.push(Move(scope, elements[branch.target], branch.flow))


def finish(run: Run, token: Token, result: Value) -> None:
    """Complete a waiting activation: outputs, clocks, and on along the flows."""
    element = run.element(token)
    run.write_outputs(token.scope, element, result)
    run.drop(token)
    run.stop_clocks(token.scope, element)
    follow(run, token.scope, element)


def pass_through(run: Run, scope: int, element: Element, result: Mapping[str, Value]) -> None:
    """Enter and leave a node that does not wait; its clocks see what its outputs wrote."""
    activation = run.enter(scope, element)
    run.write_outputs(scope, element, result)
    run.start_clocks(scope, element)
    run.leave(element, activation)
    run.stop_clocks(scope, element)


def _chosen(run: Run, scope: int, element: Element) -> list[Branch]:
    branches = element.branches
    if element.kind in (NodeKind.PARALLEL, NodeKind.EVENT_BASED) or (
        len(branches) == 1 and branches[0].condition is None
    ):
        return list(branches)
    values = run.view(scope)
    taken: list[Branch] = []
    for branch in branches:
        if branch is element.default:
            continue
        if branch.condition is None or branch.condition(values) is True:
            taken.append(branch)
            if element.kind is NodeKind.EXCLUSIVE:
                break
    if not taken:
        if element.default is None:
            raise NoWayOut(f"{element.process} {element.id}")
        taken.append(element.default)
    return taken
