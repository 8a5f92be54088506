"""A feasible answer in milliseconds: insertion, the lots farthest from a hub first. The fallback and first incumbent.

Candidate positions are ordered by what they add to distance, time and fixed cost; the first one that the timetable
accepts is taken, so every rule a timetable knows is kept without being known here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from routing.fleet import timetables
from routing.instance import Instance
from routing.plan import Tour, Tours, Trip
from routing.rules import Rule
from routing.timetable import timetable
from routing.travel import UNREACHABLE

NEIGHBOURS = 60
TRIES = 24


class Candidate(NamedTuple):
    """A lot put into a trip (at `position`, the trip then going to `hub`); trip -1 starts a new one."""

    added_cost: float
    truck: int
    trip: int
    position: int
    hub: int


@dataclass(slots=True)
class Draft:
    """Tours under construction and where each lot is: (truck, trip), or None while it waits."""

    tours: list[Tour]
    place: list[tuple[int, int] | None]

    def take(self, tour: Tour) -> None:
        """Put a truck's changed tour in the place of the one it had."""
        self.tours[tour.truck] = tour
        for number, trip in enumerate(tour.trips):
            for lot in trip.pickups:
                self.place[lot] = (tour.truck, number)


def greedy(instance: Instance) -> Tours:
    """Feasible tours. Lots that fit nowhere, or cost more than leaving them, stay behind.

    Raises:
        StuckTruck: a truck can't do what it must (deliver what it has loaded, make its locked stops).
    """
    return extend(instance, opening(instance))


class StuckTruck(ValueError):
    """A truck can't deliver what it carries, or can't make its locked stops, within the rules."""

    def __init__(self, truck: int, rule: Rule) -> None:
        self.truck = truck
        self.rule = rule
        super().__init__(f"truck {truck} breaks {rule.value} with its loaded lots and locked stops alone")


def opening(instance: Instance) -> Tours:
    """What trucks must do anyway: deliver what is on board and make the locked stops, to the nearest feasible hub."""
    tours = []
    for truck, vehicle in enumerate(instance.vehicles):
        if not vehicle.locked and not vehicle.has_load:
            continue
        rule = Rule.ALLOWED_HUB
        best: tuple[int, Tour] | None = None
        for hub in range(len(instance.depots)):
            tour = Tour(truck, (Trip(vehicle.locked, hub),))
            times = timetable(instance, tour)
            if isinstance(times, Rule):
                rule = times if times is not Rule.ALLOWED_HUB else rule
            elif best is None or times.distance_m < best[0]:
                best = (times.distance_m, tour)
        if best is None:
            raise StuckTruck(truck, rule)
        tours.append(best[1])
        together = timetables(instance, tuple(tours))
        if isinstance(together, Rule):
            raise StuckTruck(truck, together)
    return tuple(tours)


def extend(instance: Instance, tours: Tours) -> Tours:
    """Insert what the given feasible tours leave behind."""
    draft = draft_of(instance, tours)
    for lot in _order(instance, draft):
        _insert(instance, draft, lot)
    return tuple(tour for tour in draft.tours if tour.trips)


def mend(instance: Instance, tours: Tours) -> Tours:
    """Feasible tours close to the given ones: lots are taken out of tours that break a rule, then put where they fit.

    Raises:
        StuckTruck: as for `greedy`.
    """
    must = {tour.truck: tour for tour in opening(instance)}
    sound = {tour.truck: _thinned(instance, tour, must.get(tour.truck)) for tour in tours}
    kept = tuple(tour for tour in (must | sound).values() if tour.trips)
    if isinstance(timetables(instance, kept), Rule):
        kept = tuple(must.values())
    return extend(instance, kept)


def _thinned(instance: Instance, tour: Tour, must: Tour | None) -> Tour:
    """A tour with lots taken out until it keeps the rules: the cheapest that helps, or else just the cheapest."""
    vehicle = instance.vehicles[tour.truck]
    locked, loaded = len(vehicle.locked), vehicle.has_load
    while tour.trips and isinstance(timetable(instance, tour), Rule):
        lots = [
            (trip, position)
            for trip, visited in enumerate(tour.trips)
            for position in range(locked if trip == 0 else 0, len(visited.pickups))
        ]
        if not lots:
            return must or Tour(tour.truck, ())
        lots.sort(key=lambda at: instance.lots[tour.trips[at[0]].pickups[at[1]]].penalty)
        thinner = [_without(tour, trip, position, loaded=loaded) for trip, position in lots]
        tour = next((one for one in thinner if not isinstance(timetable(instance, one), Rule)), thinner[0])
    return tour


