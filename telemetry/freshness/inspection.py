"""What was found on arrival against what was forecast, and what that says about the model, commodity by commodity.

A report changes nothing. To use what it suggests is an explicit act that leaves an `Override` with a name, a
reason and a version.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

from telemetry.freshness.assessment import Remaining
from telemetry.freshness.figures import Commodity
from telemetry.freshness.grid import DAY_S
from telemetry.freshness.overrides import Override, Parameter

ENOUGH = 12
"""Inspections with an observed life below which no factor is suggested. Our choice."""

OVER_PREDICTED = 1.5


class Quality(StrEnum):
    """What the inspector found."""

    SOUND = "sound"
    MARKETABLE = "marketable"
    UNMARKETABLE = "unmarketable"


@dataclass(frozen=True, slots=True)
class Inspection:
    """One inspected shipment. `kept_days` is how long it kept after the inspection, at the reference
    temperature, where that was followed; `chilling_injury` is None where nobody looked for it."""

    shipment: str
    commodity_id: str
    exporter: str
    inspected_at_ms: int
    quality: Quality
    kept_days: float | None = None
    chilling_injury: bool | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """An inspection beside the forecast for that instant.

    `fold` is forecast over observed life (1 is right, 2 is twice too much), None where none was observed or it
    was over. `surprise` says that produce forecast to have life left in nine of ten cases was unmarketable.
    """

    inspection: Inspection
    forecast: Remaining
    injury_dose: float
    fold: float | None
    within_80: bool | None
    surprise: bool
    injury_forecast: bool


@dataclass(frozen=True, slots=True)
class Calibration:
    """How the model did for one commodity and exporter. Shares are of the inspections that can say something
    about them."""

    commodity_id: str
    exporter: str
    inspections: int
    followed: int
    median_fold: float | None
    coverage_80: float | None
    over_predicted: float | None
    surprises: int
    injuries_foreseen: int
    injuries_missed: int
    injuries_not_found: int
    suggested_factor: float | None


def compare(inspection: Inspection, forecast: Remaining, injury_dose: float) -> Comparison:
    """One inspection against the remaining life (at the reference temperature) forecast for its instant."""
    observed = inspection.kept_days
    if observed is None and inspection.quality is Quality.UNMARKETABLE:
        observed = 0.0
    fold = within = None
    if observed is not None:
        within = forecast.p10_s / DAY_S <= observed <= forecast.p90_s / DAY_S
        fold = forecast.p50_s / DAY_S / observed if observed > 0 and forecast.p50_s > 0 else None
    return Comparison(
        inspection=inspection,
        forecast=forecast,
        injury_dose=injury_dose,
        fold=fold,
        within_80=within,
        surprise=inspection.quality is Quality.UNMARKETABLE and forecast.p10_s > 0,
        injury_forecast=injury_dose >= 1.0,
    )


def calibration_report(comparisons: Iterable[Comparison]) -> tuple[Calibration, ...]:
    """One line for each commodity and exporter, in that order. Independent of the order of the comparisons."""
    groups: dict[tuple[str, str], list[Comparison]] = {}
    for one in comparisons:
        groups.setdefault((one.inspection.commodity_id, one.inspection.exporter), []).append(one)
    return tuple(_calibrate(*key, group) for key, group in sorted(groups.items()))


def refit(commodity: Commodity, calibration: Calibration, *, version: int, by: str, at_ms: int, why: str) -> Override:
    """The explicit act: the suggested factor as a tenant's override of the reference life.

    Raises `ValueError` where the report suggests none, or speaks of another commodity.
    """
    if calibration.commodity_id != commodity.commodity_id:
        raise ValueError(f"the report is of {calibration.commodity_id}, not of {commodity.commodity_id}")
    if calibration.suggested_factor is None or commodity.reference_life_days is None:
        raise ValueError(f"{calibration.followed} followed inspections suggest no factor; {ENOUGH} are needed")
    value = commodity.reference_life_days * calibration.suggested_factor
    return Override(
        version, commodity.commodity_id, commodity.stage, Parameter.REFERENCE_LIFE_DAYS, value, by, at_ms, why
    )


def _calibrate(commodity_id: str, exporter: str, group: list[Comparison]) -> Calibration:
    folds = sorted(one.fold for one in group if one.fold is not None)
    judged = [one.within_80 for one in group if one.within_80 is not None]
    looked = [one for one in group if one.inspection.chilling_injury is not None]
    middle = median(folds) if folds else None
    return Calibration(
        commodity_id=commodity_id,
        exporter=exporter,
        inspections=len(group),
        followed=len(folds),
        median_fold=middle,
        coverage_80=sum(judged) / len(judged) if judged else None,
        over_predicted=sum(fold > OVER_PREDICTED for fold in folds) / len(folds) if folds else None,
        surprises=sum(one.surprise for one in group),
        injuries_foreseen=sum(bool(one.inspection.chilling_injury) and one.injury_forecast for one in looked),
        injuries_missed=sum(bool(one.inspection.chilling_injury) and not one.injury_forecast for one in looked),
        injuries_not_found=sum(not one.inspection.chilling_injury and one.injury_forecast for one in looked),
        suggested_factor=1.0 / middle if middle and len(folds) >= ENOUGH else None,
    )
