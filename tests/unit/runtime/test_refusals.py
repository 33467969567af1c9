"""What a user can cause becomes one clear line; what is our fault stays loud."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import httpx
import pytest
import typer
from sqlalchemy.exc import OperationalError
from typer.testing import CliRunner

from bpmn.errors import WrongResult
from cases.shelf import NoBundle
from complaints.errors import Fault, UnknownPerson
from runtime.cli.refusals import FoundWrong, RefusingGroup
from runtime.errors import SettingsInvalid
from runtime.prefect_errors import PrefectUnreachable
from store.database import StoreUnreachable
from store.schema import SchemaAhead, SchemaBehind


def run(error: BaseException) -> tuple[int, list[str], BaseException | None]:
    """Exit code, lines on the error output, and what got through."""
    app = typer.Typer(cls=RefusingGroup, pretty_exceptions_enable=False)

    @app.callback()
    def root() -> None:
        """Makes a group of the one command."""

    @app.command()
    def fail() -> None:
        raise error

    answer = CliRunner().invoke(app, ["fail"])
    through = None if isinstance(answer.exception, SystemExit) else answer.exception
    return answer.exit_code, answer.stderr.splitlines(), through


@pytest.mark.parametrize(
    "make",
    [
        lambda: UnknownPerson("s-li", ["s-li-na"]),
        lambda: Fault("the bundle is gone"),
        lambda: StoreUnreachable("no connection"),
        lambda: SchemaBehind("0001", "0002"),
        lambda: SchemaAhead("0003", "0002"),
        lambda: NoBundle("no definitions are published"),
        lambda: PrefectUnreachable("no answer"),
        lambda: OperationalError("select 1", {}, Exception("database is locked")),
        lambda: httpx.ConnectError("refused"),
        lambda: WrongResult("complaint regraded", "urgency", "soon", "enum(low)"),
        lambda: FileNotFoundError(2, "No such file or directory", "complaints.jsonl"),
        lambda: UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"),
        lambda: UnicodeEncodeError("utf-8", "\udcff", 0, 1, "surrogates not allowed"),
    ],
)
def test_what_a_user_can_cause_is_one_line_and_exit_1(make: Callable[[], Exception]) -> None:
    code, lines, through = run(make())
    assert (code, len(lines), through) == (1, 1, None)
    assert lines[0].startswith("amends: ")


def test_each_wrong_setting_has_its_line() -> None:
    assert run(SettingsInvalid(["a is wrong", "b is wrong"]))[1] == [
        "amends: a is wrong",
        "amends: b is wrong",
    ]


def test_a_statement_with_its_values_is_never_shown() -> None:
    secret = uuid4().hex
    _, lines, _ = run(OperationalError("insert into customers", {"phone": secret}, Exception("disk full")))
    assert "disk full" in lines[0]
    assert secret not in lines[0]


def test_ctrl_c_exits_130_and_what_was_found_wrong_exits_1_without_a_word_more() -> None:
    assert run(KeyboardInterrupt()) == (130, [], None)
    assert run(FoundWrong()) == (1, [], None)


def test_a_fault_nobody_foresaw_keeps_its_traceback() -> None:
    _, lines, through = run(ZeroDivisionError("ours"))
    assert lines == []
    assert isinstance(through, ZeroDivisionError)
