"""A part of a day as a day of its own: some neighbouring tours, the trucks at home, and what lies around unserved.

The OR-Tools model slows down faster than days grow; a few tours at a time it improves well. At least three tours make a
part: within one or two there is nothing left to exchange.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from routing.instance import Instance, index
from routing.plan import Tour, Tours, Trip
from routing.problem import Pickup, Problem, Relation
from routing.travel import Matrices

LOTS = 100
LEAST_TOURS = 3
MOST_IDLE = 4


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """`instance` is the part; its truck and lot i are `trucks[i]` and `lots[i]` of the whole day."""

    instance: Instance
    trucks: tuple[int, ...]
    lots: tuple[int, ...]

    def tours_inside(self, tours: Tours) -> Tours:
        """The tours of the part's trucks, in the part's numbers."""
        truck_of = {truck: number for number, truck in enumerate(self.trucks)}
        lot_of = {lot: number for number, lot in enumerate(self.lots)}
        return tuple(
            _renumbered(tour, truck_of[tour.truck], lot_of.__getitem__) for tour in tours if tour.truck in truck_of
        )

    def put_back(self, tours: Tours, inside: Tours) -> Tours:
        """The whole day's tours, with those of the part's trucks replaced."""
        others = (tour for tour in tours if tour.truck not in self.trucks)
        return (*others, *(_renumbered(tour, self.trucks[tour.truck], self.lots.__getitem__) for tour in inside))


def _renumbered(tour: Tour, truck: int, lot_of: Callable[[int], int]) -> Tour:
    return Tour(truck, tuple(Trip(tuple(lot_of(lot) for lot in trip.pickups), trip.hub) for trip in tour.trips))


def part_of(instance: Instance, tours: Tours, chance: random.Random) -> Part:
    """The tours around a lot drawn at random, nearest first, until there are enough lots and tours."""
    place = np.array([lot.location for lot in instance.lots], np.int64)
    seed = chance.randrange(len(instance.lots))
    away = instance.matrices.tables[0].distance_m[instance.lots[seed].location, place]
    tour_of = {lot: tour for tour in tours for trip in tour.trips for lot in trip.pickups}
    chosen: dict[int, Tour] = {}
    left: list[int] = []
    count = 0
    for number in np.argsort(away, kind="stable").tolist():
        tour = tour_of.get(number)
        if count >= LOTS and len(chosen) >= LEAST_TOURS:
            break
        if tour is None:
            left.append(number)
            count += 1
        elif tour.truck not in chosen:
            chosen[tour.truck] = tour
            count += sum(len(trip.pickups) for trip in tour.trips)
    lots = sorted({lot for tour in chosen.values() for trip in tour.trips for lot in trip.pickups} | set(left))
    busy = {tour.truck for tour in tours}
    idle = [truck for truck in range(len(instance.vehicles)) if truck not in busy]
    trucks = sorted({*chosen, *chance.sample(idle, min(MOST_IDLE, len(idle)))})
    problem, matrices = _restricted(instance, trucks, lots)
    return Part(index(problem, matrices), tuple(trucks), tuple(lots))


def _restricted(instance: Instance, trucks: list[int], lots: list[int]) -> tuple[Problem, Matrices]:
    whole, tables = instance.problem, instance.matrices
    names = {whole.trucks[truck].id for truck in trucks}
    inside = {whole.pickups[lot].id for lot in lots}
    problem = replace(
        whole,
        trucks=tuple(whole.trucks[truck] for truck in trucks),
        pickups=tuple(_of_trucks(whole.pickups[lot], names, instance.lots[lot].penalty) for lot in lots),
        relations=tuple(_relations(whole, inside)),
    )
    profiles = tuple(tables.profile_of_truck[truck] for truck in trucks)
    return problem, Matrices(tables.tables, profiles, tables.source)


def _of_trucks(pickup: Pickup, names: set[str], penalty: int) -> Pickup:
    """A lot that knows the part's trucks only; on none of those it wants, it can't ride."""
    wanted = None if pickup.trucks is None else tuple(name for name in pickup.trucks if name in names)
    planned = pickup.planned_truck if pickup.planned_truck in names else None
    return replace(
        pickup,
        trucks=wanted,
        planned_truck=planned,
        change_cost_satang=pickup.change_cost_satang if planned else 0,
        penalty_satang=penalty,
    )


def _relations(problem: Problem, inside: set[str]) -> Iterator[Relation]:
    """Relations among the part's lots; whether those to lots outside still hold is seen on the whole day."""
    for relation in problem.relations:
        names = tuple(name for name in relation.pickups if name in inside)
        if len(names) >= (1 if relation.kind in ("first", "last") else 2):
            yield replace(relation, pickups=names)
