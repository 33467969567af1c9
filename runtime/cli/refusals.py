"""From what went wrong to an exit code and one clear line. Tracebacks are for faults of ours alone."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import Any

import typer
from typer.core import TyperGroup

from runtime.cli import INTERRUPTED
from runtime.cli.installation import one_command

REFUSED = 1


class FoundWrong(Exception):
    """The command did its work and what it looked at is wrong; everything has been printed."""


class RefusingGroup(TyperGroup):
    """The root of all commands: turns what a user can cause into a line on the error output."""

    def invoke(self, ctx: Any) -> Any:
        try:
            with one_command():
                return super().invoke(ctx)
        except KeyboardInterrupt:
            raise typer.Exit(INTERRUPTED) from None
        except BrokenPipeError:
            # The reader of a pipe has seen enough. Python would complain once more at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(0) from None
        except FoundWrong:
            raise typer.Exit(REFUSED) from None
        except Exception as error:
            lines = list(explained(error))
            if not lines:
                raise
            for line in lines:
                print(f"amends: {line}", file=sys.stderr)
            raise typer.Exit(REFUSED) from None


def explained(error: Exception) -> Iterator[str]:
    """What to tell the user; nothing for a fault of ours that nobody foresaw.

    Imports when something went wrong, not before: a command must start fast.
    """
    import httpx
    from sqlalchemy.exc import DBAPIError
    from sqlalchemy.exc import TimeoutError as PoolTimeout

    from bpmn.diagram import NotDrawn
    from bpmn.dmn.errors import DecisionError
    from bpmn.errors import EngineError
    from bpmn.findings import Refused
    from cases.errors import CaseAtFault
    from cases.shelf import NoBundle
    from complaints.errors import ComplaintError, Fault
    from flows.port import FlowError
    from runtime.errors import SettingsInvalid, SetupError
    from runtime.prefect_errors import PrefectError
    from store.database import StoreUnreachable
    from store.schema import SchemaMismatch

    match error:
        case SettingsInvalid():
            yield from error.problems
        case Refused():
            yield from map(str, error.findings)
        case NoBundle():
            yield error.message
        case CaseAtFault():
            yield f"{error.told}; `amends doctor` names what is wrong and the cure"
        case Fault():
            yield f"fault: {error.message}"
            yield from _caused_by(error)
        case ComplaintError():
            yield error.message
        case SetupError() | StoreUnreachable() | SchemaMismatch() | PrefectError() | NotDrawn():
            yield _flat(error)
        case FlowError():
            yield _flat(error)
        case EngineError() | DecisionError():
            yield f"fault of the definitions: {_flat(error)}"
        case DBAPIError():
            yield f"the store does not answer ({_flat(error.orig)}): try again, or run `amends doctor`"
        case PoolTimeout():
            yield "the store is too busy: try again, or run `amends doctor`"
        case httpx.HTTPError():
            yield f"no answer over the network: {type(error).__name__}: {_flat(error)}"
        case UnicodeEncodeError():
            yield "a word of the command is not UTF-8 text: write it in UTF-8"
        case UnicodeDecodeError():
            yield f"the file is not UTF-8 text (byte {error.start}): save it as UTF-8"
        case OSError():
            yield f"{error.filename or 'the system'}: {error.strerror or _flat(error)}"


def _caused_by(error: Exception) -> Iterator[str]:
    if error.__cause__ is not None:
        yield f"caused by {type(error.__cause__).__name__}: {_flat(error.__cause__)}"


def _flat(error: object) -> str:
    return " ".join(str(error).split())
