"""All SQL on tenants and keys. The tenant comes first, except where it is what is being found out."""

import uuid
from collections.abc import Sequence

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from services.identity.tables import ApiKey, KeptAnswer, Tenant


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


def claim_answer(
    session: Session, tenant_id: uuid.UUID, key_id: str, idempotency_key: str, *, fingerprint: bytes, now_ms: int
) -> bool:
    """Whether this idempotency key is new; of requests that come at once, the others wait here for the first."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    claimed = session.execute(
        insert(KeptAnswer)
        .values(
            tenant_id=tenant_id,
            key_id=key_id,
            idempotency_key=idempotency_key,
            fingerprint=fingerprint,
            created_at_ms=now_ms,
        )
        .on_conflict_do_nothing()
        .returning(KeptAnswer.idempotency_key)
    )
    return claimed.first() is not None


def kept_answer(session: Session, tenant_id: uuid.UUID, key_id: str, idempotency_key: str) -> KeptAnswer:
    return session.scalars(select(KeptAnswer).where(*_answer(tenant_id, key_id, idempotency_key))).one()


def keep_answer(session: Session, tenant_id: uuid.UUID, key_id: str, idempotency_key: str, body: bytes) -> None:
    session.execute(update(KeptAnswer).where(*_answer(tenant_id, key_id, idempotency_key)).values(body=body))


def forget_answers(session: Session, tenant_id: uuid.UUID, before_ms: int) -> None:
    session.execute(delete(KeptAnswer).where(KeptAnswer.tenant_id == tenant_id, KeptAnswer.created_at_ms < before_ms))


def _answer(tenant_id: uuid.UUID, key_id: str, idempotency_key: str) -> tuple[ColumnElement[bool], ...]:
    return (
        KeptAnswer.tenant_id == tenant_id,
        KeptAnswer.key_id == key_id,
        KeptAnswer.idempotency_key == idempotency_key,
    )
