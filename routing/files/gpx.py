"""Plans as GPX 1.1 routes, one for each truck, for navigation apps (topografix.com/GPX/1/1)."""

from datetime import UTC, datetime
from xml.etree import ElementTree

from routing.files.places import mapped, point, title
from routing.plan import Plan
from routing.problem import Problem

NAMESPACE = "http://www.topografix.com/GPX/1/1"


def write_gpx(problem: Problem, plan: Plan, truck: str | None = None) -> bytes:
    """A GPX document with all trucks' routes, or one truck's. Times are given where the problem says when zero is.

    Raises:
        Refused: a location has no coordinates.
    """
    places = mapped(problem)
    ElementTree.register_namespace("", NAMESPACE)
    root = ElementTree.Element(_tag("gpx"), {"version": "1.1", "creator": "Village Cold Chain"})
    for route in plan.routes:
        if truck not in (None, route.truck):
            continue
        way = ElementTree.SubElement(root, _tag("rte"))
        ElementTree.SubElement(way, _tag("name")).text = route.truck
        for number, stop in enumerate(route.stops):
            if stop.location is None:
                continue
            longitude, latitude = point(places[stop.location])
            there = ElementTree.SubElement(way, _tag("rtept"), {"lat": str(latitude), "lon": str(longitude)})
            if problem.time_zero_ms is not None:
                ElementTree.SubElement(there, _tag("time")).text = _time(problem.time_zero_ms, stop.arrival_s)
            ElementTree.SubElement(there, _tag("name")).text = title(problem, route, number)
    document: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _time(zero_ms: int, second: int) -> str:
    return datetime.fromtimestamp(zero_ms / 1000 + second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
