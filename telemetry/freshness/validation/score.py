"""Run every predictor on every case and sum up: fold error, over-prediction, within ×1.5, interval coverage."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from telemetry.freshness.commodities import Catalogue
from telemetry.freshness.validation.cases import Access, Case, Setting, Use
from telemetry.freshness.validation.prediction import Comparison
from telemetry.freshness.validation.predictors import PREDICTORS


@dataclass(frozen=True, slots=True)
class CaseScore:
    """One case and every predictor's answer, by predictor name. `refused` where the catalogue has no published life."""

    case: Case
    comparisons: dict[str, Comparison]

    @property
    def refused(self) -> bool:
        return not self.comparisons


@dataclass(frozen=True, slots=True)
class Summary:
    """What one predictor reached on a set of cases. Counts are of the cases that the measure applies to."""

    cases: int
    two_sided: int
    median_fold: float | None
    within: int
    over: int
    over_of: int
    covered: int
    covered_of: int


def score(cases: Iterable[Case], catalogue: Catalogue) -> tuple[CaseScore, ...]:
    """Every case with every predictor. Raises `UnknownCommodity` for a case of none in the catalogue."""
    scores = []
    for case in cases:
        commodity = catalogue.commodity(case.commodity_id, case.stage)
        predictions = {one.name: one.predict(commodity, case.profile, case.endpoint) for one in PREDICTORS}
        said = {
            name: Comparison(case, prediction) for name, prediction in predictions.items() if prediction is not None
        }
        scores.append(CaseScore(case, said))
    return tuple(scores)


def select(
    scores: Iterable[CaseScore],
    use: Use,
    access: Access | None = None,
    settings: Sequence[Setting] = (Setting.CONSTANT, Setting.CHILLING, Setting.DYNAMIC),
) -> tuple[CaseScore, ...]:
    """The scored cases of a use, an access and some settings; refused ones left out."""

    def wanted(case: Case) -> bool:
        return case.work.use is use and case.setting in settings and access in (None, case.work.access)

    return tuple(one for one in scores if not one.refused and wanted(one.case))


def summarise(scores: Sequence[CaseScore], predictor: str) -> Summary:
    """Sum up one predictor."""
    comparisons = [one.comparisons[predictor] for one in scores]
    folds = [fold for one in comparisons if (fold := one.fold) is not None]
    over = _answers(comparisons, lambda one: one.over)
    covered = _answers(comparisons, lambda one: one.covered)
    return Summary(
        cases=len(comparisons),
        two_sided=len(folds),
        median_fold=median(folds) if folds else None,
        within=sum(one.within for one in comparisons),
        over=sum(over),
        over_of=len(over),
        covered=sum(covered),
        covered_of=len(covered),
    )


def misses(scores: Iterable[CaseScore], predictor: str = "model") -> tuple[CaseScore, ...]:
    """The cases that a predictor misses by more than ×1.5, worst first."""
    missed = [one for one in scores if not one.refused and not one.comparisons[predictor].within]
    return tuple(sorted(missed, key=lambda one: -breach(one.comparisons[predictor])))


def breach(comparison: Comparison) -> float:
    """How many fold a prediction is off: the fold error, or by how much it breaks a one-sided observation."""
    if comparison.fold is not None:
        return comparison.fold
    low, high, days = comparison.case.low_days, comparison.case.high_days, comparison.prediction.days
    return max(1.0, low / days if low is not None else 1.0, days / high if high is not None else 1.0)


def _answers(comparisons: Iterable[Comparison], ask: Callable[[Comparison], bool | None]) -> list[bool]:
    return [answer for one in comparisons if (answer := ask(one)) is not None]
