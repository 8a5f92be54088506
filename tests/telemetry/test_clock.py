"""What time is stored for a reading, for every way in which a sensor's clock can be wrong."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.clock import DAY_MS, HOUR_MS, MINUTE_MS, POLICY, ClockState, settle
from telemetry.reading import Flag, Reading
from tests.telemetry.patience import PATIENT

NOW = 1_795_410_000_000
"""2026-11-23T05:00:00Z."""

CLOCK_FLAGS = Flag.CLOCK_AHEAD | Flag.CLOCK_BEHIND | Flag.NO_CLOCK | Flag.CLOCK_JUMPED_BACK


def reading(measured_at_ms: int, sensor: str = "a", flags: int = 0) -> Reading:
    return Reading(sensor, measured_at_ms, 1300, flags=flags)


def one(measured_at_ms: int, received_at_ms: int = NOW) -> tuple[int, Flag]:
    (got,) = settle([reading(measured_at_ms)], received_at_ms, {})
    return got.measured_at_ms, Flag(got.flags)


def live(states: dict[str, ClockState], start_ms: int, count: int, lag_ms: int = 0) -> list[Reading]:
    """One reading every 10 minutes, each delivered at once by a clock that lags."""
    return [
        settle([reading(start_ms + step * 10 * MINUTE_MS - lag_ms)], start_ms + step * 10 * MINUTE_MS, states)[0]
        for step in range(count)
    ]


@pytest.mark.parametrize("late_ms", [-10 * MINUTE_MS, 0, 3 * HOUR_MS, 400 * DAY_MS])
def test_a_right_clock_is_believed_however_late(late_ms: int) -> None:
    """Late data lands in the right place, without a flag."""
    assert one(NOW - late_ms) == (NOW - late_ms, Flag.NONE)


@pytest.mark.parametrize("at_ms", [0, 86_400_000, 315_964_800_000, 946_684_800_000, -62_135_596_800_000])
def test_a_clock_that_was_never_set_takes_the_receipt(at_ms: int) -> None:
    """1970, GPS time zero, 2000 and year 1 are no times of measurement."""
    assert one(at_ms) == (NOW, Flag.CLOCK_BEHIND)


@pytest.mark.parametrize("ahead_ms", [10 * MINUTE_MS + 1, 7 * HOUR_MS, 20 * 365 * DAY_MS])
def test_a_clock_ahead_takes_the_receipt(ahead_ms: int) -> None:
    """Local time sent as UTC, and years ahead: no reading vouches for a time that has not come."""
    assert one(NOW + ahead_ms) == (NOW, Flag.CLOCK_AHEAD)


def test_readings_without_a_time_stay_as_the_decoder_dated_them() -> None:
    """They have the receipt already, and teach nothing about the clock."""
    states: dict[str, ClockState] = {}
    sent = reading(NOW, flags=Flag.NO_CLOCK)
    assert settle([sent], NOW, states) == [sent]
    assert states == {}


def test_a_series_from_1970_keeps_its_distances() -> None:
    """The newest is at the receipt, the others as far before it as the logger's clock says."""
    got = settle([reading(step * HOUR_MS) for step in range(5)], NOW, {})
    assert [NOW - item.measured_at_ms for item in got] == [4 * HOUR_MS, 3 * HOUR_MS, 2 * HOUR_MS, HOUR_MS, 0]
    assert {item.flags for item in got} == {Flag.CLOCK_BEHIND}


def test_a_series_of_a_clock_ahead_is_moved_together() -> None:
    """Seven hours ahead, ten hours of backlog: also the part that looks plausible was timed by that clock."""
    got = settle([reading(NOW + (hour - 3) * HOUR_MS) for hour in range(11)], NOW, {})
    assert [NOW - item.measured_at_ms for item in got] == [hour * HOUR_MS for hour in range(10, -1, -1)]
    assert {item.flags for item in got} == {Flag.CLOCK_AHEAD}


def test_a_message_across_the_moment_the_clock_was_set() -> None:
    """What was timed after the clock was set is believed; what before it, is not."""
    got = settle([reading(5_000), reading(65_000), reading(NOW - MINUTE_MS), reading(NOW)], NOW, {})
    assert [item.flags for item in got] == [Flag.CLOCK_BEHIND, Flag.CLOCK_BEHIND, 0, 0]
    assert [item.measured_at_ms for item in got] == [NOW - MINUTE_MS, NOW, NOW - MINUTE_MS, NOW]


def test_one_sensors_clock_says_nothing_about_another_s() -> None:
    """A gateway may forward loggers with clocks of their own."""
    got = settle([reading(0, "a"), reading(NOW, "b")], NOW, {})
    assert [item.flags for item in got] == [Flag.CLOCK_BEHIND, 0]


def test_a_clock_hours_behind_is_found_out() -> None:
    """The same lag six times over half an hour is no backlog."""
    got = live({}, NOW, 8, lag_ms=7 * HOUR_MS)
    assert [item.flags for item in got] == [0] * 5 + [Flag.CLOCK_BEHIND] * 3
    assert got[-1].measured_at_ms == NOW + 70 * MINUTE_MS


def test_a_backlog_is_no_wrong_clock() -> None:
    """A gateway that was off for a day sends faster than the readings were made."""
    states: dict[str, ClockState] = {}
    for step in range(144):
        at_ms = NOW - DAY_MS + step * 10 * MINUTE_MS
        (got,) = settle([reading(at_ms)], NOW + step * MINUTE_MS, states)
        assert (got.measured_at_ms, got.flags) == (at_ms, 0)


