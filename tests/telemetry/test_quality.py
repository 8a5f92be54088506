"""Each quality flag on the small case it is for, and on the case it must leave alone."""

from collections import ChainMap

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.quality import SensorState, assess, flag_series
from telemetry.reading import FLAG_REASONS, Flag, Reading, flag_reasons
from tests.telemetry.patience import PATIENT

NOW = 1_795_410_000_000
MINUTE = 60_000


def series(*temperatures_c: float, every_min: int = 10, sensor: str = "a", **values: int) -> list[Reading]:
    return [
        Reading(sensor, NOW + step * every_min * MINUTE, round(value * 100), **values)
        for step, value in enumerate(temperatures_c)
    ]


def flags(readings: list[Reading]) -> list[Flag]:
    return [Flag(reading.flags) for reading in assess(readings, {})]


def test_a_quiet_cold_room_has_no_flags() -> None:
    """Small noise around 13 °C is what a good sensor shows."""
    assert set(flags(series(13.1, 13.0, 13.2, 12.9, 13.4, 13.1))) == {Flag.NONE}


@pytest.mark.parametrize("value", [-127.0, -60.01, 85.0, 125.0, 327.67])
def test_outside_the_physical_range(value: float) -> None:
    """A disconnected probe (-127), the power-on value (85) and a full-scale count are no temperatures of produce."""
    assert Flag.OUT_OF_RANGE in flags(series(value))[0]


@pytest.mark.parametrize("value", [-60.0, -18.0, 0.0, 54.0])
def test_inside_the_physical_range(value: float) -> None:
    """A deep freezer and a truck in the sun are possible."""
    assert flags(series(value)) == [Flag.NONE]


def test_a_spike_is_flagged_and_what_follows_is_not() -> None:
    """One reading far off its neighbours on both sides."""
    assert flags(series(13, 13, 40, 13, 13, every_min=1)) == [0, 0, Flag.SPIKE, 0, 0]


def test_a_real_excursion_has_one_flagged_reading() -> None:
    """The second reading at the new level confirms it."""
    assert flags(series(13, 30, 30.5, 31, every_min=1)) == [0, Flag.SPIKE, 0, 0]


def test_a_spike_into_the_impossible_is_out_of_range_and_confirms_nothing() -> None:
    """Two disconnected readings are not a level that a third may continue."""
    got = flags(series(13, -127, -127, 13, every_min=1))
    assert got == [0, Flag.OUT_OF_RANGE, Flag.OUT_OF_RANGE, 0]


def test_warming_as_fast_as_an_open_door_is_no_spike() -> None:
    """Two degrees a minute is what air does."""
    assert set(flags(series(5, 7, 9, 11, 13, 15, every_min=1))) == {Flag.NONE}


def test_a_step_over_a_long_silence_is_no_spike() -> None:
    """After three hours anything may have happened."""
    assert flags(series(5, 30, every_min=180)) == [0, 0]


def test_stuck_after_six_hours_of_the_same_value() -> None:
    """The flag comes when the time has passed, and goes with the first other value."""
    got = flags([*series(*[13.0] * 38), Reading("a", NOW + 380 * MINUTE, 1310)])
    assert [index for index, value in enumerate(got) if value] == [36, 37]
    assert got[36] == Flag.STUCK


def test_the_same_temperature_with_a_living_humidity_is_not_stuck() -> None:
    """A coarse temperature may stand still for long; the humidity shows that the sensor lives."""
    readings = [Reading("a", NOW + step * 10 * MINUTE, 1300, 8800 + step % 2) for step in range(60)]
    assert set(flags(readings)) == {Flag.NONE}


def test_few_readings_are_not_stuck() -> None:
    """Two equal readings half a day apart say nothing."""
    assert flags(series(13, 13, every_min=720)) == [0, 0]


def test_stuck_takes_both_six_hours_and_24_readings() -> None:
    """Every half hour the 24th reading settles it, every minute the sixth hour."""
    half_hourly = flags(series(*[13.0] * 26, every_min=30))
    assert [index for index, value in enumerate(half_hourly) if value] == [23, 24, 25]
    minutely = flags(series(*[13.0] * 363, every_min=1))
    assert [index for index, value in enumerate(minutely) if value] == [360, 361, 362]


def test_a_run_of_one_value_starts_anew_after_another() -> None:
    """What counts is the present run: its length and its beginning."""
    got = flags(series(*[13.0] * 20, 13.1, *[13.0] * 37))
    assert [index for index, value in enumerate(got) if value] == [57]


