"""Plans as GeoJSON (RFC 7946): a line for each truck, a point for each stop, a point for each lot left behind."""

import json
from typing import Any

from routing.files.places import mapped, point, title
from routing.plan import Plan, Route
from routing.problem import Problem


def write_geojson(problem: Problem, plan: Plan) -> bytes:
    """A FeatureCollection. Legs are drawn straight: a plan knows how far the road is, not where it runs.

    Raises:
        Refused: a location has no coordinates.
    """
    places = mapped(problem)
    features: list[dict[str, Any]] = []
    for route in plan.routes:
        line = [point(places[stop.location]) for stop in route.stops if stop.location is not None]
        features.append(_feature("LineString", line, _of_route(route)))
        for number, stop in enumerate(route.stops):
            if stop.location is not None:
                of_stop = {
                    "truck": route.truck,
                    "stop": number,
                    "kind": stop.kind,
                    "title": title(problem, route, number),
                    "pickup": stop.pickup,
                    "hub": stop.hub,
                    "arrival_s": stop.arrival_s,
                    "start_s": stop.start_s,
                    "depart_s": stop.depart_s,
                    "load_g": stop.load_g,
                    "load_crates": stop.load_crates,
                }
                features.append(_feature("Point", point(places[stop.location]), of_stop))
    locations = {pickup.id: pickup.location for pickup in problem.pickups}
    for item in plan.unserved:
        left = {"kind": "unserved", "pickup": item.pickup, "rule": item.rule, "reason": item.reason}
        features.append(_feature("Point", point(places[locations[item.pickup]]), left))
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode()


def _of_route(route: Route) -> dict[str, Any]:
    return {
        "truck": route.truck,
        "kind": "route",
        "distance_m": route.distance_m,
        "duration_s": route.duration_s,
        "cost_satang": route.costs.total,
    }


def _feature(kind: str, coordinates: object, properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": kind, "coordinates": coordinates},
        "properties": {name: value for name, value in properties.items() if value is not None},
    }
