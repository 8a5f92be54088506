"""Builders of small problems on a straight road: a place is a kilometre, each takes a minute and costs one baht."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from routing.instance import Instance, index
from routing.problem import Hub, Location, Pickup, Problem, TimeWindow, TravelProfile, Truck
from routing.travel import matrices

MINUTE = 60
HOUR = 3600
DAY = TimeWindow(opens_s=0, closes_s=24 * HOUR)


def lot(name: str, at: int, **changes: Any) -> Pickup:
    """100 kg in 10 crates at kilometre `at`, loaded in no time, worth 1,000 baht."""
    plain = Pickup(id=name, location=f"km{at}", weight_g=100_000, crates=10, penalty_satang=100_000)
    return replace(plain, **changes)


def truck(name: str = "truck", start: int = 0, **changes: Any) -> Truck:
    """One tonne, 100 crates, the whole day, one baht for each kilometre and nothing else; stays at its last hub."""
    plain = Truck(
        id=name,
        start=f"km{start}",
        capacity_g=1_000_000,
        capacity_crates=100,
        shift=DAY,
        cost_per_km_satang=100,
        rest=None,
    )
    return replace(plain, **changes)


def hub(name: str = "hub", at: int = 0, **changes: Any) -> Hub:
    return replace(Hub(id=name, location=f"km{at}"), **changes)


def window(opens_h: float, closes_h: float) -> TimeWindow:
    return TimeWindow(opens_s=round(opens_h * HOUR), closes_s=round(closes_h * HOUR))


def problem(
    pickups: Sequence[Pickup], trucks: Sequence[Truck] = (), hubs: Sequence[Hub] = (), **changes: Any
) -> Problem:
    """Places in the order in which they are first named; one truck and one hub at kilometre 0 where none are given."""
    trucks, hubs = trucks or [truck()], hubs or [hub()]
    named = [h.location for h in hubs] + [t.start for t in trucks]
    named += [t.end for t in trucks if t.end is not None] + [p.location for p in pickups]
    places = list(dict.fromkeys(named))
    at = [int(place.removeprefix("km")) for place in places]
    road = TravelProfile(
        id="road",
        distance_m=tuple(tuple(abs(a - b) * 1000 for b in at) for a in at),
        duration_s=tuple(tuple(abs(a - b) * MINUTE for b in at) for a in at),
    )
    plain = Problem(
        version=1,
        locations=tuple(Location(id=place) for place in places),
        hubs=tuple(hubs),
        trucks=tuple(trucks),
        pickups=tuple(pickups),
        profiles=(road,),
    )
    return replace(plain, **changes)


def indexed(given: Problem) -> Instance:
    return index(given, matrices(given))
