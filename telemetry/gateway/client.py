"""Sends what is in the spool, and keeps it there until our receipt."""

import contextlib
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

from paho.mqtt.client import Client, ConnectFlags, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from telemetry.gateway.spool import Spool

WINDOW = 50
"""Messages published and not yet PUBACKed: few, as all gateways come back at once after an outage."""

RESEND_AFTER_S = 20.0
"""A receipt takes less than a second; after this the message is sent again, since a PUBACK alone proves nothing."""

PUBACK_WITHIN_S = 30.0
"""A broker that owes PUBACKs for longer has dropped messages under load: MQTT sends them again on a new connection."""

TICK_S = 0.5
KEEPALIVE_S = 30


class Gateway:
    """One gateway: records readings durably and sends them on, oldest backlog and newest readings alike.

    ``url`` is `mqtt://user:password@host:port` or `mqtts://`; ``spool`` a file that survives restarts. Use it as a
    context manager, or call `start` and `stop`. Records are taken while there is no network, and before `start`.
    """

    def __init__(
        self,
        url: str,
        tenant: str,
        name: str,
        spool: Path,
        *,
        clock: Callable[[], int] = lambda: time.time_ns() // 1_000_000,
        resend_after_s: float = RESEND_AFTER_S,
        puback_within_s: float = PUBACK_WITHIN_S,
        sync: Literal["FULL", "NORMAL"] = "FULL",
    ) -> None:
        self._topic = f"coldchain/v1/{tenant}/{name}"
        self._clock = clock
        self._resend_after_s = resend_after_s
        self._puback_within_s = puback_within_s
        self._spool = Spool(spool, sync=sync)
        self._changed = threading.Condition()
        self._online = threading.Event()
        self._stopping = threading.Event()
        self._unacknowledged = 0
        self._puback_at_s = time.monotonic()
        self._client, self._where = self._make_client(url, f"{tenant}-{name}")
        self._sender = threading.Thread(target=self._send, name=f"gateway-{name}", daemon=True)
        self.rejected = 0
        self.refusal = ""
        """Why the broker did not let us in when last asked."""

    def __enter__(self) -> "Gateway":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Begin to send; the broker need not be there yet."""
        self.connect()
        self._sender.start()

    def stop(self) -> None:
        """Stop sending; what has no receipt stays on disk for the next start."""
        self._stopping.set()
        self._wake()
        if self._sender.ident is not None:
            self._sender.join()
        self.disconnect()
        self._spool.close()

    def connect(self) -> None:
        """Go online, as `start` does, after `disconnect`."""
        host, port = self._where
        self._client.connect_async(host, port, KEEPALIVE_S)
        self._client.loop_start()

    def disconnect(self) -> None:
        """Go offline and go on recording, as where the line is paid by the hour."""
        if self._online.is_set():
            # paho raises when the connection goes meanwhile; the broker then tells our last will instead
            with contextlib.suppress(RuntimeError):
                self._client.publish(f"{self._topic}/status", b"offline", 1, retain=True).wait_for_publish(2)
        self._client.disconnect()
        self._client.loop_stop()
        self._online.clear()
        with self._changed:
            self._unacknowledged = 0

    def wait_online(self, within_s: float) -> bool:
        """Block until the broker has let us in; False when that takes longer. `refusal` may say why."""
        return self._online.wait(within_s)

    def record(self, sensor: str, temperature_c: float, *, at_ms: int | None = None, **values: Any) -> int:
        """Put one reading on disk, to be sent; answers its message's number. ``at_ms`` is UTC epoch milliseconds."""
        return self.record_all(
            [
                {
                    "sensor": sensor,
                    "temperature_c": temperature_c,
                    "at": self._clock() if at_ms is None else at_ms,
                    **values,
                }
            ]
        )

    def record_all(self, readings: list[dict[str, Any]]) -> int:
        """Put the readings of one message on disk, as members of the native format; at most 1,000."""
        seq = self._spool.append(readings)
        self._wake()
        return seq

    def waiting(self) -> int:
        """Messages on disk without a receipt."""
        return len(self._spool)

    def waiting_numbers(self) -> list[int]:
        """The numbers of the messages on disk without a receipt; every other one recorded is stored for good."""
        return self._spool.numbers()

    def wait_stored(self, within_s: float) -> bool:
        """Block until everything has its receipt; False when that takes longer."""
        deadline_s = time.monotonic() + within_s
        with self._changed:
            while len(self._spool):
                if not self._changed.wait(max(0.0, min(TICK_S, deadline_s - time.monotonic()))) and (
                    time.monotonic() >= deadline_s
                ):
                    return False
        return True

    def _send(self) -> None:
        while not self._stopping.is_set():
            room = WINDOW - self._unacknowledged
            batch = (
                self._spool.due(time.time(), room, self._resend_after_s) if self._online.is_set() and room > 0 else []
            )
            for message in batch:
                with self._changed:
                    if not self._unacknowledged:
                        self._puback_at_s = time.monotonic()
                    self._unacknowledged += 1
                self._client.publish(f"{self._topic}/up", message.payload, qos=1)
            if not batch:
                with self._changed:
                    self._changed.wait(TICK_S)
            if self._unacknowledged and time.monotonic() - self._puback_at_s > self._puback_within_s:
                self._puback_at_s = time.monotonic()
                with contextlib.suppress(OSError):
                    if isinstance(connection := self._client.socket(), socket.socket):
                        connection.shutdown(socket.SHUT_RDWR)

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _make_client(self, url: str, client_id: str) -> tuple[Client, tuple[str, int]]:
        parts = urlsplit(url)
        tls = parts.scheme == "mqtts"
        # a clean session: what was in flight is in the spool, and is sent again from there
        client = Client(CallbackAPIVersion.VERSION2, client_id=client_id, clean_session=True)
        if parts.username is not None:
            client.username_pw_set(unquote(parts.username), unquote(parts.password or ""))
        if tls:
            client.tls_set_context(ssl.create_default_context())
        client.will_set(f"{self._topic}/status", b"offline", 1, retain=True)
        client.max_inflight_messages_set(WINDOW)
        client.reconnect_delay_set(1, 60)
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_publish = self._on_publish
        client.on_message = self._on_receipt
        return client, (parts.hostname or "127.0.0.1", parts.port or (8883 if tls else 1883))

    def _on_connect(
        self, client: Client, _data: object, _flags: ConnectFlags, reason: ReasonCode, _properties: Properties | None
    ) -> None:
        if reason.is_failure:
            self.refusal = str(reason)
            return
        self.refusal = ""
        client.subscribe(f"{self._topic}/receipt", 1)
        client.publish(f"{self._topic}/status", b"online", 1, retain=True)
        self._online.set()
        self._wake()

    def _on_disconnect(self, *_: object) -> None:
        self._online.clear()

    def _on_publish(self, *_: object) -> None:
        with self._changed:
            self._unacknowledged = max(0, self._unacknowledged - 1)
            self._puback_at_s = time.monotonic()
            self._changed.notify_all()

    def _on_receipt(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        try:
            receipt = json.loads(message.payload)
            stored_up_to, missing = int(receipt["stored_up_to"]), [(int(a), int(b)) for a, b in receipt["missing"]]
            self.rejected = int(receipt.get("rejected", 0))
        except (ValueError, KeyError, TypeError):
            return  # not ours; what it might have confirmed stays on disk
        self._spool.confirm(stored_up_to, missing)
        self._wake()
