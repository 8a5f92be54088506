"""Compartments: who rides where, what they hold, and that solvers, timetable and check agree on it."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.assemble import assemble, tours_cost
from routing.check import check
from routing.engines import Budget
from routing.faults import Refused
from routing.greedy import greedy
from routing.model import engine as ortools
from routing.plan import Plan, Provenance, Tour, Trip
from routing.problem import Compartment, Exclusion, LoadedLot, Pickup, Problem, TemperatureRange
from routing.rules import Rule
from routing.search import solve
from routing.stowage import stowage
from routing.timetable import timetable
from routing.travel import matrices
from routing.validate import validate
from tests.routing.small import indexed, lot, problem, truck

FROZEN, CHILLED, WARM = (TemperatureRange(min_c=a, max_c=b) for a, b in ((-25.0, -18.0), (0.0, 5.0), (10.0, 15.0)))


def compartment(name: str, temperature: TemperatureRange | None = None, crates: int = 50) -> Compartment:
    return Compartment(id=name, capacity_g=600_000, capacity_crates=crates, temperature=temperature)


TWO = truck("two", compartments=(compartment("front", FROZEN), compartment("rear", CHILLED)))
ICE, MILK = lot("ice", 10, temperature=FROZEN), lot("milk", 20, temperature=CHILLED)


def plan_of(day: Problem) -> Plan:
    instance = indexed(day)
    return assemble(instance, greedy(instance), (), Provenance(engine="greedy", problem_digest="", travel="given"))


def rides(plan: Plan) -> dict[str | None, str | None]:
    return {stop.pickup: stop.compartment for route in plan.routes for stop in route.stops if stop.pickup}


def rules(day: Problem, plan: Plan) -> set[Rule]:
    return {violation.rule for violation in check(day, plan, matrices(day)).violations}


def swapped(plan: Plan, pickup: str, inside: str | None) -> Plan:
    route = plan.routes[0]
    stops = tuple(replace(stop, compartment=inside) if stop.pickup == pickup else stop for stop in route.stops)
    return replace(plan, routes=(replace(route, stops=stops),))


def test_two_temperatures_ride_on_one_truck() -> None:
    day = problem([ICE, MILK], [TWO])
    plan = plan_of(day)
    assert rides(plan) == {"ice": "front", "milk": "rear"}
    assert check(day, plan, matrices(day)).feasible


@pytest.mark.parametrize(
    ("inside", "rule"), [("rear", Rule.TEMPERATURE), ("attic", Rule.COMPARTMENT), (None, Rule.COMPARTMENT)]
)
def test_a_lot_in_the_wrong_place_is_refused(inside: str | None, rule: Rule) -> None:
    day = problem([ICE, MILK], [TWO])
    assert rule in rules(day, swapped(plan_of(day), "ice", inside))


def test_a_compartment_on_a_truck_without_any_is_refused() -> None:
    day = problem([lot("a", 10)])
    assert Rule.COMPARTMENT in rules(day, swapped(plan_of(day), "a", "front"))


def test_an_overfull_compartment_is_refused() -> None:
    """Both lots would fit on the truck, not into one half of it."""
    halves = truck(compartments=(compartment("front", crates=15), compartment("rear", crates=15)))
    day = problem([lot("a", 10), lot("b", 20)], [halves])
    plan = plan_of(day)
    assert sorted(map(str, rides(plan).values())) == ["front", "rear"]
    assert Rule.COMPARTMENT in rules(day, swapped(plan, "a", rides(plan)["b"]))


def test_excluded_lots_ride_in_compartments_of_their_own() -> None:
    halves = truck(compartments=(compartment("front"), compartment("rear")))
    lots = [
        lot("apple", 10, groups=("ethylene",)),
        lot("kiwi", 20, groups=("sensitive",)),
        lot("pear", 30, groups=("ethylene",)),
    ]
    day = problem(lots, [halves], exclusions=(Exclusion(group="ethylene", other="sensitive"),))
    plan = plan_of(day)
    found = rides(plan)
    assert found["apple"] == found["pear"] != found["kiwi"]
    assert Rule.EXCLUSION in rules(day, swapped(plan, "kiwi", found["apple"]))


def test_a_third_kind_that_fits_nowhere_stays_behind() -> None:
    day = problem([ICE, MILK, lot("mango", 15, temperature=WARM)], [TWO])
    assert isinstance(tours_cost(indexed(day), ()), int)
    assert timetable(indexed(day), Tour(0, (Trip((0, 1, 2), 0),))) in (Rule.COMPARTMENT, Rule.REQUIREMENT)
    assert set(rides(solve(day, engine="greedy"))) == {"ice", "milk"}


def test_life_is_lost_at_the_rate_of_the_compartment() -> None:
    """Uncooled an hour costs twice as much; the cooled half is chosen."""
    herbs = lot("herbs", 60, temperature=CHILLED, ambient_cost_per_h_satang=2_000, life_cost_per_h_satang=1_000)
    halves = truck(compartments=(compartment("open"), compartment("cool", CHILLED)))
    day = problem([herbs], [halves])
    plan = plan_of(day)
    assert rides(plan) == {"herbs": "cool"}
    assert plan.costs.life == 1_000
    assert check(day, plan, matrices(day)).feasible


def test_what_is_loaded_keeps_its_place() -> None:
    on = LoadedLot(id="on", weight_g=500_000, crates=45, loaded_at_s=0, compartment="rear", temperature=CHILLED)
    day = problem([ICE, MILK], [replace(TWO, loaded=(on,))])
    plan = solve(day, engine="greedy")
    assert set(rides(plan)) == {"ice"}
    assert check(day, plan, matrices(day)).feasible


def test_ortools_fills_compartments() -> None:
    """Six lots of two kinds, three crates' worth of room for each kind a truck: two trucks."""
    lots = [
        lot(f"{kind}{n}", 10 + 3 * n, crates=20, temperature=t)
        for n in range(3)
        for kind, t in (("i", FROZEN), ("m", CHILLED))
    ]
    day = problem(lots, [TWO, replace(TWO, id="too")])
    instance = indexed(day)
    tours = ortools.search(instance, greedy(instance), Budget(60, iterations=100), lambda tours: None)
    assert len(tours) == 2
    assert sum(len(trip.pickups) for tour in tours for trip in tour.trips) == 6


