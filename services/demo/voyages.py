"""Shipments of the demo: where each crop goes from each hub, at which set-point, and how long that takes."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.demo.places import Place
from services.plans.logic import ride_band_c
from telemetry.freshness.figures import Commodity

HOUR_MS = 3_600_000
DAY_H = 24


@dataclass(frozen=True, slots=True)
class Voyage:
    """A destination and the hours until it is due there, from departure. Made up, of a plausible length."""

    destination: str
    hours: int
    exporter: str


BY_SEA = Voyage("Guangzhou Nansha", 6 * DAY_H, "Eastern Orchard Export (made up)")
BY_AIR = Voyage("Tokyo Narita", 20, "Siam Air Fresh (made up)")
BY_ROAD = Voyage("Pingxiang", 3 * DAY_H, "Eastern Orchard Export (made up)")
BY_VAN = Voyage("Bangkok market", 8, "Talat Thai Traders (made up)")
NOTHING_KNOWN_C = 13.0
MARGIN_C = 0.7
"""How far from the edge of a range a unit is set, since air in a box is never all of one temperature."""

DELICATE = {"coriander", "chili"}


def voyage(hub: Place, commodity_id: str) -> Voyage:
    """Where a crop goes from a hub: delicate herbs are flown or sold near by, the rest takes the hub's own way."""
    if hub.kind == "airport":
        return BY_AIR
    if commodity_id in DELICATE:
        return BY_VAN
    return BY_SEA if hub.kind == "seaport" else BY_ROAD


def ride_set_point_c(commodities: Sequence[Commodity]) -> float:
    """What a truck's unit is set to for lots that ride together: near what suits them, inside what all of them bear."""
    ranges = [known for commodity in commodities if (known := ride_band_c(commodity))]
    suits = [sum(commodity.band_c) / 2 for commodity in commodities if commodity.band_c]
    if not ranges or not suits:
        return NOTHING_KNOWN_C
    low_c, high_c = max(low for low, _ in ranges), min(high for _, high in ranges)
    if high_c - low_c < 2 * MARGIN_C:
        return round((low_c + high_c) / 2, 1)
    return round(min(max(sum(suits) / len(suits), low_c + MARGIN_C), high_c - MARGIN_C), 1)


def set_point_c(band_c: tuple[float, float] | None) -> float:
    """The middle of what suits a crop, in half degrees; 13 °C where nothing is published."""
    return NOTHING_KNOWN_C if band_c is None else round(sum(band_c)) / 2
