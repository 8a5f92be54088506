"""Who of a tenant's gateways and sensors has gone silent, and whose battery is low, from what is stored."""

import uuid
from collections.abc import Sequence

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session

from services.devices.tables import Gateway, Sensor, SensorAssignment
from services.readings.tables import SensorLatest
from telemetry.presence import Absence, BatterySeen, GatewaySeen, SensorSeen, absences


def absent(session: Session, tenant_id: uuid.UUID, now_ms: int) -> list[Absence]:
    """What is absent at ``now_ms``: see `telemetry.presence.absences`.

    Nobody misses a revoked gateway, nor a sensor whose assignments are all over: it lies in a drawer.
    """
    gateways = session.scalars(
        select(Gateway).where(Gateway.tenant_id == tenant_id, Gateway.revoked_at_ms.is_(None)).order_by(Gateway.name)
    )
    seen = [GatewaySeen(row.name, row.status == "offline", row.last_seen_at_ms) for row in gateways]
    assigned = SensorAssignment.sensor_id == Sensor.id
    current = and_(
        assigned,
        SensorAssignment.from_at_ms <= now_ms,
        or_(SensorAssignment.to_at_ms.is_(None), SensorAssignment.to_at_ms > now_ms),
    )
    rows = session.execute(
        select(Sensor.external_id, Gateway.name, Sensor.expected_interval_s, SensorLatest.measured_at_ms)
        .join(SensorLatest, SensorLatest.sensor_id == Sensor.id)
        .outerjoin(Gateway, Gateway.id == Sensor.gateway_id)
        .where(
            Sensor.tenant_id == tenant_id,
            Gateway.revoked_at_ms.is_(None),
            or_(exists().where(current), ~exists().where(assigned)),
        )
        .order_by(Sensor.external_id)
    )
    return absences(seen, (SensorSeen(*row) for row in rows), now_ms)


def batteries(session: Session, tenant_id: uuid.UUID) -> Sequence[BatterySeen]:
    """The batteries of all sensors that tell of one."""
    rows = session.execute(
        select(Sensor.external_id, SensorLatest.battery_pct, SensorLatest.battery_mv)
        .join(SensorLatest, SensorLatest.sensor_id == Sensor.id)
        .where(
            Sensor.tenant_id == tenant_id,
            or_(SensorLatest.battery_pct.is_not(None), SensorLatest.battery_mv.is_not(None)),
        )
        .order_by(Sensor.external_id)
    )
    return [BatterySeen(*row) for row in rows]
