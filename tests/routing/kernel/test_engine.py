"""What the kernel promises as an engine: sound tours at the cost it claims, repeatable, on time, never worse."""

from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings

from routing.assemble import left_behind, tours_cost
from routing.benchmark.days import DayRules, collection_day
from routing.benchmark.measure import planned
from routing.check import check
from routing.engines import Budget
from routing.faults import Refused
from routing.greedy import StuckTruck, greedy
from routing.instance import Instance
from routing.kernel import adapter
from routing.kernel.chance import seeded
from routing.kernel.engine import PLAIN_ORDERS, RICH_SIZES, Progress, engine, search
from routing.kernel.search_loop import Habits, Pace, adopt, run
from routing.kernel.state import CURRENT, empty_state
from routing.model import accepts
from routing.plan import Tour, Tours, Trip
from routing.problem import Exclusion, Hub, Problem, Relation
from routing.validate import validate
from tests.routing.random_problems import problems
from tests.routing.small import indexed, lot, problem, truck

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


def answerable(day: Problem) -> tuple[Instance, Tours]:
    """The indexed day and a greedy start, for days that the kernel can state."""
    assume(not engine.unsupported(day))
    try:
        validate(day)
        instance = indexed(day)
        return instance, greedy(instance)
    except (Refused, StuckTruck):
        assume(False)
        raise


@settings(max_examples=150, deadline=None, suppress_health_check=SLOW)
@given(problems(shared=False))
def test_tours_pass_the_check_at_the_cost_that_was_kept_up_to_date(day: Problem) -> None:
    """The incremental cost is that of the timetable made from scratch, but for half a satang in each rounded part."""
    instance, start = answerable(day)
    found = search(instance, seconds=60, iterations=150, start=start)
    cost, before = tours_cost(instance, found.tours), tours_cost(instance, start)
    assert isinstance(cost, int)
    assert isinstance(before, int)
    parts = 4 * len(instance.vehicles) + 2 * len(instance.lots)
    assert abs(cost - found.cost_satang) <= parts
    assert cost <= before + parts
    assert not check(day, planned(instance, found.tours), instance.matrices).violations


@pytest.mark.parametrize("rules", list(DayRules))
def test_labels_and_costs_are_those_of_a_recomputation(rules: DayRules) -> None:
    """After a thousand iterations of changes and undone changes, nothing differs from labels made from scratch."""
    instance = indexed(collection_day(60, 5, rules))
    arrays = adapter.given(instance)
    state = empty_state(arrays, seeded(1))
    adopt(arrays, state)
    waiting = state.scratch.absent[: len(instance.lots)].copy()
    habits = Habits(0.01, 0.2, 1e6, 0.2, np.cumsum(PLAIN_ORDERS))
    run(arrays, state, RICH_SIZES, habits, Pace(1e7, 1.0), waiting, 1_000)
    kept = [table.copy() for table in state.now]
    cost = int(state.tally[CURRENT])
    assert adopt(arrays, state)
    assert state.tally[CURRENT] == cost
    served = state.now.stops["route"] >= 0
    used = state.now.routes["size"] > 0
    stops, rides, routes, days = kept
    # A first stop's `previous` is any anchor.
    stops["previous"] = np.maximum(stops["previous"], arrays.anchors)
    state.now.stops["previous"] = np.maximum(state.now.stops["previous"], arrays.anchors)
    assert (stops[served] == state.now.stops[served]).all()
    assert (rides[served] == state.now.rides[served]).all()
    assert (routes[used] == state.now.routes[used]).all()
    assert (days == state.now.days).all()


def test_the_lean_program_keeps_its_labels_too() -> None:
    day = problem([lot(str(number), 3 * number + 1, crates=0, service_s=60) for number in range(30)],
                  [truck(str(number), end="km0", capacity_crates=0) for number in range(9)])  # fmt: skip
    arrays = adapter.given(indexed(day))
    assert arrays.rules is None
    state = empty_state(arrays, seeded(1))
    adopt(arrays, state)
    waiting = state.scratch.absent[:30].copy()
    run(arrays, state, RICH_SIZES, Habits(0.01, 0.0, 0.0, 0.0, np.cumsum(PLAIN_ORDERS)), Pace(1e6, 1.0), waiting, 500)
    stops, cost = state.now.stops.copy(), int(state.tally[CURRENT])
    assert adopt(arrays, state)
    assert state.tally[CURRENT] == cost
    for name in ("next", "departure", "latest", "leg_m", "route"):
        assert (stops[name][arrays.anchors :] == state.now.stops[name][arrays.anchors :]).all(), name


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


