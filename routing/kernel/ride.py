# mypy: disable-error-code="no-any-return"
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
from routing.kernel.given import NEVER, Given, Rules
from routing.kernel.state import Solution
from routing.kernel.travel import seconds


@compiled
def relabel(rules: Rules | None, given: Given, now: Solution, route: int) -> bool:
    """Recompute the labels of a trip whose time labels are right. True if it keeps every limit and deadline."""
    if rules is None:
        return True
    stops, routes = now.stops, now.routes
    label = now.rides
    unload = routes[route].unload
    if unload > routes[route].deadline:
        return False
    kept = True
    elapsed, floor, by = 0, given.hubs[routes[route].hub].opens, 2 * NEVER - 1
    stop, after = routes[route].last, routes[route].hub
    while stop >= given.anchors:
        elapsed += given.nodes[stop].service_s + seconds(given, route, stop, after)
        floor = max(floor, given.nodes[stop].opens + elapsed)
        mine = given.nodes[stop].ride_limit_s + stops[stop].latest
        by = min(by, mine)
        label[stop].elapsed = elapsed
        label[stop].floor = floor
        label[stop].by = by
        if elapsed > given.nodes[stop].ride_limit_s or unload > mine:
            kept = False
        after = stop
        stop = stops[stop].previous
    spare, bound = NEVER, 2 * NEVER - 1
    stop = routes[route].first
    while stop >= given.anchors:
        spare = min(spare, given.nodes[stop].ride_limit_s - label[stop].elapsed)
        bound = min(bound, given.nodes[stop].ride_limit_s + stops[stop].latest)
        label[stop].spare = spare
        label[stop].bound = bound
        stop = stops[stop].next
    return kept


@compiled
def allows(
    rules: Rules | None,
    given: Given,
    now: Solution,
    route: int,
    hub: int,
    stop: int,
    before: int,
    after: int,
    arrival: int,
    by: int,
) -> bool:
    """May `stop` go between `before` and `after`, which is then reached at `arrival` and must be by `by`?

    `before` or `after` may be an anchor. The caller has checked windows and shift.
    """
    if rules is None:
        return True
    label = now.rides
    out = given.nodes[stop].service_s + seconds(given, route, stop, after)
    limit = given.nodes[stop].ride_limit_s
    rest, floor = 0, given.hubs[hub].opens
    if after >= given.anchors:
        rest, floor = label[after].elapsed, label[after].floor
    if out + rest > limit:
        return False
    unload = max(arrival + rest, floor)
    if unload > given.nodes[stop].deadline or unload > now.routes[route].deadline:
        return False
    if after >= given.anchors and unload > label[after].by:
        return False
    latest = min(given.nodes[stop].closes, by - out)
    if unload > limit + latest:
        return False
    if before < given.anchors:
        return True
    to_stop = given.nodes[before].service_s + seconds(given, route, before, stop)
    detour = to_stop + out + rest - label[before].elapsed
    if detour > label[before].spare or unload > label[before].bound:
        return False
    return unload <= label[before].spare + label[before].elapsed + latest - to_stop


@compiled
def latest_arrival(rules: Rules | None, now: Solution, first: int) -> int:
    """The latest arrival at a trip's first stop under which it keeps its windows, limits and deadlines."""
    if rules is None:
        return now.stops[first].latest
    label = now.rides
    return min(now.stops[first].latest, label[first].by - label[first].elapsed)
