"""Sourcing jobs with what they found, and the lines that coordinators decide on."""

import uuid
from datetime import date
from typing import Any

from sqlalchemy import (
    JSON,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column

from services.db.schema import Count, Id, Table, TimeMs, Word


class Sourcing(Table):
    """One match of supply to demand: a job, the market it was asked about, and the outcome once it is done."""

    __tablename__ = "sourcing"
    __table_args__ = (
        Index("ix_sourcing_state", "state", "created_at_ms"),
        Index("ix_sourcing_tenant_created", "tenant_id", "created_at_ms"),
    )

    id: Mapped[Id]
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"))
    state: Mapped[Word] = mapped_column(default="queued")
    request: Mapped[dict[str, Any]] = mapped_column(JSON)
    market: Mapped[dict[str, Any]] = mapped_column(JSON)
    outcome: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    progress: Mapped[float] = mapped_column(Float, default=0.0)
    detail: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    created_by: Mapped[str] = mapped_column(String(200))
    created_at_ms: Mapped[TimeMs]
    started_at_ms: Mapped[TimeMs | None]
    heartbeat_at_ms: Mapped[TimeMs | None]
    finished_at_ms: Mapped[TimeMs | None]


class SourcingLine(Table):
    """One request to one village: proposed, then accepted (perhaps with another weight) or rejected."""

    __tablename__ = "sourcing_line"
    __table_args__ = (
        PrimaryKeyConstraint("sourcing_id", "number"),
        Index("ix_sourcing_line_lot", "lot_id", "state"),
        Index("ix_sourcing_line_declaration", "declaration_id", "state"),
        Index("ix_sourcing_line_demand", "demand_id", "state"),
    )

    sourcing_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sourcing.id"))
    number: Mapped[int] = mapped_column(Integer, autoincrement=False)
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"))
    demand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("demand.id"))
    demand_version: Mapped[int] = mapped_column(Integer)
    village_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("village.id"))
    lot_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("lot.id"))
    declaration_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("harvest_declaration.id"))
    deliver_on: Mapped[date] = mapped_column(Date)
    proposed_g: Mapped[Count]
    weight_g: Mapped[Count]
    state: Mapped[Word] = mapped_column(default="proposed")
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    reason: Mapped[str | None] = mapped_column(String(200))
    decided_by: Mapped[str | None] = mapped_column(String(200))
    decided_at_ms: Mapped[TimeMs | None]
    version: Mapped[int] = mapped_column(Integer, default=1)
