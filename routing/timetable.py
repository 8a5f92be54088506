"""When a truck is where: the earliest unloading of each trip, and everything before it as late as that allows.

Two passes suffice. Forward gives the earliest start of unloading E of a trip. Backward from E gives each pick-up its
latest start; as E grows by d a latest start grows by at most d, so no later E makes any ride shorter, and a trip that
breaks a ride limit in this timetable breaks it in all. Waiting is thereby moved to where nothing is on board yet. Where
driving times depend on the hour the same timetable is made; a later one might ride shorter, and is not looked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from routing.instance import NEVER, Instance, Vehicle, Window
from routing.plan import Tour
from routing.rules import Rule
from routing.stowage import stowage
from routing.traffic import Traffic
from routing.travel import UNREACHABLE


class RestPlace(StrEnum):
    """Where a rest belonging to a leg is taken: before leaving, on the road, or waiting at its far end."""

    BEFORE = "before"
    ROAD = "road"
    ARRIVAL = "arrival"


@dataclass(slots=True)
class Visit:
    """One stop while the timetable is made. `lot` and `hub` are -1 where they don't apply; the last may be the end.

    `departs_s` is when the truck is ready to leave for it; `rests` are the rests that belong to the leg leading here,
    all of the vehicle's `rest_s`. `driving_s` is the usual time of the leg until the timetable stands, and the real one
    then.
    """

    location: int
    lot: int
    hub: int
    windows: tuple[Window, ...]
    busy_s: int
    driving_s: int
    distance_m: int
    start_s: int = 0
    departs_s: int = 0
    rests: int = 0
    rest_place: RestPlace = RestPlace.BEFORE


@dataclass(frozen=True, slots=True)
class Timetable:
    """A feasible truck day: it leaves at `leaves_s`, makes `visits` (`unloadings` at hubs) and is done at `ends_s`."""

    leaves_s: int
    ends_s: int
    visits: tuple[Visit, ...]
    unloadings: tuple[Visit, ...]
    distance_m: int
    driving_s: int


ANY_TIME: tuple[Window, ...] = ((-NEVER, NEVER),)


def timetable(instance: Instance, tour: Tour, not_before: Sequence[int] = ()) -> Timetable | Rule:
    """The timetable of a tour, or the first rule that it breaks.

    `not_before` gives for each trip when unloading may start at the earliest (a dock is free). What else concerns
    several trucks is looked at in `routing.fleet`.
    """
    vehicle = instance.vehicles[tour.truck]
    fault = _fault_of_loads(instance, tour, vehicle)
    if fault is not None:
        return fault
    visits = _visits(instance, tour, vehicle, not_before)
    if visits is None:
        return Rule.NO_ROAD
    roads = _Roads(vehicle, instance.traffic[tour.truck])
    usual_s = sum(visit.driving_s for visit in visits)
    if roads.traffic is None and usual_s > vehicle.driving_s:
        return Rule.DRIVING_TIME
    if vehicle.rest_s and not _rest_where_due(roads, visits, usual_s):
        return Rule.REST
    first, now = 0, vehicle.opens_s
    for number, visit in enumerate(visits):
        visit.departs_s = now
        start = _earliest(visit.windows, roads.reach(visit, now))
        if start is None:
            return Rule.TIME_WINDOW if visit.lot >= 0 else Rule.HUB_HOURS
        visit.start_s = start
        now = start + visit.busy_s
        if visit.hub >= 0:
            _delay(visits, first, number, roads)
            broken = _broken(instance, vehicle, visits, first, number)
            if broken is not None:
                return broken
            first = number + 1
    if now > vehicle.latest_s:
        return Rule.SHIFT
    return _within_the_day(roads, visits, now)


def _within_the_day(roads: "_Roads", visits: list[Visit], ends_s: int) -> Timetable | Rule:
    """What a truck's day comes to, unless it is too long or there is too much driving in it."""
    leaves = visits[0].departs_s if visits else ends_s
    if ends_s - leaves > roads.vehicle.duration_s:
        return Rule.DURATION
    if roads.traffic is not None:
        for visit in visits:
            visit.driving_s = roads.driving(visit)
    driving = sum(visit.driving_s for visit in visits)
    if driving > roads.vehicle.driving_s:
        return Rule.DRIVING_TIME
    unloadings = tuple(visit for visit in visits if visit.hub >= 0)
    return Timetable(leaves, ends_s, tuple(visits), unloadings, sum(visit.distance_m for visit in visits), driving)


