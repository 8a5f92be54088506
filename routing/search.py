"""From a problem to a plan within the time asked for: validate, answer greedily, search, explain, check.

Whatever an engine does, the plan is feasible under the independent check: tours are timed again here, and where an
engine's child is killed, crashes or answers nonsense, the greedy plan stands and says so.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import get_args

from routing import worker
from routing.assemble import assemble, digest, left_behind, tours_cost
from routing.check import check
from routing.engines import Budget, restated, unsupported
from routing.explain import explain
from routing.faults import Fault, Refused
from routing.first_answer import first_answer
from routing.greedy import StuckTruck, extend
from routing.instance import Instance, index
from routing.mend import mend
from routing.plan import Engine, Plan, Provenance, Tours
from routing.problem import Problem
from routing.rules import Rule
from routing.traffic import at_the_slowest
from routing.travel import Matrices, TravelProvider, matrices
from routing.validate import validate

MAX_SECONDS = 86_400
MAX_WORKERS = 16
# What explaining and checking may take after the search, and how long a child may overrun before it is killed.
CLOSING_S = 0.3
CLOSING_S_PER_LOT = 0.0002
CLOSING_SHARE = 0.1
GREEDY_SHARE = 0.4
GRACE_S = 0.5
# A child is not started for less: it would take that long to load.
LEAST_S = 0.2
# Which engines search, one after the other, each for a share of the time that remains.
STAGES: dict[Engine, tuple[tuple[Engine, float], ...]] = {
    "greedy": (),
    "ortools": (("ortools", 1.0),),
    "kernel": (("kernel", 1.0),),
    "auto": (("kernel", 0.92), ("ortools", 1.0)),
}
# What the kernel gets of a day that it can't state whole: OR-Tools then has to put right what it left out.
RESTATED_SHARE = 0.4
# How often searches side by side exchange their best, as a share of the time that they have.
EXCHANGE_SHARE = 0.1
# From how many lots on OR-Tools only repairs: polishing what the kernel could state gains nothing there.
POLISHED_TO = 1_000


@dataclass(frozen=True, slots=True)
class Progress:
    """A better answer: after how many seconds, its cost with penalties (satang), who found it, what it leaves."""

    seconds: float
    cost_satang: int
    engine: str
    trucks: int
    unserved: int


def never() -> bool:
    return False


def solve(
    problem: Problem,
    *,
    seconds: float = 10,
    seed: int = 0,
    engine: Engine = "auto",
    workers: int = 1,
    iterations: int | None = None,
    start: Tours | None = None,
    travel: TravelProvider | None = None,
    tables: Matrices | None = None,
    memory_bytes: int = worker.MEMORY_BYTES,
    on_progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] = never,
) -> Plan:
    """The best plan found within `seconds` (held to one second more), in grams, metres, seconds and satang.

    `tables` are travel tables made before (`routing.travel.matrices`); without them `travel` is asked, or the problem's
    own matrices or an estimate are used. `stop` is asked ten times a second and ends the search with the best so far.
    `iterations` bounds each engine's search exactly, for runs that must repeat; `workers` searches run side by side.
    `start` are feasible tours to begin from instead of the greedy answer.

    Raises:
        Refused: the problem has faults, or an argument is out of range; nothing was searched.
    """
    began = time.monotonic()
    _arguments(seconds, seed, engine, workers, iterations)
    validate(problem)
    tables = tables or matrices(problem, travel)
    instance = index(problem, tables)
    try:
        by = began + GREEDY_SHARE * seconds
        first = first_answer(instance, by) if start is None else extend(instance, start, by)
    except StuckTruck as stuck:
        raise _stuck(problem, stuck) from None
    run = _Run(instance, began, seconds, seed, workers, iterations, memory_bytes, on_progress, stop)
    run.take(first, "greedy")
    _search(run, engine)
    return _finish(run, first)


def _search(run: "_Run", engine: Engine) -> None:
    problem = run.instance.problem
    missing = {name: unsupported(name, problem) for name, _ in STAGES[engine]}
    for name, share in STAGES[engine]:
        if missing[name] and engine != "auto":
            raise Refused(f"problem with engine {engine}", missing[name])
        if missing[name]:
            run.notes.append(f"{name} can't state {', '.join(sorted({fault.pointer for fault in missing[name]}))}")
            run.restated_stage(name)
        elif name == "kernel" and len(problem.pickups) > POLISHED_TO:
            run.stage(name, 1.0)
        else:
            run.stage(name, share)


class _Run:
    """The best answer so far and what remains of the time."""

    def __init__(
        self,
        instance: Instance,
        began: float,
        seconds: float,
        seed: int,
        workers: int,
        iterations: int | None,
        memory_bytes: int,
        on_progress: Callable[[Progress], None] | None,
        stop: Callable[[], bool],
    ) -> None:
        self.instance = instance
        self.began = began
        self.seconds = seconds
        self.seed = seed
        self.workers = workers
        self.iterations = iterations
        self.memory_bytes = memory_bytes
        self.on_progress = on_progress
        self.stop = stop
        self.best: Tours = ()
        self.cost = 0
        self.found_by: Engine = "greedy"
        self.notes: list[str] = []

    def remaining(self) -> float:
        closing = min(CLOSING_S + CLOSING_S_PER_LOT * len(self.instance.lots), CLOSING_SHARE * self.seconds)
        return self.began + self.seconds - closing - time.monotonic()

    def take(self, tours: Tours, found_by: Engine) -> None:
        """Keep tours that are feasible and better; engines are not trusted with either."""
        cost = tours_cost(self.instance, tours)
        if isinstance(cost, Rule):
            self.notes.append(f"{found_by} handed over tours that break {cost.value}; they were dropped")
            return
        if found_by != "greedy" and cost >= self.cost:
            return
        self.best, self.cost, self.found_by = tours, cost, found_by
        if self.on_progress is not None:
            self.on_progress(
                Progress(
                    round(time.monotonic() - self.began, 3),
                    cost,
                    found_by,
                    len(tours),
                    len(left_behind(self.instance, tours)),
                )
            )

    def stage(self, name: Engine, share: float) -> None:
        """Let one engine search for a share of the remaining time, on every worker with a seed of its own."""
        seconds = self.remaining() * share
        if seconds < LEAST_S or self.stop() or not self.instance.lots:
            return
        shares = self.workers > 1 and self.iterations is None
        self._follow(name, self.instance, self.best, seconds, lambda tours: self.take(tours, name), shares=shares)

    def restated_stage(self, name: Engine) -> None:
        """Let an engine search the nearest problem that it can state, and mend its best tours."""
        seconds = self.remaining() * RESTATED_SHARE
        problem = restated(name, self.instance.problem)
        if problem is None or seconds < LEAST_S or self.stop() or not self.instance.lots:
            return
        instance = index(*at_the_slowest(problem, self.instance.matrices))
        try:
            start = mend(instance, self.best, time.monotonic() + seconds / 4)
        except StuckTruck:
            return
        children = self._follow(name, instance, start, seconds, lambda tours: None)
        for child in children:
            if child.outcome.best is not None:
                self.take(mend(self.instance, child.outcome.best, time.monotonic() + self.remaining() / 4), name)

    def _follow(
        self,
        name: Engine,
        instance: Instance,
        start: Tours,
        seconds: float,
        on_better: Callable[[Tours], None],
        *,
        shares: bool = False,
    ) -> list[worker.Child]:
        """Search on every worker until the time is over; with `shares`, each learns now and then what is best."""
        kill_at = time.monotonic() + seconds + GRACE_S
        children = [
            worker.start(
                name,
                instance.problem,
                instance.matrices,
                start,
                Budget(seconds, self.seed + number, self.iterations),
                kill_at=kill_at,
                memory_bytes=self.memory_bytes,
            )
            for number in range(self.workers)
        ]
        exchange = worker.Exchange(seconds * EXCHANGE_SHARE, lambda: self.best) if shares else None
        worker.follow(children, on_better, self.stop, exchange)
        for child in children:
            if child.outcome.failure:
                self.notes.append(f"{name}: {child.outcome.failure}; the best plan found before it stands")
        return children


def _arguments(seconds: float, seed: int, engine: str, workers: int, iterations: int | None) -> None:
    faults = []
    if not (math.isfinite(seconds) and 0 < seconds <= MAX_SECONDS):
        faults.append(Fault("seconds", f"{seconds} is out of range.", f"Give more than 0 and at most {MAX_SECONDS}."))
    if not 0 <= seed < 1 << 31:
        faults.append(Fault("seed", f"{seed} is out of range.", "Give a value from 0 to 2147483647."))
    if engine not in get_args(Engine):
        faults.append(Fault("engine", f"{engine!r} is not known.", f"Choose from {', '.join(get_args(Engine))}."))
    if not 1 <= workers <= MAX_WORKERS:
        faults.append(Fault("workers", f"{workers} is out of range.", f"Give a value from 1 to {MAX_WORKERS}."))
    if iterations is not None and iterations < 1:
        faults.append(Fault("iterations", f"{iterations} is out of range.", "Give at least 1, or leave it out."))
    if faults:
        raise Refused("search", faults)


def _stuck(problem: Problem, stuck: StuckTruck) -> Refused:
    truck = problem.trucks[stuck.truck]
    member = "loaded" if truck.loaded else "locked_stops"
    fault = Fault(
        f"/trucks/{stuck.truck}/{member}",
        f"truck {truck.id!r} can't do even this within the rules: it breaks {stuck.rule.value}.",
        "Move the deadline, ride limit or shift, allow another hub, or unlock a stop.",
    )
    return Refused("problem", [fault])


def _finish(run: _Run, first: Tours) -> Plan:
    """Fill gaps that remain, explain what stays behind, and have the plan checked by code that saw none of this."""
    filled = extend(run.instance, run.best, time.monotonic() + max(0.0, run.remaining()))
    cost = tours_cost(run.instance, filled)
    if not isinstance(cost, Rule) and cost < run.cost:
        run.best, run.cost = filled, cost
    plan = _plan(run, run.best, run.found_by)
    verdict = check(run.instance.problem, plan, run.instance.matrices)
    if not verdict.feasible:
        run.notes.append(f"{run.found_by}'s plan failed its check ({verdict.violations[0]}); the greedy plan stands")
        plan = _plan(run, first, "greedy")
    return plan


def _plan(run: _Run, tours: Tours, found_by: Engine) -> Plan:
    provenance = Provenance(
        engine=found_by,
        problem_digest=digest(run.instance.problem),
        travel=run.instance.matrices.source,
        seconds=round(time.monotonic() - run.began, 3),
        seed=run.seed,
        notes=tuple(run.notes),
    )
    explanation = explain(run.instance, tours)
    plan = assemble(run.instance, tours, explanation.unserved, provenance)
    return replace(plan, explanations=explanation.explanations, advice=explanation.advice)
