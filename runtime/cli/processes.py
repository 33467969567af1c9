"""`amends up`, `down`, `deploy`, and the hidden `serve` that the household starts its processes with."""

from __future__ import annotations

import asyncio
import logging
import os
from socket import gethostname
from typing import TYPE_CHECKING, Annotated, Literal
from uuid import uuid4

import typer

from runtime.cli.installation import installation, opened
from runtime.cli.options import AsJson
from runtime.cli.printing import print_json
from runtime.logs import log_at, log_uncaught, prefect_variables
from runtime.meters import Meters, count_together

if TYPE_CHECKING:
    from runtime.wiring import Wiring

BEHIND_THE_DOOR = 10
"""Clock and worker give way to the web process: in a burst what is sent is kept first, and worked off after."""
app = typer.Typer()
log = logging.getLogger("amends")


@app.command()
def up(
    samples: Annotated[bool, typer.Option("--samples", help="File the bundled sample complaints.")] = False,
    no_player: Annotated[
        bool, typer.Option("--no-player", help="With --samples: leave the acting to you.")
    ] = False,
) -> None:
    """Run everything in the foreground until Ctrl-C."""
    wiring = installation()
    _prefect_settings(wiring)
    from runtime.household import up as start

    raise typer.Exit(start(wiring, samples=samples, player=not no_player))


@app.command()
def down() -> None:
    """Stop what `amends up` started in this home."""
    from runtime.household import down as stop

    print("stopped" if stop(installation().settings) else "nothing was running")


@app.command()
def deploy(as_json: AsJson = False) -> None:
    """Bring Prefect and the store up to this release. Work pool, queues, deployments, schema; safe to repeat."""
    from store.schema import migrate

    wiring = installation()
    migrate(wiring.database)
    _prefect_settings(wiring)
    from runtime.prefect_deploy import deploy as put

    deployed = put(wiring.prefect, zone=wiring.settings.timezone)
    if as_json:
        print_json([{"name": one.name, "deployment_id": str(one.deployment_id)} for one in deployed])
    else:
        print("\n".join(one.name for one in deployed))


@app.command(hidden=True)
def serve(
    part: Annotated[Literal["web", "clock", "worker", "player"], typer.Argument(help="Which process.")],
    name: Annotated[str | None, typer.Option(help="Its name among others of its kind; unique.")] = None,
) -> None:
    """Run one process in the foreground until SIGTERM: web, clock, worker or player."""
    if part != "web":
        os.nice(BEHIND_THE_DOOR)
    wiring = opened()
    log_at(wiring.settings.log_level, kind=wiring.settings.log_format)
    log_uncaught()
    count_together(wiring.settings.home)
    meters = Meters()
    wiring.casework.stepped = meters.stepped
    match part:
        case "web":
            from runtime.app import serve as serve_web

            serve_web(wiring, meters)
        case "clock":
            from runtime.clock import ClockProcess

            ours = f"clock-{gethostname()[:20]}-{uuid4().hex[:8]}"  # `amends doctor` counts machines by it
            ClockProcess(wiring, name or ours).run_until_signal()
        case "worker":
            _prefect_settings(wiring)
            from flows.port import bind
            from runtime.worker import serve as serve_worker

            bind(wiring.port)
            asyncio.run(serve_worker(name=name, limit=wiring.settings.worker_limit))
        case "player":
            from runtime.player import run

            run(wiring)
    log.info("%s stopped", part)


def _prefect_settings(wiring: Wiring) -> None:
    """Where Prefect keeps its things and finds its server. Before Prefect is first imported: it reads them once."""
    home = wiring.settings.home / "prefect"
    os.environ.setdefault("PREFECT_HOME", str(home))
    os.environ.setdefault("PREFECT_PROFILES_PATH", str(home / "profiles.toml"))
    os.environ.setdefault("PREFECT_API_URL", wiring.prefect_url)
    os.environ.setdefault("DO_NOT_TRACK", "1")
    for name, value in prefect_variables(wiring.settings.log_format).items():
        os.environ.setdefault(name, value)