def _without(tour: Tour, trip: int, position: int, *, loaded: bool) -> Tour:
    pickups = tour.trips[trip].pickups
    left = Trip(pickups[:position] + pickups[position + 1 :], tour.trips[trip].hub)
    trips = (*tour.trips[:trip], left, *tour.trips[trip + 1 :])
    # A trip that collects nothing is made only for what the truck has loaded, which is the first.
    return Tour(tour.truck, tuple(one for number, one in enumerate(trips) if one.pickups or (loaded and number == 0)))


def draft_of(instance: Instance, tours: Tours) -> Draft:
    """Tours in a form that lots can be put into."""
    draft = Draft([Tour(truck, ()) for truck in range(len(instance.vehicles))], [None] * len(instance.lots))
    for tour in tours:
        draft.take(tour)
    return draft


def _order(instance: Instance, draft: Draft) -> list[int]:
    """Mandatory lots first, then the farthest from their nearest hub."""
    table = instance.matrices.tables[0].distance_m
    waiting = [lot for lot, place in enumerate(draft.place) if place is None]

    def key(number: int) -> tuple[bool, int]:
        lot = instance.lots[number]
        nearest = min(
            (
                int(table[lot.location, depot.location])
                for hub, depot in enumerate(instance.depots)
                if lot.hubs >> hub & 1
            ),
            default=UNREACHABLE,
        )
        return lot.penalty < instance.mandatory_penalty, -nearest

    return sorted(waiting, key=key)


def _insert(instance: Instance, draft: Draft, lot: int) -> bool:
    penalty = instance.lots[lot].penalty
    tries = 0
    for candidate in candidates(instance, draft, lot):
        if candidate.added_cost >= penalty:
            return False
        # only beside other lots are there too many places to try them all; a truck that is free is always tried
        if candidate.trip >= 0:
            if tries >= TRIES or not _has_room(instance, draft, lot, candidate):
                continue
            tries += 1
        tour = apply(draft.tours[candidate.truck], lot, candidate)
        if fault(instance, draft, tour) is None:
            draft.take(tour)
            return True
    return False


def _has_room(instance: Instance, draft: Draft, lot: int, candidate: Candidate) -> bool:
    vehicle = instance.vehicles[candidate.truck]
    riding = draft.tours[candidate.truck].trips[candidate.trip].pickups
    weight_g = sum(instance.lots[other].weight_g for other in riding) + instance.lots[lot].weight_g
    crates = sum(instance.lots[other].crates for other in riding) + instance.lots[lot].crates
    return weight_g <= vehicle.weight_g and crates <= vehicle.crates


def fault(instance: Instance, draft: Draft, tour: Tour) -> Rule | None:
    """The rule that a changed tour breaks, by itself or with the other tours."""
    alone = timetable(instance, tour)
    if isinstance(alone, Rule):
        return alone
    if not instance.shares:
        return None
    others = tuple(other for other in draft.tours if other.trips and other.truck != tour.truck)
    together = timetables(instance, (*others, tour))
    return together if isinstance(together, Rule) else None


def candidates(instance: Instance, draft: Draft, lot: int) -> list[Candidate]:
    """Where a waiting lot might go, the cheapest first; loads and times are not looked at yet."""
    return sorted([*_into_trips(instance, draft, lot), *_new_trips(instance, draft, lot)])


def apply(tour: Tour, lot: int, candidate: Candidate) -> Tour:
    """The tour with the lot in its place."""
    if candidate.trip < 0:
        return Tour(tour.truck, (*tour.trips, Trip((lot,), candidate.hub)))
    trip = tour.trips[candidate.trip]
    pickups = (*trip.pickups[: candidate.position], lot, *trip.pickups[candidate.position :])
    trips = list(tour.trips)
    trips[candidate.trip] = Trip(pickups, candidate.hub)
    return Tour(tour.truck, tuple(trips))


