"""Planning again during the day: what is driven stays, the rest is the best that can still be done."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from routing.check import check
from routing.faults import Refused
from routing.plan import Plan
from routing.problem import Cutoff, Problem, Relation, Rest
from routing.repair import NothingLeft, Repair, repair
from routing.search import solve
from routing.travel import matrices
from routing.under_way import TruckState, by_the_clock, remaining
from tests.routing.random_problems import problems
from tests.routing.small import HOUR, MINUTE, hub, lot, problem, truck, window

TWO = problem(
    [
        lot("a", 20, windows=(window(1, 2),)),
        lot("b", 40, windows=(window(2, 4),)),
        lot("c", 60, windows=(window(3, 6),)),
        lot("far", 100, windows=(window(4, 8),), crates=100),
    ],
    [truck("one", end="km0"), truck("two", end="km0")],
    [hub(unload_s=600)],
)


def published(day: Problem = TWO) -> Plan:
    return solve(day, engine="greedy")


def repaired(day: Problem, plan: Plan, now_s: int, **arguments: object) -> Repair:
    found = repair(day, plan, now_s=now_s, engine="greedy", **arguments)  # type: ignore[arg-type]
    verdict = check(found.problem, found.plan, matrices(found.problem))
    assert verdict.feasible, [str(violation) for violation in verdict.violations]
    return found


def truck_of(plan: Plan, lot_id: str) -> str:
    return next(route.truck for route in plan.routes for stop in route.stops if stop.pickup == lot_id)


def starts(plan: Plan) -> dict[str, int]:
    return {stop.pickup: stop.start_s for route in plan.routes for stop in route.stops if stop.pickup is not None}


def test_a_day_that_goes_by_its_plan_is_left_alone() -> None:
    """At half past two, with lot b under way, nothing has changed: the same stops at the same times."""
    plan = published()
    found = repaired(TWO, plan, int(2.5 * HOUR))
    assert found.changes == ()
    assert found.concessions == ()
    before, after = starts(plan), starts(found.plan)
    assert {name: before[name] for name in after} == after


@pytest.mark.parametrize("now_s", range(0, 9 * HOUR, 1111))
def test_driven_and_remaining_stops_make_up_the_day(now_s: int) -> None:
    """Whenever one looks: each lot has been picked up or will be, and never by two trucks."""
    plan = published()
    try:
        found = repaired(TWO, plan, now_s)
    except NothingLeft:
        assert now_s > max(route.stops[-1].start_s for route in plan.routes) - HOUR * 2
        return
    done = [stop.pickup for stops in found.driven.values() for stop in stops if stop.pickup]
    assert sorted([*done, *starts(found.plan)]) == ["a", "b", "c", "far"]
    assert all(stop.start_s <= now_s for stops in found.driven.values() for stop in stops)


def test_what_is_on_board_keeps_its_ride_limit() -> None:
    """The lot has ridden for an hour when the plan is made again: an hour is left of its two."""
    day = replace(TWO, pickups=tuple(replace(p, ride_limit_s=4 * HOUR) for p in TWO.pickups))
    plan = published(day)
    rest = remaining(day, plan, by_the_clock(plan, 3 * HOUR), now_s=3 * HOUR, change_cost_satang=0)
    (out,) = [t for t in rest.problem.trucks if t.loaded]
    aboard = out.loaded[0]
    assert (aboard.id, aboard.loaded_at_s, aboard.ride_limit_s) == ("a", starts(plan)["a"], 4 * HOUR)


def test_the_pick_up_a_truck_drives_to_stays_its_next_stop() -> None:
    plan = published()
    on_the_way = starts(plan)["b"] - MINUTE
    (state,) = [s for s in by_the_clock(plan, on_the_way) if s.truck == truck_of(plan, "b")]
    assert (state.next_pickup, state.location) == ("b", "km40")
    found = repaired(TWO, plan, on_the_way)
    assert truck_of(found.plan, "b") == truck_of(plan, "b")


def test_a_new_lot_goes_where_it_costs_least() -> None:
    plan = published()
    day = replace(TWO, pickups=(*TWO.pickups, lot("new", 50)), locations=(*TWO.locations, *new_places("km50")))
    day = replace(day, profiles=problem([*TWO.pickups, lot("new", 50)], TWO.trucks, TWO.hubs).profiles)
    found = repaired(day, plan, 2 * HOUR)
    (change,) = found.changes
    assert (change.kind, change.pickup) == ("added", "new")
    assert truck_of(found.plan, "new") == truck_of(plan, "c")


def new_places(*names: str) -> tuple:  # type: ignore[type-arg]
    return tuple(place for place in problem([lot("x", int(n[2:])) for n in names]).locations if place.id in names)


def test_a_cancelled_lot_is_left_out_and_said_so() -> None:
    plan = published()
    day = replace(TWO, pickups=tuple(p for p in TWO.pickups if p.id != "c"))
    found = repaired(day, plan, 2 * HOUR)
    assert [(change.kind, change.pickup) for change in found.changes if change.kind == "dropped"] == [("dropped", "c")]
    assert "c" not in starts(found.plan)


def test_a_shortened_deadline_brings_a_lot_in_sooner() -> None:
    """Lot c spoils: it has to be in by half past four, which the published plan would miss."""
    late = problem(
        [lot("c", 60, windows=(window(3, 6),)), lot("d", 80, windows=(window(5, 6),))],
        [truck("one", end="km0"), truck("two", end="km0")],
        [hub(unload_s=600)],
    )
    plan = published(late)
    assert truck_of(plan, "c") == truck_of(plan, "d")
    urgent = replace(late, pickups=(replace(late.pickups[0], deadline_s=int(4.5 * HOUR)), late.pickups[1]))
    found = repaired(urgent, plan, HOUR)
    assert truck_of(found.plan, "c") != truck_of(found.plan, "d")
    assert {change.kind for change in found.changes} & {"moved", "earlier"}


def test_a_deadline_that_cannot_be_kept_is_lifted_and_named() -> None:
    """The lot is on board already when its deadline is moved to a time at which the truck can't be in."""
    plan = published()
    now = starts(plan)["a"] + MINUTE
    day = replace(TWO, pickups=(replace(TWO.pickups[0], deadline_s=now + MINUTE), *TWO.pickups[1:]))
    found = repaired(day, plan, now)
    assert found.concessions == (f"a on {truck_of(plan, 'a')} can't be delivered in time any more",)


