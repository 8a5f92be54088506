"""Legs between nodes, by the travel profile of the slot's truck."""

from routing.kernel.compiled import compiled


@compiled
def _profile(rules, given, route):  # type: ignore[no-untyped-def]
    if rules is None:
        return 0
    return given.slots[route].profile


@compiled
def metres(given, route, origin, target):  # type: ignore[no-untyped-def]
    return given.distance_m[_profile(given.rules, given, route), origin, target]


@compiled
def metres_arriving(given, route, target, origin):  # type: ignore[no-untyped-def]
    """As `metres`, read along the row of `target`: the order in which the search for its position goes."""
    return given.arriving_m[_profile(given.rules, given, route), target, origin]


@compiled
def seconds(given, route, origin, target):  # type: ignore[no-untyped-def]
    return given.duration_s[_profile(given.rules, given, route), origin, target]
