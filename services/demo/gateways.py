"""A gateway in the field: hears probes, publishes over MQTT at QoS 1, and keeps what it hears while it is cut off."""

import json
import ssl
import threading
import uuid
from collections import deque
from collections.abc import Sequence
from urllib.parse import urlsplit

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from services.clock import to_rfc3339
from services.demo.truth import Measured, Truth
from services.errors import Unavailable

CONNECT_WITHIN_S = 20.0
STATUS_WITHIN_S = 5.0
READINGS_A_MESSAGE = 200
"""How many readings a gateway puts into one message when it catches up."""


class FieldGateway:
    """One gateway of a tenant on a broker; `connect`, then `report` again and again, then `close`.

    ``login`` is user name and password, None for a broker that lets everybody in.
    """

    def __init__(self, broker_url: str, tenant: str, name: str, login: tuple[str, str] | None, truth: Truth) -> None:
        self.name = name
        self.online = False
        self._topic = f"coldchain/v1/{tenant}/{name}"
        self._url = urlsplit(broker_url)
        self._truth = truth
        self._seq = 0
        self._kept: deque[Measured] = deque()
        self._last: tuple[bytes, Sequence[Measured]] | None = None
        self._sent_ids: set[int] = set()
        self._answered: deque[int] = deque()
        self._connected = threading.Event()
        self._refused = ""
        self.receipt: dict[str, object] = {}
        self._client = self._make_client(f"{tenant}-{name}", login)

    def start_connecting(self) -> None:
        """Begin to connect; `await_connected` says whether it worked."""
        try:
            self._client.connect(self._url.hostname or "127.0.0.1", self._url.port or 1883, keepalive=60)
        except OSError as error:
            raise Unavailable(
                f"The broker at {self._url.hostname}:{self._url.port} can't be reached: {error}"
            ) from error
        self._client.loop_start()

    def await_connected(self, within_s: float = CONNECT_WITHIN_S) -> None:
        """Return once connected; a new account may need a moment. Raises Unavailable with the broker's reason."""
        if not self._connected.wait(within_s):
            self._client.loop_stop()
            why = self._refused or f"no answer within {within_s:g} s"
            raise Unavailable(f"The gateway {self.name} can't connect to the broker: {why}.")
        self.online = True
        self._publish_status("online")

    def connect(self, within_s: float = CONNECT_WITHIN_S) -> None:
        """Connect and wait for it. Raises Unavailable."""
        self.start_connecting()
        self.await_connected(within_s)

    def report(self, readings: Sequence[Measured]) -> None:
        """Send what was heard just now, or keep it while cut off."""
        if not readings:
            return
        if self.online:
            self._send(readings, late=False)
        else:
            self._kept.extend(readings)
            self._truth.held_back(len(readings))

    def cut_off(self) -> None:
        """The mobile network is gone."""
        self._publish_status("offline")
        self.online = False
        self._connected.clear()
        self._client.disconnect()
        self._client.loop_stop()

    def come_back(self) -> None:
        """The network is back: send all that was kept, oldest first, in large messages."""
        self.connect()
        while self._kept:
            batch = [self._kept.popleft() for _ in range(min(READINGS_A_MESSAGE, len(self._kept)))]
            self._truth.held_back(-len(batch))
            self._send(batch, late=True)

    def repeat_last(self) -> None:
        """Send the last message once more, as a gateway does that did not see the broker's answer."""
        if self.online and self._last:
            payload, readings = self._last
            self._publish(payload)
            self._truth.sent(readings, late=False)

    def send_malformed(self) -> None:
        """Send a message that was cut in half on its way through a bad modem."""
        payload = self._last[0] if self._last else b'{"readings": []}'
        self._truth.sent_malformed()
        self._publish(payload[: len(payload) * 2 // 3])

    def close(self) -> None:
        """Say goodbye; what has been published and not been answered stays in the client until then."""
        if self.online:
            self._publish_status("offline")
            self._client.disconnect()
        self._client.loop_stop()

    def _send(self, readings: Sequence[Measured], *, late: bool) -> None:
        self._seq += 1
        payload = encode(self._seq, readings)
        self._last = (payload, readings)
        self._truth.sent(readings, late=late)
        self._publish(payload)

    def unanswered(self) -> int:
        """How many messages the broker has not answered yet; to be asked by the thread that sends."""
        while self._answered:
            self._sent_ids.discard(self._answered.popleft())
        return len(self._sent_ids)

    def _publish(self, payload: bytes) -> None:
        self._sent_ids.add(self._client.publish(f"{self._topic}/up", payload, qos=1).mid)

    def _publish_status(self, status: str) -> None:
        published = self._client.publish(f"{self._topic}/status", status, qos=1, retain=True)
        if published.rc == MQTTErrorCode.MQTT_ERR_SUCCESS:
            published.wait_for_publish(STATUS_WITHIN_S)

    def _make_client(self, client_id: str, login: tuple[str, str] | None) -> Client:
        client = Client(
            CallbackAPIVersion.VERSION2, client_id=f"{client_id}-{uuid.uuid4().hex[:8]}", clean_session=True
        )
        if login:
            client.username_pw_set(*login)
        client.will_set(f"{self._topic}/status", "offline", qos=1, retain=True)
        client.max_queued_messages_set(0)
        client.reconnect_delay_set(min_delay=1, max_delay=5)
        if self._url.scheme == "mqtts":
            client.tls_set_context(ssl.create_default_context())
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        client.on_publish = self._on_publish
        return client

    def _on_connect(
        self, client: Client, _data: object, _flags: ConnectFlags, reason: ReasonCode, _properties: Properties | None
    ) -> None:
        if reason.is_failure:
            self._refused = str(reason)
            return
        client.subscribe(f"{self._topic}/receipt", qos=1)
        self._connected.set()

    def _on_disconnect(
        self,
        _client: Client,
        _data: object,
        _flags: DisconnectFlags,
        _reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        self._connected.clear()

    def _on_message(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        try:
            self.receipt = json.loads(message.payload)
        except ValueError:
            self.receipt = {}

    def _on_publish(
        self, _client: Client, _data: object, mid: int, _reason: ReasonCode, _properties: Properties | None
    ) -> None:
        # only noted: the sending thread may not have learnt the number of its message yet
        self._answered.append(mid)


def encode(seq: int, readings: Sequence[Measured]) -> bytes:
    """One message in the native format."""
    items = [
        {
            "sensor": reading.sensor,
            "at": to_rfc3339(reading.measured_at_ms),
            "temperature_c": reading.temperature_c,
            "humidity_pct": reading.humidity_pct,
            "battery_pct": reading.battery_pct,
        }
        for reading in readings
    ]
    return json.dumps({"seq": seq, "readings": items}, separators=(",", ":")).encode()
