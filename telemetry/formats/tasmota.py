"""Tasmota ``tele/.../SENSOR`` messages: ``{"Time": ..., "SI7021": {"Temperature": ...}, "TempUnit": "C"}``.

Source: Tasmota documentation, "MQTT: SENSOR", "Commands: SetOption8 (temperature unit), SetOption52 (time offset)". A
DS18x20 is named by its own id, any other sensor by the gateway of the topic and its name on the board,
``gateway.SI7021``. ``Time`` is local without an offset unless SetOption52 is 1; without one the receipt is the time.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

import msgspec

from telemetry.formats.decoded import Decoded, DecodeError, ReadingError, Reason, decoded, shown
from telemetry.formats.lenient import loads
from telemetry.formats.measured import AwareDatetime, datetime_ms, measured, number
from telemetry.formats.quantities import celsius_of_fahrenheit
from telemetry.reading import Reading

CHIP = "ESP32"
"""The temperature of the processor itself; no evidence of anything."""


def decode(payload: bytes, received_at_ms: int, default_sensor: str) -> Decoded:
    """Decode one SENSOR message; each sensor on the board makes a reading."""
    message = loads(payload)
    if not isinstance(message, dict):
        raise DecodeError(Reason.BAD_FIELD, f"the message is {shown(message)}; send tele/.../SENSOR as it is")
    unit = message.get("TempUnit", "C")
    if unit not in ("C", "F"):
        raise DecodeError(Reason.BAD_FIELD, f"TempUnit is {shown(unit)}; set SetOption8 to 0 (°C) or 1 (°F)")
    at_ms = _time_ms(message.get("Time"))
    makers = (
        partial(_reading, name, sensor, unit, at_ms, received_at_ms=received_at_ms, default_sensor=default_sensor)
        for name, sensor in _sensors(message)
    )
    return decoded(makers, note="a Tasmota message without a temperature")


def _sensors(message: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, sensor in message.items():
        if isinstance(sensor, dict) and "Temperature" in sensor and name != CHIP:
            yield name, sensor


def _reading(
    name: str, sensor: dict[str, Any], unit: str, at_ms: int | None, *, received_at_ms: int, default_sensor: str
) -> Reading:
    if sensor["Temperature"] is None:
        raise ReadingError(f"{name}.Temperature is null: the sensor did not answer; check its wiring")
    temperature_c = number(sensor["Temperature"], f"{name}.Temperature")
    own_id = sensor.get("Id")
    return measured(
        own_id if isinstance(own_id, str) else f"{default_sensor}.{name}" if default_sensor else name,
        celsius_of_fahrenheit(temperature_c) if unit == "F" else temperature_c,
        received_at_ms=received_at_ms,
        measured_at_ms=at_ms,
        humidity_pct=sensor.get("Humidity"),
    )


def _time_ms(time: object) -> int | None:
    """Epoch milliseconds of ``Time``, or None where it is missing or has no offset."""
    try:
        return datetime_ms(msgspec.convert(time, AwareDatetime))
    except ValueError:
        return None
