# mypy: disable-error-code="no-any-return"
"""A truck's day: its trips in order, the time labels of each, and what the day costs.

`relabel` computes everything afresh; `extend` brings a trip up to date after one insertion and stops as soon as nothing
changes any more, which is enough where labels reach no further than the trip.
"""

from routing.kernel import boarding, day, ride
from routing.kernel.compiled import compiled, compiled_apart
from routing.kernel.given import NEVER, Given
from routing.kernel.state import Solution, State
from routing.kernel.travel import metres, seconds


def _relabel(given: Given, state: State, truck: int) -> bool:
    """Labels, trips and cost of a truck's day from its stops. True if the day keeps all rules of time."""
    now = state.now
    routes, trucks = now.routes, given.trucks
    begin = trucks[truck].first_slot
    end = begin + trucks[truck].slots
    place, ready = trucks[truck].start, trucks[truck].opens
    trips = 0
    kept = True
    for route in range(begin, end):
        routes[route].origin = place
        routes[route].ready = ready
        if routes[route].size == 0:
            continue
        hub = routes[route].hub
        kept = _forward(given, now, route) and kept
        trips += 1
        place, ready = hub, routes[route].unload + given.hubs[hub].unload_s
    now.days[truck].trips = trips
    cost = trucks[truck].fixed_cost if trips > 0 else 0
    by, to_end_m = trucks[truck].closes, 0
    if trucks[truck].end >= 0 and trips > 0:
        to_end_m = metres(given, begin, place, trucks[truck].end)
        by -= seconds(given, begin, place, trucks[truck].end)
    for back in range(end - begin):
        route = end - 1 - back
        if routes[route].size == 0:
            continue
        hub, first = routes[route].hub, routes[route].first
        routes[route].due = min(given.hubs[hub].closes, routes[route].deadline, by - given.hubs[hub].unload_s)
        kept = routes[route].unload <= routes[route].due and kept
        routes[route].metres = _backward(given, now, route) + to_end_m
        kept = ride.relabel(given.rules, given, now, route) and kept
        cost += given.slots[route].metre_cost * routes[route].metres
        cost += boarding.change_costs(given.rules, given, now, route)
        to_end_m = 0
        by = ride.latest_arrival(given.rules, now, first) - seconds(given, route, routes[route].origin, first)
    timely, clock = day.clock_cost(given.rules, given, state, truck)
    now.days[truck].clock_cost = clock
    now.days[truck].cost = cost + clock
    return kept and timely


@compiled
def _forward(given: Given, now: Solution, route: int) -> bool:
    """Earliest departures and unloading. False if a window is missed."""
    stops, routes = now.stops, now.routes
    before, time = routes[route].origin, routes[route].ready
    kept = True
    stop = routes[route].first
    while stop >= given.anchors:
        time = max(time + seconds(given, route, before, stop), given.nodes[stop].opens)
        if time > given.nodes[stop].closes:
            kept = False
        time += given.nodes[stop].service_s
        stops[stop].departure = min(time, NEVER)
        before = stop
        stop = stops[stop].next
    hub = routes[route].hub
    time = max(time + seconds(given, route, before, hub), given.hubs[hub].opens)
    routes[route].unload = min(time, NEVER)
    return kept


@compiled
def _backward(given: Given, now: Solution, route: int) -> int:
    """Latest starts and next legs. Returns the metres of the trip."""
    stops, routes = now.stops, now.routes
    by, total = routes[route].due, 0
    stop, after = routes[route].last, routes[route].hub
    while stop >= given.anchors:
        leg = metres(given, route, stop, after)
        stops[stop].leg_m = leg
        total += leg
        by = min(by - seconds(given, route, stop, after) - given.nodes[stop].service_s, given.nodes[stop].closes)
        stops[stop].latest = by
        after = stop
        stop = stops[stop].previous
    return total + metres(given, route, routes[route].origin, after)


relabel = compiled(_relabel)
relabel_apart = compiled_apart(_relabel)


@compiled
def extend(given: Given, now: Solution, route: int, stop: int) -> None:
    """Time labels and cost of a single-trip day after `stop` was linked into it, without ride limits."""
    stops, routes = now.stops, now.routes
    before, after = stops[stop].previous, stops[stop].next
    arriving, leaving = metres(given, route, before, stop), metres(given, route, stop, after)
    routes[route].metres += arriving + leaving - metres(given, route, before, after)
    stops[stop].leg_m = leaving
    time = routes[route].ready
    if before >= given.anchors:
        stops[before].leg_m = arriving
        time = stops[before].departure
    time = max(time + seconds(given, route, before, stop), given.nodes[stop].opens) + given.nodes[stop].service_s
    stops[stop].departure = time
    behind, ahead = stop, after
    while ahead >= given.anchors:
        time = max(time + seconds(given, route, behind, ahead), given.nodes[ahead].opens) + given.nodes[ahead].service_s
        if time == stops[ahead].departure:
            break
        stops[ahead].departure = time
        behind = ahead
        ahead = stops[ahead].next
    by = stops[after].latest if after >= given.anchors else routes[route].due
    by = min(by - seconds(given, route, stop, after) - given.nodes[stop].service_s, given.nodes[stop].closes)
    stops[stop].latest = by
    ahead, behind = stop, before
    while behind >= given.anchors:
        by = min(by - seconds(given, route, behind, ahead) - given.nodes[behind].service_s, given.nodes[behind].closes)
        if by == stops[behind].latest:
            break
        stops[behind].latest = by
        ahead = behind
        behind = stops[behind].previous
