"""From tours to a plan: stops with times and loads, costs in satang, indicators."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from pydantic import TypeAdapter

from routing.fleet import timetables
from routing.indicators import indicators
from routing.instance import Instance, Vehicle
from routing.plan import Costs, Plan, Provenance, Route, Stop, Tour, Tours, Unserved
from routing.problem import Problem
from routing.rules import Rule
from routing.stowage import hourly_cost, stowage
from routing.timetable import RestPlace, Timetable, Visit, timetable


def hourly(seconds: int, satang_per_h: int) -> int:
    """Satang for a time at a rate per hour, rounded half up."""
    return (seconds * satang_per_h + 1800) // 3600


def per_km(metres: int, satang_per_km: int) -> int:
    """Satang for a distance at a rate per kilometre, rounded half up."""
    return (metres * satang_per_km + 500) // 1000


def digest(problem: Problem) -> str:
    """SHA-256 of the problem's JSON form, in hexadecimal."""
    return hashlib.sha256(TypeAdapter(Problem).dump_json(problem)).hexdigest()


def route_costs(instance: Instance, tour: Tour, times: Timetable) -> Costs:
    """What one truck's day costs. Without trips it costs nothing."""
    truck = instance.problem.trucks[tour.truck]
    vehicle = instance.vehicles[tour.truck]
    late, life, changes = 0, 0, 0
    unloads = 0
    bays = bays_of(instance, tour)
    for visit in reversed(times.visits):
        if visit.hub >= 0:
            unloads = visit.start_s
        elif visit.lot >= 0:
            lot = instance.lots[visit.lot]
            late += hourly(max(0, unloads - lot.due_s), lot.late_cost_per_h)
            cold = vehicle.bays[bays[visit.lot]].cold if vehicle.bays else vehicle.cold
            life += hourly(unloads - visit.start_s, hourly_cost(lot, cold=cold))
            changes += lot.change_cost if lot.planned_truck != tour.truck else 0
    over = max(0, times.ends_s - vehicle.closes_s)
    return Costs(
        fixed=truck.fixed_cost_satang,
        distance=per_km(times.distance_m, truck.cost_per_km_satang),
        time=hourly(times.ends_s - times.leaves_s, truck.cost_per_h_satang),
        overtime=hourly(over, truck.overtime.cost_per_h_satang) if truck.overtime else 0,
        lateness=late,
        life=life,
        changes=changes,
    )


def bays_of(instance: Instance, tour: Tour) -> dict[int, int]:
    """The compartment of each lot of a feasible tour, by its number; empty for trucks without compartments."""
    vehicle = instance.vehicles[tour.truck]
    found: dict[int, int] = {}
    for number, trip in enumerate(tour.trips if vehicle.bays else ()):
        chosen = stowage(instance, vehicle, trip.pickups, first_trip=number == 0)
        found |= zip(trip.pickups, chosen or (), strict=True)
    return found


def tour_cost(instance: Instance, tour: Tour) -> int | Rule:
    """Total satang of a tour, or the rule it breaks."""
    times = timetable(instance, tour)
    return times if isinstance(times, Rule) else route_costs(instance, tour, times).total


def tours_cost(instance: Instance, tours: Tours) -> int | Rule:
    """Total satang of a whole solution with what it leaves behind, mandatory pick-ups at `mandatory_penalty`."""
    total, longest = 0, 0
    found = timetables(instance, tours)
    if isinstance(found, Rule):
        return found
    for tour, times in zip(tours, found, strict=True):
        total += route_costs(instance, tour, times).total
        longest = max(longest, times.ends_s - times.leaves_s)
    total += hourly(longest, instance.problem.balance_cost_per_h_satang)
    return total + sum(instance.lots[lot].penalty for lot in left_behind(instance, tours))


def left_behind(instance: Instance, tours: Tours) -> list[int]:
    served = {lot for tour in tours for trip in tour.trips for lot in trip.pickups}
    return [lot for lot in range(len(instance.lots)) if lot not in served]


def assemble(instance: Instance, tours: Tours, unserved: Sequence[Unserved], provenance: Provenance) -> Plan:
    """The plan of feasible tours.

    Raises:
        ValueError: a tour breaks a rule; engines hand over feasible tours only.
    """
    routes, costs = [], Costs()
    driven = tuple(sorted((tour for tour in tours if tour.trips), key=lambda tour: tour.truck))
    found = timetables(instance, driven)
    if isinstance(found, Rule):
        raise ValueError(f"the tours break {found.value}")
    for tour, times in zip(driven, found, strict=True):
        route = _route(instance, tour, times)
        routes.append(route)
        costs += route.costs
    penalties = {pickup.id: pickup.penalty_satang or 0 for pickup in instance.problem.pickups}
    longest = max((route.duration_s for route in routes), default=0)
    costs += Costs(
        unserved=sum(penalties[item.pickup] for item in unserved),
        balance=hourly(longest, instance.problem.balance_cost_per_h_satang),
    )
    return Plan(
        version=1,
        routes=tuple(routes),
        unserved=tuple(unserved),
        costs=costs,
        provenance=provenance,
        indicators=indicators(instance.problem, routes, len(unserved), costs),
    )


