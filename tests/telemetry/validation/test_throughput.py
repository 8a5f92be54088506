"""The speed measurements measure what they say, at a size that takes no time; no figure of this machine is asserted."""

import pytest

from telemetry.freshness.commodities import load_catalogue
from telemetry.freshness.ledger import Ledger
from telemetry.freshness.validation.throughput import COURSE_READINGS, Effort, course, lags_s, measure, p99

SMALL = Effort(replays=3, replays_one_by_one=1, appends=5, live_ledgers=2, rounds=2, sorts=2, sorted_lots=50)


def test_every_figure_stands_beside_its_baseline():
    measured = measure(load_catalogue().commodity("mango_ndm"), SMALL)
    assert all(one.value > 0 for one in measured)
    assert all(one.baseline_value > 0 for one in measured)
    for one in measured:
        ratio = one.value / one.baseline_value
        assert one.times_better in (pytest.approx(ratio), pytest.approx(1 / ratio))
    assert len({one.name for one in measured}) == len(measured)


def test_the_course_is_the_same_each_time_and_has_a_warm_spell():
    times, centis, flags = course()
    assert len(times) == COURSE_READINGS
    assert [column.tolist() for column in course()] == [times.tolist(), centis.tolist(), flags.tolist()]
    ledger = Ledger(load_catalogue().commodity("mango_ndm"))
    ledger.extend_columns(times, centis, flags)
    assert ledger.alarms().events()


@pytest.mark.parametrize(
    ("service_s", "lags"),
    [([0.1, 0.1], [0.1, 0.1]), ([0.1, 3.0, 0.1], [0.1, 3.0, 2.1]), ([2.0, 2.0, 2.0], [2.0, 3.0, 4.0]), ([], [])],
)
def test_lag_is_the_wait_and_the_work_of_one_worker(service_s, lags):
    assert lags_s(service_s, arrivals_per_s=1.0) == pytest.approx(lags)


@pytest.mark.parametrize(("count", "rank"), [(1, 1), (20, 20), (100, 99), (200, 198)])
def test_p99_is_the_rank_that_99_of_100_do_not_pass(count, rank):
    assert p99(list(range(count, 0, -1))) == rank
