"""The freshness worker: takes ingest's marks and what is due, advances the accounts of lots, stores their status."""

import logging
import threading
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from services.clock import Clock, wall_clock_ms
from services.db.engine import Database
from services.devices.subjects import SubjectKind
from services.errors import Unavailable
from services.evidence import ledger_store, queue, store
from services.evidence.accounts import Advanced
from services.evidence.alarming import Named, tell
from services.evidence.assessing import Outcome, assess_lot, assess_shipment, not_in_catalogue
from services.evidence.cases import Case, advanced, cases, humidity
from services.evidence.figures import OwnFigures
from services.evidence.queue import Key, Mark, Seen
from services.readings.review import Reviewer
from services.shipments.itinerary import required_until
from services.shipments.logic import ARRIVED
from services.workers import heartbeat
from telemetry.freshness import Catalogue, load_catalogue

log = logging.getLogger(__name__)

KIND = "freshness"
MARKS_A_TURN = 500
DUE_A_TURN = 200
IDLE_S = 0.25
OUTAGE_S = 2.0
BEAT_MS = 1000
SWEEP_MS = 5000
FORGET_EVERY_MS = 600_000
EVENTS_KEPT_MS = 7 * 86_400_000
"""How far back a listener of the stream may have been away."""


@dataclass(slots=True)
class Work:
    """What one tenant has to be assessed in one turn."""

    marks: list[Mark] = field(default_factory=list)
    lots: set[uuid.UUID] = field(default_factory=set)
    shipments: set[uuid.UUID] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Assessed:
    """What a turn found out about one tenant, to be stored together."""

    outcomes: Mapping[Key, Outcome]
    names: Mapping[Key, Named]
    accounts: Mapping[uuid.UUID, Advanced]
    before: Mapping[Key, Seen]


