"""Instants as whole seconds in SQL, the same number on SQLite and PostgreSQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, ColumnElement
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import SQLCoreOperations
from sqlalchemy.sql.functions import FunctionElement

Expression = SQLCoreOperations[Any]
"""A column of a table, or what is computed from some."""


class EpochSeconds(FunctionElement[int]):
    """Seconds since 1970 of a stored instant, the fraction cut off; null for null."""

    type = BigInteger()
    inherit_cache = True
    name = "epoch_seconds"


@compiles(EpochSeconds, "sqlite")
def _sqlite(element: EpochSeconds, compiler: SQLCompiler, **options: Any) -> str:
    # Without the fraction, of which SQLite rounds the last half millisecond up to the next second.
    return f"CAST(strftime('%s', substr({compiler.process(element.clauses, **options)}, 1, 19)) AS INTEGER)"


@compiles(EpochSeconds, "postgresql")
def _postgresql(element: EpochSeconds, compiler: SQLCompiler, **options: Any) -> str:
    # In doubles, which tell microseconds of instants apart; EXTRACT counts in decimals and takes longer.
    return f"CAST(FLOOR(date_part('epoch', {compiler.process(element.clauses, **options)})) AS BIGINT)"


class SecondsLasting(FunctionElement[int]):
    """Whole seconds that passed from one stored instant to a later one."""

    type = BigInteger()
    inherit_cache = True
    name = "seconds_lasting"

    def __init__(self, begun: Expression, ended: Expression) -> None:
        super().__init__(begun, ended)


@compiles(SecondsLasting, "sqlite")
def _lasting_sqlite(element: SecondsLasting, compiler: SQLCompiler, **options: Any) -> str:
    begun, ended = (compiler.process(clause, **options) for clause in element.clauses)
    # Seconds apart, less one where the later fraction is the smaller.
    return (
        f"(strftime('%s', substr({ended}, 1, 19)) - strftime('%s', substr({begun}, 1, 19))"
        f" - (substr({ended}, 21) < substr({begun}, 21)))"
    )


@compiles(SecondsLasting, "postgresql")
def _lasting_postgresql(element: SecondsLasting, compiler: SQLCompiler, **options: Any) -> str:
    begun, ended = (compiler.process(clause, **options) for clause in element.clauses)
    return f"CAST(FLOOR(date_part('epoch', {ended} - {begun})) AS BIGINT)"


def seconds_between(begun: Expression, ended: Expression) -> ColumnElement[int]:
    """Whole seconds from one instant to another, each cut to its second first."""
    length: ColumnElement[int] = EpochSeconds(ended) - EpochSeconds(begun)
    return length
