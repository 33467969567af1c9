"""People, customers and time acting on a played complaint in any order, by chance from a seed."""

from __future__ import annotations

import random
from typing import Any

from bpmn.events import Value
from bpmn.model import NodeKind
from process_definitions.vocabulary import DUTY_WORK
from tests.unit.definitions.player import Case
from tests.unit.definitions.world import ANSWERS

MOST_ACTS = 400
LENGTHS = ("PT1M", "PT16M", "PT1H", "PT12H", "P1D", "P3D")


def act(case: Case, chance: random.Random) -> bool:
    """Somebody finishes an open step of theirs, in any of the ways it allows; False when none is open."""
    open_tasks = [task for task in case.ready.values() if task.kind is NodeKind.USER]
    if not open_tasks:
        return False
    task = chance.choice(open_tasks)
    result: dict[str, Value] = {}
    if task.element == "act":
        actions = DUTY_WORK[str(task.inputs["kind"])]
        result = {"handler": "ma", "leave": chance.random() < 0.2}
        if task.inputs["kind"] == "ask_score":
            result["score"] = chance.choice([None, 1, 3, 5])
        if task.inputs["kind"] == "call":
            result["choice"] = chance.choice([None, 0, 1])
    else:
        actions = tuple(name.strip() for name in task.properties["actions"].split(","))
    case.finish(task.activation, chance.choice(actions), **result)
    return True


def hear(case: Case, chance: random.Random) -> None:
    """The customer says something, wanted at this moment or not."""
    points, cycle = chance.randint(1, 5), case.cycle()
    match chance.randrange(8):
        case 0:
            case.send("answer_declined")
        case 1:
            case.send("answer_accepted")
        case 2:
            case.send("options_chosen", choice=chance.choice([0, 1]))
        case 3:
            case.send("survey_answered", key=cycle, score=points, leave=chance.random() < 0.2)
        case 4:
            case.send("survey_corrected", key=cycle, score=points, leave=False)
        case 5:
            case.send("very_negative" if chance.random() < 0.2 else "customer_message", message=1)
        case 6 if any(row.state == "done" for row in case.granted.values()):
            case.miss_grant()
        case _ if chance.random() < 0.1:
            case.send("withdrawn", by="staff")
        case _:
            case.send("customer_message", message=2)


def direct(case: Case, chance: random.Random) -> None:
    """Somebody asks a department, waives a contribution or grades anew."""
    still_open = [item for item, row in case.rows.items() if row.state == "open"]
    if any(task.element == "resolve" for task in case.ready.values()) and len(case.rows) < 3:
        case.ask_department(f"department_{len(case.rows)}")
    elif still_open:
        case.waive(chance.choice(still_open))
    elif chance.random() < 0.2:
        case.send(
            "regraded", key="anew", tier=chance.choice(["medium", "severe"]), urgency="urgent", impact="high",
            category="logistics", department="quality", skill="safety",
        )  # fmt: skip


def answers_by(chance: random.Random) -> dict[str, Any]:
    """What the world answers where it may answer otherwise."""
    appoint = ANSWERS["appoint"]
    plan_survey = ANSWERS["plan_survey"]
    assert callable(appoint)
    assert callable(plan_survey)
    return {
        "look_at_decision": lambda case, task: {
            "over_limit": chance.random() < 0.3,
            "approved": False,
            "options": chance.choice([1, 3]),
            "may_propose": chance.random() < 0.7,
        },
        "choose_handler": lambda case, task: {"found": chance.random() < 0.8, "handler": "li"},
        "appoint": lambda case, task: {**(appoint(case, task) or {}), "found": chance.random() < 0.9},
        "plan_survey": lambda case, task: {
            **(plan_survey(case, task) or {}),
            "reachable": chance.random() < 0.8,
        },
        "take_recommended": lambda case, task: {"free_of_cost": chance.random() < 0.5},
    }


def move(case: Case, chance: random.Random) -> None:
    """Something happens: somebody acts, time passes, the customer writes, or somebody directs."""
    assert case.armed() or any(task.kind is NodeKind.USER for task in case.ready.values()), case.waiting_for()
    turn = chance.random()
    if turn < 0.45 and act(case, chance):
        return
    if turn < 0.75:
        case.wait(chance.choice(LENGTHS))
    elif turn < 0.9:
        hear(case, chance)
    else:
        direct(case, chance)
