"""Collection days like real ones, from a seed: villages in clusters, morning windows, mixed trucks.

Districts lie around their hubs, villages around districts, and lots in villages; small growers bring tens of kilograms,
a few bring a tonne. Harvest comes in from before dawn, and most villages can be served for an hour or three. Trucks are
the ones of the trade: pickups, four-wheelers and six-wheelers, each at home at one hub. The shape is assumed, not
fitted to a data set; it is meant to be hard in the ways that real days are.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from routing.problem import (
    THAI_REST,
    Exclusion,
    Hub,
    Location,
    Pickup,
    Problem,
    TemperatureRange,
    TimeWindow,
    Truck,
)

HOUR_S = 3600
CENTRE = (18.8, 98.99)  # Chiang Mai
DEGREE_M = 111_195


class DayRules(StrEnum):
    """`core`: what every solver can state. `trips`: the same with few trucks that may go twice. `full`: everything."""

    CORE = "core"
    TRIPS = "trips"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Model:
    """A kind of truck: its loads, costs, and what share of the fleet's capacity it makes up."""

    name: str
    capacity_g: int
    crates: int
    fixed_satang: int
    per_km_satang: int
    share: float


MODELS = (
    Model("pickup", 1_200_000, 60, 60_000, 450, 0.5),
    Model("four-wheeler", 3_000_000, 150, 110_000, 700, 0.8),
    Model("six-wheeler", 6_000_000, 300, 180_000, 1_000, 0.6),
)


