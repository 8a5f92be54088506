"""The kernel as a search engine: first answer, annealed ruin and recreate, progress, limits.

Christiaens and Vanden Berghe (2020), "Slack induction by string removals for vehicle routing problems", Transportation
Science 54(2), doi:10.1287/trsc.2019.0914, extended to a collection day: `docs/reference/routing-kernel.md` says how.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from routing.instance import Instance
from routing.kernel import adapter
from routing.kernel.anneal import Cooling, cooling
from routing.kernel.chance import seeded
from routing.kernel.given import COST_UNITS_PER_SATANG, Given, Int32
from routing.kernel.ruin import Sizes
from routing.kernel.search_loop import Habits, Pace, run
from routing.kernel.state import ABSENT, BEST, State, empty_state
from routing.plan import Tours

NOTHING: Int32 = np.zeros(0, np.int32)
CHUNK_S = 0.02
CHUNK_ITERATIONS = 2_000
BLINK = 0.01
PLAIN_SIZES = Sizes(stops=15.0, string=15.0, split=0.5, whole=0.0)
RICH_SIZES = Sizes(stops=10.0, string=10.0, split=0.5, whole=0.05)
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
    """The best tours found, the first ones, and when they stood."""

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
    stop: Callable[[], bool] | None = None,
) -> Outcome:
    """Search until the time, or the iterations, are over or `stop` answers true.

    With an iteration limit the result depends on problem, start and seed alone, unless the time ends first.
    """
    began = time.perf_counter()
    arrays = adapter.given(instance)
    state = empty_state(arrays, seeded(seed))
    plain = arrays.rules is None
    sizes = PLAIN_SIZES if plain else RICH_SIZES
    habits = Habits(BLINK, _orders(plain=plain))
    waiting = _start(instance, arrays, state, start)
    run(arrays, state, sizes, Habits(0.0, habits.orders), Pace(0.0, 1.0), waiting, 0)
    first_s, first_cost = time.perf_counter() - began, int(state.tally[BEST])
    schedule = cooling(arrays, state, plain=plain)
    stops = len(arrays.nodes) - arrays.anchors
    chunk = CHUNK_ITERATIONS if iterations is not None else 100
    done = 0
    while stops > 0:
        elapsed = time.perf_counter() - began
        if elapsed >= seconds or (iterations is not None and done >= iterations) or (stop is not None and stop()):
            break
        if iterations is not None:
            chunk = min(CHUNK_ITERATIONS, iterations - done)
        pace = _pace(schedule, iterations, done, elapsed / seconds)
        run(arrays, state, sizes, habits, pace, NOTHING, chunk)
        done += chunk
        if on_progress is not None:
            now = time.perf_counter() - began
            on_progress(Progress(now, done, _satang(state.tally[BEST]), int(state.tally[ABSENT])))
        if iterations is None:
            took = time.perf_counter() - began - elapsed
            chunk = max(10, min(100_000, int(chunk * min(4.0, CHUNK_S / max(took, 1e-6)))))
    return Outcome(
        tours=adapter.tours_of(instance, arrays, state.best),
        cost_satang=_satang(state.tally[BEST]),
        iterations=done,
        seconds=time.perf_counter() - began,
        first_solution_s=first_s,
        first_cost_satang=_satang(first_cost),
    )


def _satang(cost: int) -> int:
    return round(int(cost) / COST_UNITS_PER_SATANG)


def _pace(schedule: Cooling, iterations: int | None, done: int, elapsed_share: float) -> Pace:
    if iterations is None:
        return Pace(schedule.at(elapsed_share), 1.0)
    return Pace(schedule.at(done / iterations), schedule.per_step(iterations))


def _orders(*, plain: bool) -> np.ndarray:
    return np.cumsum(PLAIN_ORDERS if plain else RICH_ORDERS)


def _start(instance: Instance, arrays: Given, state: State, start: Tours | None) -> Int32:
    stops = np.arange(arrays.anchors, len(arrays.nodes), dtype=np.int32)
    order = np.argsort(arrays.sort_keys[1][stops], kind="stable")
    return stops[order]
