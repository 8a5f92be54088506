"""Whatever coordinators, drivers and hubs do in whatever order: no illegal step, no lot lost or doubled."""

import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import URL, select
from sqlalchemy.orm import Session

from services.db.engine import Database
from services.errors import Conflict, InvalidInput, NotFound
from services.fleet import logic as fleet
from services.fleet.schemas import HUB, TRUCK, VILLAGE, NewHub, NewTruck, NewVillage
from services.fleet.tables import Hub
from services.hubs import logic as hubs
from services.hubs.logic import Decision, Found, Part, Reason
from services.hubs.tables import LotReceipt
from services.identity.logic import add_tenant
from services.lots import logic as lots
from services.lots.schemas import NewLot
from services.lots.tables import Lot
from services.plans import execution
from services.plans.tables import Plan, PlanJob, Run, RunStop
from services.runs import reporting
from services.runs.reporting import Kind, Report
from services.shipments import logic as shipments
from services.shipments.schemas import NewShipment
from services.shipments.tables import Shipment, ShipmentLot
from telemetry.freshness import load_catalogue
from tests.support.api import NOON_MS

Row = TypeVar("Row", Lot, Run, Shipment)

LOTS, WEIGHT_G, CRATES = 4, 60_000, 4
REFUSED_G = 15_000
CATALOGUE = load_catalogue()

LOT_STEPS = {
    "waiting": {"planned", "withdrawn"},
    # a phone that was offline tells of the loading and of the hub at once
    "planned": {"waiting", "loaded", "received"},
    # a hub that refuses what is on the truck receives and refuses it at once
    "loaded": {"received", "refused"},
    "received": {"refused", "split", "merged"},
}
RUN_STEPS = {"assigned": {"driving", "delivered", "cancelled"}, "driving": {"delivered", "cancelled"}}
SHIPMENT_STEPS = {"loading": {"in_transit"}, "in_transit": {"arrived"}}
pick = st.integers(0, 999)
some = st.sets(st.integers(0, LOTS + 3), min_size=1, max_size=3)


