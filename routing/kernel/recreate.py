# mypy: disable-error-code="no-any-return"
"""Put stops back one by one, each where it costs least then (Christiaens and Vanden Berghe 2020, section 5.2)."""

from routing.kernel import boarding, tour
from routing.kernel.chance import uniform
from routing.kernel.compiled import compiled
from routing.kernel.given import Given, Rules
from routing.kernel.opening import best_opening
from routing.kernel.position import NO_ROUTE, best_in_trips
from routing.kernel.state import TRIPS, State, link, touch

FIXED_SHARE = 0.3
"""A stop that opens a truck is charged at least this share of its fixed cost when positions are compared."""


@compiled
def arrange(given: Given, state: State, count: int, order: int) -> None:
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
def insert(given: Given, state: State, stop: int, blink: float) -> tuple[int, bool]:
    """Insert a stop where it is cheapest, if that costs less than leaving it: (change of cost, whether it was)."""
    now, penalty = state.now, given.nodes[stop].penalty
    cost, before, route, hub = best_in_trips(given, state, stop, blink, state.scratch.random)
    opening, opened, opened_hub = best_opening(given, state, stop, min(cost, penalty), FIXED_SHARE, blink)
    if opened != NO_ROUTE and opening < penalty:
        before, route, hub = now.routes[opened].origin, opened, opened_hub
    elif route == NO_ROUTE or cost >= penalty:
        return 0, False
    truck = given.slots[route].truck
    touch(given, state, truck)
    old = now.days[truck].cost
    was_empty = now.routes[route].size == 0
    link(given, now, stop, before, route, hub)
    boarding.take(given.rules, given, now.routes, stop, route)
    if was_empty:
        state.tally[TRIPS] += 1
        tour.relabel(given, state, truck)
    else:
        _settle(given.rules, given, state, truck, route, stop)
    return now.days[truck].cost - old, True


@compiled
def _settle(rules: Rules | None, given: Given, state: State, truck: int, route: int, stop: int) -> None:
    """Bring labels and cost up to date after an insertion into a trip."""
    if rules is None:
        now = state.now
        metres = now.routes[route].metres
        tour.extend(given, now, route, stop)
        now.days[truck].cost += (now.routes[route].metres - metres) * given.slots[route].metre_cost
    else:
        tour.relabel(given, state, truck)
