# mypy: disable-error-code="no-any-return"
"""Legs between nodes, by the travel profile of the slot's truck."""

from routing.kernel.compiled import compiled
from routing.kernel.given import Given, Rules


@compiled
def _profile(rules: Rules | None, given: Given, route: int) -> int:
    if rules is None:
        return 0
    return given.slots[route].profile


@compiled
def metres(given: Given, route: int, origin: int, target: int) -> int:
    return given.distance_m[_profile(given.rules, given, route), origin, target]


@compiled
def metres_arriving(given: Given, route: int, target: int, origin: int) -> int:
    """As `metres`, read along the row of `target`: the order in which the search for its position goes."""
    return given.arriving_m[_profile(given.rules, given, route), target, origin]


@compiled
def seconds(given: Given, route: int, origin: int, target: int) -> int:
    return given.duration_s[_profile(given.rules, given, route), origin, target]
