"""What hangs on the end of a trip: the truck's next trip, its way home, and the close of its day."""

from routing.kernel import ride
from routing.kernel.compiled import compiled
from routing.kernel.travel import metres, seconds


@compiled
def following(given, now, route):  # type: ignore[no-untyped-def]
    """The slot of the same truck's next trip, or -1."""
    for later in range(route + 1, given.trucks.first_slot[given.slots.truck[route] + 1]):
        if now.routes.size[later] > 0:
            return later
    return -1


@compiled
def onward_m(chains, given, now, route, hub):  # type: ignore[no-untyped-def]
    """Metres from a hub to whatever follows the trip in `route`."""
    if chains is None:
        return 0
    later = following(given, now, route)
    if later >= 0:
        return metres(given, later, hub, now.routes.first[later])
    end = given.trucks.end[given.slots.truck[route]]
    return metres(given, route, hub, end) if end >= 0 else 0


@compiled
def due(chains, given, now, route, hub):  # type: ignore[no-untyped-def]
    """The latest start of unloading at a hub for the trip in `route`, its own lots' deadlines left out."""
    return min(given.hubs.closes[hub], _released(chains, given, now, route, hub) - given.hubs.unload_s[hub])


@compiled
def _released(chains, given, now, route, hub):  # type: ignore[no-untyped-def]
    truck = given.slots.truck[route]
    if chains is None:
        return given.trucks.closes[truck]
    later = following(given, now, route)
    if later >= 0:
        first = now.routes.first[later]
        return ride.latest_arrival(given.rides, now, first) - seconds(given, later, hub, first)
    end = given.trucks.end[truck]
    return given.trucks.closes[truck] - (seconds(given, route, hub, end) if end >= 0 else 0)


@compiled
def origin(chains, given, now, route):  # type: ignore[no-untyped-def]
    """Where and when the trip in an empty slot could start."""
    truck = given.slots.truck[route]
    if chains is not None:
        for earlier in range(route - 1, given.trucks.first_slot[truck] - 1, -1):
            if now.routes.size[earlier] > 0:
                hub = now.routes.hub[earlier]
                return hub, now.routes.unload[earlier] + given.hubs.unload_s[hub]
    return given.trucks.start[truck], given.trucks.opens[truck]
