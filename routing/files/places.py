"""Coordinates of a plan's stops, for the formats that draw it."""

from routing.faults import Fault, Refused, pointer
from routing.plan import Route
from routing.problem import Location, Problem


def mapped(problem: Problem) -> dict[str, Location]:
    """All locations by id.

    Raises:
        Refused: some have no coordinates.
    """
    faults = [
        Fault(pointer("locations", number), f"{place.id!r} has no coordinates.", "Give its latitude and longitude.")
        for number, place in enumerate(problem.locations)
        if place.latitude is None or place.longitude is None
    ]
    if faults:
        raise Refused("problem as a map", faults)
    return {place.id: place for place in problem.locations}


def point(place: Location) -> tuple[float, float]:
    """Longitude and latitude, WGS 84."""
    assert place.longitude is not None  # noqa: S101 (`mapped` has seen to it)
    assert place.latitude is not None  # noqa: S101
    return place.longitude, place.latitude


def title(problem: Problem, route: Route, number: int) -> str:
    """What a driver reads at a stop: its number, what is done there, and where."""
    stop = route.stops[number]
    names = {place.id: place.name or place.id for place in problem.locations}
    what = {"pickup": f"load {stop.pickup}", "unload": f"unload at {stop.hub}"}.get(stop.kind, stop.kind)
    return f"{number}. {what}" + (f", {names[stop.location]}" if stop.location is not None else "")
