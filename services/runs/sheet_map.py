"""The way of a run as a small drawing: numbered villages in driving order, the hub, north and a scale. Pure.

Equirectangular, true to scale along the middle parallel; the lines join the stops as the crow flies.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, EDGE = 520, 300, 34
METRES_PER_DEGREE = 111_320
SCALES_KM = (1, 2, 5, 10, 20, 50, 100, 200)
LONGEST_SCALE = WIDTH / 3
LEAST_SPAN_M = 2_000
"""A run of one village would otherwise be magnified without end."""


@dataclass(frozen=True, slots=True)
class Point:
    """A place on the way; ``label`` is the number of its stops, or what the hub is marked with."""

    label: str
    latitude: float
    longitude: float


def route_svg(villages: Sequence[Point], hub: Point) -> str:
    """The drawing as SVG of 520 × 300; stops at one village share a mark."""
    marks = _merged(villages)
    places = [*villages, hub]
    middle = (min(one.latitude for one in places) + max(one.latitude for one in places)) / 2
    stretch = math.cos(math.radians(middle))
    east = [one.longitude * stretch * METRES_PER_DEGREE for one in places]
    north = [one.latitude * METRES_PER_DEGREE for one in places]
    span_m = max(max(east) - min(east), LEAST_SPAN_M), max(max(north) - min(north), LEAST_SPAN_M)
    per_m = min((WIDTH - 2 * EDGE) / span_m[0], (HEIGHT - 2 * EDGE) / span_m[1])
    centre = (max(east) + min(east)) / 2, (max(north) + min(north)) / 2

    def at(one: Point) -> tuple[float, float]:
        x = WIDTH / 2 + (one.longitude * stretch * METRES_PER_DEGREE - centre[0]) * per_m
        y = HEIGHT / 2 - (one.latitude * METRES_PER_DEGREE - centre[1]) * per_m
        return round(x, 1), round(y, 1)

    line = " ".join(f"{x:g},{y:g}" for x, y in map(at, places))
    drawn = [_mark(*at(one), one.label) for one in marks]
    x, y = at(hub)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="Noto Sans">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" rx="8" fill="#f4f5f1"/>'
        f'<polyline points="{line}" fill="none" stroke="#0f766e" stroke-width="3" stroke-linejoin="round"/>'
        f'<rect x="{x - 13:g}" y="{y - 13:g}" width="26" height="26" rx="4" fill="#1c2421"/>'
        f'<path d="M{x - 7:g} {y + 7:g}v-9l7 -5l7 5v9z" fill="#fff"/>{"".join(drawn)}{_scale(per_m)}'
        f'<path d="M{WIDTH - 20} 34l-7 14l7 -4l7 4z" fill="#1c2421"/>'
        f'<text x="{WIDTH - 20}" y="28" font-size="14" text-anchor="middle" fill="#1c2421">N</text></svg>'
    )


def _merged(villages: Sequence[Point]) -> list[Point]:
    """One mark a place: stops 1 and 2 at one village are marked 1, 2."""
    found: dict[tuple[float, float], Point] = {}
    for one in villages:
        key = one.latitude, one.longitude
        known = found.get(key)
        found[key] = one if known is None else Point(f"{known.label},{one.label}", *key)
    return list(found.values())


def _mark(x: float, y: float, label: str) -> str:
    half = 8 + 4 * len(label)
    return (
        f'<rect x="{x - half:g}" y="{y - 12:g}" width="{2 * half}" height="24" rx="12" fill="#fff" '
        f'stroke="#0f766e" stroke-width="2.5"/><text x="{x:g}" y="{y + 5:g}" font-size="15" font-weight="700" '
        f'text-anchor="middle" fill="#1c2421">{label}</text>'
    )


def _scale(per_m: float) -> str:
    km = max((one for one in SCALES_KM if one * 1000 * per_m <= LONGEST_SCALE), default=SCALES_KM[0])
    y = HEIGHT - 14
    return (
        f'<path d="M14 {y - 5}v5h{km * 1000 * per_m:.1f}v-5" fill="none" stroke="#1c2421" stroke-width="1.5"/>'
        f'<text x="18" y="{y - 6}" font-size="12" fill="#1c2421">{km} km</text>'
    )
