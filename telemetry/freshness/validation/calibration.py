"""How wide the 80 % interval has to be: the scatter of the development cases around the model's median.

`python -m telemetry.freshness.validation.calibration` prints it; a test holds `keeping.LIFE_SIGMA` to it. Handbooks
agree better with one another than experiments do with them, so the catalogue alone gives too narrow an interval
(`fitting.py` prints that width). Judging cases are not read, nor development cases whose work feeds the catalogue.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import fmean, quantiles

from telemetry.freshness.commodities import Catalogue, load_catalogue
from telemetry.freshness.keeping import Z80
from telemetry.freshness.validation.cases import Case, Use, load_cases
from telemetry.freshness.validation.independence import marks_of_citation, marks_of_work, why_same
from telemetry.freshness.validation.score import score


@dataclass(frozen=True, slots=True)
class Calibration:
    """Scatter of ln(observed / predicted days) over two-sided development cases.

    `sigma` is the standard deviation of the log-normal whose 80 % interval around the median holds 80 % of them.
    """

    cases: int
    bias: float
    sigma: float


def calibrate(cases: Iterable[Case], catalogue: Catalogue) -> Calibration:
    """The calibration on the development cases that share no source with the catalogue."""
    fed = [marks_of_citation(figure.source) for figure in catalogue.figures]

    def unseen(case: Case) -> bool:
        own = marks_of_work(case.work)
        return case.work.use is Use.DEVELOPMENT and not any(why_same(own, mark) for mark in fed)

    errors = [
        math.log(one.case.observed_days / one.comparisons["model"].prediction.days)
        for one in score(filter(unseen, cases), catalogue)
        if not one.refused and one.case.observed_days is not None
    ]
    eighty = quantiles((abs(error) for error in errors), n=5, method="inclusive")[-1]
    return Calibration(len(errors), fmean(errors), eighty / Z80)


if __name__ == "__main__":
    found = calibrate(load_cases(), load_catalogue())
    print(f"{found.cases} development cases: bias {found.bias:+.2f}, sigma {found.sigma:.3f}")
