"""A day that has begun: what is driven stays, what is left becomes a problem of its own.

Trucks start where they are with what they have on board; a pick-up that a truck is driving to stays its next stop.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from routing.faults import Fault, Refused
from routing.plan import Plan, Route, Stop
from routing.problem import Cutoff, Hub, LoadedLot, Pickup, Problem, Relation, TimeWindow, Truck

ADD = "Leave lots in the problem until they are delivered."


@dataclass(frozen=True, slots=True, kw_only=True)
class TruckState:
    """How far a truck has come: it has begun `stops_done` stops of its route (the start is one).

    It can go on from `location` at `free_s`. `next_pickup` is one it is on its way to and stays its next stop.
    Where `location` is its next stop, the legs of `approaching` further stops count as driven.
    """

    truck: str
    stops_done: int
    location: str
    free_s: int
    next_pickup: str | None = None
    approaching: int = 0


@dataclass(frozen=True, slots=True)
class Remaining:
    """What is left of a day: the problem, and for each truck that is out the stops it has made."""

    problem: Problem
    driven: Mapping[str, tuple[Stop, ...]]


def by_the_clock(plan: Plan, now_s: int) -> tuple[TruckState, ...]:
    """Where trucks are if all has gone by the plan; trucks that have not left yet are left out.

    A truck on the road goes on to its next stop, whatever comes: it is free when it arrives there.
    """
    return tuple(_state(route, now_s) for route in plan.routes if route.stops[0].depart_s <= now_s)


def _state(route: Route, now_s: int) -> TruckState:
    begun = sum(stop.start_s <= now_s for stop in route.stops)
    # A rest on the road has no location: the truck is between the last stop that has one and the next.
    while route.stops[begun - 1].location is None:
        begun -= 1
    last, following = route.stops[begun - 1], route.stops[begun:]
    if last.depart_s > now_s or not following:
        return TruckState(
            truck=route.truck, stops_done=begun, location=str(last.location), free_s=max(last.depart_s, now_s)
        )
    ahead = next(number for number, stop in enumerate(following) if stop.location is not None)
    target = following[ahead]
    return TruckState(
        truck=route.truck,
        stops_done=begun,
        location=str(target.location),
        free_s=max(target.arrival_s, now_s),
        next_pickup=target.pickup,
        approaching=ahead + 1,
    )


def remaining(
    problem: Problem, plan: Plan, states: Iterable[TruckState], *, now_s: int, change_cost_satang: int
) -> Remaining:
    """The problem of the rest of the day.

    `problem` is the day as it is known now: new lots in it, cancelled ones taken out, deadlines as they have become.
    Lots that have been picked up are still in it, but not in the result: those on board are on their truck. Each lot
    that the plan had on a truck costs `change_cost_satang` on another.

    Raises:
        Refused: a lot that has been picked up is not in the problem.
    """
    known = {state.truck: state for state in states}
    routes = {route.truck: route for route in plan.routes}
    pickups = {pickup.id: pickup for pickup in problem.pickups}
    driven = {name: routes[name].stops[: state.stops_done] for name, state in known.items() if name in routes}
    picked = {stop.pickup: name for name, stops in driven.items() for stop in stops if stop.pickup is not None}
    planned = {stop.pickup: route.truck for route in plan.routes for stop in route.stops if stop.pickup is not None}
    gone = sorted(picked.keys() - pickups.keys())
    if gone:
        faults = [Fault("/pickups", f"lot {name!r} is missing, {picked[name]} has picked it up.", ADD) for name in gone]
        raise Refused("problem", faults)
    waiting = [pickup for pickup in problem.pickups if pickup.id not in picked]
    trucks = []
    for truck in problem.trucks:
        if truck.id in driven:
            left = _truck(truck, routes[truck.id], known[truck.id], pickups)
            trucks += [left] if left is not None else []
        else:
            opens = max(truck.shift.opens_s, now_s)
            if opens <= truck.shift.closes_s:
                trucks.append(replace(truck, shift=replace(truck.shift, opens_s=opens)))
    names = {truck.id for truck in trucks}
    relations, pins = _relations(problem.relations, picked)
    lots = tuple(_lot(pickup, planned.get(pickup.id), pins, names, change_cost_satang) for pickup in waiting)
    delivered = [unloading for stops in driven.values() for unloading in _delivered(stops)]
    hubs = tuple(_hub(hub, [(s, load) for s, load in delivered if s.hub == hub.id]) for hub in problem.hubs)
    rest = replace(problem, trucks=tuple(trucks), pickups=lots, relations=relations, hubs=hubs)
    return Remaining(rest, driven)


def _truck(truck: Truck, route: Route, state: TruckState, pickups: Mapping[str, Pickup]) -> Truck | None:
    """A truck that is out, from where it is; None when it has made all its trips."""
    stops, legs = route.stops[: state.stops_done], route.stops[: state.stops_done + state.approaching]
    unloadings = [number for number, stop in enumerate(stops) if stop.kind == "unload"]
    trips = truck.max_trips - len(unloadings)
    since = stops[unloadings[-1] + 1 :] if unloadings else stops
    loaded = () if unloadings else truck.loaded
    loaded += tuple(_aboard(pickups[stop.pickup], stop) for stop in since if stop.pickup is not None)
    done = [stop.pickup for stop in stops if stop.pickup is not None]
    locked = () if unloadings else tuple(name for name in truck.locked_stops if name not in done and name in pickups)
    if state.next_pickup in pickups and state.next_pickup not in locked:
        locked = (str(state.next_pickup), *locked)
    if trips < 1 or stops[-1].kind == "end":
        return None
    drove, out = sum(stop.driving_s for stop in legs), state.free_s - stops[0].depart_s
    return replace(
        truck,
        start=state.location,
        shift=TimeWindow(opens_s=state.free_s, closes_s=max(truck.shift.closes_s, state.free_s)),
        max_trips=trips,
        max_driving_s=None if truck.max_driving_s is None else max(0, truck.max_driving_s - drove),
        max_duration_s=None if truck.max_duration_s is None else max(0, truck.max_duration_s - out),
        fixed_cost_satang=0,
        loaded=loaded,
        locked_stops=locked,
        driven_s=_since_rest(truck, legs),
    )


def _aboard(pickup: Pickup, stop: Stop) -> LoadedLot:
    return LoadedLot(
        id=pickup.id,
        weight_g=pickup.weight_g,
        crates=pickup.crates,
        loaded_at_s=stop.start_s,
        compartment=stop.compartment,
        temperature=pickup.temperature,
        ride_limit_s=pickup.ride_limit_s,
        deadline_s=pickup.deadline_s,
        hubs=pickup.hubs,
        groups=pickup.groups,
    )


def _since_rest(truck: Truck, stops: Sequence[Stop]) -> int:
    """Driving since the last rest that is in the plan or was long enough a wait."""
    driven = truck.driven_s
    rest_s = truck.rest.rest_s if truck.rest else 0
    for stop in stops[1:]:
        driven += stop.driving_s
        if stop.kind == "rest" or (rest_s and stop.start_s - stop.arrival_s >= rest_s):
            driven = 0
    return driven


def _lot(
    pickup: Pickup, planned: str | None, pins: Mapping[str, set[str]], names: set[str], change_cost: int
) -> Pickup:
    allowed = None if pickup.trucks is None else set(pickup.trucks)
    if pickup.id in pins:
        allowed = pins[pickup.id] if allowed is None else allowed & pins[pickup.id]
    if allowed is not None:
        allowed &= names
    # A pin on trucks that are done for the day can't be kept: the lot then stays behind, and says so.
    gone = (
        () if allowed is None or allowed else (f"truck {', '.join(sorted(pins.get(pickup.id, pickup.trucks or ())))}",)
    )
    return replace(
        pickup,
        trucks=tuple(sorted(allowed)) if allowed else None,
        requires=(*pickup.requires, *gone),
        planned_truck=planned if planned in names else None,
        change_cost_satang=change_cost if planned in names else 0,
    )


def _relations(
    relations: Sequence[Relation], picked: Mapping[str, str]
) -> tuple[tuple[Relation, ...], dict[str, set[str]]]:
    """Relations of what still waits; where part of one has been picked up, the rest is pinned to that truck."""
    kept: list[Relation] = []
    pins: dict[str, set[str]] = {}
    for relation in relations:
        waiting = tuple(name for name in relation.pickups if name not in picked)
        on = {picked[name] for name in relation.pickups if name in picked}
        if relation.kind == "same_truck" and on:
            pins |= {name: set(on) for name in waiting}
        if len(waiting) >= (1 if relation.kind in ("first", "last") else 2):
            kept.append(replace(relation, pickups=waiting))
    return tuple(kept), pins


Load = tuple[int, int]


def _delivered(stops: Sequence[Stop]) -> list[tuple[Stop, Load]]:
    """Each unloading that has begun, with the grams and crates that it brought."""
    found: list[tuple[Stop, Load]] = []
    before = (0, 0)
    for stop in stops:
        if stop.kind == "unload":
            found.append((stop, before))
        before = (stop.load_g, stop.load_crates)
    return found


def _hub(hub: Hub, delivered: Sequence[tuple[Stop, Load]]) -> Hub:
    """A hub whose departures have less room by what has come in."""
    cutoffs = list(hub.cutoffs)
    for stop, load in delivered:
        for number, cutoff in enumerate(cutoffs):
            if cutoff.at_s >= stop.start_s:
                cutoffs[number], load = _fill(cutoff, load)  # noqa: PLW2901
    return replace(hub, cutoffs=tuple(cutoffs))


def _fill(cutoff: Cutoff, load: Load) -> tuple[Cutoff, Load]:
    """The departure with the load in it, and what of the load is left."""
    weight, crates = load
    by_weight = weight if cutoff.capacity_g is None else min(weight, cutoff.capacity_g)
    by_crates = crates if cutoff.capacity_crates is None else min(crates, cutoff.capacity_crates)
    filled = replace(
        cutoff,
        capacity_g=None if cutoff.capacity_g is None else cutoff.capacity_g - by_weight,
        capacity_crates=None if cutoff.capacity_crates is None else cutoff.capacity_crates - by_crates,
    )
    return filled, (weight - by_weight, crates - by_crates)
