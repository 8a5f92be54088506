"""A gateway of plain paho that keeps a ledger: what it published, and which of it the broker acknowledged."""

from urllib.parse import unquote, urlsplit

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from tests.support.waiting import wait_until


class Publisher:
    """Publishes at QoS 1 and comes back after every loss of the connection, as paho does by itself."""

    def __init__(self, url: str, client_id: str = "gw-1", inflight: int = 500) -> None:
        parts = urlsplit(url)
        self._names: dict[int, object] = {}
        self._done: set[int] = set()
        self.connections = 0
        self._refused = False
        self._client = client = Client(CallbackAPIVersion.VERSION2, client_id=client_id, clean_session=False)
        client.max_inflight_messages_set(inflight)
        client.reconnect_delay_set(1, 1)
        if parts.username:
            client.username_pw_set(unquote(parts.username), unquote(parts.password or ""))
        client.on_connect = self._on_connect
        client.on_publish = lambda _client, _data, mid, *_: self._done.add(mid)
        client.connect(parts.hostname or "", parts.port or 1883)
        client.loop_start()

    def publish(self, topic: str, payload: bytes, name: object = None, *, retain: bool = False) -> None:
        """Publish; ``name`` is what the ledger calls this message."""
        self._names[self._client.publish(topic, payload, qos=1, retain=retain).mid] = name

    def acknowledged(self) -> set[object]:
        """The names of the messages that the broker has acknowledged."""
        return {self._names[mid] for mid in self._done}

    def wait_acknowledged(self, within_s: float = 30.0) -> None:
        """Return once the broker has acknowledged all."""
        wait_until(lambda: len(self._done) == len(self._names), within_s)

    def _on_connect(self, _client: Client, _data: object, _flags: object, reason: ReasonCode, _: object) -> None:
        self.connections += not reason.is_failure
        self._refused = self._refused or reason.is_failure

    def connected(self) -> bool:
        """Whether there is a connection now."""
        return self._client.is_connected()

    def decided(self) -> bool:
        """Whether the broker has answered the first connection, one way or the other."""
        return self._refused or self.connections > 0

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()
