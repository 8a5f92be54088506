"""A plan edited by hand: lots moved, the day re-timed, costed and checked, whatever rules it breaks. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from routing import Plan, Problem, Verdict, check
from routing.assemble import assemble
from routing.fleet import timetables
from routing.instance import Instance, index
from routing.plan import Tour, Tours, Trip, Unserved
from routing.problem import Hub, Pickup, TimeWindow, Truck
from routing.rules import Rule
from routing.travel import Matrices
from services.errors import FieldFault, InvalidInput
from services.plans.schemas import Move

LONG_S = 10 * 86_400
"""How much later than they do windows and shifts end while a plan that breaks rules is timed."""

WITHOUT_LIMIT = 2**40
LEFT = "left_by_hand"


@dataclass(frozen=True, slots=True)
class Moved:
    """The plan as edited, and what the independent check says of it: costs, and every rule that it breaks."""

    plan: Plan
    verdict: Verdict
    changed_trucks: tuple[str, ...]


def move(problem: Problem, plan: Plan, moves: Sequence[Move], tables: Matrices, *, by: str) -> Moved:
    """Make the moves one after the other. Raises InvalidInput for a lot, truck or place that is not there."""
    tours = tours_of(problem, plan)
    before = tours
    for number, one in enumerate(moves):
        tours = _moved(problem, tours, one, f"/moves/{number}")
    served = {problem.pickups[lot].id for tour in tours for trip in tour.trips for lot in trip.pickups}
    known = {item.pickup: item for item in plan.unserved}
    unserved = [
        known.get(pickup.id)
        or Unserved(
            pickup=pickup.id,
            rule=LEFT,
            reason=f"Left behind by {by}.",
            mandatory=pickup.penalty_satang is None,
        )
        for pickup in problem.pickups
        if pickup.id not in served
    ]
    instance = index(problem, tables)
    broken = isinstance(timetables(instance, tours), Rule)
    if broken:
        instance = index(_without_limits(problem), tables)
    rule = timetables(instance, tours)
    if rule is Rule.NO_ROAD:
        raise InvalidInput("There is no road there.", faults=[FieldFault("/moves", "lead where no road goes.")])
    provenance = replace(plan.provenance, notes=(*plan.provenance.notes, f"edited by {by}"))
    edited = assemble(instance, tours, unserved, provenance)
    verdict = check(problem, edited, tables)
    # timed without limits, routes that break nothing are costed otherwise: that is ours, and no rule of the day
    told = tuple(one for one in verdict.violations if one.rule is not Rule.COST)
    if broken and told:
        verdict = replace(verdict, violations=told)
    changed = {tour.truck for tour in {*before} ^ {*tours}}
    trucks = tuple(problem.trucks[number].id for number in sorted(changed))
    return Moved(replace(edited, costs=verdict.costs), verdict, trucks)


def tours_of(problem: Problem, plan: Plan) -> Tours:
    """The tours that a plan of this problem was made of."""
    trucks = {truck.id: number for number, truck in enumerate(problem.trucks)}
    hubs = {hub.id: number for number, hub in enumerate(problem.hubs)}
    lots = {pickup.id: number for number, pickup in enumerate(problem.pickups)}
    tours = []
    for route in plan.routes:
        trips: list[Trip] = []
        aboard: list[int] = []
        for stop in route.stops:
            if stop.pickup is not None:
                aboard.append(lots[stop.pickup])
            elif stop.kind == "unload" and stop.hub is not None:
                trips.append(Trip(tuple(aboard), hubs[stop.hub]))
                aboard = []
        tours.append(Tour(trucks[route.truck], tuple(trips)))
    return tuple(tours)


def _moved(problem: Problem, tours: Tours, one: Move, pointer: str) -> Tours:
    lot = next((number for number, pickup in enumerate(problem.pickups) if pickup.id == one.lot), None)
    if lot is None:
        raise InvalidInput(faults=[FieldFault(f"{pointer}/lot", f"{one.lot!r} is not in this plan.", "Plan anew.")])
    left = tuple(
        Tour(tour.truck, tuple(trip for trip in (_without(trip, lot) for trip in tour.trips) if trip.pickups))
        for tour in tours
    )
    left = tuple(tour for tour in left if tour.trips)
    if one.to_truck is None:
        return left
    truck = next((number for number, each in enumerate(problem.trucks) if each.id == one.to_truck), None)
    if truck is None:
        remedy = f"Use one of: {', '.join(each.id for each in problem.trucks[:20])}."
        raise InvalidInput(faults=[FieldFault(f"{pointer}/to_truck", f"{one.to_truck!r} does not drive.", remedy)])
    tour = next((each for each in left if each.truck == truck), Tour(truck, ()))
    trips = list(tour.trips)
    if one.trip > len(trips) + 1:
        fault = FieldFault(f"{pointer}/trip", f"there are {len(trips)} trips.", f"Give at most {len(trips) + 1}.")
        raise InvalidInput(faults=[fault])
    trip = trips[one.trip - 1] if one.trip <= len(trips) else Trip((), _hub(problem, truck, problem.pickups[lot]))
    if one.position > len(trip.pickups) + 1:
        most = len(trip.pickups) + 1
        fault = FieldFault(f"{pointer}/position", f"there are {most - 1} stops on that trip.", f"Give at most {most}.")
        raise InvalidInput(faults=[fault])
    at = one.position - 1
    trips[one.trip - 1 : one.trip] = [Trip((*trip.pickups[:at], lot, *trip.pickups[at:]), trip.hub)]
    others = [each for each in left if each.truck != truck]
    return tuple(sorted([*others, Tour(truck, tuple(trips))], key=lambda each: each.truck))


def _without(trip: Trip, lot: int) -> Trip:
    return Trip(tuple(other for other in trip.pickups if other != lot), trip.hub)


def _hub(problem: Problem, truck: int, lot: Pickup) -> int:
    """Where a new trip unloads: a hub that lot and truck allow, the truck's own if it may be."""
    each = problem.trucks[truck]
    allowed = [
        number
        for number, hub in enumerate(problem.hubs)
        if (lot.hubs is None or hub.id in lot.hubs) and (each.hubs is None or hub.id in each.hubs)
    ]
    home = [number for number in allowed if problem.hubs[number].location == each.end]
    return (home or allowed or [0])[0]


