"""How much of a core the freshness worker needs to keep many shipments current, database and all."""

import tempfile
import time
import uuid
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sqlalchemy import delete, insert

from services.db.engine import Database
from services.db.migrate import upgrade
from services.devices.tables import Sensor, SensorAssignment
from services.evidence.tables import LedgerCheckpoint, LotLedger
from services.fleet.tables import Hub, Village
from services.identity.tables import Tenant
from services.lots.tables import Lot
from services.readings.tables import Dirty, StoredReading
from services.shipments.tables import Shipment, ShipmentLot
from services.workers.freshness import FreshnessWorker
from telemetry.freshness.validation.throughput import INTERVAL_MS, SEED, SHIPMENTS, START_MS, Measured, lags_s, p99

FLEET = 500
BEFORE = 288
ROUNDS = 3

Row = dict[str, object]


def upkeep(fleet: int = FLEET, rounds: int = ROUNDS) -> tuple[Measured, Measured]:
    """CPU seconds that 100,000 shipments need each five minutes, and the p99 lag while their readings come evenly.

    Measured on a SQLite database of `fleet` shipments of one lot and one sensor, a day under way, and scaled: marks
    are taken and statuses, accounts and events written as in production. The baseline replays each lot from all its
    readings.
    """
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'upkeep.db'}")
        try:
            upgrade(database)
            _fill(database, fleet)
            now_ms = START_MS + (BEFORE - 1) * INTERVAL_MS
            clock = _Clock(now_ms)
            worker = FreshnessWorker(database, clock, machine_clock=clock)
            _rest(worker)
            kept = [_round(database, worker, clock, fleet, forget=False) for _ in range(rounds)]
            anew = [_round(database, worker, clock, fleet, forget=True) for _ in range(rounds)]
        finally:
            database.close()
    name, baseline = "worker and database for 100,000 shipments", "every lot replayed from its readings"
    kept_s, anew_s = (sum(taken) / rounds / fleet * SHIPMENTS for taken in (kept, anew))
    arrivals_per_s = SHIPMENTS * 1_000 / INTERVAL_MS
    kept_lag, anew_lag = (p99(lags_s([whole / SHIPMENTS] * SHIPMENTS, arrivals_per_s)) for whole in (kept_s, anew_s))
    return (
        Measured(name, kept_s, "s of one core each 300 s", baseline, anew_s, anew_s / kept_s),
        Measured(f"p99 lag of {name}", kept_lag, "s", baseline, anew_lag, anew_lag / kept_lag),
    )


class _Clock:
    def __init__(self, now_ms: int) -> None:
        self.now_ms = now_ms

    def __call__(self) -> int:
        return self.now_ms


def _round(database: Database, worker: FreshnessWorker, clock: _Clock, fleet: int, *, forget: bool) -> float:
    """CPU seconds of the worker for one new reading of each sensor."""
    clock.now_ms += INTERVAL_MS
    with database.write() as session:
        session.execute(insert(StoredReading), [_reading(sensor, clock.now_ms) for sensor in range(1, fleet + 1)])
        session.execute(
            insert(Dirty),
            [{"sensor_id": sensor, "touched_from_ms": clock.now_ms, "mark": 1} for sensor in range(1, fleet + 1)],
        )
        if forget:
            session.execute(delete(LedgerCheckpoint))
            session.execute(delete(LotLedger))
    began = time.process_time()
    _rest(worker)
    return time.process_time() - began


def _rest(worker: FreshnessWorker) -> None:
    while worker.turn():
        pass


def _reading(sensor: int, at_ms: int) -> Row:
    centi = 1_350 + (sensor * 7 + at_ms // INTERVAL_MS * 13) % 60
    return {
        "sensor_id": sensor,
        "measured_at_ms": at_ms,
        "received_at_ms": at_ms,
        "temperature_centi_c": centi,
        "flags": 0,
    }


def _fill(database: Database, fleet: int) -> None:
    chance = np.random.default_rng(SEED)
    tenant_id, village_id, hub_id = (uuid.UUID(bytes=chance.bytes(16)) for _ in range(3))
    lots = [uuid.UUID(bytes=chance.bytes(16)) for _ in range(fleet)]
    ships = [uuid.UUID(bytes=chance.bytes(16)) for _ in range(fleet)]
    own: Row = {"tenant_id": tenant_id, "created_at_ms": START_MS}
    place: Row = own | {"latitude": 14.0, "longitude": 100.5, "opens_s": 0, "closes_s": 86_400}
    with database.write() as session:
        session.execute(insert(Tenant), [{"id": tenant_id, "slug": "bench", "name": "B", "created_at_ms": START_MS}])
        session.execute(insert(Village), [place | {"id": village_id, "code": "V", "name": "V"}])
        session.execute(insert(Hub), [place | {"id": hub_id, "code": "H", "name": "H", "kind": "hub"}])
        session.execute(insert(Sensor), [_sensor(number) | own for number in range(1, fleet + 1)])
        session.execute(insert(Lot), [_lot(one, n) | own | {"village_id": village_id} for n, one in enumerate(lots)])
        session.execute(insert(Shipment), [_ship(one, n) | own | {"hub_id": hub_id} for n, one in enumerate(ships)])
        session.execute(insert(ShipmentLot), [_loaded(tenant_id, *pair) for pair in zip(ships, lots, strict=True)])
        session.execute(insert(SensorAssignment), _assigned(tenant_id, lots))
        for step in range(BEFORE):
            at_ms = START_MS + step * INTERVAL_MS
            session.execute(insert(StoredReading), [_reading(sensor, at_ms) for sensor in range(1, fleet + 1)])


def _sensor(number: int) -> Row:
    return {"id": number, "external_id": f"S{number}", "expected_interval_s": INTERVAL_MS // 1000}


def _lot(identity: uuid.UUID, number: int) -> Row:
    amounts: Row = {"weight_g": 1, "crates": 1, "value_satang": 1}
    times: Row = {"harvested_at_ms": START_MS, "ready_at_ms": START_MS}
    return {"id": identity, "code": f"L{number}", "commodity_id": "mango_ndm", **amounts, **times}


def _ship(identity: uuid.UUID, number: int) -> Row:
    return {"id": identity, "code": f"S{number}", "destination": "Market", "state": "in_transit"}


def _loaded(tenant_id: uuid.UUID, shipment_id: uuid.UUID, lot_id: uuid.UUID) -> Row:
    return {"shipment_id": shipment_id, "lot_id": lot_id, "tenant_id": tenant_id, "loaded_at_ms": START_MS}


def _assigned(tenant_id: uuid.UUID, lots: Sequence[uuid.UUID]) -> list[Row]:
    own: Row = {"tenant_id": tenant_id, "subject_kind": "lot", "position": "pulp", "from_at_ms": START_MS}
    return [own | {"id": uuid.uuid4(), "sensor_id": n, "subject_id": lot} for n, lot in enumerate(lots, start=1)]
