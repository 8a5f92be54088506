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
    if given.nodes[stop].opening_floor >= best:
        return best, best_cost, best_route, best_hub
    for kind in range(len(given.kind_begin) - 1):
        head = given.kind_members[given.kind_begin[kind]]
        fixed = given.trucks[head].fixed_cost
        if fixed * fixed_share >= best:
            continue
        truck = first_idle(given, now, kind)
        if truck < 0:
            continue
        route = given.trucks[truck].first_slot
        discount = np.int64(fixed * (1.0 - fixed_share - (1.0 - fixed_share) * uniform(random)))
        cost, hub = _best_alone(given, now, stop, route, best + discount - fixed, blink, random)
        if hub >= 0:
            best, best_cost, best_route, best_hub = cost + fixed - discount, cost + fixed, route, hub
    return _best_again(given.rules, given, now, stop, best, best_cost, best_route, best_hub, blink, random)


@compiled
def first_idle(given, now, kind):  # type: ignore[no-untyped-def]
    for number in range(given.kind_begin[kind], given.kind_begin[kind + 1]):
        truck = given.kind_members[number]
        if now.days[truck].trips == 0:
            return truck
    return -1


@compiled
def _best_again(rules, given, now, stop, best, best_cost, best_route, best_hub, blink, random):  # type: ignore[no-untyped-def]
    """As `best_opening`, over the empty slots of trucks that are out already."""
    if rules is None or rules.most_trips == 1:
        return best, best_cost, best_route, best_hub
    trucks = len(given.trucks)
    begin = below(random, trucks)
    asked = 0
    for number in range(trucks):
        truck = (begin + number) % trucks
        trips = now.days[truck].trips
        slots = given.trucks[truck].slots
        if trips == 0 or trips == slots:
            continue
        asked += 1
        if asked > TRUCKS_ASKED_AGAIN:
            break
        for route in range(given.trucks[truck].first_slot, given.trucks[truck].first_slot + slots):
            if now.routes[route].size == 0:
                cost, hub = _best_alone(given, now, stop, route, best, blink, random)
                if hub >= 0:
                    best, best_cost, best_route, best_hub = cost, cost, route, hub
    return best, best_cost, best_route, best_hub


@compiled
def _best_alone(given, now, stop, route, beat, blink, random):  # type: ignore[no-untyped-def]
    """The cheapest hub for a trip with `stop` alone in an empty slot, if it beats a cost: (cost, hub)."""
    best, best_hub = beat, -1
    routes = now.routes
    if routes[route].room_g < given.nodes[stop].weight_g or not boarding.may_board(
        given.rules, given, routes, stop, route
    ):
        return best, best_hub
    origin, ready = chains.origin(given.rules, given, now, route)
    routes[route].origin = origin
    routes[route].ready = ready
    out_m = metres(given, route, origin, stop)
    skipped_m = _skipped_m(given.rules, given, now, route, origin)
    for hub in range(given.hub_count):
        if (routes[route].hubs >> hub) & 1 == 0 or not boarding.hub_is_accepted(given.rules, given, stop, hub):
            continue
        onward = chains.onward_m(given.rules, given, now, route, hub)
        cost = (out_m + metres(given, route, stop, hub) + onward - skipped_m) * given.slots[route].metre_cost
        if cost >= best:
            continue
        by = chains.due(given.rules, given, now, route, hub)
        if (
            given.hubs[hub].opens <= by
            and keeps_time(given, now, stop, origin, hub, route, hub, by)
            and uniform(random) >= blink
        ):
            best, best_hub = cost, hub
    return best, best_hub


@compiled
def _skipped_m(rules, given, now, route, origin):  # type: ignore[no-untyped-def]
    """Metres driven now from where the new trip would start to what follows it."""
    if rules is None or now.days[given.slots[route].truck].trips == 0:
        return 0
    return chains.onward_m(rules, given, now, route, origin)
