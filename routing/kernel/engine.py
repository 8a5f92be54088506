"""The kernel as a search engine: first answer, annealed ruin and recreate, progress, limits.

Christiaens and Vanden Berghe (2020), "Slack induction by string removals for vehicle routing problems", Transportation
Science 54(2), doi:10.1287/trsc.2019.0914, extended to a collection day.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from routing.engines import Budget, Offered, Report, nothing
from routing.faults import Fault
from routing.greedy import opening
from routing.instance import Instance
from routing.kernel import adapter, compiled
from routing.kernel.anneal import Cooling, cooling
from routing.kernel.chance import seeded
from routing.kernel.given import COST_UNITS_PER_SATANG, Given, Int32
from routing.kernel.limits import unsupported
from routing.kernel.ruin import Sizes
from routing.kernel.search_loop import Habits, Pace, adopt, adopt_plain, adopt_rich, run, run_plain, run_rich
from routing.kernel.state import ABSENT, BEST, CURRENT, TRIPS, State, empty_state
from routing.plan import Tours
from routing.problem import Problem

NOTHING: Int32 = np.zeros(0, np.int32)
CHUNK_S = 0.02
CHUNK_ITERATIONS = 2_000
INSERTED_AT_A_TIME = 500
# A round of annealing takes at least so long for each lot; what a search has more is spent on further rounds.
SECONDS_PER_LOT = 0.017
ITERATIONS_PER_LOT = 2_000
MOST_ROUNDS = 4
BLINK = 0.01
EXCHANGE = 0.3
OTHER_TRUCK = 0.3
SLACK = 0.3
PLAIN_SIZES = Sizes(stops=15.0, string=15.0, split=0.5, whole=0.02)
RICH_SIZES = Sizes(stops=10.0, string=10.0, split=0.5, whole=0.1)
PLAIN_ORDERS = (4.0, 2.0, 1.0, 2.0, 2.0, 2.0, 0.0, 4.0)  # heavy, far, near, narrow, early, late, many crates, random
RICH_ORDERS = (1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 3.0)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a search has come. `cost_satang` counts mandatory pick-ups left behind at their internal penalty."""

    seconds: float
    iterations: int
    cost_satang: int
    left_behind: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """The best tours found and the cost of the first ones; `first_solution_s` is when those stood."""

    tours: Tours
    cost_satang: int
    iterations: int
    seconds: float
    first_solution_s: float
    first_cost_satang: int


