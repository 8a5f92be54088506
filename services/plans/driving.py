"""SQL on published plans that are being driven: their runs, stops and lots, and changing them by a repair."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from services.lots.tables import Lot
from services.plans.execution import OPEN_STOP
from services.plans.tables import Plan, PlanJob, Run, RunStop

OVER = ("delivered", "cancelled")


@dataclass(frozen=True, slots=True)
class Driven:
    """A published plan with the job that asked for it, its runs by departure, their stops and the lots of these."""

    plan: Plan
    job: PlanJob
    runs: Sequence[Run]
    stops: Sequence[RunStop]
    lots: dict[uuid.UUID, Lot]

    def stops_of(self, run: Run) -> list[RunStop]:
        """The stops of a run, in order."""
        return [stop for stop in self.stops if stop.run_id == run.id]


def under_way(session: Session) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """Tenant and id of each published plan, of all tenants, that has a run which is not over."""
    live = exists().where(Run.plan_id == Plan.id, Run.state.not_in(OVER))
    rows = session.execute(select(Plan.tenant_id, Plan.id).where(Plan.state == "published", live).order_by(Plan.id))
    return [(tenant_id, plan_id) for tenant_id, plan_id in rows]


def driven(session: Session, tenant_id: uuid.UUID, plan_id: uuid.UUID, *, lock: bool = False) -> Driven | None:
    """A published plan and how far it is; None when there is none of that id."""
    query = select(Plan, PlanJob).join(PlanJob, PlanJob.id == Plan.job_id)
    query = query.where(Plan.tenant_id == tenant_id, Plan.id == plan_id, Plan.state == "published")
    row = session.execute(query.with_for_update(of=Plan) if lock else query).first()
    if row is None:
        return None
    runs = session.scalars(
        select(Run).where(Run.tenant_id == tenant_id, Run.plan_id == plan_id).order_by(Run.departs_at_ms, Run.id)
    ).all()
    stops = session.scalars(
        select(RunStop)
        .where(RunStop.tenant_id == tenant_id, RunStop.run_id.in_([run.id for run in runs]))
        .order_by(RunStop.run_id, RunStop.position)
    ).all()
    lots = session.scalars(select(Lot).where(Lot.tenant_id == tenant_id, Lot.id.in_([stop.lot_id for stop in stops])))
    return Driven(row[0], row[1], runs, stops, {lot.id: lot for lot in lots})


def take_off(session: Session, tenant_id: uuid.UUID, run_ids: Sequence[uuid.UUID]) -> None:
    """Take the stops that are still to be made off these runs, so that they can be laid anew."""
    session.execute(
        delete(RunStop).where(RunStop.tenant_id == tenant_id, RunStop.run_id.in_(run_ids), RunStop.state.in_(OPEN_STOP))
    )
    session.flush()


def has_stops(session: Session, tenant_id: uuid.UUID, run_id: uuid.UUID) -> bool:
    """Whether a run has a stop that was not skipped."""
    query = select(RunStop.id).where(RunStop.tenant_id == tenant_id, RunStop.run_id == run_id)
    return session.scalar(query.where(RunStop.state != "skipped").limit(1)) is not None
