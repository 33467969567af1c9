"""Copies of a PostgreSQL store by its own tools. The password goes by environment, never by the command line."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from psycopg import pq
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import Connection, text

from runtime.errors import SetupError
from store.database import Database

VERSIONS = "alembic_version"


class NoTool(SetupError):
    """`pg_dump` or `pg_restore` is not on this machine."""


class ToolFailed(SetupError):
    """`pg_dump` or `pg_restore` refused; its own words are in the message."""


def dump(database: Database, tables: Sequence[str], target: Path) -> tuple[Mapping[str, int], str]:
    """Dump the tables of Amends as they were at one moment: (rows of each table then, version of the server)."""
    tool = _tool("pg_dump")
    isolated = database.engine.execution_options(isolation_level="REPEATABLE READ", changes=False)
    with isolated.connect() as connection:
        snapshot = connection.execute(text("select pg_export_snapshot()")).scalar_one()
        schema = connection.execute(text("select current_schema()")).scalar_one()
        names = [n for n in (*tables, VERSIONS) if _exists(connection, n)]
        counts = {n: connection.execute(text(f'select count(*) from "{n}"')).scalar_one() for n in names}
        server = str(connection.execute(text("show server_version")).scalar_one())
        _run(
            [
                tool, "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}",
                *(f'--table="{schema}"."{name}"' for name in names), f"--file={target}",
            ],
            database.url,
        )  # fmt: skip
    return counts, server


def restore(database: Database, source: Path, *, replace: bool) -> None:
    """Put a dump into the database, all of it or nothing."""
    tool = _tool("pg_restore")
    how = ["--clean", "--if-exists"] if replace else []
    name = conninfo_to_dict(_libpq(database.url)).get("dbname")
    _run(
        [
            tool, "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", *how,
            f"--dbname={name}", str(source),
        ],
        database.url,
    )  # fmt: skip


def check_tool(name: str) -> None:
    """`NoTool` before anything is begun."""
    _tool(name)


def _exists(connection: Connection, name: str) -> bool:
    return (
        connection.execute(text("select to_regclass(:name)"), {"name": f'"{name}"'}).scalar_one() is not None
    )


def _tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise NoTool(
            f"{name} is not installed here: `apt-get install postgresql-client` of the server's version, or newer"
        )
    return found


def _run(command: Sequence[str], url: str) -> None:
    done = subprocess.run(
        command, env={**os.environ, **_environment(url)}, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )  # fmt: skip
    if done.returncode != 0:
        said = " ".join(done.stderr.split())[:500]
        tool = Path(command[0]).name
        raise ToolFailed(
            f"{tool} failed ({said}): see that it is as new as the server, and that this user may read and write "
            "every table"
        )


def _environment(url: str) -> dict[str, str]:
    """The address of the database as libpq reads it from the environment."""
    given = conninfo_to_dict(_libpq(url))
    variables = {d.keyword.decode(): d.envvar.decode() for d in pq.Conninfo.get_defaults() if d.envvar}
    return {
        variables[key]: str(value) for key, value in given.items() if value is not None and key in variables
    }


def _libpq(url: str) -> str:
    return "postgresql://" + url.partition("://")[2]