SIZES = st.lists(
    st.tuples(st.integers(1, 50), st.sampled_from((None, FROZEN, CHILLED)), st.sampled_from(((), ("x",), ("y",)))),
    max_size=6,
)


@settings(deadline=None)
@given(
    SIZES, st.lists(st.tuples(st.integers(10, 80), st.sampled_from((None, FROZEN, CHILLED))), min_size=1, max_size=3)
)
def test_a_packing_is_found_where_there_is_one(
    sizes: list[tuple[int, TemperatureRange | None, tuple[str, ...]]], spaces: list[tuple[int, TemperatureRange | None]]
) -> None:
    """Against every way to put the lots into the compartments."""
    lots = [lot(f"l{n}", n + 1, crates=c, weight_g=1, temperature=t, groups=g) for n, (c, t, g) in enumerate(sizes)]
    inside = tuple(
        Compartment(id=f"c{n}", capacity_g=100, capacity_crates=c, temperature=t) for n, (c, t) in enumerate(spaces)
    )
    day = problem(lots, [truck(compartments=inside)], exclusions=(Exclusion(group="x", other="y"),))
    instance = indexed(day)
    found = stowage(instance, instance.vehicles[0], range(len(lots)), first_trip=True)
    ways = [way for way in product(range(len(inside)), repeat=len(lots)) if _holds(lots, inside, way)]
    assert (found is not None) == bool(ways)
    assert found is None or tuple(found) in ways


def _holds(lots: list[Pickup], inside: tuple[Compartment, ...], way: tuple[int, ...]) -> bool:
    for number, space in enumerate(inside):
        mine = [one for one, where in zip(lots, way, strict=True) if where == number]
        ranges = [one.temperature for one in mine if one.temperature]
        if space.temperature is None and ranges:
            return False
        if space.temperature is not None and any(span != space.temperature for span in ranges):
            return False
        groups = {group for one in mine for group in one.groups}
        if sum(one.crates for one in mine) > space.capacity_crates or groups == {"x", "y"}:
            return False
    return True


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"compartments": (compartment("a"), compartment("a"))}, "/trucks/0/compartments/1/id"),
        ({"compartments": (compartment(" "),)}, "/trucks/0/compartments/0/id"),
        ({"compartments": (compartment("a", crates=-1),)}, "/trucks/0/compartments/0/capacity_crates"),
        ({"temperature": CHILLED}, "/trucks/0/temperature"),
        ({"loaded": (LoadedLot(id="on", weight_g=1, crates=1, loaded_at_s=0),)}, "/trucks/0/loaded/0/compartment"),
        (
            {"loaded": (LoadedLot(id="on", weight_g=1, crates=1, loaded_at_s=0, compartment="z"),)},
            "/trucks/0/loaded/0/compartment",
        ),
        (
            {"loaded": (LoadedLot(id="on", weight_g=1, crates=99, loaded_at_s=0, compartment="rear"),)},
            "/trucks/0/compartments/1",
        ),
    ],
)
def test_bad_compartments_are_named(changes: dict[str, object], pointer: str) -> None:
    with pytest.raises(Refused) as refused:
        validate(problem([lot("a", 10)], [replace(TWO, **changes)]))  # type: ignore[arg-type]
    assert pointer in [fault.pointer for fault in refused.value.faults]
