# mypy: disable-error-code="no-any-return"
"""The cheapest place for a stop between two neighbours of a trip that is there already."""

from routing.kernel import boarding, chains, ride
from routing.kernel.chance import Random, uniform
from routing.kernel.compiled import compiled
from routing.kernel.day import added_clock_cost
from routing.kernel.given import Given, Rules
from routing.kernel.state import Solution, State
from routing.kernel.travel import metres, metres_arriving, seconds

NO_COST = 1 << 60
NO_ROUTE = -1


@compiled
def keeps_time(given: Given, now: Solution, stop: int, before: int, after: int, route: int, hub: int, by: int) -> bool:
    """Whether the trip keeps its windows, shift, deadlines and ride limits with `stop` between `before` and `after`.

    `by` is the latest time to be at `after`. Exact as long as each place has one window a day.
    """
    time = now.stops[before].departure if before >= given.anchors else now.routes[route].ready
    time = max(time + seconds(given, route, before, stop), given.nodes[stop].opens)
    if time > given.nodes[stop].closes:
        return False
    time += given.nodes[stop].service_s + seconds(given, route, stop, after)
    return time <= by and ride.allows(given.rules, given, now, route, hub, stop, before, after, time, by)


@compiled
def may_go(given: Given, now: Solution, stop: int, before: int, after: int, route: int) -> bool:
    """All rules for an insertion that leaves the trip's hub as it is."""
    hub = now.routes[route].hub
    by = now.stops[after].latest if after >= given.anchors else now.routes[route].due
    return (
        boarding.position_is_free(given.rules, given, after)
        and boarding.hub_is_accepted(given.rules, given, stop, hub)
        and boarding.may_board(given.rules, given, now.routes, stop, route)
        and keeps_time(given, now, stop, before, after, route, hub, by)
    )


@compiled
def best_in_trips(given: Given, state: State, stop: int, blink: float, random: Random) -> tuple[int, int, int, int]:
    """The cheapest insertion next to one of the nearest stops: (cost, before, route, hub).

    Each position is overlooked with probability `blink`, which keeps the search from cycling (Christiaens and Vanden
    Berghe 2020, section 5.2). The cost of the detour is compared first: most positions go no further.
    """
    best, best_before, best_route, best_hub = NO_COST, -1, NO_ROUTE, -1
    now = state.now
    stops, routes = now.stops, now.routes
    weight = given.nodes[stop].weight_g
    for rank in range(given.reach):
        neighbour = given.near[stop, rank]
        route = stops[neighbour].route
        if route < 0 or routes[route].room_g < weight:
            continue
        rate = given.slots[route].metre_cost
        following = stops[neighbour].next
        for side in range(2):
            if side == 0:
                before, after = neighbour, following
                saved = metres_arriving(given, route, stop, before) - stops[before].leg_m
            elif stops[neighbour].previous < given.anchors:
                before, after = routes[route].origin, neighbour
                saved = metres_arriving(given, route, stop, before) - metres_arriving(given, route, after, before)
            else:
                break
            if saved * rate >= best:
                continue
            cost = (saved + metres(given, route, stop, after)) * rate
            if cost < best and may_go(given, now, stop, before, after, route):
                hub = routes[route].hub
                kept, added = added_clock_cost(given.rules, given, state, stop, before, route, hub)
                added += boarding.change_cost(given.rules, given, stop, route)
                if kept and cost + added < best and uniform(random) >= blink:
                    best, best_before, best_route, best_hub = cost + added, before, route, hub
        if following < given.anchors:
            cost, hub = _best_other_hub(given.rules, given, state, stop, neighbour, route, best, blink, random)
            if cost < best:
                best, best_before, best_route, best_hub = cost, neighbour, route, hub
    return best, best_before, best_route, best_hub


@compiled
def _best_other_hub(
    rules: Rules | None,
    given: Given,
    state: State,
    stop: int,
    last: int,
    route: int,
    beat: int,
    blink: float,
    random: Random,
) -> tuple[int, int]:
    """The cheapest way to end a trip with `stop` at another hub than now, if it beats a cost: (cost, hub)."""
    best, best_hub = beat, -1
    if rules is None:
        return best, best_hub
    now = state.now
    trip = now.routes[route]
    accepted = trip.hubs & given.nodes[stop].hubs & ~(1 << trip.hub)
    if accepted == 0:
        return best, best_hub
    old_m = now.stops[last].leg_m + chains.onward_m(rules, given, now, route, trip.hub)
    to_stop = metres_arriving(given, route, stop, last)
    for hub in range(given.hub_count):
        if (accepted >> hub) & 1 == 0:
            continue
        onward = chains.onward_m(rules, given, now, route, hub)
        cost = (to_stop + metres(given, route, stop, hub) + onward - old_m) * given.slots[route].metre_cost
        if cost >= best or not boarding.may_board(rules, given, now.routes, stop, route):
            continue
        by = min(chains.due(rules, given, now, route, hub), trip.deadline)
        if given.hubs[hub].opens <= by and keeps_time(given, now, stop, last, hub, route, hub, by):
            kept, added = added_clock_cost(rules, given, state, stop, last, route, hub)
            added += boarding.change_cost(rules, given, stop, route)
            if kept and cost + added < best and uniform(random) >= blink:
                best, best_hub = cost + added, hub
    return best, best_hub
