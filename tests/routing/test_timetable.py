"""When a truck is where: named small days, and the two-pass timetable against all timetables there are."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.plan import Tour, Trip
from routing.problem import Exclusion, LoadedLot, Overtime, Rest, TemperatureRange, TimeWindow
from routing.rules import Rule
from routing.timetable import RestPlace, Timetable, timetable
from tests.routing.small import HOUR, MINUTE, hub, indexed, lot, problem, truck, window


def times(found: Timetable | Rule) -> list[int]:
    assert isinstance(found, Timetable), found
    return [visit.start_s for visit in found.visits]


def one_trip(*pickups: int, truck: int = 0, hub: int = 0) -> Tour:
    return Tour(truck, (Trip(pickups, hub),))


def test_the_truck_leaves_as_late_as_its_first_window_allows() -> None:
    """Waiting for a village to open is done at home, where nobody is paid for it."""
    found = timetable(indexed(problem([lot("a", 10, windows=(window(8, 9),))])), one_trip(0))
    assert isinstance(found, Timetable)
    assert found.leaves_s == 8 * HOUR - 10 * MINUTE
    assert found.ends_s == 8 * HOUR + 10 * MINUTE


def test_waiting_moves_in_front_of_the_first_lot_when_a_ride_is_limited() -> None:
    """The second village opens late; the first lot is loaded late too, so that it doesn't wait on board."""
    day = problem([lot("a", 10, ride_limit_s=40 * MINUTE), lot("b", 20, windows=(window(8, 9),))])
    assert times(timetable(indexed(day), one_trip(0, 1)))[0] == 8 * HOUR - 10 * MINUTE


def test_waiting_on_board_counts_as_riding() -> None:
    """The first village closes long before the second opens: the wait between them breaks the ride limit."""
    early, late = lot("a", 10, windows=(window(6, 6.5),), ride_limit_s=HOUR), lot("b", 20, windows=(window(8, 9),))
    assert timetable(indexed(problem([early, late])), one_trip(0, 1)) is Rule.RIDE_LIMIT


def test_waiting_for_the_hub_to_open_counts_as_riding() -> None:
    day = problem([lot("a", 10, windows=(window(6, 7),), ride_limit_s=2 * HOUR)], hubs=[hub(windows=(window(10, 12),))])
    assert timetable(indexed(day), one_trip(0)) is Rule.RIDE_LIMIT


def test_the_second_of_two_windows_is_used_when_the_first_is_missed() -> None:
    day = problem([lot("a", 30, windows=(window(0, 0.25), window(5, 6)))])
    assert times(timetable(indexed(day), one_trip(0)))[0] == 5 * HOUR


def test_a_release_cuts_the_windows() -> None:
    day = problem([lot("a", 0, windows=(window(1, 6),), release_s=3 * HOUR)])
    assert times(timetable(indexed(day), one_trip(0)))[0] == 3 * HOUR


def test_the_second_trip_starts_where_and_when_the_first_unloaded() -> None:
    two = Tour(0, (Trip((0,), 0), Trip((1,), 1)))
    day = problem([lot("a", 10), lot("b", 40)], [truck(max_trips=2)], [hub("near", 20, unload_s=HOUR), hub("far", 50)])
    assert times(timetable(indexed(day), two)) == [10 * MINUTE, 20 * MINUTE, 100 * MINUTE, 110 * MINUTE]


