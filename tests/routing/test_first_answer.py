"""The first answer: feasible whoever gives it, and the greedy algorithm's where the kernel can't."""

import time
from dataclasses import replace

import pytest

from routing import first_answer as module
from routing.assemble import left_behind, tours_cost
from routing.benchmark.days import DayRules, collection_day
from routing.first_answer import first_answer
from routing.greedy import StuckTruck, greedy
from routing.kernel import engine
from routing.problem import LoadedLot
from tests.routing.small import indexed, lot, problem, truck


@pytest.mark.parametrize("rules", list(DayRules))
def test_the_compiled_insertion_answers_large_days(rules: DayRules, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is feasible, takes all that must be taken, and the greedy algorithm isn't asked."""
    instance = indexed(collection_day(300, 2, rules))
    engine.search(instance, seconds=60, stop=lambda: True)
    monkeypatch.setattr(module, "greedy", None)
    tours = first_answer(instance)
    assert isinstance(tours_cost(instance, tours), int)
    assert all(instance.problem.pickups[lot].penalty_satang is not None for lot in left_behind(instance, tours))


def test_the_greedy_algorithm_answers_what_the_kernel_cannot_state() -> None:
    day = collection_day(300, 2)
    instance = indexed(replace(day, hubs=tuple(replace(hub, docks=2, unload_s=600) for hub in day.hubs)))
    assert first_answer(instance) == greedy(instance)


def test_a_kernel_that_would_have_to_be_compiled_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    instance = indexed(collection_day(300, 2))
    monkeypatch.setattr(engine, "is_ready", lambda instance: False)
    assert first_answer(instance) == greedy(instance)


def test_when_time_is_over_what_has_been_placed_is_the_answer() -> None:
    instance = indexed(collection_day(300, 2, DayRules.FULL))
    engine.search(instance, seconds=60, stop=lambda: True)
    assert len(left_behind(instance, first_answer(instance, time.monotonic()))) == 300


def test_a_truck_that_cannot_do_what_it_must_is_named_by_both() -> None:
    late = LoadedLot(id="old", weight_g=1, crates=1, loaded_at_s=0, deadline_s=60)
    instance = indexed(problem([lot("a", 10)], [truck(start=50, loaded=(late,))]))
    with pytest.raises(StuckTruck):
        engine.first_tours(instance)
    with pytest.raises(StuckTruck):
        first_answer(instance)
