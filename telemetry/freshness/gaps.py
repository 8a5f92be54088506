"""What may have been lost between two trusted readings: known where they are close, bounded where they are not.

In a long gap the temperature drifts from either end no faster than `Policy.drift_c_per_h`, no warmer than
ambient and no colder than the coldest of both ends and the set point. The loss is bounded by the worst and the
kindest cell within that envelope. Values doubted but not dismissed widen the bounds. Everything is in integers
and depends on the two readings and the doubts between them alone, so that a late reading changes the segments
beside it and nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from telemetry.freshness.figures import Commodity
from telemetry.freshness.grid import CELLS, RateTable, cell_of, rate_table
from telemetry.freshness.policy import HOUR_MS, Policy

SLICES = 48
"""Steps in which a long gap's envelope is summed."""


class Doubt(IntEnum):
    """Why a value stands beside the trusted course and not in it."""

    CONFLICT = 0
    VALUE = 1
    CLOCK = 2


DoubtfulValue = tuple[int, int, Doubt]
"""(measured_at_ms, temperature_centi_c, why)."""


@dataclass(frozen=True, slots=True)
class Segment:
    """What one interval that is not plainly observed adds. Losses in half femto-lives, injuries in half 1e-15 doses.

    For a short interval `loss_low` and `loss_high` are what its doubts add to the observed loss; for a gap they
    are the loss.
    """

    seen_ms: int = 0
    gap_ms: int = 0
    doubted_ms: int = 0
    loss_low: int = 0
    loss_mid: int = 0
    loss_high: int = 0
    injury_mid: int = 0
    injury_high: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Surroundings:
    """The integer limits that segments of one commodity under one policy are judged by."""

    table: RateTable
    gap_limit_ms: int
    ambient_cell: int
    coldest_cell: int
    drift_cells_per_h: int

    @classmethod
    def of(cls, commodity: Commodity, policy: Policy) -> "Surroundings":
        """From a commodity and a policy."""
        set_point_c = commodity.band_c[0] if commodity.band_c else 0.0
        return cls(
            table=rate_table(commodity),
            gap_limit_ms=policy.gap_limit_ms,
            ambient_cell=cell_of(round(policy.ambient_c * 100)),
            coldest_cell=cell_of(round(set_point_c * 100)),
            drift_cells_per_h=max(1, round(policy.drift_c_per_h * 10)),
        )


def doubted(around: Surroundings, from_cell: int, to_cell: int, dt_ms: int, doubts: Sequence[DoubtfulValue]) -> Segment:
    """A short interval with doubted values in it: what believing them would change."""
    loss, injury = around.table.loss, around.table.injury
    observed = dt_ms * (loss[from_cell] + loss[to_cell])
    injured = dt_ms * (injury[from_cell] + injury[to_cell])
    any_cells = [cell_of(centi) for _, centi, _ in doubts]
    timed_cells = [cell_of(centi) for _, centi, why in doubts if why is not Doubt.CLOCK]
    ends = (loss[from_cell], loss[to_cell])
    return Segment(
        seen_ms=dt_ms,
        doubted_ms=dt_ms,
        loss_low=min(0, 2 * dt_ms * min((*ends, *(loss[cell] for cell in timed_cells))) - observed),
        loss_high=max(0, 2 * dt_ms * max((*ends, *(loss[cell] for cell in any_cells))) - observed),
        injury_high=max(0, 2 * dt_ms * max((0, *(injury[cell] for cell in any_cells))) - injured),
    )


def gap(
    around: Surroundings, from_cell: int, to_cell: int | None, dt_ms: int, doubts: Sequence[DoubtfulValue]
) -> Segment:
    """A long interval; `to_cell` is None after the last reading."""
    loss, injury = around.table.loss, around.table.injury
    per_hour, kindest = around.drift_cells_per_h, around.table.kindest_cell
    ends = [from_cell] if to_cell is None else [from_cell, to_cell]
    warmest, coldest = max(around.ambient_cell, *ends), min(around.coldest_cell, *ends)
    low = high = injury_high = begun = 0
    for step in range(SLICES):
        ended = dt_ms * (step + 1) // SLICES
        lasting, middle = ended - begun, (begun + ended) // 2
        begun = ended
        drift = per_hour * middle // HOUR_MS + 1
        top, bottom = from_cell + drift, from_cell - drift
        if to_cell is not None:
            back = per_hour * (dt_ms - middle) // HOUR_MS + 1
            top, bottom = max(min(top, to_cell + back), *ends), min(max(bottom, to_cell - back), *ends)
        top, bottom = min(top, warmest, CELLS - 1), max(bottom, coldest, 0)
        low += 2 * lasting * loss[min(max(kindest, bottom), top)]
        high += 2 * lasting * max(loss[top], loss[bottom])
        injury_high += 2 * lasting * injury[bottom]
    mid = dt_ms * sum(loss[cell] for cell in ends) * (2 // len(ends))
    for _, centi, why in doubts:
        stated = 2 * dt_ms * loss[cell_of(centi)]
        high = max(high, stated)
        injury_high = max(injury_high, 2 * dt_ms * injury[cell_of(centi)])
        low = low if why is Doubt.CLOCK else min(low, stated)
    return Segment(
        gap_ms=dt_ms,
        loss_low=min(low, mid),
        loss_mid=mid,
        loss_high=max(high, mid),
        injury_mid=dt_ms * sum(injury[cell] for cell in ends) * (2 // len(ends)),
        injury_high=injury_high,
    )
