# mypy: disable-error-code="no-any-return"
"""One stretch of the search: ruin, recreate, accept or undo, without a line of Python in between."""

from typing import NamedTuple

import numpy as np

from routing.kernel import boarding, tour
from routing.kernel.chance import below, uniform
from routing.kernel.compiled import compiled, entry_point
from routing.kernel.exchange import exchange_touched, try_other_truck
from routing.kernel.given import Given, Int32, Rules
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
    TRIPS,
    State,
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
    """`blink`: how often a good position is overlooked. `orders`: cumulative weights of the insertion orders.

    `exchange`: how often other trucks and hubs are tried on what an iteration has touched. `slack`: how much more than
    the threshold a candidate may cost in the meantime. `other_truck`: how often a ruined trip is given to a truck of
    another kind before stops are put back.
    """

    blink: float
    exchange: float
    slack: float
    other_truck: float
    orders: np.ndarray


def _run(given: Given, state: State, sizes: Sizes, habits: Habits, pace: Pace, waiting: Int32, iterations: int) -> None:
    """See `run`. It does both, since the machine code of an insertion is most of what there is to compile."""
    tally, scratch = state.tally, state.scratch
    temperature = pace.temperature
    steps = iterations if len(waiting) == 0 else iterations + 1
    for step in range(steps):
        tally[ITERATION] += 1
        tally[TOUCHED] = 0
        if steps > iterations and step == 0:
            kept, change, to_place, threshold = True, 0, len(waiting), np.inf
            for number in range(to_place):
                scratch.removed[number] = waiting[number]
        else:
            removed, kept = ruin(given, state, sizes)
            _change_truck(given.rules, given, state, habits.other_truck)
            change = _change_by_ruin(given, state, removed)
            to_place = _add_absent(given, state, removed)
            arrange(given, state, to_place, _order(habits, uniform(scratch.random)))
            # Drawn before stops are put back, so that a hopeless candidate is given up early.
            threshold = -temperature * np.log(uniform(scratch.random) + 1e-300)
            temperature *= pace.cooling
        if kept:
            kept, change = _recreate(given, state, habits, to_place, change, threshold)
        if kept:
            _accept(state, to_place, change)
        else:
            for number in range(to_place):
                state.now.stops[scratch.removed[number]].route = NOWHERE
            restore(given, state)


@compiled
def _change_by_ruin(given: Given, state: State, removed: int) -> int:
    change = 0
    for number in range(state.tally[TOUCHED]):
        truck = state.scratch.touched[number]
        change += state.now.days[truck].cost - state.before.days[truck].cost
    for number in range(removed):
        change += given.nodes[state.scratch.removed[number]].penalty
    return change


@compiled
def _recreate(
    given: Given, state: State, habits: Habits, to_place: int, change: int, threshold: float
) -> tuple[bool, int]:
    """Put stops back, as long as the change of cost can still come out below the threshold: (it did, the change)."""
    removed = state.scratch.removed
    exchanges = uniform(state.scratch.random) < habits.exchange
    slack = habits.slack if exchanges else 0.0
    hope = 0
    for number in range(to_place):
        hope += given.nodes[removed[number]].penalty
    for number in range(to_place):
        stop = removed[number]
        hope -= given.nodes[stop].penalty
        cost, placed = insert(given, state, stop, habits.blink)
        if placed:
            change += cost - given.nodes[stop].penalty
        if change - hope > threshold + slack:
            return False, change
    if exchanges:
        change += _exchange(given.rules, given, state)
    return change <= threshold, change


@compiled
def _exchange(rules: Rules | None, given: Given, state: State) -> int:
    if rules is None:
        return 0
    return exchange_touched(given, state)


@compiled
def _change_truck(rules: Rules | None, given: Given, state: State, probability: float) -> None:
    if rules is None:
        return
    if uniform(state.scratch.random) < probability:
        try_other_truck(given, state)


@compiled
def _accept(state: State, to_place: int, change: int) -> None:
    tally = state.tally
    tally[CURRENT] += change
    tally[ACCEPTED] += 1
    _list_absent(state, to_place)
    if tally[CURRENT] < tally[BEST]:
        save_best(state)


@compiled
def _order(habits: Habits, draw: float) -> int:
    order = 0
    while order < len(habits.orders) - 1 and draw * habits.orders[-1] >= habits.orders[order]:
        order += 1
    return order


@compiled
def _add_absent(given: Given, state: State, removed: int) -> int:
    """Add some of the stops left behind to those to be placed; returns how many there are then."""
    scratch, absent = state.scratch, state.tally[ABSENT]
    tried = min(ABSENT_TRIED, absent)
    if tried > 0:
        begin = below(scratch.random, absent)
        for number in range(tried):
            scratch.removed[removed + number] = scratch.absent[(begin + number) % absent]
    return removed + tried


@compiled
def _list_absent(state: State, to_place: int) -> None:
    """Bring the list of stops left behind up to date."""
    scratch, stops = state.scratch, state.now.stops
    count = 0
    for number in range(state.tally[ABSENT]):
        stop = scratch.absent[number]
        if stops[stop].route < 0:
            scratch.absent[count] = stop
            stops[stop].route = LISTED
            count += 1
    for number in range(to_place):
        stop = scratch.removed[number]
        if stops[stop].route == NOWHERE:
            scratch.absent[count] = stop
            stops[stop].route = LISTED
            count += 1
    for number in range(count):
        stops[scratch.absent[number]].route = NOWHERE
    state.tally[ABSENT] = count


def _adopt(given: Given, state: State) -> bool:
    """See `adopt`."""
    now, tally = state.now, state.tally
    kept = True
    tally[CURRENT] = 0
    tally[TRIPS] = 0
    tally[ABSENT] = 0
    for truck in range(len(given.trucks)):
        begin = given.trucks[truck].first_slot
        for route in range(begin, begin + given.trucks[truck].slots):
            boarding.recount(given, now, route)
        kept = tour.relabel_apart(given, state, truck) and kept
        tally[CURRENT] += now.days[truck].cost
        tally[TRIPS] += now.days[truck].trips
    for stop in range(given.anchors, len(given.nodes)):
        if now.stops[stop].route == NOWHERE:
            state.scratch.absent[tally[ABSENT]] = stop
            tally[ABSENT] += 1
            tally[CURRENT] += given.nodes[stop].penalty
    save_best(state)
    return kept


run_plain, run_rich = entry_point(_run, "run_plain"), entry_point(_run, "run_rich")
adopt_plain, adopt_rich = entry_point(_adopt, "adopt_plain"), entry_point(_adopt, "adopt_rich")


def run(given: Given, state: State, sizes: Sizes, habits: Habits, pace: Pace, waiting: Int32, iterations: int) -> None:
    """Insert the `waiting` stops in their order, then run `iterations` of ruin and recreate."""
    program = run_plain if given.rules is None else run_rich
    program(given, state, sizes, habits, pace, waiting, iterations)


def adopt(given: Given, state: State) -> bool:
    """Bring everything up to date with stops that were linked from outside. True if all trucks keep the rules."""
    program = adopt_plain if given.rules is None else adopt_rich
    return bool(program(given, state))
