"""Takes sourcing jobs, has the match made in a child process, stores the proposal and its lines."""

import json
import logging
import threading

from routing.sourcing import MatchFailed, Proposal, propose, read_market
from services.clock import Clock, wall_clock_ms
from services.db.engine import Database
from services.errors import Unavailable
from services.sourcing import queue
from services.sourcing.tables import Sourcing
from services.workers import heartbeat

log = logging.getLogger(__name__)

HEARTBEAT_S = 1.0
SECONDS = 120.0
"""A match that has not ended by then is given up."""


class Sourcer:
    """Works on sourcing jobs beside a planner, until `stop` is set.

    ``clock`` dates what is found, ``machine_clock`` leases: a demo's hour must not expire a lease.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        machine_clock: Clock = wall_clock_ms,
        stop: threading.Event | None = None,
    ) -> None:
        self.database = database
        self.clock = clock
        self.machine_clock = machine_clock
        self.stop = stop or threading.Event()

    def work_once(self) -> bool:
        """Take one job through to its end; False when none waits."""
        with self.database.write() as session:
            job = queue.claim(session, self.machine_clock())
            ours = job is not None and job.state == "running"
        if job is None:
            return False
        if ours:
            self._work(job)
        return True

    def _work(self, job: Sourcing) -> None:
        with _Lease(self, job) as lease:
            try:
                proposal = self._proposal(job, lease)
            except (MatchFailed, ValueError) as error:
                with self.database.write() as session:
                    queue.fail(session, job.id, self.clock(), f"The match failed: {error}.")
                return
        with self.database.write() as session:
            if not queue.finish(session, job.id, self.clock(), proposal):
                queue.fail(session, job.id, self.clock(), "Cancelled when it was all but done.")

    def _proposal(self, job: Sourcing, lease: "_Lease") -> Proposal:
        market = read_market(json.dumps(job.market))
        return propose(market, seconds=SECONDS, on_progress=lease.note, stop=lambda: lease.enough or self.stop.is_set())


class _Lease:
    """Reports progress, keeps the lease and notices a cancellation while a job is worked on."""

    def __init__(self, sourcer: Sourcer, job: Sourcing) -> None:
        self.sourcer = sourcer
        self.job = job
        self.enough = False
        self._share = 0.0
        self._over = threading.Event()
        self._reporter = threading.Thread(target=self._report, name="sourcing-heartbeat", daemon=True)

    def __enter__(self) -> "_Lease":
        self._reporter.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._reporter.join()

    def note(self, share: float) -> None:
        """How far the match is, from 0 to 1."""
        self._share = share

    def _report(self) -> None:
        while not self._over.wait(HEARTBEAT_S):
            now_ms = self.sourcer.machine_clock()
            try:
                with self.sourcer.database.write() as session:
                    heartbeat.beat(session, "planner", now_ms)
                    if not queue.report(session, self.job.id, now_ms, self._share):
                        self.enough = True
            except Unavailable as error:
                log.warning("progress of sourcing %s not noted: %s", self.job.id, error.detail)
