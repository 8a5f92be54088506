"""Readings and all that is written in the same transaction as they are; and the freshness that follows from them."""

import uuid
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from services.db.schema import Code, Serial, Table, TimeMs, Word


class StoredReading(Table):
    """One reading, once, for good. Partitioned by week on PostgreSQL, without a default partition."""

    __tablename__ = "reading"
    __table_args__ = (
        # the key starts with the sensor, whose day pages ask for; the columns stand widest first to save padding
        PrimaryKeyConstraint("sensor_id", "measured_at_ms"),
        {"postgresql_partition_by": "RANGE (measured_at_ms)", "sqlite_with_rowid": False},
    )

    measured_at_ms: Mapped[int] = mapped_column(BigInteger, autoincrement=False)
    received_at_ms: Mapped[TimeMs]
    sensor_id: Mapped[int] = mapped_column(Integer, autoincrement=False)
    temperature_centi_c: Mapped[int] = mapped_column(SmallInteger)
    humidity_centi_pct: Mapped[int | None] = mapped_column(SmallInteger)
    flags: Mapped[int] = mapped_column(SmallInteger, default=0)


class SensorLatest(Table):
    """The newest reading of each sensor, so that "now" pages never search the readings."""

    __tablename__ = "sensor_latest"

    sensor_id: Mapped[int] = mapped_column(ForeignKey("sensor.id"), primary_key=True, autoincrement=False)
    measured_at_ms: Mapped[TimeMs]
    received_at_ms: Mapped[TimeMs]
    temperature_centi_c: Mapped[int] = mapped_column(SmallInteger)
    humidity_centi_pct: Mapped[int | None] = mapped_column(SmallInteger)
    flags: Mapped[int] = mapped_column(SmallInteger)
    battery_pct: Mapped[int | None] = mapped_column(SmallInteger)
    battery_mv: Mapped[int | None] = mapped_column(Integer)
    signal_dbm: Mapped[int | None] = mapped_column(SmallInteger)


class ReadingConflict(Table):
    """A second value for the same sensor and instant: the first stays, this one is kept as evidence."""

    __tablename__ = "reading_conflict"
    __table_args__ = (Index("ix_reading_conflict_sensor", "sensor_id", "measured_at_ms"),)

    id: Mapped[Serial]
    sensor_id: Mapped[int] = mapped_column(ForeignKey("sensor.id"))
    measured_at_ms: Mapped[TimeMs]
    received_at_ms: Mapped[TimeMs]
    temperature_centi_c: Mapped[int] = mapped_column(SmallInteger)
    humidity_centi_pct: Mapped[int | None] = mapped_column(SmallInteger)
    flags: Mapped[int] = mapped_column(SmallInteger, default=0, server_default=text("0"))


class ReadingReview(Table):
    """What neighbours say of a value, where that is not what was said at its arrival; the reading stays as it is."""

    __tablename__ = "reading_review"
    __table_args__ = (
        PrimaryKeyConstraint("sensor_id", "measured_at_ms", "temperature_centi_c"),
        {"sqlite_with_rowid": False},
    )

    measured_at_ms: Mapped[int] = mapped_column(BigInteger, autoincrement=False)
    sensor_id: Mapped[int] = mapped_column(Integer, autoincrement=False)
    temperature_centi_c: Mapped[int] = mapped_column(SmallInteger, autoincrement=False)
    flags: Mapped[int] = mapped_column(SmallInteger)


class DeadLetterPruning(Table):
    """Dead letters given up because a tenant had too many: how many, and how old the youngest of them was."""

    __tablename__ = "dead_letter_pruning"
    __table_args__ = (Index("ix_dead_letter_pruning_tenant", "tenant_id", "id"),)

    id: Mapped[Serial]
    tenant_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("tenant.id"))
    at_ms: Mapped[TimeMs]
    closed: Mapped[int] = mapped_column(Integer)
    open: Mapped[int] = mapped_column(Integer)
    received_until_ms: Mapped[TimeMs]


class DeadLetter(Table):
    """What could not be taken, with the reason; replayable, size-capped."""

    __tablename__ = "dead_letter"
    __table_args__ = (
        Index("ix_dead_letter_tenant_state", "tenant_id", "state", "id"),
        # the same message again, redelivered or from a gateway that is stuck, counts up instead of filling the table
        Index(
            "uq_dead_letter_open",
            "fingerprint",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: Mapped[Serial]
    tenant_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("tenant.id"))
    topic: Mapped[str] = mapped_column(String(512))
    payload: Mapped[bytes] = mapped_column(LargeBinary)
    payload_size: Mapped[int] = mapped_column(Integer)
    reason: Mapped[Code]
    detail: Mapped[str] = mapped_column(Text)
    received_at_ms: Mapped[TimeMs]
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary(16))
    seen: Mapped[int] = mapped_column(Integer, default=1, server_default=text("1"))
    last_received_at_ms: Mapped[TimeMs]
    state: Mapped[Word] = mapped_column(default="open")
    resolved_by: Mapped[str | None] = mapped_column(String(200))
    resolved_why: Mapped[str | None] = mapped_column(Text)
    resolved_at_ms: Mapped[TimeMs | None]