def test_a_sensor_that_its_siblings_contradict() -> None:
    """Two others agree on 4 °C; at the third time in a row the one at 12 °C is flagged, and they are not."""
    siblings = {"a": ("b", "c"), "b": ("a", "c"), "c": ("a", "b")}
    states: dict[str, SensorState] = {}
    got = []
    for step in range(4):
        at = NOW + step * 10 * MINUTE
        round_of_three = [Reading("b", at, 400), Reading("c", at, 420), Reading("a", at, 1200)]
        got.append([Flag(reading.flags) for reading in assess(round_of_three, states, siblings=siblings)])
    assert got == [[0, 0, 0], [0, 0, 0], [0, 0, Flag.SIBLING_DISAGREES], [0, 0, Flag.SIBLING_DISAGREES]]


def test_one_sibling_can_t_say_which_of_two_is_wrong() -> None:
    """Two sensors that differ are both left alone."""
    states: dict[str, SensorState] = {}
    for step in range(6):
        at = NOW + step * 10 * MINUTE
        got = assess([Reading("a", at, 400), Reading("b", at, 1200)], states, siblings={"a": ("b",), "b": ("a",)})
        assert [reading.flags for reading in got] == [0, 0]


def test_a_silent_sibling_has_no_say() -> None:
    """What was shown an hour ago is not compared."""
    states: dict[str, SensorState] = {}
    assess([Reading("b", NOW, 400), Reading("c", NOW, 400)], states)
    late = [Reading("a", NOW + (60 + step) * MINUTE, 1200) for step in range(5)]
    assert {reading.flags for reading in assess(late, states, siblings={"a": ("b", "c")})} == {0}


def test_a_sensor_switched_to_fahrenheit_while_running() -> None:
    """13 °C becomes 55.4: as °F it continues, as °C it is 42 degrees off."""
    got = flags(series(13, 13.1, 55.4, 55.6))
    assert got[:2] == [0, 0]
    assert all(Flag.FAHRENHEIT_SUSPECTED in value for value in got[2:])


def test_a_cold_sensor_switched_to_fahrenheit() -> None:
    """4 °C becomes 39.2, which alone could be a hot afternoon."""
    assert Flag.FAHRENHEIT_SUSPECTED in flags(series(4, 4, 39.2))[2]


def test_a_sensor_that_always_sent_fahrenheit() -> None:
    """Half an hour between 55 and 131 is no air that produce stands in."""
    got = flags(series(*[77.0, 77.4] * 4))
    assert [Flag.FAHRENHEIT_SUSPECTED in value for value in got] == [False] * 5 + [True] * 3


def test_five_hot_minutes_are_not_fahrenheit() -> None:
    """A truck in the sun passes 55 °C; only staying there is suspicious, and a cooler reading ends it."""
    assert all(Flag.FAHRENHEIT_SUSPECTED not in value for value in flags(series(*[60.0, 60.4] * 5, every_min=1)))
    broken = flags(series(*[60.0] * 5, 50.0, *[60.0] * 5, every_min=10))
    assert all(Flag.FAHRENHEIT_SUSPECTED not in value for value in broken)


def test_siblings_unmask_fahrenheit() -> None:
    """The others are at 4 °C, this one is at 39.4."""
    states: dict[str, SensorState] = {}
    assess([Reading("b", NOW, 400), Reading("c", NOW, 420)], states)
    (got,) = assess([Reading("a", NOW + MINUTE, 3940)], states, siblings={"a": ("b", "c")})
    assert got.flags == Flag.FAHRENHEIT_SUSPECTED


def test_a_real_warming_is_not_fahrenheit() -> None:
    """From 13 to 30 °C: as °F that would be -1 °C, which continues nothing."""
    assert all(Flag.FAHRENHEIT_SUSPECTED not in value for value in flags(series(13, 20, 25, 30)))


@pytest.mark.parametrize(("values", "flag"), [({"battery_pct": 8}, True), ({"battery_mv": 2250}, True)])
def test_low_battery_in_the_cold(values: dict[str, int], flag: bool) -> None:
    """A sagging cell at -18 °C; the same battery at 13 °C is no doubt about the temperature."""
    assert (Flag.LOW_BATTERY_COLD in flags(series(-18, **values))[0]) is flag
    assert flags(series(13, **values)) == [Flag.NONE]


def test_the_battery_is_remembered_from_the_message_that_had_it() -> None:
    """Many sensors send it once a day."""
    readings = [Reading("a", NOW, 100, battery_pct=5), Reading("a", NOW + MINUTE, 100)]
    assert flags(readings) == [Flag.LOW_BATTERY_COLD] * 2


