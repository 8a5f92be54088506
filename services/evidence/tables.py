"""The kept ledgers of lots, what happened to lots besides their temperature, and a tenant's own figures."""

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
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from services.db.schema import Id, Name, Table, TimeMs, Word


class LotLedger(Table):
    """The account of a lot up to `settled_ms`, as `telemetry.freshness.saved` writes it; readings after are added anew.

    `basis` says which sensors spoke when, which treatments and inspections there were; `digest` is that of the account.
    """

    __tablename__ = "lot_ledger"

    lot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("lot.id"), primary_key=True)
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"))
    settled_ms: Mapped[TimeMs]
    basis: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[str] = mapped_column(String(64))


class LedgerCheckpoint(Table):
    """A lot's account as it was with all readings up to an instant, from which later late readings are replayed."""

    __tablename__ = "ledger_checkpoint"

    lot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("lot.id"), primary_key=True)
    at_ms: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"))
    state: Mapped[bytes] = mapped_column(LargeBinary)


class CommodityOverride(Table):
    """A tenant's own figure in place of the catalogue's, from a version on; without a value it is given back."""

    __tablename__ = "commodity_override"
    __table_args__ = (UniqueConstraint("tenant_id", "version"),)

    id: Mapped[Id]
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"))
    version: Mapped[int] = mapped_column(Integer)
    commodity_id: Mapped[Word]
    stage: Mapped[str] = mapped_column(String(64))
    parameter: Mapped[Word]
    value: Mapped[float | None] = mapped_column(Float)
    by: Mapped[Name]
    at_ms: Mapped[TimeMs]
    why: Mapped[str] = mapped_column(Text)


class LotTreatment(Table):
    """A heat treatment that a lot went through, cooling down included."""

    __tablename__ = "lot_treatment"
    __table_args__ = (UniqueConstraint("lot_id", "from_ms", "kind"),)

    id: Mapped[Id]
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"))
    lot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("lot.id"))
    kind: Mapped[Word]
    from_ms: Mapped[TimeMs]
    to_ms: Mapped[TimeMs]
    note: Mapped[str | None] = mapped_column(String(400))
    by: Mapped[Name]
    created_at_ms: Mapped[TimeMs]


class Inspection(Table):
    """Somebody looked at one lot of a shipment: what was found, beside what was forecast for that instant.

    `kept_days` is how long it kept after the inspection at the reference temperature, estimated or followed.
    """

    __tablename__ = "inspection"
    __table_args__ = (
        UniqueConstraint("lot_id", "inspected_at_ms"),
        Index("ix_inspection_commodity", "tenant_id", "commodity_id", "exporter"),
        Index("ix_inspection_shipment", "shipment_id"),
    )

    id: Mapped[Id]
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"))
    shipment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("shipment.id"))
    lot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("lot.id"))
    commodity_id: Mapped[Word]
    exporter: Mapped[str] = mapped_column(String(200))
    inspected_at_ms: Mapped[TimeMs]
    quality: Mapped[Word]
    score: Mapped[int | None] = mapped_column(SmallInteger)
    defects: Mapped[dict[str, Any]] = mapped_column(JSON)
    pulp_centi_c: Mapped[int | None] = mapped_column(SmallInteger)
    kept_days: Mapped[float | None] = mapped_column(Float)
    chilling_injury: Mapped[bool | None]
    note: Mapped[str | None] = mapped_column(Text)
    by: Mapped[Name]
    created_at_ms: Mapped[TimeMs]
    forecast_p10_s: Mapped[int | None] = mapped_column(BigInteger)
    forecast_p50_s: Mapped[int | None] = mapped_column(BigInteger)
    forecast_p90_s: Mapped[int | None] = mapped_column(BigInteger)
    injury_dose: Mapped[float | None] = mapped_column(Float)
    model_version: Mapped[Word]
    catalogue_sha256: Mapped[str] = mapped_column(String(64))
