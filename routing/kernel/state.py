"""The solution being changed: trips as linked stops with labels, and copies of it to go back to.

Labels answer in constant time what an insertion would do to the rest of a trip. `departure` and `latest` are those of
Savelsbergh (1992, doi:10.1287/ijoc.4.2.146): the earliest end and the latest start of service that the trip allows.
"""

from typing import NamedTuple

import numpy as np

from routing.kernel.compiled import compiled
from routing.kernel.given import NEVER, Given, Int32, Int64

CURRENT, BEST, ITERATION, ABSENT, TRIPS, ACCEPTED, TOUCHED = range(7)
"""Indices into `State.tally`."""

NOWHERE = -1


class RideLabels(NamedTuple):
    """Of each stop, along its trip (see `ride`): seconds from loading to unloading without waiting, and what bounds it."""

    elapsed: Int32
    floor: Int32
    by: Int32
    spare: Int32
    bound: Int32


class Stops(NamedTuple):
    """One entry for each node. `next` of a last stop is the hub, `previous` of a first one the trip's origin."""

    next: Int32
    previous: Int32
    route: Int32
    departure: Int32
    latest: Int32
    leg_m: Int32  # to the next node
    ride: RideLabels | None


class Routes(NamedTuple):
    """One entry for each slot; an empty one has size 0, and its other fields mean nothing."""

    first: Int32
    last: Int32
    size: Int32
    hub: Int32
    room_g: Int32
    room_crates: Int32
    kinds: Int64  # product classes on board
    hubs: Int64  # hubs that truck and lots accept
    deadline: Int32  # of unloading, over the lots
    origin: Int32
    ready: Int32  # earliest departure from the origin
    unload: Int32  # earliest start of unloading
    due: Int32  # latest start of unloading
    metres: Int64


class Fleet(NamedTuple):
    """One entry for each truck: what its day costs, and how many trips it makes."""

    cost: Int64
    trips: Int32


class Solution(NamedTuple):
    stops: Stops
    routes: Routes
    fleet: Fleet


class Scratch(NamedTuple):
    """Room to work in."""

    removed: Int32
    keys: np.ndarray
    sequence: Int32
    touched: Int32
    stamp: Int64
    absent: Int32
    random: np.ndarray


class State(NamedTuple):
    """`now` is changed; `before` keeps what this iteration has touched; `best` is the best found."""

    now: Solution
    before: Solution
    best: Solution
    scratch: Scratch
    tally: Int64


def empty_state(given: Given, random: np.ndarray) -> State:
    """No trips, every stop absent."""
    nodes, slots, trucks = len(given.opens), len(given.slots.truck), len(given.trucks.start)
    stops = nodes - given.anchors
    scratch = Scratch(
        removed=np.zeros(nodes + 1, np.int32),
        keys=np.zeros(nodes + 1),
        sequence=np.zeros(nodes + 1, np.int32),
        touched=np.zeros(trucks, np.int32),
        stamp=np.full(trucks, -1, np.int64),
        absent=np.zeros(nodes + 1, np.int32),
        random=random,
    )
    scratch.absent[:stops] = np.arange(given.anchors, nodes)
    tally = np.zeros(7, np.int64)
    tally[CURRENT] = tally[BEST] = given.penalty[given.anchors :].sum()
    tally[ABSENT] = stops
    copies = [_empty_solution(given, nodes, slots, trucks) for _ in range(3)]
    return State(copies[0], copies[1], copies[2], scratch, tally)


def _empty_solution(given: Given, nodes: int, slots: int, trucks: int) -> Solution:
    def zeros(count: int) -> Int32:
        return np.zeros(count, np.int32)

    ride = None if given.rides is None else RideLabels(*(zeros(nodes) for _ in range(5)))
    stops = Stops(*(zeros(nodes) for _ in range(6)), ride=ride)
    stops.route[:] = NOWHERE
    routes = Routes(
        *(zeros(slots) for _ in range(6)),
        kinds=np.zeros(slots, np.int64),
        hubs=np.zeros(slots, np.int64),
        deadline=np.full(slots, NEVER, np.int32),
        origin=given.trucks.start[given.slots.truck],
        ready=given.trucks.opens[given.slots.truck],
        unload=zeros(slots),
        due=zeros(slots),
        metres=np.zeros(slots, np.int64),
    )
    return Solution(stops, routes, Fleet(np.zeros(trucks, np.int64), zeros(trucks)))


@compiled
def copy_ride_labels(source, target, stop):  # type: ignore[no-untyped-def]
    if source is None:
        return
    target.elapsed[stop] = source.elapsed[stop]
    target.floor[stop] = source.floor[stop]
    target.by[stop] = source.by[stop]
    target.spare[stop] = source.spare[stop]
    target.bound[stop] = source.bound[stop]


