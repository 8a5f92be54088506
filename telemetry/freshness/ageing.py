"""The laws and constants that need no commodity: how the rate of ageing runs over temperature, and how fast
cold injures.

Ordinary ageing follows a temperature-dependent Q10 (Saltveit, in USDA Agriculture Handbook 66). Against the
catalogue's own respiration data of produce that does not ripen in storage it has no bias and the smallest
scatter of the laws compared; an Arrhenius law with one energy understates cool and overstates warm differences.
`docs/freshness.md` has the table and the command that makes it.
"""

import math

Q10_BY_INTERVAL = ((0.0, 2.5, 4.0), (10.0, 2.0, 2.5), (20.0, 1.5, 2.0), (30.0, 1.0, 1.5))
"""(from °C, lowest, highest Q10) of each 10 °C interval; Saltveit in HB66. The geometric middle is used."""

CHILLING_PER_C = 0.147
"""Fall of ln(time to injury) per °C below the threshold: one slope through the published doses at several
temperatures, of mangosteen (15 d at 10 °C, 5 d at 5 °C) and of papaya mature-green and ripe (UC Davis); checked by
`fitting.py`."""

INJURY_TO_LIFE = 1.08
"""Time to injury at the threshold over the reference life where no dose is published: median over the catalogue's
chilling-sensitive commodities that have one; checked by `fitting.py`."""

GAS_CONSTANT_J_MOL_K = 8.3144
ZERO_C_K = 273.15


def log_rate(temperature_c: float) -> float:
    """ln of the rate of ageing relative to 0 °C.

    The Q10 of an interval holds within it; the first and the last interval's are carried on below 0 and above 40 °C.
    """
    warmest = Q10_BY_INTERVAL[-1][0]
    total = 0.0
    for start, lowest, highest in Q10_BY_INTERVAL:
        low = -math.inf if start == 0.0 else start
        high = math.inf if start == warmest else start + 10.0
        share = (min(max(temperature_c, low), high) - start) / 10.0
        total += share * math.log(lowest * highest) / 2.0
    return total


def relative_rate(temperature_c: float, reference_c: float) -> float:
    """Rate of ageing at a temperature over that at the reference temperature."""
    return math.exp(log_rate(temperature_c) - log_rate(reference_c))
