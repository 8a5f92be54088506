"""Which runs a driver sees: today's of the own trucks, and one that has gone past midnight."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from services.errors import NotFound
from services.fleet import logic as fleet
from services.identity.scope import Scope
from services.plans import store
from services.plans.building import ZONE
from services.plans.tables import Run

UNDER_WAY_MS = 24 * 3_600_000
"""A run that has not arrived is a driver's for this long after its departure."""


@dataclass(frozen=True, slots=True)
class OwnRuns:
    """Trucks, and the UTC epoch milliseconds of their day: from its midnight to the next one."""

    truck_ids: frozenset[uuid.UUID]
    from_ms: int
    to_ms: int

    @property
    def under_way_from_ms(self) -> int:
        """Since when a run that has not arrived may have departed."""
        return self.from_ms - UNDER_WAY_MS

    def has(self, run: Run) -> bool:
        """Whether the run is one of these."""
        since_ms = self.from_ms if run.arrived_at_ms is not None else self.under_way_from_ms
        return run.truck_id in self.truck_ids and since_ms <= run.departs_at_ms < self.to_ms


def own_runs(session: Session, tenant_id: uuid.UUID, scope: Scope, now_ms: int) -> OwnRuns | None:
    """The runs that ``scope`` shows at ``now_ms``; None where it shows all."""
    if scope.trucks is None:
        return None
    today = datetime.fromtimestamp(now_ms / 1000, ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    trucks = frozenset(truck.id for truck in fleet.all_trucks(session, tenant_id) if scope.sees_truck(truck.code))
    return OwnRuns(trucks, _ms(today), _ms(today + timedelta(days=1)))


def demand_own_run(session: Session, tenant_id: uuid.UUID, run_id: uuid.UUID, scope: Scope, now_ms: int) -> None:
    """Nothing when ``scope`` shows the run. Raises NotFound, alike for another's, another tenant's and for none."""
    own = own_runs(session, tenant_id, scope, now_ms)
    run = store.run(session, tenant_id, run_id)
    if run is None or not (own is None or own.has(run)):
        raise NotFound("There is no such run.")


def own_of(
    session: Session, tenant_id: uuid.UUID, ids: Sequence[uuid.UUID], scope: Scope, now_ms: int
) -> set[uuid.UUID]:
    """Those of the runs that ``scope`` shows."""
    own = own_runs(session, tenant_id, scope, now_ms)
    if own is None:
        return set()
    return {run_id for run_id in ids if (run := store.run(session, tenant_id, run_id)) is not None and own.has(run)}


def _ms(instant: datetime) -> int:
    return round(instant.timestamp() * 1000)
