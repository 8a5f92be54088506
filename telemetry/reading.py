"""Frozen values of one temperature reading, in integers wherever equality and order matter."""

from enum import IntFlag

import msgspec

TEMPERATURE_MIN_C = -273.15
"""Absolute zero: below it a value is not a temperature."""

TEMPERATURE_MAX_C = 327.67
"""What a 16-bit count of 0.01 °C can hold; probes on the market end far below."""


class Flag(IntFlag):
    """Why a stored reading is to be trusted less. A flagged reading is kept, never dropped."""

    NONE = 0
    OUT_OF_RANGE = 1
    SPIKE = 2
    STUCK = 4
    SIBLING_DISAGREES = 8
    FAHRENHEIT_SUSPECTED = 16
    LOW_BATTERY_COLD = 32
    CLOCK_AHEAD = 64
    CLOCK_BEHIND = 128
    NO_CLOCK = 256
    CLOCK_JUMPED_BACK = 512
    HUMIDITY_LEFT_OUT = 1024


class Reading(msgspec.Struct, frozen=True, order=True):
    """One temperature measured by one sensor at one instant.

    ``measured_at_ms`` is UTC epoch milliseconds; ``temperature_centi_c`` and ``humidity_centi_pct`` count hundredths
    of a degree Celsius and of a per cent of relative humidity. Battery and signal speak of the device, not of the
    produce. A msgspec struct rather than a dataclass: ten times cheaper to make, and ingest makes one for each reading.
    """

    sensor: str
    measured_at_ms: int
    temperature_centi_c: int
    humidity_centi_pct: int | None = None
    battery_pct: int | None = None
    battery_mv: int | None = None
    signal_dbm: int | None = None
    flags: int = 0

    @property
    def temperature_c(self) -> float:
        """Temperature in °C."""
        return self.temperature_centi_c / 100

    @property
    def humidity_pct(self) -> float | None:
        """Relative humidity in per cent, where the sensor has it."""
        return None if self.humidity_centi_pct is None else self.humidity_centi_pct / 100
