"""Why a lot stays behind: the rule that binds, and what one concession would do."""

import pytest

from routing.plan import Plan, Unserved
from routing.problem import Exclusion, Pickup, TemperatureRange, TimeWindow
from routing.rules import Rule
from routing.search import solve
from tests.routing.small import HOUR, MINUTE, hub, lot, problem, truck, window

COLD = TemperatureRange(min_c=2, max_c=8)


def only(plan: Plan) -> Unserved:
    (item,) = plan.unserved
    return item


@pytest.mark.parametrize(
    ("rule", "left"),
    [
        (Rule.WEIGHT, lot("x", 10, weight_g=1_000_001)),
        (Rule.CRATES, lot("x", 10, crates=101)),
        (Rule.REQUIREMENT, lot("x", 10, requires=("tail lift",))),
        (Rule.TEMPERATURE, lot("x", 10, temperature=COLD)),
        (Rule.PINNED_TRUCK, lot("x", 10, trucks=("small",))),
        (Rule.TIME_WINDOW, lot("x", 10, windows=(window(0, 0.1),))),
        (Rule.RIDE_LIMIT, lot("x", 10, ride_limit_s=9 * MINUTE)),
        (Rule.DEADLINE, lot("x", 10, deadline_s=19 * MINUTE)),
        (Rule.SHIFT, lot("x", 10, windows=(window(24, 24),))),
    ],
)
def test_a_lot_that_no_truck_can_take_even_alone(rule: Rule, left: Pickup) -> None:
    """One truck with room for 100 crates, one for 5, all day long."""
    item = only(solve(problem([left], [truck(), truck("small", capacity_crates=5)]), engine="greedy"))
    assert item.rule == rule.value
    assert "no truck" in item.reason or "can't take it" in item.reason


def test_a_lot_that_is_not_worth_its_way() -> None:
    item = only(solve(problem([lot("far", 100, penalty_satang=19_999)]), engine="greedy"))
    assert item.rule == Rule.COST.value
    assert "200.00 baht" in item.reason
    assert "above 200.00 baht" in item.relaxation


def test_a_full_truck_and_the_trip_that_would_help() -> None:
    item = only(solve(problem([lot("a", 10, crates=90), lot("b", 12, crates=30)]), engine="greedy"))
    assert item.rule == Rule.CRATES.value
    assert item.relaxation == "a quarter more room on truck truck would take it on truck truck to hub"


def test_one_more_hour_at_the_hub() -> None:
    """Either lot alone is in time for the hub, the two together are not."""
    day = problem([lot("a", 30, service_s=HOUR), lot("b", 31, service_s=HOUR)], hubs=[hub(windows=(window(0, 2.2),))])
    item = only(solve(day, engine="greedy"))
    assert item.rule == Rule.HUB_HOURS.value
    assert item.relaxation.startswith("one more hour at hub hub")


def test_one_more_hour_of_work() -> None:
    day = problem(
        [lot("a", 30, service_s=HOUR), lot("b", 31, service_s=HOUR)],
        [truck("only", shift=TimeWindow(opens_s=0, closes_s=3 * HOUR))],
    )
    item = only(solve(day, engine="greedy"))
    assert item.rule == Rule.SHIFT.value
    assert item.relaxation.startswith("one more hour of work for truck only")


def test_what_rides_already_keeps_it_out() -> None:
    day = problem(
        [lot("ripe", 10, groups=("ethylene",)), lot("leaf", 12, groups=("sensitive",))],
        exclusions=(Exclusion(group="ethylene", other="sensitive"),),
    )
    item = only(solve(day, engine="greedy"))
    assert item.rule == Rule.EXCLUSION.value
    assert item.relaxation


def test_one_concession_that_takes_several_lots_is_advised() -> None:
    """Three lots two hours away; the hub closes too soon for all of them, an hour more takes them all together."""
    day = problem(
        [lot(name, 120, windows=(window(3, 4),), crates=20) for name in "abc"],
        hubs=[hub(windows=(window(0, 4.5),))],
    )
    plan = solve(day, engine="greedy")
    assert [(item.pickup, item.rule) for item in plan.unserved] == [(name, Rule.HUB_HOURS.value) for name in "abc"]
    assert plan.advice == ("one more hour at hub hub would take a, b and c",)


def test_a_mandatory_lot_that_stays_behind_is_marked() -> None:
    item = only(solve(problem([lot("x", 10, penalty_satang=None, windows=(window(0, 0.1),))]), engine="greedy"))
    assert item.mandatory
