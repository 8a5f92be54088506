"""Ingest as a real process between a real broker and a real database, to be killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, func, select, text
from sqlalchemy.orm import Session

from services.db.engine import Database
from services.devices.logic import add_gateway
from services.devices.tables import Sensor
from services.identity.logic import add_tenant
from services.readings.tables import DeadLetter, ReadingConflict, StoredReading
from tests.support.messages import NOW_MS
from tests.support.waiting import wait_until

Fact = tuple[str, int, int]
"""Sensor, measured_at_ms, temperature_centi_c."""


class IngestProcess:
    """`coldchain ingest` as a child process."""

    def __init__(self, directory: Path, database_url: URL, broker_url: str) -> None:
        self._log = directory / "ingest.log"
        self._environment = {
            **os.environ,
            "COLDCHAIN_DATA_DIR": str(directory),
            "COLDCHAIN_DATABASE_URL": database_url.render_as_string(hide_password=False),
            "COLDCHAIN_BROKER_URL": broker_url,
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *options: str) -> None:
        """Start it; the kernel ends it with the tests."""
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "services.child", str(os.getpid()), "ingest", *options],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def kill(self) -> None:
        """End it as a power cut would."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def stop(self) -> int:
        """End it politely; answers its exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)

    def log(self) -> str:
        return self._log.read_text(errors="replace")


@contextmanager
def ingest(directory: Path, database_url: URL, broker_url: str) -> Iterator[IngestProcess]:
    """A running ingest process, killed at the end."""
    process = IngestProcess(directory, database_url, broker_url)
    process.start()
    try:
        yield process
    finally:
        process.kill()


def prepare(database: Database, *gateways: str) -> None:
    """A tenant `demo` with these gateways."""
    with database.write() as session:
        tenant = add_tenant(session, "demo", "Demo", NOW_MS)
        for name in gateways:
            add_gateway(session, tenant.id, "demo", name, NOW_MS)


def stored(database: Database) -> list[Fact]:
    """Everything that is stored, in order; a fact twice would stand here twice."""
    with database.read() as session:
        query = select(Sensor.external_id, StoredReading.measured_at_ms, StoredReading.temperature_centi_c).join(
            Sensor, Sensor.id == StoredReading.sensor_id
        )
        return sorted((name, at_ms, centi) for name, at_ms, centi in session.execute(query))


def count(database: Database) -> int:
    """How many readings are stored."""
    with database.read() as session:
        return session.scalars(select(func.count()).select_from(StoredReading)).one()


def wait_stored(database: Database, readings: int, within_s: float = 60.0) -> None:
    """Return once that many readings are stored."""
    wait_until(lambda: count(database) >= readings, within_s)


def blemishes(database: Database) -> dict[str, int]:
    """What must stay empty in a run without poison: conflicts and dead letters."""

    def rows(session: Session, table: type[ReadingConflict] | type[DeadLetter]) -> int:
        return session.scalars(select(func.count()).select_from(table)).one()

    with database.read() as session:
        return {"conflicts": rows(session, ReadingConflict), "dead_letters": rows(session, DeadLetter)}


def resident_kib(pid: int) -> int:
    """The memory that a process has resident now, in KiB (Linux)."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))


def end_connections(database: Database) -> None:
    """Cut every other connection to this PostgreSQL database, as a restart of the server does."""
    with database.write() as session:
        session.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
