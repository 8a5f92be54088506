"""The consumer against real brokers: nothing is acknowledged before it is stored, nothing lost, memory is bounded."""

import json
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from telemetry.buffer import Limits
from telemetry.consumer import Consumer
from telemetry.intake import Intake
from telemetry.memory import MemoryReadingStore
from telemetry.ports import Batch, Message
from tests.support.messages import NOW_MS, native
from tests.support.mosquitto import mosquitto_broker
from tests.support.nats import CLIENT_ID, TestBroker, nats_broker
from tests.support.publisher import Publisher
from tests.support.waiting import wait_until

UP = "coldchain/v1/demo/gw-1/up"


@pytest.fixture(params=["nats", pytest.param("mosquitto", marks=pytest.mark.mosquitto)])
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[TestBroker]:
    running = nats_broker(tmp_path) if request.param == "nats" else mosquitto_broker(tmp_path)
    with running as broker:
        yield broker


class Running:
    """A consumer over a store in memory."""

    def __init__(self, url: str, store: MemoryReadingStore, limits: Limits | None = None) -> None:
        self.store = store
        self.consumer = Consumer(url, CLIENT_ID, Intake(store), lambda: NOW_MS, limits=limits)
        self.consumer.start()

    def __enter__(self) -> "Running":
        return self

    def __exit__(self, *_: object) -> None:
        self.consumer.stop()
        assert self.consumer.wait(20)


@pytest.fixture
def store() -> MemoryReadingStore:
    return MemoryReadingStore(("demo", "gw-1"))


@pytest.fixture
def gateway(broker: TestBroker) -> Iterator[Publisher]:
    publisher = Publisher(broker.url_of("demo/gw-1"))
    yield publisher
    publisher.close()


def publish(gateway: Publisher, count: int, start: int = 0) -> None:
    for number in range(start, start + count):
        gateway.publish(UP, native(at_ms=NOW_MS - number), number)


def test_readings_arrive(broker: TestBroker, gateway: Publisher, store: MemoryReadingStore) -> None:
    """What a gateway publishes is stored."""
    with Running(broker.ingest_url, store):
        publish(gateway, 300)
        wait_until(lambda: len(store.readings) == 300)


def test_what_was_published_before_ingest_came_is_stored(
    broker: TestBroker, gateway: Publisher, store: MemoryReadingStore
) -> None:
    """The broker keeps messages for the session while nobody consumes them."""
    publish(gateway, 300)
    gateway.wait_acknowledged()
    with Running(broker.ingest_url, store):
        wait_until(lambda: len(store.readings) == 300)


def test_stopping_stores_and_acknowledges_what_was_read(
    broker: TestBroker, gateway: Publisher, store: MemoryReadingStore
) -> None:
    """After a clean stop nothing is delivered a second time."""
    with Running(broker.ingest_url, store):
        publish(gateway, 200)
        wait_until(lambda: len(store.readings) > 0)
    gateway.wait_acknowledged()
    with Running(broker.ingest_url, store) as second:
        wait_until(lambda: len(store.readings) == 200)
        publish(gateway, 1, start=200)
        wait_until(lambda: len(store.readings) == 201)
        assert second.consumer.counts.duplicates == 0


def test_store_outage_loses_nothing(broker: TestBroker, gateway: Publisher, store: MemoryReadingStore) -> None:
    """While the store is away batches wait; they are stored when it returns, on the same connection."""
    store.away.set()
    with Running(broker.ingest_url, store) as running:
        publish(gateway, 500)
        wait_until(lambda: store.attempts > 1)
        assert not store.readings
        store.away.clear()
        wait_until(lambda: len(store.readings) == 500)
        assert running.consumer.counts.connections == 1


class Sorting(Intake):
    """An intake that notes how many messages it has sorted."""

    sorted = 0

    def sort(self, messages: Iterable[Message]) -> Batch:
        batch = super().sort(messages)
        self.sorted += len(batch)
        return batch


