"""The web process: hooks, API and pages on one port, and what watches it."""

from __future__ import annotations

import gc
from datetime import timedelta

import httpx
import uvicorn
from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST

import desk.api
import desk.customer
import desk.staff
import intake.hooks
from runtime import web
from runtime.meters import MeteredHooks, Meters
from runtime.metrics import exposition
from runtime.wiring import Wiring, machine_time
from store.database import StoreUnreachable
from store.queries.overview import overview

CLOCK_SILENT_AFTER = timedelta(seconds=30)
PREFECT_SECONDS = 2.0


def build(wiring: Wiring, meters: Meters | None = None) -> FastAPI:
    """The whole web surface over one wiring; without `meters` it counts by itself."""
    meters = meters or Meters()
    app = FastAPI(
        title="Amends", version="0.1.0", description="Customer complaints, from every channel to settled."
    )
    web.install(app)
    app.include_router(intake.hooks.router(wiring.casework, wiring.access))
    app.include_router(desk.api.router(wiring.casework, wiring.access, wiring.codes, wiring.sessions))
    app.include_router(desk.customer.router(wiring.casework, wiring.tokens))
    secure = wiring.settings.public_url.startswith("https:")
    app.include_router(desk.staff.router(wiring.casework, wiring.sessions, wiring.press, secure=secure))
    _watch(app, wiring, meters)
    app.add_middleware(MeteredHooks, meters=meters)
    return app


def serve(wiring: Wiring, meters: Meters) -> None:
    """Answer on the port of the settings until SIGTERM or SIGINT."""
    app = build(wiring, meters)
    gc.collect()
    gc.freeze()  # what stands from the start is not looked through again: that held up every request for 0.1 s
    uvicorn.run(
        app, host=wiring.settings.host, port=wiring.settings.port, log_config=None,
        log_level=wiring.settings.log_level.lower(), access_log=False, timeout_graceful_shutdown=10,
    )  # fmt: skip


def readiness(wiring: Wiring) -> dict[str, object]:
    """What stands and what does not: store, clock, Prefect. `ready` needs store and clock; Prefect is only named."""
    found: dict[str, object] = {}
    try:
        with wiring.database.read() as session:
            seen = overview(session, wiring.process_now())
        found["store"] = {"reachable": True}
        age = None if seen.last_tick is None else machine_time() - seen.last_tick
        ticking = age is not None and age < CLOCK_SILENT_AFTER
        found["clock"] = {
            "ticking": ticking,
            "last_tick_seconds_ago": None if age is None else age.total_seconds(),
        }
    except StoreUnreachable as error:
        found["store"] = {"reachable": False, "why": str(error)}
        ticking = False
        found["clock"] = {"ticking": False}
    found["prefect"] = {"reachable": prefect_answers(wiring), "api_url": wiring.prefect_url}
    found["ready"] = found["store"] == {"reachable": True} and ticking
    return found


def prefect_answers(wiring: Wiring) -> bool:
    try:
        return (
            httpx.get(f"{wiring.prefect_url}/health", timeout=PREFECT_SECONDS).status_code == httpx.codes.OK
        )
    except httpx.HTTPError:
        return False


def _watch(app: FastAPI, wiring: Wiring, meters: Meters) -> None:
    @app.get("/healthz", tags=["watching"], summary="Is the process alive?")
    def healthz() -> dict[str, str]:
        return {"status": "alive"}

    @app.get("/readyz", tags=["watching"], summary="Do store, clock and Prefect stand?")
    def readyz() -> JSONResponse:
        found = readiness(wiring)
        return JSONResponse(found, status_code=200 if found["ready"] else 503)

    @app.get("/metrics", tags=["watching"], summary="Figures for Prometheus")
    def metrics() -> Response:
        return Response(exposition(wiring, meters), media_type=CONTENT_TYPE_LATEST)
