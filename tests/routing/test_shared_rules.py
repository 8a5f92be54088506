"""What trucks share is kept in the final plan, whoever left it out on the way: relations, docks, departures, pins."""

from dataclasses import replace

import pytest

from routing.assemble import left_behind, tours_cost
from routing.benchmark.days import DayRules, collection_day
from routing.check import check
from routing.engines import Budget, restated
from routing.kernel import engine as kernel
from routing.mend import mend
from routing.model import engine as ortools
from routing.plan import Tours
from routing.problem import Cutoff, Problem, Relation, RelationKind
from routing.search import solve
from routing.travel import matrices
from tests.routing.small import HOUR, hub, indexed, lot, problem, truck, window

LOTS = [lot(f"lot{number}", 5 + 7 * number % 40, crates=20, weight_g=150_000) for number in range(10)]
DAY = problem(LOTS, [truck(f"t{number}", end="km0") for number in range(4)], [hub(unload_s=900), hub("far", 45)])


def related(kind: RelationKind, *names: str) -> Problem:
    return replace(DAY, relations=(Relation(kind=kind, pickups=names),))


def with_hub(day: Problem, **changes: object) -> Problem:
    return replace(day, hubs=(replace(day.hubs[0], **changes), *day.hubs[1:]))  # type: ignore[arg-type]


SHARED = {
    "same_truck": related("same_truck", "lot0", "lot5", "lot9"),
    "different_truck": related("different_truck", "lot0", "lot1", "lot6"),
    "before": related("before", "lot3", "lot8"),
    "first": related("first", "lot4"),
    "last": related("last", "lot7"),
    "one dock": with_hub(replace(DAY, hubs=DAY.hubs[:1]), docks=1, windows=(window(0, 3),)),
    "room on a departure": with_hub(
        replace(DAY, hubs=DAY.hubs[:1]),
        cutoffs=(Cutoff(at_s=2 * HOUR, capacity_crates=60), Cutoff(at_s=9 * HOUR, capacity_g=800_000)),
    ),
    "balance": replace(DAY, balance_cost_per_h_satang=50_000),
}


def kept(day: Problem, tours: Tours) -> bool:
    return isinstance(tours_cost(indexed(day), tours), int)


@pytest.mark.parametrize("name", SHARED)
def test_tours_that_leave_out_what_is_shared_are_mended_and_polished(name: str) -> None:
    """The kernel plans without it, mending makes its tours feasible, OR-Tools goes on and makes none worse."""
    day = SHARED[name]
    instance = indexed(day)
    nearest = restated("kernel", day)
    assert nearest is not None
    found = kernel.search(indexed(nearest), seconds=60, iterations=500).tours
    mended = mend(instance, found)
    cost = tours_cost(instance, mended)
    assert isinstance(cost, int)
    polished = ortools.search(instance, mended, Budget(3, iterations=100), lambda tours: None)
    better = tours_cost(instance, polished)
    assert isinstance(better, int)
    assert better <= cost
    if name not in ("room on a departure", "same_truck"):
        assert left_behind(instance, polished) == []


def test_the_cases_are_hard_enough_to_need_mending() -> None:
    """Without the rule, what is best breaks it: otherwise the test above would show nothing."""
    broken = 0
    for day in SHARED.values():
        nearest = restated("kernel", day)
        assert nearest is not None
        broken += not kept(day, kernel.search(indexed(nearest), seconds=60, iterations=500).tours)
    assert broken >= 3


def test_the_final_plan_keeps_all_of_them_at_once() -> None:
    day = replace(
        DAY,
        hubs=(replace(DAY.hubs[0], docks=1, cutoffs=(Cutoff(at_s=12 * HOUR, capacity_crates=120),)), DAY.hubs[1]),
        relations=(
            Relation(kind="same_truck", pickups=("lot0", "lot5")),
            Relation(kind="different_truck", pickups=("lot1", "lot6")),
            Relation(kind="before", pickups=("lot3", "lot8")),
            Relation(kind="first", pickups=("lot4",)),
        ),
        pickups=(*DAY.pickups[:9], replace(DAY.pickups[9], trucks=("t2",))),
        trucks=(*DAY.trucks[:3], replace(DAY.trucks[3], locked_stops=("lot2",))),
    )
    plan = solve(day, seconds=4, engine="auto")
    assert check(day, plan, matrices(day)).feasible
    assert plan.unserved == ()
    assert any(note.startswith("kernel can't state /hubs/0") for note in plan.provenance.notes)


def test_pins_to_a_truck_and_locked_stops_are_the_kernels_own() -> None:
    """A lot rides on the trucks it is pinned to; a locked stop stays the first, whatever it costs."""
    pinned = replace(DAY.pickups[9], trucks=("t2",))
    locked = replace(DAY.trucks[3], locked_stops=("lot2", "lot7"))
    day = replace(DAY, pickups=(*DAY.pickups[:9], pinned), trucks=(*DAY.trucks[:3], locked))
    tours = {t.truck: t for t in kernel.search(indexed(day), seconds=60, iterations=500).tours}
    assert 9 in [lot for trip in tours[2].trips for lot in trip.pickups]
    assert tours[3].trips[0].pickups[:2] == (2, 7)


def test_a_large_day_is_improved_part_by_part() -> None:
    """More lots than one model takes: docks, relations and all, the result is feasible and cheaper."""
    day = collection_day(160, 4, DayRules.FULL)
    day = replace(
        day,
        hubs=tuple(replace(hub, docks=6) for hub in day.hubs),
        relations=(Relation(kind="different_truck", pickups=("lot 3", "lot 9")),),
    )
    instance = indexed(day)
    start = mend(instance, ())
    before = tours_cost(instance, start)
    found = ortools.search(instance, start, Budget(60, iterations=60), lambda tours: None)
    after = tours_cost(instance, found)
    assert isinstance(before, int)
    assert isinstance(after, int)
    assert after < before
    again = ortools.search(instance, start, Budget(60, iterations=60), lambda tours: None)
    assert again == found, "equal seeds and numbers of solutions give equal tours"