@compiled
def copy_route(given, source, target, route):  # type: ignore[no-untyped-def]
    """Copy a slot with all its stops and labels."""
    one, other = source.routes, target.routes
    other.first[route] = one.first[route]
    other.last[route] = one.last[route]
    other.size[route] = one.size[route]
    other.hub[route] = one.hub[route]
    other.room_g[route] = one.room_g[route]
    other.room_crates[route] = one.room_crates[route]
    other.kinds[route] = one.kinds[route]
    other.hubs[route] = one.hubs[route]
    other.deadline[route] = one.deadline[route]
    other.origin[route] = one.origin[route]
    other.ready[route] = one.ready[route]
    other.unload[route] = one.unload[route]
    other.due[route] = one.due[route]
    other.metres[route] = one.metres[route]
    if one.size[route] == 0:
        return
    stop = one.first[route]
    while stop >= given.anchors:
        target.stops.next[stop] = source.stops.next[stop]
        target.stops.previous[stop] = source.stops.previous[stop]
        target.stops.route[stop] = route
        target.stops.departure[stop] = source.stops.departure[stop]
        target.stops.latest[stop] = source.stops.latest[stop]
        target.stops.leg_m[stop] = source.stops.leg_m[stop]
        copy_ride_labels(source.stops.ride, target.stops.ride, stop)
        stop = source.stops.next[stop]


@compiled
def copy_truck(given, source, target, truck):  # type: ignore[no-untyped-def]
    target.fleet.cost[truck] = source.fleet.cost[truck]
    target.fleet.trips[truck] = source.fleet.trips[truck]
    for route in range(given.trucks.first_slot[truck], given.trucks.first_slot[truck + 1]):
        copy_route(given, source, target, route)


@compiled
def touch(given, state, truck):  # type: ignore[no-untyped-def]
    """Keep a truck's day before this iteration changes it for the first time."""
    tally, scratch = state.tally, state.scratch
    if scratch.stamp[truck] == tally[ITERATION]:
        return
    scratch.stamp[truck] = tally[ITERATION]
    scratch.touched[tally[TOUCHED]] = truck
    tally[TOUCHED] += 1
    copy_truck(given, state.now, state.before, truck)


@compiled
def restore(given, state):  # type: ignore[no-untyped-def]
    """Undo this iteration. Stops that it took off trips must be marked `NOWHERE` first."""
    for number in range(state.tally[TOUCHED]):
        truck = state.scratch.touched[number]
        state.tally[TRIPS] += state.before.fleet.trips[truck] - state.now.fleet.trips[truck]
        copy_truck(given, state.before, state.now, truck)


@compiled
def link(given, state, stop, before, route, hub):  # type: ignore[no-untyped-def]
    """Put a stop behind `before` (an anchor: in front), with the trip ending at `hub`. Labels are left to `tour`."""
    now = state.now
    stops, routes = now.stops, now.routes
    if routes.size[route] == 0:
        after = hub
        before = routes.origin[route]
    elif before < given.anchors:
        after = routes.first[route]
        before = routes.origin[route]
    else:
        after = stops.next[before]
    if after < given.anchors:
        after = hub
        routes.hub[route] = hub
        routes.last[route] = stop
    else:
        stops.previous[after] = stop
    if before < given.anchors:
        routes.first[route] = stop
    else:
        stops.next[before] = stop
    stops.next[stop] = after
    stops.previous[stop] = before
    stops.route[stop] = route
    routes.size[route] += 1


@compiled
def unlink(given, state, stop):  # type: ignore[no-untyped-def]
    """Take a stop off its trip. Labels and what is on board are left to `tour` and `boarding`."""
    stops, routes = state.now.stops, state.now.routes
    route = stops.route[stop]
    before, after = stops.previous[stop], stops.next[stop]
    if before < given.anchors:
        routes.first[route] = after
    else:
        stops.next[before] = after
    if after < given.anchors:
        routes.last[route] = before
    else:
        stops.previous[after] = before
    stops.route[stop] = NOWHERE
    routes.size[route] -= 1


@compiled
def _copy(source, target):  # type: ignore[no-untyped-def]
    for place in range(len(source)):
        target[place] = source[place]


@compiled
def save_best(state):  # type: ignore[no-untyped-def]
    """Keep the solution, without its labels, as the best."""
    now, best = state.now, state.best
    _copy(now.stops.route, best.stops.route)
    _copy(now.stops.next, best.stops.next)
    _copy(now.routes.first, best.routes.first)
    _copy(now.routes.size, best.routes.size)
    _copy(now.routes.hub, best.routes.hub)
    state.tally[BEST] = state.tally[CURRENT]
