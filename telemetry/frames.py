"""paho's client with its own reading: 256 KiB at a time, PUBLISH packets cut straight out of the buffer.

paho 2.2 reads one packet with one select() and several recv(), and builds an object for each; that costs more than
storing the reading. Everything else (CONNECT, SUBSCRIBE, keep-alive, TLS, writing) stays paho's. This touches private
names of paho, which is why it is pinned to 2.2 and why `tests/telemetry/test_frames.py` checks each of them.
"""

import logging
import select
import time
from collections.abc import Callable

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode

from telemetry.formats import MESSAGE_BYTES_MAX
from telemetry.ports import Message

log = logging.getLogger(__name__)

READ_BYTES = 256 * 1024
PUBLISH = 0x30
PUBACK = 0x40
DISCONNECT = b"\xe0\x00"
REMAINING_LENGTH_BYTES_MAX = 4

FRAME_BYTES_MAX = 1024 * 1024
"""Of a longer PUBLISH only the first part is kept, enough to see that it is too large; the rest is read past."""

KEPT_BYTES = MESSAGE_BYTES_MAX + 2 + 65_535 + 2 + 1

Deliver = Callable[[list[Message]], None]
HasRoom = Callable[[], bool]


class FrameClient(Client):
    """An MQTT 3.1.1 client that hands received messages over in lists, and is driven by one thread of the caller's.

    ``deliver`` gets the messages of one read and must not raise or block; reading stops while ``has_room`` says no.
    """

    def __init__(self, client_id: str, clock: Callable[[], int], deliver: Deliver, has_room: HasRoom) -> None:
        super().__init__(CallbackAPIVersion.VERSION2, client_id=client_id, clean_session=False, manual_ack=True)
        self._clock = clock
        self._deliver = deliver
        self._has_room = has_room
        self._received = bytearray()
        self._skip = 0

    def reconnect(self) -> MQTTErrorCode:
        """Connect anew; what was read of the old connection is forgotten, the broker sends it again."""
        self._received.clear()
        self._skip = 0
        return super().reconnect()

    def loop_read(self, max_packets: int = 1) -> MQTTErrorCode:
        """Read and take apart all there is, until the socket is empty or there is no more room."""
        while self._sock is not None and self._has_room():
            try:
                chunk = self._sock_recv(READ_BYTES)
            except BlockingIOError:
                break
            except OSError:
                chunk = b""
            if not chunk:
                return self._loop_rc_handle(MQTTErrorCode.MQTT_ERR_CONN_LOST)
            with self._msgtime_mutex:
                self._last_bytes_received = time.monotonic()
            self._received += chunk
            rc = self._take_frames()
            if rc != MQTTErrorCode.MQTT_ERR_SUCCESS:
                return self._loop_rc_handle(rc)
        return MQTTErrorCode.MQTT_ERR_SUCCESS

    def send_pubacks(self, packet_ids: list[int]) -> None:
        """Acknowledge messages of the present connection in one write."""
        acks = b"".join([b"\x40\x02" + packet_id.to_bytes(2, "big") for packet_id in packet_ids])
        self._packet_queue(PUBACK, acks, 0, 1)

    def leave(self, within_s: float) -> None:
        """Say DISCONNECT and hear the broker out until it closes.

        Closing at once, with bytes unread, would reset the connection: the broker might lose the last PUBACKs.
        """
        deadline_s = time.monotonic() + within_s
        self._packet_queue(PUBACK, DISCONNECT, 0, 1)  # as DISCONNECT, paho would close at once
        while (connection := self._sock) is not None and time.monotonic() < deadline_s:
            _, writable, _ = select.select([connection], [connection] if self.want_write() else [], [], 0.1)
            if writable:
                self.loop_write()
            try:
                if not self._sock_recv(READ_BYTES):
                    break
            except BlockingIOError:
                continue
            except OSError:
                break
        self._sock_close()

    def _take_frames(self) -> MQTTErrorCode:
        """Deliver the PUBLISH packets that are complete, give any other to paho, keep the rest."""
        if self._skip:
            skipped = min(self._skip, len(self._received))
            del self._received[:skipped]
            self._skip -= skipped
        data = bytes(self._received)  # slices of bytes are the messages' payloads: no second copy
        end = len(data)
        position = 0
        messages: list[Message] = []
        received_at_ms = self._clock()
        rc = MQTTErrorCode.MQTT_ERR_SUCCESS
        while end - position >= 2:
            head = data[position]
            body, length = _remaining_length(data, position + 1)
            if body < 0:
                rc = MQTTErrorCode.MQTT_ERR_PROTOCOL if length else rc
                break
            stop = body + length
            if stop > end:
                if length <= FRAME_BYTES_MAX or end - body < KEPT_BYTES:
                    break
                self._skip = stop - end  # too large for anyone: keep its first part as evidence, read past the rest
                stop = end
            if head & 0xF0 != PUBLISH:
                rc = self._other_packet(head, data[body:stop])
                if rc != MQTTErrorCode.MQTT_ERR_SUCCESS:
                    break
            else:
                topic_ends = body + 2 + (data[body] << 8 | data[body + 1]) if length > 1 else stop + 1
                starts = topic_ends + 2 if head & 0x06 else topic_ends
                if starts > stop:
                    rc = MQTTErrorCode.MQTT_ERR_PROTOCOL
                    break
                packet_id = data[topic_ends] << 8 | data[topic_ends + 1] if head & 0x06 else 0
                topic = str(data[body + 2 : topic_ends], "utf-8", "replace")
                messages.append(Message(topic, data[starts:stop], received_at_ms, packet_id, bool(head & 0x08)))
            position = stop
        del self._received[:position]
        if messages:
            self._deliver(messages)
        return rc

    def _other_packet(self, head: int, body: bytes) -> MQTTErrorCode:
        packet = self._in_packet
        packet["command"], packet["remaining_length"], packet["pos"] = head, len(body), 0
        packet["packet"] = bytearray(body)
        try:
            return self._packet_handle()
        except Exception:
            # paho raises what it likes on a packet that a sane broker never sends: that connection is over, not ingest
            log.exception("The broker sent a packet that can't be read; leaving it and coming back.")
            return MQTTErrorCode.MQTT_ERR_PROTOCOL


def _remaining_length(data: bytes, position: int) -> tuple[int, int]:
    """Where a packet's body starts and its length; (-1, 0) when more bytes are needed, (-1, 1) when it is malformed."""
    length = shift = 0
    for place in range(position, min(position + REMAINING_LENGTH_BYTES_MAX, len(data))):
        length |= (data[place] & 0x7F) << shift
        if data[place] < 0x80:
            return place + 1, length
        shift += 7
    return -1, int(len(data) - position >= REMAINING_LENGTH_BYTES_MAX)
