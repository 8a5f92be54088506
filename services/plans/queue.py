"""The queue that planners take jobs from, across tenants: claim, heartbeat, finish. A dead planner's job is retaken."""

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from services.plans.tables import Plan, PlanJob, PlanPin
from services.stream.logic import emit

LEASE_MS = 15_000
"""A running job without a heartbeat for this long was left by its planner."""

MAX_ATTEMPTS = 3


def claim(session: Session, now_ms: int) -> PlanJob | None:
    """Take the oldest waiting job, or one that was left; None when there is nothing to do. One planner gets it."""
    left = (PlanJob.state.in_(["running", "cancelling"])) & (PlanJob.heartbeat_at_ms < now_ms - LEASE_MS)
    job = session.scalar(
        select(PlanJob)
        .where(or_(PlanJob.state == "queued", left))
        .order_by(PlanJob.created_at_ms, PlanJob.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if job is None:
        return None
    job.attempts += 1
    job.heartbeat_at_ms = now_ms
    if job.state == "cancelling":
        job.state, job.detail, job.finished_at_ms = "cancelled", "Cancelled while no planner was at work.", now_ms
    elif job.attempts > MAX_ATTEMPTS:
        job.state, job.finished_at_ms = "failed", now_ms
        job.detail = f"{MAX_ATTEMPTS} planners in a row ended while at work on it; see their logs."
    else:
        job.state, job.started_at_ms, job.progress = "running", now_ms, 0.0
    tell_job(session, job, now_ms)
    return job


def tell_job(session: Session, job: PlanJob, now_ms: int) -> None:
    """Add the job's state to the stream, for pages that follow it."""
    emit(session, job.tenant_id, "plan.job", job.id, {"state": job.state, "detail": job.detail}, now_ms)


def tell_plan(session: Session, plan: Plan, now_ms: int) -> None:
    """Add the plan's state to the stream, for pages that show it."""
    document = {"state": plan.state, "version": plan.version, "job_id": str(plan.job_id)}
    emit(session, plan.tenant_id, "plan", plan.id, document, now_ms)


def report(session: Session, job_id: uuid.UUID, now_ms: int, progress: float, best_cost_satang: int | None) -> bool:
    """Note progress and stay owner of the job. False when somebody asked for it to stop."""
    owned = session.scalar(
        update(PlanJob)
        .where(PlanJob.id == job_id, PlanJob.state == "running")
        .values(heartbeat_at_ms=now_ms, progress=progress, best_cost_satang=best_cost_satang)
        .returning(PlanJob.id)
    )
    return owned is not None


def finish(
    session: Session, job_id: uuid.UUID, now_ms: int, *, document: Mapping[str, Any], engine: str, cost_satang: int
) -> Plan | None:
    """Store the plan of a job, once: None when another planner has ended it meanwhile."""
    job = session.scalar(select(PlanJob).where(PlanJob.id == job_id).with_for_update())
    if job is None or job.state not in {"running", "cancelling"}:
        return None
    job.state, job.progress, job.best_cost_satang, job.finished_at_ms = "done", 1.0, cost_satang, now_ms
    plan = Plan(
        id=uuid.uuid4(),
        tenant_id=job.tenant_id,
        job_id=job.id,
        engine=engine,
        cost_satang=cost_satang,
        document=dict(document),
        data_as_of_ms=job.created_at_ms,
        created_at_ms=now_ms,
    )
    session.add(plan)
    session.flush()  # pins point at the plan
    session.add_all(
        PlanPin(
            plan_id=plan.id,
            lot_code=pin["lot"],
            tenant_id=job.tenant_id,
            truck_code=pin["truck"],
            pinned_by=job.created_by,
            pinned_at_ms=job.created_at_ms,
        )
        for pin in job.request.get("pins") or ()
    )
    tell_job(session, job, now_ms)
    tell_plan(session, plan, now_ms)
    return plan


def fail(session: Session, job_id: uuid.UUID, now_ms: int, detail: str) -> None:
    """End a job without a plan, with the sentence that its requester reads."""
    job = session.scalar(select(PlanJob).where(PlanJob.id == job_id).with_for_update())
    if job is None or job.state not in {"running", "cancelling"}:
        return
    job.state, job.detail, job.finished_at_ms = "failed", detail, now_ms
    tell_job(session, job, now_ms)