def test_a_late_truck_is_planned_from_where_it_is() -> None:
    """The truck reports itself at kilometre 20 an hour late."""
    plan = published()
    state = TruckState(truck=truck_of(plan, "a"), stops_done=2, location="km20", free_s=3 * HOUR)
    found = repaired(TWO, plan, 3 * HOUR, states=[state])
    out = next(route for route in found.plan.routes if route.truck == state.truck)
    assert out.stops[0].location == "km20"
    assert out.stops[0].arrival_s >= 3 * HOUR


def test_lots_change_trucks_only_where_it_pays() -> None:
    """Moving a lot to the other truck would save two baht; a change costs more than that."""
    day = problem(
        [lot("a", 20, windows=(window(1, 2),)), lot("b", 21, windows=(window(2, 4),), trucks=("one", "two"))],
        [truck("one"), truck("two", start=1)],
    )
    plan = solve(replace(day, trucks=(day.trucks[0], replace(day.trucks[1], fixed_cost_satang=10**6))), engine="greedy")
    assert truck_of(plan, "b") == "one"
    kept = repair(day, plan, now_s=0, engine="ortools", seconds=1.5, change_cost_satang=100_000)
    assert [change for change in kept.changes if change.kind == "moved"] == []
    assert kept.plan.costs.changes == 0


def test_departures_have_less_room_by_what_has_come_in() -> None:
    day = replace(TWO, hubs=(replace(TWO.hubs[0], cutoffs=(Cutoff(at_s=20 * HOUR, capacity_g=400_000),)),))
    plan = published(day)
    now = max(route.stops[-1].start_s for route in plan.routes) - 5 * MINUTE
    delivered = sum(
        before.load_g
        for route in plan.routes
        for before, stop in zip(route.stops, route.stops[1:], strict=False)
        if stop.kind == "unload" and stop.start_s <= now
    )
    rest = remaining(day, plan, by_the_clock(plan, now), now_s=now, change_cost_satang=0)
    assert rest.problem.hubs[0].cutoffs[0].capacity_g == 400_000 - delivered


def test_the_rest_of_a_bound_pair_is_pinned_to_the_truck_that_has_the_first() -> None:
    day = replace(TWO, relations=(Relation(kind="same_truck", pickups=("a", "c")),))
    plan = published(day)
    now = starts(plan)["a"] + MINUTE
    rest = remaining(day, plan, by_the_clock(plan, now), now_s=now, change_cost_satang=0)
    (c,) = [pickup for pickup in rest.problem.pickups if pickup.id == "c"]
    assert c.trucks == (truck_of(plan, "a"),)


def test_driving_before_counts_towards_the_rest() -> None:
    rest_rule = Rest(after_driving_s=2 * HOUR, rest_s=30 * MINUTE)
    day = problem([lot("a", 90), lot("b", 100)], [truck(rest=rest_rule)], [hub("h", 200)])
    plan = published(day)
    now = starts(plan)["a"]
    found = repaired(day, plan, now)
    assert [stop.kind for stop in found.plan.routes[0].stops].count("rest") == 1


def test_when_every_truck_is_done_there_is_nothing_to_plan() -> None:
    plan = published(problem([lot("a", 10)]))
    with pytest.raises(NothingLeft):
        repair(problem([lot("a", 10), lot("late", 20)]), plan, now_s=23 * HOUR, engine="greedy")


def test_a_lot_on_board_may_not_vanish_from_the_problem() -> None:
    plan = published()
    with pytest.raises(Refused, match="has picked it up"):
        repaired(replace(TWO, pickups=TWO.pickups[1:]), plan, starts(plan)["a"] + MINUTE)


def test_a_bad_problem_is_refused() -> None:
    with pytest.raises(Refused):
        repair(replace(TWO, hubs=()), published(), now_s=0)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(problems(most_pickups=6, shared=False), st.floats(0, 1))
def test_a_repair_at_any_moment_passes_the_check(day: Problem, moment: float) -> None:
    """Random days, cut anywhere: the rest of the day is a valid problem with a feasible plan that loses no lot."""
    try:
        plan = solve(day, engine="greedy")
    except Refused:
        assume(False)
    assume(plan.routes)
    begins = min(route.stops[0].depart_s for route in plan.routes)
    ends = max(route.stops[-1].depart_s for route in plan.routes)
    now = round(begins + moment * (ends - begins))
    try:
        found = repaired(day, plan, now)
    except NothingLeft:
        return
    done = {stop.pickup for stops in found.driven.values() for stop in stops if stop.pickup}
    planned = starts(found.plan).keys() | {item.pickup for item in found.plan.unserved}
    assert done | planned == {pickup.id for pickup in day.pickups}
    assert not done & planned