def test_one_batch_is_decoded_ahead_and_no_more(
    broker: TestBroker, gateway: Publisher, store: MemoryReadingStore
) -> None:
    """While the first batch can't be stored two more are taken from the buffer: one is ready, one waits its turn."""
    store.away.set()
    intake = Sorting(store)
    limits = Limits(batch_messages=20, park_after_s=60)
    consumer = Consumer(broker.ingest_url, CLIENT_ID, intake, lambda: NOW_MS, limits=limits)
    consumer.start()
    wait_until(consumer.subscribed.is_set)
    publish(gateway, 500)
    gateway.wait_acknowledged()
    wait_until(lambda: consumer.buffered() + intake.sorted == 500)
    wait_until(lambda: store.attempts > 2)
    assert intake.sorted <= 3 * limits.batch_messages
    store.away.clear()
    wait_until(lambda: len(store.readings) == 500)
    consumer.stop()
    assert consumer.wait(20)


def test_full_buffer_leaves_the_broker_until_the_store_is_back(
    broker: TestBroker, gateway: Publisher, store: MemoryReadingStore
) -> None:
    """With a buffer of 50 messages and 2,000 published, the buffer never holds more than one read beyond its bound."""
    limits = Limits(buffer_messages=50, batch_messages=20, park_after_s=0.3, retry_max_s=0.3)
    store.away.set()
    with Running(broker.ingest_url, store, limits) as running:
        wait_until(running.consumer.subscribed.is_set)
        publish(gateway, 2000)
        wait_until(lambda: store.attempts > 1)
        wait_until(lambda: not running.consumer.subscribed.is_set())
        gateway.wait_acknowledged()
        store.away.clear()
        wait_until(lambda: len(store.readings) == 2000)
        assert running.consumer.counts.connections >= 2


def test_poison_blocks_nobody(broker: TestBroker, gateway: Publisher, store: MemoryReadingStore) -> None:
    """Whatever the payload, the network thread lives and the next message is stored."""
    poison = [
        b"",
        b"garbage",
        b"\xff\xfe",
        b"\x00" * 100,
        b"[" * 10_000,
        b'{"readings":' * 3_000,
        b'{"readings": [{"sensor": "A", "temperature_c": NaN}]}',
        b'{"readings": [{"sensor": "A", "temperature_c": 1e400}]}',
        b'{"readings": [{"sensor": "A\\u0000", "temperature_c": 4}]}',
        b'{"seq": 99999999999999999999, "readings": []}',
        b'{"readings": []' + b" " * 300_000 + b"}",
    ]
    with Running(broker.ingest_url, store):
        for payload in poison:
            gateway.publish(UP, payload)
        publish(gateway, 1)
        wait_until(lambda: len(store.readings) == 1)
        wait_until(lambda: len(store.dead_letters) == len(poison))


def test_refused_row_is_found_among_its_neighbours(
    broker: TestBroker, gateway: Publisher, store: MemoryReadingStore
) -> None:
    """One sensor that the store refuses costs one dead letter; the other 99 readings are stored."""
    store.refused.add("TH-66")
    with Running(broker.ingest_url, store):
        for number in range(100):
            gateway.publish(UP, native(f"TH-{number}"))
        wait_until(lambda: len(store.readings) == 99)
        wait_until(lambda: [letter.reason for letter in store.dead_letters] == ["rejected-readings"])


def test_receipts_reach_the_gateway(broker: TestBroker, gateway: Publisher, store: MemoryReadingStore) -> None:
    """After the messages 1, 2 and 4 the receipt says that 3 is missing."""
    receipts: list[dict[str, object]] = []
    subscribed = threading.Event()
    reader = _receipt_reader(broker, receipts, subscribed)
    try:
        assert subscribed.wait(5)
        with Running(broker.ingest_url, store):
            for seq in (1, 2, 4):
                gateway.publish(UP, native(at_ms=NOW_MS - seq, seq=seq))
            wait_until(lambda: {"stored_up_to": 4, "missing": [[3, 3]], "rejected": 0} in receipts)
    finally:
        reader.disconnect()
        reader.loop_stop()


def _receipt_reader(broker: TestBroker, receipts: list[dict[str, object]], subscribed: threading.Event) -> Client:
    client = Client(CallbackAPIVersion.VERSION2, client_id="gw-1-receipts")
    client.username_pw_set("demo/gw-1", "only-for-tests")
    client.on_connect = lambda *_: client.subscribe("coldchain/v1/demo/gw-1/receipt", 1)
    client.on_subscribe = lambda *_: subscribed.set()
    client.on_message = lambda _client, _data, message: receipts.append(json.loads(message.payload))
    host, port = broker.url.removeprefix("mqtt://").split(":")
    client.connect(host, int(port))
    client.loop_start()
    return client
