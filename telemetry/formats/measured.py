"""From the raw values of one reading to a `Reading`: the checks that every format shares, written once.

What can't be a reading at all (no sensor, a temperature that is no number or outside -273.15 to 327.67 °C, a time
without an offset) raises `ReadingError`. What can be doubted is kept and flagged. Nothing else costs a temperature: a
humidity that is none is left out and flagged, a battery of 255 % or "low" and the like are left out.
"""

import math
from datetime import UTC, datetime, timedelta
from typing import Annotated

import msgspec

from telemetry.formats.decoded import SENSOR_CHARS_MAX, ReadingError, centi, shown
from telemetry.reading import TEMPERATURE_MAX_C, TEMPERATURE_MIN_C, Flag, Reading

EPOCH_MS_MIN = -62_135_596_800_000
"""0001-01-01T00:00:00Z, the earliest time a datetime holds."""

EPOCH_MS_MAX = 253_402_300_799_999
"""9999-12-31T23:59:59.999Z, the latest."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)

AwareDatetime = Annotated[datetime, msgspec.Meta(tz=True)]


def measured(
    sensor: object,
    temperature_c: object,
    *,
    received_at_ms: int,
    measured_at_ms: int | None = None,
    humidity_pct: object = None,
    battery_pct: object = None,
    battery_mv: object = None,
    signal_dbm: object = None,
    flags: int = 0,
) -> Reading:
    """Check the values of one reading and make it; without a time it takes ``received_at_ms`` and `Flag.NO_CLOCK`.

    Raises:
        ReadingError: a value can't be part of a reading.
    """
    name = sensor_name(sensor)
    temperature = number(temperature_c, "temperature_c")
    if not TEMPERATURE_MIN_C <= temperature <= TEMPERATURE_MAX_C:
        raise ReadingError(f"temperature_c {shown(temperature)} is not a temperature; send °C from -273.15 to 327.67")
    humidity_centi_pct = None
    if humidity_pct is not None:
        humidity = _finite(humidity_pct)
        if humidity is not None and 0 <= humidity <= 100:
            humidity_centi_pct = centi(humidity)
        else:
            flags |= Flag.HUMIDITY_LEFT_OUT
    if measured_at_ms is None:
        measured_at_ms = received_at_ms
        flags |= Flag.NO_CLOCK
    elif not EPOCH_MS_MIN <= measured_at_ms <= EPOCH_MS_MAX:
        raise ReadingError(f"the time {measured_at_ms} ms is outside the years 1 to 9999; check the sensor's clock")
    return Reading(
        name,
        measured_at_ms,
        centi(temperature),
        humidity_centi_pct,
        _within(battery_pct, 0, 100),
        _within(battery_mv, 0, 100_000),
        _within(signal_dbm, -200, 50),
        int(flags),
    )


def sensor_name(sensor: object) -> str:
    """A sensor's name: 1 to 64 printable characters, no space at either end.

    Raises:
        ReadingError: it is not.
    """
    if sensor is None:
        raise ReadingError("sensor is missing; name the sensor that measured")
    if not isinstance(sensor, str):
        raise ReadingError(f"sensor {shown(sensor)} is not text; send the sensor's name as a string")
    if not (0 < len(sensor) <= SENSOR_CHARS_MAX and sensor.isprintable() and sensor.strip() == sensor):
        raise ReadingError(
            f"sensor {shown(sensor)} is not a name; send 1 to {SENSOR_CHARS_MAX} printable characters, no space at "
            "the ends"
        )
    return sensor


def number(value: object, field: str) -> float:
    """``value`` as a finite float.

    Raises:
        ReadingError: it is missing, not a number, NaN or infinite.
    """
    if value is None:
        raise ReadingError(f"{field} is missing; send a number, or leave the reading out")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ReadingError(f"{field} {shown(value)} is not a number; send it without quotes")
    if not math.isfinite(value):
        raise ReadingError(f"{field} {shown(value)} is not finite; leave out what was not measured")
    if abs(value) > 1e18:
        raise ReadingError(f"{field} {shown(value)} is too large; check the sensor and the unit")
    return float(value)


def epoch_ms(at: object, field: str = "at") -> int | None:
    """RFC 3339 text with an offset, or integer epoch milliseconds, as epoch milliseconds; None stays None.

    Raises:
        ReadingError: it is neither, has no offset, or is outside the years 1 to 9999.
    """
    if at is None:
        return None
    if isinstance(at, int) and not isinstance(at, bool):
        if EPOCH_MS_MIN <= at <= EPOCH_MS_MAX:
            return at
        raise ReadingError(f"{field} {shown(at)} is not a time; send epoch milliseconds of the years 1 to 9999")
    if not isinstance(at, str):
        raise ReadingError(
            f"{field} {shown(at)} is not a time; send RFC 3339 text with an offset, or integer milliseconds"
        )
    try:
        return datetime_ms(msgspec.convert(at, AwareDatetime))
    except ValueError:
        raise ReadingError(
            f"{field} {shown(at)} is not an RFC 3339 time with an offset; send it like 2026-11-23T05:00:00+07:00"
        ) from None


def datetime_ms(at: datetime) -> int:
    """Epoch milliseconds of an aware datetime; what is finer is cut off, as network servers and browsers do."""
    return (at - EPOCH) // MILLISECOND


def _finite(value: object) -> float | None:
    """``value`` if it is a finite number, else None."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not -1e18 < value < 1e18:
        return None
    return float(value)


def _within(value: object, low: int, high: int) -> int | None:
    """A device-health value as an integer, or None when it is no number or outside its own scale."""
    found = _finite(value)
    return round(found) if found is not None and low <= found <= high else None
