"""The model and the two baselines it must beat, all started from the same figures of the catalogue.

Q10 = 2 halves the life for each 10 °C and knows no chilling. Mean kinetic temperature, as in USP <1079>, takes one
activation energy of 83.144 kJ/mol; used for a life it is an Arrhenius law through the reference life, since the time at
the mean kinetic temperature and the time along the profile use up the same share of it.
"""

import math
from collections.abc import Callable
from typing import Protocol

from telemetry.freshness.ageing import GAS_CONSTANT_J_MOL_K, ZERO_C_K
from telemetry.freshness.figures import Commodity
from telemetry.freshness.keeping import keep_along
from telemetry.freshness.kinetics import HEAT_OF_ACTIVATION_J_MOL
from telemetry.freshness.validation.cases import Endpoint, Segment
from telemetry.freshness.validation.prediction import Prediction

HOURS_PER_DAY = 24.0


class Predictor(Protocol):
    """Says how many days from the start of a profile the life ends, or the first injury shows; None where it can't."""

    @property
    def name(self) -> str: ...

    def predict(self, commodity: Commodity, profile: tuple[Segment, ...], endpoint: Endpoint) -> Prediction | None: ...


class Model:
    """`telemetry.freshness`. Where no injury comes, the end of life stands in for it: nothing is seen before then."""

    name = "model"

    def predict(self, commodity: Commodity, profile: tuple[Segment, ...], endpoint: Endpoint) -> Prediction | None:
        keeping = keep_along(commodity, points_of(profile)).keeping
        if keeping.keeps_days is None:
            return None
        injury = keeping.chilling_injury_after_days
        days = injury if endpoint is Endpoint.INJURY and injury is not None else keeping.keeps_days.p50
        return Prediction(days, keeping.keeps_days.p10, keeping.keeps_days.p90)


class RateBaseline:
    """A rate of ageing relative to that at the reference temperature, and nothing else."""

    def __init__(self, name: str, relative_rate: Callable[[float, float], float]) -> None:
        self.name = name
        self._relative_rate = relative_rate

    def predict(self, commodity: Commodity, profile: tuple[Segment, ...], endpoint: Endpoint) -> Prediction | None:
        life, reference = commodity.median_life_days, commodity.reference_temperature_c
        if life is None or reference is None:
            return None
        used = elapsed = 0.0
        for segment in profile:
            per_day = self._relative_rate(segment.temperature_c, reference) / life
            left = (1.0 - used) / per_day
            if segment.hours is None or segment.hours / HOURS_PER_DAY >= left:
                return Prediction(elapsed + left, None, None)
            used += per_day * segment.hours / HOURS_PER_DAY
            elapsed += segment.hours / HOURS_PER_DAY
        raise AssertionError("the last segment has no hours")


def q10_of_two(temperature_c: float, reference_c: float) -> float:
    """Relative rate with Q10 = 2."""
    return math.exp2((temperature_c - reference_c) / 10.0)


def mean_kinetic(temperature_c: float, reference_c: float) -> float:
    """Relative rate with the activation energy of mean kinetic temperature."""
    scale = HEAT_OF_ACTIVATION_J_MOL / GAS_CONSTANT_J_MOL_K
    return math.exp(scale / (reference_c + ZERO_C_K) - scale / (temperature_c + ZERO_C_K))


PREDICTORS: tuple[Predictor, ...] = (
    Model(),
    RateBaseline("q10_2", q10_of_two),
    RateBaseline("mkt", mean_kinetic),
)


def points_of(profile: tuple[Segment, ...]) -> list[tuple[float, float]]:
    """(hours, temperature_c) points of a profile: a step between one segment and the next."""
    points, start = [], 0.0
    for segment in profile:
        points.append((start, segment.temperature_c))
        if segment.hours is not None:
            start += segment.hours
            points.append((start, segment.temperature_c))
    return points
