"""Receipts of lots, where they stand in the cold store, and which lots were made of which."""

import uuid

from sqlalchemy import ForeignKey, Index, Integer, PrimaryKeyConstraint, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.db.schema import Count, Id, Name, Table, TimeMs, Word


class LotReceipt(Table):
    """What a hub found when a lot came in, and whether it took it; one a lot."""

    __tablename__ = "lot_receipt"
    __table_args__ = (UniqueConstraint("lot_id"), Index("ix_lot_receipt_hub", "tenant_id", "hub_id", "at_ms"))

    id: Mapped[Id]
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"))
    lot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("lot.id"))
    hub_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("hub.id"))
    run_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("run.id"))
    decision: Mapped[Word]
    declared_weight_g: Mapped[Count]
    weight_g: Mapped[Count]
    crates: Mapped[int] = mapped_column(Integer)
    refused_weight_g: Mapped[Count]
    temperature_centi_c: Mapped[int | None] = mapped_column(SmallInteger)
    reason: Mapped[Word | None]
    note: Mapped[str | None] = mapped_column(String(400))
    by: Mapped[Name]
    at_ms: Mapped[TimeMs]
    created_at_ms: Mapped[TimeMs]


class LotPart(Table):
    """How much of a lot came from which: a split has one parent and several children, a merge the other way round."""

    __tablename__ = "lot_part"
    __table_args__ = (PrimaryKeyConstraint("child_id", "parent_id"), Index("ix_lot_part_parent", "parent_id"))

    child_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("lot.id"))
    parent_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("lot.id"))
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"))
    weight_g: Mapped[Count]
    by: Mapped[Name]
    at_ms: Mapped[TimeMs]


class ColdStoreStay(Table):
    """Where a lot stands in a hub's cold store, from when to when."""

    __tablename__ = "cold_store_stay"
    __table_args__ = (Index("ix_cold_store_stay_lot", "lot_id", "from_at_ms"),)

    id: Mapped[Id]
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"))
    lot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("lot.id"))
    hub_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("hub.id"))
    place: Mapped[Name]
    by: Mapped[Name]
    from_at_ms: Mapped[TimeMs]
    to_at_ms: Mapped[TimeMs | None]
