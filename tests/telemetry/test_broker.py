"""The embedded broker: accounts that keep gateways apart, and messages that survive a kill."""

from collections.abc import Iterator
from pathlib import Path
from stat import S_IMODE

import pytest

from telemetry.accounts import INGEST_USER, gateway_user, ingest_user
from telemetry.broker import BrokerUnavailable, EmbeddedBroker
from telemetry.consumer import Consumer
from telemetry.intake import Intake
from telemetry.memory import MemoryReadingStore
from tests.support.messages import NOW_MS, native
from tests.support.nats import CLIENT_ID, PASSWORD_BCRYPT, TestBroker, nats_broker
from tests.support.publisher import Publisher
from tests.support.waiting import wait_until

UP = "coldchain/v1/demo/gw-1/up"


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[TestBroker]:
    with nats_broker(tmp_path, ("demo/gw-1", "demo/gw-2")) as broker:
        yield broker


@pytest.fixture
def store(broker: TestBroker) -> Iterator[MemoryReadingStore]:
    """A store that a consumer fills."""
    store = MemoryReadingStore(("demo", "gw-1"), ("demo", "gw-2"))
    consumer = Consumer(broker.ingest_url, CLIENT_ID, Intake(store), lambda: NOW_MS)
    consumer.start()
    yield store
    consumer.stop()
    assert consumer.wait(20)


def connects(broker: TestBroker, user: str, client_id: str) -> bool:
    """Whether the broker lets this user in."""
    publisher = Publisher(broker.url_of(user), client_id)
    try:
        wait_until(publisher.decided, 10)
        return publisher.connected()
    finally:
        publisher.close()


def test_forged_topic_reaches_nobody(broker: TestBroker, store: MemoryReadingStore) -> None:
    """What gw-2 publishes as gw-1 is dropped, though the broker acknowledges it."""
    forger = Publisher(broker.url_of("demo/gw-2"), "gw-2")
    forger.publish(UP, native("forged"))
    forger.publish("coldchain/v1/demo/gw-2/up", native("own"))
    forger.wait_acknowledged()
    wait_until(lambda: len(store.readings) == 1)
    forger.close()
    assert [reading.sensor for reading in store.readings.values()] == ["own"]


def test_wrong_password_is_refused(broker: TestBroker) -> None:
    """An unknown user gets no connection."""
    assert connects(broker, "demo/gw-1", "gw-1")
    assert not connects(broker, "demo/nobody", "nobody")


def test_removed_gateway_is_cut_off_and_the_others_stay(broker: TestBroker) -> None:
    """After a reload without gw-2 its connection is closed; gw-1's has never been broken."""
    stays, goes = Publisher(broker.url_of("demo/gw-1"), "gw-1"), Publisher(broker.url_of("demo/gw-2"), "gw-2")
    wait_until(lambda: stays.connected() and goes.connected())
    assert broker.embedded is not None
    users = [ingest_user(PASSWORD_BCRYPT), gateway_user("demo", "gw-1", PASSWORD_BCRYPT)]
    assert broker.embedded.reload(users)
    wait_until(lambda: not goes.connected())
    assert stays.connections == 1
    assert not broker.embedded.reload(users), "the same users again change nothing"
    stays.close()
    goes.close()


def test_added_gateway_is_let_in(broker: TestBroker) -> None:
    """A reload with gw-3 admits it without a restart."""
    assert broker.embedded is not None
    assert not connects(broker, "demo/gw-3", "gw-3")
    names = ("gw-1", "gw-2", "gw-3")
    broker.embedded.reload(
        [ingest_user(PASSWORD_BCRYPT), *(gateway_user("demo", name, PASSWORD_BCRYPT) for name in names)]
    )
    wait_until(lambda: connects(broker, "demo/gw-3", "gw-3"))


def test_acknowledged_messages_survive_a_kill(broker: TestBroker) -> None:
    """1,000 messages that the broker acknowledged are there after kill -9, on the same port."""
    assert broker.embedded is not None
    gateway = Publisher(broker.url_of("demo/gw-1"))
    for number in range(1000):
        gateway.publish(UP, native(at_ms=NOW_MS - number), number)
    gateway.wait_acknowledged()
    gateway.close()
    broker.embedded.kill()
    broker.embedded.start()
    store = MemoryReadingStore(("demo", "gw-1"))
    consumer = Consumer(broker.ingest_url, CLIENT_ID, Intake(store), lambda: NOW_MS)
    consumer.start()
    wait_until(lambda: len(store.readings) == 1000)
    consumer.stop()
    assert consumer.wait(20)


def test_files_with_secrets_are_private(broker: TestBroker) -> None:
    """The configuration and the accounts are readable by their owner only, and hold no password."""
    assert broker.embedded is not None
    for name in ("nats.conf", "users.conf"):
        path = broker.embedded.data_dir / name
        assert S_IMODE(path.stat().st_mode) == 0o600
        assert "only-for-tests" not in path.read_text()
    assert S_IMODE(broker.embedded.data_dir.stat().st_mode) == 0o700


def test_taken_port_is_an_error_that_says_so(broker: TestBroker, tmp_path: Path) -> None:
    """The end of the server's log names the address in use."""
    assert broker.embedded is not None
    other = EmbeddedBroker(tmp_path / "other", "127.0.0.1", broker.embedded.port, [ingest_user(PASSWORD_BCRYPT)])
    with pytest.raises(BrokerUnavailable, match="address already in use"):
        other.start()


def test_ingest_account_has_its_name() -> None:
    """Ingest reads everything that gateways send, writes receipts and nothing else."""
    user = ingest_user("x")
    assert user.name == INGEST_USER
    assert user.publish == ("coldchain.v1.*.*.receipt",)
    assert "coldchain.v1.*.*.up" in user.subscribe