def test_a_truck_rests_before_the_leg_that_would_be_too_long() -> None:
    """Three hours, then two: four may be driven on end, so half an hour is rested in between."""
    day = problem([lot("a", 180)], [truck(rest=Rest(after_driving_s=4 * HOUR, rest_s=HOUR // 2))], [hub("h", 300)])
    found = timetable(indexed(day), one_trip(0))
    assert isinstance(found, Timetable)
    assert found.ends_s == 5 * HOUR + HOUR // 2
    assert found.visits[1].rest_place is RestPlace.BEFORE


def test_a_leg_longer_than_the_driving_limit_is_broken_on_the_road() -> None:
    day = problem([lot("a", 0)], [truck(rest=Rest(after_driving_s=4 * HOUR, rest_s=HOUR // 2))], [hub("h", 540)])
    found = timetable(indexed(day), one_trip(0))
    assert isinstance(found, Timetable)
    assert (found.visits[1].rests, found.visits[1].rest_place) == (2, RestPlace.ROAD)
    assert found.ends_s == 10 * HOUR


def test_a_long_wait_serves_as_the_rest() -> None:
    """The village opens an hour after the truck can be there: no other rest is needed on the five hours of driving."""
    day = problem(
        [lot("a", 180), lot("b", 181, windows=(window(4.5, 5),))],
        [truck(rest=Rest(after_driving_s=4 * HOUR, rest_s=HOUR // 2))],
        [hub("h", 300)],
    )
    found = timetable(indexed(day), one_trip(0, 1))
    assert isinstance(found, Timetable)
    assert found.visits[1].rest_place is RestPlace.ARRIVAL
    assert found.ends_s == int(4.5 * HOUR) + 119 * MINUTE


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        (Rule.WEIGHT, {"trucks": [truck(capacity_g=150_000)]}),
        (Rule.CRATES, {"trucks": [truck(capacity_crates=19)]}),
        (Rule.SHIFT, {"trucks": [truck(shift=TimeWindow(opens_s=0, closes_s=39 * MINUTE))]}),
        (Rule.DRIVING_TIME, {"trucks": [truck(max_driving_s=39 * MINUTE)]}),
        (Rule.DURATION, {"trucks": [truck(max_duration_s=39 * MINUTE)]}),
        (Rule.ALLOWED_HUB, {"trucks": [truck(hubs=("other",))], "hubs": [hub(), hub("other", 50)]}),
        (Rule.HUB_HOURS, {"hubs": [hub(windows=(window(0, 0.5),))]}),
        (Rule.LOCKED_STOPS, {"trucks": [truck(locked_stops=("b",))]}),
    ],
)
def test_the_broken_rule_is_named(rule: Rule, changes: dict) -> None:  # type: ignore[type-arg]
    """Two lots at kilometres 10 and 20: forty minutes, 200 kg, 20 crates."""
    assert timetable(indexed(problem([lot("a", 10), lot("b", 20)], **changes)), one_trip(0, 1)) is rule


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        (Rule.DEADLINE, {"deadline_s": 39 * MINUTE}),
        (Rule.RIDE_LIMIT, {"ride_limit_s": 29 * MINUTE}),
        (Rule.TIME_WINDOW, {"windows": (window(0, 0.1),)}),
        (Rule.REQUIREMENT, {"requires": ("tail lift",)}),
        (Rule.REQUIREMENT, {"trucks": ("other",)}),
        (Rule.REQUIREMENT, {"temperature": TemperatureRange(min_c=2, max_c=8)}),
    ],
)
def test_the_broken_rule_of_a_lot_is_named(rule: Rule, changes: dict) -> None:  # type: ignore[type-arg]
    """The first lot is loaded after ten minutes and delivered after forty."""
    day = problem([lot("a", 10, **changes), lot("b", 20)], [truck(), truck("other")])
    assert timetable(indexed(day), one_trip(0, 1)) is rule


def test_overtime_lengthens_the_shift() -> None:
    day = problem([lot("a", 10)], [truck(shift=window(0, 0), overtime=Overtime(limit_s=HOUR, cost_per_h_satang=1))])
    assert isinstance(timetable(indexed(day), one_trip(0)), Timetable)


def test_lots_of_excluded_groups_ride_on_different_trips() -> None:
    day = problem(
        [lot("ripe", 10, groups=("ethylene",)), lot("leaf", 20, groups=("sensitive",))],
        [truck(max_trips=2)],
        exclusions=(Exclusion(group="ethylene", other="sensitive"),),
    )
    assert timetable(indexed(day), one_trip(0, 1)) is Rule.EXCLUSION
    assert isinstance(timetable(indexed(day), Tour(0, (Trip((0,), 0), Trip((1,), 0)))), Timetable)


def test_a_refrigerated_truck_has_one_temperature_for_all() -> None:
    """Cold and warm fruit can't share a reefer, though it could be set to suit either."""
    cold, warm = TemperatureRange(min_c=0, max_c=4), TemperatureRange(min_c=10, max_c=14)
    lots = [lot("grape", 10, temperature=cold), lot("mango", 20, temperature=warm)]
    day = indexed(problem(lots, [truck(temperature=TemperatureRange(min_c=0, max_c=15))]))
    assert timetable(day, one_trip(0, 1)) is Rule.EXCLUSION
    assert isinstance(timetable(day, one_trip(0)), Timetable)
    assert isinstance(timetable(day, one_trip(1)), Timetable)


def test_what_is_on_board_is_delivered_first_and_in_time() -> None:
    aboard = LoadedLot(id="old", weight_g=950_000, crates=1, loaded_at_s=-HOUR, ride_limit_s=2 * HOUR)
    day = indexed(problem([lot("a", 40)], [truck(start=20, loaded=(aboard,), max_trips=2)]))
    assert timetable(day, Tour(0, ())) is Rule.LOADED_LOTS
    assert timetable(day, one_trip(0)) is Rule.WEIGHT
    assert isinstance(timetable(day, Tour(0, (Trip((), 0), Trip((0,), 0)))), Timetable)


@settings(max_examples=150, deadline=None)
@given(
    legs=st.lists(st.integers(0, 3), min_size=3, max_size=3),
    windows=st.lists(st.tuples(st.integers(0, 8), st.integers(0, 4)), min_size=2, max_size=2),
    limits=st.lists(st.integers(1, 8), min_size=2, max_size=2),
    hub_window=st.tuples(st.integers(0, 9), st.integers(0, 3)),
    latest=st.integers(4, 12),
)
def test_a_tour_is_refused_only_when_no_timetable_at_all_keeps_its_rules(
    legs: list[int],
    windows: list[tuple[int, int]],
    limits: list[int],
    hub_window: tuple[int, int],
    latest: int,
) -> None:
    """Every start time on a grid of ten minutes is tried: two lots and the hub, windows, ride limits, a shift."""
    unit = 10 * MINUTE
    at = [legs[0], legs[0] + legs[1]]
    lots = [
        lot(
            name,
            10 * place,
            windows=(TimeWindow(opens_s=opens * unit, closes_s=(opens + length) * unit),),
            ride_limit_s=limit * unit,
        )
        for name, place, (opens, length), limit in zip("ab", at, windows, limits, strict=True)
    ]
    end = at[1] + legs[2]
    day = problem(
        lots,
        [truck(shift=TimeWindow(opens_s=0, closes_s=latest * unit))],
        [hub("h", 10 * end, windows=(TimeWindow(opens_s=hub_window[0] * unit, closes_s=sum(hub_window) * unit),))],
    )
    found = timetable(indexed(day), one_trip(0, 1))

    def works(a: int, b: int, h: int) -> bool:
        return (
            a >= legs[0]
            and b >= a + legs[1]
            and h >= b + legs[2]
            and h <= latest
            and hub_window[0] <= h <= sum(hub_window)
            and all(opens <= t <= opens + length for t, (opens, length) in zip((a, b), windows, strict=True))
            and h - a <= limits[0]
            and h - b <= limits[1]
        )

    possible = [h for a, b, h in product(range(13), repeat=3) if works(a, b, h)]
    assert isinstance(found, Timetable) == bool(possible)
    if isinstance(found, Timetable):
        assert found.visits[2].start_s == min(possible) * unit
