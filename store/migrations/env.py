"""Runs the migrations on the connection that `store.schema` hands in, inside its transaction."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

connection = context.config.attributes["connection"]
assert isinstance(connection, Connection), "migrations are started by store.schema.migrate only"
context.configure(connection=connection, transactional_ddl=True)
context.run_migrations()
