"""How far to trust the value of a reading: flags with reasons, never a silent drop.

Every reading comes out again, in its place. The state of a sensor is small, frozen and serialisable; each reading
costs a constant amount of work and the same readings in the same order always give the same flags. A reading older
than the last one seen is judged by its value alone, since the state speaks of another time.

What a flag means for freshness is decided there; here a flagged reading only never becomes what others are measured by.
"""

from collections.abc import Mapping, MutableMapping, Sequence

import msgspec

from telemetry.reading import Flag, Reading

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS

_OUT_OF_RANGE = int(Flag.OUT_OF_RANGE)
_SPIKE = int(Flag.SPIKE)
_STUCK = int(Flag.STUCK)
_SIBLING = int(Flag.SIBLING_DISAGREES)
_FAHRENHEIT = int(Flag.FAHRENHEIT_SUSPECTED)
_BATTERY = int(Flag.LOW_BATTERY_COLD)

NEIGHBOUR_FLAGS = _SPIKE | _STUCK | _SIBLING | _FAHRENHEIT
"""What other readings say of one; `telemetry.review` decides, whatever was said at its arrival."""


class QualityPolicy(msgspec.Struct, frozen=True):
    """The limits, in hundredths of a degree and milliseconds.

    ``range``: cold-chain sensors are specified from -40 or -60 to below +85 °C, and 85 °C exactly is what a DS18B20
    shows when it has not measured (Analog Devices, DS18B20 data sheet, "Temperature register": power-on reset value
    +85 °C). ``spike``: a step of more than 4 °C and 2 °C a minute is faster than produce and than the air of a loaded
    room; a second reading at the new level confirms it, so that a real excursion has one flagged reading.
    ``stuck``: the same hundredth, and the same humidity where there is one, for 6 hours and 24 readings.
    ``siblings``: 5 °C from the median of at least two others, not older than 15 minutes, three times in a row.
    ``fahrenheit``: 55 °F is 13 °C and 131 °F is 55 °C; either the value read as °F continues what the sensor or its
    siblings show, while as °C it is 10 °C off, or the sensor stays between these limits for 30 minutes and 6 readings.
    ``battery``: lithium coin cells sag in the cold; below 5 °C, 10 % or 2.3 V is the end.
    """

    range_min_centi_c: int = -6000
    range_max_centi_c: int = 8499
    spike_step_centi_c: int = 400
    spike_centi_c_per_minute: int = 200
    spike_horizon_ms: int = 2 * HOUR_MS
    stuck_ms: int = 6 * HOUR_MS
    stuck_readings: int = 24
    sibling_centi_c: int = 500
    sibling_age_ms: int = 15 * MINUTE_MS
    sibling_times: int = 3
    siblings_max: int = 15
    fahrenheit_min_centi_c: int = 5500
    fahrenheit_max_centi_c: int = 13100
    fahrenheit_ms: int = 30 * MINUTE_MS
    fahrenheit_readings: int = 6
    fahrenheit_match_centi_c: int = 150
    fahrenheit_apart_centi_c: int = 1000
    cold_centi_c: int = 500
    low_battery_pct: int = 10
    low_battery_mv: int = 2300


class SensorState(msgspec.Struct, frozen=True, gc=False):
    """What is remembered of one sensor.

    ``good_*`` is the last reading that others are measured by; ``suspect_*`` a jump waiting for its confirmation;
    ``same_*`` the run of one value; ``hot_*`` the run within the °F limits; ``apart`` how often in a row the siblings
    disagreed.
    """

    last_ms: int
    good_ms: int | None = None
    good_centi_c: int = 0
    suspect_ms: int | None = None
    suspect_centi_c: int = 0
    same_since_ms: int = 0
    same_centi_c: int | None = None
    same_humidity_centi_pct: int | None = None
    same_readings: int = 0
    hot_since_ms: int = 0
    hot_readings: int = 0
    apart: int = 0
    battery_pct: int | None = None
    battery_mv: int | None = None


POLICY = QualityPolicy()
NO_SIBLINGS: Mapping[str, Sequence[str]] = {}


