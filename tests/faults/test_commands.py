"""`coldchain broker`, `ingest` and `gateway` as processes: what an operator does, and what happens when they die."""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL, make_url

from services.db.engine import Database
from services.identity.logic import add_tenant
from tests.faults.rig import count, wait_stored
from tests.support.messages import NOW_MS, native
from tests.support.publisher import Publisher
from tests.support.waiting import wait_until


class Box:
    """One box with its data directory; runs commands, and services that end with the test."""

    def __init__(self, directory: Path, database_url: URL) -> None:
        self.directory = directory
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("COLDCHAIN_")},
            "COLDCHAIN_DATA_DIR": str(directory),
            "COLDCHAIN_DATABASE_URL": database_url.render_as_string(hide_password=False),
            "COLDCHAIN_BROKER_PORT": "0",
        }
        self.services: list[subprocess.Popen[bytes]] = []

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """`coldchain ARGUMENTS` to its end."""
        return subprocess.run(
            [sys.executable, "-m", "services.child", str(os.getpid()), *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def serve(self, command: str) -> subprocess.Popen[bytes]:
        """`coldchain COMMAND` in the background."""
        with (self.directory / f"{command}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "services.child", str(os.getpid()), command],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.services.append(process)
        return process

    def broker_url(self) -> str:
        """Where the broker says that it listens, once it does."""
        ready = self.directory / "broker.json"
        wait_until(ready.exists, 30)
        return str(json.loads(ready.read_text())["url"])

    def add_gateway(self, name: str) -> dict[str, str]:
        done = self.run("gateway", "add", name, "--tenant", "demo", "--json")
        assert done.returncode == 0, done.stderr
        issued: dict[str, str] = json.loads(done.stdout)
        return issued

    def try_gateway(self, name: str, password: str) -> subprocess.CompletedProcess[str]:
        return self.run("gateway", "test", name, "--tenant", "demo", "--password", password)

    def close(self) -> None:
        for process in reversed(self.services):
            process.terminate()
        for process in self.services:
            process.wait(30)


@pytest.fixture
def box(tmp_path: Path, sqlite_url: URL) -> Iterator[Box]:
    database = Database(sqlite_url)
    with database.write() as session:
        add_tenant(session, "demo", "Demo", NOW_MS)
    database.close()
    box = Box(tmp_path, sqlite_url)
    yield box
    box.close()


def test_gateway_is_let_in_tried_and_shut_out(box: Box) -> None:
    """Added while the broker runs, it gets through to the database; with a wrong password, or revoked, it does not."""
    box.serve("broker")
    box.broker_url()
    box.serve("ingest")
    password = box.add_gateway("gw-9")["password"]
    wait_until(lambda: box.try_gateway("gw-9", password).returncode == 0, 40)
    refused = box.try_gateway("gw-9", "wrong")
    assert refused.returncode == 1
    assert "check user and password" in refused.stderr
    assert box.run("gateway", "revoke", "gw-9", "--tenant", "demo").returncode == 0
    wait_until(lambda: box.try_gateway("gw-9", password).returncode == 1, 40)
    assert password not in (box.directory / "broker.log").read_text() + (box.directory / "ingest.log").read_text()


def test_killed_broker_leaves_no_server_behind_and_comes_back_on_its_port(box: Box, sqlite_url: URL) -> None:
    """The NATS server ends with `coldchain broker`; the next start finds its messages, and gateways find the broker."""
    issued = box.add_gateway("gw-9")
    first = box.serve("broker")
    url = box.broker_url()
    login = f"mqtt://{issued['username'].replace('/', '%2F')}:{issued['password']}@"
    gateway = Publisher(url.replace("mqtt://", login), "gw-9")
    start_ms = time.time_ns() // 1_000_000 - 3_600_000
    for number in range(100):
        gateway.publish(issued["topic"], native(at_ms=start_ms + number), number)
    gateway.wait_acknowledged()
    server_pid = int((box.directory / "broker" / "nats.pid").read_text())
    first.kill()
    first.wait()
    wait_until(lambda: _ended(server_pid), 20)
    (box.directory / "broker.json").unlink()
    box.serve("broker")
    assert box.broker_url() == url
    box.serve("ingest")
    database = Database(sqlite_url)
    wait_stored(database, 100)
    assert count(database) == 100
    database.close()
    gateway.close()


def test_broker_on_a_database_without_schema_says_what_to_run(tmp_path: Path) -> None:
    """Exit code 3 and the command, in one line; waiting would not help."""
    ended = Box(tmp_path, make_url(f"sqlite:///{tmp_path / 'empty.db'}")).run("broker")
    assert ended.returncode == 3
    assert "coldchain db upgrade" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_gateway_is_added_as_a_network_server(box: Box) -> None:
    """With the topic of its application; half of the two options is refused."""
    added = box.run("gateway", "add", "lora", "--tenant", "demo", "--bridge", "chirpstack", "--application", "7b2f")
    assert (added.returncode, "application/7b2f/device/+/event/up" in added.stdout) == (0, True), added.stderr
    more = ("gateway", "bridge", "lora", "--tenant", "demo", "--from", "tts", "--application", "orchard@ttn")
    assert box.run(*more).returncode == 0
    assert box.run(*more).returncode == 2
    assert box.run(*more, "--remove").returncode == 0
    assert box.run("gateway", "add", "gw", "--tenant", "demo", "--bridge", "tts").returncode == 2


@pytest.mark.slow
def test_broker_whose_disk_was_full_is_started_anew(box: Box) -> None:
    """NATS itself would store nothing more; gateways that waited are acknowledged then."""
    issued = box.add_gateway("gw-9")
    box.serve("broker")
    url = box.broker_url().replace("mqtt://", f"mqtt://{issued['username'].replace('/', '%2F')}:{issued['password']}@")
    gateway = Publisher(url, "gw-9")
    gateway.publish(issued["topic"], native(), 0)
    gateway.wait_acknowledged()
    server_pid = int((box.directory / "broker" / "nats.pid").read_text())
    resource.prlimit(server_pid, resource.RLIMIT_FSIZE, (16_384, resource.RLIM_INFINITY))
    for number in range(1, 300):
        gateway.publish(issued["topic"], native(at_ms=NOW_MS - number), number)
    wait_until(lambda: "starting the broker anew" in (box.directory / "broker.log").read_text(), 30)
    gateway.wait_acknowledged(60)
    gateway.close()


def test_without_a_broker_the_trial_says_what_to_start(box: Box) -> None:
    """Exit code 3, and the command that is missing."""
    box.add_gateway("gw-9")
    tried = box.try_gateway("gw-9", "any")
    assert tried.returncode == 3
    assert "coldchain broker" in tried.stderr


def _ended(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True
