"""The independent check: a sound plan passes, each way of spoiling it is refused with the rule named."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from routing.assemble import assemble
from routing.check import Verdict, check
from routing.greedy import StuckTruck, greedy
from routing.plan import Plan, Provenance, Route, Stop, Tour, Tours, Trip, Unserved
from routing.problem import (
    Cutoff,
    Exclusion,
    LoadedLot,
    Problem,
    Relation,
    Rest,
    TemperatureRange,
    TimeWindow,
)
from routing.rules import Rule
from routing.travel import matrices
from tests.routing.random_problems import problems
from tests.routing.small import HOUR, MINUTE, hub, indexed, lot, problem, truck, window

DAY = problem(
    [lot("a", 10, service_s=600, windows=(window(6, 9),)), lot("b", 20, service_s=600), lot("c", 30)],
    [truck("one"), truck("two", end="km0")],
    [hub(windows=(window(0, 20),), unload_s=600)],
)
TOURS: Tours = (Tour(0, (Trip((0, 1), 0),)),)
LEFT_C = Unserved(pickup="c", rule="search", reason="for the test")


def plan_of(day: Problem, tours: Tours, *unserved: Unserved) -> Plan:
    provenance = Provenance(engine="greedy", problem_digest="", travel="given")
    return assemble(indexed(day), tours, unserved, provenance)


def examined(day: Problem, plan: Plan) -> Verdict:
    return check(day, plan, matrices(day))


def rules(day: Problem, plan: Plan) -> set[Rule]:
    return {violation.rule for violation in examined(day, plan).violations}


def with_stop(plan: Plan, number: int, **changes: object) -> Plan:
    route = plan.routes[0]
    stops = list(route.stops)
    stops[number] = replace(stops[number], **changes)  # type: ignore[arg-type]
    return replace(plan, routes=(replace(route, stops=tuple(stops)), *plan.routes[1:]))


def with_route(plan: Plan, **changes: object) -> Plan:
    return replace(plan, routes=(replace(plan.routes[0], **changes), *plan.routes[1:]))  # type: ignore[arg-type]


def without_stop(plan: Plan, number: int) -> Plan:
    stops = plan.routes[0].stops
    return with_route(plan, stops=stops[:number] + stops[number + 1 :])


def leaving(plan: Plan, lot: str) -> Plan:
    return replace(plan, unserved=(*plan.unserved, replace(LEFT_C, pickup=lot)))


def test_a_sound_plan_passes_and_what_it_leaves_is_paid_for() -> None:
    plan = plan_of(DAY, TOURS, LEFT_C)
    verdict = examined(DAY, plan)
    assert verdict.feasible
    assert verdict.costs.distance == 40 * 100
    assert verdict.costs.unserved == 100_000


def test_a_mandatory_lot_left_behind_is_named() -> None:
    day = replace(DAY, pickups=(*DAY.pickups[:2], replace(DAY.pickups[2], penalty_satang=None)))
    verdict = examined(day, plan_of(day, TOURS, LEFT_C))
    assert verdict.feasible
    assert verdict.mandatory_left == ("c",)


SPOILED: list[tuple[str, Rule, Callable[[Plan], Plan]]] = [
    ("loads before the village opens", Rule.TIME_WINDOW, lambda p: with_stop(p, 1, start_s=5 * HOUR)),
    ("arrives sooner than it can drive", Rule.TIMES, lambda p: with_stop(p, 2, arrival_s=0)),
    ("leaves before it arrives", Rule.TIMES, lambda p: with_stop(p, 2, depart_s=0)),
    ("loads in no time", Rule.TIMES, lambda p: with_stop(p, 1, depart_s=p.routes[0].stops[1].start_s)),
    ("shortens a leg", Rule.TIMES, lambda p: with_stop(p, 2, driving_s=1)),
    ("shortens the distance of a leg", Rule.TIMES, lambda p: with_stop(p, 2, distance_m=1)),
    ("says it carries less", Rule.LOAD, lambda p: with_stop(p, 2, load_g=100_000)),
    ("says it carries fewer crates", Rule.LOAD, lambda p: with_stop(p, 2, load_crates=1)),
    ("unloads at night", Rule.HUB_HOURS, lambda p: with_stop(p, 3, start_s=21 * HOUR, depart_s=22 * HOUR)),
    ("unloads in no time", Rule.TIMES, lambda p: with_stop(p, 3, depart_s=p.routes[0].stops[3].start_s)),
    ("names no pick-up", Rule.SEQUENCE, lambda p: with_stop(p, 1, pickup=None)),
    ("names an unknown pick-up", Rule.UNKNOWN_ID, lambda p: with_stop(p, 1, pickup="z")),
    ("names an unknown hub", Rule.UNKNOWN_ID, lambda p: with_stop(p, 3, hub="z")),
    ("names an unknown location", Rule.UNKNOWN_ID, lambda p: with_stop(p, 1, location="z")),
    ("has no location", Rule.SEQUENCE, lambda p: with_stop(p, 1, location=None)),
    ("picks up elsewhere", Rule.SEQUENCE, lambda p: with_stop(p, 1, location="km20")),
    ("unloads elsewhere", Rule.SEQUENCE, lambda p: with_stop(p, 3, location="km20")),
    ("starts elsewhere", Rule.SEQUENCE, lambda p: with_stop(p, 0, location="km10")),
    ("picks up the same lot twice", Rule.SERVED_ONCE, lambda p: with_stop(p, 2, pickup="a", location="km10")),
    ("forgets a lot", Rule.SERVED_ONCE, lambda p: replace(p, unserved=())),
    (
        "serves and leaves a lot",
        Rule.SERVED_ONCE,
        lambda p: leaving(p, "a"),
    ),
    (
        "leaves an unknown lot",
        Rule.UNKNOWN_ID,
        lambda p: leaving(p, "z"),
    ),
    ("never unloads", Rule.SEQUENCE, lambda p: without_stop(p, 3)),
    ("has no start", Rule.SEQUENCE, lambda p: without_stop(p, 0)),
    ("has no stops", Rule.SEQUENCE, lambda p: with_route(p, stops=())),
    ("uses an unknown truck", Rule.UNKNOWN_ID, lambda p: with_route(p, truck="z")),
    ("uses a truck twice", Rule.SEQUENCE, lambda p: replace(p, routes=p.routes * 2)),
    ("ends away from the truck's end", Rule.SEQUENCE, lambda p: with_route(p, truck="two")),
    ("says it drives less", Rule.TIMES, lambda p: with_route(p, distance_m=1)),
    ("says a route is cheaper", Rule.COST, lambda p: with_route(p, costs=replace(p.routes[0].costs, distance=1))),
    ("says it is cheaper", Rule.COST, lambda p: replace(p, costs=replace(p.costs, unserved=1))),
]


@pytest.mark.parametrize(("rule", "spoil"), [item[1:] for item in SPOILED], ids=[item[0] for item in SPOILED])
def test_a_spoiled_plan_is_refused_with_the_rule_named(rule: Rule, spoil: Callable[[Plan], Plan]) -> None:
    assert rule in rules(DAY, spoil(plan_of(DAY, TOURS, LEFT_C)))


def with_truck(day: Problem, **changes: object) -> Problem:
    return replace(day, trucks=(replace(day.trucks[0], **changes), day.trucks[1]))  # type: ignore[arg-type]


def with_lot(day: Problem, **changes: object) -> Problem:
    return replace(day, pickups=(replace(day.pickups[0], **changes), *day.pickups[1:]))  # type: ignore[arg-type]


def with_hub(day: Problem) -> Problem:
    return replace(day, hubs=(*day.hubs, hub("else", 10)))


def with_cutoffs(day: Problem, *cutoffs: Cutoff) -> Problem:
    return replace(day, hubs=(replace(day.hubs[0], cutoffs=cutoffs),))


def cold(day: Problem, least: float, most: float) -> Problem:
    reefer = with_truck(day, temperature=TemperatureRange(min_c=least, max_c=most))
    return with_lot(reefer, temperature=TemperatureRange(min_c=0, max_c=4))


def excluded(day: Problem) -> Problem:
    one, other = replace(day.pickups[0], groups=("x",)), replace(day.pickups[1], groups=("y",))
    return replace(day, pickups=(one, other, day.pickups[2]), exclusions=(Exclusion(group="y", other="x"),))


def related(day: Problem, kind: str, *pickups: str) -> Problem:
    return replace(day, relations=(Relation(kind=kind, pickups=pickups),))  # type: ignore[arg-type]


def loaded(day: Problem) -> Problem:
    aboard = LoadedLot(id="z", weight_g=1, crates=0, loaded_at_s=0)
    return replace(day, trucks=(day.trucks[0], replace(day.trucks[1], loaded=(aboard,))))


TIGHTENED: list[tuple[str, Rule, Callable[[Problem], Problem]]] = [
    ("truck takes less", Rule.WEIGHT, lambda d: with_truck(d, capacity_g=199_999)),
    ("truck takes fewer crates", Rule.CRATES, lambda d: with_truck(d, capacity_crates=19)),
    ("shift ends sooner", Rule.SHIFT, lambda d: with_truck(d, shift=window(0, 6))),
    ("shift begins later", Rule.SHIFT, lambda d: with_truck(d, shift=window(9, 20))),
    ("less driving allowed", Rule.DRIVING_TIME, lambda d: with_truck(d, max_driving_s=39 * MINUTE)),
    ("shorter day allowed", Rule.DURATION, lambda d: with_truck(d, max_duration_s=69 * MINUTE)),
    ("rest required", Rule.REST, lambda d: with_truck(d, rest=Rest(after_driving_s=30 * MINUTE, rest_s=MINUTE))),
    ("truck banned from the hub", Rule.ALLOWED_HUB, lambda d: with_truck(with_hub(d), hubs=("else",))),
    ("stops locked", Rule.LOCKED_STOPS, lambda d: with_truck(d, locked_stops=("b",))),
    ("lot banned from the hub", Rule.ALLOWED_HUB, lambda d: with_lot(with_hub(d), hubs=("else",))),
    ("deadline", Rule.DEADLINE, lambda d: with_lot(d, deadline_s=6 * HOUR)),
    ("ride limit", Rule.RIDE_LIMIT, lambda d: with_lot(d, ride_limit_s=49 * MINUTE)),
    ("release", Rule.TIME_WINDOW, lambda d: with_lot(d, release_s=9 * HOUR)),
    ("window", Rule.TIME_WINDOW, lambda d: with_lot(d, windows=(window(1, 2), window(10, 12)))),
    ("requirement", Rule.REQUIREMENT, lambda d: with_lot(d, requires=("tail lift",))),
    ("pinned truck", Rule.PINNED_TRUCK, lambda d: with_lot(d, trucks=("two",))),
    ("must ride cold", Rule.TEMPERATURE, lambda d: with_lot(d, temperature=TemperatureRange(min_c=2, max_c=8))),
    ("too warm a truck", Rule.TEMPERATURE, lambda d: cold(d, 10, 14)),
    ("excluded neighbour", Rule.EXCLUSION, excluded),
    ("cut-off", Rule.CUTOFF, lambda d: with_cutoffs(d, Cutoff(at_s=6 * HOUR))),
    ("small departures", Rule.CUTOFF, lambda d: with_cutoffs(d, Cutoff(at_s=20 * HOUR, capacity_g=199_999))),
    ("few crates leave", Rule.CUTOFF, lambda d: with_cutoffs(d, Cutoff(at_s=20 * HOUR, capacity_crates=19))),
    ("unloading takes longer", Rule.TIMES, lambda d: replace(d, hubs=(replace(d.hubs[0], unload_s=601),))),
    ("kept apart", Rule.RELATION, lambda d: related(d, "different_truck", "a", "b")),
    ("other order", Rule.RELATION, lambda d: related(d, "before", "b", "a")),
    ("b first", Rule.RELATION, lambda d: related(d, "first", "b")),
    ("a last", Rule.RELATION, lambda d: related(d, "last", "a")),
    ("something on board of another truck", Rule.LOADED_LOTS, loaded),
]


@pytest.mark.parametrize(("rule", "tighten"), [item[1:] for item in TIGHTENED], ids=[item[0] for item in TIGHTENED])
def test_a_plan_for_a_looser_day_is_refused_with_the_rule_named(
    rule: Rule, tighten: Callable[[Problem], Problem]
) -> None:
    assert rule in rules(tighten(DAY), plan_of(DAY, TOURS, LEFT_C))


def test_one_more_truck_at_a_hub_than_docks_is_refused() -> None:
    """Two trucks come in ten minutes apart and unload for half an hour each."""
    day = problem([lot("a", 10), lot("b", 20)], [truck("one"), truck("two")], [hub(unload_s=1800)])
    plan = plan_of(day, (Tour(0, (Trip((0,), 0),)), Tour(1, (Trip((1,), 0),))))
    assert rules(replace(day, hubs=(replace(day.hubs[0], docks=1),)), plan) == {Rule.DOCKS}
    assert rules(replace(day, hubs=(replace(day.hubs[0], docks=2),)), plan) == set()


def test_a_later_departure_takes_what_missed_the_first() -> None:
    """100 kg come in after twenty minutes and 100 after forty; the departure at thirty takes half of them."""
    day = problem([lot("a", 10), lot("b", 20)], [truck("one"), truck("two")])
    plan = plan_of(day, (Tour(0, (Trip((0,), 0),)), Tour(1, (Trip((1,), 0),))))
    first = Cutoff(at_s=30 * MINUTE, capacity_g=100_000)
    enough = with_cutoffs(day, first, Cutoff(at_s=HOUR, capacity_g=100_000))
    scarce = with_cutoffs(day, first, Cutoff(at_s=HOUR, capacity_g=99_999))
    assert rules(enough, plan) == set()
    assert rules(scarce, plan) == {Rule.CUTOFF}


def test_lots_that_must_share_a_truck_may_not_ride_on_two() -> None:
    day = problem([lot("a", 10), lot("b", 20)], [truck("one"), truck("two")])
    plan = plan_of(day, (Tour(0, (Trip((0,), 0),)), Tour(1, (Trip((1,), 0),))))
    assert rules(related(day, "same_truck", "a", "b"), plan) == {Rule.RELATION}


def test_a_rest_that_is_too_short_is_no_rest() -> None:
    resting = truck(rest=Rest(after_driving_s=4 * HOUR, rest_s=30 * MINUTE))
    day = problem([lot("a", 180)], [resting], [hub("h", 300)])
    plan = plan_of(day, (Tour(0, (Trip((0,), 0),)),))
    assert rules(day, plan) == set()
    (at,) = [number for number, stop in enumerate(plan.routes[0].stops) if stop.kind == "rest"]
    rest = plan.routes[0].stops[at]
    assert Rule.REST in rules(day, with_stop(plan, at, depart_s=rest.depart_s - 1))


def shifted(stop: Stop, seconds: int) -> Stop:
    return replace(
        stop,
        arrival_s=stop.arrival_s + seconds,
        start_s=stop.start_s + seconds,
        depart_s=stop.depart_s + seconds,
    )


def _swap(route: Route, one: int, other: int) -> Route:
    stops = list(route.stops)
    stops[one], stops[other] = stops[other], stops[one]
    return replace(route, stops=tuple(stops))


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(problems(), st.data())
def test_a_plan_changed_at_random_is_refused(day: Problem, data: st.DataObject) -> None:
    """One stop is moved in time so that it can't be reached or left in time, dropped, or changed with another."""
    instance = indexed(day)
    try:
        tours = greedy(instance)
    except StuckTruck:
        assume(False)
        return
    served = {number for tour in tours for trip in tour.trips for number in trip.pickups}
    left = [replace(LEFT_C, pickup=p.id) for number, p in enumerate(day.pickups) if number not in served]
    plan = assemble(instance, tours, left, Provenance(engine="greedy", problem_digest="", travel="given"))
    assume(plan.routes)
    assert not rules(day, plan)
    number = data.draw(st.integers(0, len(plan.routes) - 1))
    route = plan.routes[number]
    at = data.draw(st.integers(1, len(route.stops) - 1))
    how = data.draw(st.sampled_from(("earlier", "drop", "swap", "relabel")))
    stops = list(route.stops)
    if how == "earlier":
        stops[at] = shifted(stops[at], -stops[at].arrival_s + stops[at - 1].depart_s + stops[at].driving_s - 1)
    elif how == "drop":
        assume(stops[at].kind != "rest")
        del stops[at]
    elif how == "swap":
        other = data.draw(st.integers(1, len(route.stops) - 1))
        assume(stops[at].kind != stops[other].kind or stops[at].location != stops[other].location)
        stops = list(_swap(route, at, other).stops)
    else:
        assume(stops[at].kind == "pickup")
        stops[at] = replace(stops[at], pickup=None)
    routes = (*plan.routes[:number], replace(route, stops=tuple(stops)), *plan.routes[number + 1 :])
    assert rules(day, replace(plan, routes=routes))


def test_both_ends_of_a_window_are_inside_it() -> None:
    """A window may be one moment."""
    day = problem([lot("a", 10, windows=(TimeWindow(opens_s=HOUR, closes_s=HOUR),))])
    assert rules(day, plan_of(day, (Tour(0, (Trip((0,), 0),)),))) == set()
