"""Driving times that depend on the time of day: when does one arrive who leaves then, and when must one leave?

Factors are percents of the usual driving time from some second of the day on. A leg is a stretch of usual time that is
worked off at the pace of the moment, the travel-speed model of Ichoua, Gendreau and Potvin (2003, European Journal of
Operational Research 144(2), doi:10.1016/S0377-2217(02)00147-9): nobody overtakes by leaving later. All is in integers.
"""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from routing.problem import Problem, TimeFactor
from routing.travel import UNREACHABLE, Matrices, Table


@dataclass(frozen=True, slots=True)
class Traffic:
    """Pace by time: in the second that begins at `from_s[i]` or later `pace[i]` units are driven, `unit` usually.

    `driven[i]` is how many have been when `from_s[i]` begins, counted from `from_s[0]`.
    """

    from_s: tuple[int, ...]
    pace: tuple[int, ...]
    driven: tuple[int, ...]
    unit: int
    slowest_percent: int

    def arrival(self, leaves_s: int, usual_s: int) -> int:
        """The first second at which a leg of `usual_s` is done, begun at `leaves_s`."""
        wanted = self._driven_by(leaves_s) + usual_s * self.unit
        span = max(0, bisect_right(self.driven, wanted) - 1)
        return self.from_s[span] - (self.driven[span] - wanted) // self.pace[span]

    def departure(self, by_s: int, usual_s: int) -> int:
        """The last second at which to begin a leg of `usual_s`, to arrive at `by_s` or before."""
        left = self._driven_by(by_s) - usual_s * self.unit
        span = max(0, bisect_right(self.driven, left) - 1)
        return self.from_s[span] + (left - self.driven[span]) // self.pace[span]

    def _driven_by(self, time_s: int) -> int:
        span = max(0, bisect_right(self.from_s, time_s) - 1)
        return self.driven[span] + (time_s - self.from_s[span]) * self.pace[span]


def traffic(factors: Sequence[TimeFactor]) -> Traffic | None:
    """The traffic that factors describe; None where they say nothing."""
    if all(factor.percent == 100 for factor in factors):
        return None
    from_s = (factors[0].from_s - 1, *(factor.from_s for factor in factors))
    percents = (100, *(factor.percent for factor in factors))
    unit = math.lcm(*percents)
    pace = tuple(100 * unit // percent for percent in percents)
    driven = [0]
    for number in range(1, len(from_s)):
        driven.append(driven[-1] + (from_s[number] - from_s[number - 1]) * pace[number - 1])
    return Traffic(from_s, pace, tuple(driven), unit, max(percents))


def traffic_of(problem: Problem, profile_of_truck: Sequence[int]) -> tuple[Traffic | None, ...]:
    """The traffic that each truck drives in."""
    if not problem.profiles:
        return (None,) * len(problem.trucks)
    found = [traffic(profile.time_factors) for profile in problem.profiles]
    return tuple(found[profile] for profile in profile_of_truck)


def at_the_slowest(problem: Problem, matrices: Matrices) -> tuple[Problem, Matrices]:
    """The problem without factors, every leg taking as long as at the slowest time of the day, rounded up."""
    tables = []
    for number, table in enumerate(matrices.tables):
        found = traffic(problem.profiles[number].time_factors) if problem.profiles else None
        if found is None:
            tables.append(table)
            continue
        seconds = table.duration_s.astype(np.int64)
        slow = np.where(seconds >= UNREACHABLE, seconds, -(-seconds * found.slowest_percent // 100))
        tables.append(Table(table.distance_m, np.minimum(slow, UNREACHABLE).astype(np.int32)))
    profiles = tuple(replace(profile, time_factors=()) for profile in problem.profiles)
    return replace(problem, profiles=profiles), Matrices(tuple(tables), matrices.profile_of_truck, matrices.source)
