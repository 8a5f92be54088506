"""All SQL on tenants and keys. The tenant comes first, except where it is what is being found out."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.identity.tables import ApiKey, Tenant


def tenant_by_slug(session: Session, slug: str) -> Tenant | None:
    return session.scalar(select(Tenant).where(Tenant.slug == slug))


def tenant_slugs(session: Session) -> Sequence[str]:
    return session.scalars(select(Tenant.slug).order_by(Tenant.slug)).all()


def key_of_any_tenant(session: Session, key_id: str) -> ApiKey | None:
    """The key of that id: the one place that must look across tenants, to learn which it is."""
    return session.get(ApiKey, key_id)


def key_by_id(session: Session, tenant_id: uuid.UUID, key_id: str) -> ApiKey | None:
    return session.scalar(select(ApiKey).where(ApiKey.tenant_id == tenant_id, ApiKey.id == key_id))


def key_by_name(session: Session, tenant_id: uuid.UUID, name: str) -> ApiKey | None:
    return session.scalar(select(ApiKey).where(ApiKey.tenant_id == tenant_id, ApiKey.name == name))


def keys(session: Session, tenant_id: uuid.UUID) -> Sequence[ApiKey]:
    return session.scalars(select(ApiKey).where(ApiKey.tenant_id == tenant_id).order_by(ApiKey.name)).all()


def touch_key(session: Session, tenant_id: uuid.UUID, key_id: str, now_ms: int) -> None:
    session.execute(
        update(ApiKey).where(ApiKey.tenant_id == tenant_id, ApiKey.id == key_id).values(last_used_at_ms=now_ms)
    )
