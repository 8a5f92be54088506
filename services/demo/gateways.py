"""A gateway in the field: hears probes, and sends what it hears by the installers' library, from its own disk."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from paho.mqtt import MQTTException
from paho.mqtt.publish import single

from services.clock import to_rfc3339
from services.demo.truth import Measured, Truth
from services.errors import Unavailable
from telemetry.gateway import Gateway

CONNECT_WITHIN_S = 20.0
RESEND_AFTER_S = 5.0
"""A demo hurries: a receipt that has not come by then was lost, and is asked for again."""


class FieldGateway:
    """One gateway of a tenant on a broker; `connect`, then `report` again and again, then `close`.

    ``login`` is user name and password, None for a broker that lets everybody in or whose URL has them. ``spool`` is
    where readings stay until their receipt.
    """

    def __init__(
        self, broker_url: str, tenant: str, name: str, login: tuple[str, str] | None, truth: Truth, spool: Path
    ) -> None:
        self.name = name
        self.online = False
        self.spool = spool
        self._url = broker_url if login is None else with_login(broker_url, *login)
        self._client_id = f"{tenant}-{name}"
        self._topic = f"coldchain/v1/{tenant}/{name}/up"
        self._truth = truth
        self._kept: list[Sequence[Measured]] = []
        self._last: Sequence[Measured] = ()
        self._started = False
        # a made-up day need not outlive a power cut, and all its gateways share one disk
        self._gateway = Gateway(self._url, tenant, name, spool, resend_after_s=RESEND_AFTER_S, sync="NORMAL")

    def start_connecting(self) -> None:
        """Begin to connect; `await_connected` says whether it worked."""
        if self._started:
            self._gateway.connect()
        else:
            self._gateway.start()
            self._started = True

    def await_connected(self, within_s: float = CONNECT_WITHIN_S) -> None:
        """Return once connected; a new account may need a moment. Raises Unavailable with the broker's reason."""
        if not self._gateway.wait_online(within_s):
            parts = urlsplit(self._url)
            where = f"the broker at {parts.hostname}:{parts.port or 1883} can't be reached within {within_s:g} s"
            raise Unavailable(f"The gateway {self.name} can't connect to the broker: {self._gateway.refusal or where}.")
        self.online = True

    def connect(self, within_s: float = CONNECT_WITHIN_S) -> None:
        """Connect and wait for it. Raises Unavailable."""
        self.start_connecting()
        self.await_connected(within_s)

    def report(self, readings: Sequence[Measured]) -> None:
        """Put what was heard just now on disk, from where it is sent at once, or when the network is back."""
        if not readings:
            return
        if self.online:
            self._last = readings
            self._truth.sent(readings, late=False)
        else:
            self._kept.append(readings)
            self._truth.held_back(len(readings))
        self._gateway.record_all([_native(reading) for reading in readings])

    def cut_off(self) -> None:
        """The mobile network is gone."""
        self._gateway.disconnect()
        self.online = False

    def come_back(self) -> None:
        """The network is back: all that was kept goes out, oldest and newest side by side."""
        for readings in self._kept:
            self._truth.held_back(-len(readings))
            self._truth.sent(readings, late=True)
        self._kept.clear()
        self.connect()

    def repeat_last(self) -> None:
        """Send the last readings once more, as a gateway does that started anew in between."""
        if self.online and self._last:
            self._truth.sent(self._last, late=False)
            self._gateway.record_all([_native(reading) for reading in self._last])

    def send_malformed(self) -> None:
        """Send a message that was cut in half on its way through a bad modem. Raises Unavailable."""
        parts = urlsplit(self._url)
        auth = {"username": unquote(parts.username or ""), "password": unquote(parts.password or "")}
        self._truth.sent_malformed()
        try:
            single(
                self._topic,
                b'{"readings": [{"sensor": "TH-',
                qos=1,
                hostname=parts.hostname or "127.0.0.1",
                port=parts.port or (8883 if parts.scheme == "mqtts" else 1883),
                client_id=f"{self._client_id}-modem",
                auth=auth if parts.username else None,  # type: ignore[arg-type]  # a TypedDict of these two
                tls={} if parts.scheme == "mqtts" else None,  # type: ignore[arg-type]  # all by default
            )
        except (OSError, MQTTException) as error:
            raise Unavailable(f"The broker takes no message of {self.name}: {error}.") from error

    def unanswered(self) -> int:
        """How many messages have no receipt yet."""
        return self._gateway.waiting()

    def wait_stored(self, within_s: float) -> bool:
        """Block until everything has its receipt; False when that takes longer."""
        return self._gateway.wait_stored(within_s)

    def close(self) -> None:
        """Say goodbye; what has no receipt stays in the spool."""
        self._gateway.stop()
        self.online = False


def with_login(broker_url: str, username: str, password: str) -> str:
    """A broker's address with the login in it."""
    scheme, _, where = broker_url.partition("://")
    return f"{scheme}://{quote(username, safe='')}:{quote(password, safe='')}@{where.rpartition('@')[2]}"


def _native(reading: Measured) -> dict[str, Any]:
    """One reading in the native format."""
    return {
        "sensor": reading.sensor,
        "at": to_rfc3339(reading.measured_at_ms),
        "temperature_c": reading.temperature_c,
        "humidity_pct": reading.humidity_pct,
        "battery_pct": reading.battery_pct,
    }
