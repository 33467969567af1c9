"""What the forms have in common: they are filled in by ops in the UI, act once, and say how the complaint stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from prefect.client.schemas.objects import State
from prefect.context import FlowRunContext
from prefect.states import Completed, Failed

from flows import leg as legs
from flows.port import FlowError, Refused

Because = Literal[
    "customer_asked", "wrong_department", "wrong_grade", "same_matter", "not_a_complaint", "nobody_there",
    "too_much_work", "new_facts", "done_by_mistake", "harm", "authority",
]  # fmt: skip
"""Why; kept with the complaint in words. Free text would be there for everybody who opens the run."""


async def send(act: Callable[[str], str]) -> State[Any]:
    """Do it in the name of this run, once. Refused is a failed state that says cause and cure."""
    context = FlowRunContext.get()
    if context is None or context.flow_run is None:
        raise FlowError("a form acts once for each flow run: start its deployment in the Prefect UI")
    run = str(context.flow_run.id)
    with legs.without_text():
        try:
            return Completed(message=await legs.off_loop(act, run))
        except Refused as refusal:
            return Failed(name="Refused", message=str(refusal))
