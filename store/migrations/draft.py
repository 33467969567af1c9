"""Drafts a migration from the tables: `python -m store.migrations.draft ["what it does"]`.

Without a name the first migration is written anew (until the first release); with one, the next number
with what the tables have and the migrations have not. A draft is read by a person before it is committed.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.autogenerate.api import AutogenContext
from alembic.migration import MigrationContext
from alembic.operations.ops import UpgradeOps
from sqlmodel import SQLModel

import store.tables  # noqa: F401  (fills the metadata)
from store.columns import UtcTime
from store.database import Database
from store.schema import FOLDER, migrate, newest

FIRST = "First tables"
WIDTH = 106
QUOTED = re.compile(r"""("(?:[^"\\]|\\.)*")|'([^'"\\]*)'""")
"""A string as Python writes it back: with double quotes only where it holds single ones (a condition in SQL)."""
PAGE = '''"""{message}."""

from __future__ import annotations

from functools import partial

import sqlalchemy as sa
from alembic import op

revision = "{number}"
down_revision: str | None = {before}
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
required = partial(sa.Column, nullable=False)
optional = partial(sa.Column, nullable=True)

# fmt: off


def upgrade() -> None:
    {upgrades}
'''


def draft(name: str | None) -> Path:
    """Write the migration file and say where it is."""
    message = name or FIRST
    before = newest() if name else None
    number = f"{int(before or 0) + 1:04d}"
    path = FOLDER / "versions" / f"{number}_{re.sub(r'[^a-z0-9]+', '_', message.lower()).strip('_')}.py"
    text = PAGE.format(
        message=message,
        number=number,
        before=f'"{before}"' if before else None,
        upgrades=statements(name),
    )
    path.write_text(text, encoding="utf-8")
    return path


def statements(name: str | None) -> str:
    """What takes an empty store (without a name) or a migrated one to the tables as they are now."""
    with TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'empty.db'}")
        if name:
            migrate(database)
        upgrades = _upgrades(database)
        database.close()
    return upgrades.strip()


def _upgrades(database: Database) -> str:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection)
        found = produce_migrations(context, SQLModel.metadata)
    operations = found.upgrade_ops
    assert isinstance(operations, UpgradeOps), "one database, one list of operations"
    code = render_python_code(operations, render_item=_render_item, migration_context=context)
    statements = ast.parse(code.strip().replace("\n    ", "\n")).body
    return "\n".join(line for statement in statements for line in _packed(statement))


def _packed(statement: ast.stmt) -> Iterator[str]:
    """A statement in as few lines as fit: one column a line would hide the shape of thirty tables."""
    whole = _short(statement)
    if len(whole) <= WIDTH or not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)):
        yield f"    {whole}"
        return
    call = statement.value
    first, *arguments = (_short(node) for node in [*call.args, *call.keywords])
    yield f"    {ast.unparse(call.func)}({first},"
    line = ""
    for argument in arguments:
        if line and len(line) + len(argument) + 2 > WIDTH - 4:
            yield f"        {line}"
            line = ""
        line += f"{' ' if line else ''}{argument},"
    yield f"        {line}"
    yield "    )"


def _short(node: ast.AST) -> str:
    """The code of a node, in the words that the template of a migration defines."""
    code = QUOTED.sub(lambda found: found[1] or f'"{found[2]}"', ast.unparse(node))
    code = code.replace("sa.DateTime(timezone=True)", "INSTANT")
    code = re.sub(r"sa\.String\(length=(\d+)\)", r"sa.String(\1)", code)
    code = re.sub(r"^sa\.Column\((.*), nullable=False\)$", r"required(\1)", code)
    return re.sub(r"^sa\.Column\((.*), nullable=True\)$", r"optional(\1)", code)


def _render_item(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Migrations name types of SQLAlchemy alone: a later change of ours must not change what they did."""
    if kind == "type" and isinstance(item, UtcTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and type(item).__name__ == "AutoString":
        return f"sa.String(length={item.length})" if item.length else "sa.String()"
    return False


if __name__ == "__main__":
    print(draft(sys.argv[1] if len(sys.argv) > 1 else None))
