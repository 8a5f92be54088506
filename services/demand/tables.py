"""Buyers' programmes, and each version of them that there was."""

import uuid
from datetime import date
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Date,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from services.db.schema import Code, Count, Id, Name, Table, TimeMs, Word


class Demand(Table):
    """A buyer's programme as it stands; `version` is that of its newest `DemandVersion`."""

    __tablename__ = "demand"
    __table_args__ = (
        UniqueConstraint("tenant_id", "code"),
        Index("ix_demand_days", "tenant_id", "state", "from_on", "to_on"),
    )

    id: Mapped[Id]
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"))
    code: Mapped[Code]
    exporter: Mapped[Code]
    buyer: Mapped[Name]
    commodity_id: Mapped[Word]
    variety: Mapped[Word | None]
    grade: Mapped[Word | None]
    quantity_g: Mapped[Count]
    per: Mapped[Word]
    from_on: Mapped[date] = mapped_column(Date)
    to_on: Mapped[date] = mapped_column(Date)
    hub_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("hub.id"))
    destination: Mapped[Name]
    transit_s: Mapped[int] = mapped_column(BigInteger)
    transit_centi_c: Mapped[int | None] = mapped_column(Integer)
    min_life_s: Mapped[int] = mapped_column(BigInteger)
    certificates: Mapped[list[str]] = mapped_column(JSON)
    price_satang_per_kg: Mapped[Count]
    note: Mapped[str | None] = mapped_column(String(200))
    state: Mapped[Word] = mapped_column(default="open")
    withdrawn_reason: Mapped[str | None] = mapped_column(String(200))
    created_by: Mapped[str] = mapped_column(String(200))
    created_at_ms: Mapped[TimeMs]
    changed_at_ms: Mapped[TimeMs]
    version: Mapped[int] = mapped_column(Integer, default=1)


class DemandVersion(Table):
    """What a programme said from one change to the next, by whom; written once and never changed."""

    __tablename__ = "demand_version"
    __table_args__ = (PrimaryKeyConstraint("demand_id", "version"),)

    demand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("demand.id"))
    version: Mapped[int] = mapped_column(Integer, autoincrement=False)
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"))
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    changed_by: Mapped[str] = mapped_column(String(200))
    changed_at_ms: Mapped[TimeMs]
