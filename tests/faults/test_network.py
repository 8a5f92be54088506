"""A bad network between broker and ingest: nothing is lost, nothing waits for ever."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from telemetry.buffer import Limits
from telemetry.consumer import Consumer
from telemetry.intake import Intake
from telemetry.memory import MemoryReadingStore
from tests.support.messages import NOW_MS, native
from tests.support.mosquitto import mosquitto_broker
from tests.support.nats import CLIENT_ID, TestBroker, nats_broker
from tests.support.proxy import Proxy, proxied
from tests.support.publisher import Publisher
from tests.support.waiting import wait_until

UP = "coldchain/v1/demo/gw-1/up"
LIMITS = Limits(keepalive_s=1, retry_first_s=0.05, retry_max_s=0.2)


class Line:
    """A gateway with a good connection, and an ingest with a bad one."""

    def __init__(self, broker: TestBroker, proxy: Proxy) -> None:
        self.proxy = proxy
        self.store = MemoryReadingStore(("demo", "gw-1"))
        self.gateway = Publisher(broker.url_of("demo/gw-1"))
        url = broker.ingest_url.replace(broker.url.rsplit(":", 1)[1], str(proxy.port))
        self.consumer = Consumer(url, CLIENT_ID, Intake(self.store), lambda: NOW_MS, limits=LIMITS)
        self._number = 0

    def publish(self, count: int) -> None:
        for _ in range(count):
            self._number += 1
            self.gateway.publish(UP, native(at_ms=NOW_MS - self._number), self._number)

    def wait_all_stored(self) -> None:
        wait_until(lambda: len(self.store.readings) == self._number, 30)


@pytest.fixture(params=["nats", pytest.param("mosquitto", marks=pytest.mark.mosquitto)])
def line(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Line]:
    running = nats_broker(tmp_path) if request.param == "nats" else mosquitto_broker(tmp_path)
    with running as broker, proxied(int(broker.url.rsplit(":", 1)[1])) as proxy:
        line = Line(broker, proxy)
        line.consumer.start()
        yield line
        line.consumer.stop()
        assert line.consumer.wait(20)
        line.gateway.close()


def test_half_open_connection_is_noticed_and_replaced(line: Line) -> None:
    """Nothing comes and nothing closes: the keep-alive finds out, and the session goes on elsewhere."""
    line.publish(50)
    line.wait_all_stored()
    line.proxy.stall()
    line.publish(50)
    line.wait_all_stored()
    assert line.consumer.counts.connections >= 2


def test_resets_in_the_middle_of_things_lose_nothing(line: Line) -> None:
    """Five resets while messages flow."""
    for _ in range(5):
        stored = len(line.store.readings)
        line.publish(100)
        wait_until(lambda stored=stored: len(line.store.readings) > stored, 30)  # type: ignore[misc]
        line.proxy.reset()
    line.wait_all_stored()


def test_sliced_delivery_is_put_together_again(line: Line) -> None:
    """Packets come in pieces of seven bytes."""
    line.proxy.slice(7)
    line.publish(30)
    line.wait_all_stored()
    assert line.consumer.counts.connections == 1
