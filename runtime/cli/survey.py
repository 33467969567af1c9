"""`amends survey answer REF`: an answer that the customer gave by phone."""

from __future__ import annotations

from typing import Annotated

import typer

from runtime.cli.acting import actor, demand_right, on_complaint
from runtime.cli.installation import opened
from runtime.cli.options import AsJson, AsStaff, Ref

app = typer.Typer()
survey = typer.Typer(no_args_is_help=True, help="Answers to the callback survey.")
app.add_typer(survey, name="survey")


@survey.command()
def answer(
    ref: Ref,
    score: Annotated[int, typer.Option(help="Satisfaction, 1 to 5.")],
    attitude: Annotated[int | None, typer.Option(help="How the customer was treated, 1 to 5.")] = None,
    nps: Annotated[int | None, typer.Option(help="Willingness to recommend, 0 to 10.")] = None,
    comment: Annotated[str, typer.Option(help="What the customer said.")] = "",
    leave: Annotated[bool, typer.Option("--leave", help="The customer leaves it at a low score.")] = False,
    as_staff: AsStaff = None,
    as_json: AsJson = False,
) -> None:
    """Record an answer taken by phone, by someone without a part in the complaint."""
    from cases.requests.phone import AnswerByPhone
    from complaints.roles import Right

    wiring = opened()
    who = actor(wiring, as_staff)
    demand_right(who, Right.FILE)
    on_complaint(
        wiring, ref, who,
        lambda _session, case: AnswerByPhone(
            who, score, nonce=f"{case.ref}/phone/{case.version}", leave=leave, attitude=attitude, nps=nps,
            comment=comment,
        ),
        done=lambda how: f"survey {how}", as_json=as_json,
    )  # fmt: skip
