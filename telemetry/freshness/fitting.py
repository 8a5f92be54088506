"""Where the model's constants come from: fits on the catalogue's own figures, and on nothing else.

`python -m telemetry.freshness.fitting` prints them beside the constants in use. A test compares the two, so
that a changed figure cannot leave a constant behind. No case of `validation/` is read here; a test sees to
that, too. The one constant that needs cases is `LIFE_SIGMA`: see `validation/calibration.py`.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean, linear_regression, median, quantiles

from telemetry.freshness import ageing, keeping, resolution
from telemetry.freshness.ageing import GAS_CONSTANT_J_MOL_K, Q10_BY_INTERVAL, ZERO_C_K, log_rate
from telemetry.freshness.commodities import Catalogue, load_catalogue
from telemetry.freshness.figures import Bound, Commodity, Evidence, Figure, Kind
from telemetry.freshness.resolution import by_source, carried, centre, fall_per_c, injury_anchor, low_end

NOT_RIPENING = ("lychee", "lime", "asparagus", "passionfruit", "guava")
"""Commodities with respiration at several temperatures, of produce that does not ripen fast while it is measured."""

ARRHENIUS_KJ_MOL = (50, 60, 70, 80)

Law = Callable[[float], float]
"""ln of a rate over temperature in °C, up to a constant."""


@dataclass(frozen=True, slots=True)
class LawScore:
    """How a law of temperature meets respiration data: mean and root mean square of its error in ln(Q10)."""

    name: str
    bias: float
    scatter: float


@dataclass(frozen=True, slots=True)
class Constant:
    """One constant: what the catalogue gives and what the model uses."""

    name: str
    fitted: float
    used: float


def laws() -> Iterator[tuple[str, Law]]:
    """The laws compared."""
    yield "Q10 by interval (HB66)", log_rate
    yield "Q10 = 2", lambda temperature_c: temperature_c / 10 * math.log(2)
    yield "Q10 = 2.5", lambda temperature_c: temperature_c / 10 * math.log(2.5)
    for energy in ARRHENIUS_KJ_MOL:
        yield f"Arrhenius {energy} kJ/mol", arrhenius(energy)


def arrhenius(energy_kj_mol: float) -> Law:
    """ln of an Arrhenius rate."""
    scale = energy_kj_mol * 1000 / GAS_CONSTANT_J_MOL_K
    return lambda temperature_c: -scale / (temperature_c + ZERO_C_K)


def law_scores(catalogue: Catalogue) -> list[LawScore]:
    """Every law against the respiration of `NOT_RIPENING`, between neighbouring published temperatures."""
    steps = [step for name in NOT_RIPENING for step in _respiration_steps(catalogue.commodity(name))]
    scores = []
    for name, law in laws():
        errors = [(rise - (law(to_c) - law(from_c))) / (to_c - from_c) * 10 for from_c, to_c, rise in steps]
        scores.append(LawScore(name, fmean(errors), math.sqrt(fmean(error**2 for error in errors))))
    return scores


def usual_spread(catalogue: Catalogue) -> float:
    """Median of high/low over the published ranges of life."""
    ranges = [f for commodity in catalogue for f in _lives(commodity) if f.bound is Bound.RANGE and commodity_own(f)]
    return median(figure.most / figure.least for figure in ranges)


def chilling_per_c(catalogue: Catalogue) -> float:
    """Fall of ln(time to injury) per °C: one slope through every series of published doses at several temperatures."""
    fall = fall_per_c(figure for figure in catalogue.figures if _is_dose(figure))
    if fall is None:
        raise ValueError("no source of the catalogue has doses at several temperatures")
    return fall


def injury_ratios(catalogue: Catalogue) -> list[float]:
    """ln(time to injury at the threshold / reference life) of every commodity with evidence of its own."""
    ratios = []
    for life, threshold, per_c, anchors in _injured(catalogue):
        days = by_source((figure, injury_anchor(figure, threshold, per_c)) for figure in anchors)
        ratios.append(math.log(days / life))
    return ratios


def chilling_sigma_per_c(catalogue: Catalogue) -> float:
    """Standard error of the fall of ln(time to injury) per °C, from one line through all commodities."""
    points = [
        (threshold - figure.at_c, math.log(figure.least * figure.most) / 2 - math.log(life))
        for life, threshold, _, anchors in _injured(catalogue)
        for figure in anchors
    ]
    deficits, logs = [deficit for deficit, _ in points], [log for _, log in points]
    slope, intercept = linear_regression(deficits, logs)
    residual = math.sqrt(sum((log - intercept - slope * deficit) ** 2 for deficit, log in points) / (len(points) - 2))
    middle = fmean(deficits)
    return residual / math.sqrt(sum((deficit - middle) ** 2 for deficit in deficits))


def life_errors(catalogue: Catalogue) -> list[float]:
    """ln(published life / life predicted from the other sources alone): low end, middle and high end of each range."""
    errors = []
    for name in catalogue.commodity_ids:
        default = catalogue.commodity(name)
        for stage in default.stages or ("",):
            commodity = catalogue.commodity(name, stage)
            threshold = -math.inf if commodity.chilling_threshold_c is None else commodity.chilling_threshold_c
            lives = [
                figure
                for figure in _lives(commodity)
                if (figure.stage == stage or (not figure.stage and stage == default.stage))
                and figure.at_c >= threshold
                and figure.bound is not Bound.MINIMUM
                and commodity_own(figure)
            ]
            for held in lives:
                others = [figure for figure in lives if figure.source != held.source]
                if others:
                    predicted = by_source(
                        (figure, carried(centre(figure), figure.at_c, held.at_c)) for figure in others
                    )
                    ends = low_end(held), held.most
                    errors += [math.log(days / predicted) for days in (ends[0], math.sqrt(ends[0] * ends[1]), ends[1])]
    return errors


def handbook_sigma(catalogue: Catalogue) -> float:
    """Half width of the 80 % interval of `life_errors`, as a standard deviation: how far handbooks disagree."""
    tenths = quantiles(life_errors(catalogue), n=10, method="inclusive")
    return (tenths[-1] - tenths[0]) / 2 / keeping.Z80


def commodity_own(figure: Figure) -> bool:
    """Whether a figure was read for this very commodity, not carried over from a related one."""
    return figure.evidence is not Evidence.ASSUMED


def q10_sigma() -> float:
    """Relative uncertainty of ln(Q10): the mean half width of the published ranges up to 30 °C, as an 80 %
    interval."""
    widths = [math.log(high / low) / math.log(high * low) for _, low, high in Q10_BY_INTERVAL[:3]]
    return fmean(widths) / keeping.Z80


def constants(catalogue: Catalogue) -> list[Constant]:
    """Every fitted constant of the model."""
    ratios = injury_ratios(catalogue)
    return [
        Constant("USUAL_SPREAD", usual_spread(catalogue), resolution.USUAL_SPREAD),
        Constant("CHILLING_PER_C", chilling_per_c(catalogue), ageing.CHILLING_PER_C),
        Constant("INJURY_TO_LIFE", math.exp(median(ratios)), ageing.INJURY_TO_LIFE),
        Constant("INJURY_SIGMA_PER_C", chilling_sigma_per_c(catalogue), keeping.INJURY_SIGMA_PER_C),
        Constant("Q10_SIGMA", q10_sigma(), keeping.Q10_SIGMA),
    ]


def _lives(commodity: Commodity) -> list[Figure]:
    return [f for f in commodity.figures if f.kind is Kind.LIFE and not f.set_aside]


def _doses(commodity: Commodity) -> list[Figure]:
    stages = {"", commodity.stage}
    return [f for f in commodity.figures if _is_dose(f) and f.stage in stages]


def _is_dose(figure: Figure) -> bool:
    return figure.kind is Kind.CHILLING_TIME_TO_INJURY and not figure.set_aside and commodity_own(figure)


def _injured(catalogue: Catalogue) -> Iterator[tuple[float, float, float, list[Figure]]]:
    """(reference life, chilling threshold, slope, published doses and lives below it) of every commodity with such."""
    for commodity in catalogue:
        threshold, life = commodity.chilling_threshold_c, commodity.reference_life_days
        if threshold is None or life is None:
            continue
        own = [f for f in _lives(commodity) if f.stage in {"", commodity.stage} and f.bound is not Bound.MINIMUM]
        below = [f for f in own if f.at_c < threshold]
        read_at_threshold = commodity.reference_temperature_c == threshold
        anchors = [*_doses(commodity), *(f for f in below if commodity_own(f) and not read_at_threshold)]
        if anchors:
            yield life, threshold, commodity.chilling_per_c, anchors


def _respiration_steps(commodity: Commodity) -> list[tuple[float, float, float]]:
    """(from °C, to °C, rise of ln(respiration)) between neighbouring temperatures, geometric middles of the ranges."""
    points = sorted(
        (figure.at_c, math.log(figure.least * figure.most) / 2)
        for figure in commodity.figures
        if figure.kind is Kind.RESPIRATION
    )
    return [(from_c, to_c, to_log - from_log) for (from_c, from_log), (to_c, to_log) in pairwise(points)]


def report(scores: Sequence[LawScore], fitted: Sequence[Constant], handbooks: float) -> str:
    """Both tables, for people, and how far handbooks disagree on a life."""
    lines = [f"{'law of temperature':<26}{'bias':>7}{'scatter':>9}"]
    lines += [f"{score.name:<26}{score.bias:>+7.2f}{score.scatter:>9.2f}" for score in scores]
    lines += ["", f"{'constant':<26}{'fitted':>7}{'used':>9}"]
    lines += [f"{constant.name:<26}{constant.fitted:>7.3f}{constant.used:>9g}" for constant in fitted]
    lines += ["", f"handbooks disagree on a life by {handbooks:.2f} in its logarithm (standard deviation)"]
    return "\n".join(lines)


if __name__ == "__main__":
    read = load_catalogue()
    print(report(law_scores(read), constants(read), handbook_sigma(read)))
