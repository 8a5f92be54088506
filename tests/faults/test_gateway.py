"""The gateway library end to end: whatever fails, every recorded reading is stored and no number is missing."""

import time
from pathlib import Path

from sqlalchemy import URL, select

from services.db.engine import Database
from services.readings.tables import GatewayGap, GatewaySequence
from telemetry.gateway import Gateway
from tests.faults.rig import ingest, prepare, stored
from tests.support.nats import nats_broker
from tests.support.waiting import wait_until


def test_every_reading_arrives_through_all_kinds_of_loss(sqlite_url: URL, tmp_path: Path) -> None:
    """Recorded without a broker; then ingest and broker are killed, and the gateway itself starts anew."""
    database = Database(sqlite_url)
    prepare(database, "gw-1")
    start_ms = time.time_ns() // 1_000_000 - 3_600_000
    recorded = []

    def record(gateway: Gateway, count: int) -> None:
        for _ in range(count):
            fact = (f"TH-{len(recorded) % 7}", start_ms + len(recorded), len(recorded) % 3000)
            gateway.record(fact[0], fact[2] / 100, at_ms=fact[1])
            recorded.append(fact)

    with nats_broker(tmp_path) as broker, ingest(tmp_path, sqlite_url, broker.ingest_url) as process:
        assert broker.embedded is not None
        url, spool = broker.url_of("demo/gw-1"), tmp_path / "gateway" / "spool.db"
        broker.embedded.kill()
        with Gateway(url, "demo", "gw-1", spool, resend_after_s=1) as gateway:
            record(gateway, 200)
            broker.embedded.start()
            wait_until(lambda: gateway.waiting() < 200, 40)
            record(gateway, 200)
            process.kill()
            record(gateway, 200)
            process.start()
            broker.embedded.kill()
            broker.embedded.start()
        with Gateway(url, "demo", "gw-1", spool, resend_after_s=1) as gateway:
            record(gateway, 100)
            assert gateway.wait_stored(60)
            assert gateway.rejected == 0
    assert stored(database) == sorted(recorded)
    with database.read() as session:
        sequence = session.scalars(select(GatewaySequence)).one()
        assert (sequence.stored_up_to, sequence.highest) == (700, 700)
        assert session.scalars(select(GatewayGap)).all() == []
    database.close()
