"""Where a lot might go: positions in tours with what they add to the cost, and whether the timetable takes them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.fleet import together
from routing.instance import Bond, Instance
from routing.plan import Tour, Tours, Trip
from routing.rules import Rule
from routing.timetable import Timetable, timetable
from routing.travel import UNREACHABLE

NEIGHBOURS = 60


class Candidate(NamedTuple):
    """A lot put into a trip (at `position`, the trip then going to `hub`); trip -1 starts a new one."""

    added_cost: float
    truck: int
    trip: int
    position: int
    hub: int


Spot = tuple[int, int, int]
"""Truck, trip, position in the trip."""


@dataclass(slots=True)
class Draft:
    """Tours under construction and where each lot is: (truck, trip), or None while it waits.

    `kinds` number the kinds of trucks: of two of one kind that are not in use, one is as good as the other. `idle` are
    the trucks of each kind that are not in use, `busy` those in use, with how many trips each may still add. `bonds`
    are the relations that each lot has to others, `times` the timetables of tours as far as they have been asked for.
    """

    tours: list[Tour]
    place: list[tuple[int, int] | None]
    kinds: list[int]
    locations: NDArray[np.int64]
    idle: list[list[int]]
    busy: dict[int, int] = field(default_factory=dict)
    bonds: dict[int, list[Bond]] = field(default_factory=dict)
    times: dict[int, tuple[Tour, Timetable]] = field(default_factory=dict)

    def take(self, tour: Tour, most_trips: int) -> None:
        """Put a truck's changed tour in the place of the one it had."""
        if tour.trips and not self.tours[tour.truck].trips:
            self.idle[self.kinds[tour.truck]].remove(tour.truck)
        if tour.trips:
            self.busy[tour.truck] = most_trips - len(tour.trips)
        self.tours[tour.truck] = tour
        for number, trip in enumerate(tour.trips):
            for lot in trip.pickups:
                self.place[lot] = (tour.truck, number)


def draft_of(instance: Instance, tours: Tours) -> Draft:
    """Tours in a form that lots can be put into."""
    kinds = _kinds(instance)
    idle: list[list[int]] = [[] for _ in range(max(kinds) + 1)]
    for truck, kind in enumerate(kinds):
        idle[kind].append(truck)
    draft = Draft(
        [Tour(truck, ()) for truck in range(len(instance.vehicles))],
        [None] * len(instance.lots),
        kinds,
        np.array([lot.location for lot in instance.lots], np.int64),
        idle,
    )
    for bond in instance.relations:
        for lot in bond.lots:
            draft.bonds.setdefault(lot, []).append(bond)
    for tour in tours:
        draft.take(tour, instance.vehicles[tour.truck].trips)
    return draft


def with_room(instance: Instance, draft: Draft, lot: int, spots: list[Spot]) -> list[Spot]:
    """The spots on trips that can take the lot's weight and crates."""
    wanted = instance.lots[lot]
    room: dict[tuple[int, int], bool] = {}
    for truck, trip, _ in spots:
        if (truck, trip) not in room:
            vehicle, riding = instance.vehicles[truck], draft.tours[truck].trips[trip].pickups
            weight_g = sum(instance.lots[other].weight_g for other in riding) + wanted.weight_g
            crates = sum(instance.lots[other].crates for other in riding) + wanted.crates
            room[truck, trip] = weight_g <= vehicle.weight_g and crates <= vehicle.crates
    return [spot for spot in spots if room[spot[:2]]]


def fault(instance: Instance, draft: Draft, tour: Tour) -> Rule | None:
    """The rule that a changed tour breaks, by itself or with the other tours."""
    alone = timetable(instance, tour)
    if isinstance(alone, Rule):
        return alone
    if not instance.shares:
        return None
    others = tuple(other for other in draft.tours if other.trips and other.truck != tour.truck)
    known = []
    for other in others:
        times = _times(instance, draft, other)
        if isinstance(times, Rule):
            return times
        known.append(times)
    shared = together(instance, (*others, tour), [*known, alone])
    return shared if isinstance(shared, Rule) else None


def _times(instance: Instance, draft: Draft, tour: Tour) -> Timetable | Rule:
    """The timetable of a tour of the draft by itself, made once."""
    before = draft.times.get(tour.truck)
    if before is not None and before[0] is tour:
        return before[1]
    times = timetable(instance, tour)
    if not isinstance(times, Rule):
        draft.times[tour.truck] = (tour, times)
    return times


