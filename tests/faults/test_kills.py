"""Processes killed under load: what the broker acknowledged is stored, once. A failing test shows its seed."""

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL

from services.db.engine import Database
from tests.faults.rig import (
    Fact,
    IngestProcess,
    blemishes,
    count,
    end_connections,
    ingest,
    prepare,
    stored,
    wait_stored,
)
from tests.support.messages import native
from tests.support.nats import TestBroker, nats_broker
from tests.support.publisher import Publisher
from tests.support.waiting import wait_until

UP = "coldchain/v1/demo/gw-1/up"
HOUR_MS = 3_600_000


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[TestBroker]:
    with nats_broker(tmp_path) as broker:
        yield broker


@pytest.fixture
def gateway(broker: TestBroker) -> Iterator[Publisher]:
    publisher = Publisher(broker.url_of("demo/gw-1"))
    yield publisher
    publisher.close()


@pytest.fixture
def chance(request: pytest.FixtureRequest) -> random.Random:
    """A random source whose seed a failing test shows."""
    seed = random.SystemRandom().randrange(1_000_000)
    print(f"seed {seed}")
    return random.Random(seed)


class Load:
    """A gateway's day in a hurry: one message for each of some sensors, minute after minute, from an hour ago on."""

    def __init__(self, gateway: Publisher, chance: random.Random) -> None:
        self._gateway = gateway
        self._chance = chance
        self._start_ms = time.time_ns() // 1_000_000 - HOUR_MS
        self._number = 0

    def publish(self, messages: int) -> None:
        """Publish; one in twenty is sent twice."""
        for _ in range(messages):
            self._number += 1
            fact: Fact = (f"TH-{self._number % 40}", self._start_ms + self._number, self._chance.randrange(-2500, 4000))
            payload = native(fact[0], fact[2] / 100, at_ms=fact[1], seq=self._number)
            for _ in range(2 if self._chance.random() < 0.05 else 1):
                self._gateway.publish(UP, payload, fact)


def assert_all_stored_once(database: Database, gateway: Publisher) -> None:
    """The ledger of what the broker acknowledged is what is stored, no more and no less."""
    gateway.wait_acknowledged()
    wait_stored(database, len(gateway.acknowledged()))
    assert stored(database) == sorted(gateway.acknowledged())
    assert blemishes(database) == {"conflicts": 0, "dead_letters": 0}


def test_killing_ingest_loses_nothing(
    database: Database, broker: TestBroker, gateway: Publisher, chance: random.Random, tmp_path: Path
) -> None:
    """Three kill -9 at random moments while 6,000 messages come in."""
    prepare(database, "gw-1")
    load = Load(gateway, chance)
    with ingest(tmp_path, database.url, broker.ingest_url) as process:
        for _ in range(3):
            load.publish(1500)
            before = count(database)
            wait_until(lambda before=before: count(database) > before)  # type: ignore[misc]
            time.sleep(chance.uniform(0, 0.2))
            process.kill()
            load.publish(500)
            process.start()
        assert_all_stored_once(database, gateway)


def test_killing_the_broker_loses_nothing(
    sqlite_url: URL, broker: TestBroker, gateway: Publisher, chance: random.Random, tmp_path: Path
) -> None:
    """Two kill -9 of the broker with ingest online; what had no PUBACK the gateway sends again."""
    database = Database(sqlite_url)
    prepare(database, "gw-1")
    load = Load(gateway, chance)
    assert broker.embedded is not None
    with ingest(tmp_path, sqlite_url, broker.ingest_url):
        for _ in range(2):
            load.publish(1500)
            before = count(database)
            wait_until(lambda before=before: count(database) > before)  # type: ignore[misc]
            time.sleep(chance.uniform(0, 0.2))
            broker.embedded.kill()
            load.publish(200)
            broker.embedded.start()
        assert_all_stored_once(database, gateway)
    database.close()


def test_cutting_the_database_off_loses_nothing(
    postgres_url: URL, broker: TestBroker, gateway: Publisher, chance: random.Random, tmp_path: Path
) -> None:
    """All connections of PostgreSQL are ended five times in the middle of batches."""
    database = Database(postgres_url)
    prepare(database, "gw-1")
    load = Load(gateway, chance)
    with ingest(tmp_path, postgres_url, broker.ingest_url):
        for _ in range(5):
            load.publish(800)
            before = count(database)
            wait_until(lambda before=before: count(database) > before)  # type: ignore[misc]
            end_connections(database)
        assert_all_stored_once(database, gateway)
    database.close()


def test_messages_without_a_time_are_stored_once(
    postgres_url: URL, broker: TestBroker, gateway: Publisher, chance: random.Random, tmp_path: Path
) -> None:
    """1,000 sensors that send one numbered reading without a time each, through two kills of ingest: one row each."""
    database = Database(postgres_url)
    prepare(database, "gw-1")
    with ingest(tmp_path, postgres_url, broker.ingest_url) as process:
        for number in range(1, 1001):
            gateway.publish(UP, native(f"TH-{number}", 4.0, at_ms=None, seq=number), f"TH-{number}")
            if number in {400, 800}:
                wait_until(lambda: count(database) > 0)
                time.sleep(chance.uniform(0, 0.1))
                process.kill()
                process.start()
        gateway.wait_acknowledged()
        wait_stored(database, 1000)
        assert sorted(name for name, _, _ in stored(database)) == sorted(f"TH-{n}" for n in range(1, 1001))
    database.close()


def test_second_ingest_of_the_same_name_is_refused(
    database: Database, broker: TestBroker, gateway: Publisher, tmp_path: Path
) -> None:
    """It says why and ends with 2; the first goes on as if nothing had been."""
    prepare(database, "gw-1")
    with ingest(tmp_path, database.url, broker.ingest_url) as first:
        gateway.publish(UP, native(at_ms=None), 1)
        wait_stored(database, 1)
        second = IngestProcess(tmp_path, database.url, broker.ingest_url)
        second.start()
        assert second.process is not None
        assert second.process.wait(30) == 2
        assert "Another ingest works as coldchain-ingest-1" in second.log()
        gateway.publish(UP, native("TH-2", at_ms=None), 2)
        wait_stored(database, 2)
        assert first.stop() == 0


def test_missing_broker_is_waited_for_or_reported(sqlite_url: URL, tmp_path: Path) -> None:
    """With --give-up-after the exit code is 3 and the message names the setting; a broker that comes is found."""
    waiting = IngestProcess(tmp_path, sqlite_url, "mqtt://127.0.0.1:1")
    waiting.start("--give-up-after", "0.1")
    assert waiting.process is not None
    assert waiting.process.wait(30) == 3
    assert "COLDCHAIN_BROKER_URL" in waiting.log()
