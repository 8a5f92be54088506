"""The temperature chart's geometry."""

from hypothesis import given
from hypothesis import strategies as st

from services.web.chart import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, draw, gaps, outside
from services.web.words import ZONE

MINUTE_MS = 60_000
LONGEST_MS = 15 * MINUTE_MS


def _chart(samples, band_c=(12.0, 15.0), to_ms=60 * MINUTE_MS):  # type: ignore[no-untyped-def]
    return draw([("TH-1", samples)], from_ms=0, to_ms=to_ms, band_c=band_c, interval_s=300, zone=ZONE)


def test_no_reading_no_chart() -> None:
    assert _chart([]) is None


def test_a_silent_hour_is_a_gap_and_breaks_the_line() -> None:
    samples = [(minute * MINUTE_MS, 13.0) for minute in (0, 5, 10, 70, 75)]
    chart = _chart(samples, to_ms=75 * MINUTE_MS)
    assert [(gap.from_ms, gap.to_ms) for gap in chart.gaps] == [(10 * MINUTE_MS, 70 * MINUTE_MS)]
    assert chart.lines[0].path.count("M") == 2


def test_silence_at_either_end_is_a_gap() -> None:
    assert gaps([("TH-1", [(30 * MINUTE_MS, 13.0)])], 0, 60 * MINUTE_MS, LONGEST_MS) == [
        (0, 30 * MINUTE_MS),
        (30 * MINUTE_MS, 60 * MINUTE_MS),
    ]


def test_another_sensor_fills_a_gap() -> None:
    one = [(minute * MINUTE_MS, 13.0) for minute in range(0, 30, 5)]
    other = [(minute * MINUTE_MS, 13.0) for minute in range(25, 61, 5)]
    assert gaps([("a", one), ("b", other)], 0, 60 * MINUTE_MS, LONGEST_MS) == []


def test_an_excursion_lasts_until_the_first_reading_inside() -> None:
    samples = [(0, 13.0), (5, 16.0), (10, 17.0), (15, 14.0), (20, 13.0)]
    found = outside([("a", [(at * MINUTE_MS, c) for at, c in samples])], (12.0, 15.0), LONGEST_MS)
    assert found == [(5 * MINUTE_MS, 15 * MINUTE_MS)]


def test_an_excursion_before_a_gap_is_not_stretched_over_it() -> None:
    found = outside([("a", [(0, 20.0), (300 * MINUTE_MS, 13.0)])], (12.0, 15.0), LONGEST_MS)
    assert found == [(0, LONGEST_MS)]


def test_hours_are_those_of_thailand() -> None:
    chart = _chart([(0, 13.0), (24 * 60 * MINUTE_MS, 13.0)], to_ms=24 * 60 * MINUTE_MS)
    labels = [tick.label for tick in chart.time_ticks]
    assert "02 Jan" in labels  # midnight in Thailand is 17:00 UTC
    assert {"09:00", "12:00"} <= set(labels)


@given(
    st.lists(st.tuples(st.integers(0, 86_400_000), st.floats(-40, 60)), min_size=1, max_size=40),
    st.one_of(st.none(), st.tuples(st.floats(-5, 10), st.floats(10, 30))),
)
def test_everything_stays_on_the_paper(samples, band_c) -> None:  # type: ignore[no-untyped-def]
    chart = _chart(sorted(samples), band_c, to_ms=86_400_000)
    numbers = [float(part) for part in chart.lines[0].path.replace("M", " ").replace("L", " ").split()]
    points = [*zip(numbers[::2], numbers[1::2], strict=True), *chart.lines[0].dots]
    assert all(LEFT <= x <= WIDTH - RIGHT and TOP <= y <= HEIGHT - BOTTOM for x, y in points)
    assert 2 <= len(chart.temperature_ticks) <= 12
    for span in (*chart.gaps, *chart.excursions):
        assert span.x >= LEFT
        assert span.x + span.width <= WIDTH - RIGHT + 0.11
