"""Simulated gateways against a real broker."""

import json
from collections.abc import Iterator

import pytest
from click.testing import CliRunner, Result

from services.cli import cli
from services.devices.logic import bcrypt_of
from services.errors import InvalidInput, Unavailable
from telemetry.accounts import gateway_user
from telemetry.broker import EmbeddedBroker

PASSWORD = "a password for one test"


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedBroker]:
    users = [gateway_user("east", "gw-1", bcrypt_of(PASSWORD))]
    with EmbeddedBroker(tmp_path_factory.mktemp("broker"), "127.0.0.1", 0, users) as running:
        yield running


def _simulate(url: str, *options: str) -> Result:
    command = ["simulate", "--broker-url", url, "--tenant", "east", "--gateway", "gw-1", *options]
    return CliRunner().invoke(cli, command, catch_exceptions=True)


def test_every_message_is_answered(broker: EmbeddedBroker) -> None:
    result = _simulate(broker.url, "--password", PASSWORD, "--sensors", "3", "--count", "20", "--rate", "500", "--json")
    assert result.exit_code == 0, result.output
    sent = json.loads(result.output)
    assert (sent["messages"], sent["readings"], sent["unanswered"]) == (20, 60, 0)


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
