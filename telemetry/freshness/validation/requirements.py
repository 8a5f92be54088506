"""What the model must reach on unseen cases, and what it reaches: printed and published whether met or not."""

from collections.abc import Sequence
from dataclasses import dataclass

from telemetry.freshness.validation.cases import EndedBy
from telemetry.freshness.validation.predictors import PREDICTORS
from telemetry.freshness.validation.score import CaseScore, Summary, summarise

MOST_MEDIAN_FOLD = 1.30
MOST_OVER = 0.15
COVERAGE = (0.75, 0.90)

BASELINES = tuple(one.name for one in PREDICTORS if one.name != "model")


@dataclass(frozen=True, slots=True)
class Requirement:
    """One figure that is required, and what was reached."""

    measure: str
    required: str
    reached: str
    met: bool


def requirements(judged: Sequence[CaseScore]) -> tuple[Requirement, ...]:
    """The accuracy requirements on the judging cases. Raises `ValueError` without a two-sided case."""
    model = summarise(judged, "model")
    if model.median_fold is None:
        raise ValueError("no two-sided judging case: there is nothing to judge by")
    return (
        Requirement(
            "median fold error",
            f"≤ {MOST_MEDIAN_FOLD:.2f}",
            f"{model.median_fold:.2f}",
            model.median_fold <= MOST_MEDIAN_FOLD,
        ),
        _better(model.median_fold, {name: summarise(judged, name) for name in BASELINES}),
        _chilling(judged),
        _share("over-predicted beyond ×1.5", model.over, model.over_of, (0.0, MOST_OVER)),
        _share("80 % intervals that hold", model.covered, model.covered_of, COVERAGE),
    )


def _better(fold: float, baselines: dict[str, Summary]) -> Requirement:
    said = ", ".join(f"{name} {one.median_fold:.2f}" for name, one in baselines.items() if one.median_fold is not None)
    met = all(one.median_fold is not None and fold < one.median_fold for one in baselines.values())
    return Requirement("median fold error against the baselines", f"below {said}", f"{fold:.2f}", met)


def _chilling(judged: Sequence[CaseScore]) -> Requirement:
    both_fail = [
        one
        for one in judged
        if one.case.ended_by is EndedBy.CHILLING and not any(one.comparisons[name].within for name in BASELINES)
    ]
    within = sum(one.comparisons["model"].within for one in both_fail)
    return Requirement(
        "chilling cases that both baselines miss, within ×1.5",
        "all",
        f"{within} of {len(both_fail)}",
        within == len(both_fail),
    )


def _share(measure: str, count: int, of: int, wanted: tuple[float, float]) -> Requirement:
    low, high = wanted
    required = f"≤ {high:.0%}" if low == 0 else f"{low:.0%} to {high:.0%}"
    share = count / of if of else 0.0
    return Requirement(measure, required, f"{share:.0%} ({count} of {of})", low <= share <= high)
