"""The database and its two kinds of transaction: reading, and changing.

SQLite (WAL) and PostgreSQL behave alike here: a changing transaction takes its write lock at once
(`BEGIN IMMEDIATE`) or locks the rows it names (`FOR UPDATE`), so nothing that was read can have
changed by the time it is written.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, ExceptionContext, event, text
from sqlalchemy.exc import DBAPIError, InvalidatePoolError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection
from sqlmodel import Session, create_engine

from store.seams import Change, passed

BUSY_SECONDS = 30
PRIMARY = 0xFF
"""The part of SQLite's error code that says what kind it is."""
RESTED_SECONDS = 1.0
"""How long a connection may rest before it is asked whether it still stands."""
RESTS_SINCE = "rests_since"
MUCH = ("cursor_tuple_fraction = 1", "jit = off", "work_mem = '32MB'", "hash_mem_multiplier = 16")
"""What PostgreSQL is set to while a transaction reads much: for all rows; compiling nothing that is asked once; with
room for a sort, and for what it believes that groups need, of which it expects many more than there are."""
CHANGE = "the change that the transaction makes"
"""Where a session keeps it."""


LOCK = 0x616D656E6473
"""Number of the PostgreSQL advisory lock at which processes queue that set the store up ("amends" in ASCII)."""

GATHERING = LOCK + 1
"""The same, of clocks that make mass matters."""


class StoreUnreachable(Exception):
    """The database did not answer. Check AMENDS_DATABASE_URL and that the server runs; nothing was changed."""


def queue_up(connection: Connection) -> None:
    """Let those who set the store up go one after the other, each to the end of its transaction.

    A row that is not there yet cannot be locked. On SQLite whoever changes anything has queued already.
    """
    if connection.dialect.name != "sqlite":
        connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": LOCK})


def alone(connection: Connection) -> bool:
    """Whether nobody else gathers complaints now; then nobody will until this transaction ends."""
    if connection.dialect.name == "sqlite":
        return True  # whoever changes anything is alone
    return bool(
        connection.execute(text("select pg_try_advisory_xact_lock(:lock)"), {"lock": GATHERING}).scalar()
    )


def turn_into(session: Session, change: Change | None) -> None:
    """Name the transaction of this session by what it turned out to do; None for nothing."""
    session.info[CHANGE] = change


class Database:
    """One engine. `read()` and `write()` give a session in a transaction that commits when the block ends well."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        options: dict[str, Any] = {}
        if self.is_sqlite:
            options["connect_args"] = {"timeout": BUSY_SECONDS, "check_same_thread": False}
        # What is written are customers' words; errors end in logs, incidents and Prefect.
        options |= {"pool_size": pool_size, "max_overflow": 20, "hide_parameters": True}
        self.engine: Engine = create_engine(url, **options)
        event.listen(self.engine, "handle_error", _without_values)
        if self.is_sqlite:
            _prepare_sqlite(self.engine)
        else:
            _ask_the_rested(self.engine)

    @contextmanager
    def write(self, change: Change | None = None) -> Iterator[Session]:
        """A transaction that may change rows. Rolls back whole when the block raises.

        `change` names it for the crash seams around its commit; `turn_into` says later what it became.
        """
        with self._session({"changes": True}) as session:
            session.info[CHANGE] = change
            yield session
            change = session.info[CHANGE]
            if change is not None:
                session.flush()
                passed(f"{change}.before")
        if change is not None:
            passed(f"{change}.after")

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A transaction that only looks. It never waits for a writer on SQLite, nor holds one up."""
        with self._session({"changes": False}) as session:
            yield session

    @contextmanager
    def read_much(self) -> Iterator[Session]:
        """A transaction that looks at very many rows, and at all of what it asks for, some thousand at a time."""
        with self.read() as session:
            if not self.is_sqlite:  # which would plan for the first rows, and compile what is asked once
                for setting in MUCH:
                    session.connection().execute(text(f"SET LOCAL {setting}"))
            yield session

    @contextmanager
    def _session(self, options: dict[str, Any]) -> Iterator[Session]:
        try:
            connection = self.engine.connect().execution_options(**options)
        except DBAPIError as error:
            raise StoreUnreachable(f"no connection to the database: {error.orig}") from error
        with connection, Session(connection, expire_on_commit=False, autoflush=True) as session:
            try:
                yield session
                session.commit()
            except BaseException:
                session.rollback()
                raise

    def ping(self) -> None:
        """Raise `StoreUnreachable` unless a query is answered."""
        try:
            with self.read() as session:
                session.connection().execute(text("select 1"))
        except OperationalError as error:
            raise StoreUnreachable(f"the database does not answer: {error.orig}") from error

    def forget_overwritten(self) -> None:
        """Let the files of an embedded store hold no more what was just erased.

        SQLite zeroes what is deleted (`secure_delete`), but the log of changes keeps earlier pages until it is
        written back and cut. PostgreSQL's own vacuum takes old row versions away.
        """
        if self.is_sqlite:
            connection = self.engine.raw_connection()  # not in a transaction
            try:
                connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                connection.close()

    def close(self) -> None:
        self.engine.dispose()


def _without_values(context: ExceptionContext) -> None:
    """PostgreSQL quotes the offending values on lines of their own (DETAIL, CONTEXT): keep the first line."""
    for error in (context.original_exception, context.sqlalchemy_exception):
        if error is not None and error.args and isinstance(error.args[0], str):
            error.args = (error.args[0].split("\n", 1)[0], *error.args[1:])


def _ask_the_rested(engine: Engine) -> None:
    """Before a connection that rested a while is used, ask whether its server is still there, and connect anew if not.
    The pool's own `pre_ping` asks each time, which is a round trip for each transaction."""

    @event.listens_for(engine, "checkin")
    def _rests(_connection: Any, record: ConnectionPoolEntry) -> None:
        record.info[RESTS_SINCE] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _ask(connection: Any, record: ConnectionPoolEntry, _proxy: PoolProxiedConnection) -> None:
        if time.monotonic() - record.info.get(RESTS_SINCE, time.monotonic()) <= RESTED_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error


def _write_ahead(cursor: sqlite3.Cursor) -> None:
    """Switch a new file to its write-ahead log. SQLite does not wait for others who just do the same, it says at once
    that the file is locked."""
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorcode & PRIMARY == sqlite3.SQLITE_BUSY
            if not busy or time.monotonic() > until:  # a file that cannot be written at all says so at once
                raise
            time.sleep(0.05)


def _prepare_sqlite(engine: Engine) -> None:
    """Let SQLAlchemy, not the driver, say when a transaction begins, and begin writers with the lock."""

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        _write_ahead(cursor)
        for pragma in (
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",
            f"busy_timeout={BUSY_SECONDS * 1000}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        changes = connection.get_execution_options().get("changes", True)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if changes else "BEGIN")
