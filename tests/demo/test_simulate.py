"""Simulated gateways against a real broker."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
from click.testing import CliRunner, Result

from services.cli import cli
from services.clock import wall_clock_ms
from services.devices.logic import bcrypt_of
from services.errors import InvalidInput, Unavailable
from telemetry.accounts import gateway_user, ingest_user
from telemetry.broker import EmbeddedBroker
from telemetry.consumer import Consumer
from telemetry.intake import Intake
from telemetry.memory import MemoryReadingStore

PASSWORD = "a password for one test"


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedBroker]:
    users = [gateway_user("east", "gw-1", bcrypt_of(PASSWORD)), ingest_user(bcrypt_of(PASSWORD))]
    with EmbeddedBroker(tmp_path_factory.mktemp("broker"), "127.0.0.1", 0, users) as running:
        yield running


@contextmanager
def _ingest(broker: EmbeddedBroker) -> Iterator[MemoryReadingStore]:
    store = MemoryReadingStore(("east", "gw-1"))
    url = broker.url.replace("mqtt://", f"mqtt://ingest:{quote(PASSWORD)}@")
    consumer = Consumer(url, "ingest-1", Intake(store), wall_clock_ms)
    consumer.start()
    try:
        yield store
    finally:
        consumer.stop()
        assert consumer.wait(20)


def _simulate(url: str, *options: str) -> Result:
    command = ["simulate", "--broker-url", url, "--tenant", "east", "--gateway", "gw-1", *options]
    return CliRunner().invoke(cli, command, catch_exceptions=True)


def test_every_message_has_its_receipt(broker: EmbeddedBroker) -> None:
    options = ("--password", PASSWORD, "--sensors", "3", "--count", "20", "--rate", "500", "--json")
    with _ingest(broker) as store:
        result = _simulate(broker.url, *options)
    assert result.exit_code == 0, result.output
    sent = json.loads(result.output)
    assert (sent["messages"], sent["readings"], sent["unanswered"]) == (20, 60, 0)
    assert len(store.readings) == 60


def test_without_ingest_readings_wait_in_the_spool(broker: EmbeddedBroker, tmp_path: Path) -> None:
    """A PUBACK is no receipt: what has none is told, kept, and sent by the next simulation."""
    options = ("--password", PASSWORD, "--spool", str(tmp_path / "spool.db"))
    result = _simulate(broker.url, *options, "--count", "2", "--rate", "500", "--wait", "0.2")
    assert isinstance(result.exception, Unavailable)
    assert "2 messages have no receipt" in result.exception.detail
    with _ingest(broker) as store:
        assert _simulate(broker.url, *options, "--count", "1").exit_code == 0
    assert len(store.readings) == 12


def test_a_wrong_password_is_named(broker: EmbeddedBroker) -> None:
    result = _simulate(broker.url, "--password", "wrong", "--count", "1")
    assert isinstance(result.exception, Unavailable)
    assert "gw-1 can't connect" in result.exception.detail
    assert "no answer" not in result.exception.detail


def test_a_broker_that_is_not_there_is_named() -> None:
    result = _simulate("mqtt://127.0.0.1:1", "--password", PASSWORD, "--count", "1")
    assert isinstance(result.exception, Unavailable)
    assert "127.0.0.1:1 can't be reached" in result.exception.detail


def test_an_address_that_is_none_is_refused() -> None:
    result = _simulate("http://127.0.0.1")
    assert isinstance(result.exception, InvalidInput)
    assert "--broker-url" in str(result.exception.faults[0])
