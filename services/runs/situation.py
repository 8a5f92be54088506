"""Where a published plan stands: what is driven, how late each truck is, when it will be where. Pure.

Seconds count from the plan's time zero, as in `routing`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import islice, pairwise

from routing.plan import Plan, Route, Stop
from routing.under_way import TruckState


@dataclass(frozen=True, slots=True, kw_only=True)
class TruckProgress:
    """What has been reported of one truck: lots loaded and when, lots skipped, trips delivered, and if it has left.

    ``departed_s`` is when it left its start; None while it stands there. ``heading_s`` is when it said that it will be
    at its next stop, where something better than the plan is known (a position on the road).
    """

    departed_s: int | None = None
    loaded: Mapping[str, int] = field(default_factory=dict)
    skipped: frozenset[str] = frozenset()
    unloaded_s: tuple[int, ...] = ()
    heading_s: int | None = None


@dataclass(frozen=True, slots=True)
class Expected:
    """When a truck is expected at one of the stops that it has still to make."""

    stop: Stop
    arrival_s: int
    start_s: int
    depart_s: int


@dataclass(frozen=True, slots=True)
class Situation:
    """A plan as it is being driven: without skipped stops, in the order in which lots were loaded."""

    plan: Plan
    states: tuple[TruckState, ...]
    expected: Mapping[str, tuple[Expected, ...]]
    delay_s: Mapping[str, int]

    def truck_of(self, lot: str) -> str | None:
        """The truck that has a lot or is to fetch it."""
        for route in self.plan.routes:
            if any(stop.pickup == lot for stop in route.stops):
                return route.truck
        return None

    def unloading_of(self, lot: str) -> Expected | None:
        """When a lot that is not delivered yet is expected to be unloaded, and where."""
        for route in self.plan.routes:
            seen = False
            ahead = {id(item.stop): item for item in self.expected.get(route.truck, ())}
            for stop in route.stops:
                seen = seen or stop.pickup == lot
                if seen and stop.kind == "unload":
                    return ahead.get(id(stop))
        return None


def situation(plan: Plan, progress: Mapping[str, TruckProgress], now_s: int) -> Situation:
    """Where ``plan`` stands at ``now_s``, truck by truck."""
    routes, states = [], []
    expected: dict[str, tuple[Expected, ...]] = {}
    delays: dict[str, int] = {}
    for planned in plan.routes:
        seen = progress.get(planned.truck, TruckProgress())
        route, begun, free_s = _driven(planned, seen)
        routes.append(route)
        expected[route.truck] = tuple(_expected(route, begun, free_s, seen.heading_s, now_s))
        ahead = expected[route.truck]
        delays[route.truck] = max(0, ahead[0].arrival_s - ahead[0].stop.arrival_s) if ahead else 0
        if begun:
            states.append(_state(route, begun, free_s, ahead))
    return Situation(replace(plan, routes=tuple(routes)), tuple(states), expected, delays)


def _driven(route: Route, seen: TruckProgress) -> tuple[Route, int, int]:
    """The route as driven so far, how many of its stops have begun, and since when the truck is free to go on."""
    stops = [stop for stop in route.stops if stop.pickup is None or stop.pickup not in seen.skipped]
    trips, trip = [], [stops[0]]
    for stop in stops[1:]:
        trip.append(stop)
        if stop.kind == "unload":
            trips.append(trip)
            trip = []
    ordered: list[Stop] = []
    for part in trips:
        # a driver may load in another order than planned: what is loaded comes first, in the order of loading
        head = [stop for stop in part if stop.kind == "start"]
        done = sorted(
            (stop for stop in part if stop.pickup in seen.loaded), key=lambda stop: seen.loaded[str(stop.pickup)]
        )
        ordered += head + done + [stop for stop in part if stop not in head and stop not in done]
    ordered += trip
    if seen.departed_s is None and not seen.loaded and not seen.unloaded_s:
        return replace(route, stops=tuple(ordered)), 0, ordered[0].depart_s
    begun, unloads = 1, 0
    free_s = max(ordered[0].depart_s, seen.departed_s or 0)
    for number, stop in enumerate(ordered[1:], start=2):
        if stop.pickup is not None and stop.pickup in seen.loaded:
            begun, free_s = number, seen.loaded[stop.pickup]
        elif stop.kind == "unload" and unloads < len(seen.unloaded_s):
            begun, free_s = number, seen.unloaded_s[unloads]
            unloads += 1
    return replace(route, stops=tuple(ordered)), begun, free_s


def _expected(route: Route, begun: int, free_s: int, heading_s: int | None, now_s: int) -> list[Expected]:
    """The stops ahead, each as late as the one before makes it; waits that were planned take up delay."""
    at_s = max(free_s, now_s) if begun == 0 else free_s
    found: list[Expected] = []
    for before, stop in islice(pairwise(route.stops), max(0, begun - 1), None):
        arrival_s = at_s + max(0, stop.arrival_s - before.depart_s)
        if not found:
            arrival_s = max(arrival_s if heading_s is None else heading_s, now_s if begun else arrival_s)
        start_s = max(arrival_s, stop.start_s) if stop.start_s > stop.arrival_s else arrival_s
        at_s = start_s + (stop.depart_s - stop.start_s)
        found.append(Expected(stop, arrival_s, start_s, at_s))
    return found


def _state(route: Route, begun: int, free_s: int, ahead: tuple[Expected, ...]) -> TruckState:
    placed = [number for number, item in enumerate(ahead) if item.stop.location is not None]
    if not placed:
        return TruckState(
            truck=route.truck, stops_done=begun, location=str(route.stops[begun - 1].location), free_s=free_s
        )
    target = ahead[placed[0]]
    return TruckState(
        truck=route.truck,
        stops_done=begun,
        location=str(target.stop.location),
        free_s=target.arrival_s,
        next_pickup=target.stop.pickup,
        approaching=placed[0] + 1,
    )
