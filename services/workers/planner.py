"""The planner: takes plan jobs, has the router solve them in a child process, checks the answer, stores it.

When no plan waits it takes sourcing jobs.
"""

import json
import logging
import threading
import time
from typing import Any

from routing import Plan, Problem, Progress, Refused, read_problem, solve, write_plan
from routing.road_network import TravelUnavailable
from routing.travel import TravelProvider
from services.clock import Clock, wall_clock_ms
from services.db.engine import Database
from services.errors import Unavailable
from services.plans import queue
from services.plans.tables import PlanJob
from services.workers import heartbeat
from services.workers.sourcer import Sourcer

log = logging.getLogger(__name__)

IDLE_S = 0.5
OUTAGE_S = 2.0
HEARTBEAT_S = 1.0


class Planner:
    """Works on one job at a time until `stop` is set. Several planners share one queue.

    A planner that dies leaves its job to the next one after the lease; a job that outlives three planners fails.
    ``clock`` dates plans, ``machine_clock`` leases: a demo's hour must not expire a lease.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        default_seconds: float,
        machine_clock: Clock = wall_clock_ms,
        travel: TravelProvider | None = None,
    ) -> None:
        self.database = database
        self.clock = clock
        self.machine_clock = machine_clock
        self.default_seconds = default_seconds
        self.travel = travel
        self.stop = threading.Event()
        self.sourcer = Sourcer(database, clock, machine_clock, self.stop)

    def run(self) -> None:
        """Work until `stop` is set; an unreachable database is waited for."""
        while not self.stop.is_set():
            try:
                if not self.work_once():
                    self.stop.wait(IDLE_S)
            except Unavailable as error:
                log.warning("waiting for the database: %s", error.detail)
                self.stop.wait(OUTAGE_S)

    def work_once(self) -> bool:
        """Take one job through to its end; False when none waits."""
        with self.database.write() as session:
            heartbeat.beat(session, "planner", self.machine_clock())
            job = queue.claim(session, self.machine_clock())
            ours = job is not None and job.state == "running"
        if job is None:
            return self.sourcer.work_once()
        if ours:
            self._work(job)
        return True

    def _work(self, job: PlanJob) -> None:
        search = _Search(self, job)
        with search:
            try:
                problem = read_problem(json.dumps(job.problem))
                plan = search.solve(problem)
            except (Refused, TravelUnavailable) as error:
                with self.database.write() as session:
                    queue.fail(session, job.id, self.clock(), str(error))
                return
        document = _document(job, problem, plan)
        with self.database.write() as session:
            queue.finish(
                session,
                job.id,
                self.clock(),
                document=document,
                engine=plan.provenance.engine,
                cost_satang=plan.costs.total,
            )


class _Search:
    """One solve with its heartbeat: a thread reports progress, keeps the lease and notices a cancellation."""

    def __init__(self, planner: Planner, job: PlanJob) -> None:
        self.planner = planner
        self.job = job
        self.seconds = float(job.request.get("seconds") or planner.default_seconds)
        self.best_cost_satang: int | None = None
        self._enough = threading.Event()
        self._over = threading.Event()
        self._started_s = time.monotonic()
        self._reporter = threading.Thread(target=self._report, name="plan-heartbeat", daemon=True)

    def __enter__(self) -> "_Search":
        self._reporter.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._reporter.join()

    def solve(self, problem: Problem) -> Plan:
        """The router's checked plan. Raises Refused, or TravelUnavailable while the road router is away."""
        return solve(
            problem,
            seconds=self.seconds,
            seed=int(self.job.request.get("seed", 0)),
            engine=self.job.request.get("engine", "auto"),
            travel=self.planner.travel,
            on_progress=self._note,
            stop=self._stop,
        )

    def _note(self, progress: Progress) -> None:
        self.best_cost_satang = progress.cost_satang

    def _stop(self) -> bool:
        return self._enough.is_set() or self.planner.stop.is_set()

    def _report(self) -> None:
        while not self._over.wait(HEARTBEAT_S):
            share = min(0.99, (time.monotonic() - self._started_s) / self.seconds)
            now_ms = self.planner.machine_clock()
            try:
                with self.planner.database.write() as session:
                    heartbeat.beat(session, "planner", now_ms)
                    if not queue.report(session, self.job.id, now_ms, share, self.best_cost_satang):
                        self._enough.set()
            except Unavailable as error:
                log.warning("progress of job %s not noted: %s", self.job.id, error.detail)


def _document(job: PlanJob, problem: Problem, plan: Plan) -> dict[str, Any]:
    return {
        "plan": json.loads(write_plan(plan)),
        "time_zero_ms": problem.time_zero_ms,
        "deadlines": job.request["deadlines"],
        "scenario": (job.request.get("scenario") or {}).get("name"),
    }
