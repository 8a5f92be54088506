"""Why a lot is late: one small day for each reason there is, and none for lots that are in time."""

from dataclasses import replace

import pytest

from routing.document import read_plan, write_plan
from routing.late import late_lots
from routing.plan import LateLot, Tour, Tours, Trip
from routing.problem import Lateness, Pickup, Problem, Truck
from routing.search import solve
from tests.routing.small import HOUR, MINUTE, hub, indexed, lot, problem, truck, window


def due(at_h: float) -> Lateness:
    return Lateness(due_s=round(at_h * HOUR), cost_per_h_satang=6_000)


def only(day: Problem, tours: Tours) -> LateLot:
    (found,) = late_lots(indexed(day), tours)
    return found


ALONE: Tours = (Tour(0, (Trip((0,), 0),)),)
LATE = lot("late", 30, lateness=due(5))


@pytest.mark.parametrize(
    ("rule", "pickup", "driver", "words"),
    [
        ("release", replace(LATE, release_s=5 * HOUR), truck(), "it is ready at 05:00, 30 min from hub hub"),
        ("time_window", replace(LATE, windows=(window(6, 7),)), truck(), "its village is served from 06:00"),
        ("shift", LATE, truck(shift=window(4.5, 9)), "truck truck starts at 04:30 and needs 1 h 00 min for it alone"),
        ("distance", replace(LATE, lateness=due(0.2)), truck(start=200), "starts at 00:00 and needs 3 h 20 min"),
    ],
)
def test_a_limit_that_makes_it_late_by_itself_is_named(rule: str, pickup: Pickup, driver: Truck, words: str) -> None:
    found = only(problem([pickup], [driver]), ALONE)
    assert found.rule == rule
    assert words in found.reason
    assert found.cost_satang == round(found.late_s * 6_000 / HOUR)


def test_a_hub_that_opens_too_late() -> None:
    found = only(problem([LATE], hubs=[hub(windows=(window(6, 9),))]), ALONE)
    assert (found.rule, found.reason) == ("hub_hours", "hub hub opens at 06:00; it is due at 05:00")


def test_the_trip_before() -> None:
    early = lot("early", 30, windows=(window(4, 4),))
    found = only(problem([early, LATE], [truck(max_trips=2)]), (Tour(0, (Trip((0,), 0), Trip((1,), 0))),))
    assert (found.rule, found.late_s) == ("max_trips", 30 * MINUTE)
    assert "back from the trip before at 04:30" in found.reason


def test_another_lot_that_it_waits_for() -> None:
    found = only(problem([LATE, lot("slow", 10, windows=(window(6, 6),))]), (Tour(0, (Trip((0, 1), 0),)),))
    assert found.rule == "previous_service"
    assert "it rides with slow, which is ready at 06:00" in found.reason


def test_many_stops_before_it() -> None:
    lots = [lot(f"l{n}", 10 + n, service_s=2 * HOUR) for n in range(3)]
    found = only(problem([*lots, LATE]), (Tour(0, (Trip((0, 1, 2, 3), 0),)),))
    assert found.rule == "previous_service"
    assert "3 other stops on the trip, 6 h 00 min of loading" in found.reason


def test_a_dock_that_is_taken() -> None:
    """Both trucks are in time for the hub, which has one dock."""
    lots = [lot("first", 30, lateness=due(1.1)), lot("second", 30, lateness=due(1.1))]
    day = problem(lots, [truck("one"), truck("two")], [hub(docks=1, unload_s=3600)])
    found = only(day, (Tour(0, (Trip((0,), 0),)), Tour(1, (Trip((1,), 0),))))
    assert (found.pickup, found.rule) == ("second", "docks")


def test_a_lot_in_time_is_not_late() -> None:
    assert list(late_lots(indexed(problem([replace(LATE, lateness=due(9))])), ALONE)) == []


def test_the_plan_carries_them_and_reads_back() -> None:
    plan = solve(problem([replace(LATE, release_s=5 * HOUR)]), engine="greedy")
    (found,) = plan.explanations.late
    assert found.rule == "release"
    assert read_plan(write_plan(plan)) == plan
