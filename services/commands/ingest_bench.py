"""The measurements of `coldchain bench ingest`: each drains the same backlog from the same broker, on the same core."""

import os
import select
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import numpy as np
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion
from sqlalchemy import text

from services.commands.ingest_load import SENSORS, RawPublisher, messages
from services.db.engine import Database
from services.db.migrate import upgrade
from services.devices.logic import add_gateway, bcrypt_of
from services.identity.logic import add_tenant
from services.readings.bulk import Way, write_readings
from services.readings.partitions import make_partitions, week_of
from services.readings.rows import came
from services.readings.writer import SqlReadingStore
from telemetry.accounts import INGEST_USER, gateway_user, ingest_user
from telemetry.broker import EmbeddedBroker
from telemetry.consumer import Consumer
from telemetry.formats import decode
from telemetry.frames import FrameClient
from telemetry.intake import Intake
from telemetry.ports import Batch, Message, Stored
from telemetry.session import make_session
from telemetry.topics import NATIVE

TOPIC = "coldchain/v1/bench/gw-1/up"
FILTERS = ("coldchain/v1/+/+/up",)
PASSWORD = "bench"  # noqa: S105  # a broker on loopback for some seconds
ROWS_A_COPY = 5_000


class Copied(Enum):
    """A ceiling of the database: how, and from which sensor on, which nobody else writes to."""

    DEDUPED = Way.STAGED, 1_000_000
    AS_OURS = Way.STAGED, 5_000_000
    BARE = Way.STRAIGHT, 3_000_000


@dataclass(frozen=True, slots=True)
class Rate:
    """Readings a second; microseconds of CPU a reading, of this process and of all that share its core.

    The latter (this process, broker and database; None where that can't be told) decides what one quiet core can do,
    and stays nearly the same when others use the machine too.
    """

    readings_per_s: float
    cpu_us: float
    core_us: float | None


@contextmanager
def bench_broker(directory: Path, sessions: Sequence[str]) -> Iterator[EmbeddedBroker]:
    """A broker that keeps what is published for each of these sessions."""
    hashed = bcrypt_of(PASSWORD)
    with EmbeddedBroker(
        directory, "127.0.0.1", 0, [ingest_user(hashed), gateway_user("bench", "gw-1", hashed)]
    ) as broker:
        for session in sessions:
            make_session(broker.url, INGEST_USER, PASSWORD, session, FILTERS)
        yield broker


def bench_database(url: str) -> Database:
    """A database with schema and gateway."""
    database = Database(url)
    upgrade(database)
    with database.write() as session:
        tenant = add_tenant(session, "bench", "Benchmark", 0)
        add_gateway(session, tenant.id, "bench", "gw-1", 0)
    return database


def warm(database: Database, now_ms: int) -> SqlReadingStore:
    """A store that knows every sensor, as after a gateway's first minute."""
    store = SqlReadingStore(database)
    intake = Intake(store)
    payloads = messages(SENSORS, 1, now_ms)
    intake.store(intake.sort([Message(TOPIC, payload, now_ms) for payload in payloads]))
    return store


def fill(broker: EmbeddedBroker, payloads: Sequence[bytes]) -> float:
    """Publish a backlog; answers messages a second, each synced to disk."""
    publisher = RawPublisher(broker.port, "bench-load", "bench/gw-1", PASSWORD)
    begin_s = time.perf_counter()
    publisher.publish(TOPIC, payloads)
    publisher.wait_acknowledged()
    taken_s = time.perf_counter() - begin_s
    publisher.close()
    return len(payloads) / taken_s


def broker_ceiling(broker: EmbeddedBroker, session: str, count: int, readings_each: int) -> Rate:
    """Broker to a subscriber that acknowledges and forgets: nothing can be faster."""
    taken = 0

    def forget(received: list[Message]) -> None:
        nonlocal taken
        taken += len(received)
        client.send_pubacks([message.packet_id for message in received])

    client = FrameClient(session, lambda: 0, forget, lambda: True)
    client.username_pw_set(INGEST_USER, PASSWORD)
    with timed(count * readings_each, broker) as rate:
        client.connect(broker.host, broker.port)
        while taken < count and (connection := client.socket()) is not None:
            select.select([connection], [connection] if client.want_write() else [], [], 1.0)
            client.loop_read()
            client.loop_write()
    client.disconnect()
    return rate()


def copy_ceiling(
    database: Database, payloads: Sequence[bytes], now_ms: int, copied: Copied, rows_a_copy: int = ROWS_A_COPY
) -> Rate:
    """COPY alone: rows that are ready, batch after batch with a commit each, into the same table.

    `Copied.AS_OURS` gets them as our own COPY does, each batch by sensor and time.
    """
    way, first_sensor = copied.value
    numbers: dict[str, int] = {}
    readings = [reading for payload in payloads for reading in decode(NATIVE, payload, received_at_ms=now_ms).readings]
    sensor_ids = [first_sensor + numbers.setdefault(reading.sensor, len(numbers)) for reading in readings]
    rows = came(readings, sensor_ids, [now_ms] * len(readings))
    if database.is_postgresql:
        make_partitions(database, set(map(week_of, rows.measured_at_ms.tolist())))
    batches = [rows.part(slice(start, start + rows_a_copy)) for start in range(0, len(rows), rows_a_copy)]
    if copied is Copied.AS_OURS:
        batches = [batch.part(np.lexsort((batch.measured_at_ms, batch.sensor_id))) for batch in batches]
    with timed(len(rows), None, database) as rate:
        for batch in batches:
            with database.write() as session:
                write_readings(session, batch, way)
    return rate()