class Custody(RuleBasedStateMachine):
    """One tenant; each rule tries something on whatever is there, legal or not, as its own unit of work."""

    database: Database

    @initialize()
    def plant(self) -> None:
        self.now_ms, self.codes = NOON_MS, 0
        self.states: dict[tuple[str, uuid.UUID], str] = {}
        self._day = ExitStack()
        # one transaction a day, a savepoint a step: the disk is not what is tried here
        self.session = session = self._day.enter_context(self.database.write())
        self.tenant = add_tenant(session, f"t-{uuid.uuid4().hex[:12]}", "Test", NOON_MS).id
        fleet.add_village(session, self.tenant, NewVillage.model_validate(VILLAGE), NOON_MS)
        fleet.add_hub(session, self.tenant, NewHub.model_validate(HUB), NOON_MS)
        for code in ("TRK-7", "TRK-8"):
            fleet.add_truck(session, self.tenant, NewTruck.model_validate(TRUCK | {"code": code}), NOON_MS)
        for number in range(LOTS):
            body = {
                "code": f"LOT-{number}",
                "village": VILLAGE["code"],
                "commodity_id": "mangosteen",
                "weight_g": WEIGHT_G,
                "crates": CRATES,
                "value_satang": 100_000,
                "harvested_at": NOON_MS,
            }
            lots.add_lot(session, self.tenant, NewLot.model_validate(body), CATALOGUE, NOON_MS)

    @rule(which=some, truck=st.sampled_from(["TRK-7", "TRK-8"]))
    def publish(self, which: set[int], truck: str) -> None:
        """A draft of some lots, waiting or not, becomes a run."""

        def act(session: Session) -> None:
            stops = [
                {"kind": "start", "pickup": None, "arrival_s": 0, "depart_s": 0, "distance_m": 0},
                *(
                    {"kind": "pickup", "pickup": lot.code, "arrival_s": 60, "depart_s": 120, "distance_m": 1000}
                    for lot in self._some(session, which)
                ),
                {"kind": "unload", "hub": "LCB", "pickup": None, "arrival_s": 600, "depart_s": 900, "distance_m": 1000},
            ]
            document = {"plan": {"routes": [{"truck": truck, "stops": stops}]}, "time_zero_ms": self.now_ms}
            job = PlanJob(
                id=uuid.uuid4(),
                tenant_id=self.tenant,
                state="done",
                request={},
                problem={"pickups": [], "trucks": []},
                created_by="test",
                created_at_ms=self.now_ms,
            )
            session.add(job)
            session.flush()
            plan = Plan(
                id=uuid.uuid4(),
                tenant_id=self.tenant,
                job_id=job.id,
                engine="test",
                cost_satang=0,
                document=document,
                data_as_of_ms=self.now_ms,
                created_at_ms=self.now_ms,
            )
            session.add(plan)
            session.flush()
            execution.publish(session, self.tenant, plan.id, 1, self.now_ms)

        self._try(act)

    @rule(which=pick, lot=pick, kind=st.sampled_from([k for k in Kind if k not in (Kind.POSITION, Kind.NOTE)]))
    def report(self, which: int, lot: int, kind: Kind) -> None:
        """A driver reports something of any run and any lot."""

        def act(session: Session) -> None:
            run = self._one(session, Run, which)
            row = self._one(session, Lot, lot)
            if run is not None and row is not None:
                said = Report(client_id=uuid.uuid4(), kind=kind, at_ms=self.now_ms, lot=row.code, reason="no room")
                reporting.take(session, self.tenant, run.id, [said], "driver", self.now_ms)

        self._try(act)

    @rule(lot=pick)
    def load_all(self, lot: int) -> None:
        """A driver does the whole run of a lot, in one go."""

        def act(session: Session) -> None:
            row = self._one(session, Lot, lot)
            stop = session.scalar(select(RunStop).where(RunStop.lot_id == row.id)) if row else None
            if stop is None:
                return
            codes = session.scalars(
                select(Lot.code).join(RunStop, RunStop.lot_id == Lot.id).where(RunStop.run_id == stop.run_id)
            )
            said = [Report(client_id=uuid.uuid4(), kind=Kind.LOADED, at_ms=self.now_ms, lot=code) for code in codes]
            said.append(Report(client_id=uuid.uuid4(), kind=Kind.DELIVERED, at_ms=self.now_ms + 1))
            reporting.take(session, self.tenant, stop.run_id, said, "driver", self.now_ms)

        self._try(act)

    @rule(lot=pick, decision=st.sampled_from(Decision))
    def receive(self, lot: int, decision: Decision) -> None:
        """The hub takes a lot in, in part, or refuses it."""

        def act(session: Session) -> None:
            row = self._one(session, Lot, lot)
            if row is None:
                return
            refused_g = {Decision.ACCEPTED: 0, Decision.PARTLY: REFUSED_G, Decision.REFUSED: row.weight_g}[decision]
            line = Found(
                lot=row.code,
                decision=decision,
                weight_g=row.weight_g - refused_g,
                crates=row.crates,
                refused_weight_g=refused_g,
                reason=None if decision is Decision.ACCEPTED else Reason.OVERRIPE,
            )
            hubs.receive(session, self.tenant, self._hub(session), [line], "hub", self.now_ms, self.now_ms)

        self._try(act)

    @rule(lot=pick)
    def split(self, lot: int) -> None:
        def act(session: Session) -> None:
            row = self._one(session, Lot, lot)
            if row is None or row.crates < 2:
                return
            half = Part(code=self._code(), weight_g=row.weight_g // 3, crates=1)
            rest = Part(code=self._code(), weight_g=row.weight_g - row.weight_g // 3, crates=row.crates - 1)
            hubs.split(session, self.tenant, self._hub(session), row.code, [half, rest], "hub", self.now_ms)

        self._try(act)

    @rule(which=some)
    def merge(self, which: set[int]) -> None:
        def act(session: Session) -> None:
            codes = [lot.code for lot in self._some(session, which)]
            if len(codes) > 1:
                hubs.merge(session, self.tenant, self._hub(session), codes, self._code(), "hub", self.now_ms)

        self._try(act)

    @rule(which=some)
    def ship(self, which: set[int]) -> None:
        def act(session: Session) -> None:
            body = {"code": self._code(), "hub": "LCB", "destination": "Vientiane"}
            new = NewShipment.model_validate(body | {"lots": [lot.code for lot in self._some(session, which)]})
            shipments.add_shipment(session, self.tenant, new, self.now_ms)

        self._try(act)

    @rule(which=pick, arrives=st.booleans())
    def move(self, which: int, arrives: bool) -> None:
        """A shipment departs or arrives."""

        def act(session: Session) -> None:
            row = self._one(session, Shipment, which)
            if row is None:
                return
            if arrives:
                shipments.arrive(session, self.tenant, row.code, self.now_ms, self.now_ms)
            else:
                shipments.depart(session, self.tenant, row.code, at_ms=self.now_ms, eta_at_ms=None)

        self._try(act)

    @rule(lot=pick)
    def withdraw(self, lot: int) -> None:
        def act(session: Session) -> None:
            row = self._one(session, Lot, lot)
            if row is not None:
                lots.withdraw(session, self.tenant, row.code, "sold", self.now_ms)

        self._try(act)

    @invariant()
    def each_step_is_legal(self) -> None:
        """Lots, runs and shipments only ever move along their states."""
        session = self.session
        for name, table, steps in (
            ("lot", Lot, LOT_STEPS),
            ("run", Run, RUN_STEPS),
            ("shipment", Shipment, SHIPMENT_STEPS),
        ):
            for row_id, state in session.execute(select(table.id, table.state).where(table.tenant_id == self.tenant)):
                was = self.states.get((name, row_id))
                if was is not None and was != state:
                    assert state in steps.get(was, ()), f"{name} went from {was} to {state}"
                self.states[name, row_id] = state

    @invariant()
    def nothing_is_lost_or_doubled(self) -> None:
        """All that was harvested stands somewhere once, or was refused with a receipt; stops and lots agree."""
        session = self.session
        rows = session.scalars(select(Lot).where(Lot.tenant_id == self.tenant)).all()
        receipts = session.scalars(select(LotReceipt).where(LotReceipt.tenant_id == self.tenant)).all()
        live = session.execute(
            select(RunStop.lot_id, RunStop.state).where(RunStop.tenant_id == self.tenant, RunStop.state != "skipped")
        ).all()
        aboard = Counter(session.scalars(select(ShipmentLot.lot_id).where(ShipmentLot.tenant_id == self.tenant)).all())
        there_g = sum(lot.weight_g for lot in rows if lot.state not in ("split", "merged"))
        refused_g = sum(one.refused_weight_g for one in receipts if one.decision == Decision.PARTLY)
        assert there_g + refused_g == LOTS * WEIGHT_G
        stops = Counter(lot_id for lot_id, _ in live)
        state_of_stop = dict((lot_id, state) for lot_id, state in live)
        for lot in rows:
            assert stops[lot.id] <= 1, "a lot on two runs"
            assert aboard[lot.id] <= 1, "a lot in two shipments"
            if aboard[lot.id]:
                assert lot.state == "received"
            if lot.state in ("waiting", "withdrawn"):
                assert not stops[lot.id]
            elif lot.state == "planned":
                assert state_of_stop[lot.id] in execution.OPEN_STOP
            elif lot.state in ("loaded", "received", "refused") and stops[lot.id]:
                assert state_of_stop[lot.id] == "loaded"

    def _try(self, act: Callable[[Session], None]) -> None:
        """One unit of work; what is refused leaves no trace, which the invariants see."""
        self.now_ms += 60_000
        try:
            with self.session.begin_nested():
                act(self.session)
        except (Conflict, InvalidInput, NotFound):
            self.session.expire_all()
            return
        self.session.expire_all()

    def teardown(self) -> None:
        self._day.close()

    def _one(self, session: Session, table: type[Row], which: int) -> Row | None:
        rows = session.scalars(select(table).where(table.tenant_id == self.tenant).order_by(table.code)).all()
        return rows[which % len(rows)] if rows else None

    def _some(self, session: Session, which: set[int]) -> list[Lot]:
        rows = session.scalars(select(Lot).where(Lot.tenant_id == self.tenant).order_by(Lot.code)).all()
        return list({rows[number % len(rows)].code: rows[number % len(rows)] for number in sorted(which)}.values())

    def _hub(self, session: Session) -> Hub:
        return fleet.found(session, self.tenant, Hub, "LCB")

    def _code(self) -> str:
        self.codes += 1
        return f"NEW-{self.codes}"


@pytest.fixture
def machine(sqlite_url: URL) -> Iterator[type[Custody]]:
    database = Database(sqlite_url)
    yield type("Kept", (Custody,), {"database": database})
    database.close()


def _run(machine: type[Custody], examples: int, steps: int) -> None:
    checks = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
    chosen = settings(max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=checks)
    run_state_machine_as_test(machine, settings=chosen)


def test_no_lot_is_lost_or_doubled(machine: type[Custody]) -> None:
    """A few days of up to twenty steps."""
    _run(machine, examples=5, steps=20)


@pytest.mark.slow
def test_no_lot_is_lost_or_doubled_on_many_days(machine: type[Custody]) -> None:
    """The same, for as long as it takes to find what is rare."""
    _run(machine, examples=60, steps=50)
