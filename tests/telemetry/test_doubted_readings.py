"""A doubted reading is kept as a doubt: it may make the picture wider and worse, never narrower or better."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.freshness import load_catalogue
from telemetry.freshness.verdict import assess
from telemetry.reading import Flag
from tests.telemetry.patience import PATIENT

NOW_MS = 1_795_410_000_000
STEP_MS = 300_000
COMMODITY = load_catalogue().commodity("mangosteen")
DOUBTS = [
    Flag.SPIKE,
    Flag.STUCK,
    Flag.SIBLING_DISAGREES,
    Flag.FAHRENHEIT_SUSPECTED,
    Flag.OUT_OF_RANGE,
    Flag.CLOCK_BEHIND,
]


def life_used(samples: list[tuple[int, int, int]]) -> tuple[float, float]:
    """The least and the most of its life that a lot may have used."""
    assessed = assess(COMMODITY, samples, now_ms=NOW_MS, started_at_ms=NOW_MS - 60 * STEP_MS)
    assert assessed.life_used_low is not None
    assert assessed.life_used_high is not None
    return assessed.life_used_low, assessed.life_used_high


def course(centi_c: int = 1300) -> list[tuple[int, int, int]]:
    return [(NOW_MS - place * STEP_MS, centi_c, 0) for place in range(60, -1, -1)]


@pytest.mark.parametrize("doubt", DOUBTS)
@pytest.mark.parametrize("hot", [1, 5, 30])
def test_hot_readings_that_are_doubted_widen_what_may_have_been(doubt: Flag, hot: int) -> None:
    """Against the same course with nothing known at these times: the most that may be used is no less."""
    samples = course()
    doubted = [
        (at, 4200, int(doubt)) if 10 <= place < 10 + hot else (at, c, f) for place, (at, c, f) in enumerate(samples)
    ]
    without = [sample for sample in doubted if not sample[2]]
    low, high = life_used(doubted)
    low_without, high_without = life_used(without)
    assert high >= high_without
    assert high > life_used(samples)[1]
    assert high - low >= high_without - low_without


@PATIENT
@given(
    st.lists(st.integers(200, 4500), min_size=61, max_size=61),
    st.sets(st.integers(1, 59), max_size=20),
    st.sampled_from(DOUBTS),
)
def test_doubting_a_reading_never_makes_it_better(values: list[int], doubted: set[int], doubt: Flag) -> None:
    """Any course, any readings of it doubted: the most that may have been used is no less than without them."""
    samples = [
        (at, centi_c, int(doubt) if place in doubted else 0)
        for place, ((at, _, _), centi_c) in enumerate(zip(course(), values, strict=True))
    ]
    assert life_used(samples)[1] >= life_used([sample for sample in samples if not sample[2]])[1] - 1e-9
