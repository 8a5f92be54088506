"""From problem to plan: limits, fallbacks when the child fails, and what is refused. Children are real processes."""

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from routing import worker
from routing.check import check
from routing.child import Offered
from routing.engines import Budget
from routing.faults import Refused
from routing.plan import Plan, Tour, Trip
from routing.problem import LoadedLot, Problem, Relation
from routing.search import Progress, solve
from routing.travel import GreatCircle, matrices
from tests.routing.small import HOUR, hub, indexed, lot, problem, truck, window

DAY = problem(
    [lot(f"lot{number}", 10 + number % 7 * 5, crates=20, windows=(window(number % 3, 9),)) for number in range(12)],
    [truck("one"), truck("two"), truck("three", fixed_cost_satang=2_000)],
    [hub(), hub("far", 50)],
)


def feasible(day: Problem, plan: Plan) -> bool:
    return check(day, plan, matrices(day)).feasible


def searches() -> list[psutil.Process]:
    return [
        child for child in psutil.Process().children(recursive=True) if "routing.child" in " ".join(child.cmdline())
    ]


def until_improved(**how: Any) -> Plan:
    """A search that ends as soon as it beats the greedy plan: quick, and patient on a busy machine."""
    engines: set[str] = set()
    return solve(
        DAY,
        seconds=60,
        on_progress=lambda progress: engines.add(progress.engine),
        stop=lambda: bool(engines - {"greedy"}),
        **how,
    )


def test_ortools_improves_on_the_greedy_plan() -> None:
    greedy, found = solve(DAY, engine="greedy"), until_improved(engine="ortools")
    assert feasible(DAY, found)
    assert found.provenance.engine == "ortools"
    assert found.costs.total < greedy.costs.total
    assert searches() == []


def test_two_workers_search_side_by_side() -> None:
    plan = until_improved(engine="ortools", workers=2)
    assert feasible(DAY, plan)
    assert plan.provenance.engine == "ortools"
    assert searches() == []


def test_auto_takes_ortools_where_the_kernel_cannot_state_a_rule() -> None:
    day = replace(DAY, relations=(Relation(kind="different_truck", pickups=("lot0", "lot7")),))
    plan = solve(day, engine="auto", seconds=4)
    assert feasible(day, plan)
    assert plan.provenance.engine == "ortools"
    assert any(note.startswith("kernel can't state /relations/0") for note in plan.provenance.notes)


def test_an_engine_that_cannot_state_a_rule_refuses_it() -> None:
    with pytest.raises(Refused) as refused:
        solve(replace(DAY, hubs=(replace(DAY.hubs[0], docks=1), DAY.hubs[1])), engine="kernel", seconds=20)
    assert [fault.pointer for fault in refused.value.faults] == ["/hubs/0/docks"]


def test_every_better_answer_is_told() -> None:
    told: list[Progress] = []
    plan = solve(DAY, engine="ortools", seconds=2, on_progress=told.append)
    assert told[0].engine == "greedy"
    costs = [progress.cost_satang for progress in told]
    assert costs == sorted(costs, reverse=True)
    assert plan.costs.total <= costs[-1]


def test_stopping_keeps_the_best_so_far() -> None:
    """The search is given an hour and stopped at the first better answer."""
    told: list[Progress] = []
    plan = solve(DAY, engine="ortools", seconds=3600, on_progress=told.append, stop=lambda: len(told) > 1)
    assert feasible(DAY, plan)
    assert plan.costs.total <= told[-1].cost_satang
    assert searches() == []


def test_a_killed_child_leaves_the_greedy_plan_and_says_so() -> None:
    def kill() -> bool:
        for child in searches():
            child.kill()
        return False

    plan = solve(DAY, engine="ortools", seconds=60, stop=kill)
    assert feasible(DAY, plan)
    assert plan.provenance.engine == "greedy"
    assert any("signal 9" in note for note in plan.provenance.notes)


