"""Sending one more truck, or a truck once more, for a stop that stands alone at first."""

import numpy as np

from routing.kernel import boarding, chains
from routing.kernel.chance import below, uniform
from routing.kernel.compiled import compiled
from routing.kernel.position import NO_COST, NO_ROUTE, keeps_time
from routing.kernel.travel import metres

TRUCKS_ASKED_AGAIN = 12
"""How many trucks already out are asked for one more trip at a time: a random stretch of them."""


@compiled
def best_opening(given, now, stop, beat, fixed_share, blink, random):  # type: ignore[no-untyped-def]
    """The cheapest new trip for `stop`: (score, cost, route, hub), where the score is below `beat` or nothing is found.

    A truck's fixed cost is spread over stops to come: the score counts a random share of it, from `fixed_share` to all;
    the cost returned is the true one.
    """
    best, best_cost, best_route, best_hub = beat, NO_COST, NO_ROUTE, -1
    if given.opening_floor[stop] >= best:
        return best, best_cost, best_route, best_hub
    kinds = given.kinds
    for kind in range(len(kinds.begin) - 1):
        head = kinds.members[kinds.begin[kind]]
        fixed = given.trucks.fixed_cost[head]
        if fixed * fixed_share >= best:
            continue
        truck = _first_idle(given, now, kind)
        if truck < 0:
            continue
        route = given.trucks.first_slot[truck]
        discount = np.int64(fixed * (1.0 - fixed_share - (1.0 - fixed_share) * uniform(random)))
        cost, hub = _best_alone(given, now, stop, route, best + discount - fixed, blink, random)
        if hub >= 0:
            best, best_cost, best_route, best_hub = cost + fixed - discount, cost + fixed, route, hub
    return _best_again(given.chains, given, now, stop, best, best_cost, best_route, best_hub, blink, random)


@compiled
def _first_idle(given, now, kind):  # type: ignore[no-untyped-def]
    for number in range(given.kinds.begin[kind], given.kinds.begin[kind + 1]):
        truck = given.kinds.members[number]
        if now.fleet.trips[truck] == 0:
            return truck
    return -1


@compiled
def _best_again(chained, given, now, stop, best, best_cost, best_route, best_hub, blink, random):  # type: ignore[no-untyped-def]
    """As `best_opening`, over the empty slots of trucks that are out already."""
    if chained is None or chained.most_trips == 1:
        return best, best_cost, best_route, best_hub
    trucks = len(given.trucks.start)
    begin = below(random, trucks)
    asked = 0
    for number in range(trucks):
        truck = (begin + number) % trucks
        trips = now.fleet.trips[truck]
        slots = given.trucks.first_slot[truck + 1] - given.trucks.first_slot[truck]
        if trips == 0 or trips == slots:
            continue
        asked += 1
        if asked > TRUCKS_ASKED_AGAIN:
            break
        for route in range(given.trucks.first_slot[truck], given.trucks.first_slot[truck + 1]):
            if now.routes.size[route] == 0:
                cost, hub = _best_alone(given, now, stop, route, best, blink, random)
                if hub >= 0:
                    best, best_cost, best_route, best_hub = cost, cost, route, hub
    return best, best_cost, best_route, best_hub


@compiled
def _best_alone(given, now, stop, route, beat, blink, random):  # type: ignore[no-untyped-def]
    """The cheapest hub for a trip with `stop` alone in an empty slot, if it beats a cost: (cost, hub)."""
    best, best_hub = beat, -1
    routes = now.routes
    if routes.room_g[route] < given.weight_g[stop] or not boarding.may_board(given, routes, stop, route):
        return best, best_hub
    origin, ready = chains.origin(given.chains, given, now, route)
    routes.origin[route] = origin
    routes.ready[route] = ready
    out_m = metres(given, route, origin, stop)
    skipped_m = _skipped_m(given.chains, given, now, route, origin)
    for hub in range(given.hub_count):
        if (routes.hubs[route] >> hub) & 1 == 0 or not boarding.hub_is_accepted(given.hub_choice, stop, hub):
            continue
        onward = chains.onward_m(given.chains, given, now, route, hub)
        cost = (out_m + metres(given, route, stop, hub) + onward - skipped_m) * given.slots.metre_cost[route]
        if cost >= best:
            continue
        by = chains.due(given.chains, given, now, route, hub)
        if (
            given.hubs.opens[hub] <= by
            and keeps_time(given, now, stop, origin, hub, route, hub, by)
            and uniform(random) >= blink
        ):
            best, best_hub = cost, hub
    return best, best_hub


@compiled
def _skipped_m(chained, given, now, route, origin):  # type: ignore[no-untyped-def]
    """Metres driven now from where the new trip would start to what follows it."""
    if chained is None or now.fleet.trips[given.slots.truck[route]] == 0:
        return 0
    return chains.onward_m(chained, given, now, route, origin)