def collection_day(pickups: int, seed: int, rules: DayRules = DayRules.CORE) -> Problem:
    """A day with so many pick-ups; equal arguments give equal days."""
    chance = np.random.default_rng([seed, pickups])
    hub_count = max(1, min(4, round(pickups / 150)))
    hubs = [_away(chance, CENTRE, 45_000) for _ in range(hub_count)]
    villages = _villages(chance, hubs, max(6, pickups // 5))
    lots = [_lot(chance, number, villages, rules) for number in range(pickups)]
    places = [Location(id=f"hub {number}", latitude=at[0], longitude=at[1]) for number, at in enumerate(hubs)]
    places += [Location(id=lot.id, latitude=at[0], longitude=at[1]) for lot, at in lots]
    weight_g, crates = sum(lot.weight_g for lot, _ in lots), sum(lot.crates for lot, _ in lots)
    return Problem(
        version=1,
        name=f"{rules.value} day, {pickups} pick-ups, seed {seed}",
        locations=tuple(places),
        hubs=tuple(_hub(number, rules) for number in range(hub_count)),
        trucks=tuple(_trucks(hub_count, weight_g, crates, rules)),
        pickups=tuple(lot for lot, _ in lots),
        exclusions=(Exclusion(group="ethylene", other="sensitive"),) if rules is DayRules.FULL else (),
    )


def _away(chance: np.random.Generator, centre: tuple[float, float], spread_m: float) -> tuple[float, float]:
    north, east = chance.normal(0, spread_m, 2)
    latitude = centre[0] + north / DEGREE_M
    return round(latitude, 6), round(centre[1] + east / (DEGREE_M * math.cos(math.radians(latitude))), 6)


def _villages(
    chance: np.random.Generator, hubs: list[tuple[float, float]], count: int
) -> list[tuple[tuple[float, float], int]]:
    """Places, and when each village's window opens."""
    districts = [_away(chance, hubs[number % len(hubs)], 22_000) for number in range(max(3, count // 5))]
    villages = []
    for _ in range(count):
        place = _away(chance, districts[chance.integers(len(districts))], 5_000)
        villages.append((place, int(chance.integers(10, 19)) * HOUR_S // 2))
    return villages


def _lot(
    chance: np.random.Generator, number: int, villages: list[tuple[tuple[float, float], int]], rules: DayRules
) -> tuple[Pickup, tuple[float, float]]:
    village, opens_s = villages[chance.integers(len(villages))]
    weight_g = int(np.clip(chance.lognormal(math.log(150), 0.8), 20, 1_100)) * 1_000
    crates = max(1, round(weight_g / 1_000 / float(chance.uniform(14, 24))))
    length_s = int(chance.choice([1, 2, 3, 6], p=[0.25, 0.35, 0.25, 0.15])) * HOUR_S
    window = TimeWindow(opens_s=opens_s, closes_s=opens_s + length_s)
    lot = Pickup(
        id=f"lot {number}",
        location=f"lot {number}",
        weight_g=weight_g,
        crates=crates,
        windows=(window,),
        service_s=240 + 60 * round(weight_g / 100_000),
    )
    place = _away(chance, village, 1_500)
    if rules is not DayRules.FULL:
        return lot, place
    produce = int(chance.integers(4))
    return _perishable(lot, produce, opens_s, chance), place


def _perishable(lot: Pickup, produce: int, opens_s: int, chance: np.random.Generator) -> Pickup:
    """The lot with what its produce asks for: temperature, ride limit, deadline, neighbours; some may stay behind."""
    groups = (("ethylene",), ("sensitive",), (), ())[produce]
    temperature = (
        TemperatureRange(min_c=12.0, max_c=15.0),
        TemperatureRange(min_c=2.0, max_c=8.0),
        TemperatureRange(min_c=5.0, max_c=13.0),
        None,
    )[produce]
    ride_limit_s = (4, 3, 3, 5)[produce] * HOUR_S
    optional = chance.random() < 0.2
    value_satang = lot.weight_g // 1_000 * int(chance.integers(800, 2_500))
    return Pickup(
        id=lot.id,
        location=lot.location,
        weight_g=lot.weight_g,
        crates=lot.crates,
        windows=lot.windows,
        service_s=lot.service_s,
        groups=groups,
        temperature=temperature,
        ambient_cost_per_h_satang=None if temperature is None else lot.weight_g // 1_000 * 20,
        ride_limit_s=ride_limit_s,
        deadline_s=opens_s + int(chance.integers(7, 12)) * HOUR_S,
        penalty_satang=value_satang if optional else None,
    )


def _hub(number: int, rules: DayRules) -> Hub:
    if rules is DayRules.CORE:
        return Hub(id=f"hub {number}", location=f"hub {number}")
    hours = (TimeWindow(opens_s=5 * HOUR_S, closes_s=18 * HOUR_S),)
    return Hub(id=f"hub {number}", location=f"hub {number}", windows=hours, unload_s=1_800)


def _trucks(hub_count: int, weight_g: int, crates: int, rules: DayRules) -> list[Truck]:
    """More than enough trucks of each model at each hub; fewer where they may go several times."""
    trucks = []
    plenty = 0.5 if rules is DayRules.TRIPS else 1.0
    for model in MODELS:
        wanted = max(weight_g / model.capacity_g, crates / model.crates) * model.share * plenty
        for number in range(hub_count * (math.ceil(wanted / hub_count) + 2)):
            home = f"hub {number % hub_count}"
            cold = rules is DayRules.FULL and number // hub_count % 3 == 0
            trucks.append(
                Truck(
                    id=f"{model.name} {number}",
                    start=home,
                    end=home,
                    hubs=None if rules is DayRules.FULL else (home,),
                    capacity_g=model.capacity_g,
                    capacity_crates=model.crates,
                    shift=TimeWindow(opens_s=4 * HOUR_S, closes_s=16 * HOUR_S),
                    max_trips=3 if rules is DayRules.TRIPS else 1,
                    fixed_cost_satang=model.fixed_satang + (40_000 if cold else 0),
                    cost_per_km_satang=model.per_km_satang + (100 if cold else 0),
                    temperature=TemperatureRange(min_c=2.0, max_c=15.0) if cold else None,
                    rest=THAI_REST if rules is DayRules.FULL else None,
                )
            )
    return trucks
