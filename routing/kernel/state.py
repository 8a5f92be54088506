"""The solution being changed: trips as linked stops with labels, and copies of it to go back to.

Labels answer in constant time what an insertion would do to the rest of a trip. `departure` and `latest` are those of
Savelsbergh (1992, doi:10.1287/ijoc.4.2.146): the earliest end and the latest start of service that the trip allows.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.kernel.compiled import compiled
from routing.kernel.given import NEVER, Given, Int32, Rules, Table

CURRENT, BEST, ITERATION, ABSENT, TRIPS, ACCEPTED, TOUCHED = range(7)
"""Places in `State.tally`: costs of the current and the best solution, and counts."""

NOWHERE = -1

STOP = np.dtype(
    [
        ("next", np.int32),  # of the last stop: the hub
        ("previous", np.int32),  # of the first stop: an anchor
        ("route", np.int32),  # the slot, or NOWHERE
        ("departure", np.int32),
        ("latest", np.int32),
        ("leg_m", np.int32),  # to the next node
    ],
    align=True,
)

# See `ride`: seconds from the start of loading to unloading without waiting, and what bounds it along the trip.
RIDE = np.dtype([(name, np.int32) for name in ("elapsed", "floor", "by", "spare", "bound")], align=True)

# An empty slot has size 0; `room_*`, `kinds`, `hubs` and `deadline` are then those of an empty truck.
ROUTE = np.dtype(
    [
        ("first", np.int32),
        ("last", np.int32),
        ("size", np.int32),
        ("hub", np.int32),
        ("room_g", np.int32),
        ("room_crates", np.int32),
        ("kinds", np.int64),  # product classes on board
        ("hubs", np.int64),  # hubs that truck and lots accept
        ("metres", np.int64),
        ("deadline", np.int32),  # of unloading, over the lots
        ("origin", np.int32),
        ("ready", np.int32),  # earliest departure from the origin
        ("unload", np.int32),  # earliest start of unloading
        ("due", np.int32),  # latest start of unloading
    ],
    align=True,
)

# One visit while a truck's day is driven through (see `day`).
VISIT = np.dtype(
    [
        (name, np.int32)
        for name in ("node", "leg_s", "busy_s", "start", "rests", "at_arrival", "first_window", "last_window")
    ],
    align=True,
)

# `clock_cost` is the part of the cost that depends on when the truck is where.
DAY = np.dtype([("cost", np.int64), ("clock_cost", np.int64), ("trips", np.int32)], align=True)


class Solution(NamedTuple):
    stops: Table  # of STOP
    rides: Table  # of RIDE; one row where there are no rules but time windows
    routes: Table  # of ROUTE
    days: Table  # of DAY, one for each truck


class Scratch(NamedTuple):
    """Room to work in. `absent` lists the stops left behind; `stamp` is the iteration that last touched a truck."""

    removed: Int32
    keys: NDArray[np.float64]
    sequence: Int32
    touched: Int32
    stamp: NDArray[np.int64]
    absent: Int32
    day: Table  # of VISIT
    random: NDArray[np.uint64]


class State(NamedTuple):
    """`now` is changed; `before` keeps what this iteration has touched; `best` is the best found."""

    now: Solution
    before: Solution
    best: Solution
    scratch: Scratch
    tally: NDArray[np.int64]


def empty_state(given: Given, random: NDArray[np.uint64]) -> State:
    """No trips, every stop absent."""
    nodes, trucks = len(given.nodes), len(given.trucks)
    stops = nodes - given.anchors
    scratch = Scratch(
        removed=np.zeros(nodes + 1, np.int32),
        keys=np.zeros(nodes + 1),
        sequence=np.zeros(nodes + 1, np.int32),
        touched=np.zeros(trucks, np.int32),
        stamp=np.full(trucks, -1, np.int64),
        absent=np.zeros(nodes + 1, np.int32),
        day=np.zeros(nodes + len(given.slots) + 2, VISIT),
        random=random,
    )
    scratch.absent[:stops] = np.arange(given.anchors, nodes)
    tally = np.zeros(7, np.int64)
    tally[CURRENT] = tally[BEST] = given.nodes["penalty"][given.anchors :].sum()
    tally[ABSENT] = stops
    return State(_empty(given), _empty(given), _empty(given), scratch, tally)


def _empty(given: Given) -> Solution:
    stops = np.zeros(len(given.nodes), STOP)
    stops["route"] = NOWHERE
    trucks = given.trucks[given.slots["truck"]]
    routes = np.zeros(len(given.slots), ROUTE)
    routes["room_g"] = given.slots["capacity_g"]
    routes["room_crates"] = given.slots["crates"]
    routes["hubs"] = trucks["hubs"]
    routes["deadline"] = NEVER
    routes["origin"] = trucks["start"]
    routes["ready"] = trucks["opens"]
    rides = np.zeros(1 if given.rules is None else len(given.nodes), RIDE)
    return Solution(stops, rides, routes, np.zeros(len(given.trucks), DAY))


@compiled
def _copy_ride(rules: Rules | None, source: Solution, target: Solution, stop: int) -> None:
    if rules is None:
        return
    target.rides[stop] = source.rides[stop]


@compiled
def copy_truck(given: Given, source: Solution, target: Solution, truck: int) -> None:
    """Copy a truck's day with all its stops and labels."""
    target.days[truck] = source.days[truck]
    begin = given.trucks[truck].first_slot
    for route in range(begin, begin + given.trucks[truck].slots):
        target.routes[route] = source.routes[route]
        if source.routes[route].size == 0:
            continue
        stop = source.routes[route].first
        while stop >= given.anchors:
            target.stops[stop] = source.stops[stop]
            _copy_ride(given.rules, source, target, stop)
            stop = source.stops[stop].next


