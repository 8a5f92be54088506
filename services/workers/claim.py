"""One process for one session on the broker: a claim that dies with its holder.

Two consumers with one client id would throw each other off the broker for ever. On PostgreSQL the claim is an advisory
lock, so that it holds between machines; on SQLite, where all is on one machine, a locked file.
"""

import contextlib
import fcntl
import hashlib
import os
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from services.db.engine import Database
from services.errors import Unavailable

KEEPALIVES = ("tcp_keepalives_idle = 5", "tcp_keepalives_interval = 5", "tcp_keepalives_count = 2")
"""PostgreSQL gives the lock of a machine that is gone to the next within 15 seconds, not two hours."""


class Claim(Protocol):
    """The right to be the one that has this name."""

    def hold(self) -> bool:
        """Take or confirm the claim; False when another holds it. Raises Unavailable when that can't be told."""
        ...

    def release(self) -> None:
        """Let another have it."""
        ...


def claim_of(database: Database, directory: Path, name: str) -> Claim:
    """A claim on ``name`` among all processes that share ``database``."""
    return _DatabaseClaim(database, name) if database.is_postgresql else _FileClaim(directory / f"{name}.lock")


class _FileClaim:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def hold(self) -> bool:
        if self._descriptor is not None:
            return True
        self._path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


class _DatabaseClaim:
    def __init__(self, database: Database, name: str) -> None:
        self._database = database
        self._key = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big", signed=True)
        self._connection: Connection | None = None

    def hold(self) -> bool:
        try:
            if self._connection is not None:
                self._connection.exec_driver_sql("SELECT 1")
                return True
            connection = self._database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            for setting in KEEPALIVES:
                connection.exec_driver_sql(f"SET {setting}")
            if connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": self._key}):
                self._connection = connection
                return True
            connection.close()
        except DBAPIError as error:
            self.release()
            raise Unavailable(f"The database can't be asked who runs: {error.orig}") from error
        return False

    def release(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(DBAPIError):
                # a pooled connection would keep the lock
                self._connection.invalidate()
                self._connection.close()
            self._connection = None
