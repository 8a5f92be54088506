"""Writing many readings at once: binary COPY through a staging table on PostgreSQL, executemany on SQLite.

Measured alternatives (same run, rows a second): COPY + dedupe 78.8k, unnest 26.9k, executemany 18.4k, one by one 0.67k.
"""

import struct
from collections.abc import Iterable, Sequence
from contextlib import closing
from typing import NamedTuple

import psycopg
from sqlalchemy import text
from sqlalchemy.orm import Session

from telemetry.reading import Reading

COPY_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
COPY_END = b"\xff\xff"
NULL = -1


class Row(NamedTuple):
    """One reading with the sensor's id and its receipt, as the tables want it."""

    sensor_id: int
    received_at_ms: int
    reading: Reading


class Touched(NamedTuple):
    """What a batch did to one sensor: its newest reading and the earliest and latest instants touched."""

    newest: Row
    from_ms: int
    to_ms: int


def write_readings(session: Session, rows: Sequence[Row]) -> int:
    """Insert readings whose keys are distinct; answers how many were new. Those that exist stay as they are."""
    if is_postgresql(session):
        _copy(session, STAGED_READING, map(_reading_row, rows))
        written = session.execute(text(INSERT_STAGED))
        return int(written.rowcount)  # type: ignore[attr-defined]  # an INSERT gives a CursorResult
    with closing(session.connection().connection.cursor()) as cursor:
        cursor.executemany(
            f"INSERT OR IGNORE INTO reading ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)",  # noqa: S608
            [_reading_values(row) for row in rows],
        )
        return int(cursor.rowcount)


def stage_readings(session: Session, rows: Sequence[Row]) -> None:
    """Have the rows in `staged_reading`, to be joined; on PostgreSQL `write_readings` has put them there."""
    if not is_postgresql(session):
        _stage(session, STAGED_READING, map(_reading_values, rows))


def is_postgresql(session: Session) -> bool:
    """Whether the session speaks to PostgreSQL, and not to SQLite."""
    return session.get_bind().dialect.name == "postgresql"


def write_touched(session: Session, touched: Sequence[Touched]) -> None:
    """Bring the newest readings up to date, and mark each sensor for freshness and for its hourly roll-ups."""
    if is_postgresql(session):
        _copy(session, STAGED_TOUCHED, map(_touched_row, touched))
    else:
        _stage(session, STAGED_TOUCHED, map(_touched_values, touched))
    session.execute(UPSERT_LATEST)
    session.execute(MARK_DIRTY)
    if any(one.from_ms < one.newest.received_at_ms - LIVE_MS for one in touched):
        session.execute(MARK_STALE_HOURS, {"live_ms": LIVE_MS})


class _Staged(NamedTuple):
    name: str
    columns: int
    create: str


