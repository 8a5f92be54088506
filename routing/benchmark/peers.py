"""PyVRP and VROOM on our problems, on one core, within the same seconds. Both are development extras.

They get the problem's own integers: PyVRP scaled so that satang per kilometre stays whole, VROOM as a cost matrix for
each rate. What they can't state is named, and they are then left out.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from routing.instance import NEVER, Instance, Vehicle
from routing.plan import Tour, Tours, Trip

METRES_PER_KM = 1_000


@dataclass(frozen=True, slots=True)
class PeerAnswer:
    """A peer's tours, and the wall time from our problem in memory to them."""

    tours: Tours
    seconds: float


def beyond_core(instance: Instance) -> str:
    """What PyVRP and VROOM both can't state, in words; empty where they can take the problem."""
    vehicles, lots = instance.vehicles, instance.lots
    pickups = instance.problem.pickups
    found = {
        "ride limits": any(lot.ride_limit_s < NEVER for lot in lots),
        "deadlines": any(lot.deadline_s < NEVER for lot in lots),
        "exclusions": any(lot.clash or lot.cold_clash for lot in lots),
        "a choice of hub": any(vehicle.hubs.bit_count() > 1 for vehicle in vehicles),
        "several windows": any(len(lot.windows) > 1 for lot in lots),
        "required trucks": any(p.requires or p.trucks is not None or p.temperature for p in pickups),
        "optional lots": any(lot.penalty < instance.mandatory_penalty for lot in lots),
        "costs by the hour": any(truck.cost_per_h_satang or truck.overtime for truck in instance.problem.trucks),
        "loads or stops at the start": any(vehicle.has_load or vehicle.locked for vehicle in vehicles),
        "rests": any(vehicle.rest_s for vehicle in vehicles),
        "relations": bool(instance.problem.relations),
        "compartments": any(vehicle.bays for vehicle in vehicles),
        "driving times by the hour": any(instance.traffic),
        "another end": any(vehicle.end != vehicle.start for vehicle in vehicles),
    }
    return ", ".join(name for name, there in found.items() if there)


def several_trips(instance: Instance) -> bool:
    return any(vehicle.trips > 1 for vehicle in instance.vehicles)


def _kinds(instance: Instance) -> dict[tuple[Vehicle, int, int], list[int]]:
    kinds: dict[tuple[Vehicle, int, int], list[int]] = {}
    for number, (vehicle, truck) in enumerate(zip(instance.vehicles, instance.problem.trucks, strict=True)):
        kinds.setdefault((vehicle, truck.fixed_cost_satang, truck.cost_per_km_satang), []).append(number)
    return kinds


