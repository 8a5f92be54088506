"""Tenants and the keys that machines and people sign in with."""

import uuid

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
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
    """A key `cc_<id>_<secret>`; only the SHA-256 of its 256-bit secret is kept."""

    __tablename__ = "api_key"
    __table_args__ = (UniqueConstraint("tenant_id", "name"),)

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"), index=True)
    name: Mapped[Name]
    role: Mapped[Word]
    gateway: Mapped[str | None] = mapped_column(String(64))
    secret_sha256: Mapped[bytes] = mapped_column(LargeBinary(32))
    created_at_ms: Mapped[TimeMs]
    expires_at_ms: Mapped[TimeMs | None]
    revoked_at_ms: Mapped[TimeMs | None]
    last_used_at_ms: Mapped[TimeMs | None]


class KeptAnswer(Table):
    """What a creating request with an idempotency key was answered; kept for a day."""

    __tablename__ = "kept_answer"
    __table_args__ = (Index("ix_kept_answer_tenant_created", "tenant_id", "created_at_ms"),)

    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"), primary_key=True)
    key_id: Mapped[str] = mapped_column(ForeignKey("api_key.id"), primary_key=True)
    idempotency_key: Mapped[str] = mapped_column(String(200), primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary(32))
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at_ms: Mapped[TimeMs]
