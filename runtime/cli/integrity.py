"""`amends verify` and `amends recover`: is the history whole; rebuild the Prefect runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from runtime.cli.installation import opened, say
from runtime.cli.options import AsJson
from runtime.cli.printing import print_json
from runtime.cli.refusals import FoundWrong

if TYPE_CHECKING:
    from runtime.prefect_runs import Reconciled
    from runtime.wiring import Wiring

app = typer.Typer()


@app.command()
def verify(as_json: AsJson = False) -> None:
    """Check all history chains and anchors. Says what cannot be known."""
    from runtime.verifying import verify as verified

    found = verified(opened())
    if as_json:
        print_json({
            "whole": found.whole, "cases": found.cases, "lines": found.lines,
            "chains": [{"ref": b.ref, "seq": b.seq, "why": b.why} for b in found.chains],
            "anchors": {"days": found.anchored, "broken": list(found.anchors), "vouched_to": found.vouched},
            "unanchored_lines": found.younger, "unknown": found.unknown,
        })  # fmt: skip
    else:
        print(f"{found.cases} chains of {found.lines} lines: {_verdict(len(found.chains))}")
        print(
            "\n".join(f"  {b.ref} line {b.seq}: {b.why}" for b in found.chains),
            end="\n" if found.chains else "",
        )
        print(f"{found.anchored} anchors: {_verdict(len(found.anchors))}")
        print("\n".join(f"  {day}" for day in found.anchors), end="\n" if found.anchors else "")
        print(f"not known: {found.unknown}")
    if not found.whole:
        say(
            f"amends: {len(found.chains)} chains and {len(found.anchors)} anchors are broken: compare with a backup"
        )
        raise FoundWrong


def _verdict(broken: int) -> str:
    return f"{broken} broken" if broken else "whole"


@app.command()
def recover(
    ref: Annotated[
        str | None, typer.Argument(metavar="[REF]", help="Only this complaint. Default: all.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Rebuild Prefect runs. No complaint is changed by it."""
    wiring = opened()
    done = wiring.reconciler.recover() if ref is None else _recover_one(wiring, ref)
    if as_json:
        print_json({name: getattr(done, name) for name in done.__slots__})
        return
    print(
        f"{done.created} runs made, {done.lost} of them in place of lost ones; {done.revived} set going again, "
        f"{done.woken} woken"
    )


def _recover_one(wiring: Wiring, ref: str) -> Reconciled:
    """Looks for the one run and makes it anew when it is gone; what else is wrong with it the clock heals."""
    from uuid import UUID

    from complaints.reference import parse_ref
    from runtime.prefect_runs import Reconciled

    ref = parse_ref(ref)
    with wiring.database.read() as session:
        noted = wiring.casework.find(session, ref).flow_run_id
    done = Reconciled()
    if noted is not None:
        run_id = UUID(noted)
        if run_id in wiring.prefect.runs_by_id([run_id]):
            return done
        wiring.port.run_lost(ref, run_id)
        done += Reconciled(lost=1)
    while (step := wiring.reconciler.create()).created:
        done += step
    return done
