"""200,000 messages wait for ingest: it takes them in bounded memory, every one once."""

import threading
import time
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import URL

from services.db.engine import Database
from telemetry.broker import ACK_WAIT_S
from tests.faults.rig import IngestProcess, blemishes, count, ingest, prepare, resident_kib, wait_stored
from tests.support.messages import native
from tests.support.nats import nats_broker
from tests.support.publisher import Publisher

UP = "coldchain/v1/demo/gw-1/up"
MESSAGES = 200_000
PARTS = 4
OVER_IDLE_KIB_MAX = 64 * 1024
LOOK_EVERY_S = 0.05
STALLED_S = 20


class Highest:
    """The most memory that a process had resident, looked at until told to stop."""

    def __init__(self, process: IngestProcess) -> None:
        assert process.process is not None
        self.kib = 0
        self._pid = process.process.pid
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> "Highest":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._stop.wait(LOOK_EVERY_S):
            self.kib = max(self.kib, resident_kib(self._pid))


@pytest.mark.slow
@pytest.mark.timeout(2400)
def test_a_backlog_is_taken_in_bounded_memory(sqlite_url: URL, tmp_path: Path) -> None:
    """Idle is an ingest that has stored a little and waits."""
    database = Database(sqlite_url)
    prepare(database, "gw-1")
    start_ms = time.time_ns() // 1_000_000 - 3_600_000
    with nats_broker(tmp_path, ack_wait_s=ACK_WAIT_S) as broker, ExitStack() as stack:
        # a client of MQTT can have 65,535 messages under way
        gateways = [Publisher(broker.url_of("demo/gw-1"), f"gw-1-{part}", inflight=2_000) for part in range(PARTS)]
        for gateway in gateways:
            stack.callback(gateway.close)
        with ingest(tmp_path, sqlite_url, broker.ingest_url) as process:
            for number in range(100):
                gateways[0].publish(UP, native(f"TH-{number % 500}", at_ms=start_ms + number))
            wait_stored(database, 100)
            assert process.process is not None
            idle_kib = resident_kib(process.process.pid)
        for number in range(100, MESSAGES):
            gateways[number % PARTS].publish(UP, native(f"TH-{number % 500}", at_ms=start_ms + number))
        for gateway in gateways:
            gateway.wait_acknowledged(600)
        with ingest(tmp_path, sqlite_url, broker.ingest_url) as process, Highest(process) as highest:
            before = -1
            while before < (now := count(database)) < MESSAGES:
                before = now
                time.sleep(STALLED_S)  # how fast depends on how fast the disk syncs; that it goes on does not
    print(f"idle {idle_kib} KiB, highest {highest.kib} KiB")
    assert count(database) == MESSAGES
    assert blemishes(database) == {"conflicts": 0, "dead_letters": 0}
    assert highest.kib - idle_kib <= OVER_IDLE_KIB_MAX
    database.close()
