"""All SQL on tenants, people and keys. The tenant comes first, except where it is what is being found out."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from services.identity.tables import (
    ApiKey,
    KeptAnswer,
    OidcAttempt,
    RecoveryCode,
    Tenant,
    UserAccount,
    UserSession,
    UserTicket,
)

KeyRow = Row[Any]
"""A key's columns, by their names."""

KEYS = ApiKey.metadata.tables["api_key"]
KEY_BY_ID = select(KEYS).where(KEYS.c.id == bindparam("key_id"))
"""Asked with almost every request: the table's columns, made once, at a third of the price of an object."""


def tenant_by_slug(session: Session, slug: str) -> Tenant | None:
    return session.scalar(select(Tenant).where(Tenant.slug == slug))


def tenant_slugs(session: Session) -> Sequence[str]:
    return session.scalars(select(Tenant.slug).order_by(Tenant.slug)).all()


def key_of_any_tenant(session: Session, key_id: str) -> KeyRow | None:
    """The key of that id: the one place that must look across tenants, to learn which it is."""
    return session.execute(KEY_BY_ID, {"key_id": key_id}).first()


def key_by_id(session: Session, tenant_id: uuid.UUID, key_id: str) -> ApiKey | None:
    return session.scalar(select(ApiKey).where(ApiKey.tenant_id == tenant_id, ApiKey.id == key_id))


def key_by_name(session: Session, tenant_id: uuid.UUID, name: str) -> ApiKey | None:
    return session.scalar(select(ApiKey).where(ApiKey.tenant_id == tenant_id, ApiKey.name == name))


def keys(
    session: Session, tenant_id: uuid.UUID, *, after_name: str | None = None, limit: int | None = None
) -> Sequence[ApiKey]:
    """By name, from the one after ``after_name``."""
    query = select(ApiKey).where(ApiKey.tenant_id == tenant_id).order_by(ApiKey.name).limit(limit)
    return session.scalars(query if after_name is None else query.where(ApiKey.name > after_name)).all()


def touch_key(session: Session, tenant_id: uuid.UUID, key_id: str, now_ms: int) -> None:
    session.execute(
        update(ApiKey).where(ApiKey.tenant_id == tenant_id, ApiKey.id == key_id).values(last_used_at_ms=now_ms)
    )


def user_by_id(session: Session, tenant_id: uuid.UUID, user_id: uuid.UUID) -> UserAccount | None:
    return session.scalar(select(UserAccount).where(UserAccount.tenant_id == tenant_id, UserAccount.id == user_id))


def user_by_email(session: Session, tenant_id: uuid.UUID, email: str) -> UserAccount | None:
    return session.scalar(select(UserAccount).where(UserAccount.tenant_id == tenant_id, UserAccount.email == email))


def user_by_subject(session: Session, tenant_id: uuid.UUID, subject: str) -> UserAccount | None:
    wanted = (UserAccount.tenant_id == tenant_id, UserAccount.oidc_subject == subject)
    return session.scalar(select(UserAccount).where(*wanted))


def take_attempt(session: Session, state_sha256: bytes) -> OidcAttempt | None:
    """The sign-in that was begun with this state, removed: the state says which tenant it is of."""
    return session.scalar(delete(OidcAttempt).where(OidcAttempt.state_sha256 == state_sha256).returning(OidcAttempt))


def forget_attempts(session: Session, tenant_id: uuid.UUID, now_ms: int) -> None:
    session.execute(delete(OidcAttempt).where(OidcAttempt.tenant_id == tenant_id, OidcAttempt.expires_at_ms <= now_ms))


def users(
    session: Session, tenant_id: uuid.UUID, *, after_email: str | None = None, limit: int | None = None
) -> Sequence[UserAccount]:
    """By mail address, from the one after ``after_email``."""
    query = select(UserAccount).where(UserAccount.tenant_id == tenant_id).order_by(UserAccount.email).limit(limit)
    return session.scalars(query if after_email is None else query.where(UserAccount.email > after_email)).all()


def first_people(session: Session) -> Sequence[tuple[Tenant, UserAccount]]:
    """One person of each tenant who may look after all of it, for whoever starts the installation."""
    query = (
        select(Tenant, UserAccount)
        .join(UserAccount, UserAccount.tenant_id == Tenant.id)
        .where(UserAccount.disabled_at_ms.is_(None), UserAccount.role.in_(("admin", "coordinator")))
        .order_by(Tenant.slug, UserAccount.role, UserAccount.created_at_ms)
    )
    first: dict[uuid.UUID, tuple[Tenant, UserAccount]] = {}
    for tenant, user in session.execute(query):
        first.setdefault(tenant.id, (tenant, user))
    return list(first.values())


def session_with_user(session: Session, token_sha256: bytes) -> tuple[UserSession, UserAccount] | None:
    """The session of that token and its user: a token says which tenant it is of."""
    query = select(UserSession, UserAccount).join(UserAccount, UserAccount.id == UserSession.user_id)
    found = session.execute(query.where(UserSession.token_sha256 == token_sha256)).first()
    return None if found is None else (found[0], found[1])


