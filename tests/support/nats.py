"""A real embedded broker for tests, with accounts for ingest and some gateways."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from services.devices.logic import bcrypt_of
from telemetry.accounts import INGEST_USER, gateway_user, ingest_user
from telemetry.broker import EmbeddedBroker
from telemetry.session import make_session
from telemetry.topics import SUBSCRIPTIONS

PASSWORD = "only-for-tests"
PASSWORD_BCRYPT = bcrypt_of(PASSWORD)
CLIENT_ID = "coldchain-ingest-1"


@dataclass(frozen=True)
class TestBroker:
    """A broker that tests publish to: who may connect, and how to break and mend it."""

    __test__ = False
    url: str
    embedded: EmbeddedBroker | None = None

    def url_of(self, user: str) -> str:
        """The URL with the credentials of ``user``: ingest, or tenant/gateway."""
        return self.url.replace("mqtt://", f"mqtt://{user.replace('/', '%2F')}:{PASSWORD}@", 1)

    @property
    def ingest_url(self) -> str:
        return self.url_of(INGEST_USER)


@contextmanager
def nats_broker(
    directory: Path, gateways: Sequence[str] = ("demo/gw-1",), port: int = 0, ack_wait_s: int = 1
) -> Iterator[TestBroker]:
    """An embedded broker with the ingest session made, and accounts for these tenant/gateway names."""
    users = [
        ingest_user(PASSWORD_BCRYPT),
        *(gateway_user(*gateway.split("/"), PASSWORD_BCRYPT) for gateway in gateways),
    ]
    with EmbeddedBroker(directory / "broker", "127.0.0.1", port, users, ack_wait_s=ack_wait_s) as broker:
        make_session(broker.url, INGEST_USER, PASSWORD, CLIENT_ID, SUBSCRIPTIONS)
        yield TestBroker(broker.url, broker)
