"""No room left, for the database and under the broker: nothing receipted is lost, and with room again all goes on."""

import resource
import time
from pathlib import Path

import pytest
from sqlalchemy import URL

from services.db.engine import Database
from telemetry.gateway import Gateway
from tests.faults.rig import blemishes, ingest, prepare, stored, wait_stored
from tests.support.nats import nats_broker

FULL_B = 4096
"""No file may grow beyond this: SQLite's log and JetStream's blocks are larger after their first messages."""


def limit_files(pid: int, size_b: int) -> None:
    """From now on no file of that process may grow beyond this, as on a full disk."""
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (size_b, resource.RLIM_INFINITY))


@pytest.mark.parametrize("full", ["database", pytest.param("broker", marks=pytest.mark.slow)])
def test_full_disk_loses_nothing_that_has_a_receipt(sqlite_url: URL, tmp_path: Path, full: str) -> None:
    """What the gateway holds no more is stored, while the disk is full and after; in the end it holds nothing."""
    database = Database(sqlite_url)
    prepare(database, "gw-1")
    start_ms = time.time_ns() // 1_000_000 - 3_600_000
    recorded: dict[int, tuple[str, int, int]] = {}
    with (
        nats_broker(tmp_path) as broker,
        ingest(tmp_path, sqlite_url, broker.ingest_url) as process,
        Gateway(
            broker.url_of("demo/gw-1"), "demo", "gw-1", tmp_path / "spool.db", resend_after_s=1, puback_within_s=2
        ) as gateway,
    ):
        assert process.process is not None
        assert broker.embedded is not None
        pid = process.process.pid if full == "database" else broker.embedded.pid

        def record(count: int) -> None:
            for _ in range(count):
                fact = (f"TH-{len(recorded) % 9}", start_ms + len(recorded), len(recorded) % 3000)
                seq = gateway.record_all([{"sensor": fact[0], "temperature_c": fact[2] / 100, "at": fact[1]}])
                recorded[seq] = fact

        def assert_receipted_is_stored() -> None:
            receipted = recorded.keys() - set(gateway.waiting_numbers())
            assert {recorded[seq] for seq in receipted} <= set(stored(database))

        record(100)
        assert gateway.wait_stored(30)
        limit_files(pid, FULL_B)
        record(300)
        looked_until_s = time.monotonic() + 3
        while time.monotonic() < looked_until_s:
            assert_receipted_is_stored()
            time.sleep(0.1)
        assert gateway.waiting() > 0, "the disk was full"
        limit_files(pid, resource.RLIM_INFINITY)
        if full == "broker":
            assert broker.embedded.has_failed_to_write()
            assert broker.embedded.has_room()
            broker.embedded.stop()
            broker.embedded.start()
            assert not broker.embedded.has_failed_to_write()
        record(100)
        assert gateway.wait_stored(60)
        assert_receipted_is_stored()
        wait_stored(database, 500)
        assert process.process.poll() is None, "ingest has gone through it"
    assert stored(database) == sorted(recorded.values())
    assert blemishes(database) == {"conflicts": 0, "dead_letters": 0}
    database.close()
