"""Many stored readings at once, as columns instead of rows: for pages and reports over all sensors or a long time.

The answers are those of `services.readings.store`; ten thousand Python tuples take longer to make than to find.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from services.readings import store
from services.readings.bulk import is_postgresql
from services.readings.copying import columns_of
from services.readings.rows import STORED, Column, Rows, column

LATEST = "FROM sensor_latest l JOIN sensor s ON s.id = l.sensor_id WHERE s.tenant_id = %(tenant)s"
SAMPLES = (
    "FROM reading r WHERE r.sensor_id IN (SELECT id FROM sensor WHERE tenant_id = %(tenant)s AND id = ANY(%(ids)s))"
    " AND r.measured_at_ms >= %(from_ms)s AND r.measured_at_ms < %(to_ms)s ORDER BY r.sensor_id, r.measured_at_ms"
)


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
        return NewestColumns(*columns_of(session, LATEST, {"tenant": tenant_id}, [f"l.{name}" for name in names]))
    return NewestColumns(*_columns(list(store.latest(session, tenant_id).values()), len(names)))


def samples(session: Session, tenant_id: uuid.UUID, sensor_ids: Sequence[int], from_ms: int, to_ms: int) -> Rows:
    """Readings of these sensors, by sensor and time, with ``from_ms`` <= measured < ``to_ms``.

    Sensors of another tenant are left out.
    """
    if is_postgresql(session):
        asked = {"tenant": tenant_id, "ids": list(sensor_ids), "from_ms": from_ms, "to_ms": to_ms}
        return Rows(*columns_of(session, SAMPLES, asked, [f"r.{name}" for name in STORED]))
    found = store.samples(session, tenant_id, sensor_ids, from_ms, to_ms)
    return Rows(*_columns([tuple(getattr(one, name) for name in STORED) for one in found], len(STORED)))


def _columns(found: Sequence[tuple[int | None, ...]], count: int) -> list[Column]:
    return [column(one) for one in zip(*found, strict=True)] if found else [column(())] * count
