"""The front door as a channel finds it: signed requests against the real router and a real casework."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import uvicorn
from fastapi import FastAPI
from httpx import Client, Response
from sqlmodel import select

from cases.casework import Casework
from cases.shelf import Shelf
from intake.hooks import router
from intake.signing import signed
from runtime.web import install
from store.access import Access
from store.database import Database
from tasks import BINDINGS
from tests.contract.casework import SECRET, Built, HandClock, no_links, shipped

PROBLEM = "application/problem+json"
MASTER = b"secret of the keys of the tests"


SHELF = Shelf()
"""Links a bundle once; a bundle never changes."""


def housed(database: Database) -> Built:
    """A casework on a migrated, empty store."""
    bundle, books = shipped()
    clock = HandClock()
    with database.write() as session:
        SHELF.publish(session, bundle, clock())
    casework = Casework(database, SHELF, BINDINGS, books, secret=SECRET, links=no_links, machine_clock=clock)
    return Built(casework, clock)


class Door:
    """One channel's way in. Every event gets an id of its own unless the test names one."""

    def __init__(self, built: Built, client: Client, access: Access) -> None:
        self.built, self.client, self.access = built, client, access
        self._secrets: dict[str, str] = {}
        self._sent = 0

    def secret(self, channel: str) -> str:
        if channel not in self._secrets:
            self._secrets[channel] = self.access.add_hook_key(channel).secret
        return self._secrets[channel]

    def body(self, **given: Any) -> dict[str, Any]:
        """A complaint that nothing is wrong with, and what the test makes of it."""
        return {
            "external_id": f"x-{self._sent}",
            "occurred_at": self.built.clock.now.isoformat(),
            "customer": {"id": "c-1", "name": "王芳", "phone": "13812345678", "email": "fang@example.org"},
            "text": "退货不退款，商家四五天不回信息，商品有问题也不理人",
        } | given

    def send(self, value: Any, *, channel: str = "web_form", id: str | None = None) -> Response:
        """Any JSON value, signed."""
        return self.send_bytes(json.dumps(value, ensure_ascii=False).encode(), channel=channel, id=id)

    def send_bytes(self, body: bytes, *, channel: str = "web_form", id: str | None = None) -> Response:
        self._sent += 1
        headers = signed(self.secret(channel), body, id or f"msg_{self._sent}", self.built.clock.now)
        return self.client.post(f"/hooks/{channel}", content=body, headers=headers)

    def file(self, *, channel: str = "web_form", id: str | None = None, **given: Any) -> Response:
        """A sound complaint with these fields changed."""
        return self.send(self.body(**given), channel=channel, id=id)


@contextmanager
def opened(built: Built) -> Iterator[Door]:
    """The router behind a real server on a port of its own."""
    access = Access(built.casework.database, MASTER, built.clock)
    app = FastAPI()
    app.include_router(router(built.casework, access))
    install(app)
    with (
        served(app) as port,
        Client(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False) as client,
    ):
        yield Door(built, client, access)


@contextmanager
def served(app: FastAPI) -> Iterator[int]:
    """The port on which a real server answers with `app`."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(64)
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off"))
        thread = Thread(target=server.run, args=([listening],))
        thread.start()
        try:
            yield int(listening.getsockname()[1])
        finally:
            server.should_exit = True
            thread.join()


def all_of(door: Door, table: type[Any]) -> list[Any]:
    with door.built.casework.database.read() as session:
        return list(session.exec(select(table)).all())


def refused(response: Response, status: int) -> dict[str, Any]:
    """The problem, in the shape of RFC 9457."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == PROBLEM
    body: dict[str, Any] = response.json()
    assert body["status"] == status
    assert {"type", "title", "detail"} <= body.keys()
    assert "Traceback" not in response.text
    return body


def fields(response: Response) -> list[str]:
    return [error["field"] for error in refused(response, 422)["errors"]]
