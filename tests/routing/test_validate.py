"""Refusals: each bad problem is stopped before any engine, with the place, the value and a remedy."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from routing.faults import Refused
from routing.problem import (
    Cutoff,
    Hub,
    LoadedLot,
    Location,
    Overtime,
    Problem,
    Rest,
    SpeedBand,
    TemperatureRange,
    TimeWindow,
    TravelProfile,
)
from routing.validate import validate
from tests.routing.small import HOUR, hub, lot, problem, truck, window

DAY = problem([lot("a", 10), lot("b", 20)], [truck("one"), truck("two")])


def with_truck(**changes: object) -> Callable[[Problem], Problem]:
    return lambda day: replace(day, trucks=(day.trucks[0], replace(day.trucks[1], **changes)))  # type: ignore[arg-type]


def with_lot(**changes: object) -> Callable[[Problem], Problem]:
    return lambda day: replace(day, pickups=(day.pickups[0], replace(day.pickups[1], **changes)))  # type: ignore[arg-type]


def with_hub(**changes: object) -> Callable[[Problem], Problem]:
    return lambda day: replace(day, hubs=(replace(day.hubs[0], **changes),))  # type: ignore[arg-type]


def with_profile(**changes: object) -> Callable[[Problem], Problem]:
    return lambda day: replace(day, profiles=(replace(day.profiles[0], **changes),))  # type: ignore[arg-type]


def without_road_to_the_hub(day: Problem) -> Problem:
    rows = tuple(
        tuple(None if b == 0 and a else cell for b, cell in enumerate(row)) for a, row in enumerate(matrix(day))
    )
    far = replace(day, trucks=tuple(replace(t, start="km20") for t in day.trucks))
    return with_profile(distance_m=rows, duration_s=rows)(far)


def matrix(day: Problem) -> tuple[tuple[int | None, ...], ...]:
    found = day.profiles[0].distance_m
    assert found is not None
    return found


ABOARD = LoadedLot(id="z", weight_g=1, crates=0, loaded_at_s=0)

BAD: list[tuple[str, Callable[[Problem], Problem]]] = [
    ("/trucks", lambda d: replace(d, trucks=())),
    ("/hubs", lambda d: replace(d, hubs=())),
    ("/trucks/1/id", with_truck(id="one")),
    ("/pickups/1/id", with_lot(id="a")),
    ("/pickups/1/id", with_lot(id=" ")),
    ("/hubs/1/id", lambda d: replace(d, hubs=d.hubs * 2)),
    ("/locations/3/id", lambda d: replace(d, locations=(*d.locations, Location(id="km10")))),
    ("/pickups/1/location", with_lot(location="nowhere")),
    ("/pickups/1/hubs/0", with_lot(hubs=("nowhere",))),
    ("/pickups/1/hubs", with_lot(hubs=())),
    ("/pickups/1/hubs", with_lot(hubs=("hub", "hub"))),
    ("/pickups/1/trucks/0", with_lot(trucks=("none",))),
    ("/pickups/1/trucks", with_lot(trucks=())),
    ("/pickups/1/weight_g", with_lot(weight_g=-1)),
    ("/pickups/1/weight_g", with_lot(weight_g=10**12)),
    ("/pickups/1/crates", with_lot(crates=-1)),
    ("/pickups/1/service_s", with_lot(service_s=-1)),
    ("/pickups/1/ride_limit_s", with_lot(ride_limit_s=0)),
    ("/pickups/1/penalty_satang", with_lot(penalty_satang=-1)),
    ("/pickups/1/deadline_s", with_lot(deadline_s=10**12)),
    ("/pickups/1/windows/0/closes_s", with_lot(windows=(TimeWindow(opens_s=2, closes_s=1),))),
    ("/pickups/1/windows/1/opens_s", with_lot(windows=(window(3, 4), window(1, 2)))),
    ("/pickups/1/release_s", with_lot(windows=(window(1, 2),), release_s=3 * HOUR)),
    ("/pickups/1/temperature/max_c", with_lot(temperature=TemperatureRange(min_c=8, max_c=2))),
    ("/pickups/1/temperature/min_c", with_lot(temperature=TemperatureRange(min_c=-300, max_c=2))),
    ("/pickups/1/ambient_cost_per_h_satang", with_lot(ambient_cost_per_h_satang=5)),
    ("/pickups/1", with_lot(penalty_satang=None, weight_g=2_000_000)),
    ("/pickups/1", with_lot(penalty_satang=None, crates=101)),
    ("/pickups/1", with_lot(penalty_satang=None, requires=("tail lift",))),
    ("/pickups/1", with_lot(penalty_satang=None, temperature=TemperatureRange(min_c=2, max_c=8))),
    ("/trucks/1/start", with_truck(start="nowhere")),
    ("/trucks/1/end", with_truck(end="nowhere")),
    ("/trucks/1/profile", with_truck(profile="none")),
    ("/trucks/1/hubs", with_truck(hubs=())),
    ("/trucks/1/capacity_g", with_truck(capacity_g=-1)),
    ("/trucks/1/capacity_crates", with_truck(capacity_crates=-1)),
    ("/trucks/1/max_trips", with_truck(max_trips=0)),
    ("/trucks/1/max_driving_s", with_truck(max_driving_s=-1)),
    ("/trucks/1/fixed_cost_satang", with_truck(fixed_cost_satang=10**15)),
    ("/trucks/1/cost_per_km_satang", with_truck(cost_per_km_satang=-1)),
    ("/trucks/1/shift/closes_s", with_truck(shift=TimeWindow(opens_s=5, closes_s=4))),
    ("/trucks/1/overtime/limit_s", with_truck(overtime=Overtime(limit_s=-1, cost_per_h_satang=0))),
    ("/trucks/1/rest/rest_s", with_truck(rest=Rest(after_driving_s=HOUR, rest_s=0))),
    ("/trucks/1/loaded/1/id", with_truck(loaded=(ABOARD, ABOARD))),
    ("/trucks/1/loaded/0/id", with_truck(loaded=(replace(ABOARD, id="a"),))),
    ("/trucks/1/loaded", with_truck(loaded=(replace(ABOARD, weight_g=2_000_000),))),
    ("/trucks/1/locked_stops/0", with_truck(locked_stops=("none",))),
    ("/trucks/1/locked_stops/0", lambda d: with_truck(locked_stops=("a",))(with_first_locked(d))),
    ("/trucks/1/locked_stops/0", lambda d: with_lot(trucks=("one",))(with_truck(locked_stops=("b",))(d))),
    ("/hubs/0/location", with_hub(location="nowhere")),
    ("/hubs/0/unload_s", with_hub(unload_s=-1)),
    ("/hubs/0/docks", with_hub(docks=0)),
    ("/hubs/0/windows/0/closes_s", with_hub(windows=(TimeWindow(opens_s=2, closes_s=1),))),
    ("/hubs/0/cutoffs/1/at_s", with_hub(cutoffs=(Cutoff(at_s=5), Cutoff(at_s=5)))),
    ("/hubs/0/cutoffs", with_hub(windows=(window(5, 6),), cutoffs=(Cutoff(at_s=HOUR),))),
    ("/hubs/0/location", without_road_to_the_hub),
    ("/profiles/0/duration_s", with_profile(duration_s=None)),
    ("/profiles/0/distance_m", with_profile(distance_m=((0, 1), (1, 0)))),
    ("/profiles/0/distance_m/1", lambda d: with_profile(distance_m=(matrix(d)[0], matrix(d)[1][:2], matrix(d)[2]))(d)),
    ("/profiles/0/distance_m/0/1", lambda d: with_profile(distance_m=((0, -1, 2), *matrix(d)[1:]))(d)),
    ("/profiles/0/distance_m/0/0", lambda d: with_profile(distance_m=((7, 1, 2), *matrix(d)[1:]))(d)),
    ("/profiles/0/circuity_percent", with_profile(circuity_percent=99)),
    ("/profiles/0/speeds", with_profile(speeds=(SpeedBand(up_to_m=5, speed_km_h=30),))),
    ("/profiles/0/speeds/0/speed_km_h", with_profile(speeds=(SpeedBand(up_to_m=None, speed_km_h=0),))),
    ("/locations/0/latitude", lambda d: replace(d, profiles=(TravelProfile(id="estimate"),))),
    ("/locations/0/longitude", lambda d: replace(d, locations=(Location(id="km0", latitude=1.0), *d.locations[1:]))),
    (
        "/locations/0/latitude",
        lambda d: replace(d, locations=(Location(id="km0", latitude=91.0, longitude=0.0), *d.locations[1:])),
    ),
    ("/balance_cost_per_h_satang", lambda d: replace(d, balance_cost_per_h_satang=-1)),
    ("/", lambda d: many(with_lot(penalty_satang=10**12)(d))),
]


def with_first_locked(day: Problem) -> Problem:
    return replace(day, trucks=(replace(day.trucks[0], locked_stops=("a",)), day.trucks[1]))


def many(day: Problem) -> Problem:
    extra = tuple(replace(day.pickups[0], id=f"more{number}") for number in range(1000))
    return replace(day, pickups=(*day.pickups, *extra))


@pytest.mark.parametrize(("pointer", "spoil"), BAD, ids=[f"{n}:{item[0]}" for n, item in enumerate(BAD)])
def test_a_bad_problem_is_refused_at_its_place(pointer: str, spoil: Callable[[Problem], Problem]) -> None:
    with pytest.raises(Refused) as refused:
        validate(spoil(DAY))
    assert pointer in [fault.pointer or "/" for fault in refused.value.faults]
    assert all(fault.detail and fault.remedy.endswith(".") for fault in refused.value.faults)


def test_all_faults_are_listed_at_once() -> None:
    bad = with_truck(capacity_g=-1, shift=TimeWindow(opens_s=5, closes_s=4))(with_lot(weight_g=-1)(DAY))
    with pytest.raises(Refused) as refused:
        validate(bad)
    assert len(refused.value.faults) == 3


def test_an_optional_lot_that_no_truck_can_carry_is_no_fault() -> None:
    """It stays behind, with its reason; the rest of the day is planned."""
    validate(with_lot(weight_g=2_000_000)(DAY))


def test_a_day_without_lots_is_no_fault() -> None:
    validate(replace(DAY, pickups=()))


def test_a_hub_that_is_just_a_location_is_enough() -> None:
    validate(replace(DAY, hubs=(Hub(id="plain", location="km10"),)))
    assert hub().windows == ()
