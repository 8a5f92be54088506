"""All SQL on repairs, dispatch rules and run sheets. The tenant comes first."""

import uuid
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.lots.tables import Lot
from services.plans.tables import Run, RunStop
from services.runs.tables import DispatchRule, Repair, RunEvent, RunProof, RunSheet, TruckPosition


def last_applied(session: Session, tenant_id: uuid.UUID, plan_id: uuid.UUID) -> Repair | None:
    """The repair that drivers follow."""
    return session.scalar(
        select(Repair)
        .where(Repair.tenant_id == tenant_id, Repair.plan_id == plan_id, Repair.state == "applied")
        .order_by(Repair.decided_at_ms.desc(), Repair.id.desc())
        .limit(1)
    )


def in_force_since(session: Session, tenant_id: uuid.UUID, plan_id: uuid.UUID) -> int:
    """The instant that the plan in force was made for; 0 for a plan that was never repaired."""
    applied = last_applied(session, tenant_id, plan_id)
    return applied.noticed_at_ms if applied else 0


def of_plan(session: Session, tenant_id: uuid.UUID, plan_id: uuid.UUID) -> Sequence[Repair]:
    """All repairs of a plan, the newest first."""
    return session.scalars(
        select(Repair)
        .where(Repair.tenant_id == tenant_id, Repair.plan_id == plan_id)
        .order_by(Repair.created_at_ms.desc(), Repair.id.desc())
    ).all()


def proposed(session: Session, tenant_id: uuid.UUID, plan_id: uuid.UUID) -> Repair | None:
    """The repair of a plan that waits for a decision."""
    return session.scalar(
        select(Repair).where(Repair.tenant_id == tenant_id, Repair.plan_id == plan_id, Repair.state == "proposed")
    )


def repair(session: Session, tenant_id: uuid.UUID, repair_id: uuid.UUID, *, lock: bool = False) -> Repair | None:
    """The repair of that id."""
    query = select(Repair).where(Repair.tenant_id == tenant_id, Repair.id == repair_id)
    return session.scalar(query.with_for_update() if lock else query)


def repairs(
    session: Session,
    tenant_id: uuid.UUID,
    *,
    state: str | None,
    plan_id: uuid.UUID | None,
    before: tuple[int, uuid.UUID] | None,
    limit: int,
) -> Sequence[Repair]:
    """Repairs, the newest first."""
    query = select(Repair).where(Repair.tenant_id == tenant_id)
    if state is not None:
        query = query.where(Repair.state == state)
    if plan_id is not None:
        query = query.where(Repair.plan_id == plan_id)
    if before is not None:
        at_ms, repair_id = before
        query = query.where(
            (Repair.created_at_ms < at_ms) | ((Repair.created_at_ms == at_ms) & (Repair.id < repair_id))
        )
    return session.scalars(query.order_by(Repair.created_at_ms.desc(), Repair.id.desc()).limit(limit)).all()


def known_fingerprint(session: Session, tenant_id: uuid.UUID, plan_id: uuid.UUID, fingerprint: str) -> bool:
    """Whether these causes were answered before: repaired, declined, or found to change nothing."""
    query = select(func.count()).where(
        Repair.tenant_id == tenant_id, Repair.plan_id == plan_id, Repair.fingerprint == fingerprint
    )
    return bool(session.scalar(query.where(Repair.state != "superseded")))


def rule(session: Session, tenant_id: uuid.UUID) -> DispatchRule | None:
    """The tenant's rule for applying repairs."""
    return session.get(DispatchRule, tenant_id)


def sheets(session: Session, tenant_id: uuid.UUID, run_id: uuid.UUID) -> Sequence[RunSheet]:
    """The later versions of a run's sheet, in order."""
    return session.scalars(
        select(RunSheet).where(RunSheet.tenant_id == tenant_id, RunSheet.run_id == run_id).order_by(RunSheet.version)
    ).all()


def run(session: Session, tenant_id: uuid.UUID, run_id: uuid.UUID, *, lock: bool = False) -> Run | None:
    """The run of that id."""
    query = select(Run).where(Run.tenant_id == tenant_id, Run.id == run_id)
    return session.scalar(query.with_for_update() if lock else query)


def live_stop(session: Session, tenant_id: uuid.UUID, lot: str) -> RunStop | None:
    """The stop of a lot that was not skipped, on whichever run; the database lets there be one."""
    return session.scalar(
        select(RunStop)
        .join(Lot, Lot.id == RunStop.lot_id)
        .where(RunStop.tenant_id == tenant_id, Lot.code == lot, RunStop.state != "skipped")
    )


def last_position(session: Session, tenant_id: uuid.UUID, run_id: uuid.UUID) -> int:
    """The number of a run's last stop; 0 where it has none."""
    query = select(func.max(RunStop.position)).where(RunStop.tenant_id == tenant_id, RunStop.run_id == run_id)
    return session.scalar(query) or 0


def events_of(
    session: Session, tenant_id: uuid.UUID, run_id: uuid.UUID, client_ids: Sequence[uuid.UUID]
) -> set[uuid.UUID]:
    """Those of a phone's reports that were taken before."""
    query = select(RunEvent.client_id).where(
        RunEvent.tenant_id == tenant_id, RunEvent.run_id == run_id, RunEvent.client_id.in_(client_ids)
    )
    return set(session.scalars(query))


def events(session: Session, tenant_id: uuid.UUID, run_id: uuid.UUID) -> Sequence[RunEvent]:
    """All that was reported of a run, in the order in which it happened."""
    return session.scalars(
        select(RunEvent)
        .where(RunEvent.tenant_id == tenant_id, RunEvent.run_id == run_id)
        .order_by(RunEvent.at_ms, RunEvent.id)
    ).all()


def positions(
    session: Session, tenant_id: uuid.UUID, truck_ids: Sequence[uuid.UUID], since_ms: int
) -> dict[uuid.UUID, TruckPosition]:
    """The newest position of each truck that has one after ``since_ms``."""
    rows = session.scalars(
        select(TruckPosition)
        .where(
            TruckPosition.tenant_id == tenant_id,
            TruckPosition.truck_id.in_(truck_ids),
            TruckPosition.at_ms >= since_ms,
        )
        .order_by(TruckPosition.at_ms)
    )
    return {row.truck_id: row for row in rows}


def proofs(session: Session, tenant_id: uuid.UUID, run_id: uuid.UUID) -> Sequence[RunProof]:
    """Photos and signatures of a run, in the order in which they were taken."""
    return session.scalars(
        select(RunProof)
        .where(RunProof.tenant_id == tenant_id, RunProof.run_id == run_id)
        .order_by(RunProof.at_ms, RunProof.id)
    ).all()


def proof(session: Session, tenant_id: uuid.UUID, run_id: uuid.UUID, client_id: uuid.UUID) -> RunProof | None:
    """The photo or signature that a phone sent under this id."""
    return session.scalar(
        select(RunProof).where(
            RunProof.tenant_id == tenant_id, RunProof.run_id == run_id, RunProof.client_id == client_id
        )
    )


def stops(session: Session, tenant_id: uuid.UUID, run_id: uuid.UUID) -> Sequence[RunStop]:
    """The stops of a run in driving order, skipped ones too."""
    return session.scalars(
        select(RunStop).where(RunStop.tenant_id == tenant_id, RunStop.run_id == run_id).order_by(RunStop.position)
    ).all()
