"""Engines for SQLite (WAL) and PostgreSQL behind one unit of work: `with database.write() as session`."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session

import services.db.registry  # noqa: F401  # foreign keys point across features: each process must know every table
from services.db.acting import Reach, acting
from services.db.journal import WATCHED, UnitOfWork, refuse_unwatched
from services.errors import Unavailable

READ_ONLY = "coldchain_read_only"
SQLITE_BUSY_MS = 30_000
APP_ROLE = "coldchain_app"
"""What is done for one tenant on PostgreSQL is done in this role."""


class Database:
    """One database and its unit of work. A transaction is committed at the end of the block or not at all."""

    def __init__(self, url: str | URL) -> None:
        self.url = make_url(url)
        self.engine = make_engine(self.url)

    @property
    def is_postgresql(self) -> bool:
        return self.engine.dialect.name == "postgresql"

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction that may change rows; what it changes is in the journal.

        Raises Unavailable when the database can't be reached.
        """
        writer = self.engine.execution_options(**{WATCHED: True})
        with _reachable(self.url), UnitOfWork(writer, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A consistent view that takes no write lock. Raises Unavailable when the database can't be reached."""
        reader = self.engine.execution_options(**{READ_ONLY: True})
        with _reachable(self.url), Session(reader, expire_on_commit=False) as session, session.begin():
            yield session

    def close(self) -> None:
        self.engine.dispose()


def make_engine(url: URL) -> Engine:
    """An engine with the pragmas and timeouts that the guarantees rest on."""
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": SQLITE_BUSY_MS / 1000})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        engine = create_engine(
            url, pool_pre_ping=True, pool_size=5, max_overflow=5, connect_args={"connect_timeout": 5}
        )
        event.listen(engine, "begin", _begin_postgresql)
    event.listen(engine, "before_cursor_execute", refuse_unwatched)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, see _begin_sqlite
    cursor = connection.cursor()
    # FULL: a commit that a gateway gets a receipt for survives a power cut, not only a crash
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={SQLITE_BUSY_MS}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # IMMEDIATE: a writer that first reads would otherwise fail with SQLITE_BUSY_SNAPSHOT when it upgrades
    read_only = connection.get_execution_options().get(READ_ONLY, False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


def _begin_postgresql(connection: Connection) -> None:
    # one round trip; both are over with the transaction. See migration 0014 for what the role may see
    options = connection.get_execution_options()
    if READ_ONLY not in options and WATCHED not in options:
        return
    tenant = acting().tenant
    if tenant is Reach.EVERY:
        connection.exec_driver_sql("SET LOCAL coldchain.tenant = '*'")
    else:
        connection.exec_driver_sql(f"SET LOCAL ROLE {APP_ROLE}; SET LOCAL coldchain.tenant = '{tenant}'")


@contextmanager
def _reachable(url: URL) -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        where = url.render_as_string(hide_password=True)
        raise Unavailable(f"The database {where} can't be used: {str(error.orig).strip().splitlines()[0]}") from error
