"""Memory of ingest while it works off a backlog, measured in a process of its own."""

import multiprocessing
import os
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from services.commands.ingest_bench import consumer_of, warm
from services.db.engine import Database
from telemetry.broker import EmbeddedBroker


@dataclass(frozen=True, slots=True)
class Drained:
    """Resident memory before the first message and at its highest, MB of 1024 x 1024, and readings a second."""

    idle_mb: float
    peak_mb: float
    over_idle_mb: float
    messages: int
    readings_per_s: float


def drained(broker: EmbeddedBroker, session: str, database: Database, messages: int) -> Drained:
    """Work off ``messages`` of one reading that wait in the session, in a fresh process (Linux: /proc)."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    url = database.url.render_as_string(hide_password=False)
    process = context.Process(target=_drain, args=(theirs, broker.host, broker.port, session, url, messages))
    process.start()
    theirs.close()
    try:
        return Drained(*ours.recv())
    finally:
        process.join()


def _drain(answer: Connection, host: str, port: int, session: str, database_url: str, messages: int) -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    database = Database(database_url)
    store = warm(database, time.time_ns() // 1_000_000 - 2 * 86_400_000)
    consumer = consumer_of(host, port, session, store)
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak starts again from here
    idle_mb = _mb("VmRSS")
    begin_s = time.perf_counter()
    consumer.start()
    while consumer.counts.messages < messages:
        time.sleep(0.02)
    taken_s = time.perf_counter() - begin_s
    peak_mb = _mb("VmHWM")
    consumer.stop()
    consumer.wait()
    database.close()
    answer.send((idle_mb, peak_mb, peak_mb - idle_mb, messages, messages / taken_s))


def _mb(field: str) -> float:
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) / 1024
    raise KeyError(field)
