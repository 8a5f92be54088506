"""Lots: what was harvested where, and waits to be collected; and what villages say they will harvest."""

import uuid
from datetime import date

from sqlalchemy import JSON, Date, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.db.schema import Code, Count, Id, Table, TimeMs, Word


class Lot(Table):
    """A lot of one commodity from one village; it waits, is planned, is loaded on a truck, and arrives at a hub."""

    __tablename__ = "lot"
    __table_args__ = (UniqueConstraint("tenant_id", "code"), Index("ix_lot_state", "tenant_id", "state"))

    id: Mapped[Id]
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"))
    code: Mapped[Code]
    village_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("village.id"))
    commodity_id: Mapped[Word]
    grade: Mapped[Word | None]
    weight_g: Mapped[Count]
    crates: Mapped[int] = mapped_column(Integer)
    value_satang: Mapped[Count]
    harvested_at_ms: Mapped[TimeMs]
    ready_at_ms: Mapped[TimeMs]
    state: Mapped[Word] = mapped_column(default="waiting")
    loaded_at_ms: Mapped[TimeMs | None]
    truck_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("truck.id"))
    received_at_ms: Mapped[TimeMs | None]
    hub_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("hub.id"))
    withdrawn_at_ms: Mapped[TimeMs | None]
    withdrawn_reason: Mapped[str | None] = mapped_column(String(200))
    created_at_ms: Mapped[TimeMs]
    version: Mapped[int] = mapped_column(Integer, default=1)
    variety: Mapped[Word | None]
    maturity: Mapped[Word | None]
    precooling: Mapped[Word | None]
    precooled_at_ms: Mapped[TimeMs | None]
    grower_group: Mapped[str | None] = mapped_column(String(200))
    gap_code: Mapped[Code | None]
    packing_house_code: Mapped[Code | None]
    certificates: Mapped[list[str] | None] = mapped_column(JSON)
    declaration_id: Mapped[uuid.UUID | None]


class HarvestDeclaration(Table):
    """What a village expects to harvest on a day, and how sure it is; `version` counts its changes."""

    __tablename__ = "harvest_declaration"
    __table_args__ = (Index("ix_harvest_declaration_day", "tenant_id", "state", "harvest_on"),)

    id: Mapped[Id]
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"))
    village_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("village.id"))
    commodity_id: Mapped[Word]
    variety: Mapped[Word | None]
    grade: Mapped[Word | None]
    expected_g: Mapped[Count]
    harvest_on: Mapped[date] = mapped_column(Date)
    confidence_pct: Mapped[int] = mapped_column(Integer)
    grower_group: Mapped[str | None] = mapped_column(String(200))
    gap_code: Mapped[Code | None]
    packing_house_code: Mapped[Code | None]
    certificates: Mapped[list[str] | None] = mapped_column(JSON)
    note: Mapped[str | None] = mapped_column(String(200))
    state: Mapped[Word] = mapped_column(default="open")
    withdrawn_reason: Mapped[str | None] = mapped_column(String(200))
    created_by: Mapped[str] = mapped_column(String(200))
    created_at_ms: Mapped[TimeMs]
    changed_at_ms: Mapped[TimeMs]
    version: Mapped[int] = mapped_column(Integer, default=1)
