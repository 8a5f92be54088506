"""How long a commodity keeps: at one temperature, or along a profile, as p10, p50 and p90.

The spread is log-normal around the median life. How wide it is at the published temperature is what cases kept for
development need (`validation/calibration.py`); how it grows away from there is fitted on the catalogue (`fitting.py`):
how wide the published Q10 ranges are, and how sure the slope of the time to injury is.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from telemetry.freshness.figures import Commodity, Confidence
from telemetry.freshness.kinetics import ageing_per_day, chilling_per_day, injury_days, loss_per_day

LIFE_SIGMA = 0.54
"""Standard deviation of ln(life), and of ln(time to injury), around the median: what the development cases need for
an 80 % interval to hold 80 % of them; checked by `validation/calibration.py`. Handbooks among themselves say 0.51."""

Q10_SIGMA = 0.16
"""Standard deviation of ln(rate) per unit of ln(rate): half the published width of Q10, read as an 80 % interval."""

INJURY_SIGMA_PER_C = 0.031
"""Standard error of the fall of ln(time to injury) per °C: the further below the threshold, the less sure."""

Z80 = 1.2816
"""Standard normal quantile of 0.9."""

EXTRAPOLATED_C = 15.0
"""A prediction further than this from the published temperature is of low confidence. Our choice."""


@dataclass(frozen=True, slots=True)
class Quantiles:
    """A tenth of the lots end before `p10`, half before `p50`, nine tenths before `p90`."""

    p10: float
    p50: float
    p90: float


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long a lot keeps under given conditions, in days; None where the catalogue has no life or no injury comes.

    `default_days` follows the low end of what is published: the life to plan with.
    """

    confidence: Confidence
    keeps_days: Quantiles | None
    default_days: float | None
    chilling_injury_after_days: float | None
    freezing_risk: bool


@dataclass(frozen=True, slots=True)
class ProfileKeeping:
    """A lot after a temperature profile. `keeping` counts from the start and stays at the last temperature
    after the end."""

    keeping: Keeping
    life_used: float | None
    remaining_days_at_reference: float | None


def keep_at(commodity: Commodity, temperature_c: float) -> Keeping:
    """The life at a constant temperature."""
    return keep_along(commodity, ((0.0, temperature_c),)).keeping


def median_loss_per_day(commodity: Commodity, temperature_c: float) -> float:
    """`loss_per_day` of the median lot: slower ageing, and what it leaves of the same time to injury."""
    life, middle = commodity.reference_life_days, commodity.median_life_days
    ageing = ageing_per_day(commodity, temperature_c)
    if life is not None and middle is not None:
        ageing *= life / middle
    return max(ageing, _injury_rate(commodity, temperature_c))


def spread(ageing: float, chilling: float, reference_ratio: float, deficit_c: float) -> tuple[float, float]:
    """The factors that lead from the median life down to p10 and up to p90.

    `ageing` and `chilling` are the lives lost to each; ageing ran at `reference_ratio` times its rate at the
    reference, chilling at `deficit_c` below the threshold.
    """
    total = ageing + chilling
    share = chilling / total if total > 0 else 0.0
    by_rate = (Q10_SIGMA * math.log(reference_ratio)) ** 2
    by_cold = (INJURY_SIGMA_PER_C * deficit_c) ** 2
    factor = math.exp(Z80 * math.sqrt(LIFE_SIGMA**2 + (1 - share) * by_rate + share * by_cold))
    return 1.0 / factor, factor


def lives_at(commodity: Commodity, temperature_c: float) -> Quantiles:
    """The life at a constant temperature over the default life there. Raises `ValueError` without a published life."""
    life = 1.0 if commodity.reference_life_days is None else commodity.reference_life_days
    ageing, chilling = ageing_per_day(commodity, temperature_c), chilling_per_day(commodity, temperature_c)
    down, up = spread(ageing, chilling, ageing * life, _deficit_c(commodity, temperature_c))
    middle = (ageing + chilling) / median_loss_per_day(commodity, temperature_c)
    return Quantiles(middle * down, middle, middle * up)


def confidence_at(commodity: Commodity, temperature_c: float) -> Confidence:
    """The commodity's confidence, and low where the temperature is far from the published one."""
    reference = commodity.reference_temperature_c
    if reference is None or abs(temperature_c - reference) <= EXTRAPOLATED_C:
        return commodity.confidence
    return Confidence.LOW


