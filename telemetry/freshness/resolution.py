"""From several published figures to one parameter, by rules that are written down and leave a sentence behind.

1. A figure that names the wanted stage counts; one that names none counts at the default stage, and elsewhere
   only where no figure of its kind names the stage. A figure set aside never counts.
2. Optimum band: from the lowest to the highest optimum that the sources give, cut at the chilling threshold,
   and at least `CONTROL_BAND_C` wide (widened upwards: a set point alone is no band that a cooler can hold).
3. Chilling threshold: the lowest that the sources give.
4. Reference life: of the lives published at or above the threshold, the best-evidenced one nearest to the
   middle of the band gives the reference temperature. The others are carried there along the ageing curve. The
   low end of each range is taken ("up to" figures are high ends and are divided by the catalogue's usual
   spread); sources that disagree count once each, by geometric mean. The median life is made in the same way of
   the geometric middles. A life published only below the threshold
   is read as the life at the threshold, too: sources give "10-13 °C" where 13 is the threshold.
5. Time to injury: the geometric middle of published times to injury, and of lives published below the threshold, each
   carried to the threshold; where there is none, the catalogue's usual share of the reference life (`INJURY_TO_LIFE`).
   It is carried along the commodity's own slope where doses at several temperatures are published, else along the
   slope of all such commodities (`CHILLING_PER_C`).
6. Confidence: the weakest evidence used decides: published or derived is medium, and high where two sources
   agree within `AGREE_FOLD`; recalled, assumed or treated is low; without a life, not supported.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean

from telemetry.freshness.ageing import CHILLING_PER_C, INJURY_TO_LIFE, relative_rate
from telemetry.freshness.figures import Bound, Commodity, Confidence, Evidence, Figure, Kind

CONTROL_BAND_C = 2.0
"""Narrowest band that is alarmed on; a refrigerated truck's or container's control swing. Our choice."""

USUAL_SPREAD = 1.58
"""Median of high/low over the catalogue's published ranges of life; checked by `fitting.py`."""

AGREE_FOLD = 1.5
"""Two sources agree when their low ends differ by no more than this factor. Our choice."""

ASSUMED_FREEZING_POINT_C = -0.5
"""Where none is published: the highest of the catalogue, so that freezing is never missed."""

_WEAK = {Evidence.RECALLED, Evidence.ASSUMED}
_RANK = {Evidence.PUBLISHED: 0, Evidence.DERIVED: 1, Evidence.RECALLED: 2, Evidence.ASSUMED: 3}


