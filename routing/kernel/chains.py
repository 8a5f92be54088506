# mypy: disable-error-code="no-any-return"
"""What hangs on the end of a trip: the truck's next trip, its way home, and the close of its day."""

from routing.kernel import ride
from routing.kernel.compiled import compiled
from routing.kernel.given import Given, Rules
from routing.kernel.state import Solution
from routing.kernel.travel import metres, seconds


@compiled
def following(given: Given, now: Solution, route: int) -> int:
    """The slot of the same truck's next trip, or -1."""
    truck = given.trucks[given.slots[route].truck]
    for later in range(route + 1, truck.first_slot + truck.slots):
        if now.routes[later].size > 0:
            return later
    return -1


@compiled
def onward_m(rules: Rules | None, given: Given, now: Solution, route: int, hub: int) -> int:
    """Metres from a hub to whatever follows the trip in `route`."""
    if rules is None:
        return 0
    later = following(given, now, route)
    if later >= 0:
        return metres(given, later, hub, now.routes[later].first)
    end = given.trucks[given.slots[route].truck].end
    return metres(given, route, hub, end) if end >= 0 else 0


@compiled
def due(rules: Rules | None, given: Given, now: Solution, route: int, hub: int) -> int:
    """The latest start of unloading at a hub for the trip in `route`, its own lots' deadlines left out."""
    return min(given.hubs[hub].closes, _released(rules, given, now, route, hub) - given.hubs[hub].unload_s)


@compiled
def _released(rules: Rules | None, given: Given, now: Solution, route: int, hub: int) -> int:
    truck = given.slots[route].truck
    if rules is None:
        return given.trucks[truck].closes
    later = following(given, now, route)
    if later >= 0:
        first = now.routes[later].first
        return ride.latest_arrival(given.rules, now, first) - seconds(given, later, hub, first)
    end = given.trucks[truck].end
    return given.trucks[truck].closes - (seconds(given, route, hub, end) if end >= 0 else 0)


@compiled
def origin(rules: Rules | None, given: Given, now: Solution, route: int) -> tuple[int, int]:
    """Where and when the trip in an empty slot could start."""
    truck = given.slots[route].truck
    if rules is not None:
        for earlier in range(route - 1, given.trucks[truck].first_slot - 1, -1):
            if now.routes[earlier].size > 0:
                hub = now.routes[earlier].hub
                return hub, now.routes[earlier].unload + given.hubs[hub].unload_s
    return given.trucks[truck].start, given.trucks[truck].opens
