"""The kernel on small days that one rule decides, each a sentence."""

import pytest

from routing.assemble import left_behind, tours_cost
from routing.kernel.engine import Outcome, search
from routing.plan import Tour, Tours, Trip
from routing.problem import (
    Exclusion,
    Lateness,
    LoadedLot,
    Overtime,
    Problem,
    Rest,
    TemperatureRange,
    TravelProfile,
)
from tests.routing.small import HOUR, MINUTE, hub, indexed, lot, problem, truck, window

ITERATIONS = 400


def outcome(day: Problem) -> Outcome:
    """The kernel's answer, after the one cost that it claims was found to be the plan's."""
    found = search(indexed(day), seconds=60, iterations=ITERATIONS)
    cost = tours_cost(indexed(day), found.tours)
    assert isinstance(cost, int)
    assert abs(cost - found.cost_satang) <= len(day.pickups)
    return found


def solved(day: Problem) -> Tours:
    return outcome(day).tours


def test_one_truck_takes_what_lies_on_its_way() -> None:
    day = problem([lot("a", 10), lot("b", 20), lot("c", 30)])
    assert outcome(day).cost_satang == 6_000


def test_capacity_in_crates_sends_a_second_truck() -> None:
    day = problem([lot("a", 10, crates=60), lot("b", 20, crates=60)], [truck("one"), truck("two")])
    assert len(solved(day)) == 2


def test_a_lot_that_costs_more_than_it_is_worth_stays_behind() -> None:
    assert solved(problem([lot("far", 90, penalty_satang=17_999)])) == ()


def test_a_mandatory_lot_is_taken_at_any_cost() -> None:
    day = problem([lot("far", 600, penalty_satang=None)])
    assert left_behind(indexed(day), solved(day)) == []


def test_with_too_few_trucks_the_cheapest_lot_stays_behind() -> None:
    lots = [lot(name, 10, crates=100, penalty_satang=value) for name, value in (("a", 9_000), ("b", 5_000))]
    day = problem(lots)
    assert left_behind(indexed(day), solved(day)) == [1]


def test_a_window_that_opens_late_makes_the_truck_drive_past() -> None:
    """The far lot is ready first: the truck drives past the near one and takes it on the way back."""
    day = problem([lot("near", 10, windows=(window(5, 6),)), lot("far", 60, windows=(window(2, 3),))])
    assert solved(day) == (Tour(0, (Trip((1, 0), 0),)),)


def test_the_second_window_of_a_day_is_used() -> None:
    """The first windows of both lots overlap, and are an hour's drive apart."""
    lots = [lot("a", 10, windows=(window(1, 1.1), window(8, 9))), lot("b", 70, windows=(window(1, 1.5),))]
    assert left_behind(indexed(problem(lots)), solved(problem(lots))) == []


def test_between_two_windows_nothing_can_be_loaded() -> None:
    """The hull of the windows would do; the truck comes on shift between them and must be done before the second."""
    lots = [lot("a", 10, windows=(window(1, 2), window(8, 9)))]
    assert solved(problem(lots, [truck(shift=window(3, 7))])) == ()


def test_waiting_counts_in_the_ride() -> None:
    """Loading first and waiting for the second lot would be shorter, but the first would ride for three hours."""
    lots = [lot("a", 10, windows=(window(1, 2),), ride_limit_s=2 * HOUR), lot("b", 20, windows=(window(4, 5),))]
    day = problem(lots, [truck("one"), truck("two")])
    assert len(solved(day)) == 2


def test_loading_late_shortens_the_ride() -> None:
    """The same with a window that stays open: the lot is loaded just before the other."""
    lots = [lot("a", 10, windows=(window(1, 4.5),), ride_limit_s=2 * HOUR), lot("b", 20, windows=(window(4, 5),))]
    day = problem(lots, [truck("one"), truck("two")])
    assert len(solved(day)) == 1


def test_a_deadline_is_of_unloading() -> None:
    lots = [lot("a", 30, deadline_s=50 * MINUTE), lot("b", 10, deadline_s=50 * MINUTE)]
    assert left_behind(indexed(problem(lots)), solved(problem(lots))) == [0]


def test_excluded_lots_ride_apart() -> None:
    lots = [lot("a", 10, groups=("x",)), lot("b", 20, groups=("y",)), lot("c", 30, groups=("x",))]
    day = problem(lots, [truck("one"), truck("two")], exclusions=(Exclusion(group="x", other="y"),))
    tours = solved(day)
    assert sorted(sorted(trip.pickups) for tour in tours for trip in tour.trips) == [[0, 2], [1]]


def test_a_cold_truck_has_one_temperature_for_all() -> None:
    """Mango and lettuce share no temperature; an ambient truck may take the mango at a price."""
    mango = lot("mango", 10, temperature=TemperatureRange(min_c=12, max_c=14), ambient_cost_per_h_satang=10)
    lettuce = lot("lettuce", 20, temperature=TemperatureRange(min_c=1, max_c=4))
    cold = truck("cold", temperature=TemperatureRange(min_c=0, max_c=15))
    tours = solved(problem([mango, lettuce], [cold, truck("ambient")]))
    assert {tour.truck: tour.trips[0].pickups for tour in tours} == {0: (1,), 1: (0,)}


