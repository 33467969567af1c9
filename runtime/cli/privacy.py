"""`amends erase`: take out what a customer filled in. Figures, history and proofs stay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from runtime.cli.acting import actor, demand_right
from runtime.cli.installation import opened, say
from runtime.cli.options import AsJson, AsStaff
from runtime.cli.printing import print_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cases.erasing import Complaint, Found, Outcome

app = typer.Typer()

Why = Literal["request", "consent", "expired", "unlawful", "order"]


@app.command()
def erase(
    customer: Annotated[
        str,
        typer.Argument(
            metavar="CUSTOMER",
            help="Number, phone or mail address of the customer, as phone:138… where it could be several; or the "
            "reference of a complaint of theirs.",
        ),
    ],
    reason: Annotated[
        Why,
        typer.Option(
            help="Why: the customer asked, took a consent back, it was kept long enough, should not have been "
            "kept, or an authority ordered it."
        ),
    ] = "request",
    withdraw: Annotated[
        bool, typer.Option("--withdraw", help="End their open complaints first, as withdrawn by them.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be erased; change nothing.")
    ] = False,
    as_staff: AsStaff = None,
    as_json: AsJson = False,
) -> None:
    """Erase a customer. What they filled in is taken out of ended complaints at once; open ones follow when they
    end. Cannot be undone."""
    from complaints.roles import Right

    wiring = opened()
    who = actor(wiring, as_staff)
    demand_right(who, Right.ERASE)
    erasing = wiring.erasing
    customer_id = erasing.customer(customer)
    found = erasing.look(customer_id)
    if dry_run:
        if as_json:
            print_json({"customer": customer_id, "done": False, **_shown(found.complaints, found.pieces)})
        else:
            _tell("would be erased", found.pieces, found.complaints)
        return
    if not as_json:
        _announce(found)
    order = erasing.order(customer_id, who, reason)
    if withdraw:
        erasing.withdraw(customer_id, who)
    outcome = erasing.carry_out(order)
    if as_json:
        print_json({
            "customer": customer_id, "order": outcome.order, "done": outcome.done,
            **_shown(outcome.complaints, outcome.erased),
        })  # fmt: skip
    else:
        _told(outcome)


def _announce(found: Found) -> None:
    """Before it acts, on the error output."""
    say(f"customer {found.customer_id}: {len(found.complaints)} complaints, {_counted(found.pieces)}")


def _told(outcome: Outcome) -> None:
    _tell("erased", outcome.erased, outcome.complaints)
    if outcome.done:
        print("nothing is left to erase")
    else:
        say("the rest is erased by the clock when these have ended; `amends erase` says how far it is")


def _tell(how: str, pieces: Mapping[str, int], complaints: list[Complaint] | tuple[Complaint, ...]) -> None:
    print(f"{how}: {_counted(pieces)}")
    for one in complaints:
        if one.waits:
            print(f"  {one.ref} {one.waits}: waits")


def _counted(pieces: Mapping[str, int]) -> str:
    return ", ".join(f"{place} {number}" for place, number in pieces.items()) or "nothing"


def _shown(
    complaints: list[Complaint] | tuple[Complaint, ...], pieces: Mapping[str, int]
) -> dict[str, object]:
    return {
        "pieces": dict(pieces),
        "complaints": [{"ref": c.ref, "erased": c.erased, "waits": c.waits or None} for c in complaints],
    }
