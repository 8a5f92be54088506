"""Shipments of the demo: where each crop goes from each hub, at which set-point, and how long that takes."""

from dataclasses import dataclass

from services.demo.places import Place

HOUR_MS = 3_600_000
DAY_H = 24


@dataclass(frozen=True, slots=True)
class Voyage:
    """A destination and the hours until it is due there, from departure. Made up, of a plausible length."""

    destination: str
    hours: int
    exporter: str


BY_SEA = Voyage("Guangzhou Nansha", 6 * DAY_H, "eastern-orchard")
BY_AIR = Voyage("Tokyo Narita", 20, "siam-air-fresh")
BY_ROAD = Voyage("Pingxiang", 3 * DAY_H, "eastern-orchard")
BY_VAN = Voyage("Bangkok market", 8, "talat-thai")
NOTHING_KNOWN_C = 13.0
DELICATE = {"coriander", "chili"}


def voyage(hub: Place, commodity_id: str) -> Voyage:
    """Where a crop goes from a hub: delicate herbs are flown or sold near by, the rest takes the hub's own way."""
    if hub.kind == "airport":
        return BY_AIR
    if commodity_id in DELICATE:
        return BY_VAN
    return BY_SEA if hub.kind == "seaport" else BY_ROAD


def set_point_c(band_c: tuple[float, float] | None) -> float:
    """The middle of what suits a crop, in half degrees; 13 °C where nothing is published."""
    return NOTHING_KNOWN_C if band_c is None else round(sum(band_c)) / 2
