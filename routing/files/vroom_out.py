"""Our problems in VROOM's format, and our plans in the format of its answers."""

import json
from typing import Any

from routing.faults import Fault, Refused, pointer
from routing.plan import Plan, Route, Stop
from routing.problem import Pickup, Problem, Truck
from routing.travel import Matrices

GRAMS_PER_KG = 1_000
REMEDY = "VROOM can't state it: leave it out."


def write_vroom(problem: Problem, matrices: Matrices) -> bytes:
    """The problem as VROOM's JSON, with matrices; costs are satang, amounts kilograms (or grams, if any is not whole).

    VROOM may leave any job unassigned and knows no money for it: optional pick-ups become jobs like all others.

    Raises:
        Refused: naming everything that VROOM can't state.
    """
    faults = [*_beyond(problem)]
    if faults:
        raise Refused("problem for VROOM", faults)
    place = {location.id: number for number, location in enumerate(problem.locations)}
    home = {hub.id: place[hub.location] for hub in problem.hubs}
    skills = {name: number for number, name in enumerate(sorted({n for p in problem.pickups for n in p.requires}), 1)}
    tables = {
        str(number): {"durations": table.duration_s.tolist(), "distances": table.distance_m.tolist()}
        for number, table in enumerate(matrices.tables)
    }
    weights = [lot.weight_g for lot in problem.pickups] + [truck.capacity_g for truck in problem.trucks]
    unit = GRAMS_PER_KG if all(weight % GRAMS_PER_KG == 0 for weight in weights) else 1
    vehicles = [
        {
            "id": number,
            "description": truck.id,
            "profile": str(matrices.profile_of_truck[number]),
            "start_index": place[truck.start],
            "end_index": home[_hub(problem, truck)],
            "capacity": [truck.capacity_g // unit, truck.capacity_crates],
            "time_window": [max(0, truck.shift.opens_s), truck.shift.closes_s],
            "skills": [skills[name] for name in truck.offers if name in skills],
            "costs": {
                "fixed": truck.fixed_cost_satang,
                "per_hour": truck.cost_per_h_satang,
                "per_km": truck.cost_per_km_satang,
            },
            **({} if truck.max_driving_s is None else {"max_travel_time": truck.max_driving_s}),
        }
        for number, truck in enumerate(problem.trucks)
    ]
    jobs = [
        {
            "id": number,
            "description": lot.id,
            "location_index": place[lot.location],
            "service": lot.service_s,
            "pickup": [lot.weight_g // unit, lot.crates],
            "skills": [skills[name] for name in lot.requires],
            **_windows(lot),
        }
        for number, lot in enumerate(problem.pickups)
    ]
    return json.dumps({"jobs": jobs, "vehicles": vehicles, "matrices": tables}, ensure_ascii=False).encode()


def _windows(lot: Pickup) -> dict[str, Any]:
    floor = lot.release_s or 0
    spans = [[max(w.opens_s, floor), w.closes_s] for w in lot.windows if w.closes_s >= floor]
    if not spans and floor > 0:
        spans = [[floor, 1 << 31]]
    return {"time_windows": spans} if spans else {}


def _hub(problem: Problem, truck: Truck) -> str:
    return truck.hubs[0] if truck.hubs is not None else problem.hubs[0].id


def _beyond(problem: Problem) -> list[Fault]:
    """What VROOM can't state, field by field."""
    faults = []
    for number, truck in enumerate(problem.trucks):
        hub = _hub(problem, truck)
        at_hub = next(h.location for h in problem.hubs if h.id == hub)
        members = {
            "hubs": len(truck.hubs if truck.hubs is not None else problem.hubs) > 1,
            "end": truck.end not in (None, at_hub),
            "max_trips": truck.max_trips > 1,
            "max_duration_s": truck.max_duration_s is not None,
            "overtime": truck.overtime is not None,
            "rest": truck.rest is not None,
            "loaded": bool(truck.loaded),
            "locked_stops": bool(truck.locked_stops),
            "compartments": bool(truck.compartments),
        }
        faults += [
            Fault(pointer("trucks", number, name), "is set.", REMEDY) for name, there in members.items() if there
        ]
    for number, lot in enumerate(problem.pickups):
        members = {
            "ride_limit_s": lot.ride_limit_s is not None,
            "deadline_s": lot.deadline_s is not None,
            "temperature": lot.temperature is not None,
            "lateness": lot.lateness is not None,
            "life_cost_per_h_satang": lot.life_cost_per_h_satang > 0,
            "trucks": lot.trucks is not None,
            "hubs": lot.hubs is not None and len(lot.hubs) < len(problem.hubs),
            "change_cost_satang": lot.change_cost_satang > 0,
        }
        faults += [
            Fault(pointer("pickups", number, name), "is set.", REMEDY) for name, there in members.items() if there
        ]
    for number, depot in enumerate(problem.hubs):
        members = {
            "docks": depot.docks is not None,
            "cutoffs": bool(depot.cutoffs),
            "windows": bool(depot.windows),
            "unload_s": depot.unload_s > 0,
        }
        faults += [Fault(pointer("hubs", number, name), "is set.", REMEDY) for name, there in members.items() if there]
    faults += [
        Fault(pointer("profiles", number, "time_factors"), "is set.", REMEDY)
        for number, profile in enumerate(problem.profiles)
        if profile.time_factors
    ]
    if problem.exclusions:
        faults.append(Fault("/exclusions", "there are some.", REMEDY))
    if problem.relations:
        faults.append(Fault("/relations", "there are some.", REMEDY))
    return faults


def write_vroom_solution(problem: Problem, plan: Plan) -> bytes:
    """The plan in the format of VROOM's answers: code, summary, unassigned, routes with steps. Costs are satang."""
    jobs = {lot.id: number for number, lot in enumerate(problem.pickups)}
    trucks = {truck.id: number for number, truck in enumerate(problem.trucks)}
    place = {location.id: number for number, location in enumerate(problem.locations)}
    routes = [_route(route, jobs, trucks, place) for route in plan.routes]
    unassigned = [{"id": jobs[item.pickup], "type": "job", "description": item.pickup} for item in plan.unserved]
    summary = {
        "cost": plan.costs.total,
        "routes": len(routes),
        "unassigned": len(unassigned),
        "duration": sum(route["duration"] for route in routes),
        "distance": sum(route["distance"] for route in routes),
        "service": sum(route["service"] for route in routes),
        "waiting_time": sum(route["waiting_time"] for route in routes),
    }
    answer = {"code": 0, "summary": summary, "unassigned": unassigned, "routes": routes}
    return json.dumps(answer, ensure_ascii=False).encode()


def _route(route: Route, jobs: dict[str, int], trucks: dict[str, int], place: dict[str, int]) -> dict[str, Any]:
    steps = []
    driven_s, driven_m = 0, 0
    for stop in route.stops:
        driven_s, driven_m = driven_s + stop.driving_s, driven_m + stop.distance_m
        steps.append(_step(stop, jobs, place, driven_s, driven_m))
    return {
        "vehicle": trucks[route.truck],
        "description": route.truck,
        "cost": route.costs.total,
        "duration": route.driving_s,
        "distance": route.distance_m,
        "service": sum(step["service"] for step in steps),
        "waiting_time": sum(step["waiting_time"] for step in steps),
        "steps": steps,
    }


def _step(stop: Stop, jobs: dict[str, int], place: dict[str, int], driven_s: int, driven_m: int) -> dict[str, Any]:
    kinds = {"pickup": "job", "rest": "break", "unload": "delivery"}
    step: dict[str, Any] = {
        "type": kinds.get(stop.kind, stop.kind),
        "arrival": stop.arrival_s,
        "duration": driven_s,
        "distance": driven_m,
        "waiting_time": stop.start_s - stop.arrival_s,
        "service": stop.depart_s - stop.start_s,
        "load": [stop.load_g, stop.load_crates],
    }
    if stop.location is not None:
        step["location_index"] = place[stop.location]
    if stop.pickup is not None:
        step |= {"id": jobs[stop.pickup], "description": stop.pickup}
    if stop.hub is not None:
        step["description"] = stop.hub
    return step
