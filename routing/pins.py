"""What pins cost: how much less the plan would cost if a pinned lot could go to the truck that suits it best."""

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

from routing.assemble import tour_cost
from routing.carrying import Carriers
from routing.insertion import apply, candidates, draft_of, fault
from routing.instance import Instance
from routing.plan import Tour, Tours, Trip
from routing.rules import Rule

TRIES = 24


@dataclass(frozen=True, slots=True)
class PinCost:
    """At least `saving_satang` would be saved without the pin, by taking lot `pickup` on `truck` instead."""

    pickup: str
    truck: str
    saving_satang: int


def pin_costs(instance: Instance, tours: Tours, by: float = math.inf) -> Iterator[PinCost]:
    """The pins of served lots that cost something, all else of the plan left as it is; until `by` (monotonic clock)."""
    carriers = Carriers(instance.problem)
    for number, pickup in enumerate(instance.problem.pickups):
        if time.monotonic() > by:
            return
        if pickup.trucks is None:
            continue
        tour = next((t for t in tours if any(number in trip.pickups for trip in t.trips)), None)
        if tour is None:
            continue
        free = carriers.of(replace(pickup, trucks=None))
        lots = tuple(replace(lot, trucks=free) if n == number else lot for n, lot in enumerate(instance.lots))
        found = _best_elsewhere(replace(instance, lots=lots), tours, tour, number)
        if found is not None and found[0] > 0:
            yield PinCost(pickup.id, instance.problem.trucks[found[1]].id, found[0])


def _best_elsewhere(instance: Instance, tours: Tours, tour: Tour, number: int) -> tuple[int, int] | None:
    """The largest saving from moving a lot to another truck, and that truck."""
    shorter = _without(tour, number)
    before, after = tour_cost(instance, tour), tour_cost(instance, shorter) if shorter.trips else 0
    if isinstance(before, Rule) or isinstance(after, Rule):
        return None
    others = tuple(shorter if other.truck == tour.truck else other for other in tours)
    draft = draft_of(instance, tuple(other for other in others if other.trips))
    best: tuple[int, int] | None = None
    for candidate in candidates(instance, draft, number)[:TRIES]:
        if candidate.truck == tour.truck:
            continue
        was = draft.tours[candidate.truck]
        longer = apply(was, number, candidate)
        cost, was_cost = tour_cost(instance, longer), tour_cost(instance, was) if was.trips else 0
        if fault(instance, draft, longer) is not None or isinstance(cost, Rule) or isinstance(was_cost, Rule):
            continue
        saving = (before - after) - (cost - was_cost)
        if best is None or saving > best[0]:
            best = (saving, candidate.truck)
    return best


def _without(tour: Tour, number: int) -> Tour:
    trips = (Trip(tuple(lot for lot in trip.pickups if lot != number), trip.hub) for trip in tour.trips)
    return Tour(tour.truck, tuple(trip for trip in trips if trip.pickups))
