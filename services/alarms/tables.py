"""Alarms and their history, the channels that tell people, and what was sent where."""

import uuid
from typing import Any

from sqlalchemy import JSON, Boolean, ForeignKey, Index, Integer, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.db.schema import Id, Name, Serial, Table, TimeMs, Word

STILL_OPEN = text("state <> 'cleared'")


class Alarm(Table):
    """One cause that needs attention. While it is not cleared, the same cause makes no second one."""

    __tablename__ = "alarm"
    __table_args__ = (
        Index(
            "uq_alarm_open",
            "tenant_id",
            "kind",
            "subject_kind",
            "subject",
            unique=True,
            sqlite_where=STILL_OPEN,
            postgresql_where=STILL_OPEN,
        ),
        Index("ix_alarm_tenant_raised", "tenant_id", "raised_at_ms", "id"),
        Index("ix_alarm_waiting", "state", "active_at_ms"),
    )

    id: Mapped[Id]
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"))
    kind: Mapped[str] = mapped_column(String(64))
    subject_kind: Mapped[Word]
    subject: Mapped[str] = mapped_column(String(64))
    exporter: Mapped[Name | None]
    severity: Mapped[Word]
    state: Mapped[Word]
    summary: Mapped[str] = mapped_column(String(400))
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    raised_at_ms: Mapped[TimeMs]
    active_at_ms: Mapped[TimeMs]
    acknowledged_at_ms: Mapped[TimeMs | None]
    acknowledged_by: Mapped[Name | None]
    cleared_at_ms: Mapped[TimeMs | None]
    cleared_by: Mapped[Name | None]
    version: Mapped[int] = mapped_column(Integer, default=1)


class AlarmEntry(Table):
    """One step in an alarm's life: who did what, when, and what they said."""

    __tablename__ = "alarm_entry"
    __table_args__ = (Index("ix_alarm_entry_alarm", "alarm_id", "id"),)

    id: Mapped[Serial]
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"))
    alarm_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("alarm.id"))
    at_ms: Mapped[TimeMs]
    step: Mapped[Word]
    by: Mapped[Name | None]
    comment: Mapped[str | None] = mapped_column(String(1000))


class Maintenance(Table):
    """A time in which nobody is told about a subject, or about anything of the tenant where none is named."""

    __tablename__ = "maintenance"
    __table_args__ = (Index("ix_maintenance_tenant", "tenant_id", "ends_at_ms"),)

    id: Mapped[Id]
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"))
    subject_kind: Mapped[Word | None]
    subject: Mapped[str | None] = mapped_column(String(64))
    starts_at_ms: Mapped[TimeMs]
    ends_at_ms: Mapped[TimeMs]
    reason: Mapped[Name]
    by: Mapped[Name]
    created_at_ms: Mapped[TimeMs]


class Channel(Table):
    """A way to tell people or machines; its address holds secrets and is sealed."""

    __tablename__ = "channel"
    __table_args__ = (UniqueConstraint("tenant_id", "name"),)

    id: Mapped[Id]
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"))
    name: Mapped[Name]
    kind: Mapped[Word]
    shown_address: Mapped[Name]
    sealed_address: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    min_severity: Mapped[Word]
    alarm_kinds: Mapped[list[str]] = mapped_column(JSON)
    escalates_after_s: Mapped[int] = mapped_column(Integer)
    quiet_from_s: Mapped[int | None] = mapped_column(Integer)
    quiet_until_s: Mapped[int | None] = mapped_column(Integer)
    language: Mapped[Word]
    enabled: Mapped[bool] = mapped_column(Boolean)
    created_at_ms: Mapped[TimeMs]
    version: Mapped[int] = mapped_column(Integer, default=1)


class Delivery(Table):
    """One message to one channel, tried until it arrives or is given up."""

    __tablename__ = "delivery"
    __table_args__ = (
        Index("uq_delivery_once", "channel_id", "alarm_id", "step", unique=True),
        Index("ix_delivery_due", "state", "due_at_ms"),
        Index("ix_delivery_channel", "tenant_id", "channel_id", "id"),
    )

    id: Mapped[Serial]
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"))
    channel_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("channel.id"))
    alarm_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("alarm.id"))
    step: Mapped[Word]
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[Word]
    attempts: Mapped[int] = mapped_column(Integer)
    due_at_ms: Mapped[TimeMs]
    answer: Mapped[str | None] = mapped_column(String(400))
    created_at_ms: Mapped[TimeMs]
    sent_at_ms: Mapped[TimeMs | None]
