"""Short gaps are interpolated, long ones bounded: whatever happened within the envelope, the bounds hold it."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from telemetry.freshness import Catalogue, Ledger, Policy
from telemetry.freshness.account import account_at
from telemetry.freshness.grid import FEMTO, cell_of, rate_table
from telemetry.reading import Flag
from tests.telemetry.freshness.courses import HOUR_MS, MINUTE_MS, START_MS

DRIFT_CENTI_PER_STEP = 50
"""Six degrees an hour in steps of five minutes."""


@st.composite
def drifts(draw: st.DrawFn) -> list[int]:
    """A course in steps of five minutes that moves no faster than the policy allows, between set point and ambient."""
    centi = draw(st.integers(1300, 3400))
    course = [centi]
    for step in draw(st.lists(st.integers(-DRIFT_CENTI_PER_STEP, DRIFT_CENTI_PER_STEP), min_size=8, max_size=120)):
        centi = min(max(centi + step, 1300), 3500)
        course.append(centi)
    return course


@settings(max_examples=80, deadline=None)
@given(course=drifts(), name=st.sampled_from(["durian", "basil_holy", "mangosteen"]))
def test_what_really_happened_lies_within_the_bounds(catalogue: Catalogue, course: list[int], name: str) -> None:
    """Only the ends of the course are known; the loss along all of it is between low and high."""
    commodity = catalogue.commodity(name)
    loss = rate_table(commodity).loss
    step_ms = 5 * MINUTE_MS
    true = sum(step_ms * (loss[cell_of(a)] + loss[cell_of(b)]) for a, b in pairwise(course)) / (2 * FEMTO)
    ledger = Ledger(commodity)
    end_ms = START_MS + step_ms * (len(course) - 1)
    ledger.extend([(START_MS, course[0], 0), (end_ms, course[-1], 0)])
    found = account_at(ledger, end_ms, None)
    assert found is not None
    assert found.low <= true * 1.0001
    assert true <= found.high * 1.0001


def test_a_short_gap_is_known(catalogue: Catalogue) -> None:
    """Half an hour at five-minute readings: interpolated, bounds equal."""
    ledger = Ledger(catalogue.commodity("durian"))
    ledger.extend([(START_MS, 1400, 0), (START_MS + 30 * MINUTE_MS, 1500, 0)])
    found = account_at(ledger, START_MS + 30 * MINUTE_MS, None)
    assert found is not None
    assert found.low == found.mid == found.high
    assert found.coverage == 1


def test_the_limit_follows_the_expected_interval(catalogue: Catalogue) -> None:
    """A logger that reads once in two hours has no gap in four."""
    ledger = Ledger(catalogue.commodity("durian"), Policy(expected_interval_s=7200))
    ledger.extend([(START_MS, 1400, 0), (START_MS + 4 * HOUR_MS, 1400, 0)])
    assert ledger.tally().sums.gap_ms == 0


def test_a_longer_gap_is_never_narrower(catalogue: Catalogue) -> None:
    """The bounds part with every hour."""
    commodity, widths = catalogue.commodity("durian"), []
    for hours in (1, 2, 4, 8, 24, 100):
        ledger = Ledger(commodity)
        ledger.extend([(START_MS, 1400, 0), (START_MS + hours * HOUR_MS, 1400, 0)])
        found = account_at(ledger, START_MS + hours * HOUR_MS, None)
        assert found is not None
        widths.append(found.high - found.low)
    assert widths == sorted(widths)
    assert widths[0] > 0


def test_one_instant_told_twice_counts_warm_and_widens(catalogue: Catalogue) -> None:
    """Two trusted readings of one instant disagree: the warmer stands, the other is a doubt, in either order."""
    readings = [(START_MS + n * 5 * MINUTE_MS, 1400, 0) for n in range(5)]
    other = (readings[2][0], 1800, 0)
    first, second = Ledger(catalogue.commodity("durian")), Ledger(catalogue.commodity("durian"))
    first.extend([*readings, other])
    second.extend([other, *readings])
    assert first.tally() == second.tally()
    assert first.tally().doubts == 1
    assert first.tally().sums.loss_low < 0
    assert first.tally().warmest_centi_c == 1800


def test_a_weak_battery_in_the_cold_is_evidence_with_doubt(catalogue: Catalogue) -> None:
    """The reading counts, half a degree is left open to either side."""
    ledger = Ledger(catalogue.commodity("durian"))
    ledger.extend([(START_MS + n * 5 * MINUTE_MS, 1400, int(Flag.LOW_BATTERY_COLD)) for n in range(12)])
    tally = ledger.tally()
    assert tally.trusted == 12
    assert tally.sums.loss_low < 0 < tally.sums.loss_high


def test_silence_is_bounded_as_a_gap(catalogue: Catalogue) -> None:
    """Six hours after the newest reading nobody knows: the median carries on, the bounds part."""
    ledger = Ledger(catalogue.commodity("durian"))
    ledger.extend([(START_MS + n * 5 * MINUTE_MS, 1400, 0) for n in range(12)])
    last_ms = START_MS + 55 * MINUTE_MS
    fresh, stale = (account_at(ledger, last_ms + after, None) for after in (10 * MINUTE_MS, 6 * HOUR_MS))
    assert fresh is not None
    assert stale is not None
    assert fresh.low == fresh.mid == fresh.high
    assert stale.low < stale.mid < stale.high
    assert stale.mid - fresh.mid < (stale.high - fresh.high) / 1.3


def test_a_bad_clock_in_a_gap_raises_the_upper_bound_alone(catalogue: Catalogue) -> None:
    """Cool at a doubtful time is no comfort, hot at a doubtful time is a warning."""
    commodity, ends = catalogue.commodity("durian"), [(START_MS, 2500, 0), (START_MS + 5 * HOUR_MS, 2500, 0)]
    accounts = []
    for centi in (None, 1300, 5000):
        ledger = Ledger(commodity)
        ledger.extend(ends if centi is None else [*ends, (START_MS + HOUR_MS, centi, int(Flag.NO_CLOCK))])
        accounts.append(account_at(ledger, ends[1][0], None))
    plain, cool, hot = accounts
    assert plain is not None
    assert cool is not None
    assert hot is not None
    assert (cool.low, cool.mid, cool.high) == (plain.low, plain.mid, plain.high)
    assert (hot.low, hot.mid) == (plain.low, plain.mid)
    assert hot.high > plain.high
