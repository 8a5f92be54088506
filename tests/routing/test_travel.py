"""Travel tables: an estimate that says so, given matrices, places without a road."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.problem import Location, SpeedBand, TravelProfile
from routing.search import solve
from routing.travel import EARTH_RADIUS_M, ESTIMATE, UNREACHABLE, GreatCircle, matrices
from tests.routing.small import lot, problem, truck

PLAIN = TravelProfile(id="plain", circuity_percent=100, speeds=(SpeedBand(up_to_m=None, speed_km_h=36),))


def test_a_quarter_of_the_equator() -> None:
    """A quarter of the circumference of the sphere, at ten metres a second."""
    table = GreatCircle().table([(0.0, 0.0), (0.0, 90.0)], PLAIN)
    quarter = EARTH_RADIUS_M * np.pi / 2
    assert table.distance_m[0, 1] == pytest.approx(quarter, abs=1)
    assert table.duration_s[0, 1] == pytest.approx(quarter / 10, abs=1)


def test_the_estimate_is_longer_than_the_crow_flies_by_the_circuity() -> None:
    points = [(13.0827, 100.8830), (12.6113, 102.1039)]
    crow, road = GreatCircle().table(points, PLAIN), GreatCircle().table(points, TravelProfile(id="default"))
    assert road.distance_m[0, 1] == pytest.approx(crow.distance_m[0, 1] * 1.35, abs=2)


def test_longer_legs_are_driven_faster_on_the_whole() -> None:
    points = [(13.0, 101.0), (13.0, 101.02), (13.0, 101.5)]
    table = GreatCircle().table(points, TravelProfile(id="default"))
    speed = table.distance_m[0, 1:] / table.duration_s[0, 1:]
    assert speed[0] < speed[1]


@given(st.lists(st.tuples(st.floats(-80, 80), st.floats(-180, 180)), min_size=3, max_size=3))
def test_no_detour_is_shorter(points: list[tuple[float, float]]) -> None:
    """The triangle inequality, up to rounding: greedy insertion never gains by leaving a lot out."""
    table = GreatCircle().table(points, TravelProfile(id="default"))
    for matrix in (table.distance_m.astype(np.int64), table.duration_s.astype(np.int64)):
        assert matrix[0, 2] <= matrix[0, 1] + matrix[1, 2] + 2
        assert (np.diag(matrix) == 0).all()
        assert (matrix == matrix.T).all()


def test_a_plan_says_where_its_travel_times_come_from() -> None:
    day = problem([lot("a", 10)])
    assert solve(day, engine="greedy").provenance.travel == "given"
    places = tuple(
        Location(id=place.id, latitude=13.0, longitude=101.0 + n / 10) for n, place in enumerate(day.locations)
    )
    guessed = replace(day, profiles=(), locations=places)
    assert solve(guessed, engine="greedy").provenance.travel == ESTIMATE


def test_each_truck_has_the_table_of_its_profile() -> None:
    day = problem([lot("a", 10)], [truck("slow", profile="lane"), truck("quick")])
    rows = tuple(tuple(2 * (cell or 0) for cell in row) for row in day.profiles[0].duration_s or ())
    lane = replace(day.profiles[0], id="lane", duration_s=rows)
    tables = matrices(replace(day, profiles=(*day.profiles, lane)))
    assert tables.of_truck(0).duration_s[0, 1] == 2 * tables.of_truck(1).duration_s[0, 1]


def test_a_lot_without_a_road_stays_behind_with_that_reason() -> None:
    day = problem([lot("island", 10), lot("a", 20)])
    rows = tuple(
        tuple(None if 1 in {a, b} and a != b else cell for b, cell in enumerate(row))
        for a, row in enumerate(day.profiles[0].distance_m or ())
    )
    cut = replace(day, profiles=(replace(day.profiles[0], distance_m=rows, duration_s=rows),))
    assert matrices(cut).tables[0].distance_m[0, 1] == UNREACHABLE
    plan = solve(cut, engine="ortools", seconds=1.5)
    assert [(item.pickup, item.rule) for item in plan.unserved] == [("island", "no_road")]
