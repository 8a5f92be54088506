"""The accounts that the embedded broker lets in: ingest, every gateway that is not revoked, every bridge."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.devices.tables import Gateway
from services.identity.tables import Tenant
from telemetry.accounts import BrokerUser, gateway_user, ingest_user


def broker_users(session: Session, ingest_bcrypt: str) -> list[BrokerUser]:
    """All accounts, of all tenants, in a stable order."""
    query = (
        select(Tenant.slug, Gateway.name, Gateway.password_bcrypt)
        .join(Tenant, Tenant.id == Gateway.tenant_id)
        .where(Gateway.revoked_at_ms.is_(None), Gateway.password_bcrypt.is_not(None))
        .order_by(Tenant.slug, Gateway.name)
    )
    gateways = [gateway_user(tenant, name, password or "") for tenant, name, password in session.execute(query)]
    return [ingest_user(ingest_bcrypt), *gateways]
