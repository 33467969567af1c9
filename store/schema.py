"""The schema of the store: brought up to date by numbered migrations, by any number of processes at once.

Until the first release there is one migration. After a table was changed, write it anew with

    python -m store.migrations.draft

and read the result; after the first release the same command with a name (`draft "add a column"`)
writes the next number, holding only the difference.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from store.database import Database

FOLDER = Path(__file__).parent / "migrations"
LOCK = 0x616D656E6473
"""Number of the PostgreSQL advisory lock that migrating processes queue at ("amends" in ASCII)."""


class SchemaBehind(Exception):
    """The store was made by another release. Run `amends up` or `amends deploy` of this one to migrate it."""


def migrate(database: Database) -> None:
    """Bring the store to the newest schema, in one transaction. Whoever comes second finds nothing to do."""
    changing = database.engine.execution_options(changes=True)
    with changing.begin() as connection:
        if not database.is_sqlite:  # SQLite has taken its write lock with BEGIN IMMEDIATE
            connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        command.upgrade(configuration(connection), "head")


def current(database: Database) -> str | None:
    """The number of the newest migration that the store has; None for an empty store."""
    with database.engine.execution_options(changes=False).connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str:
    """The number of the newest migration of this release."""
    head = ScriptDirectory.from_config(configuration()).get_current_head()
    assert head is not None, "the folder holds at least the first migration"
    return head


def check(database: Database) -> None:
    """`SchemaBehind` unless the store has exactly the schema of this release."""
    found, wanted = current(database), newest()
    if found != wanted:
        raise SchemaBehind(
            f"the store has schema {found or 'none'}, this release needs {wanted}: migrate it first"
        )


def configuration(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
