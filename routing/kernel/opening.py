# mypy: disable-error-code="no-any-return"
"""Sending one more truck, or a truck once more, for a stop that stands alone at first."""

from routing.kernel import boarding, chains
from routing.kernel.chance import below, uniform
from routing.kernel.compiled import compiled, compiled_apart
from routing.kernel.day import added_clock_cost
from routing.kernel.given import Given, Rules
from routing.kernel.position import NO_COST, NO_ROUTE, keeps_time
from routing.kernel.state import Solution, State
from routing.kernel.travel import metres

TRUCKS_ASKED_AGAIN = 12
"""How many trucks already out are asked for one more trip at a time: a random stretch of them."""


@compiled
def best_opening(
    given: Given, state: State, stop: int, beat: int, fixed_share: float, blink: float
) -> tuple[int, int, int]:
    """The cheapest new trip for `stop`: (cost, route, hub); the route is NO_ROUTE where none scores below `beat`.

    A truck's fixed cost is spread over stops to come: the score counts a random share of it, from `fixed_share` to all;
    the cost returned is the true one.
    """
    if given.nodes[stop].opening_floor >= beat:
        return NO_COST, NO_ROUTE, -1
    return _best_opening(given, state, stop, beat, fixed_share, blink)


@compiled_apart
def _best_opening(
    given: Given, state: State, stop: int, beat: int, fixed_share: float, blink: float
) -> tuple[int, int, int]:
    """Ask an idle truck of each kind, and some trucks already out that may go again."""
    best, best_cost, best_route, best_hub = beat, NO_COST, NO_ROUTE, -1
    now, random = state.now, state.scratch.random
    kinds, trucks = len(given.kind_begin) - 1, len(given.trucks)
    again = trucks if _go_again(given.rules) else 0
    begin, asked = below(random, trucks), 0
    for number in range(kinds + again):
        if number < kinds:
            truck = first_idle(given, now, number)
            if truck < 0:
                continue
        else:
            truck = (begin + number) % trucks
            if now.days[truck].trips == 0:
                continue
            asked += 1
            if asked > TRUCKS_ASKED_AGAIN:
                break
        fixed = given.trucks[truck].fixed_cost if number < kinds else 0
        discount = int(fixed * (1.0 - fixed_share) * uniform(random))
        if fixed - discount >= best:
            continue
        slots = 1 if number < kinds else given.trucks[truck].slots
        for route in range(given.trucks[truck].first_slot, given.trucks[truck].first_slot + slots):
            if now.routes[route].size > 0:
                continue
            cost, hub = _best_alone(given, state, stop, route, best - fixed + discount, blink)
            if hub >= 0:
                best, best_cost, best_route, best_hub = cost + fixed - discount, cost + fixed, route, hub
    return best_cost, best_route, best_hub


@compiled
def _go_again(rules: Rules | None) -> bool:
    if rules is None:
        return False
    return rules.most_trips > 1


@compiled
def first_idle(given: Given, now: Solution, kind: int) -> int:
    """A truck of a kind that stays at home, or -1."""
    for number in range(given.kind_begin[kind], given.kind_begin[kind + 1]):
        truck = given.kind_members[number]
        if now.days[truck].trips == 0:
            return truck
    return -1


@compiled
def _best_alone(given: Given, state: State, stop: int, route: int, beat: int, blink: float) -> tuple[int, int]:
    """The cheapest hub for a trip with `stop` alone in an empty slot, if it beats a cost: (cost, hub)."""
    best, best_hub = beat, -1
    now, rules = state.now, given.rules
    trip = now.routes[route]
    if trip.room_g < given.nodes[stop].weight_g or not boarding.may_board(rules, given, now.routes, stop, route):
        return best, best_hub
    origin, ready = chains.origin(rules, given, now, route)
    trip.origin, trip.ready = origin, ready
    out_m = metres(given, route, origin, stop) - _skipped_m(rules, given, now, route, origin)
    for hub in range(given.hub_count):
        if (trip.hubs >> hub) & 1 == 0 or not boarding.hub_is_accepted(rules, given, stop, hub):
            continue
        onward = chains.onward_m(rules, given, now, route, hub)
        cost = (out_m + metres(given, route, stop, hub) + onward) * given.slots[route].metre_cost
        if cost >= best:
            continue
        by = chains.due(rules, given, now, route, hub)
        if given.hubs[hub].opens <= by and keeps_time(given, now, stop, origin, hub, route, hub, by):
            kept, added = added_clock_cost(rules, given, state, stop, origin, route, hub)
            added += boarding.change_cost(rules, given, stop, route)
            if kept and cost + added < best and uniform(state.scratch.random) >= blink:
                best, best_hub = cost + added, hub
    return best, best_hub


@compiled
def _skipped_m(rules: Rules | None, given: Given, now: Solution, route: int, origin: int) -> int:
    """Metres driven now from where the new trip would start to what follows it."""
    if rules is None or now.days[given.slots[route].truck].trips == 0:
        return 0
    return chains.onward_m(rules, given, now, route, origin)