def _kinds(instance: Instance) -> list[int]:
    known: dict[object, int] = {}
    return [
        known.setdefault(
            (vehicle, truck.fixed_cost_satang, truck.cost_per_km_satang, truck.cost_per_h_satang, truck.profile),
            len(known),
        )
        for vehicle, truck in zip(instance.vehicles, instance.problem.trucks, strict=True)
    ]


def candidates(instance: Instance, draft: Draft, lot: int) -> list[Candidate]:
    """Where a waiting lot might go, the cheapest first; loads and times are not looked at yet."""
    beside = into_trips(instance, draft, lot, spots_near(instance, draft, lot))
    found = sorted([*beside, *new_trips(instance, draft, lot)])
    return [one for one in found if keeps_relations(draft, lot, one)] if lot in draft.bonds else found


def apply(tour: Tour, lot: int, candidate: Candidate) -> Tour:
    """The tour with the lot in its place."""
    if candidate.trip < 0:
        return Tour(tour.truck, (*tour.trips, Trip((lot,), candidate.hub)))
    trip = tour.trips[candidate.trip]
    pickups = (*trip.pickups[: candidate.position], lot, *trip.pickups[candidate.position :])
    trips = list(tour.trips)
    trips[candidate.trip] = Trip(pickups, candidate.hub)
    return Tour(tour.truck, tuple(trips))


def into_trips(instance: Instance, draft: Draft, number: int, spots: list[Spot]) -> Iterator[Candidate]:
    """Into each spot, to the hub the trip goes to, or behind its last lot to another."""
    lot = instance.lots[number]
    for truck, trip, position in spots:
        if not lot.trucks >> truck & 1:
            continue
        tour = draft.tours[truck]
        vehicle = instance.vehicles[truck]
        if trip == 0 and position < len(vehicle.locked):
            continue
        visit = tour.trips[trip]
        at_end = position == len(visit.pickups)
        hubs = vehicle.hubs & lot.hubs
        for hub in range(len(instance.depots)) if at_end else (visit.hub,):
            if hubs >> hub & 1:
                added = _added(instance, tour, number, trip, position, hub)
                yield Candidate(added + _change(instance, number, truck), truck, trip, position, hub)


def spots_near(instance: Instance, draft: Draft, number: int) -> list[Spot]:
    """Beside each of the nearest lots that already ride, and alone with what a truck has loaded."""
    found: dict[Spot, None] = {}
    for neighbour in _neighbours(instance, draft, number):
        place = draft.place[neighbour]
        if place is None:
            continue
        truck, trip = place
        position = draft.tours[truck].trips[trip].pickups.index(neighbour)
        found[truck, trip, position] = None
        found[truck, trip, position + 1] = None
    for truck in draft.busy:
        if not draft.tours[truck].trips[0].pickups:
            found[truck, 0, 0] = None
    for bond in draft.bonds.get(number, ()):
        found |= dict.fromkeys(_spots_of(draft, bond, list(found)))
    return list(found)


def _spots_of(draft: Draft, bond: Bond, found: list[Spot]) -> Iterator[Spot]:
    """The spots that a relation speaks of, however far they are: beside partners, or at the ends of trips found."""
    if bond.kind in ("first", "last"):
        for truck, trip in {spot[:2] for spot in found}:
            yield truck, trip, 0 if bond.kind == "first" else len(draft.tours[truck].trips[trip].pickups)
    elif bond.kind != "different_truck":
        for truck in {place[0] for lot in bond.lots if (place := draft.place[lot]) is not None}:
            for trip, visited in enumerate(draft.tours[truck].trips):
                yield from ((truck, trip, position) for position in range(len(visited.pickups) + 1))


def keeps_relations(draft: Draft, lot: int, candidate: Candidate) -> bool:
    """Whether a candidate could keep the lot's relations: enough to pass over most that don't."""
    for bond in draft.bonds.get(lot, ()):
        partners = [place for other in bond.lots if other != lot and (place := draft.place[other]) is not None]
        match bond.kind:
            case "same_truck":
                kept = all(truck == candidate.truck for truck, _ in partners)
            case "different_truck":
                kept = all(truck != candidate.truck for truck, _ in partners)
            case "before":
                kept = all(place == (candidate.truck, candidate.trip) for place in partners)
            case _:
                kept = bond.kind == "last" or candidate.position == 0
        if not kept:
            return False
    return True