def resolve(
    commodity_id: str,
    names: Mapping[str, str],
    figures: Sequence[Figure],
    stage: str,
    stages: tuple[str, ...],
    catalogue_sha256: str,
) -> Commodity:
    """One commodity at one stage from its figures, with the decisions taken in words."""
    is_default = stage == names["default_stage"]
    decisions: list[str] = [
        f"set aside: {f.kind} {_span(f)} at {f.temperature_c} °C ({f.source.source_id}): {f.set_aside}"
        for f in figures
        if f.set_aside
    ]

    def of(kind: Kind) -> list[Figure]:
        usable = [figure for figure in figures if figure.kind == kind and not figure.set_aside]
        exact = [figure for figure in usable if figure.stage == stage]
        general = [figure for figure in usable if not figure.stage]
        return [f for f in usable if f in exact or f in general] if is_default or not exact else exact

    threshold = _threshold(of(Kind.CHILLING_THRESHOLD), decisions)
    band = _band(of(Kind.OPTIMUM_TEMPERATURE), threshold, decisions)
    lives = [figure for figure in of(Kind.LIFE) if figure.temperature_c is not None and figure.low is not None]
    above = [f for f in lives if threshold is None or f.at_c >= threshold]
    usable = [f for f in above if f.bound is not Bound.MINIMUM] or above or lives
    reference, life, middle, span = _reference_life(usable, band, threshold, decisions)
    doses = of(Kind.CHILLING_TIME_TO_INJURY)
    per_c = _chilling_per_c(doses, decisions)
    injury = None
    if life is not None and reference is not None and threshold is not None:
        below = [f for f in lives if f not in above and f.bound is not Bound.MINIMUM]
        injury = _injury_at_threshold([*doses, *below], threshold, life, per_c, decisions)
    freezing = [f.low for f in of(Kind.FREEZING_POINT) if f.low is not None]
    humidity = of(Kind.OPTIMUM_HUMIDITY)
    return Commodity(
        commodity_id=commodity_id,
        name_en=names["name_en"],
        name_th=names["name_th"],
        scientific=names["scientific"],
        stage=stage,
        stages=stages,
        supported=life is not None,
        confidence=_confidence(usable, threshold, reference),
        reference_temperature_c=reference,
        reference_life_days=life,
        median_life_days=middle,
        life_range_days=span,
        band_c=band,
        humidity_band_pct=_hull(humidity) if humidity else None,
        chilling_threshold_c=threshold,
        injury_days_at_threshold=injury,
        chilling_per_c=per_c,
        freezing_point_c=max(freezing, default=ASSUMED_FREEZING_POINT_C),
        freezing_point_assumed=not freezing,
        moisture_limits=names["moisture_limits"] == "yes",
        ethylene_production=_text(of(Kind.ETHYLENE_PRODUCTION)),
        ethylene_sensitivity=_text(of(Kind.ETHYLENE_SENSITIVITY)),
        compatibility_group=_text(of(Kind.COMPATIBILITY_GROUP)),
        precooling=_text(of(Kind.PRECOOLING)),
        figures=tuple(figures),
        decisions=tuple(decisions),
        catalogue_sha256=catalogue_sha256,
    )


def low_end(figure: Figure) -> float:
    """The low end of a published life in days; of an "up to" figure, what its high end makes likely."""
    return figure.most / USUAL_SPREAD if figure.bound is Bound.MAXIMUM else figure.least


def centre(figure: Figure) -> float:
    """The geometric middle of a published life in days; one value is its own middle."""
    return math.sqrt(low_end(figure) * figure.most)


def carried(days: float, from_c: float, to_c: float) -> float:
    """A life at one temperature carried to another along the ageing curve."""
    return days * relative_rate(from_c, to_c)


def by_source(values: Iterable[tuple[Figure, float]]) -> float:
    """Geometric mean in which every source counts once."""
    logs: dict[str, list[float]] = {}
    for figure, value in values:
        logs.setdefault(figure.source.source_id, []).append(math.log(value))
    return math.exp(fmean(fmean(own) for own in logs.values()))


def _threshold(figures: Sequence[Figure], decisions: list[str]) -> float | None:
    if not figures:
        return None
    lowest = min(figures, key=lambda figure: figure.low if figure.low is not None else math.inf)
    others = f"; the others say {', '.join(_span(f) for f in figures if f is not lowest)}" if len(figures) > 1 else ""
    decisions.append(f"chilling threshold {lowest.low:g} °C ({lowest.source.source_id}){others}")
    return lowest.low


def _band(figures: Sequence[Figure], threshold: float | None, decisions: list[str]) -> tuple[float, float] | None:
    if not figures:
        return None
    low, high = _hull(figures)
    if threshold is not None:
        low = max(low, threshold)
    band = (low, max(high, low + CONTROL_BAND_C))
    said = ", ".join(f"{_span(figure)} ({figure.source.source_id})" for figure in figures)
    decisions.append(f"band {band[0]:g}-{band[1]:g} °C from {said}")
    return band


def _reference_life(
    figures: Sequence[Figure], band: tuple[float, float] | None, threshold: float | None, decisions: list[str]
) -> tuple[float | None, float | None, float | None, tuple[float, float] | None]:
    if not figures:
        return None, None, None, None
    floor = -math.inf if threshold is None else threshold

    def at(figure: Figure) -> float:
        return max(figure.at_c, floor)

    middle = fmean(band) if band else at(figures[0])
    chosen = min(figures, key=lambda figure: (_RANK[figure.evidence], abs(at(figure) - middle)))
    reference = at(chosen)
    life = round(by_source((figure, carried(low_end(figure), at(figure), reference)) for figure in figures), 6)
    middle = round(by_source((figure, carried(centre(figure), at(figure), reference)) for figure in figures), 6)
    lows = [carried(low_end(figure), at(figure), reference) for figure in figures]
    highs = [carried(figure.most, at(figure), reference) for figure in figures]
    said = ", ".join(f"{_span(f)} d at {f.at_c:g} °C ({f.source.source_id})" for f in figures)
    decisions.append(f"reference life {life:.1f} d (median {middle:.1f} d) at {reference:g} °C, low ends of {said}")
    return reference, life, middle, (min(*lows, life), max(*highs, life))


