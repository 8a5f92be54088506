"""Instances of the literature as problems: one depot, equal trucks, cost is distance.

A unit of distance is a metre, a second, and costs one satang, so that a plan's cost is the objective of the literature.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.problem import Hub, Location, Pickup, Problem, TimeWindow, TravelProfile, Truck

SATANG_PER_KM = 1000
FOREVER = 100_000_000

Matrix = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Customer:
    """A row of an instance; the first is the depot. `opens` and `closes` bound the start of service."""

    demand: int
    service: int = 0
    opens: int = 0
    closes: int = FOREVER


def euclidean(points: Sequence[tuple[float, float]], rounded: Callable[[NDArray[np.float64]], Matrix]) -> Matrix:
    """Distances between points, made whole by `rounded`."""
    place = np.asarray(points, np.float64).reshape(-1, 2)
    return rounded(np.hypot(place[:, None, 0] - place[None, :, 0], place[:, None, 1] - place[None, :, 1]))


def tenths_truncated(distance: NDArray[np.float64]) -> Matrix:
    """Ten times the distance, cut to a whole number: the convention of the 12th DIMACS challenge for VRPTW."""
    return np.floor(10 * distance + 1e-9).astype(np.int64)


def nearest_integer(distance: NDArray[np.float64]) -> Matrix:
    """TSPLIB's EUC_2D (Reinelt 1991)."""
    return np.floor(distance + 0.5).astype(np.int64)


def as_problem(
    name: str, customers: Sequence[Customer], distance: Matrix, capacity: int, trucks: int | None
) -> Problem:
    """The instance as a problem; without a number of trucks there are more than enough."""
    depot, *others = customers
    if trucks is None:
        trucks = min(len(others), math.ceil(1.5 * sum(row.demand for row in others) / max(1, capacity)) + 10)
    shift = TimeWindow(opens_s=depot.opens, closes_s=depot.closes)
    legs = tuple(map(tuple, distance.tolist()))
    return Problem(
        version=1,
        name=name,
        locations=tuple(Location(id=str(number)) for number in range(len(customers))),
        hubs=(Hub(id="depot", location="0"),),
        trucks=tuple(
            Truck(
                id=f"truck {number}",
                start="0",
                end="0",
                capacity_g=capacity,
                capacity_crates=0,
                shift=shift,
                cost_per_km_satang=SATANG_PER_KM,
                rest=None,
            )
            for number in range(1, trucks + 1)
        ),
        pickups=tuple(
            Pickup(
                id=str(number),
                location=str(number),
                weight_g=row.demand,
                crates=0,
                service_s=row.service,
                windows=(TimeWindow(opens_s=row.opens, closes_s=row.closes),) if row.closes < FOREVER else (),
            )
            for number, row in enumerate(others, 1)
        ),
        profiles=(TravelProfile(id="instance", distance_m=legs, duration_s=legs),),
    )