def assess(
    readings: Sequence[Reading],
    states: MutableMapping[str, SensorState],
    *,
    siblings: Mapping[str, Sequence[str]] = NO_SIBLINGS,
    policy: QualityPolicy = POLICY,
) -> list[Reading]:
    """Flag readings; every one comes out again, in its place, with the flags it had and those found here.

    Args:
        readings: in any order, of any sensors of one tenant; their times as settled by `telemetry.clock.settle`.
        states: per sensor of that tenant, by name; updated in place. Give a ``ChainMap({}, states)`` to be able to
        undo. siblings: which other sensors are in the same place; the first ``policy.siblings_max`` of them are asked.
        policy: the limits.
    """
    assessed = []
    for reading in readings:
        sensor = reading.sensor
        state = states.get(sensor)
        if state is not None and reading.measured_at_ms <= state.last_ms:
            flags = _by_value(reading, state, policy)
        elif state is not None and not siblings and (after := _after_plain(reading, state, policy)) is not None:
            states[sensor] = after
            flags = 0
        else:
            others = _median_of_siblings(reading, siblings.get(sensor), states, policy) if siblings else None
            flags, states[sensor] = _in_sequence(reading, state, others, policy)
        assessed.append(msgspec.structs.replace(reading, flags=reading.flags | flags) if flags else reading)
    return assessed


def flag_series(readings: Sequence[Reading], *, policy: QualityPolicy = POLICY) -> list[Reading]:
    """Flag a whole series of one tenant as if it had come in the order of measurement; the result keeps that order."""
    return assess(sorted(readings, key=lambda reading: (reading.measured_at_ms, reading.sensor)), {}, policy=policy)


def _by_value(reading: Reading, state: SensorState | None, policy: QualityPolicy) -> int:
    """The flags that follow from the value and the battery alone."""
    centi_c = reading.temperature_centi_c
    flags = 0
    if not policy.range_min_centi_c <= centi_c <= policy.range_max_centi_c:
        flags = _OUT_OF_RANGE
    if centi_c < policy.cold_centi_c:
        pct, mv = reading.battery_pct, reading.battery_mv
        if state is not None:
            pct = state.battery_pct if pct is None else pct
            mv = state.battery_mv if mv is None else mv
        if (pct is not None and pct <= policy.low_battery_pct) or (mv is not None and 0 < mv <= policy.low_battery_mv):
            flags |= _BATTERY
    return flags


def _after_plain(reading: Reading, state: SensorState, policy: QualityPolicy) -> SensorState | None:
    """The state after a reading that nothing can be said against, without siblings; None where `_in_sequence` decides.

    Nearly all readings are plain; this spares them two thirds of the time.
    """
    at_ms, centi_c, humidity = reading.measured_at_ms, reading.temperature_centi_c, reading.humidity_centi_pct
    step = centi_c - state.good_centi_c
    if (
        state.good_ms is None
        or not policy.cold_centi_c <= centi_c < policy.fahrenheit_min_centi_c
        or not policy.range_min_centi_c <= centi_c <= policy.range_max_centi_c
        or not -policy.spike_step_centi_c <= step <= policy.spike_step_centi_c
        or not -policy.fahrenheit_apart_centi_c <= step <= policy.fahrenheit_apart_centi_c
    ):
        return None
    same_since_ms, same_readings = at_ms, 1
    if centi_c == state.same_centi_c and humidity == state.same_humidity_centi_pct:
        same_since_ms, same_readings = state.same_since_ms, state.same_readings + 1
        if same_readings >= policy.stuck_readings:
            return None
    return SensorState(
        at_ms,
        at_ms,
        centi_c,
        None,
        0,
        same_since_ms,
        centi_c,
        humidity,
        same_readings,
        state.hot_since_ms,
        0,
        state.apart,
        state.battery_pct if reading.battery_pct is None else reading.battery_pct,
        state.battery_mv if reading.battery_mv is None else reading.battery_mv,
    )


