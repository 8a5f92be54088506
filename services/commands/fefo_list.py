"""How soon the list of shipments answers, what keeps shortest first, out of a SQLite database of its own."""

import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import numpy as np
from sqlalchemy import insert, select

from services.db.engine import Database
from services.db.migrate import upgrade
from services.devices.subjects import SubjectKind
from services.fleet.tables import Hub
from services.identity.tables import Tenant
from services.readings.tables import FreshnessStatus
from services.shipments.store import first_expired
from services.shipments.tables import Shipment
from telemetry.freshness.assessment import MODEL_VERSION
from telemetry.freshness.validation.throughput import SEED, SHIPMENTS, START_MS, Measured, p99

PAGE_ROWS = 100
MONTH_MS = 30 * 86_400_000

Row = dict[str, object]


def fefo_list(shipments: int = SHIPMENTS, calls: int = 100) -> Measured:
    """Milliseconds (p99) of the list's first page, and of the statuses alone in the order of their index."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'fefo.db'}")
        try:
            upgrade(database)
            tenant_id = _fill(database, shipments)
            taken = [1e3 * p99([_seconds(work) for _ in range(calls)]) for work in _works(database, tenant_id)]
        finally:
            database.close()
    name = f"FEFO list of {shipments:,} shipments, first {PAGE_ROWS}, p99"
    return Measured(name, taken[0], "ms", "the statuses alone, by their index", taken[1], taken[1] / taken[0])


def _works(database: Database, tenant_id: uuid.UUID) -> tuple[Callable[[], None], Callable[[], None]]:
    statuses = (
        select(FreshnessStatus.subject_id, FreshnessStatus.keeps_until_ms)
        .where(FreshnessStatus.tenant_id == tenant_id, FreshnessStatus.subject_kind == SubjectKind.SHIPMENT)
        .order_by(FreshnessStatus.keeps_until_ms, FreshnessStatus.subject_id)
        .limit(PAGE_ROWS)
    )

    def list_of_shipments() -> None:
        with database.read() as session:
            first_expired(session, tenant_id, now_ms=START_MS, limit=PAGE_ROWS)

    def statuses_alone() -> None:
        with database.read() as session:
            session.execute(statuses).all()

    return list_of_shipments, statuses_alone


def _fill(database: Database, shipments: int) -> uuid.UUID:
    chance = np.random.default_rng(SEED)
    tenant_id, hub_id, *ids = (uuid.UUID(bytes=chance.bytes(16)) for _ in range(shipments + 2))
    keeps = (START_MS + chance.integers(0, MONTH_MS, shipments)).tolist()
    tenant: Row = {"id": tenant_id, "slug": "bench", "name": "Bench", "created_at_ms": START_MS}
    hub: Row = {"id": hub_id, "code": "H", "kind": "hub", "name": "Hub", "latitude": 14.0, "longitude": 100.5}
    with database.write() as session:
        session.execute(insert(Tenant), [tenant])
        session.execute(
            insert(Hub),
            [hub | {"tenant_id": tenant_id, "opens_s": 0, "closes_s": 86_400, "created_at_ms": START_MS}],
        )
        session.execute(
            insert(Shipment),
            [_shipment(number, one) | {"tenant_id": tenant_id, "hub_id": hub_id} for number, one in enumerate(ids)],
        )
        session.execute(
            insert(FreshnessStatus),
            [_status(one, at_ms) | {"tenant_id": tenant_id} for one, at_ms in zip(ids, keeps, strict=True)],
        )
    return tenant_id


def _shipment(number: int, shipment_id: uuid.UUID) -> Row:
    return {
        "id": shipment_id,
        "code": f"S{number:06}",
        "destination": "Market",
        "state": "moving",
        "departs_at_ms": START_MS,
        "created_at_ms": START_MS,
    }


def _status(shipment_id: uuid.UUID, keeps_until_ms: int) -> Row:
    return {
        "subject_kind": SubjectKind.SHIPMENT,
        "subject_id": shipment_id,
        "condition": "in_range",
        "verdict": "on_track",
        "confidence": "high",
        "keeps_until_ms": keeps_until_ms,
        "assessed_at_ms": START_MS,
        "model_version": MODEL_VERSION,
        "catalogue_sha256": "0" * 64,
        "assessment": {},
    }


def _seconds(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
