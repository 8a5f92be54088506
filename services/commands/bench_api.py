"""`coldchain bench api`: how long the API takes to answer, beside an endpoint that does nothing."""

import json
import os
import statistics
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import httpx
from sqlalchemy import insert, make_url, text
from sqlalchemy.orm import Session

from services.clock import wall_clock_ms
from services.db.engine import Database
from services.db.migrate import upgrade
from services.db.schema import Table
from services.devices.subjects import SubjectKind
from services.fleet.tables import Hub, Village
from services.identity import logic as identity
from services.identity.logic import Role
from services.lots.tables import Lot
from services.readings.tables import FreshnessStatus
from services.shipments.tables import Shipment, ShipmentLot
from services.supervisor import Service, Supervisor

DAY_MS = 86_400_000
THREADS = 16
ROWS_A_QUERY = 500
STANDING = [0.15, 0.2, 0.25, 0.0]
"""Shares of the life that are gone at the least, likely and at the most, and of the dose that injures: what a forecast
goes on from."""

BASELINE = "nothing"
PATHS = {
    BASELINE: "/health",
    "key_and_no_database": "/v1/clock",
    "shipments_page_of_50": "/v1/shipments?limit=50",
    "shipments_fefo_page_of_50": "/v1/shipments?limit=50&order=fefo",
    "shipment_freshness": "/v1/shipments/S-{number:06}/freshness",
    "waiting_lots_page_of_50": "/v1/lots?limit=50&state=received",
}


