"""What may ride together: each rule in a function of its own, and what a trip has on board under all of them."""

import numpy as np

from routing.kernel.compiled import compiled
from routing.kernel.given import NEVER

ALL_HUBS = np.int64(-1)


@compiled
def crates_fit(crates, routes, stop, route):  # type: ignore[no-untyped-def]
    if crates is None:
        return True
    return crates.count[stop] <= routes.room_crates[route]


@compiled
def products_agree(products, routes, stop, route):  # type: ignore[no-untyped-def]
    """No exclusion between the stop's product and what is on board; in a cold truck, one temperature for all."""
    if products is None:
        return True
    clash = products.cold_clash[stop] if products.cold[route] else products.clash[stop]
    return clash & routes.kinds[route] == 0


@compiled
def truck_is_eligible(eligibility, given, stop, truck):  # type: ignore[no-untyped-def]
    if eligibility is None:
        return True
    return eligibility.allowed[stop, given.trucks.kind[truck]] != 0


@compiled
def hub_is_accepted(hub_choice, stop, hub):  # type: ignore[no-untyped-def]
    if hub_choice is None:
        return True
    return (hub_choice.accepted[stop] >> hub) & 1 != 0


@compiled
def position_is_free(locks, given, following):  # type: ignore[no-untyped-def]
    """Nothing goes before a locked stop."""
    if locks is None:
        return True
    return following < given.anchors or locks.locked[following] == 0


@compiled
def may_board(given, routes, stop, route):  # type: ignore[no-untyped-def]
    """Everything but weight, hub and time, which the search for a position looks at itself."""
    return (
        crates_fit(given.crates, routes, stop, route)
        and products_agree(given.products, routes, stop, route)
        and truck_is_eligible(given.eligibility, given, stop, given.slots.truck[route])
    )


@compiled
def _take_crates(crates, routes, stop, route):  # type: ignore[no-untyped-def]
    if crates is None:
        return
    routes.room_crates[route] -= crates.count[stop]


@compiled
def _take_products(products, routes, stop, route):  # type: ignore[no-untyped-def]
    if products is None:
        return
    routes.kinds[route] |= products.kind[stop]


@compiled
def _take_hubs(hub_choice, routes, stop, route):  # type: ignore[no-untyped-def]
    if hub_choice is None:
        return
    routes.hubs[route] &= hub_choice.accepted[stop]


@compiled
def _take_deadline(rides, routes, stop, route):  # type: ignore[no-untyped-def]
    if rides is None:
        return
    routes.deadline[route] = min(routes.deadline[route], rides.deadline[stop])


@compiled
def _clear_crates(crates, routes, route):  # type: ignore[no-untyped-def]
    if crates is None:
        return
    routes.room_crates[route] = crates.capacity[route]


@compiled
def take(given, routes, stop, route):  # type: ignore[no-untyped-def]
    """Put a stop's lot on board."""
    routes.room_g[route] -= given.weight_g[stop]
    _take_crates(given.crates, routes, stop, route)
    _take_products(given.products, routes, stop, route)
    _take_hubs(given.hub_choice, routes, stop, route)
    _take_deadline(given.rides, routes, stop, route)


@compiled
def clear(given, routes, route):  # type: ignore[no-untyped-def]
    """Empty the truck."""
    routes.room_g[route] = given.slots.capacity_g[route]
    routes.kinds[route] = 0
    routes.hubs[route] = given.trucks.hubs[given.slots.truck[route]]
    routes.deadline[route] = NEVER
    _clear_crates(given.crates, routes, route)


@compiled
def recount(given, now, route):  # type: ignore[no-untyped-def]
    """What a trip has on board, from its stops."""
    clear(given, now.routes, route)
    if now.routes.size[route] == 0:
        return
    stop = now.routes.first[route]
    while stop >= given.anchors:
        take(given, now.routes, stop, route)
        stop = now.stops.next[stop]
