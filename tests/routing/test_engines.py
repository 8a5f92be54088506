"""Whatever answers, on random small days with every rule: the independent check accepts it at its cost."""

from itertools import combinations, permutations, product

import pytest
from hypothesis import HealthCheck, assume, given, settings

from routing.assemble import assemble, digest, left_behind, tours_cost
from routing.check import check
from routing.engines import Budget
from routing.explain import explain
from routing.faults import Refused
from routing.greedy import StuckTruck, greedy
from routing.instance import Instance
from routing.model import accepts
from routing.model import engine as ortools
from routing.plan import Plan, Provenance, Tour, Tours, Trip
from routing.problem import Cutoff, Exclusion, Problem, Relation, RelationKind
from routing.rules import Rule
from routing.travel import matrices
from routing.validate import validate
from tests.routing.random_problems import problems
from tests.routing.small import hub, indexed, lot, problem, truck, window

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


def planned(instance: Instance, tours: Tours) -> Plan:
    provenance = Provenance(engine="greedy", problem_digest=digest(instance.problem), travel=instance.matrices.source)
    return assemble(instance, tours, explain(instance, tours).unserved, provenance)


def first_answer(day: Problem) -> tuple[Instance, Tours]:
    instance = indexed(day)
    try:
        return instance, greedy(instance)
    except StuckTruck:
        assume(False)
        raise


def accepted(day: Problem, instance: Instance, tours: Tours) -> None:
    plan = planned(instance, tours)
    verdict = check(day, plan, matrices(day))
    assert not verdict.violations, [str(violation) for violation in verdict.violations]
    assert verdict.costs.total == plan.costs.total == tours_cost(instance, tours)
    assert {item.pickup for item in plan.unserved} == {day.pickups[lot].id for lot in left_behind(instance, tours)}
    assert all(item.reason for item in plan.unserved)


@settings(max_examples=100, deadline=None, suppress_health_check=SLOW)
@given(problems())
def test_the_greedy_plan_passes_the_check(day: Problem) -> None:
    if not contradicts(day):
        validate(day)
        accepted(day, *first_answer(day))


def contradicts(day: Problem) -> bool:
    """Whether pins and relations of the day are refused, and nothing else of it."""
    try:
        validate(day)
    except Refused as refused:
        return all(fault.pointer.startswith("/relations") for fault in refused.faults)
    return False


@settings(max_examples=25, deadline=None, suppress_health_check=SLOW)
@given(problems())
def test_the_ortools_plan_passes_the_check_and_is_no_worse_than_its_start(day: Problem) -> None:
    instance, start = first_answer(day)
    tours = ortools.search(instance, start, Budget(0.15), lambda tours: None)
    accepted(day, instance, tours)
    before, after = tours_cost(instance, start), tours_cost(instance, tours)
    assert isinstance(before, int)
    assert isinstance(after, int)
    assert after <= before


def all_plans(instance: Instance) -> list[Tours]:
    """Every set of single-trip tours: who serves whom, in which order, to which hub."""
    lots, trucks, hubs = range(len(instance.lots)), range(len(instance.vehicles)), range(len(instance.depots))
    found = []
    for owner in product((None, *trucks), repeat=len(lots)):
        choices = []
        for number in trucks:
            mine = [one for one in lots if owner[one] == number]
            orders = [(Trip(order, where),) for order in permutations(mine) for where in hubs] if mine else [()]
            choices.append([Tour(number, trips) for trips in orders])
        found += [tuple(tour for tour in tours if tour.trips) for tours in product(*choices)]
    return found


@settings(max_examples=12, deadline=None, suppress_health_check=SLOW)
@given(problems(most_pickups=3))
def test_ortools_finds_the_best_plan_of_a_tiny_day(day: Problem) -> None:
    """Against every plan there is, where trucks make one trip and travel obeys the triangle inequality."""
    assume(all(t.max_trips == 1 and not t.loaded for t in day.trucks))
    assume(len(day.trucks) * len(day.hubs) <= 4)
    instance, start = first_answer(day)
    costs = [cost for cost in (tours_cost(instance, tours) for tours in all_plans(instance)) if isinstance(cost, int)]
    found = tours_cost(instance, ortools.search(instance, start, Budget(0.3), lambda tours: None))
    assert isinstance(found, int)
    assert found >= min(costs)
    soft = day.balance_cost_per_h_satang or any(p.lateness or p.life_cost_per_h_satang for p in day.pickups)
    if not soft and not any(p.ambient_cost_per_h_satang for p in day.pickups) and not any(t.rest for t in day.trucks):
        assert found <= min(costs) * 1.1


def solved(day: Problem) -> Tours:
    instance, start = first_answer(day)
    return ortools.search(instance, start, Budget(0.4), lambda tours: None)


