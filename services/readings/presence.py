"""Who of a tenant's gateways and sensors has gone silent, from what is stored."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.devices.tables import Gateway, Sensor
from services.readings.tables import SensorLatest
from telemetry.presence import Absence, GatewaySeen, SensorSeen, absences


def absent(session: Session, tenant_id: uuid.UUID, now_ms: int) -> list[Absence]:
    """What is absent at ``now_ms``: see `telemetry.presence.absences`. Revoked gateways are not missed."""
    gateways = session.scalars(
        select(Gateway).where(Gateway.tenant_id == tenant_id, Gateway.revoked_at_ms.is_(None)).order_by(Gateway.name)
    )
    seen = [GatewaySeen(row.name, row.status == "offline", row.last_seen_at_ms) for row in gateways]
    rows = session.execute(
        select(Sensor.external_id, Gateway.name, Sensor.expected_interval_s, SensorLatest.measured_at_ms)
        .join(SensorLatest, SensorLatest.sensor_id == Sensor.id)
        .outerjoin(Gateway, Gateway.id == Sensor.gateway_id)
        .where(Sensor.tenant_id == tenant_id, Gateway.revoked_at_ms.is_(None))
        .order_by(Sensor.external_id)
    )
    return absences(seen, (SensorSeen(*row) for row in rows), now_ms)
