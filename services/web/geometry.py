"""The map's projection and its land: equirectangular, true to scale along the middle parallel."""

import json
import math
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

PIXELS_PER_DEGREE = 260


@dataclass(frozen=True, slots=True)
class Frame:
    """The part of the world that is drawn, in degrees."""

    west: float
    south: float
    east: float
    north: float

    @property
    def stretch(self) -> float:
        return math.cos(math.radians((self.south + self.north) / 2))

    @property
    def width(self) -> int:
        return round((self.east - self.west) * self.stretch * PIXELS_PER_DEGREE)

    @property
    def height(self) -> int:
        return round((self.north - self.south) * PIXELS_PER_DEGREE)

    def point(self, latitude: float, longitude: float) -> tuple[float, float]:
        """Where a place is drawn: x to the right, y downwards."""
        x = (longitude - self.west) * self.stretch * PIXELS_PER_DEGREE
        y = (self.north - latitude) * PIXELS_PER_DEGREE
        return round(x, 1), round(y, 1)


EASTERN_SEABOARD = Frame(west=100.45, south=11.55, east=103.0, north=14.25)
"""The Eastern Economic Corridor and the fruit belt down to the Cambodian border."""


@dataclass(frozen=True, slots=True)
class Country:
    """A country's land as an SVG path in a frame."""

    name: str
    path: str


@cache
def land(frame: Frame) -> tuple[Country, ...]:
    """The countries that a frame shows; beyond the stored bounds there is nothing to draw."""
    document = json.loads((files(__package__) / "map" / "land.json").read_text(encoding="utf-8"))
    return tuple(
        Country(country["name"], "".join(_path(frame, ring) for ring in country["rings"]))
        for country in document["countries"]
    )


def _path(frame: Frame, ring: list[list[float]]) -> str:
    points = [frame.point(latitude, longitude) for longitude, latitude in ring]
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points) + "Z"
