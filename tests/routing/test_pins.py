"""What pins cost: a named small day for each answer there is."""

from routing.greedy import greedy
from routing.pins import pin_costs
from routing.plan import PinCost, Tour, Trip
from tests.routing.small import indexed, lot, problem, truck

TRUCKS = [truck("near"), truck("far", start=80)]


def test_a_pin_on_the_wrong_truck_costs_the_detour() -> None:
    """The far truck would have to come 80 km anyway; with the lot pinned to it, it comes for this lot alone."""
    day = indexed(problem([lot("a", 10, trucks=("far",))], TRUCKS))
    tours = greedy(day)
    assert tours == (Tour(1, (Trip((0,), 0),)),)
    assert list(pin_costs(day, tours)) == [PinCost(pickup="a", truck="near", saving_satang=8_000 - 2_000)]


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


def test_a_locked_stop_that_makes_the_truck_turn_back_costs_the_way() -> None:
    """The truck would pass the lot on its way home; locked as its first stop, it makes the truck drive there twice."""
    lots = [lot("near", 10, windows=()), lot("far", 30)]
    day = indexed(problem(lots, [truck("only", start=40, locked_stops=("near",))]))
    tours = (Tour(0, (Trip((0, 1), 0),)),)
    assert list(pin_costs(day, tours)) == [PinCost(pickup="near", truck="only", saving_satang=4_000)]
