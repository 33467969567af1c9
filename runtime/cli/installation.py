"""The installation that a command works on: its settings, its wiring, its store."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING

from runtime.errors import SetupError

if TYPE_CHECKING:
    from runtime.settings import Settings
    from runtime.wiring import Wiring

_left: ContextVar[ExitStack | None] = ContextVar("what is closed when the command is over", default=None)


class NoStore(SetupError):
    """Nothing was ever started in this home."""

    def __init__(self, place: Path) -> None:
        super().__init__(f"there is no store at {place}: start Amends with `amends up`, or set AMENDS_HOME")


class OneLine(logging.Formatter):
    """What goes wrong beside a command's own work is one line of its error output, never a traceback."""

    def format(self, record: logging.LogRecord) -> str:
        line = f"amends: {record.levelname.lower()}: {record.getMessage()}"
        if record.exc_info and record.exc_info[1] is not None:
            line += f": {type(record.exc_info[1]).__name__}: {record.exc_info[1]}"
        return " ".join(line.split())


@contextmanager
def one_command() -> Iterator[None]:
    """Closes what the command opened, however it ends."""
    with ExitStack() as left:
        before = _left.set(left)
        try:
            yield
        finally:
            _left.reset(before)


def installation() -> Wiring:
    """The wiring of this environment; nothing is opened yet. `SettingsInvalid` names every wrong setting."""
    from runtime.wiring import wire

    handler = logging.StreamHandler()
    handler.setFormatter(OneLine())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    wiring = wire()
    if (left := _left.get()) is not None:
        left.callback(wiring.close)
    return wiring


def opened() -> Wiring:
    """The wiring of an installation with a store of this release. `NoStore`, or `SchemaBehind` with the cure."""
    from store.schema import check

    wiring = installation()
    missing = missing_store(wiring.settings)
    if missing is not None:
        raise NoStore(missing)
    check(wiring.database)
    return wiring


def missing_store(settings: Settings) -> Path | None:
    """The file of the embedded store when it is not there yet: opening it would make an empty one."""
    if not settings.embedded:
        return None
    file = Path(settings.database_url.removeprefix("sqlite:///"))
    return None if file.exists() else file


def say(text: str) -> None:
    """A remark beside the result: on the error output, so that the result can be piped on."""
    print(text, file=sys.stderr)
