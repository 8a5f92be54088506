"""A truck's day: its trips in order, the time labels of each, and what the day costs.

`relabel` computes everything afresh; `extend` brings a trip up to date after one insertion and stops as soon as nothing
changes any more, which is enough where labels reach no further than the trip.
"""

from routing.kernel import ride
from routing.kernel.compiled import compiled
from routing.kernel.given import NEVER
from routing.kernel.travel import metres, seconds


@compiled
def relabel(given, now, truck):  # type: ignore[no-untyped-def]
    """Labels, trips and cost of a truck's day from its stops. True if the day keeps all rules of time."""
    routes, trucks = now.routes, given.trucks
    begin, end = trucks.first_slot[truck], trucks.first_slot[truck + 1]
    place, ready = trucks.start[truck], trucks.opens[truck]
    trips = 0
    kept = True
    for route in range(begin, end):
        routes.origin[route] = place
        routes.ready[route] = ready
        if routes.size[route] == 0:
            continue
        hub = routes.hub[route]
        kept = _forward(given, now, route) and kept
        trips += 1
        place, ready = hub, routes.unload[route] + given.hubs.unload_s[hub]
    now.fleet.trips[truck] = trips
    cost = trucks.fixed_cost[truck] if trips > 0 else 0
    by, to_end_m = trucks.closes[truck], 0
    if trucks.end[truck] >= 0 and trips > 0:
        to_end_m = metres(given, begin, place, trucks.end[truck])
        by -= seconds(given, begin, place, trucks.end[truck])
    for back in range(end - begin):
        route = end - 1 - back
        if routes.size[route] == 0:
            continue
        hub, first = routes.hub[route], routes.first[route]
        routes.due[route] = min(given.hubs.closes[hub], routes.deadline[route], by - given.hubs.unload_s[hub])
        kept = routes.unload[route] <= routes.due[route] and kept
        routes.metres[route] = _backward(given, now, route) + to_end_m
        kept = ride.relabel(given.rides, given, now, route) and kept
        cost += given.slots.metre_cost[route] * routes.metres[route]
        to_end_m = 0
        by = ride.latest_arrival(given.rides, now, first) - seconds(given, route, routes.origin[route], first)
    now.fleet.cost[truck] = cost
    return kept


@compiled
def _forward(given, now, route):  # type: ignore[no-untyped-def]
    """Earliest departures and unloading. False if a window is missed."""
    stops, routes = now.stops, now.routes
    before, time = routes.origin[route], routes.ready[route]
    kept = True
    stop = routes.first[route]
    while stop >= given.anchors:
        time = max(time + seconds(given, route, before, stop), given.opens[stop])
        if time > given.closes[stop]:
            kept = False
        time += given.service_s[stop]
        stops.departure[stop] = min(time, NEVER)
        before = stop
        stop = stops.next[stop]
    hub = routes.hub[route]
    time = max(time + seconds(given, route, before, hub), given.hubs.opens[hub])
    routes.unload[route] = min(time, NEVER)
    return kept


@compiled
def _backward(given, now, route):  # type: ignore[no-untyped-def]
    """Latest starts and next legs. Returns the metres of the trip."""
    stops, routes = now.stops, now.routes
    by, total = routes.due[route], 0
    stop, after = routes.last[route], routes.hub[route]
    while stop >= given.anchors:
        leg = metres(given, route, stop, after)
        stops.leg_m[stop] = leg
        total += leg
        by = min(by - seconds(given, route, stop, after) - given.service_s[stop], given.closes[stop])
        stops.latest[stop] = by
        after = stop
        stop = stops.previous[stop]
    return total + metres(given, route, routes.origin[route], after)


@compiled
def extend(given, now, route, stop):  # type: ignore[no-untyped-def]
    """Time labels and cost of a single-trip day after `stop` was linked into it, without ride limits."""
    stops, routes = now.stops, now.routes
    before, after = stops.previous[stop], stops.next[stop]
    arriving, leaving = metres(given, route, before, stop), metres(given, route, stop, after)
    routes.metres[route] += arriving + leaving - metres(given, route, before, after)
    stops.leg_m[stop] = leaving
    time = routes.ready[route]
    if before >= given.anchors:
        stops.leg_m[before] = arriving
        time = stops.departure[before]
    time = max(time + seconds(given, route, before, stop), given.opens[stop]) + given.service_s[stop]
    stops.departure[stop] = time
    behind, ahead = stop, after
    while ahead >= given.anchors:
        time = max(time + seconds(given, route, behind, ahead), given.opens[ahead]) + given.service_s[ahead]
        if time == stops.departure[ahead]:
            break
        stops.departure[ahead] = time
        behind = ahead
        ahead = stops.next[ahead]
    by = stops.latest[after] if after >= given.anchors else routes.due[route]
    by = min(by - seconds(given, route, stop, after) - given.service_s[stop], given.closes[stop])
    stops.latest[stop] = by
    ahead, behind = stop, before
    while behind >= given.anchors:
        by = min(by - seconds(given, route, behind, ahead) - given.service_s[behind], given.closes[behind])
        if by == stops.latest[behind]:
            break
        stops.latest[behind] = by
        ahead = behind
        behind = stops.previous[behind]
