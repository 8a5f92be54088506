"""Whole-array steps of the ledger: the same integers as reading by reading, some hundred times as fast."""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from telemetry.freshness.grid import CELL_CENTI_C, CELLS, COLDEST_CELL, HOTTEST_CELL

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


def course(times: Ints, centis: Ints) -> tuple[Ints, Ints, list[tuple[int, int]]]:
    """Readings in order of time, the warmest where several share an instant, and the others (time, temperature)
    beside them."""
    order = np.lexsort((centis, times))
    times, centis = times[order], centis[order]
    new_instant = np.append(times[1:] != times[:-1], True)
    if new_instant.all():
        return times, centis, []
    others = ~new_instant & (np.append(centis[1:], 0) != centis)
    conflicts = list(zip(times[others].tolist(), centis[others].tolist(), strict=True))
    return times[new_instant], centis[new_instant], conflicts


def cells_of(centis: Ints) -> Ints:
    """`grid.cell_of` of each temperature."""
    return np.clip((centis + CELL_CENTI_C // 2) // CELL_CENTI_C, COLDEST_CELL, HOTTEST_CELL) - COLDEST_CELL


def plain_intervals(times: Ints, doubt_times: Ints, limit_ms: int) -> Mask:
    """Which intervals between readings are short and hold no doubted value, their ends included."""
    plain = np.diff(times) <= limit_ms
    if len(doubt_times) and len(plain):
        first = np.searchsorted(times, doubt_times, side="left") - 1
        for interval in (first, np.searchsorted(times, doubt_times, side="right") - 1):
            plain[interval[(interval >= 0) & (interval < len(plain))]] = False
    return plain


def dwell_in(times: Ints, centis: Ints, chosen: Mask) -> Iterator[tuple[int, int]]:
    """(cell, half milliseconds) of the chosen intervals. Sums of floats below 2**53 are exact integers."""
    cells, lasting = cells_of(centis), np.where(chosen, np.diff(times), 0)
    half_ms = np.bincount(cells[:-1], lasting, CELLS) + np.bincount(cells[1:], lasting, CELLS)
    for cell in np.flatnonzero(half_ms).tolist():
        yield cell, int(half_ms[cell])


def run_ends(centis: Ints, bounds: Sequence[int], breaks: Ints, stops: slice) -> Ints:
    """Places of the first and the last reading of each run of one level.

    A run also breaks before each of `breaks`; the places in `stops` are always among them (a checkpoint is due there).
    """
    levels = np.searchsorted(np.asarray(bounds), centis, side="right")
    first = np.ones(len(levels) + 1, dtype=bool)
    first[1:-1] = levels[1:] != levels[:-1]
    first[breaks] = True
    ends = first[:-1] | first[1:]
    ends[stops] = True
    return np.flatnonzero(ends)
