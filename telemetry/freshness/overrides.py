"""A tenant's own figures in place of the catalogue's: who, when, why, and which version; the rest stays as
published."""

import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from telemetry.freshness.figures import Commodity, Confidence
from telemetry.freshness.resolution import USUAL_SPREAD


class Parameter(StrEnum):
    """What may be overridden."""

    REFERENCE_LIFE_DAYS = "reference_life_days"
    REFERENCE_TEMPERATURE_C = "reference_temperature_c"
    BAND_LOW_C = "band_low_c"
    BAND_HIGH_C = "band_high_c"
    CHILLING_THRESHOLD_C = "chilling_threshold_c"
    INJURY_DAYS_AT_THRESHOLD = "injury_days_at_threshold"
    FREEZING_POINT_C = "freezing_point_c"


_LIMITS = MappingProxyType(
    {
        Parameter.REFERENCE_LIFE_DAYS: (0.5, 730.0),
        Parameter.REFERENCE_TEMPERATURE_C: (-5.0, 40.0),
        Parameter.BAND_LOW_C: (-5.0, 40.0),
        Parameter.BAND_HIGH_C: (-5.0, 40.0),
        Parameter.CHILLING_THRESHOLD_C: (-5.0, 30.0),
        Parameter.INJURY_DAYS_AT_THRESHOLD: (0.1, 730.0),
        Parameter.FREEZING_POINT_C: (-10.0, 0.0),
    }
)


@dataclass(frozen=True, slots=True)
class Override:
    """One figure of one tenant. Raises `ValueError` naming the field, the value and the remedy."""

    version: int
    commodity_id: str
    stage: str
    parameter: Parameter
    value: float
    by: str
    at_ms: int
    why: str

    def __post_init__(self) -> None:
        low, high = _LIMITS[self.parameter]
        if not low <= self.value <= high:
            raise ValueError(f"{self.parameter} is {self.value:g}; give {low:g} to {high:g}")
        for field in ("by", "why"):
            if not getattr(self, field).strip():
                raise ValueError(f"{field} is empty; say who overrides the figure and why")


def with_overrides(commodity: Commodity, overrides: Sequence[Override]) -> Commodity:
    """The commodity with a tenant's figures, the newest version of each; told in `decisions` and in the digest.

    A life needs a temperature to hold at: one that has neither published must be given both. Raises `ValueError` on
    overrides of another commodity or stage, or on a band that is upside down.
    """
    newest: dict[Parameter, Override] = {}
    for override in sorted(overrides, key=lambda one: one.version):
        if (override.commodity_id, override.stage) != (commodity.commodity_id, commodity.stage):
            raise ValueError(f"version {override.version} is for {override.commodity_id} {override.stage}".rstrip())
        newest[override.parameter] = override
    if not newest:
        return commodity
    given = {parameter: override.value for parameter, override in newest.items()}
    life = given.get(Parameter.REFERENCE_LIFE_DAYS, commodity.reference_life_days)
    reference = given.get(Parameter.REFERENCE_TEMPERATURE_C, commodity.reference_temperature_c)
    if (life is None) != (reference is None):
        raise ValueError(f"{commodity.commodity_id} needs both reference_life_days and reference_temperature_c")
    middle = None if life is None else life * _median_to_default(commodity)
    threshold = given.get(Parameter.CHILLING_THRESHOLD_C, commodity.chilling_threshold_c)
    injury = given.get(Parameter.INJURY_DAYS_AT_THRESHOLD, commodity.injury_days_at_threshold)
    said = [f"version {one.version} by {one.by}: {one.parameter} {one.value:g}, {one.why}" for one in newest.values()]
    in_order = sorted(newest.values(), key=lambda one: one.parameter)
    canonical = json.dumps([asdict(one) for one in in_order], sort_keys=True)
    confidence = commodity.confidence
    if life is not None and confidence is Confidence.NOT_SUPPORTED:
        confidence = Confidence.LOW
    return replace(
        commodity,
        supported=life is not None,
        confidence=confidence,
        reference_life_days=life,
        median_life_days=middle,
        reference_temperature_c=reference,
        band_c=_band(commodity, given),
        chilling_threshold_c=threshold,
        injury_days_at_threshold=life if threshold is not None and injury is None else injury,
        freezing_point_c=given.get(Parameter.FREEZING_POINT_C, commodity.freezing_point_c),
        decisions=(*commodity.decisions, *said),
        catalogue_sha256=hashlib.sha256((commodity.catalogue_sha256 + canonical).encode()).hexdigest(),
    )


def _median_to_default(commodity: Commodity) -> float:
    """A tenant's life takes the catalogue's place as the default; the median keeps its distance from it."""
    if commodity.reference_life_days is None or commodity.median_life_days is None:
        return math.sqrt(USUAL_SPREAD)
    return commodity.median_life_days / commodity.reference_life_days


def _band(commodity: Commodity, given: dict[Parameter, float]) -> tuple[float, float] | None:
    low, high = commodity.band_c or (None, None)
    low, high = given.get(Parameter.BAND_LOW_C, low), given.get(Parameter.BAND_HIGH_C, high)
    if low is None and high is None:
        return None
    if low is None or high is None or high <= low:
        raise ValueError(
            f"the band of {commodity.commodity_id} is {low} to {high} °C; give a low end and a higher high end"
        )
    return low, high
