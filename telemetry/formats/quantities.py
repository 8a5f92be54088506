"""What a device calls a quantity: the names found in uplink objects, metric names and SenML names."""

import re
from collections.abc import Callable
from enum import StrEnum
from functools import lru_cache

from telemetry.formats.measured import number

ABSOLUTE_ZERO_C = -273.15


class Quantity(StrEnum):
    """A quantity of a reading, named as in `measured`."""

    TEMPERATURE_C = "temperature_c"
    HUMIDITY_PCT = "humidity_pct"
    BATTERY_PCT = "battery_pct"
    BATTERY_MV = "battery_mv"
    SIGNAL_DBM = "signal_dbm"


def celsius_of_fahrenheit(value: float) -> float:
    """°F to °C."""
    return (value - 32) / 1.8


def celsius_of_kelvin(value: float) -> float:
    """K to °C."""
    return value + ABSOLUTE_ZERO_C


def same(value: float) -> float:
    """A value that has our unit already."""
    return value


def millivolts(value: float) -> float:
    """A battery voltage in mV, given in V or mV: no cell has 20 mV, and none that a sensor has 20 V."""
    return value * 1000 if abs(value) < 20 else value


Convert = Callable[[float], float]

_NAMES: dict[str, tuple[Quantity, Convert]] = {
    name: (quantity, convert)
    for quantity, convert, names in (
        (Quantity.TEMPERATURE_C, same, "temperature temperaturec temp tempc t airtemperature celsius"),
        (Quantity.TEMPERATURE_C, same, "temperaturecelsius tempcsht tempcds"),
        (Quantity.TEMPERATURE_C, celsius_of_fahrenheit, "temperaturef tempf temperaturefahrenheit fahrenheit"),
        (Quantity.TEMPERATURE_C, celsius_of_kelvin, "temperaturek tempk temperaturekelvin"),
        (Quantity.HUMIDITY_PCT, same, "humidity humiditypct hum rh h relativehumidity humsht airhumidity humidityrh"),
        (Quantity.BATTERY_PCT, same, "battery batterypct batterylevel batterypercent batt bat batterypercentage"),
        (Quantity.BATTERY_MV, millivolts, "batterymv batterymillivolts batteryvoltage batteryv batv vbat batvoltage"),
        (Quantity.SIGNAL_DBM, same, "rssi signaldbm signal"),
    )
    for name in names.split()
}


@lru_cache(maxsize=1024)
def quantity_of(name: str) -> tuple[Quantity, Convert] | None:
    """The quantity that ``name`` stands for and how to bring its value to our unit; None for anything else.

    Case, spaces and punctuation do not matter: ``Temperature``, ``temperature_c`` and ``Temp (°C)`` are one.
    """
    return _NAMES.get(re.sub(r"[^a-z0-9]", "", name[:64].lower()))


def converted(value: object, name: str, convert: Convert) -> float:
    """``value`` in our unit.

    Raises:
        ReadingError: it is not a finite number.
    """
    return convert(number(value, name))
