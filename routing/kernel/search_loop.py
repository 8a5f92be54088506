"""One stretch of the search: ruin, recreate, accept or undo, without a line of Python in between."""

from typing import NamedTuple

import numpy as np

from routing.kernel.chance import below, uniform
from routing.kernel.compiled import compiled, entry_point
from routing.kernel.recreate import arrange, insert
from routing.kernel.ruin import Sizes, ruin
from routing.kernel.state import (
    ABSENT,
    ACCEPTED,
    BEST,
    CURRENT,
    ITERATION,
    NOWHERE,
    TOUCHED,
    restore,
    save_best,
)

ABSENT_TRIED = 20
"""How many of the stops left behind are tried again in each iteration."""

LISTED = -2


class Pace(NamedTuple):
    """The annealing temperature at the start of a stretch and what it is multiplied by after each iteration."""

    temperature: float
    cooling: float


class Habits(NamedTuple):
    """`blink`: how often a good position is overlooked. `orders`: cumulative weights of the insertion orders."""

    blink: float
    orders: np.ndarray


@entry_point
def iterate(given, state, sizes, habits, pace, iterations):  # type: ignore[no-untyped-def]
    """Run `iterations` of ruin and recreate under simulated annealing."""
    temperature = pace.temperature
    for _ in range(iterations):
        state.tally[ITERATION] += 1
        state.tally[TOUCHED] = 0
        _step(given, state, sizes, habits, temperature)
        temperature *= pace.cooling


@compiled
def _step(given, state, sizes, habits, temperature):  # type: ignore[no-untyped-def]
    """The threshold is drawn before stops are put back, so that a hopeless candidate is given up early."""
    tally, scratch, random = state.tally, state.scratch, state.scratch.random
    removed = ruin(given, state, sizes)
    if removed < 0:
        restore(given, state)
        return
    change = np.int64(0)
    for number in range(tally[TOUCHED]):
        truck = scratch.touched[number]
        change += state.now.fleet.cost[truck] - state.before.fleet.cost[truck]
    to_place = _add_absent(given, state, removed)
    hope = np.int64(0)
    for number in range(to_place):
        hope += given.penalty[scratch.removed[number]]
    for number in range(removed):
        change += given.penalty[scratch.removed[number]]
    arrange(given, state, to_place, _order(habits, uniform(random)))
    threshold = -temperature * np.log(uniform(random) + 1e-300)
    accepted = True
    for number in range(to_place):
        stop = scratch.removed[number]
        hope -= given.penalty[stop]
        cost, placed, kept = insert(given, state, stop, habits.blink)
        if placed:
            change += cost - given.penalty[stop]
        if not kept or change - hope > threshold:
            accepted = False
            break
    if accepted and change <= threshold:
        tally[CURRENT] += change
        tally[ACCEPTED] += 1
        _list_absent(state, to_place)
        if tally[CURRENT] < tally[BEST]:
            save_best(state)
        return
    for number in range(to_place):
        state.now.stops.route[scratch.removed[number]] = NOWHERE
    restore(given, state)


@compiled
def _order(habits, draw):  # type: ignore[no-untyped-def]
    order = 0
    while order < len(habits.orders) - 1 and draw * habits.orders[-1] >= habits.orders[order]:
        order += 1
    return order


@compiled
def _add_absent(given, state, removed):  # type: ignore[no-untyped-def]
    """Add some of the stops left behind to those to be placed; returns how many there are then."""
    scratch, absent = state.scratch, state.tally[ABSENT]
    tried = min(ABSENT_TRIED, absent)
    if tried > 0:
        begin = below(scratch.random, absent)
        for number in range(tried):
            scratch.removed[removed + number] = scratch.absent[(begin + number) % absent]
    return removed + tried


@compiled
def _list_absent(state, to_place):  # type: ignore[no-untyped-def]
    """Bring the list of stops left behind up to date."""
    scratch, route = state.scratch, state.now.stops.route
    count = 0
    for number in range(state.tally[ABSENT]):
        stop = scratch.absent[number]
        if route[stop] < 0:
            scratch.absent[count] = stop
            route[stop] = LISTED
            count += 1
    for number in range(to_place):
        stop = scratch.removed[number]
        if route[stop] == NOWHERE:
            scratch.absent[count] = stop
            route[stop] = LISTED
            count += 1
    for number in range(count):
        route[scratch.absent[number]] = NOWHERE
    state.tally[ABSENT] = count


@entry_point
def construct(given, state, stops):  # type: ignore[no-untyped-def]
    """Insert `stops` in this order, each where it is cheapest; what finds no place stays absent."""
    tally = state.tally
    tally[ITERATION] += 1
    tally[TOUCHED] = 0
    for number in range(len(stops)):
        cost, placed, _ = insert(given, state, stops[number], 0.0)
        if placed:
            tally[CURRENT] += cost - given.penalty[stops[number]]
    _list_absent(state, 0)
    if tally[CURRENT] < tally[BEST]:
        save_best(state)


__all__ = ["Habits", "Pace", "Sizes", "construct", "iterate"]
