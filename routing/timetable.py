"""When a truck is where: the earliest unloading of each trip, and everything before it as late as that allows.

Two passes suffice. Forward gives the earliest start of unloading E of a trip. Backward from E gives each pick-up its
latest start; as E grows by d a latest start grows by at most d, so no later E makes any ride shorter, and a trip that
breaks a ride limit in this timetable breaks it in all. Waiting is thereby moved to where nothing is on board yet.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from routing.instance import NEVER, Instance, Vehicle, Window
from routing.plan import Tour
from routing.rules import Rule
from routing.travel import UNREACHABLE


class RestPlace(StrEnum):
    """Where a rest belonging to a leg is taken: before leaving, on the road, or waiting at its far end."""

    BEFORE = "before"
    ROAD = "road"
    ARRIVAL = "arrival"


@dataclass(slots=True)
class Visit:
    """One stop while the timetable is made. `lot` and `hub` are -1 where they don't apply; the last may be the end.

    `rests` are the rests that belong to the leg leading here, all of the vehicle's `rest_s`.
    """

    location: int
    lot: int
    hub: int
    windows: tuple[Window, ...]
    busy_s: int
    driving_s: int
    distance_m: int
    start_s: int = 0
    rests: int = 0
    rest_place: RestPlace = RestPlace.BEFORE


@dataclass(frozen=True, slots=True)
class Timetable:
    """A feasible truck day: it leaves at `leaves_s`, makes `visits` and is done at `ends_s`."""

    leaves_s: int
    ends_s: int
    visits: tuple[Visit, ...]
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
    driving = sum(visit.driving_s for visit in visits)
    if driving > vehicle.driving_s:
        return Rule.DRIVING_TIME
    if vehicle.rest_s and driving + vehicle.driven_s > vehicle.rest_after_s:
        _place_rests(visits, vehicle)
    first, now = 0, vehicle.opens_s
    leaves = now
    for number, visit in enumerate(visits):
        arrival = now + visit.driving_s + visit.rests * vehicle.rest_s
        start = _earliest(visit.windows, arrival)
        if start is None:
            return Rule.TIME_WINDOW if visit.lot >= 0 else Rule.HUB_HOURS
        visit.start_s = start
        now = start + visit.busy_s
        if visit.hub >= 0:
            departure = _delay(visits, first, number, vehicle)
            if first == 0:
                leaves = departure
            broken = _broken(instance, vehicle, visits, first, number)
            if broken is not None:
                return broken
            first = number + 1
    if now > vehicle.latest_s:
        return Rule.SHIFT
    if now - leaves > vehicle.duration_s:
        return Rule.DURATION
    return Timetable(leaves, now, tuple(visits), sum(visit.distance_m for visit in visits), driving)


def _fault_of_loads(instance: Instance, tour: Tour, vehicle: Vehicle) -> Rule | None:
    """What is on board together: weight, crates, product classes, allowed trucks and hubs."""
    if len(tour.trips) > vehicle.trips:
        return Rule.TRIPS
    locked = vehicle.locked
    if locked and (not tour.trips or tour.trips[0].pickups[: len(locked)] != locked):
        return Rule.LOCKED_STOPS
    if vehicle.has_load and not tour.trips:
        return Rule.LOADED_LOTS
    truck_bit = 1 << tour.truck
    weight, crates = vehicle.loaded_g, vehicle.loaded_crates
    kinds, clash, hubs = vehicle.loaded_kinds, vehicle.loaded_clash, vehicle.loaded_hubs
    for trip in tour.trips:
        for number in trip.pickups:
            lot = instance.lots[number]
            if not lot.trucks & truck_bit:
                return Rule.REQUIREMENT
            weight += lot.weight_g
            crates += lot.crates
            its_clash = lot.cold_clash if vehicle.cold else lot.clash
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


def _delay(visits: list[Visit], first: int, last: int, vehicle: Vehicle) -> int:
    """Start the pick-ups of a trip as late as its unloading allows; the latest departure that leads to it."""
    for number in range(last - 1, first - 1, -1):
        visit, after = visits[number], visits[number + 1]
        by = after.start_s - after.driving_s - after.rests * vehicle.rest_s - visit.busy_s
        visit.start_s = _latest(visit.windows, by)
    head = visits[first]
    return head.start_s - head.driving_s - head.rests * vehicle.rest_s


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


def _place_rests(visits: list[Visit], vehicle: Vehicle) -> None:
    """Put rests on the legs so that no more than `rest_after_s` is driven without one.

    A rest is taken in front of the leg that would go over, or during it where it alone is too long; where the truck has
    to wait long enough since the last rest anyway, it rests there instead.
    """
    driven, waits_at, driven_since_wait = vehicle.driven_s, -1, 0
    now = vehicle.opens_s
    for number, visit in enumerate(visits):
        leg = visit.driving_s
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
