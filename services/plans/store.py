"""All SQL on plan jobs, plans, runs and stops. The tenant comes first."""

import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from services.plans.tables import Plan, PlanJob, PlanPin, Run, RunStop

if TYPE_CHECKING:
    from services.plans.own_runs import OwnRuns


def job(session: Session, tenant_id: uuid.UUID, job_id: uuid.UUID) -> PlanJob | None:
    return session.scalar(select(PlanJob).where(PlanJob.tenant_id == tenant_id, PlanJob.id == job_id))


def jobs(session: Session, tenant_id: uuid.UUID, limit: int, before: tuple[int, uuid.UUID] | None) -> Sequence[PlanJob]:
    """Newest first; ``before`` is the key of the last one seen."""
    query = select(PlanJob).where(PlanJob.tenant_id == tenant_id)
    if before:
        query = query.where(
            (PlanJob.created_at_ms < before[0]) | ((PlanJob.created_at_ms == before[0]) & (PlanJob.id < before[1]))
        )
    return session.scalars(query.order_by(PlanJob.created_at_ms.desc(), PlanJob.id.desc()).limit(limit)).all()


def plan(session: Session, tenant_id: uuid.UUID, plan_id: uuid.UUID, *, lock: bool = False) -> Plan | None:
    query = select(Plan).where(Plan.tenant_id == tenant_id, Plan.id == plan_id)
    return session.scalar(query.with_for_update() if lock else query)


def plans_of_jobs(session: Session, tenant_id: uuid.UUID, job_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """The plan of each job that has one, by job."""
    found = session.execute(select(Plan.job_id, Plan.id).where(Plan.tenant_id == tenant_id, Plan.job_id.in_(job_ids)))
    return {job_id: plan_id for job_id, plan_id in found}


def plans(session: Session, tenant_id: uuid.UUID, limit: int, before: tuple[int, uuid.UUID] | None) -> Sequence[Plan]:
    """Newest first; ``before`` is the key of the last one seen."""
    query = select(Plan).where(Plan.tenant_id == tenant_id)
    if before:
        query = query.where(
            (Plan.created_at_ms < before[0]) | ((Plan.created_at_ms == before[0]) & (Plan.id < before[1]))
        )
    return session.scalars(query.order_by(Plan.created_at_ms.desc(), Plan.id.desc()).limit(limit)).all()


def run(session: Session, tenant_id: uuid.UUID, run_id: uuid.UUID, *, lock: bool = False) -> Run | None:
    query = select(Run).where(Run.tenant_id == tenant_id, Run.id == run_id)
    return session.scalar(query.with_for_update() if lock else query)


def runs(
    session: Session,
    tenant_id: uuid.UUID,
    limit: int,
    after: tuple[int, uuid.UUID] | None = None,
    plan_id: uuid.UUID | None = None,
    own: "OwnRuns | None" = None,
) -> Sequence[Run]:
    """By departure; ``after`` is the key of the last one seen, ``own`` the driver's who asks."""
    query = select(Run).where(Run.tenant_id == tenant_id)
    if own is not None:
        departed_today, on_its_way = Run.departs_at_ms >= own.from_ms, Run.arrived_at_ms.is_(None)
        query = query.where(
            Run.truck_id.in_(own.truck_ids),
            Run.departs_at_ms < own.to_ms,
            departed_today | (on_its_way & (Run.departs_at_ms >= own.under_way_from_ms)),
        )
    if plan_id:
        query = query.where(Run.plan_id == plan_id)
    if after:
        query = query.where((Run.departs_at_ms > after[0]) | ((Run.departs_at_ms == after[0]) & (Run.id > after[1])))
    return session.scalars(query.order_by(Run.departs_at_ms, Run.id).limit(limit)).all()


def stops(session: Session, tenant_id: uuid.UUID, run_ids: Sequence[uuid.UUID]) -> Sequence[RunStop]:
    """Stops of several runs, by run and position."""
    return session.scalars(
        select(RunStop)
        .where(RunStop.tenant_id == tenant_id, RunStop.run_id.in_(run_ids))
        .order_by(RunStop.run_id, RunStop.position)
    ).all()


def stop(session: Session, tenant_id: uuid.UUID, run_id: uuid.UUID, position: int) -> RunStop | None:
    return session.scalar(
        select(RunStop).where(RunStop.tenant_id == tenant_id, RunStop.run_id == run_id, RunStop.position == position)
    )


def live_lots(session: Session, tenant_id: uuid.UUID, lot_ids: Sequence[uuid.UUID]) -> Sequence[uuid.UUID]:
    """Those of ``lot_ids`` that stand on a run already."""
    return session.scalars(
        select(RunStop.lot_id).where(
            RunStop.tenant_id == tenant_id, RunStop.lot_id.in_(lot_ids), RunStop.state != "skipped"
        )
    ).all()


def request_cancel(session: Session, tenant_id: uuid.UUID, job_id: uuid.UUID) -> bool:
    """Ask for a job to stop; a queued one is cancelled at once. False when it has ended already."""
    for now, then in (("queued", "cancelled"), ("running", "cancelling")):
        changed = session.scalar(
            update(PlanJob)
            .where(PlanJob.tenant_id == tenant_id, PlanJob.id == job_id, PlanJob.state == now)
            .values(state=then)
            .returning(PlanJob.id)
        )
        if changed:
            return True
    return False


def pins(session: Session, tenant_id: uuid.UUID, plan_id: uuid.UUID) -> Sequence[PlanPin]:
    """The pins of a plan, by lot."""
    return session.scalars(
        select(PlanPin).where(PlanPin.tenant_id == tenant_id, PlanPin.plan_id == plan_id).order_by(PlanPin.lot_code)
    ).all()


def unpin(session: Session, tenant_id: uuid.UUID, plan_id: uuid.UUID, lot_codes: Sequence[str]) -> None:
    """Let lots go; one that is not pinned stays so."""
    session.execute(
        delete(PlanPin).where(
            PlanPin.tenant_id == tenant_id, PlanPin.plan_id == plan_id, PlanPin.lot_code.in_(lot_codes)
        )
    )
