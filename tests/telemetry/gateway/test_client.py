"""The sender against a broker that breaks its word."""

import socket
import threading
from pathlib import Path

from telemetry.gateway import Gateway
from tests.support.waiting import wait_until


def test_broker_that_owes_pubacks_is_left_and_tried_again(tmp_path: Path) -> None:
    """It takes the connection and acknowledges nothing: the reading stays on disk, and a new connection is made."""
    connections: list[socket.socket] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            connections.append(connection)
            connection.recv(1000)
            connection.sendall(b"\x20\x02\x00\x00")  # CONNACK, and then not a word

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    url = f"mqtt://user:password@127.0.0.1:{listener.getsockname()[1]}"
    gateway = Gateway(url, "demo", "gw-1", tmp_path / "spool.db", puback_within_s=0.3)
    gateway.start()
    gateway.record("TH-1", 4.0)
    wait_until(lambda: len(connections) >= 2)
    assert gateway.waiting() == 1
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(5)
    for connection in connections:
        connection.close()
    gateway.stop()
