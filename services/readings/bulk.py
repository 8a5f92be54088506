"""Writing many readings at once: binary COPY on PostgreSQL, executemany on SQLite.

Measured on one core in one run, rows a second: COPY straight into the readings 743k; COPY into a staging table and
INSERT ... ON CONFLICT DO NOTHING from there 322k; one by one, each committed, 0.67k. Nearly everything is new and goes
straight; the first key that is there already undoes that COPY, and the batch goes by the staging table.
"""

from collections.abc import Sequence
from contextlib import closing
from enum import Enum
from typing import NamedTuple

import psycopg
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.readings.copying import copy_columns
from services.readings.rows import STORED, Column, Rows, Touched, tuples_of


class Way(Enum):
    """How readings get into PostgreSQL; what is stored in the end is the same."""

    STRAIGHT = "straight"
    STAGED = "staged"


def write_readings(session: Session, rows: Rows, way: Way) -> int:
    """Insert readings; answers how many were new. Those that exist stay as they are.

    On PostgreSQL, unless all were new, the rows are in `staged_reading` afterwards.
    """
    if is_postgresql(session):
        if way is Way.STRAIGHT and _copied_straight(session, rows):
            return len(rows)
        _copy(session, STAGED_READING, rows.columns())
        written = session.execute(text(INSERT_STAGED))
        return int(written.rowcount)  # type: ignore[attr-defined]  # an INSERT gives a CursorResult
    with closing(session.connection().connection.cursor()) as cursor:
        cursor.executemany(
            f"INSERT OR IGNORE INTO reading ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)",  # noqa: S608
            rows.tuples(),
        )
        return int(cursor.rowcount)


def stage_readings(session: Session, rows: Rows) -> None:
    """Have the rows in `staged_reading`, to be joined; on PostgreSQL `write_readings` has put them there."""
    if not is_postgresql(session):
        _stage(session, STAGED_READING, rows.columns())


def is_postgresql(session: Session) -> bool:
    """Whether the session speaks to PostgreSQL, and not to SQLite."""
    return session.get_bind().dialect.name == "postgresql"


def write_touched(session: Session, touched: Touched) -> None:
    """Bring the newest readings up to date, and mark each sensor for freshness and for its hourly roll-ups."""
    columns = [getattr(touched, name) for name in Touched.__slots__]
    if is_postgresql(session):
        _copy(session, STAGED_TOUCHED, columns)
    else:
        _stage(session, STAGED_TOUCHED, columns)
    session.execute(UPSERT_LATEST)
    session.execute(MARK_DIRTY)
    if (touched.from_ms < touched.received_at_ms - LIVE_MS).any():
        session.execute(MARK_STALE_HOURS, {"live_ms": LIVE_MS})


class _Staged(NamedTuple):
    name: str
    columns: str

    @property
    def types(self) -> list[str]:
        return [column.split()[1] for column in self.columns.split(", ")]

    @property
    def create(self) -> str:
        return f"CREATE TEMP TABLE IF NOT EXISTS {self.name} ({self.columns})"


STAGED_READING = _Staged(
    "staged_reading",
    "measured_at_ms bigint, received_at_ms bigint, sensor_id integer, temperature_centi_c smallint,"
    " humidity_centi_pct smallint, flags smallint",
)
STAGED_TOUCHED = _Staged(
    "staged_touched",
    "sensor_id integer, measured_at_ms bigint, received_at_ms bigint, temperature_centi_c smallint,"
    " humidity_centi_pct smallint, flags smallint, battery_pct smallint, battery_mv integer, signal_dbm smallint,"
    " from_ms bigint",
)

LIVE_MS = 3_600_000
"""Readings that come within an hour of their time are rolled up without a mark; see `services.readings.rollups`."""

# SQLite needs the WHERE before ON CONFLICT
UPSERT_LATEST = text(
    """INSERT INTO sensor_latest (sensor_id, measured_at_ms, received_at_ms, temperature_centi_c, humidity_centi_pct,
           flags, battery_pct, battery_mv, signal_dbm)
       SELECT sensor_id, measured_at_ms, received_at_ms, temperature_centi_c, humidity_centi_pct,
           flags, battery_pct, battery_mv, signal_dbm FROM staged_touched WHERE true
       ON CONFLICT (sensor_id) DO UPDATE SET
           measured_at_ms = excluded.measured_at_ms, received_at_ms = excluded.received_at_ms,
           temperature_centi_c = excluded.temperature_centi_c, humidity_centi_pct = excluded.humidity_centi_pct,
           flags = excluded.flags, battery_pct = coalesce(excluded.battery_pct, sensor_latest.battery_pct),
           battery_mv = coalesce(excluded.battery_mv, sensor_latest.battery_mv),
           signal_dbm = coalesce(excluded.signal_dbm, sensor_latest.signal_dbm)
       WHERE excluded.measured_at_ms > sensor_latest.measured_at_ms"""
)
"""The newest reading of each sensor; battery and signal that it leaves out are as they were."""

MARK_DIRTY = text(
    """INSERT INTO dirty (sensor_id, touched_from_ms, mark) SELECT sensor_id, from_ms, 1 FROM staged_touched WHERE true
       ON CONFLICT (sensor_id) DO UPDATE SET mark = dirty.mark + 1, touched_from_ms =
           CASE WHEN excluded.touched_from_ms < dirty.touched_from_ms
                THEN excluded.touched_from_ms ELSE dirty.touched_from_ms END"""
)
MARK_STALE_HOURS = text(
    """INSERT INTO stale_hours (sensor_id, from_ms, to_ms, mark)
       SELECT sensor_id, from_ms, measured_at_ms, 1 FROM staged_touched WHERE from_ms < received_at_ms - :live_ms
       ON CONFLICT (sensor_id) DO UPDATE SET mark = stale_hours.mark + 1, from_ms =
           CASE WHEN excluded.from_ms < stale_hours.from_ms THEN excluded.from_ms ELSE stale_hours.from_ms END,
           to_ms = CASE WHEN excluded.to_ms > stale_hours.to_ms THEN excluded.to_ms ELSE stale_hours.to_ms END"""
)

COLUMNS = ", ".join(STORED)
INSERT_STAGED = f"INSERT INTO reading ({COLUMNS}) SELECT {COLUMNS} FROM staged_reading ON CONFLICT DO NOTHING"  # noqa: S608


def _copied_straight(session: Session, rows: Rows) -> bool:
    """Try to copy into the readings themselves; False when one of them was there, and nothing is changed then."""
    connection = session.connection()
    connection.exec_driver_sql("SAVEPOINT straight")
    try:
        copy_columns(session, f"reading ({COLUMNS})", STAGED_READING.types, rows.columns())
    except psycopg.errors.UniqueViolation:
        connection.exec_driver_sql("ROLLBACK TO SAVEPOINT straight")
        return False
    connection.exec_driver_sql("RELEASE SAVEPOINT straight")
    return True


def _copy(session: Session, staged: _Staged, columns: Sequence[Column]) -> None:
    session.connection().exec_driver_sql(f"{staged.create} ON COMMIT DELETE ROWS")
    copy_columns(session, staged.name, staged.types, columns)


def _stage(session: Session, staged: _Staged, columns: Sequence[Column]) -> None:
    """Fill a temporary table of SQLite, which has no ON COMMIT."""
    with closing(session.connection().connection.cursor()) as cursor:
        cursor.execute(staged.create)
        cursor.execute(f"DELETE FROM {staged.name}")  # noqa: S608
        cursor.executemany(f"INSERT INTO {staged.name} VALUES ({', '.join('?' * len(columns))})", tuples_of(columns))  # noqa: S608