def test_a_child_that_takes_too_much_memory_is_ended() -> None:
    plan = solve(DAY, engine="ortools", seconds=60, memory_bytes=1 << 20)
    assert feasible(DAY, plan)
    assert any("memory" in note for note in plan.provenance.notes)


def test_a_child_that_overruns_is_ended() -> None:
    instance = indexed(DAY)
    child = worker.start("ortools", DAY, instance.matrices, (), Budget(3600), kill_at=time.monotonic())
    worker.follow([child], lambda tours: None, lambda: False)
    assert "did not keep its time" in child.outcome.failure
    assert not psutil.pid_exists(child.process.pid)


def test_a_child_that_fails_says_why() -> None:
    instance = indexed(DAY)
    child = worker.start("no such engine", DAY, instance.matrices, (), Budget(9), kill_at=time.monotonic() + 60)
    worker.follow([child], lambda tours: None, lambda: False)
    assert "KeyError" in child.outcome.failure


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"seconds": 0}, "seconds"),
        ({"seconds": -1}, "seconds"),
        ({"seconds": float("nan")}, "seconds"),
        ({"seconds": float("inf")}, "seconds"),
        ({"workers": 0}, "workers"),
        ({"workers": 1000}, "workers"),
        ({"seed": -1}, "seed"),
        ({"engine": "magic"}, "engine"),
        ({"iterations": 0}, "iterations"),
    ],
)
def test_arguments_out_of_range_are_refused(arguments: dict, name: str) -> None:  # type: ignore[type-arg]
    with pytest.raises(Refused) as refused:
        solve(DAY, **arguments)
    assert [fault.pointer for fault in refused.value.faults] == [name]


def test_a_bad_problem_is_refused_before_any_search() -> None:
    with pytest.raises(Refused):
        solve(replace(DAY, trucks=()))


def test_a_truck_that_cannot_deliver_what_it_carries_is_named() -> None:
    late = LoadedLot(id="old", weight_g=1, crates=1, loaded_at_s=0, deadline_s=60)
    with pytest.raises(Refused) as refused:
        solve(problem([lot("a", 10)], [truck(start=50, loaded=(late,))]), engine="greedy")
    (fault,) = refused.value.faults
    assert fault.pointer == "/trucks/0/loaded"
    assert "loaded_lots" in fault.detail


def test_a_day_without_lots_has_a_plan() -> None:
    plan = solve(problem([]), seconds=5)
    assert plan.routes == ()
    assert plan.costs.total == 0


def test_the_same_problem_gives_the_same_greedy_plan() -> None:
    one, other = solve(DAY, engine="greedy"), solve(DAY, engine="greedy")
    assert one.routes == other.routes


def test_travel_may_be_made_before() -> None:
    """Tables that were fetched once serve many searches."""
    tables = matrices(DAY, GreatCircle())
    assert solve(DAY, engine="greedy", tables=tables).routes == solve(DAY, engine="greedy").routes


def test_times_stay_inside_the_day_they_are_asked_for() -> None:
    plan = solve(problem([lot("a", 10)], [truck(shift=window(8, 9))]), engine="greedy")
    (route,) = plan.routes
    assert route.stops[0].arrival_s >= 8 * HOUR
    assert route.stops[-1].depart_s <= 9 * HOUR


def test_a_worker_is_offered_the_best_of_the_others() -> None:
    """The parent lays out what it holds for best; a child finds it once, however often it looks."""
    instance = indexed(DAY)
    best, own = ((Tour(0, (Trip((0,), 0),)),), (Tour(1, (Trip((1,), 1),)),))
    child = worker.start("kernel", DAY, instance.matrices, (), Budget(3600), kill_at=time.monotonic() + 60)
    try:
        offered = Offered(Path(child.folder.name) / worker.OFFER)
        assert offered() is None
        child.outcome.best = own
        worker.Exchange(0, lambda: best).take_place([child])
        assert offered() == best
        assert offered() is None
        child.outcome.best = best
        worker.Exchange(0, lambda: best).take_place([child])
        assert offered() is None, "it is the child's own"
    finally:
        child.stop()
