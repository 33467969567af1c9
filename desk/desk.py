"""What pages and API work with, handed to every request by the router they stand in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from cases.casework import Casework
from desk.codes import ActionCodes
from desk.sessions import Sessions
from desk.tokens import Tokens
from review.printing import Press
from store.access import Access


@dataclass(frozen=True, slots=True)
class Desk:
    """What the customers' pages need."""

    casework: Casework
    tokens: Tokens


@dataclass(frozen=True, slots=True)
class Counter:
    """What the API needs."""

    casework: Casework
    access: Access
    codes: ActionCodes
    sessions: Sessions


@dataclass(frozen=True, slots=True)
class Office:
    """What the pages of staff need. `secure`: browsers reach them by https only."""

    casework: Casework
    sessions: Sessions
    press: Press
    secure: bool


def handing(what: Desk | Counter | Office) -> Callable[[Request], None]:
    """A dependency of a whole router that gives each of its requests this desk or counter."""

    def hand(request: Request) -> None:
        request.state.serving = what

    return hand


def _desk(request: Request) -> Desk:
    desk = request.state.serving
    assert isinstance(desk, Desk), "the pages stand in a router that hands out a desk"
    return desk


def _counter(request: Request) -> Counter:
    counter = request.state.serving
    assert isinstance(counter, Counter), "the API stands in a router that hands out a counter"
    return counter


def _office(request: Request) -> Office:
    office = request.state.serving
    assert isinstance(office, Office), "pages of staff stand in a router that hands out an office"
    return office


DeskOf = Annotated[Desk, Depends(_desk)]
CounterOf = Annotated[Counter, Depends(_counter)]
OfficeOf = Annotated[Office, Depends(_office)]
