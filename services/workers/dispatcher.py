"""The dispatcher: looks at every published plan, notices what breaks it, has it repaired, and tells the coordinator."""

import logging
import threading
import uuid

from routing import Refused
from routing.repair import NothingLeft, repair
from routing.repair import Repair as Repaired
from routing.road_network import TravelUnavailable
from routing.travel import TravelProvider
from services.clock import Clock, wall_clock_ms
from services.db.engine import Database
from services.errors import Conflict, Unavailable
from services.plans import driving
from services.runs import repairing, store
from services.runs.knowing import Known, known
from services.workers import heartbeat
from telemetry.freshness import Catalogue, load_catalogue

log = logging.getLogger(__name__)

KIND = "dispatcher"
LOOK_EVERY_S = 2.0
OUTAGE_S = 2.0
BEAT_MS = 5000
REPAIR_SECONDS = 5.0


class Dispatcher:
    """Looks until `stop` is set. Several may look: of two proposals for one plan the database keeps one.

    ``clock`` says when now is for plans; ``machine_clock`` dates the heartbeat.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        catalogue: Catalogue | None = None,
        machine_clock: Clock = wall_clock_ms,
        travel: TravelProvider | None = None,
        seconds: float = REPAIR_SECONDS,
    ) -> None:
        self.database = database
        self.clock = clock
        self.catalogue = catalogue or load_catalogue()
        self.machine_clock = machine_clock
        self.travel = travel
        self.seconds = seconds
        self.stop = threading.Event()
        self._beaten_at_ms = 0

    def run(self) -> None:
        """Work until `stop` is set; an unreachable database is waited for."""
        while not self.stop.is_set():
            try:
                self._beat()
                self.turn()
                self.stop.wait(LOOK_EVERY_S)
            except (Unavailable, TravelUnavailable) as error:
                log.warning("waiting: %s", error)
                self.stop.wait(OUTAGE_S)

    def turn(self) -> int:
        """Look at each plan under way and repair those that are broken; answers how many repairs were written."""
        with self.database.read() as session:
            plans = driving.under_way(session)
        return sum(self._look(tenant_id, plan_id) for tenant_id, plan_id in plans)

    def _look(self, tenant_id: uuid.UUID, plan_id: uuid.UUID) -> bool:
        now_ms = self.clock()
        with self.database.read() as session:
            driven = driving.driven(session, tenant_id, plan_id)
            if driven is None:
                return False
            found = known(session, driven, self.catalogue, now_ms)
            if not found.breaks:
                return False
            if store.known_fingerprint(session, tenant_id, plan_id, repairing.fingerprint(found.breaks)):
                return False
        repaired = self._repaired(found)
        with self.database.write() as session:
            driven = driving.driven(session, tenant_id, plan_id, lock=True)
            if driven is None:
                return False
            row = repairing.propose(session, driven, found.breaks, repaired, noticed_at_ms=now_ms, now_ms=self.clock())
            by_rule = repairing.applies_by_rule(store.rule(session, tenant_id), row)
        log.info("plan %s: %s, %d changes (%s)", plan_id, row.reason, len(row.changes), row.state)
        if by_rule:
            self._apply(tenant_id, row.id)
        return True

    def _repaired(self, found: Known) -> Repaired | None:
        try:
            return repair(
                found.problem,
                found.now.plan,
                now_s=found.now_s,
                states=found.now.states,
                seconds=self.seconds,
                travel=self.travel,
                stop=self.stop.is_set,
            )
        except (Refused, NothingLeft) as error:
            log.warning("nothing can be changed any more: %s", error)
            return None

    def _apply(self, tenant_id: uuid.UUID, repair_id: uuid.UUID) -> None:
        try:
            with self.database.write() as session:
                repairing.apply_repair(session, tenant_id, repair_id, repairing.BY_RULE, self.clock())
        except Conflict as error:
            log.warning("repair %s not applied: %s", repair_id, error.detail)

    def _beat(self) -> None:
        now_ms = self.machine_clock()
        if now_ms - self._beaten_at_ms >= BEAT_MS:
            with self.database.write() as session:
                heartbeat.beat(session, KIND, now_ms)
            self._beaten_at_ms = now_ms
