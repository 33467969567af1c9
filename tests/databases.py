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
