"""How warm and how cold lots may ride together for some hours, and what a truck's unit is then set to."""

from collections.abc import Sequence

from services.fleet.tables import Truck
from telemetry.freshness.figures import Commodity
from telemetry.freshness.kinetics import loss_per_day

RIDE_RATE_FACTOR = 2.0
"""On a ride of some hours a lot may age up to this many times as fast as at its reference temperature."""

STEP_C = 0.5
FREEZING_MARGIN_C = 1.0
HOTTEST_C = 40.0
EDGE_C = 0.7
"""How far from the edge of a range a unit is set, since the air in a box is never all of one temperature."""


def ride_band_c(commodity: Commodity) -> tuple[float, float] | None:
    """The temperatures at which a lot may ride for some hours: around its band, where it ages at most twice as fast.

    Narrow storage bands would keep on separate trucks what rides together for a morning without harm. The limit counts
    chilling injury too. A commodity without a published life keeps to its storage band.
    """
    if commodity.band_c is None or commodity.reference_temperature_c is None or not commodity.supported:
        return commodity.band_c
    low_c, high_c = commodity.band_c
    limit = RIDE_RATE_FACTOR * loss_per_day(commodity, commodity.reference_temperature_c)
    while low_c - STEP_C > commodity.freezing_point_c + FREEZING_MARGIN_C and (
        loss_per_day(commodity, low_c - STEP_C) <= limit
    ):
        low_c -= STEP_C
    while high_c < HOTTEST_C and loss_per_day(commodity, high_c + STEP_C) <= limit:
        high_c += STEP_C
    return low_c, high_c


def set_point_c(truck: Truck, commodities: Sequence[Commodity]) -> float | None:
    """What the unit of ``truck`` is set to for what rides together; None for an ambient truck.

    Near the middle of what suits the lots, inside what all of them bear and what the unit can hold.
    """
    low_centi_c, high_centi_c = truck.min_temperature_centi_c, truck.max_temperature_centi_c
    suits = [sum(commodity.band_c) / 2 for commodity in commodities if commodity.band_c]
    if low_centi_c is None or high_centi_c is None or not suits:
        return None
    ranges = [(low_centi_c / 100, high_centi_c / 100)]
    ranges += [band for commodity in commodities if (band := ride_band_c(commodity))]
    low_c, high_c = max(low for low, _ in ranges), min(high for _, high in ranges)
    if high_c - low_c < 2 * EDGE_C:
        return round((low_c + high_c) / 2, 1)
    return round(min(max(sum(suits) / len(suits), low_c + EDGE_C), high_c - EDGE_C), 1)