def keep_along(commodity: Commodity, profile: Sequence[tuple[float, float]]) -> ProfileKeeping:
    """The life along (hours, temperature_c) points, linear between them, two points at one hour being a step.

    The first temperature holds from hour 0, the last one for good. Raises `ValueError` for an empty or falling
    profile.
    """
    if not profile or any(later[0] < earlier[0] for earlier, later in pairwise(profile)):
        raise ValueError("a profile needs at least one point, and hours that never fall")
    freezing = any(temperature <= commodity.freezing_point_c for _, temperature in profile)
    last_c = profile[-1][1]
    pieces = _pieces(profile)
    injury = _days_to_one([(days, _injury_rate(commodity, at)) for days, at in pieces], _injury_rate(commodity, last_c))
    life, reference = commodity.reference_life_days, commodity.reference_temperature_c
    if life is None or reference is None:
        return ProfileKeeping(Keeping(Confidence.NOT_SUPPORTED, None, None, injury, freezing), None, None)
    end, middle = (_end(commodity, rate, pieces, last_c) for rate in (loss_per_day, median_loss_per_day))
    lived = _until(pieces, end, last_c)
    ageing = math.fsum(days * ageing_per_day(commodity, at) for days, at in lived)
    chilling = math.fsum(days * chilling_per_day(commodity, at) for days, at in lived)
    cold = math.fsum(days * chilling_per_day(commodity, at) * _deficit_c(commodity, at) for days, at in lived)
    down, up = spread(ageing, chilling, ageing * life / end, cold / chilling if chilling else 0.0)
    used = math.fsum(days * loss_per_day(commodity, at) for days, at in pieces)
    furthest = max((at for _, at in profile), key=lambda at: abs(at - reference))
    keeps = Quantiles(middle * down, middle, middle * up)
    keeping = Keeping(confidence_at(commodity, furthest), keeps, end, injury, freezing)
    return ProfileKeeping(keeping, used, max(0.0, 1.0 - used) * life)


def _pieces(profile: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """(days, temperature_c) steps of no more than 0.1 °C that follow the profile, middle of each step."""
    pieces = [(profile[0][0] / 24.0, profile[0][1])] if profile[0][0] > 0 else []
    for (from_h, from_c), (to_h, to_c) in pairwise(profile):
        if to_h > from_h:
            steps = max(1, math.ceil(abs(to_c - from_c) / 0.1))
            step_days = (to_h - from_h) / 24.0 / steps
            pieces += [(step_days, from_c + (to_c - from_c) * (step + 0.5) / steps) for step in range(steps)]
    return pieces


def _end(
    commodity: Commodity,
    rate: Callable[[Commodity, float], float],
    pieces: Sequence[tuple[float, float]],
    last_c: float,
) -> float:
    end = _days_to_one([(days, rate(commodity, at)) for days, at in pieces], rate(commodity, last_c))
    if end is None:
        raise ValueError(f"{commodity.commodity_id} loses no life at {last_c} °C")
    return end


def _days_to_one(pieces: Sequence[tuple[float, float]], last_rate: float) -> float | None:
    """When the sum of days x rate reaches one, the last rate holding for good; None if it never does."""
    elapsed = used = 0.0
    for days, rate in pieces:
        if used + days * rate >= 1.0:
            return elapsed + (1.0 - used) / rate
        used += days * rate
        elapsed += days
    return elapsed + (1.0 - used) / last_rate if last_rate > 0 else None


def _until(pieces: Sequence[tuple[float, float]], end: float, last_c: float) -> list[tuple[float, float]]:
    """The pieces cut at `end` days, or carried on to it at the last temperature."""
    cut, elapsed = [], 0.0
    for days, at in pieces:
        cut.append((min(days, end - elapsed), at))
        elapsed += days
        if elapsed >= end:
            return cut
    return [*cut, (end - elapsed, last_c)]


def _deficit_c(commodity: Commodity, temperature_c: float) -> float:
    threshold = commodity.chilling_threshold_c
    return 0.0 if threshold is None else max(0.0, threshold - temperature_c)


def _injury_rate(commodity: Commodity, temperature_c: float) -> float:
    days = injury_days(commodity, temperature_c)
    return 0.0 if days is None else 1.0 / days