def test_redelivery_is_no_wrong_clock() -> None:
    """The same old message again and again: time does not go on in it."""
    states: dict[str, ClockState] = {}
    for step in range(20):
        (got,) = settle([reading(NOW - 5 * HOUR_MS)], NOW + step, states)
        assert (got.measured_at_ms, got.flags) == (NOW - 5 * HOUR_MS, 0)


def test_a_clock_that_jumps_back_is_flagged_at_once() -> None:
    """Times that were already covered without a gap come again; first flagged, then, when steady, set from the
    receipt.
    """
    states: dict[str, ClockState] = {}
    assert {item.flags for item in live(states, NOW, 20)} == {0}
    got = live(states, NOW + 200 * MINUTE_MS, 8, lag_ms=2 * HOUR_MS)
    assert [item.flags for item in got[:5]] == [Flag.CLOCK_JUMPED_BACK] * 5
    assert got[0].measured_at_ms == NOW + 80 * MINUTE_MS
    assert [item.flags for item in got[5:]] == [Flag.CLOCK_JUMPED_BACK | Flag.CLOCK_BEHIND] * 3
    assert got[7].measured_at_ms == NOW + 270 * MINUTE_MS


def test_back_fill_of_a_gap_is_no_jump_back() -> None:
    """What fills a hole in the covered stretch is late, not wrong."""
    states: dict[str, ClockState] = {}
    live(states, NOW, 5)
    live(states, NOW + 5 * HOUR_MS, 1)
    (got,) = settle([reading(NOW + 2 * HOUR_MS)], NOW + 5 * HOUR_MS, states)
    assert (got.measured_at_ms, got.flags) == (NOW + 2 * HOUR_MS, 0)


def test_the_usual_distance_follows_the_sensor() -> None:
    """A sensor that was set from one to ten minutes has no gap at every reading for long."""
    states: dict[str, ClockState] = {}
    for step in range(60):
        settle([reading(NOW + step * MINUTE_MS)], NOW + step * MINUTE_MS, states)
    start_ms = NOW + 60 * MINUTE_MS
    live(states, start_ms, 60)
    assert 8 * MINUTE_MS < states["a"].interval_ms <= 10 * MINUTE_MS
    assert states["a"].covered_from_ms < start_ms + 300 * MINUTE_MS


def test_a_clock_that_is_set_right_is_believed_again() -> None:
    """One delivery of now ends the suspicion."""
    states: dict[str, ClockState] = {}
    live(states, NOW, 8, lag_ms=7 * HOUR_MS)
    assert live(states, NOW + 2 * HOUR_MS, 3)[0].flags == 0


TIMES = st.one_of(
    st.integers(-62_135_596_800_000, 253_402_300_799_999),
    st.integers(NOW - 40 * DAY_MS, NOW + 40 * DAY_MS),
    st.integers(NOW - HOUR_MS, NOW + HOUR_MS),
)
MESSAGES = st.lists(
    st.tuples(st.lists(st.builds(reading, TIMES, st.sampled_from("ab")), max_size=6), st.integers(0, HOUR_MS)),
    max_size=12,
)


@PATIENT
@given(MESSAGES)
def test_a_bad_clock_never_extends_a_life(messages: list[tuple[list[Reading], int]]) -> None:
    """No stored time is after the receipt and its tolerance; every changed time is flagged; no value is changed."""
    states: dict[str, ClockState] = {}
    received_at_ms = NOW
    for readings, later_ms in messages:
        received_at_ms += later_ms
        got = settle(readings, received_at_ms, states)
        assert len(got) == len(readings)
        for before, after in zip(readings, got, strict=True):
            assert after.measured_at_ms <= received_at_ms + POLICY.ahead_ms
            assert after.measured_at_ms >= received_at_ms - POLICY.retained_ms
            assert before.measured_at_ms == after.measured_at_ms or after.flags & CLOCK_FLAGS
            assert msgspec.structs.replace(after, measured_at_ms=before.measured_at_ms, flags=before.flags) == before


@PATIENT
@given(MESSAGES)
def test_the_state_survives_a_restart(messages: list[tuple[list[Reading], int]]) -> None:
    """Written and read back between any two messages, the outcome is the same."""
    kept: dict[str, ClockState] = {}
    stored: dict[str, ClockState] = {}
    for readings, _ in messages:
        stored = msgspec.json.decode(msgspec.json.encode(stored), type=dict[str, ClockState])
        assert settle(readings, NOW, kept) == settle(readings, NOW, stored)


@PATIENT
@given(
    st.lists(
        st.lists(st.tuples(st.sampled_from("abcd"), st.integers(-30, 90)), max_size=4, unique_by=lambda one: one[0]),
        max_size=20,
    )
)
def test_one_reading_a_sensor_is_settled_as_several_are(messages: list[list[tuple[str, int]]]) -> None:
    """A further sensor with two readings turns the short way off: times, flags and states are the same by both."""
    short: dict[str, ClockState] = {}
    whole: dict[str, ClockState] = {}
    for number, late in enumerate(messages):
        received_ms = NOW + number * 5 * MINUTE_MS
        readings = [Reading(sensor, received_ms - minutes * MINUTE_MS, 1300) for sensor, minutes in late]
        twice = [Reading("other", received_ms, 1300)] * 2
        assert settle(readings, received_ms, short) == settle([*readings, *twice], received_ms, whole)[:-2]
        whole.pop("other")
        assert short == whole
