"""The greedy answer uses the fleet that is there."""

from routing.assemble import left_behind
from routing.greedy import greedy
from routing.instance import index
from routing.travel import matrices
from tests.routing.small import hub, lot, problem, truck


def test_full_trucks_nearby_do_not_keep_a_free_truck_at_home() -> None:
    """Sixty lots in one place, each half a truck: all ride, though places beside the others are full and cheaper."""
    lots = [lot(f"lot{number}", at=5, weight_g=500_000, crates=1) for number in range(60)]
    trucks = [truck(f"truck{number}", fixed_cost_satang=1_000) for number in range(30)]
    day = problem(lots, trucks, [hub()])
    instance = index(day, matrices(day))
    assert left_behind(instance, greedy(instance)) == []