def _chilling_per_c(doses: Sequence[Figure], decisions: list[str]) -> float:
    fall = fall_per_c(doses)
    if fall is None:
        return CHILLING_PER_C
    said = ", ".join(f"{_span(f)} d at {f.at_c:g} °C ({f.source.source_id})" for f in doses)
    decisions.append(f"ln(time to injury) falls by {fall:.3f} per °C, from {said}")
    return fall


def fall_per_c(doses: Iterable[Figure]) -> float | None:
    """Fall of ln(time to injury) per °C within series of doses at several temperatures; None without such a series.

    A series is one source's doses of one stage under one note, the symptom. One slope for all, each its own level.
    """
    series: dict[tuple[str, str, str, str], list[tuple[float, float]]] = {}
    for figure in doses:
        key = (figure.commodity_id, figure.stage, figure.source.source_id, figure.note)
        series.setdefault(key, []).append((figure.at_c, math.log(figure.least * figure.most) / 2))
    products = squares = 0.0
    for points in series.values():
        middle_c, middle_log = (fmean(column) for column in zip(*points, strict=True))
        products += sum((at_c - middle_c) * (log - middle_log) for at_c, log in points)
        squares += sum((at_c - middle_c) ** 2 for at_c, _ in points)
    return products / squares if squares else None


def _injury_at_threshold(
    anchors: Sequence[Figure], threshold: float, life: float, per_c: float, decisions: list[str]
) -> float:
    if not anchors:
        decisions.append(
            f"time to injury at the threshold assumed {INJURY_TO_LIFE:g} × the reference life: no dose published"
        )
        return INJURY_TO_LIFE * life
    days = by_source((figure, injury_anchor(figure, threshold, per_c)) for figure in anchors)
    said = ", ".join(f"{_span(f)} d at {f.at_c:g} °C ({f.source.source_id})" for f in anchors)
    decisions.append(f"time to injury at the threshold {days:.1f} d, carried from {said}")
    return days


def injury_anchor(figure: Figure, threshold: float, per_c: float) -> float:
    """A time to injury, or a life below the threshold, carried to the threshold: the middle of a range."""
    middle = math.sqrt(figure.least * figure.most)
    return middle * math.exp(per_c * max(0.0, threshold - figure.at_c))


def _confidence(figures: Sequence[Figure], threshold: float | None, reference: float | None) -> Confidence:
    if not figures or reference is None:
        return Confidence.NOT_SUPPORTED
    read_below = threshold is not None and all(figure.at_c < threshold for figure in figures)
    if any(figure.evidence in _WEAK or "with " in figure.note for figure in figures):
        return Confidence.LOW
    lows = [carried(low_end(figure), figure.at_c, reference) for figure in figures]
    sources = {figure.source.source_id for figure in figures}
    agree = len(sources) > 1 and max(lows) <= AGREE_FOLD * min(lows)
    return Confidence.HIGH if agree and not read_below else Confidence.MEDIUM


def _hull(figures: Sequence[Figure]) -> tuple[float, float]:
    lows = [figure.low for figure in figures if figure.low is not None]
    highs = [figure.high for figure in figures if figure.high is not None]
    return min(lows), max(highs or lows)


def _text(figures: Sequence[Figure]) -> str:
    return next((figure.text for figure in figures if figure.text), "")


def _span(figure: Figure) -> str:
    low = "?" if figure.low is None else f"{figure.low:g}"
    return low if figure.high in (None, figure.low) else f"{low}-{figure.high:g}"
