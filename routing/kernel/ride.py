"""Maximum ride time and delivery deadlines, waiting counted, tested for an insertion in constant time.

A lot rides from the start of its loading to the start of unloading. For the stops of one trip, with unloading at E:

    elapsed   seconds from the start of loading to unloading when nobody waits
    floor     the earliest E that waiting at this stop or later allows: a truck that is here at a unloads at
              max(a + elapsed, floor)
    by        min over this stop and later ones of (limit + latest start)
    spare     min over this stop and earlier ones of (limit - elapsed)
    bound     min over this stop and earlier ones of (limit + latest start)

Starting a stop as late as E allows, its lot rides max(elapsed, E - latest start); as E grows the ride never gets
shorter, so the earliest E decides. A trip keeps every limit iff elapsed <= limit and E <= limit + latest start for each
of its stops: the slack idea of Cordeau and Laporte (2003, doi:10.1016/S0191-2615(02)00045-0) for one common delivery,
where it becomes a closed form. With several windows a day it is a necessary condition; `day` then has the last word.
"""

from routing.kernel.compiled import compiled
from routing.kernel.given import NEVER
from routing.kernel.travel import seconds


@compiled
def relabel(rides, given, now, route):  # type: ignore[no-untyped-def]
    """Recompute the labels of a trip whose time labels are right. True if it keeps every limit and deadline."""
    if rides is None:
        return True
    stops, routes = now.stops, now.routes
    label = stops.ride
    unload = routes.unload[route]
    if unload > routes.deadline[route]:
        return False
    kept = True
    elapsed, floor, by = 0, given.hubs.opens[routes.hub[route]], 2 * NEVER - 1
    stop, after = routes.last[route], routes.hub[route]
    while stop >= given.anchors:
        elapsed += given.service_s[stop] + seconds(given, route, stop, after)
        floor = max(floor, given.opens[stop] + elapsed)
        mine = rides.limit_s[stop] + stops.latest[stop]
        by = min(by, mine)
        label.elapsed[stop] = elapsed
        label.floor[stop] = floor
        label.by[stop] = by
        if elapsed > rides.limit_s[stop] or unload > mine:
            kept = False
        after = stop
        stop = stops.previous[stop]
    spare, bound = NEVER, 2 * NEVER - 1
    stop = routes.first[route]
    while stop >= given.anchors:
        spare = min(spare, rides.limit_s[stop] - label.elapsed[stop])
        bound = min(bound, rides.limit_s[stop] + stops.latest[stop])
        label.spare[stop] = spare
        label.bound[stop] = bound
        stop = stops.next[stop]
    return kept


@compiled
def allows(rides, given, now, route, hub, stop, before, after, arrival, by):  # type: ignore[no-untyped-def]
    """May `stop` go between `before` and `after`, which is then reached at `arrival` and must be by `by`?

    `before` or `after` may be an anchor. The caller has checked windows and shift.
    """
    if rides is None:
        return True
    label = now.stops.ride
    out = given.service_s[stop] + seconds(given, route, stop, after)
    limit = rides.limit_s[stop]
    rest, floor = 0, given.hubs.opens[hub]
    if after >= given.anchors:
        rest, floor = label.elapsed[after], label.floor[after]
    if out + rest > limit:
        return False
    unload = max(arrival + rest, floor)
    if unload > rides.deadline[stop] or unload > now.routes.deadline[route]:
        return False
    if after >= given.anchors and unload > label.by[after]:
        return False
    latest = min(given.closes[stop], by - out)
    if unload > limit + latest:
        return False
    if before < given.anchors:
        return True
    to_stop = given.service_s[before] + seconds(given, route, before, stop)
    detour = to_stop + out + rest - label.elapsed[before]
    if detour > label.spare[before] or unload > label.bound[before]:
        return False
    return unload <= label.spare[before] + label.elapsed[before] + latest - to_stop


@compiled
def latest_arrival(rides, now, first):  # type: ignore[no-untyped-def]
    """The latest arrival at a trip's first stop under which it keeps its windows, limits and deadlines."""
    if rides is None:
        return now.stops.latest[first]
    label = now.stops.ride
    return min(now.stops.latest[first], label.by[first] - label.elapsed[first])