def test_the_hub_is_chosen_by_the_solver() -> None:
    """The truck ends at the hub that is on its way, not at the one it came from."""
    day = problem([lot("a", 30), lot("b", 50)], [truck(start=20)], [hub("near", 20), hub("far", 60)])
    assert solved(day) == (Tour(0, (Trip((0, 1), 1),)),)


def test_two_trips_are_made_when_the_load_asks_for_them() -> None:
    """Two full loads and one truck."""
    day = problem(
        [lot("a", 10, weight_g=900_000), lot("b", 12, weight_g=900_000)], [truck(max_trips=2)], [hub(unload_s=600)]
    )
    (tour,) = solved(day)
    assert sorted(trip.pickups for trip in tour.trips) == [(0,), (1,)]


def test_a_mandatory_lot_is_taken_at_any_cost() -> None:
    day = problem([lot("far", 600, penalty_satang=None)])
    assert left_behind(indexed(day), solved(day)) == []


def test_a_lot_that_costs_more_than_it_is_worth_stays_behind() -> None:
    day = problem([lot("far", 90, penalty_satang=17_999)])
    assert solved(day) == ()


def test_a_cheap_order_against_the_windows_is_not_taken() -> None:
    """The far lot is ready first: the truck drives past the near one and takes it on the way back."""
    day = problem([lot("near", 10, windows=(window(5, 6),)), lot("far", 60, windows=(window(2, 3),))])
    assert solved(day) == (Tour(0, (Trip((1, 0), 0),)),)


@pytest.mark.parametrize("pair", list(combinations(range(3), 2)))
def test_excluded_lots_are_kept_apart(pair: tuple[int, int]) -> None:
    """Two of three lots may not ride together: there are two trucks, and both are used."""
    groups = [("x",) if number == pair[0] else ("y",) if number == pair[1] else () for number in range(3)]
    day = problem(
        [lot(name, 10 + 10 * number, groups=groups[number]) for number, name in enumerate("abc")],
        [truck("one"), truck("two")],
        exclusions=(Exclusion(group="x", other="y"),),
    )
    tours = solved(day)
    assert left_behind(indexed(day), tours) == []
    assert not any(set(pair) <= set(trip.pickups) for tour in tours for trip in tour.trips)


def test_the_model_survives_a_day_on_which_nothing_is_possible() -> None:
    """Every lot's window lies after every shift."""
    day = problem([lot("a", 10, windows=(window(30, 31),))])
    assert solved(day) == ()
    assert tours_cost(indexed(day), ()) == 100_000
    assert not isinstance(tours_cost(indexed(day), ()), Rule)


def test_with_one_dock_the_second_truck_comes_in_later() -> None:
    """Both would come in within ten minutes of each other; unloading takes half an hour."""
    day = problem(
        [lot("a", 10, crates=100), lot("b", 15, crates=100)],
        [truck("one"), truck("two")],
        [hub(unload_s=1800, docks=1)],
    )
    plan = planned(indexed(day), solved(day))
    starts = sorted(route.stops[-1].start_s for route in plan.routes)
    assert len(starts) == 2
    assert starts[1] - starts[0] >= 1800
    assert check(day, plan, matrices(day)).feasible


def test_what_no_departure_has_room_for_stays_behind() -> None:
    day = problem(
        [lot("a", 10), lot("b", 15, penalty_satang=90_000)],
        hubs=[hub(cutoffs=(Cutoff(at_s=3600, capacity_g=150_000),))],
    )
    tours = solved(day)
    assert left_behind(indexed(day), tours) == [1]
    (item,) = planned(indexed(day), tours).unserved
    assert item.rule == Rule.CUTOFF.value
    assert item.relaxation.startswith("unlimited room on the departures from hub hub")


@pytest.mark.parametrize(
    ("kind", "pickups"),
    [
        ("same_truck", ("a", "c")),
        ("different_truck", ("a", "b")),
        ("before", ("c", "a")),
        ("first", ("b",)),
        ("last", ("c",)),
    ],
)
def test_relations_are_kept_by_the_model(kind: RelationKind, pickups: tuple[str, ...]) -> None:
    """Each relation is against what would be cheapest: all on one truck, the nearest last or first."""
    day = problem(
        [lot("a", 10), lot("b", 20), lot("c", 30)],
        [truck("one"), truck("two")],
        relations=(Relation(kind=kind, pickups=pickups),),
    )
    tours = solved(day)
    assert left_behind(indexed(day), tours) == []
    accepted(day, indexed(day), tours)


@settings(max_examples=40, deadline=None, suppress_health_check=SLOW)
@given(problems())
def test_the_ortools_model_accepts_what_the_timetable_does(day: Problem) -> None:
    """It states no rule more strictly: what another engine hands over is a start for it, whatever the rules."""
    assume(not contradicts(day) and not any(profile.time_factors for profile in day.profiles))
    instance, tours = first_answer(day)
    assert accepts(instance, tours)