def _in_sequence(
    reading: Reading, state: SensorState | None, others_centi_c: int | None, policy: QualityPolicy
) -> tuple[int, SensorState]:
    """The flags of the newest reading of a sensor, and the sensor's state after it."""
    at_ms, centi_c, humidity = reading.measured_at_ms, reading.temperature_centi_c, reading.humidity_centi_pct
    flags = _by_value(reading, state, policy)
    if state is None:
        state = SensorState(at_ms)

    same_since_ms, same_readings = state.same_since_ms, state.same_readings + 1
    if centi_c != state.same_centi_c or humidity != state.same_humidity_centi_pct:
        same_since_ms, same_readings = at_ms, 1
    elif same_readings >= policy.stuck_readings and at_ms - same_since_ms >= policy.stuck_ms:
        flags |= _STUCK

    hot_since_ms, hot_readings = state.hot_since_ms, state.hot_readings
    if not policy.fahrenheit_min_centi_c <= centi_c <= policy.fahrenheit_max_centi_c:
        hot_readings = 0
    else:
        hot_since_ms, hot_readings = (hot_since_ms, hot_readings + 1) if hot_readings else (at_ms, 1)
        if hot_readings >= policy.fahrenheit_readings and at_ms - hot_since_ms >= policy.fahrenheit_ms:
            flags |= _FAHRENHEIT
    if _continues_as_fahrenheit(centi_c, at_ms, state, others_centi_c, policy):
        flags |= _FAHRENHEIT

    apart = state.apart
    if others_centi_c is not None:
        apart = apart + 1 if abs(centi_c - others_centi_c) > policy.sibling_centi_c else 0
        if apart >= policy.sibling_times:
            flags |= _SIBLING

    good_ms, good_centi_c, suspect_ms, suspect_centi_c = state.good_ms, state.good_centi_c, None, 0
    if flags & (_OUT_OF_RANGE | _FAHRENHEIT):
        suspect_ms, suspect_centi_c = state.suspect_ms, state.suspect_centi_c
    elif _steps(centi_c, at_ms, state.good_centi_c, state.good_ms, policy) and (
        state.suspect_ms is None or _steps(centi_c, at_ms, state.suspect_centi_c, state.suspect_ms, policy)
    ):
        flags |= _SPIKE
        suspect_ms, suspect_centi_c = at_ms, centi_c
    else:
        good_ms, good_centi_c = at_ms, centi_c
    return flags, SensorState(
        at_ms,
        good_ms,
        good_centi_c,
        suspect_ms,
        suspect_centi_c,
        same_since_ms,
        centi_c,
        humidity,
        same_readings,
        hot_since_ms,
        hot_readings,
        apart,
        state.battery_pct if reading.battery_pct is None else reading.battery_pct,
        state.battery_mv if reading.battery_mv is None else reading.battery_mv,
    )


def _steps(centi_c: int, at_ms: int, from_centi_c: int, from_ms: int | None, policy: QualityPolicy) -> bool:
    """Whether the way from an earlier reading is too steep; nothing is said over more than the horizon."""
    if from_ms is None:
        return False
    step = abs(centi_c - from_centi_c)
    if step <= policy.spike_step_centi_c:
        return False
    elapsed_ms = at_ms - from_ms
    return elapsed_ms <= policy.spike_horizon_ms and step * MINUTE_MS > policy.spike_centi_c_per_minute * elapsed_ms


def _continues_as_fahrenheit(
    centi_c: int, at_ms: int, state: SensorState, others_centi_c: int | None, policy: QualityPolicy
) -> bool:
    """Whether the value, read as °F, fits the siblings or the sensor's own past, and as °C is far off."""
    expected = others_centi_c
    if expected is None:
        if state.good_ms is None or at_ms - state.good_ms > policy.spike_horizon_ms:
            return False
        expected = state.good_centi_c
    if abs(centi_c - expected) <= policy.fahrenheit_apart_centi_c:
        return False
    return abs((centi_c - 3200) * 5 // 9 - expected) <= policy.fahrenheit_match_centi_c


def _median_of_siblings(
    reading: Reading,
    names: Sequence[str] | None,
    states: Mapping[str, SensorState],
    policy: QualityPolicy,
) -> int | None:
    """The lower median of what the siblings last showed, or None when fewer than two have spoken lately."""
    if not names:
        return None
    values = []
    for name in names[: policy.siblings_max]:
        state = states.get(name)
        if state is None or name == reading.sensor or state.good_ms is None:
            continue
        if abs(reading.measured_at_ms - state.good_ms) <= policy.sibling_age_ms:
            values.append(state.good_centi_c)
    if len(values) < 2:
        return None
    values.sort()
    return values[(len(values) - 1) // 2]
