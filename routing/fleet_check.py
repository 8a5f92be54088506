"""The rules of a plan that several trucks share: docks, capacities of departures, relations between lots."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise

from routing.plan import Plan, Stop
from routing.problem import Hub, Problem, Relation
from routing.replay import Violation
from routing.rules import Rule


def fleet_violations(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """What trucks break together, in a plan whose routes are each in order."""
    for hub in problem.hubs:
        yield from _docks(plan, hub)
        yield from _departures(problem, plan, hub)
    for relation in problem.relations:
        yield from _relation(plan, relation)


def _unloadings(plan: Plan, hub: Hub) -> Iterator[tuple[str, int, Stop]]:
    for route in plan.routes:
        for number, stop in enumerate(route.stops):
            if stop.kind == "unload" and stop.hub == hub.id:
                yield route.truck, number, stop


def _docks(plan: Plan, hub: Hub) -> Iterator[Violation]:
    """At any start of unloading, no more trucks unload than there are docks."""
    if hub.docks is None:
        return
    visits = list(_unloadings(plan, hub))
    for truck, number, stop in visits:
        busy = sum(other.start_s <= stop.start_s < other.start_s + hub.unload_s for _, _, other in visits)
        if busy > hub.docks:
            detail = f"{busy} trucks unload at {hub.id} at {stop.start_s}, there are {hub.docks} docks"
            yield Violation(Rule.DOCKS, detail, truck, number)


def _departures(problem: Problem, plan: Plan, hub: Hub) -> Iterator[Violation]:
    """What comes in after a departure fits into those that follow (for each departure: enough, as all can wait)."""
    lots = {pickup.id: (pickup.weight_g, pickup.crates) for pickup in problem.pickups}
    lots |= {lot.id: (lot.weight_g, lot.crates) for truck in problem.trucks for lot in truck.loaded}
    delivered: list[tuple[int, int, int]] = []
    first_load = {truck.id: [lot.id for lot in truck.loaded] for truck in problem.trucks}
    for route in plan.routes:
        aboard = list(first_load.get(route.truck, []))
        for stop in route.stops:
            if stop.pickup is not None:
                aboard.append(stop.pickup)
            elif stop.kind == "unload":
                if stop.hub == hub.id:
                    delivered += [(stop.start_s, *lots[name]) for name in aboard]
                aboard = []
    for number in range(len(hub.cutoffs)):
        after = hub.cutoffs[number - 1].at_s if number else None
        late = [item for item in delivered if after is None or item[0] > after]
        rest = hub.cutoffs[number:]
        for name, amount, room in (
            ("g", sum(item[1] for item in late), _room([c.capacity_g for c in rest])),
            ("crates", sum(item[2] for item in late), _room([c.capacity_crates for c in rest])),
        ):
            if room is not None and amount > room:
                when = "in all" if after is None else f"after {after}"
                yield Violation(Rule.CUTOFF, f"{amount} {name} reach {hub.id} {when}, {room} can leave")


def _room(capacities: list[int | None]) -> int | None:
    return None if None in capacities else sum(capacity or 0 for capacity in capacities)


Place = tuple[str, int, int]


def _relation(plan: Plan, relation: Relation) -> Iterator[Violation]:
    place, size = _places(plan)
    served = [name for name in relation.pickups if name in place]
    trucks = Counter(place[name][0] for name in served)
    listed = ", ".join(served)
    match relation.kind:
        case "same_truck":
            if len(trucks) > 1:
                yield Violation(Rule.RELATION, f"{listed} ride on {len(trucks)} trucks")
        case "different_truck":
            for truck, times in trucks.items():
                if times > 1:
                    yield Violation(Rule.RELATION, f"{times} of {listed} ride on it", truck)
        case "before":
            for one, other in pairwise(served):
                if place[one][:2] != place[other][:2] or place[one][2] > place[other][2]:
                    yield Violation(Rule.RELATION, f"{one} is not picked up before it on its trip", pickup=other)
        case "first" | "last":
            for name in served:
                truck, trip, position = place[name]
                if position != (0 if relation.kind == "first" else size[truck, trip] - 1):
                    yield Violation(Rule.RELATION, f"is not the {relation.kind} of its trip", truck, pickup=name)


def _places(plan: Plan) -> tuple[dict[str, Place], dict[tuple[str, int], int]]:
    """Truck, trip and position of each lot, and the number of lots of each trip."""
    place: dict[str, Place] = {}
    size: dict[tuple[str, int], int] = defaultdict(int)
    for route in plan.routes:
        trip = 0
        for stop in route.stops:
            if stop.pickup is not None:
                place[stop.pickup] = (route.truck, trip, size[route.truck, trip])
                size[route.truck, trip] += 1
            trip += stop.kind == "unload"
    return place, size