def search(
    instance: Instance,
    *,
    seconds: float,
    iterations: int | None = None,
    seed: int = 0,
    start: Tours | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    on_better: Callable[[Tours], None] | None = None,
    stop: Callable[[], bool] | None = None,
    offered: Offered = nothing,
) -> Outcome:
    """Search until the time or the iterations are over, or `stop` answers true.

    `start` are feasible tours; what they leave is inserted first. With an iteration limit the result depends on
    problem, start and seed alone, unless the time ends first. `on_better` gets the first tours and each better ones,
    at most fifty times a second. Where `offered` tours cost less than its best, the search goes on from them.
    """
    began = time.perf_counter()
    arrays = adapter.given(instance)
    random = seeded(seed)
    rounds = _rounds(instance, seconds, iterations)
    best: _Found | None = None
    first_s, first_cost, done = 0.0, 0, 0

    def better(state: State) -> None:
        nonlocal best
        if best is None or state.tally[BEST] < best.cost:
            best = _Found(adapter.tours_of(instance, arrays, state.best), int(state.tally[BEST]))
            if on_better is not None:
                on_better(best.tours)

    sizes, habits = _manners(arrays)
    over = False
    for number in range(rounds):
        state = empty_state(arrays, random)
        _first(instance, arrays, state, start, sizes, habits)
        better(state)
        if number == 0:
            first_s, first_cost = time.perf_counter() - began, int(state.tally[BEST])
        schedule = cooling(arrays, state, plain=arrays.rules is None)
        until_s = began + seconds * (number + 1) / rounds
        from_s = min(time.perf_counter(), until_s - 1e-9)
        limit = None if iterations is None else iterations * (number + 1) // rounds
        before, chunk = done, 100
        while instance.lots:
            now = time.perf_counter()
            over = stop is not None and stop()
            if over or now >= until_s or done == limit:
                break
            offer = offered()
            if offer is not None:
                _go_on_from(instance, arrays, state, offer)
            if limit is not None:
                chunk = min(CHUNK_ITERATIONS, limit - done)
            steps = None if limit is None else limit - before
            pace = _pace(schedule, steps, done - before, (now - from_s) / (until_s - from_s))
            run(arrays, state, sizes, habits, pace, NOTHING, chunk)
            done += chunk
            took = time.perf_counter() - now
            better(state)
            if on_progress is not None and best is not None:
                on_progress(Progress(now + took - began, done, _satang(best.cost), int(state.tally[ABSENT])))
            if iterations is None:
                chunk = max(10, min(100_000, int(chunk * min(4.0, CHUNK_S / max(took, 1e-6)))))
        if over:
            break
    found = best or _Found((), first_cost)
    return Outcome(
        tours=found.tours,
        cost_satang=_satang(found.cost),
        iterations=done,
        seconds=time.perf_counter() - began,
        first_solution_s=first_s,
        first_cost_satang=_satang(first_cost),
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """Tours and their cost in cost units."""

    tours: Tours
    cost: int


def _rounds(instance: Instance, seconds: float, iterations: int | None) -> int:
    """How often to anneal from the start: on small days several short rounds find more than a long one."""
    lots = max(1, len(instance.lots))
    rounds = seconds / (SECONDS_PER_LOT * lots) if iterations is None else iterations / (ITERATIONS_PER_LOT * lots)
    return max(1, min(MOST_ROUNDS, int(rounds)))


def is_ready(instance: Instance) -> bool:
    """Whether an instance can be searched without compiling the kernel first."""
    programs = (run_rich, adopt_rich) if adapter.is_rich(instance) else (run_plain, adopt_plain)
    return all(compiled.is_ready(program) for program in programs)


def first_tours(instance: Instance, by: float = math.inf) -> Tours:
    """What trucks must do anyway and the rest inserted, the farthest first, until the time `by` (monotonic clock).

    Raises:
        StuckTruck: as for `routing.greedy.greedy`.
    """
    arrays = adapter.given(instance)
    sizes, habits = _manners(arrays)
    state = empty_state(arrays, seeded(0))
    _first(instance, arrays, state, None, sizes, habits, by)
    return adapter.tours_of(instance, arrays, state.best)


def _manners(arrays: Given) -> tuple[Sizes, Habits]:
    """How the search goes about a problem of its kind."""
    plain = arrays.rules is None
    orders = np.cumsum(PLAIN_ORDERS if plain else RICH_ORDERS)
    habits = Habits(BLINK, 0.0 if plain else EXCHANGE, _slack(arrays), 0.0 if plain else OTHER_TRUCK, orders)
    return PLAIN_SIZES if plain else RICH_SIZES, habits


def _first(
    instance: Instance,
    arrays: Given,
    state: State,
    start: Tours | None,
    sizes: Sizes,
    habits: Habits,
    by: float = math.inf,
) -> None:
    """Take over `start`, or what trucks must do anyway, and insert the rest, the farthest first."""
    tours = opening(instance) if start is None else start
    if tours:
        adapter.load_tours(instance, arrays, state.now, tours)
    adopt(arrays, state)
    waiting = state.scratch.absent[: state.tally[ABSENT]].copy()
    waiting = waiting[np.argsort(arrays.sort_keys[1][waiting], kind="stable")]
    for begin in range(0, len(waiting), INSERTED_AT_A_TIME):
        if time.monotonic() > by:
            break
        some = waiting[begin : begin + INSERTED_AT_A_TIME]
        run(arrays, state, sizes, habits._replace(blink=0.0), Pace(0.0, 1.0), some, 0)


def _go_on_from(instance: Instance, arrays: Given, state: State, tours: Tours) -> None:
    """Make feasible tours the current solution, and the best, if they cost less than it."""
    other = empty_state(arrays, state.scratch.random)
    adapter.load_tours(instance, arrays, other.now, tours)
    if adopt(arrays, other) and other.tally[BEST] < state.tally[BEST]:
        for mine, theirs in ((state.now, other.now), (state.best, other.best)):
            for table, values in zip(mine, theirs, strict=True):
                table[:] = values
        state.scratch.absent[:] = other.scratch.absent
        for entry in (CURRENT, BEST, TRIPS, ABSENT):
            state.tally[entry] = other.tally[entry]


def _slack(arrays: Given) -> float:
    """What an exchange may save: a candidate that is over the threshold by less is not given up before."""
    return SLACK * float(arrays.trucks["fixed_cost"].mean())


def _satang(cost: int) -> int:
    return round(int(cost) / COST_UNITS_PER_SATANG)


def _pace(schedule: Cooling, iterations: int | None, done: int, elapsed_share: float) -> Pace:
    if iterations is None:
        return Pace(schedule.at(elapsed_share), 1.0)
    return Pace(schedule.at(done / iterations), schedule.per_step(iterations))


class KernelEngine:
    """The kernel behind the port of `routing.engines`."""

    def unsupported(self, problem: Problem) -> tuple[Fault, ...]:
        return unsupported(problem)

    def search(
        self, instance: Instance, start: Tours, budget: Budget, report: Report, offered: Offered = nothing
    ) -> Tours:
        """See `routing.engines.Engine`."""
        outcome = search(
            instance,
            seconds=budget.seconds,
            iterations=budget.iterations,
            seed=budget.seed,
            start=start,
            on_better=report,
            offered=offered,
        )
        return outcome.tours


engine = KernelEngine()
