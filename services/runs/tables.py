"""Repairs of published plans, the rule by which they are applied, and the versions of run sheets."""

import uuid
from typing import Any

from sqlalchemy import (
    JSON,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from services.db.schema import Code, Count, Id, Name, Serial, Table, TimeMs, Word

IS_PROPOSED = text("state = 'proposed'")


class Repair(Table):
    """A published plan made anew for the rest of the day: proposed, then applied or declined."""

    __tablename__ = "repair"
    __table_args__ = (
        Index("ix_repair_plan", "plan_id", "created_at_ms"),
        Index("ix_repair_tenant", "tenant_id", "created_at_ms", "id"),
        Index("uq_repair_proposed", "plan_id", unique=True, sqlite_where=IS_PROPOSED, postgresql_where=IS_PROPOSED),
    )

    id: Mapped[Id]
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"))
    plan_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("plan.id"))
    state: Mapped[Word]
    fingerprint: Mapped[str] = mapped_column(String(64))
    causes: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(Text)
    changes: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    concessions: Mapped[list[str]] = mapped_column(JSON)
    cost_satang: Mapped[Count]
    change_cost_satang: Mapped[Count]
    problem: Mapped[dict[str, Any]] = mapped_column(JSON)
    plan: Mapped[dict[str, Any]] = mapped_column(JSON)
    plan_version: Mapped[int] = mapped_column(Integer)
    noticed_at_ms: Mapped[TimeMs]
    created_at_ms: Mapped[TimeMs]
    decided_at_ms: Mapped[TimeMs | None]
    decided_by: Mapped[Name | None]
    comment: Mapped[str | None] = mapped_column(String(1000))


class DispatchRule(Table):
    """Whether repairs are applied at once or wait for a coordinator; a tenant without one asks."""

    __tablename__ = "dispatch_rule"

    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"), primary_key=True)
    applies: Mapped[Word]
    most_changes: Mapped[int] = mapped_column(Integer)
    changed_by: Mapped[Name]
    changed_at_ms: Mapped[TimeMs]


class RunSheet(Table):
    """A later version of a run's sheet, and why the driver got it; the first one is the published plan's."""

    __tablename__ = "run_sheet"
    __table_args__ = (PrimaryKeyConstraint("run_id", "version"),)

    run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("run.id"))
    version: Mapped[int] = mapped_column(Integer)
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"))
    repair_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("repair.id"))
    reason: Mapped[str] = mapped_column(Text)
    lines: Mapped[list[str]] = mapped_column(JSON)
    created_at_ms: Mapped[TimeMs]


class RunEvent(Table):
    """What a driver reported, as it was reported; the phone's own id makes a repeated report the same one."""

    __tablename__ = "run_event"
    __table_args__ = (UniqueConstraint("run_id", "client_id"),)

    id: Mapped[Serial]
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"))
    run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("run.id"))
    client_id: Mapped[uuid.UUID]
    kind: Mapped[Word]
    lot: Mapped[Code | None]
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    outcome: Mapped[Word]
    reason: Mapped[str | None] = mapped_column(String(400))
    by: Mapped[Name]
    at_ms: Mapped[TimeMs]
    received_at_ms: Mapped[TimeMs]


class RunProof(Table):
    """A photo or a signature taken at a pick-up, kept as it was after metadata were taken out of it."""

    __tablename__ = "run_proof"
    __table_args__ = (UniqueConstraint("run_id", "client_id"),)

    id: Mapped[Id]
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"))
    run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("run.id"))
    client_id: Mapped[uuid.UUID]
    lot: Mapped[Code]
    kind: Mapped[Word]
    media_type: Mapped[Word]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    sha256: Mapped[str] = mapped_column(String(64))
    by: Mapped[Name]
    at_ms: Mapped[TimeMs]
    received_at_ms: Mapped[TimeMs]


class TruckPosition(Table):
    """Where a truck was, as its driver's phone or its tracker says."""

    __tablename__ = "truck_position"
    __table_args__ = (PrimaryKeyConstraint("truck_id", "at_ms"),)

    truck_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("truck.id"))
    at_ms: Mapped[TimeMs] = mapped_column(autoincrement=False)
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"))
    latitude: Mapped[float] = mapped_column(Float)
    longitude: Mapped[float] = mapped_column(Float)
    accuracy_m: Mapped[int | None] = mapped_column(Integer)
    source: Mapped[Word]
    received_at_ms: Mapped[TimeMs]
