"""Ingest: from the broker into the database, for as long as the process lives."""

import logging
import threading
import time

from services.clock import Clock, clock_of, wall_clock_ms
from services.db.engine import Database
from services.errors import Unavailable
from services.readings.writer import SqlReadingStore
from services.settings import Settings
from services.workers.broker import INGEST_CLIENT_ID, ingest_url
from services.workers.heartbeat import beat
from telemetry.consumer import Consumer, ConsumerFailed, Limits
from telemetry.intake import Intake

log = logging.getLogger(__name__)

BEAT_EVERY_S = 3.0
SAY_EVERY_S = 5.0


class IngestWorker:
    """One consumer of one session on the broker. `stop` may be called from a signal handler."""

    def __init__(self, settings: Settings, database: Database, *, client_id: str = INGEST_CLIENT_ID) -> None:
        self._settings = settings
        self._database = database
        self._client_id = client_id
        self._stopping = threading.Event()
        self._consumer: Consumer | None = None

    def stop(self) -> None:
        """Store and acknowledge what has been read, then end."""
        self._stopping.set()
        if self._consumer is not None:
            self._consumer.stop()

    def run(self, give_up_after_s: float | None = None) -> None:
        """Work until stopped. A broker or database that is away is waited for, and named every few seconds.

        Raises:
            Unavailable: the broker was not reached within ``give_up_after_s``, where that is given.
            ConsumerFailed: a fault of ours; nothing acknowledged is lost, start again.
        """
        deadline_s = None if give_up_after_s is None else time.monotonic() + give_up_after_s
        url = self._await_broker(deadline_s)
        if url is None:
            return
        clock: Clock = clock_of(self._settings)
        consumer = Consumer(url, self._client_id, Intake(SqlReadingStore(self._database)), clock, limits=Limits())
        self._consumer = consumer
        consumer.start()
        if self._stopping.is_set():
            consumer.stop()
        while not consumer.wait(BEAT_EVERY_S):
            self._beat()
            if deadline_s is not None and not consumer.counts.connections and time.monotonic() > deadline_s:
                consumer.stop()
                consumer.wait()
                raise Unavailable("The broker could not be reached in time; check COLDCHAIN_BROKER_URL.")
        log.info("Ingest has ended: %s", consumer.counts)

    def _await_broker(self, deadline_s: float | None) -> str | None:
        said_s = -SAY_EVERY_S
        while not self._stopping.is_set():
            url = ingest_url(self._settings)
            if url is not None:
                return url
            if deadline_s is not None and time.monotonic() > deadline_s:
                raise Unavailable("There is no broker; start `coldchain broker`, or set COLDCHAIN_BROKER_URL.")
            if time.monotonic() - said_s >= SAY_EVERY_S:
                said_s = time.monotonic()
                log.warning("Waiting for the embedded broker; start `coldchain broker`, or set COLDCHAIN_BROKER_URL.")
            self._stopping.wait(0.1)
        return None

    def _beat(self) -> None:
        try:
            with self._database.write() as session:
                beat(session, "ingest", wall_clock_ms())
        except Unavailable:
            log.debug("No sign of life: the database is away.")


__all__ = ["ConsumerFailed", "IngestWorker"]
