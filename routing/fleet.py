"""What trucks share: docks at a hub, room on departures, relations between lots. Timetables of a whole day."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from routing.instance import NEVER, Bond, Instance
from routing.plan import Tour, Tours
from routing.rules import Rule
from routing.timetable import Timetable, timetable


def timetables(instance: Instance, tours: Tours) -> tuple[Timetable, ...] | Rule:
    """The timetables of all tours together, or a rule that they break.

    Where docks are taken, the truck that comes in later waits, and leaves its pick-ups later.
    """
    found: list[Timetable] = []
    for tour in tours:
        times = timetable(instance, tour)
        if isinstance(times, Rule):
            return times
        found.append(times)
    return together(instance, tours, found)


def together(instance: Instance, tours: Tours, alone: Sequence[Timetable]) -> tuple[Timetable, ...] | Rule:
    """The timetables of tours that each have one by itself, made to share docks, or a rule that they break together."""
    found = list(alone)
    if instance.shares:
        if any(bond_is_broken(bond, tours) for bond in instance.relations):
            return Rule.RELATION
        rule = _share_docks(instance, tours, found)
        if rule is None and not _leaves(instance, tours, found):
            rule = Rule.CUTOFF
        if rule is not None:
            return rule
    return tuple(found)


Unloading = tuple[int, int, int]


def _unloadings(times: Sequence[Timetable], hub: int) -> list[Unloading]:
    """(start, tour, trip) of each visit to a hub, in order of time."""
    visits = []
    for number, table in enumerate(times):
        visits += [(visit.start_s, number, trip) for trip, visit in enumerate(table.unloadings) if visit.hub == hub]
    return sorted(visits)


def _share_docks(instance: Instance, tours: Tours, times: list[Timetable]) -> Rule | None:
    """Delay unloading, one visit after the other, until every dock has one truck at a time."""
    not_before = [[-NEVER] * len(tour.trips) for tour in tours]
    # Each delay moves a visit behind another; a day needs far fewer than all pairs.
    delays_left = sum(len(tour.trips) for tour in tours) ** 2
    waiting = [hub for hub, depot in enumerate(instance.depots) if depot.docks < NEVER and depot.unload_s]
    while waiting:
        conflict = _too_many(instance, times, waiting[-1])
        if conflict is None:
            waiting.pop()
            continue
        free_s, number, trip = conflict
        not_before[number][trip] = free_s
        delayed = timetable(instance, tours[number], not_before[number])
        if isinstance(delayed, Rule) or not delays_left:
            return Rule.DOCKS
        delays_left -= 1
        times[number] = delayed
        # A later trip of the truck may be late at a hub that was in order.
        waiting += {one.hub for one in tours[number].trips[trip + 1 :]} - {*waiting, *_unlimited(instance)}
    return None


def _unlimited(instance: Instance) -> list[int]:
    return [hub for hub, depot in enumerate(instance.depots) if depot.docks >= NEVER or not depot.unload_s]


def _too_many(instance: Instance, times: Sequence[Timetable], hub: int) -> Unloading | None:
    """The first visit that finds all docks taken, with the time at which one is free."""
    depot = instance.depots[hub]
    busy_until: list[int] = []
    for start, number, trip in _unloadings(times, hub):
        busy_until = [until for until in busy_until if until > start]
        if len(busy_until) >= depot.docks:
            return min(busy_until), number, trip
        busy_until.append(start + depot.unload_s)
    return None


def _leaves(instance: Instance, tours: Tours, times: Sequence[Timetable]) -> bool:
    """Whether what comes in after each departure has room on those that follow."""
    for hub, depot in enumerate(instance.depots):
        if not depot.departures:
            continue
        loads = [(start, *_delivered(instance, tours[number], trip)) for start, number, trip in _unloadings(times, hub)]
        for number in range(len(depot.departures)):
            after = depot.departures[number - 1].at_s if number else -NEVER
            rest = depot.departures[number:]
            late = [load for load in loads if load[0] > after]
            if sum(load[1] for load in late) > sum(departure.room_g for departure in rest):
                return False
            if sum(load[2] for load in late) > sum(departure.room_crates for departure in rest):
                return False
    return True


def _delivered(instance: Instance, tour: Tour, trip: int) -> tuple[int, int]:
    lots = [instance.lots[lot] for lot in tour.trips[trip].pickups]
    weight, crates = sum(lot.weight_g for lot in lots), sum(lot.crates for lot in lots)
    if trip == 0:
        vehicle = instance.vehicles[tour.truck]
        return weight + vehicle.loaded_g, crates + vehicle.loaded_crates
    return weight, crates


def bond_is_broken(bond: Bond, tours: Tours) -> bool:
    place = {lot: spot for lot, spot in _places(tours) if lot in bond.lots}
    served = [place[lot] for lot in bond.lots if lot in place]
    trucks = {spot[0] for spot in served}
    match bond.kind:
        case "same_truck":
            return len(trucks) > 1
        case "different_truck":
            return len(trucks) < len(served)
        case "before":
            return any(one[:2] != other[:2] or one[2] > other[2] for one, other in combinations(served, 2))
        case "first":
            return any(spot[2] > 0 for spot in served)
        case "last":
            return any(spot[3] > 0 for spot in served)


def _places(tours: Tours) -> Iterator[tuple[int, tuple[int, int, int, int]]]:
    """Each lot with its truck, trip, position from the front and position from the back."""
    for tour in tours:
        for number, trip in enumerate(tour.trips):
            for position, lot in enumerate(trip.pickups):
                yield lot, (tour.truck, number, position, len(trip.pickups) - 1 - position)
