"""Put stops back one by one, each where it costs least at that moment (Christiaens and Vanden Berghe 2020, section 5.2)."""

import numpy as np

from routing.kernel import boarding, tour
from routing.kernel.chance import uniform
from routing.kernel.compiled import compiled
from routing.kernel.opening import best_opening
from routing.kernel.position import NO_ROUTE, best_in_trips
from routing.kernel.state import TRIPS, link, touch

FIXED_SHARE = 0.3
"""A stop that opens a truck is charged at least this share of its fixed cost when positions are compared."""


@compiled
def arrange(given, state, count, order):  # type: ignore[no-untyped-def]
    """Sort the first `count` of `scratch.removed` by one of the sort keys; an `order` past the last key is random."""
    removed, keys = state.scratch.removed, state.scratch.keys
    for number in range(count):
        if order < given.sort_keys.shape[0]:
            keys[number] = given.sort_keys[order, removed[number]]
        else:
            keys[number] = uniform(state.scratch.random)
    for number in range(1, count):
        key, stop = keys[number], removed[number]
        place = number - 1
        while place >= 0 and keys[place] > key:
            keys[place + 1] = keys[place]
            removed[place + 1] = removed[place]
            place -= 1
        keys[place + 1] = key
        removed[place + 1] = stop


@compiled
def insert(given, state, stop, blink):  # type: ignore[no-untyped-def]
    """Insert a stop where it is cheapest, if that costs less than leaving it: (change of cost, done, kept the rules)."""
    now, random = state.now, state.scratch.random
    cost, before, route, hub = best_in_trips(given, now, stop, blink, random)
    score = min(cost, given.penalty[stop])
    score, opening, opened, opened_hub = best_opening(given, now, stop, score, FIXED_SHARE, blink, random)
    if opened >= 0 and opening < given.penalty[stop]:
        before, route, hub = now.routes.origin[opened], opened, opened_hub
    elif route == NO_ROUTE or cost >= given.penalty[stop]:
        return np.int64(0), False, True
    truck = given.slots.truck[route]
    touch(given, state, truck)
    old = now.fleet.cost[truck]
    was_empty = now.routes.size[route] == 0
    link(given, state, stop, before, route, hub)
    boarding.take(given, now.routes, stop, route)
    if was_empty:
        state.tally[TRIPS] += 1
    kept = _settle(given.rides, given.chains, given, now, truck, route, stop, was_empty)
    return now.fleet.cost[truck] - old, True, kept


@compiled
def _settle(rides, chained, given, now, truck, route, stop, was_empty):  # type: ignore[no-untyped-def]
    """Bring labels and cost up to date after an insertion."""
    if rides is None and chained is None and given.hub_choice is None and not was_empty:
        metres = now.routes.metres[route]
        tour.extend(given, now, route, stop)
        now.fleet.cost[truck] += (now.routes.metres[route] - metres) * given.slots.metre_cost[route]
        return True
    return tour.relabel(given, now, truck)