class GatewaySequence(Table):
    """How far a gateway's message counter is stored without a hole, and the highest seen."""

    __tablename__ = "gateway_sequence"

    gateway_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("gateway.id"), primary_key=True)
    stored_up_to: Mapped[int] = mapped_column(BigInteger)
    highest: Mapped[int] = mapped_column(BigInteger)
    rejected: Mapped[int] = mapped_column(BigInteger, default=0)
    updated_at_ms: Mapped[TimeMs]


class GatewayGap(Table):
    """An inclusive range of message numbers that a gateway sent past and we have not stored."""

    __tablename__ = "gateway_gap"

    gateway_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("gateway.id"), primary_key=True)
    first_seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    last_seq: Mapped[int] = mapped_column(BigInteger)
    noticed_at_ms: Mapped[TimeMs]


class Dirty(Table):
    """Outbox from ingest to freshness: sensors with new readings and the earliest instant that they touch."""

    __tablename__ = "dirty"

    sensor_id: Mapped[int] = mapped_column(ForeignKey("sensor.id"), primary_key=True, autoincrement=False)
    touched_from_ms: Mapped[TimeMs]
    mark: Mapped[int] = mapped_column(BigInteger, default=0)


class UntimedMessage(Table):
    """A message whose readings were timed by their receipt: delivered again, it would be stored at another time."""

    __tablename__ = "untimed_message"
    __table_args__ = (Index("ix_untimed_message_received", "received_at_ms"),)

    fingerprint: Mapped[bytes] = mapped_column(LargeBinary(16), primary_key=True)
    received_at_ms: Mapped[TimeMs]


class ReadingHour(Table):
    """One hour of one sensor, recomputed when a reading of that hour comes late."""

    __tablename__ = "reading_hour"
    __table_args__ = (PrimaryKeyConstraint("sensor_id", "hour_ms"), {"sqlite_with_rowid": False})

    hour_ms: Mapped[int] = mapped_column(BigInteger, autoincrement=False)
    sum_centi_c: Mapped[int] = mapped_column(BigInteger)
    sensor_id: Mapped[int] = mapped_column(Integer, autoincrement=False)
    readings: Mapped[int] = mapped_column(Integer)
    flagged: Mapped[int] = mapped_column(Integer)
    min_centi_c: Mapped[int] = mapped_column(SmallInteger)
    max_centi_c: Mapped[int] = mapped_column(SmallInteger)


class StaleHours(Table):
    """Outbox from ingest to the roll-ups: a sensor and the times between which its hours are out of date."""

    __tablename__ = "stale_hours"

    sensor_id: Mapped[int] = mapped_column(ForeignKey("sensor.id"), primary_key=True, autoincrement=False)
    from_ms: Mapped[TimeMs]
    to_ms: Mapped[TimeMs]
    mark: Mapped[int] = mapped_column(BigInteger, default=0)


class FreshnessStatus(Table):
    """The latest assessment of a lot, truck or shipment, with the columns that lists sort and filter by."""

    __tablename__ = "freshness_status"
    __table_args__ = (
        Index("ix_freshness_status_verdict", "tenant_id", "subject_kind", "verdict"),
        Index("ix_freshness_status_due", "due_at_ms"),
        Index("ix_freshness_status_keeps", "tenant_id", "subject_kind", "keeps_until_ms", "subject_id"),
    )

    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"), primary_key=True)
    subject_kind: Mapped[Word] = mapped_column(primary_key=True)
    subject_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    condition: Mapped[Word]
    verdict: Mapped[Word]
    confidence: Mapped[Word]
    life_used: Mapped[float | None] = mapped_column(Float)
    remaining_p10_s: Mapped[int | None] = mapped_column(BigInteger)
    remaining_p50_s: Mapped[int | None] = mapped_column(BigInteger)
    remaining_p90_s: Mapped[int | None] = mapped_column(BigInteger)
    keeps_until_ms: Mapped[TimeMs | None]
    last_reading_at_ms: Mapped[TimeMs | None]
    assessed_at_ms: Mapped[TimeMs]
    due_at_ms: Mapped[TimeMs | None]
    watermark_ms: Mapped[TimeMs | None]
    model_version: Mapped[Word]
    catalogue_sha256: Mapped[str] = mapped_column(String(64))
    assessment: Mapped[dict[str, Any]] = mapped_column(JSON)
    version: Mapped[int] = mapped_column(Integer, default=1)
    raised: Mapped[str] = mapped_column(String(120), default="", server_default=text("''"))