def has_session(session: Session, tenant_id: uuid.UUID, token_sha256: bytes, now_ms: int) -> bool:
    """Whether the session has not ended and its user is not disabled."""
    query = (
        select(UserSession.user_id)
        .join(UserAccount, UserAccount.id == UserSession.user_id)
        .where(
            UserSession.tenant_id == tenant_id,
            UserSession.token_sha256 == token_sha256,
            UserSession.expires_at_ms > now_ms,
            UserAccount.disabled_at_ms.is_(None),
        )
    )
    return session.scalar(query.limit(1)) is not None


def touch_session(session: Session, tenant_id: uuid.UUID, token_sha256: bytes, now_ms: int) -> None:
    session.execute(
        update(UserSession)
        .where(UserSession.tenant_id == tenant_id, UserSession.token_sha256 == token_sha256)
        .values(last_seen_at_ms=now_ms)
    )


def end_session(session: Session, token_sha256: bytes) -> None:
    """The session of that token ends: who holds the token says which tenant it is of."""
    session.execute(delete(UserSession).where(UserSession.token_sha256 == token_sha256))


def end_sessions(session: Session, tenant_id: uuid.UUID, user_id: uuid.UUID) -> None:
    session.execute(delete(UserSession).where(UserSession.tenant_id == tenant_id, UserSession.user_id == user_id))


def forget_sessions(session: Session, tenant_id: uuid.UUID, now_ms: int, idle_since_ms: int) -> None:
    """Remove the sessions that have ended, and the tickets."""
    session.execute(
        delete(UserSession).where(
            UserSession.tenant_id == tenant_id,
            (UserSession.expires_at_ms <= now_ms) | (UserSession.last_seen_at_ms <= idle_since_ms),
        )
    )
    session.execute(delete(UserTicket).where(UserTicket.tenant_id == tenant_id, UserTicket.expires_at_ms <= now_ms))


def take_ticket(session: Session, token_sha256: bytes, purpose: str) -> UserTicket | None:
    """The ticket of that token, removed; of two who take it at once, one gets it."""
    wanted = (UserTicket.token_sha256 == token_sha256, UserTicket.purpose == purpose)
    return session.scalar(delete(UserTicket).where(*wanted).returning(UserTicket))


def drop_tickets(session: Session, tenant_id: uuid.UUID, user_id: uuid.UUID, purpose: str | None = None) -> None:
    query = delete(UserTicket).where(UserTicket.tenant_id == tenant_id, UserTicket.user_id == user_id)
    session.execute(query if purpose is None else query.where(UserTicket.purpose == purpose))


def take_recovery_code(session: Session, tenant_id: uuid.UUID, user_id: uuid.UUID, code_sha256: bytes) -> bool:
    """Whether the user had that code, which is removed."""
    taken = session.scalar(
        delete(RecoveryCode)
        .where(
            RecoveryCode.tenant_id == tenant_id,
            RecoveryCode.user_id == user_id,
            RecoveryCode.code_sha256 == code_sha256,
        )
        .returning(RecoveryCode.user_id)
    )
    return taken is not None


def drop_recovery_codes(session: Session, tenant_id: uuid.UUID, user_id: uuid.UUID) -> None:
    session.execute(delete(RecoveryCode).where(RecoveryCode.tenant_id == tenant_id, RecoveryCode.user_id == user_id))


def claim_answer(
    session: Session, tenant_id: uuid.UUID, actor_id: str, idempotency_key: str, *, fingerprint: bytes, now_ms: int
) -> bool:
    """Whether this idempotency key is new; of requests that come at once, the others wait here for the first."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    claimed = session.execute(
        insert(KeptAnswer)
        .values(
            tenant_id=tenant_id,
            actor_id=actor_id,
            idempotency_key=idempotency_key,
            fingerprint=fingerprint,
            created_at_ms=now_ms,
        )
        .on_conflict_do_nothing()
        .returning(KeptAnswer.idempotency_key)
    )
    return claimed.first() is not None


def kept_answer(session: Session, tenant_id: uuid.UUID, actor_id: str, idempotency_key: str) -> KeptAnswer:
    return session.scalars(select(KeptAnswer).where(*_answer(tenant_id, actor_id, idempotency_key))).one()


def keep_answer(session: Session, tenant_id: uuid.UUID, actor_id: str, idempotency_key: str, body: bytes) -> None:
    session.execute(update(KeptAnswer).where(*_answer(tenant_id, actor_id, idempotency_key)).values(body=body))


def forget_answers(session: Session, tenant_id: uuid.UUID, before_ms: int) -> None:
    session.execute(delete(KeptAnswer).where(KeptAnswer.tenant_id == tenant_id, KeptAnswer.created_at_ms < before_ms))


def _answer(tenant_id: uuid.UUID, actor_id: str, idempotency_key: str) -> tuple[ColumnElement[bool], ...]:
    return (
        KeptAnswer.tenant_id == tenant_id,
        KeptAnswer.actor_id == actor_id,
        KeptAnswer.idempotency_key == idempotency_key,
    )
