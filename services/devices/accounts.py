"""The accounts that the embedded broker lets in: ingest, every gateway that is not revoked, every bridge."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.devices.tables import Bridge, Gateway
from services.identity.tables import Tenant
from telemetry.accounts import BrokerUser, gateway_user, ingest_user
from telemetry.topics import bridge_filter


def broker_users(session: Session, ingest_bcrypt: str) -> list[BrokerUser]:
    """All accounts, of all tenants, in a stable order."""
    query = (
        select(Gateway.id, Tenant.slug, Gateway.name, Gateway.password_bcrypt)
        .join(Tenant, Tenant.id == Gateway.tenant_id)
        .where(Gateway.revoked_at_ms.is_(None), Gateway.password_bcrypt.is_not(None))
        .order_by(Tenant.slug, Gateway.name)
    )
    bridged: dict[uuid.UUID, list[str]] = {}
    for gateway_id, kind, application in session.execute(
        select(Bridge.gateway_id, Bridge.format, Bridge.application).order_by(Bridge.format, Bridge.application)
    ):
        bridged.setdefault(gateway_id, []).append(bridge_filter(kind, application))
    gateways = [
        gateway_user(tenant, name, password or "", bridged.get(gateway_id, ()))
        for gateway_id, tenant, name, password in session.execute(query)
    ]
    return [ingest_user(ingest_bcrypt), *gateways]
