"""What pins cost: how much less the plan would cost if a pinned lot could go to the truck that suits it best."""

import math
import time
from collections.abc import Iterator
from dataclasses import replace

from routing.assemble import tour_cost
from routing.carrying import Carriers
from routing.insertion import apply, candidates, draft_of, fault
from routing.instance import Instance
from routing.plan import PinCost, Tour, Tours, Trip
from routing.rules import Rule

TRIES = 24


def pin_costs(instance: Instance, tours: Tours, by: float = math.inf) -> Iterator[PinCost]:
    """The pins of served lots (to trucks, or locked as a truck's first stops) that cost something.

    All else of the plan is left as it is; no pin is looked at after the time `by` (monotonic clock).
    """
    carriers = Carriers(instance.problem)
    locked = {lot for vehicle in instance.vehicles for lot in vehicle.locked}
    for number, pickup in enumerate(instance.problem.pickups):
        if time.monotonic() > by:
            return
        if pickup.trucks is None and number not in locked:
            continue
        tour = next((t for t in tours if any(number in trip.pickups for trip in t.trips)), None)
        if tour is None:
            continue
        free = carriers.of(replace(pickup, trucks=None))
        lots = tuple(replace(lot, trucks=free) if n == number else lot for n, lot in enumerate(instance.lots))
        vehicles = tuple(
            replace(v, locked=tuple(lot for lot in v.locked if lot != number)) if number in v.locked else v
            for v in instance.vehicles
        )
        unpinned = replace(instance, lots=lots, vehicles=vehicles)
        found = _best_elsewhere(unpinned, tours, tour, number, same_truck=number in locked)
        if found is not None and found[0] > 0:
            truck = instance.problem.trucks[found[1]].id
            yield PinCost(pickup=pickup.id, truck=truck, saving_satang=found[0])


def _best_elsewhere(
    instance: Instance, tours: Tours, tour: Tour, number: int, *, same_truck: bool
) -> tuple[int, int] | None:
    """The largest saving from moving a lot to another place, and its truck there."""
    shorter = _without(tour, number)
    before, after = tour_cost(instance, tour), tour_cost(instance, shorter) if shorter.trips else 0
    if isinstance(before, Rule) or isinstance(after, Rule):
        return None
    others = tuple(shorter if other.truck == tour.truck else other for other in tours)
    draft = draft_of(instance, tuple(other for other in others if other.trips))
    best: tuple[int, int] | None = None
    for candidate in candidates(instance, draft, number)[:TRIES]:
        if candidate.truck == tour.truck and not same_truck:
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
