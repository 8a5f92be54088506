"""Driving times that depend on the hour: exact, first in first out, and kept by timetable and check alike."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.assemble import assemble
from routing.check import check
from routing.faults import Refused
from routing.greedy import greedy
from routing.plan import Plan, Provenance
from routing.problem import Problem, Rest, TimeFactor
from routing.rules import Rule
from routing.search import solve
from routing.traffic import Traffic, traffic
from routing.travel import matrices
from routing.validate import validate
from tests.routing.small import HOUR, MINUTE, hub, indexed, lot, problem, truck, window

RUSH = (TimeFactor(from_s=7 * HOUR, percent=200), TimeFactor(from_s=9 * HOUR, percent=100))


def of(*factors: TimeFactor) -> Traffic:
    found = traffic(factors)
    assert found is not None
    return found


def in_traffic(day: Problem, *factors: TimeFactor) -> Problem:
    return replace(day, profiles=(replace(day.profiles[0], time_factors=factors or RUSH),))


def planned(day: Problem) -> Plan:
    instance = indexed(day)
    return assemble(instance, greedy(instance), (), Provenance(engine="greedy", problem_digest="", travel="given"))


def test_a_leg_takes_twice_as_long_in_the_rush() -> None:
    assert of(*RUSH).arrival(7 * HOUR, 30 * MINUTE) == 8 * HOUR


def test_what_is_left_when_the_rush_begins_takes_longer() -> None:
    """Ten of thirty minutes are driven before seven; the other twenty take forty."""
    assert of(*RUSH).arrival(7 * HOUR - 10 * MINUTE, 30 * MINUTE) == 7 * HOUR + 40 * MINUTE


def test_what_is_left_when_the_rush_ends_takes_as_long_as_usual() -> None:
    assert of(*RUSH).arrival(9 * HOUR - 10 * MINUTE, 30 * MINUTE) == 9 * HOUR + 25 * MINUTE


def test_factors_of_a_hundred_say_nothing() -> None:
    assert traffic(()) is None
    assert traffic((TimeFactor(from_s=0, percent=100),)) is None


FACTORS = st.lists(
    st.tuples(st.integers(-500, 3000), st.integers(10, 400)), min_size=1, max_size=4, unique_by=lambda f: f[0]
)


@given(FACTORS, st.integers(-1000, 4000), st.integers(0, 2000))
def test_departure_undoes_arrival_and_nobody_overtakes(factors: list[tuple[int, int]], start: int, usual: int) -> None:
    found = traffic([TimeFactor(from_s=at, percent=percent) for at, percent in sorted(factors)])
    if found is None:
        return
    there = found.arrival(start, usual)
    assert found.arrival(start + 1, usual) >= there >= start
    latest = found.departure(there, usual)
    assert latest >= start
    assert found.arrival(latest, usual) <= there < found.arrival(latest + 1, usual)


def test_a_plan_through_the_rush_says_how_long_each_leg_takes_then() -> None:
    """The lot is ready at half past seven; the hour home takes an hour and a half of rush and a quarter of an hour."""
    day = in_traffic(problem([lot("a", 60, windows=(window(7.5, 8),))], [truck(shift=window(5, 20))]))
    (route,) = (plan := planned(day)).routes
    assert [stop.start_s for stop in route.stops[1:]] == [27_000, 9 * HOUR + 15 * MINUTE]
    assert route.stops[2].driving_s == 105 * MINUTE
    assert route.stops[0].depart_s == 7 * HOUR - 45 * MINUTE
    assert check(day, plan, matrices(day)).feasible


@pytest.mark.parametrize("seconds", [-1, 1])
def test_a_leg_that_is_a_second_off_is_refused(seconds: int) -> None:
    day = in_traffic(problem([lot("a", 60, windows=(window(7.5, 8),))], [truck(shift=window(5, 20))]))
    plan = planned(day)
    route = plan.routes[0]
    last = replace(route.stops[2], driving_s=route.stops[2].driving_s + seconds)
    wrong = replace(plan, routes=(replace(route, stops=(*route.stops[:2], last)),))
    assert Rule.TIMES in {violation.rule for violation in check(day, wrong, matrices(day)).violations}


def test_a_hub_that_closes_in_the_rush_is_reached_by_leaving_earlier() -> None:
    day = problem([lot("a", 60)], [truck(shift=window(5, 20))], [hub(windows=(window(0, 8.5),))])
    plan = planned(in_traffic(day))
    assert plan.routes[0].stops[-1].start_s <= 8.5 * HOUR
    assert check(in_traffic(day), plan, matrices(day)).feasible


def test_rests_are_due_by_the_driving_of_the_hour() -> None:
    """Two legs of an hour each, doubled: the driver rests between them, as four hours on end may not be driven."""
    rest = Rest(after_driving_s=3 * HOUR, rest_s=1800)
    day = in_traffic(problem([lot("a", 60)], [truck(rest=rest)]), TimeFactor(from_s=0, percent=200))
    plan = planned(day)
    assert [stop.kind for stop in plan.routes[0].stops] == ["start", "pickup", "rest", "unload"]
    assert check(day, plan, matrices(day)).feasible


def test_the_search_keeps_to_the_hours_too() -> None:
    """Engines that can't tell the hours apart drive at the slowest; the plan has the real times."""
    lots = [lot(f"lot{n}", 10 + 5 * n, windows=(window(6, 10),)) for n in range(6)]
    day = in_traffic(problem(lots, [truck("one", shift=window(5, 20)), truck("two", shift=window(5, 20))]))
    plan = solve(day, seconds=3)
    assert check(day, plan, matrices(day)).feasible
    assert plan.unserved == ()
    assert any("/profiles/0/time_factors" in note for note in plan.provenance.notes)


@pytest.mark.parametrize(
    ("factors", "pointer"),
    [
        ((TimeFactor(from_s=0, percent=0),), "/profiles/0/time_factors/0/percent"),
        ((TimeFactor(from_s=0, percent=5000),), "/profiles/0/time_factors/0/percent"),
        ((TimeFactor(from_s=9, percent=50), TimeFactor(from_s=9, percent=80)), "/profiles/0/time_factors/1/from_s"),
    ],
)
def test_factors_out_of_range_or_order_are_refused(factors: tuple[TimeFactor, ...], pointer: str) -> None:
    with pytest.raises(Refused) as refused:
        validate(in_traffic(problem([lot("a", 10)]), *factors))
    assert [fault.pointer for fault in refused.value.faults] == [pointer]