def _without_limits(problem: Problem) -> Problem:
    """The problem with only its roads, openings and service times: what a plan that breaks rules is timed by."""
    return replace(
        problem,
        hubs=tuple(_open_late(hub) for hub in problem.hubs),
        trucks=tuple(_free_truck(truck) for truck in problem.trucks),
        pickups=tuple(_free_lot(pickup) for pickup in problem.pickups),
        exclusions=(),
        relations=(),
    )


def _later(windows: tuple[TimeWindow, ...]) -> tuple[TimeWindow, ...]:
    return (*windows[:-1], replace(windows[-1], closes_s=windows[-1].closes_s + LONG_S)) if windows else ()


def _open_late(hub: Hub) -> Hub:
    return replace(hub, windows=_later(hub.windows), docks=None, cutoffs=())


def _free_truck(truck: Truck) -> Truck:
    return replace(
        truck,
        capacity_g=WITHOUT_LIMIT,
        capacity_crates=WITHOUT_LIMIT,
        shift=_later((truck.shift,))[0],
        hubs=None,
        temperature=None,
        compartments=(),
        max_driving_s=None,
        max_duration_s=None,
        max_trips=100,
        overtime=None,
        locked_stops=(),
        loaded=tuple(replace(lot, deadline_s=None, ride_limit_s=None, hubs=None) for lot in truck.loaded),
    )


def _free_lot(lot: Pickup) -> Pickup:
    return replace(
        lot,
        windows=_later(lot.windows),
        deadline_s=None,
        ride_limit_s=None,
        hubs=None,
        temperature=None,
        groups=(),
        requires=(),
        trucks=None,
    )


def instance_of(problem: Problem, tables: Matrices) -> Instance:
    """The problem as engines index it."""
    return index(problem, tables)
