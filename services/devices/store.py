"""SQL on gateways, sensors and assignments; the tenant comes first everywhere."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.db.upsert import insert_into
from services.devices.tables import Bridge, Gateway, Sensor
from services.identity.tables import Tenant


def gateways(session: Session, tenant_id: uuid.UUID, *, after_name: str = "", limit: int = 1000) -> Sequence[Gateway]:
    """A tenant's gateways by name, revoked ones included, from the one after ``after_name``."""
    query = select(Gateway).where(Gateway.tenant_id == tenant_id, Gateway.name > after_name)
    return session.scalars(query.order_by(Gateway.name).limit(limit)).all()


def gateway_named(session: Session, tenant_id: uuid.UUID, name: str) -> Gateway | None:
    return session.scalar(select(Gateway).where(Gateway.tenant_id == tenant_id, Gateway.name == name))


def gateway(session: Session, tenant_id: uuid.UUID, gateway_id: uuid.UUID) -> Gateway | None:
    return session.scalar(select(Gateway).where(Gateway.tenant_id == tenant_id, Gateway.id == gateway_id))


def sensors(
    session: Session,
    tenant_id: uuid.UUID,
    *,
    gateway_id: uuid.UUID | None = None,
    after_external_id: str = "",
    limit: int = 1000,
) -> Sequence[Sensor]:
    """A tenant's sensors by name, of one gateway if given, from the one after ``after_external_id``."""
    query = select(Sensor).where(Sensor.tenant_id == tenant_id, Sensor.external_id > after_external_id)
    if gateway_id is not None:
        query = query.where(Sensor.gateway_id == gateway_id)
    return session.scalars(query.order_by(Sensor.external_id).limit(limit)).all()


def sensors_named(session: Session, tenant_id: uuid.UUID, names: Sequence[str]) -> dict[str, Sensor]:
    """The sensors of these names that exist, by name."""
    query = select(Sensor).where(Sensor.tenant_id == tenant_id, Sensor.external_id.in_(names))
    return {sensor.external_id: sensor for sensor in session.scalars(query)}


def bridges(session: Session, tenant_id: uuid.UUID) -> Sequence[Bridge]:
    """A tenant's bridges from LoRaWAN network servers."""
    query = select(Bridge).where(Bridge.tenant_id == tenant_id)
    return session.scalars(query.order_by(Bridge.format, Bridge.application)).all()


def add_gateway(session: Session, tenant_id: uuid.UUID, name: str, now_ms: int) -> None:
    """Add a gateway that has no account on the broker, unless there is one of that name."""
    row = {"id": uuid.uuid4(), "tenant_id": tenant_id, "name": name, "created_at_ms": now_ms, "status": "unknown"}
    session.execute(insert_into(session, Gateway).values(row).on_conflict_do_nothing())


def tenant_slug(session: Session, tenant_id: uuid.UUID) -> str:
    """The tenant's level in its topics."""
    return session.scalars(select(Tenant.slug).where(Tenant.id == tenant_id)).one()
