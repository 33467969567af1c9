"""Errors and escalations: they travel outwards, through call activities, to the nearest event that catches them."""

from __future__ import annotations

from bpmn.engine.catching import catch, find_handler
from bpmn.engine.run import Run
from bpmn.errors import UncaughtError, UncaughtEscalation
from bpmn.instance import Token
from bpmn.model import TriggerKind
from bpmn.program import Element


def throw_error(run: Run, origin: Token, code: str, element: str) -> None:
    """End everything up to where the error is caught; `UncaughtError` when nobody does."""
    caught = find_handler(run, origin, TriggerKind.ERROR, code)
    if caught is None:
        raise UncaughtError(code, element)
    catch(run, caught, {"code": code}, how="error")


def escalate(run: Run, scope: Token, element: Element) -> bool:
    """Report an escalation thrown in `scope`; whether whoever threw it may go on."""
    caught = find_handler(run, scope, TriggerKind.ESCALATION, element.trigger_name)
    if caught is None:
        raise UncaughtEscalation(element.trigger_name, f"{element.process} {element.id}")
    catch(run, caught, {"code": element.trigger_name})
    return not caught.interrupting
