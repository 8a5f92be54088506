"""All gateways at once, again and again, with kills at random: what has a receipt is stored, and none is missing."""

import random
import time
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import URL, select

from services.db.engine import Database
from services.readings.tables import GatewayGap
from telemetry.gateway import Gateway
from tests.faults.rig import blemishes, ingest, prepare, stored
from tests.support.nats import nats_broker
from tests.support.proxy import proxied

GATEWAYS = 20
ROUNDS = 4


def test_reconnect_storms_and_random_kills_leave_nothing_missing(sqlite_url: URL, tmp_path: Path) -> None:
    """Twenty gateways lose their connections together, while ingest or broker is killed; each ends with no gap."""
    seed = random.SystemRandom().randrange(1_000_000)
    print(f"seed {seed}")
    chance = random.Random(seed)
    database = Database(sqlite_url)
    names = [f"gw-{number}" for number in range(GATEWAYS)]
    prepare(database, *names)
    start_ms = time.time_ns() // 1_000_000 - 3_600_000
    recorded: dict[tuple[str, int], tuple[str, int, int]] = {}
    with ExitStack() as stack:
        broker = stack.enter_context(nats_broker(tmp_path, [f"demo/{name}" for name in names]))
        assert broker.embedded is not None
        proxy = stack.enter_context(proxied(int(broker.url.rsplit(":", 1)[1])))
        process = stack.enter_context(ingest(tmp_path, sqlite_url, broker.ingest_url))
        port = broker.url.rsplit(":", 1)[1]
        gateways = {
            name: stack.enter_context(
                Gateway(
                    broker.url_of(f"demo/{name}").replace(port, str(proxy.port)),
                    "demo",
                    name,
                    tmp_path / f"{name}.db",
                    resend_after_s=2,
                    sync="NORMAL",
                )
            )
            for name in names
        }

        def assert_receipted_is_stored() -> None:
            held = {name: set(gateway.waiting_numbers()) for name, gateway in gateways.items()}
            kept = set(stored(database))
            assert all(fact in kept for (name, seq), fact in recorded.items() if seq not in held[name])

        for number in range(ROUNDS):
            for name, gateway in gateways.items():
                for _ in range(chance.randrange(1, 6)):
                    fact = (f"{name}-A", start_ms + len(recorded), chance.randrange(-2500, 4000))
                    seq = gateway.record_all([{"sensor": fact[0], "temperature_c": fact[2] / 100, "at": fact[1]}])
                    recorded[name, seq] = fact
            time.sleep(chance.uniform(0, 0.5))
            proxy.reset()
            fault = chance.choice(["ingest", "broker", "none"]) if number else "broker"
            if fault == "ingest":
                process.kill()
                process.start()
            elif fault == "broker":
                broker.embedded.kill()
                broker.embedded.start()
            assert_receipted_is_stored()
        for name, gateway in gateways.items():
            assert gateway.wait_stored(60), f"{name} holds {gateway.waiting()}"
        assert_receipted_is_stored()
    assert stored(database) == sorted(recorded.values())
    assert blemishes(database) == {"conflicts": 0, "dead_letters": 0}
    with database.read() as session:
        assert session.scalars(select(GatewayGap)).all() == []
    database.close()
