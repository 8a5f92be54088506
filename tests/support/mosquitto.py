"""A mosquitto of our own, where it is installed: the broker that most people have."""

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from telemetry.accounts import INGEST_USER
from telemetry.session import make_session
from telemetry.topics import SUBSCRIPTIONS
from tests.support.nats import CLIENT_ID, PASSWORD, TestBroker
from tests.support.optional import need_binary
from tests.support.waiting import wait_until


@contextmanager
def mosquitto_broker(directory: Path) -> Iterator[TestBroker]:
    """A broker without accounts and without a limit on what waits for a session; the ingest session is made."""
    binary = need_binary("mosquitto", "mosquitto")
    port = _free_port()
    directory.mkdir(parents=True, exist_ok=True)
    configuration = directory / "mosquitto.conf"
    configuration.write_text(
        f"listener {port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\nmax_inflight_messages 2000\n"
        f"persistence true\npersistence_location {directory}/\n"
        + ("user root\n" if directory.owner() == "root" else "")
    )
    with (directory / "mosquitto.log").open("wb") as log:
        process = subprocess.Popen([binary, "-c", str(configuration)], stdout=log, stderr=log)
    try:
        wait_until(lambda: _listens(port))
        url = f"mqtt://127.0.0.1:{port}"
        make_session(url, INGEST_USER, PASSWORD, CLIENT_ID, SUBSCRIPTIONS)
        yield TestBroker(url)
    finally:
        process.terminate()
        process.wait()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
