"""Tenants, and the people, sessions and keys that sign in to them."""

import uuid
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.db.schema import Code, Id, Name, Table, TimeMs, Word


class Tenant(Table):
    """A growers' group or exporter whose records nobody else sees."""

    __tablename__ = "tenant"

    id: Mapped[Id]
    slug: Mapped[Code] = mapped_column(unique=True)
    name: Mapped[Name]
    created_at_ms: Mapped[TimeMs]


class ApiKey(Table):
    """A key `cc_<id>_<secret>`; only the SHA-256 of its 256-bit secret is kept. ``scope`` is a stored `Scope`."""

    __tablename__ = "api_key"
    __table_args__ = (UniqueConstraint("tenant_id", "name"),)

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"), index=True)
    name: Mapped[Name]
    role: Mapped[Word]
    gateway: Mapped[str | None] = mapped_column(String(64))
    scope: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default=text("'{}'"))
    secret_sha256: Mapped[bytes] = mapped_column(LargeBinary(32))
    created_at_ms: Mapped[TimeMs]
    expires_at_ms: Mapped[TimeMs | None]
    revoked_at_ms: Mapped[TimeMs | None]
    last_used_at_ms: Mapped[TimeMs | None]


class UserAccount(Table):
    """A person of one tenant. ``scope`` is a stored `Scope`; the TOTP secret is encrypted with the secret key."""

    __tablename__ = "user_account"
    __table_args__ = (UniqueConstraint("tenant_id", "email"), UniqueConstraint("tenant_id", "oidc_subject"))

    id: Mapped[Id]
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"))
    email: Mapped[str] = mapped_column(String(254))
    name: Mapped[Name]
    role: Mapped[Word]
    locale: Mapped[Word]
    scope: Mapped[dict[str, Any]] = mapped_column(JSON)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    totp_encrypted: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_confirmed_at_ms: Mapped[TimeMs | None]
    totp_last_step: Mapped[int | None] = mapped_column(BigInteger)
    oidc_subject: Mapped[str | None] = mapped_column(String(255))
    created_at_ms: Mapped[TimeMs]
    disabled_at_ms: Mapped[TimeMs | None]
    last_sign_in_at_ms: Mapped[TimeMs | None]


class UserSession(Table):
    """A browser that is signed in; only the SHA-256 of its 256-bit token is kept, and the row goes with sign-out."""

    __tablename__ = "user_session"
    __table_args__ = (Index("ix_user_session_user", "tenant_id", "user_id"),)

    token_sha256: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    created_at_ms: Mapped[TimeMs]
    last_seen_at_ms: Mapped[TimeMs]
    expires_at_ms: Mapped[TimeMs]


class UserTicket(Table):
    """A one-time ticket, to sign in or to set a password; the row goes when it is used."""

    __tablename__ = "user_ticket"
    __table_args__ = (Index("ix_user_ticket_user", "tenant_id", "user_id"),)

    token_sha256: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    purpose: Mapped[Word]
    created_at_ms: Mapped[TimeMs]
    expires_at_ms: Mapped[TimeMs]


class RecoveryCode(Table):
    """A code that stands in once for the second factor; only its SHA-256 is kept, and the row goes when it is used."""

    __tablename__ = "recovery_code"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    code_sha256: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"))


class OidcAttempt(Table):
    """A sign-in at the identity provider that has begun; the row goes when the browser comes back."""

    __tablename__ = "oidc_attempt"

    state_sha256: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"))
    nonce: Mapped[str] = mapped_column(String(64))
    code_verifier: Mapped[str] = mapped_column(String(128))
    expires_at_ms: Mapped[TimeMs]


class KeptAnswer(Table):
    """What a creating request with an idempotency key was answered; kept for a day."""

    __tablename__ = "kept_answer"
    __table_args__ = (Index("ix_kept_answer_tenant_created", "tenant_id", "created_at_ms"),)

    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"), primary_key=True)
    actor_id: Mapped[str] = mapped_column(String(48), primary_key=True)
    idempotency_key: Mapped[str] = mapped_column(String(200), primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary(32))
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at_ms: Mapped[TimeMs]
