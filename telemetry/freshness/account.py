"""From a ledger's integers to what was lost by an instant: observed, bounded, and assumed before and after the
readings."""

from dataclasses import dataclass

from telemetry.freshness.gaps import Surroundings, gap
from telemetry.freshness.grid import FEMTO, cell_of, celsius_of, rate_table
from telemetry.freshness.kinetics import mean_kinetic_c
from telemetry.freshness.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Account:
    """Lives lost (`mid`, and between `low` and `high`) and doses of chilling by an instant, and what the record
    shows."""

    low: float
    mid: float
    high: float
    ageing: float
    injury: float
    injury_high: float
    elapsed_ms: int
    field_ms: int
    silent_ms: int
    gap_ms: int
    doubted_ms: int
    coverage: float
    above_ms: int
    below_ms: int
    chilled_ms: int
    frozen_ms: int
    degree_hours_above: float
    degree_hours_below: float
    mkt_c: float | None


def account_at(ledger: Ledger, now_ms: int, started_at_ms: int | None) -> Account | None:
    """The account at an instant; None without a trusted reading. O(cells visited), not of readings.

    From `started_at_ms` (harvest or loading) to the first reading the field temperature of the policy is
    assumed; after the newest reading its temperature is carried on, and bounded as a gap once the silence limit
    is passed.
    """
    tally = ledger.tally()
    if ledger.first is None or ledger.last is None:
        return None
    first_ms = ledger.first[0]
    commodity, policy, table = ledger.commodity, ledger.policy, rate_table(ledger.commodity)
    last_ms, last_centi = ledger.last
    last_cell = cell_of(last_centi)
    sums = tally.sums
    observed = sum(half_ms * table.loss[cell] for cell, half_ms in tally.dwell)
    ageing = sum(half_ms * table.ageing[cell] for cell, half_ms in tally.dwell)
    injury = sum(half_ms * table.injury[cell] for cell, half_ms in tally.dwell) + sums.injury_mid
    low, mid, high = observed + sums.loss_low, observed + sums.loss_mid, observed + sums.loss_high
    injury_high = injury - sums.injury_mid + sums.injury_high

    field_ms = max(0, first_ms - started_at_ms) if started_at_ms is not None else 0
    if field_ms:
        field = [
            table.loss[cell_of(round((policy.field_temperature_c + side * policy.field_swing_c) * 100))]
            for side in (-1, 0, 1)
        ]
        low += 2 * field_ms * min(field)
        mid += 2 * field_ms * field[1]
        high += 2 * field_ms * max(field)

    silent_ms = max(0, now_ms - last_ms)
    carried = 2 * silent_ms * table.loss[last_cell]
    mid += carried
    injury += 2 * silent_ms * table.injury[last_cell]
    if silent_ms <= policy.silence_limit_ms:
        low, high = low + carried, high + carried
        injury_high += 2 * silent_ms * table.injury[last_cell]
    else:
        bounds = gap(Surroundings.of(commodity, policy), last_cell, None, silent_ms, ledger.doubts_after(last_ms))
        low, high, injury_high = low + bounds.loss_low, high + bounds.loss_high, injury_high + bounds.injury_high

    span_ms = max(now_ms, last_ms) - first_ms
    seen_ms = sums.seen_ms + (silent_ms if silent_ms <= policy.silence_limit_ms else 0)
    band_low, band_high = (cell_of(round(edge * 100)) for edge in commodity.band_c or (-1000.0, 1000.0))
    freezing = cell_of(round(commodity.freezing_point_c * 100))
    chilling = cell_of(
        round((-1000.0 if commodity.chilling_threshold_c is None else commodity.chilling_threshold_c) * 100)
    )
    above = [(cell - band_high, half_ms) for cell, half_ms in tally.dwell if cell > band_high]
    below = [(band_low - cell, half_ms) for cell, half_ms in tally.dwell if cell < band_low]
    return Account(
        low=low / (2 * FEMTO),
        mid=mid / (2 * FEMTO),
        high=high / (2 * FEMTO),
        ageing=ageing / (2 * FEMTO),
        injury=injury / (2 * FEMTO),
        injury_high=max(injury, injury_high) / (2 * FEMTO),
        elapsed_ms=span_ms + field_ms,
        field_ms=field_ms,
        silent_ms=silent_ms,
        gap_ms=sums.gap_ms,
        doubted_ms=sums.doubted_ms,
        coverage=seen_ms / span_ms if span_ms else 1.0,
        above_ms=sum(half_ms for _, half_ms in above) // 2,
        below_ms=sum(half_ms for _, half_ms in below) // 2,
        chilled_ms=sum(half_ms for cell, half_ms in tally.dwell if cell < chilling) // 2,
        frozen_ms=sum(half_ms for cell, half_ms in tally.dwell if cell <= freezing) // 2,
        degree_hours_above=sum(cells * half_ms for cells, half_ms in above) / 72_000_000,
        degree_hours_below=sum(cells * half_ms for cells, half_ms in below) / 72_000_000,
        mkt_c=mean_kinetic_c([(celsius_of(cell), half_ms) for cell, half_ms in tally.dwell])
        if tally.dwell
        else last_centi / 100,
    )