@dataclass(frozen=True, slots=True)
class _Roads:
    """How a truck gets from one visit to the next: driving, rests on the way, and the traffic of the hour."""

    vehicle: Vehicle
    traffic: Traffic | None

    def reach(self, visit: Visit, departs_s: int) -> int:
        """When a visit can begin that the truck is ready to leave for at `departs_s`."""
        rests_s = visit.rests * self.vehicle.rest_s
        if self.traffic is None:
            return departs_s + visit.driving_s + rests_s
        if visit.rest_place is RestPlace.ARRIVAL:
            return self.traffic.arrival(departs_s, visit.driving_s) + rests_s
        return self.traffic.arrival(departs_s + rests_s, visit.driving_s)

    def leave(self, visit: Visit) -> int:
        """The latest that the truck may be ready to leave for a visit that begins when it does."""
        rests_s = visit.rests * self.vehicle.rest_s
        if self.traffic is None:
            return visit.start_s - visit.driving_s - rests_s
        if visit.rest_place is RestPlace.ARRIVAL:
            return self.traffic.departure(visit.start_s - rests_s, visit.driving_s)
        return self.traffic.departure(visit.start_s, visit.driving_s) - rests_s

    def driving(self, visit: Visit) -> int:
        """Seconds of driving to a visit at the hour at which the truck leaves for it."""
        before = 0 if visit.rest_place is RestPlace.ARRIVAL else visit.rests * self.vehicle.rest_s
        leaves_s = visit.departs_s + before
        return visit.driving_s if self.traffic is None else self.traffic.arrival(leaves_s, visit.driving_s) - leaves_s

    def longest(self, visit: Visit) -> int:
        """Seconds of driving to a visit at the slowest hour."""
        return visit.driving_s if self.traffic is None else -(-visit.driving_s * self.traffic.slowest_percent // 100)


def _fault_of_loads(instance: Instance, tour: Tour, vehicle: Vehicle) -> Rule | None:
    """What is on board together: weight, crates, product classes, allowed trucks and hubs."""
    if len(tour.trips) > vehicle.trips:
        return Rule.TRIPS
    locked = vehicle.locked
    if locked and (not tour.trips or tour.trips[0].pickups[: len(locked)] != locked):
        return Rule.LOCKED_STOPS
    if vehicle.has_load and not tour.trips:
        return Rule.LOADED_LOTS
    if vehicle.bays and any(
        stowage(instance, vehicle, trip.pickups, first_trip=number == 0) is None
        for number, trip in enumerate(tour.trips)
        if all(instance.lots[lot].trucks >> tour.truck & 1 for lot in trip.pickups)
    ):
        return Rule.COMPARTMENT
    truck_bit = 1 << tour.truck
    weight, crates = vehicle.loaded_g, vehicle.loaded_crates
    kinds, clash, hubs = vehicle.loaded_kinds, 0 if vehicle.bays else vehicle.loaded_clash, vehicle.loaded_hubs
    for trip in tour.trips:
        for number in trip.pickups:
            lot = instance.lots[number]
            if not lot.trucks & truck_bit:
                return Rule.REQUIREMENT
            weight += lot.weight_g
            crates += lot.crates
            its_clash = lot.cold_clash if vehicle.cold else 0 if vehicle.bays else lot.clash
            if its_clash & kinds or clash & lot.kind:
                return Rule.EXCLUSION
            kinds |= lot.kind
            clash |= its_clash
            hubs &= lot.hubs
        if weight > vehicle.weight_g:
            return Rule.WEIGHT
        if crates > vehicle.crates:
            return Rule.CRATES
        if not hubs >> trip.hub & 1:
            return Rule.ALLOWED_HUB
        weight, crates, kinds, clash, hubs = 0, 0, 0, 0, vehicle.hubs
    return None


def _visits(instance: Instance, tour: Tour, vehicle: Vehicle, not_before: Sequence[int]) -> list[Visit] | None:
    distance, duration = instance.distance_m[tour.truck], instance.duration_s[tour.truck]
    lots, depots = instance.lots, instance.depots
    visits: list[Visit] = []
    here = vehicle.start
    for count, trip in enumerate(tour.trips):
        for number in trip.pickups:
            lot = lots[number]
            place = lot.location
            visits.append(
                Visit(place, number, -1, lot.windows, lot.service_s, duration[here, place], distance[here, place])
            )
            here = place
        depot = depots[trip.hub]
        place = depot.location
        windows = _from(depot.windows, not_before[count]) if not_before else depot.windows
        visits.append(Visit(place, -1, trip.hub, windows, depot.unload_s, duration[here, place], distance[here, place]))
        here = place
    if vehicle.end >= 0 and visits:
        place = vehicle.end
        visits.append(Visit(place, -1, -1, ANY_TIME, 0, duration[here, place], distance[here, place]))
    if any(visit.driving_s >= UNREACHABLE or visit.distance_m >= UNREACHABLE for visit in visits):
        return None
    return visits


def _from(windows: tuple[Window, ...], start: int) -> tuple[Window, ...]:
    return tuple((max(opens, start), closes) for opens, closes in windows if closes >= start)


def _earliest(windows: tuple[Window, ...], now: int) -> int | None:
    for opens, closes in windows:
        if now <= closes:
            return max(now, opens)
    return None


def _latest(windows: tuple[Window, ...], by: int) -> int:
    """The latest start at or before `by`; the forward pass has shown that there is one."""
    return next(min(closes, by) for opens, closes in reversed(windows) if opens <= by)


def _delay(visits: list[Visit], first: int, last: int, roads: _Roads) -> None:
    """Start the pick-ups of a trip as late as its unloading allows, and leave for it no earlier than that needs."""
    for number in range(last - 1, first - 1, -1):
        visit, after = visits[number], visits[number + 1]
        visit.start_s = _latest(visit.windows, roads.leave(after) - visit.busy_s)
        after.departs_s = visit.start_s + visit.busy_s
    visits[first].departs_s = roads.leave(visits[first])


def _broken(instance: Instance, vehicle: Vehicle, visits: list[Visit], first: int, last: int) -> Rule | None:
    """Deadlines and ride limits of one trip that begins to unload at its last visit."""
    unloads = visits[last].start_s
    if first == 0 and unloads > vehicle.loaded_due_s:
        return Rule.LOADED_LOTS
    for number in range(first, last):
        visit = visits[number]
        lot = instance.lots[visit.lot]
        if unloads > lot.deadline_s:
            return Rule.DEADLINE
        if unloads - visit.start_s > lot.ride_limit_s:
            return Rule.RIDE_LIMIT
    return None


def _rest_where_due(roads: _Roads, visits: list[Visit], usual_s: int) -> bool:
    """Place rests where they are needed. False where traffic may make one leg longer than may be driven on end."""
    vehicle = roads.vehicle
    if roads.traffic is None:
        if usual_s + vehicle.driven_s > vehicle.rest_after_s:
            _place_rests(visits, roads)
        return True
    if any(roads.longest(visit) > vehicle.rest_after_s for visit in visits):
        return False
    _place_rests(visits, roads)
    return True


def _place_rests(visits: list[Visit], roads: _Roads) -> None:
    """Put rests on the legs so that no more than `rest_after_s` is driven without one, at whatever hour.

    A rest is taken in front of the leg that would go over, or during it where it alone is too long; where the truck has
    to wait long enough since the last rest anyway, it rests there instead.
    """
    vehicle = roads.vehicle
    driven, waits_at, driven_since_wait = vehicle.driven_s, -1, 0
    now = vehicle.opens_s
    for number, visit in enumerate(visits):
        leg = roads.longest(visit)
        if driven + leg > vehicle.rest_after_s:
            if waits_at >= 0 and driven_since_wait + leg <= vehicle.rest_after_s:
                visits[waits_at].rests = 1
                visits[waits_at].rest_place = RestPlace.ARRIVAL
                driven = driven_since_wait + leg
            elif leg <= vehicle.rest_after_s:
                visit.rests, driven = 1, leg
            else:
                visit.rests = -(-(driven + leg) // vehicle.rest_after_s) - 1
                visit.rest_place = RestPlace.ROAD
                driven += leg - visit.rests * vehicle.rest_after_s
            waits_at = -1
        else:
            driven += leg
        driven_since_wait += leg
        now += leg + (visit.rests * vehicle.rest_s if visit.rest_place is not RestPlace.ARRIVAL else 0)
        start = _earliest(visit.windows, now)
        if start is None:
            return
        if visit.rests == 0 and start - now >= vehicle.rest_s:
            waits_at, driven_since_wait = number, 0
        now = start + visit.busy_s
