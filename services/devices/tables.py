"""Gateways, sensors, and which sensor speaks for which lot, truck or shipment."""

import uuid

from sqlalchemy import ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.db.schema import Code, Id, Table, TimeMs, Word


class Gateway(Table):
    """A box in the field that publishes for its sensors; its broker password is kept as bcrypt."""

    __tablename__ = "gateway"
    __table_args__ = (UniqueConstraint("tenant_id", "name"),)

    id: Mapped[Id]
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"))
    name: Mapped[Code]
    password_bcrypt: Mapped[str | None] = mapped_column(String(80))
    status: Mapped[Word] = mapped_column(default="unknown")
    status_at_ms: Mapped[TimeMs | None]
    last_seen_at_ms: Mapped[TimeMs | None]
    created_at_ms: Mapped[TimeMs]
    revoked_at_ms: Mapped[TimeMs | None]


class Sensor(Table):
    """A probe, known by the name that its gateway gives it; the integer id keeps readings lean."""

    __tablename__ = "sensor"
    __table_args__ = (UniqueConstraint("tenant_id", "external_id"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"))
    external_id: Mapped[Code]
    gateway_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("gateway.id"))
    expected_interval_s: Mapped[int] = mapped_column(Integer, default=300)
    created_at_ms: Mapped[TimeMs]


class Bridge(Table):
    """An application of a LoRaWAN network server, whose uplinks count as those of one gateway of one tenant."""

    __tablename__ = "bridge"
    __table_args__ = (UniqueConstraint("format", "application"),)

    id: Mapped[Id]
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"))
    gateway_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("gateway.id"))
    format: Mapped[Word]
    application: Mapped[str] = mapped_column(String(160))
    created_at_ms: Mapped[TimeMs]


class SensorAssignment(Table):
    """From when to when a sensor speaks for a subject, and where its probe sits."""

    __tablename__ = "sensor_assignment"
    __table_args__ = (
        Index("ix_sensor_assignment_subject", "tenant_id", "subject_kind", "subject_id"),
        Index("ix_sensor_assignment_sensor", "sensor_id", "from_at_ms"),
    )

    id: Mapped[Id]
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"))
    sensor_id: Mapped[int] = mapped_column(ForeignKey("sensor.id"))
    subject_kind: Mapped[Word]
    subject_id: Mapped[uuid.UUID]
    position: Mapped[Word]
    from_at_ms: Mapped[TimeMs]
    to_at_ms: Mapped[TimeMs | None]
