"""How far published observations of the same thing differ: no model that knows only the commodity can beat that."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from statistics import NormalDist, median

from telemetry.freshness.validation.cases import Case, Setting

SAME_C = 1.0
"""Two constant temperatures this close count as one."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Pairs of works on one commodity, stage, temperature and end.

    `floor_fold` is the median fold error of one who knew the true middle of every commodity, if the logarithms of the
    observations scatter normally about it.
    """

    pairs: int
    median_fold: float | None
    floor_fold: float | None


def agreement(cases: Iterable[Case]) -> Agreement:
    """Compare the two-sided observations at constant temperatures of different works, all uses together."""
    steady = [case for case in cases if case.setting in (Setting.CONSTANT, Setting.CHILLING)]
    told = [(case, days) for case in steady if (days := case.observed_days) is not None]
    pairs = [(a, b) for (one, a), (other, b) in combinations(told, 2) if _comparable(one, other)]
    folds = [max(a / b, b / a) for a, b in pairs]
    if not folds:
        return Agreement(0, None, None)
    middle = median(folds)
    return Agreement(len(folds), middle, math.exp(math.log(middle) / math.sqrt(2.0)))


def spread_of(agreed: Agreement) -> float | None:
    """Standard deviation of ln(days) about the commodity's middle that the median pair implies."""
    return None if agreed.floor_fold is None else math.log(agreed.floor_fold) / NormalDist().inv_cdf(0.75)


def _comparable(one: Case, other: Case) -> bool:
    same = (one.commodity_id, one.stage, one.ended_by) == (other.commodity_id, other.stage, other.ended_by)
    apart_c = abs(one.profile[0].temperature_c - other.profile[0].temperature_c)
    return same and apart_c <= SAME_C and one.work.source_id != other.work.source_id
