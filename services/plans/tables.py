"""Plan jobs, the plans they made, and the runs that a published plan became."""

import uuid
from typing import Any

from sqlalchemy import (
    JSON,
    Float,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from services.db.schema import Code, Count, Id, Table, TimeMs, Word


class PlanJob(Table):
    """A request for a plan, taken up by a planner; the problem is stored as built, "data as of" its making."""

    __tablename__ = "plan_job"
    __table_args__ = (Index("ix_plan_job_state", "state", "created_at_ms"),)

    id: Mapped[Id]
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"))
    state: Mapped[Word] = mapped_column(default="queued")
    request: Mapped[dict[str, Any]] = mapped_column(JSON)
    problem: Mapped[dict[str, Any]] = mapped_column(JSON)
    progress: Mapped[float] = mapped_column(Float, default=0.0)
    best_cost_satang: Mapped[Count | None]
    detail: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    created_by: Mapped[str] = mapped_column(String(200))
    created_at_ms: Mapped[TimeMs]
    started_at_ms: Mapped[TimeMs | None]
    heartbeat_at_ms: Mapped[TimeMs | None]
    finished_at_ms: Mapped[TimeMs | None]


class Plan(Table):
    """A checked plan; `version` counts its changes and is its ETag."""

    __tablename__ = "plan"
    __table_args__ = (Index("ix_plan_tenant_created", "tenant_id", "created_at_ms"),)

    id: Mapped[Id]
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"))
    job_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("plan_job.id"), unique=True)
    state: Mapped[Word] = mapped_column(default="draft")
    version: Mapped[int] = mapped_column(Integer, default=1)
    engine: Mapped[Word]
    cost_satang: Mapped[Count]
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    data_as_of_ms: Mapped[TimeMs]
    created_at_ms: Mapped[TimeMs]
    published_at_ms: Mapped[TimeMs | None]
    parent_id: Mapped[uuid.UUID | None]


class PlanPin(Table):
    """A lot that a coordinator holds to a truck: the next solve of the plan keeps it there."""

    __tablename__ = "plan_pin"
    __table_args__ = (PrimaryKeyConstraint("plan_id", "lot_code"),)

    plan_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("plan.id"))
    lot_code: Mapped[Code]
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"))
    truck_code: Mapped[Code]
    pinned_by: Mapped[str] = mapped_column(String(200))
    pinned_at_ms: Mapped[TimeMs]


class Run(Table):
    """One truck's trip of a published plan."""

    __tablename__ = "run"
    __table_args__ = (UniqueConstraint("tenant_id", "code"), Index("ix_run_plan", "plan_id"))

    id: Mapped[Id]
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"))
    code: Mapped[Code]
    plan_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("plan.id"))
    truck_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("truck.id"))
    hub_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("hub.id"))
    state: Mapped[Word] = mapped_column(default="assigned")
    departs_at_ms: Mapped[TimeMs]
    arrives_at_ms: Mapped[TimeMs]
    distance_m: Mapped[Count]
    departed_at_ms: Mapped[TimeMs | None]
    arrived_at_ms: Mapped[TimeMs | None]
    sheet_version: Mapped[int] = mapped_column(Integer, default=1)


class RunStop(Table):
    """A pick-up of a run. The partial unique index is what forbids one lot on two live runs."""

    __tablename__ = "run_stop"
    __table_args__ = (
        UniqueConstraint("run_id", "position"),
        Index(
            "uq_run_stop_live_lot",
            "lot_id",
            unique=True,
            sqlite_where=text("state != 'skipped'"),
            postgresql_where=text("state != 'skipped'"),
        ),
    )

    id: Mapped[Id]
    tenant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("tenant.id"))
    run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("run.id"))
    position: Mapped[int] = mapped_column(Integer)
    lot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("lot.id"))
    arrives_at_ms: Mapped[TimeMs]
    departs_at_ms: Mapped[TimeMs]
    state: Mapped[Word] = mapped_column(default="assigned")
    arrived_at_ms: Mapped[TimeMs | None]
    done_at_ms: Mapped[TimeMs | None]
    loaded_weight_g: Mapped[Count | None]
    loaded_crates: Mapped[int | None] = mapped_column(Integer)
    reason: Mapped[str | None] = mapped_column(String(200))
