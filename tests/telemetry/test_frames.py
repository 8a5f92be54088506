"""Reading MQTT frames out of any fragmentation; and the private names of paho that this rests on."""

import importlib.metadata
import inspect
import socket
import threading
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from paho.mqtt.client import Client
from paho.mqtt.enums import MQTTErrorCode

from telemetry.formats import MESSAGE_BYTES_MAX
from telemetry.frames import FrameClient
from telemetry.ports import Message


def length(value: int) -> bytes:
    coded = bytearray()
    while True:
        value, digit = divmod(value, 128)
        coded.append(digit | 0x80 if value else digit)
        if not value:
            return bytes(coded)


def frame(topic: str, payload: bytes, packet_id: int = 0, *, dup: bool = False) -> bytes:
    """A PUBLISH packet (MQTT 3.1.1, 3.3); QoS 1 when it has an id."""
    name = topic.encode()
    body = len(name).to_bytes(2, "big") + name + (packet_id.to_bytes(2, "big") if packet_id else b"") + payload
    return bytes([0x30 | (0x02 if packet_id else 0) | (0x08 if dup else 0)]) + length(len(body)) + body


class Wire:
    """A client whose socket is in our hands."""

    def __init__(self) -> None:
        self.received: list[Message] = []
        self.room = True
        self.client = FrameClient("wire", lambda: 42, self.received.extend, lambda: self.room)
        self.end, ours = socket.socketpair()
        ours.setblocking(False)
        self.client._sock = ours
        self._ours = ours

    def close(self) -> None:
        self.end.close()
        self._ours.close()
        self.client._sock = None


@pytest.fixture
def wire() -> Iterator[Wire]:
    wire = Wire()
    yield wire
    wire.close()


def test_paho_is_the_one_whose_insides_we_know() -> None:
    """Another version may have other private names: read `telemetry/frames.py` before raising this pin."""
    assert importlib.metadata.version("paho-mqtt").startswith("2.2.")
    for name in ("_sock_recv", "_loop_rc_handle", "_packet_handle", "_packet_queue"):
        assert callable(getattr(Client, name))
    client = FrameClient("names", lambda: 0, lambda _: None, lambda: True)
    for name in ("_sock", "_in_packet", "_msgtime_mutex", "_last_bytes_received"):
        assert hasattr(client, name), name
    assert {"command", "remaining_length", "packet", "pos"} <= set(client._in_packet)
    assert list(inspect.signature(Client._packet_queue).parameters)[:5] == ["self", "command", "packet", "mid", "qos"]


def test_message_is_taken_whole(wire: Wire) -> None:
    """Topic, payload, packet id, redelivery and receipt time."""
    wire.end.sendall(frame("a/b", b"payload", 7, dup=True) + frame("c", b""))
    wire.client.loop_read()
    assert wire.received == [Message("a/b", b"payload", 42, 7, True), Message("c", b"", 42, 0, False)]


@settings(max_examples=60, deadline=None)
@given(
    sent=st.lists(
        st.tuples(st.text(min_size=1, max_size=8), st.binary(max_size=300), st.integers(0, 65_535)), max_size=8
    ),
    cuts=st.lists(st.integers(1, 40), min_size=1, max_size=30),
)
def test_fragmentation_does_not_matter(sent: list[tuple[str, bytes, int]], cuts: list[int]) -> None:
    """However TCP cuts the stream, the same messages come out."""
    wire = Wire()
    stream = b"".join(frame(topic, payload, packet_id) for topic, payload, packet_id in sent)
    position = turn = 0
    while position < len(stream):
        step = cuts[turn % len(cuts)]
        wire.end.sendall(stream[position : position + step])
        wire.client.loop_read()
        position, turn = position + step, turn + 1
    wire.close()
    assert [(m.topic, m.payload, m.packet_id) for m in wire.received] == sent


@settings(max_examples=100, deadline=None)
@given(noise=st.binary(min_size=1, max_size=400))
def test_any_bytes_are_an_error_or_nothing(noise: bytes) -> None:
    """A broken stream ends the connection at worst; it never raises."""
    wire = Wire()
    wire.end.sendall(noise)
    assert isinstance(wire.client.loop_read(), MQTTErrorCode)
    wire.close()


def test_no_room_leaves_the_bytes_where_they_are(wire: Wire) -> None:
    """Reading goes on when there is room again."""
    wire.room = False
    wire.end.sendall(frame("a", b"1", 1))
    wire.client.loop_read()
    assert wire.received == []
    wire.room = True
    wire.client.loop_read()
    assert [message.payload for message in wire.received] == [b"1"]


def test_monstrous_message_is_read_past_and_kept_as_evidence(wire: Wire) -> None:
    """Of 5 MB enough is kept to be called too large, and the next message is read."""
    monster = frame("a", b"x" * 5_000_000, 1)
    rest = frame("a", b"next", 2)
    stream = monster + rest
    for start in range(0, len(stream), 60_000):
        wire.end.sendall(stream[start : start + 60_000])
        wire.client.loop_read()
    first, second = wire.received
    assert MESSAGE_BYTES_MAX < len(first.payload) < 1_000_000
    assert (first.packet_id, second.payload) == (1, b"next")


def test_leaving_hears_the_broker_out(wire: Wire) -> None:
    """What the broker still sends is read, so that it gets the last PUBACKs and the DISCONNECT instead of a reset."""
    wire.end.sendall(frame("a", b"unread", 9))
    wire.client.send_pubacks([1, 2])
    wire.end.settimeout(5)
    leaving = threading.Thread(target=wire.client.leave, args=(5.0,))
    leaving.start()
    got = b""
    while not got.endswith(b"\xe0\x00"):
        got += wire.end.recv(100)
    wire.end.close()
    leaving.join(5)
    assert got == b"\x40\x02\x00\x01\x40\x02\x00\x02\xe0\x00"
    assert not leaving.is_alive()
    assert wire.received == []


def test_closed_connection_is_told(wire: Wire) -> None:
    """The peer's end is an error code, not an exception."""
    wire.end.close()
    assert wire.client.loop_read() == MQTTErrorCode.MQTT_ERR_CONN_LOST