def _into_trips(instance: Instance, draft: Draft, number: int) -> Iterator[Candidate]:
    """Beside each of the nearest lots that already ride, and alone with what a truck has loaded."""
    lot = instance.lots[number]
    for truck, trip, position in _positions(instance, draft, number):
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


def _positions(instance: Instance, draft: Draft, number: int) -> list[tuple[int, int, int]]:
    found: dict[tuple[int, int, int], None] = {}
    for neighbour in _neighbours(instance, number):
        place = draft.place[neighbour]
        if place is None:
            continue
        truck, trip = place
        position = draft.tours[truck].trips[trip].pickups.index(neighbour)
        found[truck, trip, position] = None
        found[truck, trip, position + 1] = None
    for tour in draft.tours:
        if tour.trips and not tour.trips[0].pickups:
            found[tour.truck, 0, 0] = None
    return list(found)


def _neighbours(instance: Instance, number: int) -> list[int]:
    table = instance.matrices.tables[0].distance_m
    places = np.fromiter((lot.location for lot in instance.lots), dtype=np.int64, count=len(instance.lots))
    row = table[instance.lots[number].location, places]
    if len(row) > NEIGHBOURS:
        return [int(near) for near in np.argpartition(row, NEIGHBOURS)[:NEIGHBOURS]]
    return list(range(len(row)))


def _new_trips(instance: Instance, draft: Draft, number: int) -> Iterator[Candidate]:
    """A further trip of a truck in use, or a truck of each kind not in use yet."""
    lot = instance.lots[number]
    seen = set()
    for truck, vehicle in enumerate(instance.vehicles):
        tour = draft.tours[truck]
        if not lot.trucks >> truck & 1 or len(tour.trips) >= vehicle.trips:
            continue
        fixed = 0
        if not tour.trips:
            wanted = instance.problem.trucks[truck]
            fixed = wanted.fixed_cost_satang
            kind = (vehicle, fixed, wanted.cost_per_km_satang, wanted.cost_per_h_satang, wanted.profile)
            if kind in seen:
                continue
            seen.add(kind)
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
    distance, duration = instance.distance_m[truck], instance.duration_s[truck]
    vehicle, wanted = instance.vehicles[truck], instance.problem.trucks[truck]
    place = instance.lots[number].location
    new_hub = instance.depots[hub].location
    if trip < 0:
        before = instance.depots[tour.trips[-1].hub].location if tour.trips else vehicle.start
        old = [before, vehicle.end] if tour.trips and vehicle.end >= 0 else [before]
        new = [before, place, new_hub] + ([vehicle.end] if vehicle.end >= 0 else [])
    else:
        pickups = tour.trips[trip].pickups
        old_hub = instance.depots[tour.trips[trip].hub].location
        if position:
            before = instance.lots[pickups[position - 1]].location
        else:
            before = instance.depots[tour.trips[trip - 1].hub].location if trip else vehicle.start
        if position < len(pickups):
            after = instance.lots[pickups[position]].location
            old, new = [before, after], [before, place, after]
        else:
            onward = _after_trip(instance, tour, trip)
            old, new = [before, old_hub, *onward], [before, place, new_hub, *onward]
    metres = seconds = 0
    for sign, path in ((1, new), (-1, old)):
        for index in range(len(path) - 1):
            leg = (path[index], path[index + 1])
            if distance[leg] >= UNREACHABLE or duration[leg] >= UNREACHABLE:
                return float("inf")
            metres += sign * distance[leg]
            seconds += sign * duration[leg]
    return metres * wanted.cost_per_km_satang / 1000 + seconds * wanted.cost_per_h_satang / 3600


def _after_trip(instance: Instance, tour: Tour, trip: int) -> list[int]:
    if trip + 1 < len(tour.trips):
        following = tour.trips[trip + 1]
        return [instance.lots[following.pickups[0]].location] if following.pickups else []
    end = instance.vehicles[tour.truck].end
    return [end] if end >= 0 else []
