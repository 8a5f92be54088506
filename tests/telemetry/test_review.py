"""Flags from neighbours: by all that is stored, in bounded time, the same in whatever order it came."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.clock import DAY_MS, HOUR_MS, MINUTE_MS
from telemetry.reading import Flag, Reading
from telemetry.review import Review, Stay, memory_from_ms
from tests.telemetry.patience import PATIENT

DAY = 20_780
"""2026-11-23, counted from 1970."""
START_MS = DAY * DAY_MS
ALWAYS_MS = 1 << 62


def judged(readings: list[Reading], *stays: Stay) -> dict[tuple[str, int, int], Flag]:
    return {
        (one.sensor, (one.measured_at_ms - START_MS) // MINUTE_MS, one.temperature_centi_c): Flag(flags)
        for one, flags in Review(stays).judge(readings)
        if flags
    }


def series(sensor: str, *centi_c: int, from_min: int = 0, every_min: int = 1) -> list[Reading]:
    return [
        Reading(sensor, START_MS + (from_min + place * every_min) * MINUTE_MS, value)
        for place, value in enumerate(centi_c)
    ]


def test_siblings_in_one_place_unmask_the_one_that_disagrees() -> None:
    """Three sensors in one truck; the third shows 8 °C more, and is flagged from the third time on."""
    stays = [Stay("truck", sensor, START_MS, ALWAYS_MS) for sensor in "abc"]
    readings = [*series("a", *[1300] * 5), *series("b", *[1310] * 5), *series("c", *[2100] * 5)]
    assert judged(readings, *stays) == {("c", minute, 2100): Flag.SIBLING_DISAGREES for minute in (2, 3, 4)}


def test_a_sensor_counts_only_while_it_is_there() -> None:
    """A probe that was carried to another truck is nobody's sibling any more."""
    stays = [Stay("truck", sensor, START_MS, ALWAYS_MS) for sensor in "ab"]
    left = Stay("truck", "c", START_MS, START_MS + 2 * MINUTE_MS)
    readings = [*series("a", *[1300] * 9), *series("b", *[1300] * 9), *series("c", *[2100] * 9)]
    assert judged(readings, *stays, left) == {}


def test_of_two_values_at_one_instant_the_lower_stands_in_the_sequence() -> None:
    """Which of them came first is no reason to doubt their neighbours."""
    two = [Reading("a", START_MS + 2 * MINUTE_MS, value) for value in (1300, 4000)]
    around = series("a", 1300, 1300) + series("a", 1300, 1300, from_min=3)
    assert judged([*around, *two]) == judged([*two[::-1], *around]) == {}


def test_memory_ends_at_the_start_of_the_day_before() -> None:
    """What a sensor showed the day before yesterday says nothing about today."""
    hours = [Reading("a", START_MS + hour * HOUR_MS, 1300) for hour in range(49)]
    flags = {one.measured_at_ms: flag for one, flag in Review().judge(hours)}
    assert flags[START_MS + 24 * HOUR_MS] == Flag.STUCK, "a day and more of the same value"
    late = Review()
    alone = dict(
        (one.measured_at_ms, flag)
        for one, flag in late.judge(one for one in hours if one.measured_at_ms >= START_MS + DAY_MS)
    )
    assert alone[START_MS + 48 * HOUR_MS] == flags[START_MS + 48 * HOUR_MS]


def test_older_readings_than_those_judged_are_refused() -> None:
    """They would be judged by what came after them."""
    review = Review()
    list(review.judge(series("a", 1300, from_min=5)))
    with pytest.raises(ValueError, match="judged already"):
        list(review.judge(series("a", 1300)))


READINGS = st.lists(
    st.builds(
        Reading,
        st.sampled_from("abc"),
        st.integers(0, 3 * 48).map(lambda step: START_MS + step * 30 * MINUTE_MS),
        st.sampled_from([1300, 1310, 1900, 4000, 6000, -12700]),
    ),
    max_size=60,
)
STAYS = [
    Stay("truck", "a", START_MS, ALWAYS_MS),
    Stay("truck", "b", START_MS + HOUR_MS, ALWAYS_MS),
    Stay("truck", "c", START_MS, START_MS + 30 * HOUR_MS),
]


@PATIENT
@given(READINGS, st.integers(0, 60), st.integers(0, 2**32))
def test_neither_the_order_nor_the_cut_makes_a_difference(readings: list[Reading], cut: int, seed: int) -> None:
    """A whole history at once, shuffled; in two calls; and, from the second day on, without what is out of memory."""
    shuffled = list(readings)
    Random(seed).shuffle(shuffled)
    whole = judged(readings, *STAYS)
    assert judged(shuffled, *STAYS) == whole
    ordered = sorted(readings, key=lambda one: one.measured_at_ms)
    until_ms = ordered[min(cut, len(ordered) - 1)].measured_at_ms if ordered else 0
    review = Review(STAYS)
    parts = (
        [one for one in readings if one.measured_at_ms <= until_ms],
        [one for one in readings if one.measured_at_ms > until_ms],
    )
    in_two = [pair for part in parts for pair in review.judge(part)]
    assert in_two == list(Review(STAYS).judge(readings))
    remembered = [one for one in readings if one.measured_at_ms >= memory_from_ms(until_ms)]
    recent = [(one, flags) for one, flags in Review(STAYS).judge(remembered) if one.measured_at_ms >= until_ms]
    assert recent == [pair for pair in in_two if pair[0].measured_at_ms >= until_ms]
