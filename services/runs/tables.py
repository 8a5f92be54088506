"""Repairs of published plans, the rule by which they are applied, and the versions of run sheets."""

import uuid
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer, PrimaryKeyConstraint, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.db.schema import Count, Id, Name, Table, TimeMs, Word

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
