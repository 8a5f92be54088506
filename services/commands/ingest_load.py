"""Load for the ingest benchmark: messages, and a publisher that costs next to nothing itself."""

import json
import socket
import struct
import threading
import time
from collections.abc import Sequence

WINDOW = 1000
"""Messages published ahead of their PUBACKs."""

SENSORS = 2000


def messages(count: int, readings_each: int, now_ms: int) -> list[bytes]:
    """Native messages of about 130 bytes a reading, of 2,000 sensors in turn, once a second until now."""
    total = count * readings_each
    rounds = (total - 1) // SENSORS
    made = []
    for start in range(0, total, readings_each):
        readings = [
            {
                "sensor": f"TH-{number % SENSORS:04d}",
                "at": now_ms - (rounds - number // SENSORS) * 1000,
                "temperature_c": 13.4 + number % 100 / 100,
                "humidity_pct": 88.1,
                "battery_pct": 92,
            }
            for number in range(start, start + readings_each)
        ]
        made.append(json.dumps({"seq": start // readings_each + 1, "readings": readings}).encode())
    return made


class RawPublisher:
    """MQTT 3.1.1 at QoS 1 over a plain socket: frames are written in bulk, PUBACKs are only counted."""

    def __init__(self, port: int, client_id: str, user: str, password: str) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        fields = b"".join(map(_text, (client_id, user, password)))
        body = _text("MQTT") + bytes([4, 0xC2]) + struct.pack("!H", 0) + fields
        self._socket.sendall(b"\x10" + _length(len(body)) + body)
        if self._socket.recv(4) != b"\x20\x02\x00\x00":
            raise ConnectionError("the broker refused the load's connection")
        self._room = threading.Semaphore(WINDOW)
        self._number = 0
        self._acknowledged = 0
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def publish(self, topic: str, payloads: Sequence[bytes]) -> None:
        """Send all; waits for room as PUBACKs come."""
        name = topic.encode()
        pending: list[bytes] = []
        for payload in payloads:
            if not self._room.acquire(blocking=False):
                self._socket.sendall(b"".join(pending))
                pending.clear()
                self._room.acquire()
            self._number += 1
            body = struct.pack("!H", len(name)) + name + struct.pack("!H", self._number % 65_535 + 1) + payload
            pending.append(b"\x32" + _length(len(body)) + body)
            if len(pending) >= WINDOW // 10:
                self._socket.sendall(b"".join(pending))
                pending.clear()
        self._socket.sendall(b"".join(pending))

    def wait_acknowledged(self) -> None:
        """Return once the broker has everything on disk."""
        while self._acknowledged < self._number:
            time.sleep(0.001)

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._reader.join()
        self._socket.close()

    def _read(self) -> None:
        rest = 0
        while chunk := self._socket.recv(65_536):
            done, rest = divmod(rest + len(chunk), 4)  # a PUBACK has four bytes
            self._acknowledged += done
            for _ in range(done):
                self._room.release()


def _text(value: str) -> bytes:
    return struct.pack("!H", len(value)) + value.encode()


def _length(value: int) -> bytes:
    coded = bytearray()
    while True:
        value, digit = divmod(value, 128)
        coded.append(digit | 0x80 if value else digit)
        if not value:
            return bytes(coded)
