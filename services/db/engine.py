"""Engines for SQLite (WAL) and PostgreSQL behind one unit of work: `with database.write() as session`."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
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
        self._writer = self.engine.execution_options(**{WATCHED: True})
        self._reader = self.engine.execution_options(**{READ_ONLY: True})

    @property
    def is_postgresql(self) -> bool:
        return self.engine.dialect.name == "postgresql"

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction that may change rows; what it changes is in the journal.

        Raises Unavailable when the database can't be reached.
        """
        with _reachable(self.url), self._begun(UnitOfWork, self._writer) as session, _committed(session):
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A consistent view that takes no write lock. Raises Unavailable when the database can't be reached."""
        with _reachable(self.url), self._begun(Session, self._reader) as session, _committed(session):
            yield session

    def close(self) -> None:
        self.engine.dispose()

    def _begun(self, kind: type[Session], engine: Engine) -> Session:
        """A session in its transaction. A pooled connection that has died is replaced, with all others of its age.

        That PostgreSQL is asked to begin at once tells whether the connection lives, which a ping before each
        transaction would cost a round trip for. On SQLite a write begins with its first statement: it takes the lock.
        """
        session = kind(engine, expire_on_commit=False)
        session.begin()
        if not self.is_postgresql:
            return session
        try:
            session.connection()
        except DBAPIError as error:
            session.close()
            if not error.connection_invalidated:
                raise
            session = kind(engine, expire_on_commit=False)
            session.begin()
        return session


def make_engine(url: URL) -> Engine:
    """An engine with the pragmas and timeouts that the guarantees rest on."""
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": SQLITE_BUSY_MS / 1000})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        engine = create_engine(url, pool_size=5, max_overflow=5, connect_args={"connect_timeout": 5})
        event.listen(engine, "connect", _prepare_postgresql)
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


def _prepare_postgresql(connection: psycopg.Connection[Any], _record: Any) -> None:
    connection.autocommit = True  # we say BEGIN ourselves, see _begin_postgresql


def _begin_postgresql(connection: Connection) -> None:
    # one round trip, where the driver's own BEGIN would be another; what is set is over with the transaction.
    # See migration 0014 for what the role may see
    options = connection.get_execution_options()
    # not where a level of its own was asked for: then the driver begins, or nobody does
    begins = "isolation_level" not in options and connection.connection.dbapi_connection.autocommit  # type: ignore[union-attr]
    begin = "BEGIN; " if begins else ""
    if READ_ONLY not in options and WATCHED not in options:
        if begin:
            connection.exec_driver_sql(begin)
        return
    tenant = acting().tenant
    if tenant is Reach.EVERY:
        connection.exec_driver_sql(f"{begin}SET LOCAL coldchain.tenant = '*'")
    else:
        connection.exec_driver_sql(f"{begin}SET LOCAL ROLE {APP_ROLE}; SET LOCAL coldchain.tenant = '{tenant}'")


@contextmanager
def _committed(session: Session) -> Iterator[None]:
    """Commits what the block did, or nothing of it."""
    with session:
        try:
            yield
        except BaseException:
            session.rollback()
            raise
        session.commit()


@contextmanager
def _reachable(url: URL) -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        where = url.render_as_string(hide_password=True)
        raise Unavailable(f"The database {where} can't be used: {str(error.orig).strip().splitlines()[0]}") from error