def _neighbours(instance: Instance, draft: Draft, number: int) -> list[int]:
    row = instance.matrices.tables[0].distance_m[instance.lots[number].location, draft.locations]
    if len(row) > NEIGHBOURS:
        nearest: list[int] = np.argpartition(row, NEIGHBOURS)[:NEIGHBOURS].tolist()
        return nearest
    return list(range(len(row)))


def new_trips(instance: Instance, draft: Draft, number: int) -> Iterator[Candidate]:
    """A further trip of a truck in use, or a truck of each kind not in use yet."""
    lot = instance.lots[number]
    for truck, left in draft.busy.items():
        if left > 0 and lot.trucks >> truck & 1:
            yield from _trips_of(instance, draft, number, truck)
    for idle in draft.idle:
        chosen = next((truck for truck in idle if lot.trucks >> truck & 1), None)
        if chosen is not None:
            yield from _trips_of(instance, draft, number, chosen)
        if lot.planned_truck in idle and lot.planned_truck != chosen and lot.trucks >> lot.planned_truck & 1:
            yield from _trips_of(instance, draft, number, lot.planned_truck)


def _trips_of(instance: Instance, draft: Draft, number: int, truck: int) -> Iterator[Candidate]:
    tour, vehicle, lot = draft.tours[truck], instance.vehicles[truck], instance.lots[number]
    fixed = 0 if tour.trips else instance.problem.trucks[truck].fixed_cost_satang
    for hub in range(len(instance.depots)):
        if vehicle.hubs & lot.hubs & 1 << hub:
            added = _added(instance, tour, number, -1, 0, hub)
            yield Candidate(fixed + added + _change(instance, number, truck), truck, -1, 0, hub)


def _change(instance: Instance, number: int, truck: int) -> int:
    lot = instance.lots[number]
    return lot.change_cost if lot.planned_truck != truck else 0


def _added(instance: Instance, tour: Tour, number: int, trip: int, position: int, hub: int) -> float:
    """Satang that distance and driving time grow by; infinite where there is no road."""
    truck = tour.truck
    vehicle = instance.vehicles[truck]
    place = instance.lots[number].location
    new_hub = instance.depots[hub].location
    if trip < 0:
        before = instance.depots[tour.trips[-1].hub].location if tour.trips else vehicle.start
        old = (before, vehicle.end) if tour.trips and vehicle.end >= 0 else (before,)
        new = (before, place, new_hub, vehicle.end) if vehicle.end >= 0 else (before, place, new_hub)
        return _path_cost(instance, truck, new) - _path_cost(instance, truck, old)
    pickups = tour.trips[trip].pickups
    if position:
        before = instance.lots[pickups[position - 1]].location
    else:
        before = instance.depots[tour.trips[trip - 1].hub].location if trip else vehicle.start
    if position < len(pickups):
        after = instance.lots[pickups[position]].location
        return _path_cost(instance, truck, (before, place, after)) - _path_cost(instance, truck, (before, after))
    onward = _after_trip(instance, tour, trip)
    old_hub = instance.depots[tour.trips[trip].hub].location
    new_cost = _path_cost(instance, truck, (before, place, new_hub, *onward))
    return new_cost - _path_cost(instance, truck, (before, old_hub, *onward))


def _path_cost(instance: Instance, truck: int, path: tuple[int, ...]) -> float:
    distance, duration = instance.distance_m[truck], instance.duration_s[truck]
    metres = seconds = 0
    for leg in pairwise(path):
        metres += distance[leg]
        seconds += duration[leg]
    if metres >= UNREACHABLE or seconds >= UNREACHABLE:
        return float("inf")
    wanted = instance.problem.trucks[truck]
    return metres * wanted.cost_per_km_satang / 1000 + seconds * wanted.cost_per_h_satang / 3600


def _after_trip(instance: Instance, tour: Tour, trip: int) -> list[int]:
    if trip + 1 < len(tour.trips):
        following = tour.trips[trip + 1]
        return [instance.lots[following.pickups[0]].location] if following.pickups else []
    end = instance.vehicles[tour.truck].end
    return [end] if end >= 0 else []
