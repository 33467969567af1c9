"""`amends clock`: process time, and moving it forward in a trial."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from runtime.cli.installation import opened
from runtime.cli.options import AsJson
from runtime.cli.printing import local, print_json
from runtime.errors import SetupError

app = typer.Typer()
clock = typer.Typer(help="Process time; `advance` moves it forward in a trial.")
app.add_typer(clock, name="clock")

PAUSE_SECONDS = 0.2
"""Between two looks at an activity that another process holds."""


class ClockFixed(SetupError):
    """Process time is machine time here."""

    def __init__(self) -> None:
        super().__init__(
            "the clock of this installation is the system's and cannot be moved: in a trial, start every "
            "command with AMENDS_CLOCK=adjustable"
        )


@clock.callback(invoke_without_command=True)
def show_clock(context: typer.Context, as_json: AsJson = False) -> None:
    """Show process time, how far it runs ahead, and when something falls due next."""
    if context.invoked_subcommand is not None:
        return
    from runtime.wiring import machine_time
    from store.process_time import process_time
    from store.queries.due import next_instant

    wiring = opened()
    with wiring.database.read() as session:
        machine_now = machine_time()
        now = process_time(session, machine_now)
        upcoming = next_instant(session, now)
    facts = {
        "mode": wiring.settings.clock,
        "process_time": now.isoformat(),
        "offset_seconds": round((now - machine_now).total_seconds()),
        "next_due_at": upcoming.isoformat() if upcoming else None,
    }
    if as_json:
        print_json(facts)
        return
    zone = wiring.settings.zone
    print(f"process time  {local(now.isoformat(), zone)} ({zone.key}), {wiring.settings.clock} clock")
    print(f"runs ahead    {now - machine_now}")
    print(f"next due      {local(upcoming.isoformat() if upcoming else None, zone)}")


@clock.command()
def advance(
    length: Annotated[str, typer.Argument(metavar="DURATION", help="ISO 8601, as in PT24H or P3D.")],
    as_json: AsJson = False,
) -> None:
    """Move process time forward, from due to due; returns when nothing is due, ready or undelivered."""
    from bpmn.durations import DurationError, parse_timedelta
    from cases.sweeping import play

    try:
        forward = parse_timedelta(length)
    except DurationError as error:
        raise typer.BadParameter(str(error)) from error
    if forward.total_seconds() <= 0:
        raise typer.BadParameter(f"{length} does not lie ahead: process time never goes back")
    wiring = opened()
    if wiring.settings.clock != "adjustable":
        raise ClockFixed
    before = wiring.process_now()
    swept = play(wiring.casework, forward, wiring.deliver, lambda: time.sleep(PAUSE_SECONDS))
    after = wiring.process_now()
    if as_json:
        print_json({
            "from": before.isoformat(), "to": after.isoformat(), "stepped": swept.stepped,
            "performed": swept.performed, "faults": swept.faults,
        })  # fmt: skip
        return
    zone = wiring.settings.zone
    print(
        f"{local(before.isoformat(), zone)} → {local(after.isoformat(), zone)}: {swept.stepped} steps, "
        f"{swept.performed} activities run directly"
    )
    if swept.faults:
        print(f"{swept.faults} steps at fault: `amends doctor` lists the incidents")
