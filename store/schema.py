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
from sqlalchemy import Connection

from store.database import Database, queue_up

FOLDER = Path(__file__).parent / "migrations"


class SchemaMismatch(Exception):
    """The store has another schema than this release needs; the message names both, and the cure."""

    def __init__(self, found: str | None, wanted: str, cure: str) -> None:
        super().__init__(f"the store has schema {found or 'none'}, this release needs {wanted}: {cure}")
        self.cure = cure


class SchemaBehind(SchemaMismatch):
    """The store is empty, or was made by an older release."""

    def __init__(self, found: str | None, wanted: str) -> None:
        super().__init__(found, wanted, "run `amends deploy`, or `amends up`, which migrates it")


class SchemaAhead(SchemaMismatch):
    """The store was made by a newer release, or by another program."""

    def __init__(self, found: str, wanted: str) -> None:
        cure = "it is of a newer release; run that release, or restore a backup made by this one"
        super().__init__(found, wanted, cure)


def migrate(database: Database) -> None:
    """Bring the store to the newest schema, in one transaction. Whoever comes second finds nothing to do.

    `SchemaAhead`, with nothing changed, for the store of a newer release.
    """
    found = current(database)
    if found is not None and not _known(found):
        raise SchemaAhead(found, newest())
    changing = database.engine.execution_options(changes=True)
    with changing.begin() as connection:
        queue_up(connection)
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
    """`SchemaBehind` or `SchemaAhead` unless the store has exactly the schema of this release."""
    found, wanted = current(database), newest()
    if found is not None and not _known(found):
        raise SchemaAhead(found, wanted)
    if found != wanted:
        raise SchemaBehind(found, wanted)


def _known(revision: str) -> bool:
    """Whether it is one of this release's migrations."""
    return revision in {one.revision for one in ScriptDirectory.from_config(configuration()).walk_revisions()}


def configuration(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
