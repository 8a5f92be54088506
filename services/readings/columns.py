"""Many stored readings at once, as columns instead of rows: for pages and reports over all sensors or a long time.

The answers are those of `services.readings.store`; ten thousand Python tuples take longer to make than to find.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import psycopg
from sqlalchemy.orm import Session

from services.readings import store
from services.readings.bulk import is_postgresql
from services.readings.copying import BYTES
from services.readings.rows import ABSENT, STORED, Column, Rows, column

LATEST = "FROM sensor_latest l JOIN sensor s ON s.id = l.sensor_id WHERE s.tenant_id = %(tenant)s"
SAMPLES = (
    "FROM reading r"
    " WHERE r.sensor_id IN (SELECT id FROM sensor WHERE tenant_id = %(tenant)s AND id = ANY(%(ids)s::int[]))"
    " AND r.measured_at_ms >= %(from_ms)s AND r.measured_at_ms < %(to_ms)s ORDER BY r.sensor_id, r.measured_at_ms"
)


ARRAY_HEADER_BYTES = 20
"""Dimensions, whether there are NULLs, element type, length, lower bound: `array_send` of PostgreSQL."""

TYPES = {
    "measured_at_ms": "bigint",
    "received_at_ms": "bigint",
    "sensor_id": "integer",
    "temperature_centi_c": "smallint",
    "humidity_centi_pct": "smallint",
    "flags": "smallint",
    "battery_pct": "smallint",
    "battery_mv": "integer",
    "signal_dbm": "smallint",
}


@dataclass(frozen=True, slots=True)
class NewestColumns:
    """`store.Newest` column by column, each of 64-bit integers; `rows.ABSENT` where there is no value."""

    sensor_id: Column
    measured_at_ms: Column
    received_at_ms: Column
    temperature_centi_c: Column
    humidity_centi_pct: Column
    flags: Column
    battery_pct: Column
    battery_mv: Column
    signal_dbm: Column

    def __len__(self) -> int:
        return len(self.sensor_id)


def latest(session: Session, tenant_id: uuid.UUID) -> NewestColumns:
    """The newest reading of each of the tenant's sensors, in no particular order."""
    names = store.Newest._fields
    if is_postgresql(session):
        return NewestColumns(*_asked(session, LATEST, {"tenant": tenant_id}, names))
    return NewestColumns(*_columns(list(store.latest(session, tenant_id).values()), len(names)))


def samples(session: Session, tenant_id: uuid.UUID, sensor_ids: Sequence[int], from_ms: int, to_ms: int) -> Rows:
    """Readings of these sensors, by sensor and time, with ``from_ms`` <= measured < ``to_ms``.

    Sensors of another tenant are left out.
    """
    if is_postgresql(session):
        asked = {"tenant": tenant_id, "ids": list(sensor_ids), "from_ms": from_ms, "to_ms": to_ms}
        return Rows(*_asked(session, SAMPLES, asked, STORED))
    found = store.samples(session, tenant_id, sensor_ids, from_ms, to_ms)
    return Rows(*_columns([tuple(getattr(one, name) for name in STORED) for one in found], len(STORED)))


def _asked(session: Session, query: str, parameters: Mapping[str, object], names: Sequence[str]) -> list[Column]:
    """What PostgreSQL answers to ``query`` (FROM ...), one array a column in a single row, NULL as `ABSENT`.

    One row with arrays rather than COPY, which sends a message for each row.
    """
    # NULL has no room in an array that is sent: the least number of the type, which no reading has, stands for it
    least = {name: -(1 << 8 * BYTES[TYPES[name]] - 1) for name in names}
    arrays = ", ".join(f"array_agg(coalesce(q.{name}, '{least[name]}'::{TYPES[name]}))" for name in names)
    chosen = ", ".join(f"{'l' if query is LATEST else 'r'}.{name}" for name in names)
    driver: psycopg.Connection[tuple[object, ...]] = session.connection().connection.driver_connection  # type: ignore[assignment]
    with driver.cursor(binary=True) as cursor:
        statement = f"SELECT {arrays} FROM (SELECT {chosen} {query}) q"  # noqa: S608  # names of ours only
        cursor.execute(statement, parameters)
        answer = cursor.pgresult
        contents = [answer.get_value(0, place) or b"" for place in range(len(names))] if answer else []
    return [_of_array(content, TYPES[name]) for content, name in zip(contents, names, strict=True)]


def _of_array(content: bytes, kind: str) -> Column:
    """An array of integers as PostgreSQL sends it, none of them NULL; no bytes are an empty one."""
    width = BYTES[kind]
    element = np.dtype([("length", ">i4"), ("value", f">i{width}")])
    values = np.frombuffer(content[ARRAY_HEADER_BYTES:], element)["value"].astype(np.int64)
    values[values == -(1 << 8 * width - 1)] = ABSENT
    return values


def _columns(found: Sequence[tuple[int | None, ...]], count: int) -> list[Column]:
    return [column(one) for one in zip(*found, strict=True)] if found else [column(())] * count
