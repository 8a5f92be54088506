"""How quick the freshness model is on this machine, each figure beside a baseline of the same run.

The course is ten days at one reading each five minutes, as a container's logger gives it: a cooler that swings about
its set point, noise, and a warm spell in between. Figures are of one core.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median

import numpy as np
import numpy.typing as npt

from telemetry.freshness.assessment import Remaining
from telemetry.freshness.fefo import fefo_key, fefo_order
from telemetry.freshness.figures import Commodity
from telemetry.freshness.ledger import Ledger
from telemetry.freshness.verdict import assess, judge

INTERVAL_MS = 300_000
COURSE_READINGS = 2_880
SHIPMENTS = 100_000
"""Active shipments that one core has to keep current at one reading each five minutes."""

SEED = 7
START_MS = 1_793_000_000_000

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Effort:
    """How large each measurement is. The default is what the published figures are measured with."""

    replays: int = 200
    replays_one_by_one: int = 4
    appends: int = 20_000
    live_ledgers: int = 5_000
    rounds: int = 4
    sorts: int = 20
    sorted_lots: int = SHIPMENTS


@dataclass(frozen=True, slots=True)
class Measured:
    """One figure, the figure of the baseline in the same run, and how many times better the first is."""

    name: str
    value: float
    unit: str
    baseline: str
    baseline_value: float
    times_better: float


def measure(commodity: Commodity, effort: Effort | None = None) -> tuple[Measured, ...]:
    """Measure everything, in seconds to half a minute."""
    size = effort or Effort()
    return (
        _bulk_replay(commodity, size),
        _append(commodity, size),
        *_status(commodity, size),
        _fefo(commodity, size),
    )


def lags_s(service_s: Sequence[float], arrivals_per_s: float) -> list[float]:
    """The time from arrival to done of each, where one worker takes evenly spaced arrivals in turn."""
    free_at, lags = 0.0, []
    for number, service in enumerate(service_s):
        arrived = number / arrivals_per_s
        free_at = max(arrived, free_at) + service
        lags.append(free_at - arrived)
    return lags


def course(readings: int = COURSE_READINGS, seed: int = SEED) -> tuple[Ints, Ints, Ints]:
    """(measured_at_ms, temperature_centi_c, flags) columns of one shipment."""
    random = np.random.default_rng(seed)
    step = np.arange(readings, dtype=np.int64)
    swing = 60 * np.sin(step / 6.0) + random.normal(0, 15, readings)
    warm = np.where((step > readings // 2) & (step < readings // 2 + 36), 900, 0)
    return START_MS + step * INTERVAL_MS, (1_350 + swing + warm).astype(np.int64), np.zeros(readings, dtype=np.int64)


def _bulk_replay(commodity: Commodity, size: Effort) -> Measured:
    """Readings per second of a whole account, alarms and all, built anew: by whole arrays, and reading by reading."""
    columns = course()

    def bulk() -> None:
        ledger = Ledger(commodity)
        ledger.extend_columns(*columns)
        ledger.alarms()

    def one_by_one() -> None:
        ledger = Ledger(commodity)
        for at_ms, centi, flags in _rows(columns):
            ledger.add(at_ms, centi, flags)
        ledger.alarms()

    bulk()
    quick = COURSE_READINGS * size.replays / _seconds(bulk, size.replays)
    slow = COURSE_READINGS * size.replays_one_by_one / _seconds(one_by_one, size.replays_one_by_one)
    return Measured("bulk replay", quick, "readings/s", "the same, reading by reading", slow, quick / slow)


def _append(commodity: Commodity, size: Effort) -> Measured:
    """Median microseconds to take a new reading into an account of ten days: appended, and by replaying the account."""
    columns = course(COURSE_READINGS + size.appends)
    ledger = Ledger(commodity)
    ledger.extend_columns(*(column[:COURSE_READINGS] for column in columns))
    ledger.alarms()
    taken = []
    for at_ms, centi, flags in _rows([column[COURSE_READINGS:] for column in columns]):
        began = time.perf_counter_ns()
        ledger.add(at_ms, centi, flags)
        taken.append(time.perf_counter_ns() - began)

    def replay() -> None:
        again = Ledger(commodity)
        again.extend_columns(*(column[: COURSE_READINGS + 1] for column in columns))
        again.alarms()

    appended_us, replayed_us = median(taken) / 1e3, 1e6 * _seconds(replay, size.replays) / size.replays
    return Measured("append", appended_us, "µs", "replay of the account", replayed_us, replayed_us / appended_us)


def _status(commodity: Commodity, size: Effort) -> tuple[Measured, Measured]:
    """Seconds of one core to bring 100,000 shipments up to date with a reading each, and the lag as they come in evenly
    over five minutes: kept ledgers, and assessed anew.

    Measured on `live_ledgers` shipments of two days, `rounds` times over, and scaled.
    """
    days_two = COURSE_READINGS // 5
    columns = course(days_two + size.rounds)
    ledgers = []
    for _ in range(size.live_ledgers):
        ledger = Ledger(commodity)
        ledger.extend_columns(*(column[:days_two] for column in columns))
        ledgers.append(ledger)
    for ledger in ledgers:
        judge(ledger, now_ms=int(columns[0][days_two - 1]), started_at_ms=START_MS)
    kept = []
    for at_ms, centi, flags in _rows([column[days_two:] for column in columns]):
        for ledger in ledgers:
            began = time.perf_counter()
            ledger.add(at_ms, centi, flags)
            judge(ledger, now_ms=at_ms, started_at_ms=START_MS)
            kept.append(time.perf_counter() - began)
    samples = list(_rows(columns))

    def again() -> None:
        assess(commodity, samples, now_ms=samples[-1][0], started_at_ms=START_MS)

    anew = [_seconds(again, 1) for _ in range(size.replays)]
    name, baseline = "status of 100,000 shipments", "assessed anew from the readings"
    kept_s, anew_s = (sum(taken) / len(taken) * SHIPMENTS for taken in (kept, anew))
    arrivals_per_s = SHIPMENTS * 1_000 / INTERVAL_MS
    kept_lag, anew_lag = (1e3 * p99(lags_s(taken, arrivals_per_s)) for taken in (kept, anew))
    return (
        Measured(name, kept_s, "s of one core each 300 s", baseline, anew_s, anew_s / kept_s),
        Measured(f"p99 lag of the {name}", kept_lag, "ms", baseline, anew_lag, anew_lag / kept_lag),
    )


def _fefo(commodity: Commodity, size: Effort) -> Measured:
    """Milliseconds (p99) to put assessments into the order in which to use them, and their stored keys alone."""
    columns = course(COURSE_READINGS // 5)
    one = assess(commodity, list(_rows(columns)), now_ms=int(columns[0][-1]), started_at_ms=START_MS)
    keeps = np.random.default_rng(SEED).integers(0, 30 * 86_400, size.sorted_lots).tolist()
    lots = [replace(one, remaining_at_recent=Remaining(p10_s, 2 * p10_s, 3 * p10_s)) for p10_s in keeps]
    keys = [fefo_key(lot) for lot in lots]

    def order() -> None:
        fefo_order(lots)

    def keys_alone() -> None:
        np.argsort(np.array(keys), kind="stable")

    taken = [1e3 * p99([_seconds(work, 1) for _ in range(size.sorts)]) for work in (order, keys_alone)]
    name = f"FEFO order of {size.sorted_lots:,} assessments, p99"
    return Measured(name, taken[0], "ms", "their stored keys alone, by NumPy", taken[1], taken[1] / taken[0])


def p99(taken: Sequence[float]) -> float:
    """The 99th percentile; of fewer than a hundred, the largest."""
    return sorted(taken)[max(0, -(-99 * len(taken) // 100) - 1)]


def _rows(columns: Sequence[Ints]) -> Iterator[tuple[int, int, int]]:
    times, centis, flags = (column.tolist() for column in columns)
    return zip(times, centis, flags, strict=True)


def _seconds(work: Callable[[], None], times: int) -> float:
    began = time.perf_counter()
    for _ in range(times):
        work()
    return time.perf_counter() - began