def test_a_late_reading_is_judged_by_its_value_alone() -> None:
    """It is no spike against a later time, and changes nothing for those to come."""
    states: dict[str, SensorState] = {}
    assess(series(13, 13, 13), states)
    before = dict(states)
    late = [Reading("a", NOW - MINUTE, 3000), Reading("a", NOW - 2 * MINUTE, 9000)]
    assert [reading.flags for reading in assess(late, states)] == [0, Flag.OUT_OF_RANGE]
    assert states == before


def test_a_batch_can_be_undone() -> None:
    """States in a ChainMap leave the committed ones alone until they are taken over."""
    committed: dict[str, SensorState] = {}
    assess(series(13, 13), committed)
    before = dict(committed)
    pending = ChainMap[str, SensorState]({}, committed)
    assess(series(13, 14, 15), pending)
    assert committed == before
    assert set(pending.maps[0]) == {"a"}


def test_every_flag_has_a_sentence() -> None:
    """A person is told why, whatever the flag."""
    assert set(FLAG_REASONS) == set(Flag) - {Flag.NONE}
    assert flag_reasons(Flag.SPIKE | Flag.NO_CLOCK) == [FLAG_REASONS[Flag.SPIKE], FLAG_REASONS[Flag.NO_CLOCK]]


READINGS = st.lists(
    st.builds(
        Reading,
        st.sampled_from("abc"),
        st.integers(NOW, NOW + 500 * MINUTE),
        st.integers(-27315, 32767),
        st.none() | st.integers(0, 10000),
        st.none() | st.integers(0, 100),
        st.none() | st.integers(0, 4000),
        flags=st.sampled_from([0, int(Flag.NO_CLOCK)]),
    ),
    max_size=40,
)
SIBLINGS = {"a": ("b", "c"), "b": ("a", "c"), "c": ("a", "b")}


@PATIENT
@given(READINGS, st.integers(0, 40))
def test_nothing_is_dropped_and_batches_make_no_difference(readings: list[Reading], cut: int) -> None:
    """Every reading comes out in its place with its values and flags; where the batch was cut, or a restart, can't
    be told.
    """
    whole = assess(readings, {}, siblings=SIBLINGS)
    states: dict[str, SensorState] = {}
    parts = assess(readings[:cut], states, siblings=SIBLINGS)
    states = msgspec.json.decode(msgspec.json.encode(states), type=dict[str, SensorState])
    assert parts + assess(readings[cut:], states, siblings=SIBLINGS) == whole
    for before, after in zip(readings, whole, strict=True):
        assert before.flags & ~after.flags == 0
        assert msgspec.structs.replace(after, flags=before.flags) == before


@PATIENT
@given(READINGS, st.randoms(use_true_random=False))
def test_a_series_is_flagged_alike_in_any_order_of_arrival(readings: list[Reading], random: object) -> None:
    """Taken as a whole, the order in which distinct readings came does not matter."""
    distinct = list({(reading.sensor, reading.measured_at_ms): reading for reading in readings}.values())
    shuffled = list(distinct)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert flag_series(shuffled) == flag_series(distinct)


@PATIENT
@given(
    st.lists(
        st.tuples(
            st.sampled_from("ab"),
            st.integers(0, 40) | st.integers(0, 4000),
            st.sampled_from([1300, 1310, 1700, 1701, 499, 500, 2300, 5499, 5500, 8500, -6001])
            | st.integers(-7000, 9000),
            st.sampled_from([None, 8800]),
            st.sampled_from([None, 9, 50]),
        ),
        max_size=60,
    )
)
def test_plain_readings_are_judged_as_all_others_are(steps: list[tuple[str, int, int, int | None, int | None]]) -> None:
    """Siblings that do not exist turn the short way off: flags and states are the same by both."""
    readings = [
        Reading(sensor, NOW + minute * MINUTE, centi_c, humidity, battery)
        for sensor, minute, centi_c, humidity, battery in steps
    ]
    short: dict[str, SensorState] = {}
    whole: dict[str, SensorState] = {}
    assert assess(readings, short) == assess(readings, whole, siblings={"nobody": ()})
    assert short == whole


def test_plain_readings_that_stay_the_same_are_stuck_in_the_end() -> None:
    """The short way counts the run that the whole way ends."""
    found = flags(series(*[13.0] * 40))
    assert Flag.STUCK not in found[35]
    assert Flag.STUCK in found[36]
