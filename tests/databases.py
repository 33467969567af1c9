"""PostgreSQL databases that tests make and drop."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4


@contextmanager
def database_on(server: str) -> Iterator[str]:
    """An empty database of a name of its own on the `server`, as `postgresql+psycopg://…`; dropped after."""
    import psycopg
    from sqlalchemy.engine import make_url

    name = f"amends_test_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    url = make_url(server).set(drivername="postgresql+psycopg", database=name)
    try:
        yield url.render_as_string(hide_password=False)
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def emptied(url: str) -> str:
    """The PostgreSQL database at `url`, without a single table any more."""
    from sqlalchemy import create_engine, text

    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return url


def cleared(url: str) -> str:
    """The PostgreSQL store at `url`, without a single row, counting from 1 again.

    Deleting takes milliseconds where TRUNCATE, which makes a new file of each table and index, takes hundreds.
    """
    from sqlalchemy import create_engine
    from sqlmodel import SQLModel

    engine = create_engine(url)
    with engine.begin() as connection:
        for table in reversed(SQLModel.metadata.sorted_tables):
            connection.exec_driver_sql(f'DELETE FROM "{table.name}"')
        connection.exec_driver_sql(
            "SELECT setval(quote_ident(schemaname) || '.' || quote_ident(sequencename), 1, false) FROM pg_sequences "
            "WHERE schemaname = 'public' AND last_value IS NOT NULL"
        )
    engine.dispose()
    return url
