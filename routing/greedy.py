"""A feasible answer in milliseconds: insertion, the lots farthest from a hub first. The fallback and first incumbent.

Candidate positions are ordered by what they add to distance, time and fixed cost; the first one that the timetable
accepts is taken, so every rule a timetable knows is kept without being known here.
"""

import math
import time

from routing.fleet import timetables
from routing.insertion import (
    Draft,
    apply,
    draft_of,
    fault,
    into_trips,
    keeps_relations,
    new_trips,
    spots_near,
    with_room,
)
from routing.instance import Instance
from routing.plan import Tour, Tours, Trip
from routing.rules import Rule
from routing.timetable import timetable
from routing.travel import UNREACHABLE

TRIES = 24
FREE_TRIES = 12


def greedy(instance: Instance, by: float = math.inf) -> Tours:
    """Feasible tours. Lots that fit nowhere, or cost more than leaving them, stay behind.

    At the time `by` (monotonic clock) it ends with what it has; only days of thousands of lots come to that.

    Raises:
        StuckTruck: a truck can't do what it must (deliver what it has loaded, make its locked stops).
    """
    return extend(instance, opening(instance), by)


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


def extend(instance: Instance, tours: Tours, by: float = math.inf) -> Tours:
    """Insert what the given feasible tours leave behind, until the time `by` (monotonic clock)."""
    draft = draft_of(instance, tours)
    for lot in _order(instance, draft):
        if time.monotonic() > by:
            break
        _insert(instance, draft, lot)
    return tuple(tour for tour in draft.tours if tour.trips)


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
    beside_left, free_left = TRIES, FREE_TRIES
    spots = with_room(instance, draft, lot, spots_near(instance, draft, lot))
    beside = into_trips(instance, draft, lot, spots)
    for candidate in sorted([*beside, *new_trips(instance, draft, lot)]):
        if candidate.added_cost >= penalty:
            return False
        if not keeps_relations(draft, lot, candidate):
            continue
        # Counted apart, so that many places beside other lots don't keep a free truck from being tried.
        beside_left, free_left = beside_left - (candidate.trip >= 0), free_left - (candidate.trip < 0)
        if (beside_left if candidate.trip >= 0 else free_left) < 0:
            continue
        tour = apply(draft.tours[candidate.truck], lot, candidate)
        if fault(instance, draft, tour) is None:
            draft.take(tour, instance.vehicles[tour.truck].trips)
            return True
    return False