@click.command()
@click.option("--shipments", "count", default=2000, show_default=True, help="Shipments of one lot each.")
@click.option("--rate", default=50, show_default=True, help="Requests a second, whether or not the last are answered.")
@click.option("--seconds", default=5.0, show_default=True, help="How long each endpoint is asked.")
@click.option("--database-url", help="An empty database to measure on; default: SQLite.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def api(*, count: int, rate: int, seconds: float, database_url: str | None, as_json: bool) -> None:
    """Measure the API in a process of its own, asked at a steady rate.

    Milliseconds from when each request was due, so that a queue counts. `times_nothing` is the median beside that of
    `/health`, which asks neither key nor database, in the same run. Each shipment is forecast to its ETA, and has no
    readings of its own.
    """
    with tempfile.TemporaryDirectory(prefix="coldchain-bench-") as name:
        directory = Path(name)
        url = database_url or f"sqlite:///{directory / 'coldchain.db'}"
        click.echo(f"filling: {count} shipments...", err=True)
        key = fill(url, count)
        with served(directory, url) as address:
            parts = {part: ask(address, key, path, rate, seconds, count) for part, path in PATHS.items()}
    for found in parts.values():
        found["times_nothing"] = round(found["p50_ms"] / parts[BASELINE]["p50_ms"], 2)
    kind = make_url(url).get_backend_name()
    if as_json:
        click.echo(json.dumps({"database": kind, "shipments": count, "rate": rate, **parts}, indent=2))
        return
    click.echo(f"{kind}, {count} shipments, {rate} requests/s")
    for part, found in parts.items():
        click.echo(
            f"{part:<28} p50 {found['p50_ms']:7.1f} ms  p99 {found['p99_ms']:7.1f} ms  "
            f"x{found['times_nothing']:.1f}  {found['requests']} requests, {found['failed']} failed"
        )


def fill(url: str, count: int) -> str:
    """Make a tenant with so many shipments, lots and statuses; answers a key to read them with."""
    database = Database(url)
    upgrade(database)
    now_ms = wall_clock_ms()
    with database.write() as session:
        tenant_id = identity.add_tenant(session, "bench", "Benchmark", now_ms).id
        key = identity.add_key(session, tenant_id, name="bench", role=Role.AUDITOR, now_ms=now_ms)
        place = {"tenant_id": tenant_id, "latitude": 13.0, "longitude": 101.0, "opens_s": 0, "closes_s": 86_400}
        village = Village(id=uuid.uuid4(), code="V", name="Village", created_at_ms=now_ms, **place)
        hub = Hub(id=uuid.uuid4(), code="H", kind="seaport", name="Hub", created_at_ms=now_ms, **place)
        session.add_all([village, hub])
    # a plain session: what fills a benchmark need not be in the journal
    with Session(database.engine) as session, session.begin():
        _shipments(session, tenant_id, village.id, hub.id, count, now_ms)
        if database.is_postgresql:
            session.execute(text("ANALYZE"))
    database.close()
    return key.text


def _shipments(
    session: Session, tenant_id: uuid.UUID, village_id: uuid.UUID, hub_id: uuid.UUID, count: int, now_ms: int
) -> None:
    for start in range(0, count, ROWS_A_QUERY):
        numbers = range(start, min(start + ROWS_A_QUERY, count))
        lots = {number: uuid.uuid4() for number in numbers}
        shipments = {number: uuid.uuid4() for number in numbers}
        own = {"tenant_id": tenant_id, "created_at_ms": now_ms}
        lot = own | {"village_id": village_id, "hub_id": hub_id, "commodity_id": "durian", "state": "received"}
        lot |= {"weight_g": 400_000, "crates": 28, "value_satang": 6_000_000, "version": 1, "received_at_ms": now_ms}
        lot |= {"harvested_at_ms": now_ms - DAY_MS, "ready_at_ms": now_ms - DAY_MS}
        shipment = own | {"hub_id": hub_id, "destination": "Guangzhou", "state": "in_transit"}
        shipment |= {"set_point_centi_c": 1300, "departs_at_ms": now_ms, "eta_at_ms": now_ms + 6 * DAY_MS}
        loaded = {"tenant_id": tenant_id, "loaded_at_ms": now_ms}
        _insert(session, Lot, [lot | {"id": lots[number], "code": f"L-{number:06}"} for number in numbers])
        _insert(session, Shipment, [shipment | {"id": shipments[n], "code": f"S-{n:06}"} for n in numbers])
        _insert(session, ShipmentLot, [loaded | {"lot_id": lots[n], "shipment_id": shipments[n]} for n in numbers])
        for kind, ids in ((SubjectKind.LOT, lots), (SubjectKind.SHIPMENT, shipments)):
            _insert(session, FreshnessStatus, [_status(tenant_id, kind, ids[n], n, now_ms) for n in numbers])


def _status(tenant_id: uuid.UUID, kind: str, subject_id: uuid.UUID, number: int, now_ms: int) -> dict[str, Any]:
    keeps_ms = DAY_MS * (1 + number * 7919 % 20)
    sentence = "Above 15 °C for 3.2 h (limit 0.5 h): about 0.4 days of life lost early."
    return {
        "tenant_id": tenant_id,
        "subject_kind": kind,
        "subject_id": subject_id,
        "condition": "in_range",
        "verdict": ("on_track", "watch", "at_risk")[number % 3],
        "confidence": "medium",
        "life_used": 0.2,
        "remaining_p10_s": keeps_ms // 1000,
        "remaining_p50_s": keeps_ms // 800,
        "remaining_p90_s": keeps_ms // 600,
        "keeps_until_ms": now_ms + keeps_ms,
        "last_reading_at_ms": now_ms,
        "assessed_at_ms": now_ms,
        "due_at_ms": now_ms + DAY_MS,
        "watermark_ms": now_ms,
        "model_version": "bench",
        "catalogue_sha256": "0" * 64,
        "assessment": {
            "reasons": [{"code": "above_range", "sentence": sentence}],
            "standing": STANDING,
            "recent_c": 13.0,
        },
        "version": 1,
    }


def _insert(session: Session, table: type[Table], rows: Sequence[dict[str, Any]]) -> None:
    session.execute(insert(table), rows)


@contextmanager
def served(directory: Path, database_url: str) -> Iterator[str]:
    """The address of an API in a process of its own."""
    environment = os.environ | {
        "COLDCHAIN_DATABASE_URL": database_url,
        "COLDCHAIN_API_PORT": "0",
        "COLDCHAIN_LOG_LEVEL": "WARNING",
        "COLDCHAIN_REQUESTS_PER_S": "100000",
    }
    services = (Service("api", "api.json"),)
    with Supervisor(directory, services=services, environment=environment, log_dir=directory / "logs"):
        yield json.loads((directory / "api.json").read_text(encoding="ascii"))["url"]


def ask(address: str, key: str, path: str, rate: int, seconds: float, count: int) -> dict[str, Any]:
    """Ask at a steady rate; milliseconds from when each request was due to its answer."""
    local = threading.local()
    begins_s = time.perf_counter() + 0.2

    def one(number: int) -> tuple[float, bool]:
        if not hasattr(local, "client"):
            local.client = httpx.Client(base_url=address, headers={"Authorization": f"Bearer {key}"}, timeout=30)
        due_s = begins_s + number / rate
        time.sleep(max(0.0, due_s - time.perf_counter()))
        answer = local.client.get(path.format(number=number * 7919 % count))
        return (time.perf_counter() - due_s) * 1000, answer.is_success

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(one, range(-THREADS, 0)))  # connections and statements are warm before it counts
        begins_s = time.perf_counter() + 0.2
        answers = list(pool.map(one, range(int(rate * seconds))))
    taken_ms = [milliseconds for milliseconds, _ in answers]
    cuts = statistics.quantiles(taken_ms, n=100, method="inclusive")
    return {
        "p50_ms": round(cuts[49], 2),
        "p99_ms": round(cuts[98], 2),
        "requests": len(answers),
        "failed": sum(not good for _, good in answers),
    }
