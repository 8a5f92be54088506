"""Rate of life lost over temperature, time to chilling injury, and mean kinetic temperature.

Chilling: the time to injury falls exponentially with the deficit below the threshold. The rates of ageing and
of chilling add, as in the keeping-quality model of Tijskens and Polderdijk (1996, Agricultural Systems
51:171-185). A published time to injury is an observed end of life, so it holds ageing already: the chilling
rate is what the ageing rate leaves of it.
"""

import math
from collections.abc import Iterable

from telemetry.freshness.ageing import GAS_CONSTANT_J_MOL_K, ZERO_C_K, relative_rate
from telemetry.freshness.figures import Commodity

HEAT_OF_ACTIVATION_J_MOL = 83_144.0
"""Default activation energy of mean kinetic temperature: USP <1079>; Haynes 1971, J. Pharm. Sci. 60:927-929."""

COLDEST_C, HOTTEST_C = -40.0, 80.0
"""Temperatures beyond these count as these: no produce and no probe of ours lives there."""


def ageing_per_day(commodity: Commodity, temperature_c: float) -> float:
    """Lives lost per day to ageing alone. Raises `ValueError` for a commodity without a published life."""
    life, reference = commodity.reference_life_days, commodity.reference_temperature_c
    if life is None or reference is None:
        raise ValueError(f"{commodity.commodity_id} has no published life; it keeps a temperature record only")
    return relative_rate(temperature_c, reference) / life


def injury_days(commodity: Commodity, temperature_c: float) -> float | None:
    """Days to chilling injury at a constant temperature; None at or above the threshold or where none is known.

    Below the freezing point the time at the freezing point stands: freezing is an event of its own.
    """
    threshold, at_threshold = commodity.chilling_threshold_c, commodity.injury_days_at_threshold
    if threshold is None or at_threshold is None or temperature_c >= threshold:
        return None
    deficit = threshold - max(temperature_c, commodity.freezing_point_c)
    return at_threshold * math.exp(-commodity.chilling_per_c * deficit)


def chilling_per_day(commodity: Commodity, temperature_c: float) -> float:
    """Lives lost per day to chilling, on top of ageing."""
    days = injury_days(commodity, temperature_c)
    return 0.0 if days is None else max(0.0, 1.0 / days - ageing_per_day(commodity, temperature_c))


def loss_per_day(commodity: Commodity, temperature_c: float) -> float:
    """Lives lost per day: ageing and chilling added (Tijskens and Polderdijk 1996)."""
    return ageing_per_day(commodity, temperature_c) + chilling_per_day(commodity, temperature_c)


def mean_kinetic_c(dwell: Iterable[tuple[float, float]]) -> float | None:
    """Mean kinetic temperature in °C of (temperature_c, weight) pairs; None without weight. Haynes 1971; USP
    <1079>."""
    scale = HEAT_OF_ACTIVATION_J_MOL / GAS_CONSTANT_J_MOL_K
    pairs = [(scale / (temperature_c + ZERO_C_K), weight) for temperature_c, weight in dwell if weight > 0]
    if not pairs:
        return None
    least = min(exponent for exponent, _ in pairs)
    weighted = math.fsum(weight * math.exp(least - exponent) for exponent, weight in pairs)
    total = math.fsum(weight for _, weight in pairs)
    return scale / (least - math.log(weighted / total)) - ZERO_C_K