STAGED_READING = _Staged(
    "staged_reading",
    6,
    "CREATE TEMP TABLE IF NOT EXISTS staged_reading (measured_at_ms bigint, received_at_ms bigint, sensor_id integer,"
    " temperature_centi_c smallint, humidity_centi_pct smallint, flags smallint) ON COMMIT DELETE ROWS",
)
STAGED_TOUCHED = _Staged(
    "staged_touched",
    11,
    "CREATE TEMP TABLE IF NOT EXISTS staged_touched (sensor_id integer, measured_at_ms bigint, received_at_ms bigint,"
    " temperature_centi_c smallint, humidity_centi_pct smallint, flags smallint, battery_pct smallint,"
    " battery_mv integer, signal_dbm smallint, from_ms bigint, to_ms bigint) ON COMMIT DELETE ROWS",
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
       SELECT sensor_id, from_ms, to_ms, 1 FROM staged_touched WHERE from_ms < received_at_ms - :live_ms
       ON CONFLICT (sensor_id) DO UPDATE SET mark = stale_hours.mark + 1, from_ms =
           CASE WHEN excluded.from_ms < stale_hours.from_ms THEN excluded.from_ms ELSE stale_hours.from_ms END,
           to_ms = CASE WHEN excluded.to_ms > stale_hours.to_ms THEN excluded.to_ms ELSE stale_hours.to_ms END"""
)

COLUMNS = "measured_at_ms, received_at_ms, sensor_id, temperature_centi_c, humidity_centi_pct, flags"
INSERT_STAGED = f"INSERT INTO reading ({COLUMNS}) SELECT {COLUMNS} FROM staged_reading ON CONFLICT DO NOTHING"  # noqa: S608

_READING = struct.Struct("!hiqiqiiihihih").pack
_READING_WITHOUT_HUMIDITY = struct.Struct("!hiqiqiiihiih").pack


def _reading_row(row: Row) -> bytes:
    sensor_id, received_at_ms, reading = row
    humidity = reading.humidity_centi_pct
    if humidity is None:
        return _READING_WITHOUT_HUMIDITY(
            6, 8, reading.measured_at_ms, 8, received_at_ms, 4, sensor_id, 2, reading.temperature_centi_c, NULL, 2,
            reading.flags,
        )  # fmt: skip
    return _READING(
        6, 8, reading.measured_at_ms, 8, received_at_ms, 4, sensor_id, 2, reading.temperature_centi_c, 2, humidity, 2,
        reading.flags,
    )  # fmt: skip


def _reading_values(row: Row) -> tuple[int | None, ...]:
    sensor_id, received_at_ms, reading = row
    return (
        reading.measured_at_ms,
        received_at_ms,
        sensor_id,
        reading.temperature_centi_c,
        reading.humidity_centi_pct,
        reading.flags,
    )


def _touched_values(touched: Touched) -> tuple[int | None, ...]:
    (sensor_id, received_at_ms, reading), from_ms, to_ms = touched
    return (
        sensor_id,
        reading.measured_at_ms,
        received_at_ms,
        reading.temperature_centi_c,
        reading.humidity_centi_pct,
        reading.flags,
        reading.battery_pct,
        reading.battery_mv,
        reading.signal_dbm,
        from_ms,
        to_ms,
    )


def _touched_row(touched: Touched) -> bytes:
    (sensor_id, received_at_ms, reading), from_ms, to_ms = touched
    return b"".join(
        (
            struct.pack("!hiiiqiqih", 11, 4, sensor_id, 8, reading.measured_at_ms, 8, received_at_ms, 2,
                        reading.temperature_centi_c),
            _optional("h", reading.humidity_centi_pct),
            struct.pack("!ih", 2, reading.flags),
            _optional("h", reading.battery_pct),
            _optional("i", reading.battery_mv),
            _optional("h", reading.signal_dbm),
            struct.pack("!iqiq", 8, from_ms, 8, to_ms),
        )
    )  # fmt: skip


def _optional(kind: str, value: int | None) -> bytes:
    if value is None:
        return struct.pack("!i", NULL)
    return struct.pack(f"!i{kind}", struct.calcsize(f"!{kind}"), value)


def _copy(session: Session, staged: _Staged, rows: Iterable[bytes]) -> None:
    connection = session.connection()
    connection.exec_driver_sql(staged.create)
    driver: psycopg.Connection[tuple[object, ...]] = connection.connection.driver_connection  # type: ignore[assignment]
    with driver.cursor() as cursor, cursor.copy(f"COPY {staged.name} FROM STDIN (FORMAT BINARY)") as copy:
        copy.write(b"".join((COPY_HEADER, *rows, COPY_END)))


def _stage(session: Session, staged: _Staged, rows: Iterable[tuple[int | None, ...]]) -> None:
    """Fill a temporary table of SQLite, which has no ON COMMIT."""
    with closing(session.connection().connection.cursor()) as cursor:
        cursor.execute(staged.create.removesuffix(" ON COMMIT DELETE ROWS"))
        cursor.execute(f"DELETE FROM {staged.name}")  # noqa: S608
        cursor.executemany(f"INSERT INTO {staged.name} VALUES ({', '.join('?' * staged.columns)})", list(rows))  # noqa: S608
