# mypy: disable-error-code="no-any-return"
"""What may ride together: each rule in a function of its own, and what a trip has on board under all of them."""

from routing.kernel.compiled import compiled
from routing.kernel.given import NEVER, Given, Rules, Table
from routing.kernel.state import Solution


@compiled
def crates_fit(given: Given, routes: Table, stop: int, route: int) -> bool:
    return given.nodes[stop].crates <= routes[route].room_crates


@compiled
def products_agree(given: Given, routes: Table, stop: int, route: int) -> bool:
    """No exclusion between the stop's product and what is on board; in a cold truck, one temperature for all."""
    cold = given.trucks[given.slots[route].truck].cold
    clash = given.nodes[stop].cold_clash if cold else given.nodes[stop].clash
    return clash & routes[route].kinds == 0


@compiled
def truck_is_eligible(rules: Rules, given: Given, stop: int, truck: int) -> bool:
    return rules.allowed[stop, given.trucks[truck].kind] != 0


@compiled
def may_board(rules: Rules | None, given: Given, routes: Table, stop: int, route: int) -> bool:
    """Everything but weight, hub and time, which the search for a position looks at itself."""
    if rules is None:
        return True
    return (
        crates_fit(given, routes, stop, route)
        and products_agree(given, routes, stop, route)
        and truck_is_eligible(rules, given, stop, given.slots[route].truck)
    )


@compiled
def change_cost(rules: Rules | None, given: Given, stop: int, route: int) -> int:
    """What it costs that the stop rides on another truck than the published plan said."""
    if rules is None or rules.changes == 0:
        return 0
    lot = given.nodes[stop]
    return 0 if lot.planned_truck == given.slots[route].truck else lot.change_cost


@compiled
def change_costs(rules: Rules | None, given: Given, now: Solution, route: int) -> int:
    """The same for all stops of a trip."""
    total = 0
    if rules is None or rules.changes == 0:
        return total
    stop = now.routes[route].first
    while stop >= given.anchors:
        total += change_cost(rules, given, stop, route)
        stop = now.stops[stop].next
    return total


@compiled
def hub_is_accepted(rules: Rules | None, given: Given, stop: int, hub: int) -> bool:
    if rules is None:
        return True
    return (given.nodes[stop].hubs >> hub) & 1 != 0


@compiled
def position_is_free(rules: Rules | None, given: Given, following: int) -> bool:
    """Nothing goes before a locked stop."""
    if rules is None:
        return True
    return following < given.anchors or given.nodes[following].locked == 0


@compiled
def is_locked(rules: Rules | None, given: Given, stop: int) -> bool:
    if rules is None:
        return False
    return given.nodes[stop].locked != 0


@compiled
def take(rules: Rules | None, given: Given, routes: Table, stop: int, route: int) -> None:
    """Put a stop's lot on board."""
    lot, trip = given.nodes[stop], routes[route]
    trip.room_g -= lot.weight_g
    if rules is None:
        return
    trip.room_crates -= lot.crates
    trip.kinds |= lot.kind
    trip.hubs &= lot.hubs
    trip.deadline = min(trip.deadline, lot.deadline)


@compiled
def clear(given: Given, routes: Table, route: int) -> None:
    """Empty the truck."""
    slot, trip = given.slots[route], routes[route]
    trip.room_g = slot.capacity_g
    trip.room_crates = slot.crates
    trip.kinds = 0
    trip.hubs = given.trucks[slot.truck].hubs
    trip.deadline = NEVER


@compiled
def recount(given: Given, now: Solution, route: int) -> None:
    """What a trip has on board, from its stops."""
    clear(given, now.routes, route)
    if now.routes[route].size == 0:
        return
    stop = now.routes[route].first
    while stop >= given.anchors:
        take(given.rules, given, now.routes, stop, route)
        stop = now.stops[stop].next