def pyvrp(instance: Instance, seconds: float, seed: int) -> PeerAnswer:
    """PyVRP (iterated local search, Wouda et al.): trucks alike are one vehicle type, several trips are reloads."""
    import pyvrp as library  # noqa: PLC0415
    from pyvrp.stop import MaxRuntime  # noqa: PLC0415

    began = time.perf_counter()
    table = instance.matrices.tables[0]
    kinds = _kinds(instance)
    # Its penalties have a ceiling, so that numbers should be small: satang and loads by their common divisors.
    money = math.gcd(*(truck.cost_per_km_satang for truck in instance.problem.trucks))
    money = math.gcd(money, *(truck.fixed_cost_satang * METRES_PER_KM for truck in instance.problem.trucks)) or 1
    weight = (
        math.gcd(*(lot.weight_g for lot in instance.lots), *(vehicle.weight_g for vehicle in instance.vehicles)) or 1
    )
    depot_of = {
        vehicle.start: number for number, vehicle in enumerate({v.start: v for v in instance.vehicles}.values())
    }
    hub_at = {depot.location: number for number, depot in enumerate(instance.depots)}
    unload_s = {depot.location: depot.unload_s for depot in instance.depots}
    depots = [library.Depot(location=place, service_duration=unload_s.get(place, 0)) for place in depot_of]
    clients = [
        library.Client(
            location=lot.location,
            pickup=[lot.weight_g // weight, lot.crates],
            service_duration=lot.service_s,
            tw_early=max(0, lot.windows[0][0]),
            tw_late=min(lot.windows[0][1], 1 << 40),
        )
        for lot in instance.lots
    ]
    types = [
        library.VehicleType(
            num_available=len(members),
            capacity=[vehicle.weight_g // weight, vehicle.crates],
            start_depot=depot_of[vehicle.start],
            end_depot=depot_of[vehicle.start],
            fixed_cost=fixed * METRES_PER_KM // money,
            tw_early=vehicle.opens_s,
            tw_late=vehicle.latest_s,
            unit_distance_cost=per_km // money,
            reload_depots=[depot_of[vehicle.start]] if vehicle.trips > 1 else [],
            max_reloads=vehicle.trips - 1,
        )
        for (vehicle, fixed, per_km), members in kinds.items()
    ]
    data = library.ProblemData(
        locations=[library.Location(0, 0) for _ in range(len(table.distance_m))],
        clients=clients,
        depots=depots,
        vehicle_types=types,
        distance_matrices=[cast("Any", table.distance_m.astype(np.int64))],
        duration_matrices=[cast("Any", table.duration_s.astype(np.int64))],
    )
    left = seconds - (time.perf_counter() - began)
    # The default ceiling of 100,000 is reached on days with fixed costs, where PyVRP then finds nothing feasible.
    params = library.SolveParams(penalty=library.PenaltyParams(max_penalty=1e8))
    limit = MaxRuntime(max(left, 0.01))
    result = library.solve(data, limit, seed=seed, display=False, collect_stats=False, params=params)
    free = {number: list(members) for number, members in enumerate(kinds.values())}
    tours = []
    if result.best.is_feasible():
        for route in result.best.routes():
            truck = free[route.vehicle_type()].pop()
            hub = hub_at[instance.vehicles[truck].start]
            tours.append(Tour(truck, tuple(Trip(trip, hub) for trip in _pyvrp_trips(route))))
    return PeerAnswer(tuple(tours), time.perf_counter() - began)


def _pyvrp_trips(route: Any) -> list[tuple[int, ...]]:
    trips: dict[int, list[int]] = {}
    for activity in route:
        if activity.is_client():
            trips.setdefault(activity.trip, []).append(activity.idx)
    return [tuple(trips[number]) for number in sorted(trips)]


def vroom(instance: Instance, seconds: float, seed: int) -> PeerAnswer:
    """VROOM at its highest exploration level, one thread; it stops by itself when it finds nothing better."""
    import vroom as library  # noqa: PLC0415

    began = time.perf_counter()
    table = instance.matrices.tables[0]
    model = library.Input()
    rates = sorted({truck.cost_per_km_satang for truck in instance.problem.trucks})
    for rate in rates:
        model.set_durations_matrix(profile=str(rate), matrix_input=table.duration_s.astype(np.uint32))
        costs = (table.distance_m.astype(np.int64) * rate + METRES_PER_KM // 2) // METRES_PER_KM
        model.set_costs_matrix(profile=str(rate), matrix_input=costs.astype(np.uint32))
    for number, (vehicle, truck) in enumerate(zip(instance.vehicles, instance.problem.trucks, strict=True)):
        hub = next(depot for hub, depot in enumerate(instance.depots) if vehicle.hubs >> hub & 1)
        model.add_vehicle(
            library.Vehicle(
                number,
                start=vehicle.start,
                end=vehicle.start,
                profile=str(truck.cost_per_km_satang),
                capacity=[vehicle.weight_g, vehicle.crates],
                time_window=library.TimeWindow(vehicle.opens_s, vehicle.latest_s - hub.unload_s),
                costs=library.VehicleCosts(fixed=truck.fixed_cost_satang),
            )
        )
    for number, lot in enumerate(instance.lots):
        opens, closes = max(0, lot.windows[0][0]), min(lot.windows[0][1], 1 << 30)
        model.add_job(
            library.Job(
                number,
                location=lot.location,
                default_service=lot.service_s,
                pickup=[lot.weight_g, lot.crates],
                time_windows=[library.TimeWindow(opens, closes)],
            )
        )
    left = seconds - (time.perf_counter() - began)
    solution = model.solve(exploration_level=5, nb_threads=1, timeout=_interval(left))
    tours = []
    for route in solution.to_dict()["routes"]:
        lots = tuple(step["id"] for step in route["steps"] if step["type"] == "job")
        hub_number = instance.vehicles[route["vehicle"]].hubs.bit_length() - 1
        tours.append(Tour(route["vehicle"], (Trip(lots, hub_number),)))
    return PeerAnswer(tuple(tours), time.perf_counter() - began)


def _interval(seconds: float) -> Any:
    from datetime import timedelta  # noqa: PLC0415

    return timedelta(seconds=max(seconds, 0.01))


PEERS: dict[str, Callable[[Instance, float, int], PeerAnswer]] = {"pyvrp": pyvrp, "vroom": vroom}
