"""What pins cost: a named small day for each answer there is."""

from routing.greedy import greedy
from routing.pins import PinCost, pin_costs
from routing.plan import Tour, Trip
from tests.routing.small import indexed, lot, problem, truck

TRUCKS = [truck("near"), truck("far", start=80)]


def test_a_pin_on_the_wrong_truck_costs_the_detour() -> None:
    """The far truck would have to come 80 km anyway; with the lot pinned to it, it comes for this lot alone."""
    day = indexed(problem([lot("a", 10, trucks=("far",))], TRUCKS))
    tours = greedy(day)
    assert tours == (Tour(1, (Trip((0,), 0),)),)
    assert list(pin_costs(day, tours)) == [PinCost("a", "near", 8_000 - 2_000)]


def test_a_pin_on_the_best_truck_costs_nothing() -> None:
    day = indexed(problem([lot("a", 10, trucks=("near",))], TRUCKS))
    assert list(pin_costs(day, greedy(day))) == []


def test_a_lot_without_a_pin_is_not_looked_at() -> None:
    day = indexed(problem([lot("a", 10)], TRUCKS))
    assert list(pin_costs(day, (Tour(1, (Trip((0,), 0),)),))) == []


def test_what_another_truck_may_not_carry_does_not_count() -> None:
    """The near truck lacks the tail lift, so the pin on the far one is not what costs."""
    trucks = [truck("near"), truck("far", start=80, offers=("tail lift",))]
    day = indexed(problem([lot("a", 10, trucks=("far",), requires=("tail lift",))], trucks))
    assert list(pin_costs(day, greedy(day))) == []