def test_the_hub_is_chosen_by_the_search() -> None:
    day = problem([lot("a", 30), lot("b", 50)], [truck(start=20)], [hub("near", 20), hub("far", 60)])
    assert solved(day) == (Tour(0, (Trip((0, 1), 1),)),)


def test_the_hub_is_one_that_every_lot_accepts() -> None:
    lots = [lot("a", 30), lot("b", 50, hubs=("near",))]
    day = problem(lots, [truck(start=20)], [hub("near", 20), hub("far", 60)])
    (tour,) = solved(day)
    assert tour.trips[0].hub == 0


def test_a_truck_goes_twice_where_the_load_asks_for_it() -> None:
    lots = [lot("a", 10, crates=90), lot("b", 12, crates=90)]
    (tour,) = solved(problem(lots, [truck(max_trips=2)], [hub(unload_s=600)]))
    assert sorted(trip.pickups for trip in tour.trips) == [(0,), (1,)]


def test_a_smaller_truck_is_taken_where_it_will_do() -> None:
    trucks = [truck("large", fixed_cost_satang=50_000), truck("small", capacity_crates=20, fixed_cost_satang=10_000)]
    (tour,) = solved(problem([lot("a", 10), lot("b", 20)], trucks))
    assert tour.truck == 1


def test_a_cheap_hour_outweighs_a_dear_kilometre() -> None:
    trucks = [truck("slow wage", cost_per_h_satang=60_000), truck("long road", cost_per_km_satang=300)]
    (tour,) = solved(problem([lot("a", 10)], trucks))
    assert tour.truck == 1


def test_leaving_late_saves_paid_hours() -> None:
    """The lot opens at eight: the driver is paid from leaving, not from the start of the shift."""
    day = problem([lot("a", 10, windows=(window(8, 9),))], [truck(cost_per_h_satang=6_000)])
    assert outcome(day).cost_satang == 2_000 + 20 * 100


def test_lateness_is_weighed_against_a_second_truck() -> None:
    late = Lateness(due_s=45 * MINUTE, cost_per_h_satang=600_000)
    lots = [lot("a", 20, lateness=late), lot("b", 40)]
    assert len(solved(problem(lots, [truck("one"), truck("two")]))) == 2
    cheap = [lot("a", 20, lateness=Lateness(due_s=45 * MINUTE, cost_per_h_satang=600)), lot("b", 40)]
    assert len(solved(problem(cheap, [truck("one"), truck("two")]))) == 1


def test_overtime_is_paid_where_it_saves_a_truck() -> None:
    overtime = Overtime(limit_s=HOUR, cost_per_h_satang=600)
    short = truck(shift=window(0, 1), overtime=overtime)
    assert solved(problem([lot("a", 40)], [short])) == (Tour(0, (Trip((0,), 0),)),)


def test_a_rest_makes_a_window_unreachable() -> None:
    """An hour of driving, then twenty minutes of rest: the lot at 70 km opens for a moment only."""
    rest = Rest(after_driving_s=HOUR, rest_s=20 * MINUTE)
    lots = [lot("a", 70, windows=(window(1, 1.25),))]
    assert solved(problem(lots, [truck(rest=rest)])) == ()
    assert len(solved(problem(lots))) == 1


def test_driving_is_bounded() -> None:
    assert solved(problem([lot("a", 40)], [truck(max_driving_s=79 * MINUTE)])) == ()
    assert len(solved(problem([lot("a", 40)], [truck(max_driving_s=80 * MINUTE)]))) == 1


def test_locked_stops_stay_in_front() -> None:
    """Driven the other way round it would be shorter."""
    day = problem([lot("near", 10), lot("far", 40)], [truck(locked_stops=("far", "near"), end="km60")])
    assert solved(day)[0].trips[0].pickups == (1, 0)


def test_what_is_on_board_is_delivered_in_time() -> None:
    """The lot on board is due in 30 minutes: there is time for the near lot only."""
    loaded = LoadedLot(id="on", weight_g=1, crates=1, loaded_at_s=-HOUR, ride_limit_s=HOUR + 30 * MINUTE)
    day = problem([lot("near", 12), lot("far", 25)], [truck(loaded=(loaded,))])
    assert solved(day) == (Tour(0, (Trip((0,), 0),)),)


def test_another_truck_than_planned_costs_something() -> None:
    """Truck one would be shorter by 2 km; the plan said truck two, and changing it costs 3 baht, or 1."""
    trucks = [truck("one", 10), truck("two", 8)]
    for cost, rides_on in ((300, 1), (100, 0)):
        day = problem([lot("a", 20, planned_truck="two", change_cost_satang=cost)], trucks)
        assert [tour.truck for tour in solved(day)] == [rides_on]


def test_legs_may_differ_by_direction() -> None:
    """One way round the ring is a third of the other."""
    metres = ((0, 1_000, 3_000), (3_000, 0, 1_000), (1_000, 3_000, 0))
    ring = TravelProfile(id="ring", distance_m=metres, duration_s=metres)
    day = problem([lot("a", 1), lot("b", 2)], profiles=(ring,))
    assert solved(day) == (Tour(0, (Trip((0, 1), 0),)),)


@pytest.mark.parametrize("count", [0, 1])
def test_a_day_with_hardly_anything_to_do(count: int) -> None:
    assert len(solved(problem([lot("a", 10)][:count]))) == count
