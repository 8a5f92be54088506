"""How dry the air was, for produce whose life ends by wilting or browning rather than by age.

Water is lost in proportion to the vapour-pressure deficit (VPD). Against the deficit at the recommended
humidity and reference temperature that gives a factor. It is a flag, not part of the life lost: no source of
the catalogue gives a life over humidity.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from telemetry.freshness.assessment import Assessment, Reason, ReasonCode, Remaining, Verdict
from telemetry.freshness.figures import Commodity, Confidence

DRY_FACTOR = 2.0
"""Water lost this many times as fast as recommended is flagged. Our choice."""

HumiditySample = tuple[int, int, int]
"""(measured_at_ms, temperature_centi_c, humidity_centi_pct)."""


@dataclass(frozen=True, slots=True)
class Dryness:
    """Mean vapour-pressure deficit of the samples, that of the recommended conditions, and their ratio."""

    deficit_kpa: float
    recommended_kpa: float
    factor: float
    samples: int


def saturation_kpa(temperature_c: float) -> float:
    """Saturation vapour pressure over water. Tetens; FAO Irrigation and Drainage Paper 56, equation 11."""
    return 0.6108 * math.exp(17.27 * temperature_c / (temperature_c + 237.3))


def deficit_kpa(temperature_c: float, humidity_pct: float) -> float:
    """Vapour-pressure deficit of air at the temperature of the produce."""
    return saturation_kpa(temperature_c) * (1.0 - min(max(humidity_pct, 0.0), 100.0) / 100.0)


def dryness(commodity: Commodity, samples: Iterable[HumiditySample]) -> Dryness | None:
    """The dryness of a commodity that moisture limits; None for others, or where nothing was measured or
    recommended."""
    reference, band = commodity.reference_temperature_c, commodity.humidity_band_pct
    if not commodity.moisture_limits or reference is None or band is None:
        return None
    deficits = [deficit_kpa(centi / 100, humidity / 100) for _, centi, humidity in sorted(set(samples))]
    if not deficits:
        return None
    recommended = deficit_kpa(reference, band[0])
    mean = math.fsum(deficits) / len(deficits)
    return Dryness(mean, recommended, mean / recommended, len(deficits))


def with_humidity(assessment: Assessment, found: Dryness | None) -> Assessment:
    """The assessment with dry air flagged: p10 shortened by the factor, confidence lowered, `on_track` becomes
    `watch`."""
    if found is None or found.factor < DRY_FACTOR:
        return assessment
    sentence = (
        f"The air took water {found.factor:.1f} times as fast as recommended ({found.deficit_kpa:.2f} kPa deficit)."
    )
    figures = {"factor": found.factor, "deficit_kpa": found.deficit_kpa, "recommended_kpa": found.recommended_kpa}
    lowered = Confidence.LOW if assessment.confidence is not Confidence.NOT_SUPPORTED else assessment.confidence
    return replace(
        assessment,
        verdict=Verdict.WATCH if assessment.verdict is Verdict.ON_TRACK else assessment.verdict,
        confidence=lowered,
        remaining_at_reference=_shortened(assessment.remaining_at_reference, found.factor),
        remaining_at_recent=_shortened(assessment.remaining_at_recent, found.factor),
        reasons=(*assessment.reasons, Reason(ReasonCode.DRY_AIR, sentence, figures)),
    )


def _shortened(remaining: Remaining | None, factor: float) -> Remaining | None:
    return None if remaining is None else replace(remaining, p10_s=round(remaining.p10_s / factor))
