"""Ingest: from the broker into the database, for as long as the process lives."""

import logging
import threading
import time
from collections.abc import Sequence

from services.clock import Clock, clock_of, wall_clock_ms
from services.db.engine import Database
from services.errors import Conflict, InvalidInput, Unavailable
from services.readings.housekeeping import Housekeeper
from services.readings.writer import SqlReadingStore
from services.settings import ClockSource, Settings
from services.workers.broker import INGEST_CLIENT_ID, ingest_url
from services.workers.claim import claim_of
from services.workers.heartbeat import beat
from telemetry.consumer import Consumer, ConsumerFailed
from telemetry.intake import Intake
from telemetry.share import delivers_shared, shared
from telemetry.steady import SteadyClock
from telemetry.topics import SUBSCRIPTIONS

log = logging.getLogger(__name__)

BEAT_EVERY_S = 3.0
SAY_EVERY_S = 5.0
OUTAGE_S = 2.0
HOUSEKEEPING_EVERY_S = 60.0
CLAIM_WITHIN_S = 2.0
"""How long the claim of a predecessor that has just been killed may take to fall."""


def subscriptions_of(tenants: Sequence[str], share: str | None) -> tuple[str, ...]:
    """The topic filters of one ingest process: all, those of some tenants, or a share of either."""
    own = [topic for topic in SUBSCRIPTIONS if topic.startswith("coldchain/")]
    topics = tuple(topic.replace("+", tenant, 1) for tenant in tenants for topic in own) or SUBSCRIPTIONS
    return topics if share is None else shared(topics, share)


class IngestWorker:
    """One consumer of one session on the broker. `stop` may be called from a signal handler.

    Several share the work by ``tenants``, each taking the topics of its own, or as a ``share`` group on a broker that
    delivers shared subscriptions. Each needs a ``client_id`` that stays the same over restarts.
    """

    def __init__(
        self,
        settings: Settings,
        database: Database,
        *,
        client_id: str = INGEST_CLIENT_ID,
        tenants: Sequence[str] = (),
        share: str | None = None,
    ) -> None:
        self._settings = settings
        self._database = database
        self._client_id = client_id
        self._subscriptions = subscriptions_of(tenants, share)
        self._shares = share is not None
        self._claim = claim_of(database, settings.data_dir, client_id)
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
            Conflict: another process works under this client id.
            ConsumerFailed: a fault of ours, in housekeeping too; nothing acknowledged is lost, start again.
        """
        deadline_s = None if give_up_after_s is None else time.monotonic() + give_up_after_s
        try:
            url = self._await_broker(deadline_s)
            if url is not None and self._shares:
                self._try_share(url)
            if url is not None and self._await_claim():
                self._consume(url, deadline_s)
        finally:
            self._claim.release()

    def _consume(self, url: str, deadline_s: float | None) -> None:
        clock: Clock = clock_of(self._settings)
        intake = Intake(SqlReadingStore(self._database))
        if self._settings.clock is ClockSource.SYSTEM:
            clock = steady = SteadyClock(clock)
            intake = Intake(SqlReadingStore(self._database), steady.doubted_ms)
        consumer = Consumer(url, self._client_id, intake, clock, subscriptions=self._subscriptions)
        self._consumer = consumer
        consumer.start()
        keeping = threading.Thread(target=self._keep_house, args=(clock,), name="housekeeping", daemon=True)
        keeping.start()
        if self._stopping.is_set():
            consumer.stop()
        while not consumer.wait(BEAT_EVERY_S):
            self._beat()
            if not self._still_claimed():
                self.stop()
                consumer.wait()
                raise self._taken()
            if not keeping.is_alive() and not self._stopping.is_set():
                self.stop()
                consumer.wait()
                raise ConsumerFailed("Housekeeping has ended by a fault; without it no partition is made ahead.")
            if deadline_s is not None and not consumer.counts.connections and time.monotonic() > deadline_s:
                self.stop()
                consumer.wait()
                raise Unavailable("The broker could not be reached in time; check COLDCHAIN_BROKER_URL.")
        keeping.join()
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

    def _try_share(self, url: str) -> None:
        try:
            delivered = delivers_shared(url)
        except OSError as error:
            raise Unavailable(f"The broker can't be reached to try shared subscriptions: {error}.") from error
        if not delivered:
            raise InvalidInput(
                "This broker does not deliver shared subscriptions; readings would wait for ever. Share the work by"
                " --tenant instead."
            )

    def _await_claim(self) -> bool:
        """Have the client id for ourselves; False when told to stop before."""
        deadline_s = time.monotonic() + CLAIM_WITHIN_S
        while not self._stopping.is_set():
            try:
                if self._claim.hold():
                    return True
                if time.monotonic() > deadline_s:
                    raise self._taken()
            except Unavailable as error:
                log.warning("%s Trying again until it can.", error.detail)
                deadline_s = time.monotonic() + CLAIM_WITHIN_S
                self._stopping.wait(OUTAGE_S)
            self._stopping.wait(0.2)
        return False

    def _still_claimed(self) -> bool:
        try:
            return self._claim.hold()
        except Unavailable:
            return True  # nobody else can have it while the database is away

    def _taken(self) -> Conflict:
        return Conflict(
            f"Another ingest works as {self._client_id}. Stop it, or give this one another --client-id and its own"
            " topics."
        )

    def _keep_house(self, clock: Clock) -> None:
        """Partitions, retention and roll-ups, beside the consumer and never in its way."""
        housekeeper = Housekeeper(self._database)
        while not self._stopping.is_set():
            try:
                housekeeper.tick(clock())
            except Unavailable as error:
                log.debug("Housekeeping waits for the database: %s", error.detail)
            self._stopping.wait(HOUSEKEEPING_EVERY_S)

    def _beat(self) -> None:
        try:
            with self._database.write() as session:
                beat(session, "ingest", wall_clock_ms())
        except Unavailable:
            log.debug("No sign of life: the database is away.")


__all__ = ["ConsumerFailed", "IngestWorker"]
