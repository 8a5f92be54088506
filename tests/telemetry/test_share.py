"""The start-up canary: it sings on a broker that delivers shared subscriptions, and only there."""

from pathlib import Path

import pytest

from telemetry.accounts import BrokerUser
from telemetry.broker import EmbeddedBroker
from telemetry.consumer import Consumer
from telemetry.intake import Intake
from telemetry.memory import MemoryReadingStore
from telemetry.share import delivers_shared, shared
from telemetry.topics import SUBSCRIPTIONS
from tests.support.messages import NOW_MS, native
from tests.support.mosquitto import mosquitto_broker
from tests.support.nats import PASSWORD, PASSWORD_BCRYPT
from tests.support.publisher import Publisher
from tests.support.waiting import wait_until


def test_nats_is_found_out(tmp_path: Path) -> None:
    """It grants the subscription, delivers nothing, and the canary says so."""
    anyone = BrokerUser("anyone", PASSWORD_BCRYPT, (">",), (">",))
    with EmbeddedBroker(tmp_path / "broker", "127.0.0.1", 0, [anyone]) as broker:
        assert not delivers_shared(broker.url.replace("mqtt://", f"mqtt://anyone:{PASSWORD}@"), 1.0)


@pytest.mark.mosquitto
def test_two_of_a_group_share_the_work(tmp_path: Path) -> None:
    """On mosquitto the canary comes back; two consumers store all messages, each a part of them."""
    with mosquitto_broker(tmp_path) as broker:
        assert delivers_shared(broker.ingest_url)
        stores = [MemoryReadingStore(("demo", "gw-1")) for _ in range(2)]
        consumers = [
            Consumer(
                broker.ingest_url,
                f"shared-{place}",
                Intake(store),
                lambda: NOW_MS,
                subscriptions=shared(SUBSCRIPTIONS, "ingest"),
            )
            for place, store in enumerate(stores)
        ]
        for consumer in consumers:
            consumer.start()
        for consumer in consumers:
            wait_until(consumer.subscribed.is_set)
        gateway = Publisher(broker.url)
        for number in range(200):
            gateway.publish("coldchain/v1/demo/gw-1/up", native(at_ms=NOW_MS - number))
        wait_until(lambda: sum(len(store.readings) for store in stores) == 200)
        assert all(store.readings for store in stores)
        gateway.close()
        for consumer in consumers:
            consumer.stop()
            assert consumer.wait(20)
