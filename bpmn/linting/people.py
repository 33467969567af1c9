"""Every step of a person says what work it is, who may do it, and what happens when nobody does."""

from __future__ import annotations

from bpmn.linting.walk import Notes, Region
from bpmn.model import Node, NodeKind
from bpmn.vocabulary import Vocabulary


def check_people(region: Region, vocabulary: Vocabulary, notes: Notes) -> None:
    for node in region.nodes(NodeKind.USER):
        _check_work(node, vocabulary, notes)
        _check_owner(node, vocabulary, notes)
        _check_clock(node, region, notes)


def _check_work(node: Node, vocabulary: Vocabulary, notes: Notes) -> None:
    work, actions = node.properties.get("work"), node.properties.get("actions")
    if work is None:
        notes.add(node.place, f"userTask {node.id} does not say what work it is; set the property work")
    else:
        notes.known(work.place, "work", work.body, vocabulary.work)
    if actions is None:
        notes.add(node.place, f"userTask {node.id} does not say what finishes it; set the property actions")
    if work is None or actions is None or work.body not in vocabulary.work:
        return
    for action in (part.strip() for part in actions.body.split(",")):
        notes.known(actions.place, f"action of {work.body}", action, vocabulary.work[work.body].actions)


def _check_owner(node: Node, vocabulary: Vocabulary, notes: Notes) -> None:
    item, duty = node.properties.get("item"), node.properties.get("duty")
    if (item is None) == (duty is None):
        found = "neither item nor duty" if item is None else "both item and duty"
        cure = "name the work item it belongs to or the duty that has it, one of the two"
        notes.add(node.place, f"userTask {node.id} has {found}; {cure}")
    if duty is not None:
        notes.known(duty.place, "duty", duty.body, vocabulary.duties)


def _check_clock(node: Node, region: Region, notes: Notes) -> None:
    """A timer on the task, or on a subprocess around it, interrupting or not, counts as its clock."""
    held: Node | None = node
    around: Region | None = region
    while held is not None and around is not None:
        if any(around.timers(held)):
            return
        held, around = around.owner, around.outer
    notes.add(
        node.place,
        f"userTask {node.id} has no clock: nobody follows when its person does not act; attach a timer to it, "
        "or to the subprocess around it, and lead on from there to the next person",
    )
