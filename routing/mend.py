"""Tours that break rules made feasible again, as close to what they were as that allows.

What a search could not state, or stated loosely, is put right here: lots are taken out of tours that break a rule, each
truck by itself first, then relations between lots, then docks and departures; what was taken out goes where it fits.
"""

import math
import time
from collections import Counter

from routing.fleet import bond_is_broken, timetables
from routing.greedy import extend, opening
from routing.instance import Bond, Instance
from routing.plan import Tour, Tours, Trip
from routing.rules import Rule
from routing.timetable import timetable


def mend(instance: Instance, tours: Tours, by: float = math.inf) -> Tours:
    """Feasible tours close to the given ones; after the time `by` (monotonic clock) what is left out stays out.

    Raises:
        StuckTruck: as for `routing.greedy.greedy`.
    """
    must = {tour.truck: tour for tour in opening(instance)}
    kept = must | {tour.truck: _thinned(instance, tour, must.get(tour.truck)) for tour in tours}
    if instance.shares:
        for bond in instance.relations:
            kept = _related(instance, kept, must, bond)
        kept = _together(instance, kept, must, by)
    return extend(instance, tuple(tour for tour in kept.values() if tour.trips), by)


def _thinned(instance: Instance, tour: Tour, must: Tour | None) -> Tour:
    """A tour with lots taken out until it keeps the rules: the cheapest that helps, or else just the cheapest."""
    while tour.trips and isinstance(timetable(instance, tour), Rule):
        lots = _loose(instance, tour)
        if not lots:
            return must or Tour(tour.truck, ())
        thinner = [without(instance, tour, {lot}) for lot in lots]
        tour = next((one for one in thinner if not isinstance(timetable(instance, one), Rule)), thinner[0])
    return tour


def _loose(instance: Instance, tour: Tour) -> list[int]:
    """The lots of a tour that may be taken out, those that cost least to leave first."""
    locked = instance.vehicles[tour.truck].locked
    lots = [lot for trip in tour.trips for lot in trip.pickups if lot not in locked]
    return sorted(lots, key=lambda lot: instance.lots[lot].penalty)


def without(instance: Instance, tour: Tour, lots: set[int]) -> Tour:
    """The tour without some lots. A first trip that collects nothing stays where the truck has lots on board."""
    trips = [Trip(tuple(lot for lot in trip.pickups if lot not in lots), trip.hub) for trip in tour.trips]
    loaded = instance.vehicles[tour.truck].has_load
    return Tour(tour.truck, tuple(t for number, t in enumerate(trips) if t.pickups or (loaded and number == 0)))


def _related(instance: Instance, kept: dict[int, Tour], must: dict[int, Tour], bond: Bond) -> dict[int, Tour]:
    """Tours that keep a relation: those of its lots that break it are taken out."""
    if not bond_is_broken(bond, tuple(kept.values())):
        return kept
    locked = {lot for truck in kept for lot in instance.vehicles[truck].locked}
    out = _offenders(bond, kept) - locked
    return {truck: without(instance, tour, out) for truck, tour in kept.items()}


def _offenders(bond: Bond, kept: dict[int, Tour]) -> set[int]:
    """Lots without which the relation holds."""
    place = {
        lot: (truck, number, position)
        for truck, tour in kept.items()
        for number, trip in enumerate(tour.trips)
        for position, lot in enumerate(trip.pickups)
    }
    served = [lot for lot in bond.lots if lot in place]
    match bond.kind:
        case "same_truck":
            (most, _), *_ = Counter(place[lot][0] for lot in served).most_common()
            return {lot for lot in served if place[lot][0] != most}
        case "different_truck":
            first = {place[lot][0]: lot for lot in reversed(served)}
            return {lot for lot in served if first[place[lot][0]] != lot}
        case "before":
            stay = served[:1]
            for lot in served[1:]:
                if place[lot][:2] == place[stay[0]][:2] and place[lot][2] > place[stay[-1]][2]:
                    stay.append(lot)
            return set(served) - set(stay)
        case "first":
            return {lot for lot in served if place[lot][2] != 0}
        case _:
            size = {
                (truck, number): len(t.pickups) for truck, tour in kept.items() for number, t in enumerate(tour.trips)
            }
            return {lot for lot in served if place[lot][2] != size[place[lot][:2]] - 1}


def _together(instance: Instance, kept: dict[int, Tour], must: dict[int, Tour], by: float) -> dict[int, Tour]:
    """Tours that share docks and departures: one after the other, the most loaded first, as full as each still fits."""
    if not isinstance(timetables(instance, tuple(tour for tour in kept.values() if tour.trips)), Rule):
        return kept
    agreed = dict(must)
    for tour in sorted(kept.values(), key=lambda tour: -sum(len(trip.pickups) for trip in tour.trips)):
        fits = tour
        while fits.trips and time.monotonic() < by:
            others = tuple(other for other in agreed.values() if other.truck != tour.truck)
            if not isinstance(timetables(instance, (*others, fits)), Rule):
                agreed[tour.truck] = fits
                break
            lots = _loose(instance, fits)
            if not lots:
                break
            fits = without(instance, fits, set(lots[: max(1, len(lots) // 4)]))
    return agreed