@settings(max_examples=40, deadline=None, suppress_health_check=SLOW)
@given(problems(most_pickups=3, shared=False))
def test_the_best_plan_of_a_tiny_day_is_found(day: Problem) -> None:
    """Against every plan there is, where trucks make one trip."""
    assume(all(t.max_trips == 1 and not t.loaded for t in day.trucks))
    assume(len(day.trucks) * len(day.hubs) <= 4)
    instance, start = answerable(day)
    costs = [cost for cost in (tours_cost(instance, tours) for tours in all_plans(instance)) if isinstance(cost, int)]
    found = tours_cost(instance, search(instance, seconds=60, iterations=3_000, start=start).tours)
    assert isinstance(found, int)
    assert min(costs) <= found <= min(costs) + 4 * len(instance.vehicles) + 2 * len(instance.lots)


@pytest.mark.parametrize("rules", [DayRules.CORE, DayRules.FULL])
def test_equal_seeds_and_iterations_give_equal_tours(rules: DayRules) -> None:
    instance = indexed(collection_day(40, 3, rules))
    one, other = (search(instance, seconds=60, iterations=2_500, seed=7) for _ in range(2))
    assert one.tours == other.tours
    assert one.cost_satang == other.cost_satang
    assert one.iterations == other.iterations == 2_500


def test_another_seed_searches_elsewhere() -> None:
    instance = indexed(collection_day(60, 3, DayRules.FULL))
    found = {search(instance, seconds=60, iterations=50, seed=seed).tours for seed in range(3)}
    assert len(found) > 1


def test_it_starts_from_the_tours_given_and_is_never_worse() -> None:
    instance = indexed(collection_day(40, 1, DayRules.FULL))
    good = search(instance, seconds=60, iterations=3_000)
    again = search(instance, seconds=60, iterations=1, start=good.tours)
    assert again.first_cost_satang == good.cost_satang
    assert again.cost_satang <= good.cost_satang


def test_stop_ends_it_with_what_it_has() -> None:
    instance = indexed(collection_day(40, 1))
    found = search(instance, seconds=60, stop=lambda: True)
    assert found.iterations == 0
    assert left_behind(instance, found.tours) == []


def test_progress_is_told_and_costs_fall() -> None:
    instance = indexed(collection_day(40, 1))
    told: list[Progress] = []
    found = search(instance, seconds=60, iterations=6_000, on_progress=told.append)
    costs = [one.cost_satang for one in told]
    assert costs == sorted(costs, reverse=True)
    assert costs[-1] == found.cost_satang
    assert [one.iterations for one in told] == [2_000, 4_000, 6_000]


def test_better_tours_are_reported_and_the_last_ones_are_the_result() -> None:
    instance = indexed(collection_day(30, 2))
    reported: list[Tours] = []
    found = engine.search(instance, greedy(instance), Budget(60, iterations=4_000), reported.append)
    costs = [tours_cost(instance, tours) for tours in reported]
    assert costs == sorted(costs, key=int, reverse=True)
    assert reported[-1] == found


def test_what_the_kernel_cannot_state_is_named_with_its_place() -> None:
    day = problem([lot("a", 1), lot("b", 2)], hubs=[Hub(id="h", location="km0", docks=1)],
                  relations=(Relation(kind="before", pickups=("a", "b")),))  # fmt: skip
    assert [fault.pointer for fault in engine.unsupported(day)] == ["/relations/0", "/hubs/0/docks"]
    assert engine.unsupported(collection_day(10, 1, DayRules.FULL)) == ()


def test_sixty_two_product_classes_are_planned_and_one_more_is_refused() -> None:
    """Each class excludes the one before it: the highest bit in use decides."""
    lots = [lot(f"p{number}", number + 1, crates=1, weight_g=1, groups=(f"g{number}",)) for number in range(63)]
    pairs = tuple(Exclusion(group=f"g{number}", other=f"g{number + 1}") for number in range(62))
    trucks = [truck("one"), truck("two")]
    day = problem(lots[:62], trucks, exclusions=pairs[:61])
    assert engine.unsupported(day) == ()
    found = search(indexed(day), seconds=60, iterations=300)
    assert left_behind(indexed(day), found.tours) == []
    assert [fault.pointer for fault in engine.unsupported(problem(lots, trucks, exclusions=pairs))] == ["/pickups"]


def test_tours_offered_by_another_search_are_taken_where_they_are_better() -> None:
    """A search that starts from nothing but its first tours goes on from the good ones, and never from worse."""
    instance = indexed(collection_day(60, 1, DayRules.FULL))
    good = search(instance, seconds=60, iterations=6_000)
    offers = [None, good.tours]
    taken = search(instance, seconds=60, iterations=1, seed=5, offered=lambda: offers.pop() if offers else None)
    assert taken.cost_satang <= good.cost_satang
    bad = search(instance, seconds=60, iterations=1)
    kept = search(instance, seconds=60, iterations=1, start=good.tours, offered=lambda: bad.tours)
    assert kept.cost_satang <= good.cost_satang


@settings(max_examples=30, deadline=None, suppress_health_check=SLOW)
@given(problems(shared=False))
def test_the_ortools_model_takes_the_kernels_tours(day: Problem) -> None:
    instance, start = answerable(day)
    assert accepts(instance, search(instance, seconds=60, iterations=60, start=start).tours)