@compiled
def touch(given: Given, state: State, truck: int) -> None:
    """Keep a truck's day before this iteration changes it for the first time."""
    tally, scratch = state.tally, state.scratch
    if scratch.stamp[truck] == tally[ITERATION]:
        return
    scratch.stamp[truck] = tally[ITERATION]
    scratch.touched[tally[TOUCHED]] = truck
    tally[TOUCHED] += 1
    copy_truck(given, state.now, state.before, truck)


@compiled
def restore(given: Given, state: State) -> None:
    """Undo this iteration. Stops that it took off trips must be marked `NOWHERE` first."""
    for number in range(state.tally[TOUCHED]):
        truck = state.scratch.touched[number]
        state.tally[TRIPS] += state.before.days[truck].trips - state.now.days[truck].trips
        copy_truck(given, state.before, state.now, truck)


@compiled
def link(given: Given, now: Solution, stop: int, before: int, route: int, hub: int) -> None:
    """Put a stop behind `before` (an anchor: in front), with the trip ending at `hub`. Labels are left to `tour`."""
    stops, trip = now.stops, now.routes[route]
    if trip.size == 0:
        after = hub
    elif before < given.anchors:
        after = trip.first
    else:
        after = stops[before].next
    if after < given.anchors:
        after = hub
        trip.hub = hub
        trip.last = stop
    else:
        stops[after].previous = stop
    if before < given.anchors:
        before = trip.origin
        trip.first = stop
    else:
        stops[before].next = stop
    stops[stop].next = after
    stops[stop].previous = before
    stops[stop].route = route
    trip.size += 1


@compiled
def unlink(given: Given, now: Solution, stop: int) -> None:
    """Take a stop off its trip. Labels and what is on board are left to `tour` and `boarding`."""
    stops = now.stops
    trip = now.routes[stops[stop].route]
    before, after = stops[stop].previous, stops[stop].next
    if before < given.anchors:
        trip.first = after
    else:
        stops[before].next = after
    if after < given.anchors:
        trip.last = before
    else:
        stops[after].previous = before
    stops[stop].route = NOWHERE
    trip.size -= 1


@compiled
def save_best(state: State) -> None:
    """Keep the solution as the best; its ride labels, which nobody reads there, are left out."""
    now, best = state.now, state.best
    for stop in range(len(now.stops)):
        best.stops[stop] = now.stops[stop]
    for route in range(len(now.routes)):
        best.routes[route] = now.routes[route]
    state.tally[BEST] = state.tally[CURRENT]