class TimedStore:
    """A store that notes how long each message took from its measurement to the commit."""

    def __init__(self, store: SqlReadingStore) -> None:
        self._store = store
        self.delays_ms: list[int] = []

    def store(self, batch: Batch) -> Stored:
        stored = self._store.store(batch)
        now_ms = time.time_ns() // 1_000_000
        self.delays_ms += [now_ms - uplink.readings[-1].measured_at_ms for uplink in batch.uplinks if uplink.readings]
        return stored


def paho_ceiling(broker: EmbeddedBroker, session: str, count: int, readings_each: int) -> Rate:
    """Broker to a stock paho client with an empty callback: what a program on paho can reach at most."""
    taken = 0

    def on_message(*_: object) -> None:
        nonlocal taken
        taken += 1

    client = Client(CallbackAPIVersion.VERSION2, client_id=session, clean_session=False)
    client.username_pw_set(INGEST_USER, PASSWORD)
    client.on_message = on_message
    with timed(count * readings_each, broker) as rate:
        client.connect(broker.host, broker.port)
        client.loop_start()
        while taken < count:
            time.sleep(0.002)
    client.disconnect()
    client.loop_stop()
    return rate()


def ours(
    broker: EmbeddedBroker, session: str, database: Database, store: SqlReadingStore, readings: int
) -> tuple[Rate, int]:
    """The ingest of this product, from the broker to the commit; and its readings a batch."""
    consumer = consumer_of(broker.host, broker.port, session, store)
    with timed(readings, broker, database) as rate:
        consumer.start()
        while consumer.counts.readings < readings:
            time.sleep(0.002)
    consumer.stop()
    consumer.wait()
    return rate(), readings // consumer.counts.batches


def delays(
    broker: EmbeddedBroker, session: str, warmed: SqlReadingStore, rate_per_s: int, seconds: float
) -> dict[str, float]:
    """Publish to commit, in milliseconds, of messages of ten readings at a steady rate of readings."""
    store = TimedStore(warmed)
    consumer = consumer_of(broker.host, broker.port, session, store)
    consumer.start()
    consumer.subscribed.wait(10)
    publisher = RawPublisher(broker.port, "bench-steady", "bench/gw-1", PASSWORD)
    begin_s = time.perf_counter()
    sent = 0
    while (elapsed_s := time.perf_counter() - begin_s) < seconds:
        due = int(elapsed_s * rate_per_s / 10) - sent
        if due > 0:
            publisher.publish(TOPIC, messages(due, 10, time.time_ns() // 1_000_000))
            sent += due
        time.sleep(0.001)
    publisher.wait_acknowledged()
    while len(store.delays_ms) < sent:
        time.sleep(0.01)
    publisher.close()
    consumer.stop()
    consumer.wait()
    settled = store.delays_ms[len(store.delays_ms) // 5 :]  # without the start
    cuts = statistics.quantiles(settled, n=100)
    return {"rate_per_s": 10 * sent / seconds, "p50_ms": statistics.median(settled), "p99_ms": cuts[98]}


def bytes_a_reading(database: Database) -> float | None:
    """Size of the readings with their key and index, a reading; None on SQLite."""
    if not database.is_postgresql:
        return None
    query = text(
        "SELECT sum(pg_total_relation_size(inhrelid)) / (SELECT count(*) FROM reading)"
        " FROM pg_inherits WHERE inhparent = 'reading'::regclass"
    )
    with database.read() as session:
        return float(session.scalar(query))


def consumer_of(host: str, port: int, session: str, store: SqlReadingStore | TimedStore) -> Consumer:
    """The consumer of ingest on one session of the broker."""
    url = f"mqtt://{INGEST_USER}:{PASSWORD}@{host}:{port}"
    return Consumer(url, session, Intake(store), lambda: time.time_ns() // 1_000_000, subscriptions=FILTERS)


@contextmanager
def timed(
    readings: int, broker: EmbeddedBroker | None = None, database: Database | None = None, peer: int | None = None
) -> Iterator[Callable[[], Rate]]:
    """Time the block, and the CPU of all who work in it; the rate is there after its end."""
    others = Others(broker, database, peer)
    begin_s, cpu_s, other_s = time.perf_counter(), time.process_time(), others.cpu_s()
    measured: list[Rate] = []
    yield lambda: measured[0]
    taken_s, cpu_s, after_s = time.perf_counter() - begin_s, time.process_time() - cpu_s, others.cpu_s()
    core_us = None if other_s is None or after_s is None else (cpu_s + after_s - other_s) / readings * 1e6
    measured.append(Rate(readings / taken_s, cpu_s / readings * 1e6, core_us))


class Others:
    """CPU time of broker, database and a ``peer`` process, from /proc; None where the database is elsewhere."""

    def __init__(self, broker: EmbeddedBroker | None, database: Database | None, peer: int | None) -> None:
        self._pids = {peer} if broker is None else {peer, broker.pid}
        self._postmaster: int | None = None
        self._known = Path("/proc/self/stat").exists()
        if database is not None and database.is_postgresql:
            with database.read() as session:
                backend = int(session.execute(text("SELECT pg_backend_pid()")).scalar_one())
            try:
                self._postmaster = _times(backend)[0]
            except OSError:
                self._known = False

    def cpu_s(self) -> float | None:
        """Seconds so far."""
        if not self._known:
            return None
        ticks = 0
        for process in Path("/proc").glob("[0-9]*"):
            try:
                parent, used = _times(int(process.name))
            except OSError:
                continue  # it has ended meanwhile
            if int(process.name) in self._pids or (self._postmaster is not None and parent == self._postmaster):
                ticks += used
        return ticks / os.sysconf("SC_CLK_TCK")


def _times(pid: int) -> tuple[int, int]:
    """A process's parent, and the clock ticks that it has used: proc(5), /proc/pid/stat, fields 4, 14 and 15."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return int(fields[1]), int(fields[11]) + int(fields[12])
