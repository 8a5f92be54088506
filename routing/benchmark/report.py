"""Means over a run: gaps to the best known cost, and every solver's cost against ours on the same instance and seed."""

from collections.abc import Sequence
from statistics import fmean

from routing.benchmark.measure import Measured


def means(measured: Sequence[Measured]) -> list[dict[str, str | int | float | None]]:
    """One row for each solver, in the order in which they ran; the first is what others are compared with.

    `against_ours_pct` is the mean of (cost / our cost - 1) over the instances where both have a feasible plan.
    """
    solvers = list(dict.fromkeys(one.solver for one in measured))
    ours = {(one.instance, one.seed): one.cost for one in measured if one.solver == solvers[0]}
    rows: list[dict[str, str | int | float | None]] = []
    for solver in solvers:
        mine = [one for one in measured if one.solver == solver]
        gaps = [one.gap_pct for one in mine if one.gap_pct is not None]
        ratios = [
            one.cost / base - 1
            for one in mine
            if one.cost is not None and (base := ours[one.instance, one.seed]) is not None
        ]
        rows.append(
            {
                "solver": solver,
                "runs": len(mine),
                "feasible": sum(one.feasible for one in mine),
                "mean_gap_pct": round(fmean(gaps), 3) if gaps else None,
                "against_ours_pct": round(100 * fmean(ratios), 3) if ratios else None,
                "latest_first_solution_s": max(
                    (one.first_solution_s for one in mine if one.first_solution_s is not None), default=None
                ),
                "mean_seconds": round(fmean(one.seconds for one in mine), 3),
            }
        )
    return rows