def _route(instance: Instance, tour: Tour, times: Timetable) -> Route:
    problem, vehicle = instance.problem, instance.vehicles[tour.truck]
    truck = problem.trucks[tour.truck]
    load_g, load_crates = vehicle.loaded_g, vehicle.loaded_crates
    bays = bays_of(instance, tour)
    stops = [
        Stop(
            kind="start",
            location=truck.start,
            arrival_s=times.leaves_s,
            start_s=times.leaves_s,
            depart_s=times.leaves_s,
            load_g=load_g,
            load_crates=load_crates,
        )
    ]
    for number, visit in enumerate(times.visits):
        leg_s, leg_m = _rests(vehicle, visit, stops, last_visit=number + 1 == len(times.visits))
        arrival = stops[-1].depart_s + leg_s
        if visit.lot >= 0:
            lot = instance.lots[visit.lot]
            load_g, load_crates = load_g + lot.weight_g, load_crates + lot.crates
        elif visit.hub >= 0:
            load_g, load_crates = 0, 0
        resting = visit.rests * vehicle.rest_s if visit.rest_place is RestPlace.ARRIVAL else 0
        place = problem.locations[visit.location].id
        if resting:
            stops.append(_rest(place, arrival, resting, stops[-1], leg=(leg_m, leg_s)))
            arrival, leg_m, leg_s = arrival + resting, 0, 0
        is_end = visit.lot < 0 and visit.hub < 0
        stops.append(
            Stop(
                kind="end" if is_end else "pickup" if visit.lot >= 0 else "unload",
                location=place,
                arrival_s=arrival,
                start_s=visit.start_s,
                depart_s=visit.start_s + visit.busy_s,
                distance_m=leg_m,
                driving_s=leg_s,
                pickup=problem.pickups[visit.lot].id if visit.lot >= 0 else None,
                hub=problem.hubs[visit.hub].id if visit.hub >= 0 else None,
                compartment=truck.compartments[bays[visit.lot]].id if visit.lot in bays else None,
                load_g=load_g,
                load_crates=load_crates,
            )
        )
    return Route(
        truck=truck.id,
        stops=tuple(stops),
        distance_m=times.distance_m,
        driving_s=times.driving_s,
        duration_s=times.ends_s - times.leaves_s,
        costs=route_costs(instance, tour, times),
    )


def _rests(vehicle: Vehicle, visit: Visit, stops: list[Stop], *, last_visit: bool) -> tuple[int, int]:
    """Append the rests taken before or during a leg; the seconds and metres of driving that remain of it."""
    leg_s, leg_m, rest_s = visit.driving_s, visit.distance_m, vehicle.rest_s
    last = stops[-1]
    if last.kind == "unload" and not last_visit:
        # After unloading, the truck stays at the hub until it is time to leave for the next trip.
        leaves = visit.departs_s if visit.lot >= 0 else last.depart_s
        stops[-1] = last = replace(last, depart_s=max(last.depart_s, leaves))
    if visit.rest_place is RestPlace.ARRIVAL:
        return leg_s, leg_m
    if visit.rest_place is RestPlace.BEFORE:
        if visit.rests:
            stops.append(_rest(last.location, last.depart_s, rest_s, last, leg=(0, 0)))
        return leg_s, leg_m
    driven = _driven_since_rest(vehicle, stops)
    for _ in range(visit.rests):
        part_s = vehicle.rest_after_s - driven
        part_m = leg_m * part_s // leg_s if leg_s else 0
        stops.append(_rest(None, stops[-1].depart_s + part_s, rest_s, stops[-1], leg=(part_m, part_s)))
        leg_s, leg_m, driven = leg_s - part_s, leg_m - part_m, 0
    return leg_s, leg_m


def _driven_since_rest(vehicle: Vehicle, stops: Sequence[Stop]) -> int:
    driven = 0
    for stop in reversed(stops):
        if stop.kind == "rest":
            return driven
        driven += stop.driving_s
    return driven + vehicle.driven_s


def _rest(place: str | None, arrival: int, rest_s: int, before: Stop, *, leg: tuple[int, int]) -> Stop:
    return Stop(
        kind="rest",
        location=place,
        arrival_s=arrival,
        start_s=arrival,
        depart_s=arrival + rest_s,
        distance_m=leg[0],
        driving_s=leg[1],
        load_g=before.load_g,
        load_crates=before.load_crates,
    )
