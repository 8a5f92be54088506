# mypy: disable-error-code="no-any-return"
"""Give a trip's stops to another truck, or end it at another hub, where that is cheaper: what insertion can't see.

An insertion never changes the truck, so a trip that has shrunk or grown would keep one of the wrong size. And a full
truck takes nothing more: room for a merger has to be made before stops are put back.
"""

from routing.kernel import boarding, tour
from routing.kernel.chance import below
from routing.kernel.compiled import compiled, compiled_apart
from routing.kernel.given import Given
from routing.kernel.opening import first_idle
from routing.kernel.position import NO_COST
from routing.kernel.state import TOUCHED, Solution, State, link, touch, unlink
from routing.kernel.travel import metres


@compiled_apart
def exchange_touched(given: Given, state: State) -> int:
    """Try every kind of truck and every hub on each touched truck that makes one trip; returns the change of cost."""
    change = 0
    number, touched = 0, state.tally[TOUCHED]
    while number < touched:
        truck = state.scratch.touched[number]
        number += 1
        if state.now.days[truck].trips == 1:
            change += _exchange(given, state, truck)
    return change


@compiled_apart
def try_other_truck(given: Given, state: State) -> None:
    """Give what is left of a touched trip to a truck of any other kind that can carry it, whatever that costs.

    Insertion then finds the room of a larger truck; the acceptance of the whole iteration has the last word.
    """
    now, random = state.now, state.scratch.random
    if state.tally[TOUCHED] == 0:
        return
    truck = state.scratch.touched[below(random, state.tally[TOUCHED])]
    kind = below(random, len(given.kind_begin) - 1)
    if now.days[truck].trips != 1 or kind == given.trucks[truck].kind:
        return
    route, other = _used_slot(given, now, truck), first_idle(given, now, kind)
    if other < 0 or boarding.is_locked(given.rules, given, now.routes[route].first):
        return
    if not _may_carry(given, now, route, other):
        return
    slot = given.trucks[other].first_slot
    best, best_hub = NO_COST, -1
    for hub in range(given.hub_count):
        if (given.trucks[other].hubs >> hub) & 1 == 0 or not _all_accept(given, now, route, hub):
            continue
        length = _length_m(given, now, route, slot, hub)
        if length < best:
            best, best_hub = length, hub
    if best_hub < 0:
        return
    touch(given, state, other)
    old_hub = now.routes[route].hub
    if not _move(given, state, route, slot, best_hub):
        _move(given, state, slot, route, old_hub)


@compiled
def _exchange(given: Given, state: State, truck: int) -> int:
    now = state.now
    route = _used_slot(given, now, truck)
    if boarding.is_locked(given.rules, given, now.routes[route].first):
        return 0
    best, best_truck, best_hub = now.days[truck].cost - now.days[truck].clock_cost, -1, -1
    for kind in range(len(given.kind_begin) - 1):
        other = truck if kind == given.trucks[truck].kind else first_idle(given, now, kind)
        if other < 0 or given.trucks[other].fixed_cost >= best or not _may_carry(given, now, route, other):
            continue
        slot = given.trucks[other].first_slot
        for hub in range(given.hub_count):
            if (given.trucks[other].hubs >> hub) & 1 == 0 or not _all_accept(given, now, route, hub):
                continue
            if other == truck and hub == now.routes[route].hub:
                continue
            cost = given.trucks[other].fixed_cost + given.slots[slot].metre_cost * _length_m(
                given, now, route, slot, hub
            )
            if cost < best:
                best, best_truck, best_hub = cost, other, hub
    if best_truck < 0:
        return 0
    return _move_if_kept(given, state, truck, route, best_truck, best_hub)


@compiled
def _used_slot(given: Given, now: Solution, truck: int) -> int:
    route = given.trucks[truck].first_slot
    while now.routes[route].size == 0:
        route += 1
    return route


@compiled
def _may_carry(given: Given, now: Solution, route: int, truck: int) -> bool:
    """Whether a truck could carry what a trip has on board."""
    slot = given.trucks[truck].first_slot
    weight, crates, kinds = 0, 0, 0
    stop = now.routes[route].first
    while stop >= given.anchors:
        lot = given.nodes[stop]
        if not boarding.truck_is_eligible(given.rules, given, stop, truck):
            return False
        clash = lot.cold_clash if given.trucks[truck].cold else lot.clash
        if clash & kinds != 0:
            return False
        kinds |= lot.kind
        weight += lot.weight_g
        crates += lot.crates
        stop = now.stops[stop].next
    return weight <= given.slots[slot].capacity_g and crates <= given.slots[slot].crates


@compiled
def _all_accept(given: Given, now: Solution, route: int, hub: int) -> bool:
    stop = now.routes[route].first
    while stop >= given.anchors:
        if (given.nodes[stop].hubs >> hub) & 1 == 0:
            return False
        stop = now.stops[stop].next
    return True


@compiled
def _length_m(given: Given, now: Solution, route: int, slot: int, hub: int) -> int:
    """Metres of a trip's stops driven by the truck of another slot, to another hub."""
    truck = given.trucks[given.slots[slot].truck]
    total, before = 0, truck.start
    stop = now.routes[route].first
    while stop >= given.anchors:
        total += metres(given, slot, before, stop)
        before = stop
        stop = now.stops[stop].next
    total += metres(given, slot, before, hub)
    return total + (metres(given, slot, hub, truck.end) if truck.end >= 0 else 0)


@compiled
def _move_if_kept(given: Given, state: State, truck: int, route: int, other: int, hub: int) -> int:
    """Move a trip to another truck or hub, and back if that breaks a rule of time or costs more after all."""
    now = state.now
    old_hub = now.routes[route].hub
    touch(given, state, other)
    before = now.days[truck].cost + (now.days[other].cost if other != truck else 0)
    slot = route if other == truck else given.trucks[other].first_slot
    for attempt in range(2):
        source, target = (route, slot) if attempt == 0 else (slot, route)
        kept = _move(given, state, source, target, hub if attempt == 0 else old_hub)
        after = now.days[truck].cost + (now.days[other].cost if other != truck else 0)
        if kept and after < before:
            return after - before
    return 0


@compiled
def _move(given: Given, state: State, route: int, slot: int, hub: int) -> bool:
    """Move all stops of a trip to a slot (its own, or an empty one) and a hub."""
    now = state.now
    if slot == route:
        trip = now.routes[route]
        trip.hub = hub
        now.stops[trip.last].next = hub
        return tour.relabel_apart(given, state, given.slots[route].truck)
    before = -1
    while now.routes[route].size > 0:
        stop = now.routes[route].first
        unlink(given, now, stop)
        link(given, now, stop, before, slot, hub)
        before = stop
    boarding.recount(given, now, route)
    boarding.recount(given, now, slot)
    tour.relabel_apart(given, state, given.slots[route].truck)
    return tour.relabel_apart(given, state, given.slots[slot].truck)
