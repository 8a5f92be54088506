"""What breaks a plan and what is no news, on situations made by hand."""

from dataclasses import replace

import pytest

from routing import Problem, read_problem, solve
from routing.problem import Lateness
from services.runs.causes import LotNow, breaks
from services.runs.situation import Situation, TruckProgress, situation

DAY = """{"version": 1, "time_zero_ms": 0,
 "locations": [{"id": "hub", "latitude": 12.8, "longitude": 101.6},
               {"id": "far", "latitude": 12.9, "longitude": 101.7}],
 "hubs": [{"id": "LCB", "location": "hub"}],
 "trucks": [{"id": "TRK-7", "start": "hub", "end": "hub", "capacity_g": 2000000, "capacity_crates": 100,
             "shift": {"opens_s": 0, "closes_s": 86400},
             "temperature": {"min_c": 5, "max_c": 15}, "cost_per_km_satang": 1000}],
 "pickups": [{"id": "LOT-1", "location": "far", "weight_g": 300000, "crates": 20, "penalty_satang": 100000000,
              "deadline_s": 80000}]}"""


@pytest.fixture(scope="module")
def day() -> tuple[Problem, Situation]:
    problem = read_problem(DAY)
    plan = solve(problem, seconds=0.2, engine="ortools")
    return problem, situation(plan, {"TRK-7": TruckProgress()}, now_s=0)


def test_a_deadline_that_has_come_closer_breaks_the_plan(day: tuple[Problem, Situation]) -> None:
    problem, now = day
    (found,) = breaks(problem, now, {"LOT-1": LotNow(60, "Warm.")}, {})
    assert (found.kind, found.subject) == ("lot.warming", "LOT-1")


def test_a_lot_that_was_too_late_when_planned_is_no_news(day: tuple[Problem, Situation]) -> None:
    """The plan weighed its lateness already; each look would find it broken otherwise."""
    problem, now = day
    (pickup,) = problem.pickups
    late = replace(
        problem, pickups=(replace(pickup, deadline_s=None, lateness=Lateness(due_s=0, cost_per_h_satang=100)),)
    )
    assert breaks(late, now, {"LOT-1": LotNow(60, "Short already.")}, {}) == []


def test_warmth_breaks_the_plan_only_where_cooling_was_promised(day: tuple[Problem, Situation]) -> None:
    problem, now = day
    warm = {"LOT-1": LotNow(80_000, "Warm.", warm=True)}
    assert [one.kind for one in breaks(problem, now, warm, {})] == ["lot.warm_on_board"]
    (truck,) = problem.trucks
    assert breaks(replace(problem, trucks=(replace(truck, temperature=None),)), now, warm, {}) == []
    assert (now.truck_of("LOT-1"), now.truck_of("LOT-2")) == ("TRK-7", None)