class FreshnessWorker:
    """Assesses until `stop` is set. Several may run: a status that two of them touch keeps the first one's word.

    A turn reads, computes without holding anything, and writes each tenant's statuses in one transaction together with
    taking its marks away, so that a kill at any point loses nothing and a repeated turn writes the same. ``clock``
    says when now is for produce; ``machine_clock`` dates the heartbeat.
    """

    def __init__(
        self, database: Database, clock: Clock, catalogue: Catalogue | None = None, machine_clock: Clock = wall_clock_ms
    ) -> None:
        self.database = database
        self.clock = clock
        self.machine_clock = machine_clock
        self.catalogue = catalogue or load_catalogue()
        self.reviewer = Reviewer(database)
        self.stop = threading.Event()
        self._beaten_at_ms = 0
        self._swept_at_ms = 0
        self._forgot_at_ms = 0

    def run(self) -> None:
        """Work until `stop` is set; an unreachable database is waited for."""
        while not self.stop.is_set():
            try:
                self._beat()
                if not self.turn():
                    self.stop.wait(IDLE_S)
            except Unavailable as error:
                log.warning("waiting for the database: %s", error.detail)
                self.stop.wait(OUTAGE_S)

    def turn(self) -> int:
        """Assess what waits, up to a batch; answers how many statuses were written."""
        now_ms = self.clock()
        with self.database.read() as session:
            work = self._waiting(session, now_ms)
        for tenant_id in sorted(work):
            self.reviewer.review(tenant_id, {mark.sensor_id: mark.from_ms for mark in work[tenant_id].marks})
        return sum(self._assess(tenant_id, work[tenant_id], now_ms) for tenant_id in sorted(work))

    def _waiting(self, session: Session, now_ms: int) -> dict[uuid.UUID, Work]:
        work: dict[uuid.UUID, Work] = {}
        for mark in queue.marks(session, MARKS_A_TURN):
            work.setdefault(mark.tenant_id, Work()).marks.append(mark)
        found = queue.due(session, now_ms, DUE_A_TURN) or self._sweep(session)
        for tenant_id, kind, subject_id in found:
            mine = work.setdefault(tenant_id, Work())
            (mine.lots if kind == SubjectKind.LOT else mine.shipments).add(subject_id)
        return work

    def _sweep(self, session: Session) -> list[tuple[uuid.UUID, str, uuid.UUID]]:
        # lots written past the API have no status that could be due; looking for them reads every lot
        now_ms = self.machine_clock()
        if now_ms - self._swept_at_ms < SWEEP_MS:
            return []
        found = queue.without_status(session, DUE_A_TURN)
        if len(found) < DUE_A_TURN:
            self._swept_at_ms = now_ms
        return found

    def _assess(self, tenant_id: uuid.UUID, work: Work, now_ms: int) -> int:
        with self.database.read() as session:
            touched = store.spoken_for(session, tenant_id, [(mark.sensor_id, mark.from_ms) for mark in work.marks])
            from_ms = min((mark.from_ms for mark in work.marks), default=now_ms)
            lots = work.lots | store.lots_held(session, tenant_id, touched, from_ms)
            shipments = store.shipments(
                session, tenant_id, work.shipments | store.shipments_of(session, tenant_id, lots)
            )
            lots |= {lot_id for _, aboard in shipments for lot_id in aboard}
            before = queue.seen(
                session,
                tenant_id,
                [
                    *((SubjectKind.LOT, lot_id) for lot_id in lots),
                    *((SubjectKind.SHIPMENT, shipment.id) for shipment, _ in shipments),
                ],
            )
            figures = OwnFigures.of(self.catalogue, ledger_store.overrides(session, tenant_id))
            found = cases(session, tenant_id, lots, figures, now_ms)
            accounts = advanced(session, tenant_id, found, {mark.sensor_id: mark.from_ms for mark in work.marks})
            outcomes, names = self._lots(session, tenant_id, found, accounts, now_ms)
        for shipment, aboard in shipments:
            key = SubjectKind.SHIPMENT, shipment.id
            parts = [
                (lot_id, names[SubjectKind.LOT, lot_id].code, outcomes[SubjectKind.LOT, lot_id]) for lot_id in aboard
            ]
            names[key] = Named(shipment.code, shipment.exporter)
            outcomes[key] = assess_shipment(
                parts, now_ms=now_ms, catalogue=self.catalogue, ended=shipment.state == ARRIVED
            )
        return self._store(tenant_id, work, Assessed(outcomes, names, accounts, before), now_ms)

    def _lots(
        self,
        session: Session,
        tenant_id: uuid.UUID,
        found: Sequence[Case],
        accounts: Mapping[uuid.UUID, Advanced],
        now_ms: int,
    ) -> tuple[dict[Key, Outcome], dict[Key, Named]]:
        moist = humidity(session, tenant_id, found)
        required = required_until(session, tenant_id, [case.shipment for case in found if case.shipment])
        outcomes: dict[Key, Outcome] = {}
        names: dict[Key, Named] = {}
        for case in found:
            key = SubjectKind.LOT, case.lot.id
            names[key] = Named(case.lot.code, aboard=case.shipment is not None)
            if case.commodity is None:
                outcomes[key] = not_in_catalogue(case.lot.commodity_id, self.catalogue, now_ms)
                continue
            outcomes[key] = assess_lot(
                case,
                accounts[case.lot.id].ledger,
                now_ms=now_ms,
                required_until_ms=required.get(case.shipment.id) if case.shipment else None,
                humidity=moist.get(case.lot.id, ()),
            )
        return outcomes, names

    def _store(self, tenant_id: uuid.UUID, work: Work, assessed: Assessed, now_ms: int) -> int:
        with self.database.write() as session:
            overtaken = queue.write(session, tenant_id, assessed.outcomes, assessed.before, now_ms)
            won = {key: outcome for key, outcome in assessed.outcomes.items() if key not in overtaken}
            # an account goes with its status: who was overtaken writes neither
            ledger_store.keep(
                session,
                tenant_id,
                {lot_id: one for lot_id, one in assessed.accounts.items() if (SubjectKind.LOT, lot_id) in won},
            )
            tell(session, tenant_id, assessed.names, won, assessed.before, now_ms)
            if not overtaken:
                # an overtaken status is looked at again by the next turn, for which the marks must stay
                queue.forget(session, work.marks)
        return len(won)

    def _beat(self) -> None:
        now_ms = self.machine_clock()
        if now_ms - self._beaten_at_ms >= BEAT_MS:
            with self.database.write() as session:
                heartbeat.beat(session, KIND, now_ms)
                if now_ms - self._forgot_at_ms >= FORGET_EVERY_MS:
                    queue.forget_events(session, self.clock() - EVENTS_KEPT_MS)
                    self._forgot_at_ms = now_ms
            self._beaten_at_ms = now_ms
