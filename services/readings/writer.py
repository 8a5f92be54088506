"""The store of ingest: one transaction for a batch, from readings to receipts, on SQLite and PostgreSQL."""

import sqlite3
import struct
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy import exc

from services.db.acting import every_tenant
from services.db.engine import Database
from services.errors import Unavailable
from services.readings.bulk import Way
from services.readings.directory import Directory
from services.readings.partitions import make_partitions, partitions, week_of_partition, weeks_of
from services.readings.transaction import Transaction
from telemetry.ports import Batch, RowRefused, Stored, StoreUnavailable


class SqlReadingStore:
    """Implements `telemetry.ports.ReadingStore`; one for each writer thread."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._directory = Directory()
        self._seen_at_ms: dict[uuid.UUID, int] = {}
        self._weeks: set[int] = set()
        self._way = Way.STRAIGHT

    def store(self, batch: Batch) -> Stored:
        """Store a batch; see `ReadingStore.store`."""
        try:
            return self._store(batch)
        except RowRefused:
            if not self._weeks:
                raise
            self._weeks.clear()  # retention may have dropped a partition that we still believed in
            return self._store(batch)

    def _store(self, batch: Batch) -> Stored:
        with _errors(), every_tenant():  # a batch may be of several, also where one of them has posted it
            if self._database.is_postgresql:
                self._make_room(batch)
            with self._database.write() as session:
                transaction = Transaction(session, self._directory, self._seen_at_ms, self._way)
                stored = transaction.store(batch)
        self._directory.keep(transaction.sensor_ids)
        self._seen_at_ms.update(transaction.seen_at_ms)
        self._way = transaction.way
        return stored

    def _make_room(self, batch: Batch) -> None:
        """Make the weekly partitions that the batch needs, before its transaction."""
        needed = _weeks(batch)
        if needed <= self._weeks:
            return
        with self._database.read() as session:
            self._weeks = {week_of_partition(name) for name in partitions(session)}
        make_partitions(self._database, needed - self._weeks)
        self._weeks |= needed


def _weeks(batch: Batch) -> set[int]:
    """The weeks of all readings that may have a partition."""
    times_ms = [reading.measured_at_ms for uplink in batch.uplinks for reading in uplink.readings]
    weeks = weeks_of(times_ms, {uplink.received_at_ms for uplink in batch.uplinks})
    if len(weeks) == 1:
        return weeks
    return set().union(
        *(
            weeks_of([reading.measured_at_ms for reading in uplink.readings], [uplink.received_at_ms])
            for uplink in batch.uplinks
        )
    )


@contextmanager
def _errors() -> Iterator[None]:
    """Tell what is refused for good from what may work later."""
    try:
        yield
    except (exc.DataError, exc.IntegrityError, psycopg.DataError, psycopg.IntegrityError, sqlite3.DataError,
            sqlite3.IntegrityError, struct.error, OverflowError, UnicodeEncodeError) as error:  # fmt: skip
        raise RowRefused(_first_line(error)) from error
    except Unavailable as error:
        raise StoreUnavailable(error.detail) from error
    except (exc.DBAPIError, psycopg.Error, sqlite3.Error) as error:
        # no such table, no right to it, a lost connection: none of it the message's fault
        raise StoreUnavailable(f"The database can't store readings: {_first_line(error)}.") from error


def _first_line(error: Exception) -> str:
    cause = error.orig if isinstance(error, exc.DBAPIError) and error.orig else error
    return (str(cause).strip() or type(cause).__name__).splitlines()[0].rstrip(".")
