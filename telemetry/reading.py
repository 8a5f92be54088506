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


FLAG_REASONS = {
    Flag.OUT_OF_RANGE: "the temperature is outside what a sensor in air or produce can show",
    Flag.SPIKE: "the temperature jumped faster than air or produce changes, and nothing has confirmed it yet",
    Flag.STUCK: "the sensor has shown the very same value for hours",
    Flag.SIBLING_DISAGREES: "the other sensors in the same place agree on another temperature",
    Flag.FAHRENHEIT_SUSPECTED: "the value makes sense as °F, not as °C",
    Flag.LOW_BATTERY_COLD: "the battery is low and the sensor cold, where its readings drift",
    Flag.CLOCK_AHEAD: "the sensor's clock was ahead; the time was set from the receipt",
    Flag.CLOCK_BEHIND: "the sensor's clock was behind or never set; the time was set from the receipt",
    Flag.NO_CLOCK: "the reading came without a time; the time is that of the receipt",
    Flag.CLOCK_JUMPED_BACK: "the sensor's clock went back over a time it had already covered",
    Flag.HUMIDITY_LEFT_OUT: "the humidity was no number from 0 to 100 and was left out; the temperature stands",
}
"""What each flag says to a person."""


def flag_reasons(flags: int) -> list[str]:
    """The sentences of the flags set in ``flags``, in the order of their bits."""
    return [sentence for flag, sentence in FLAG_REASONS.items() if flags & flag]


class Reading(msgspec.Struct, frozen=True, order=True, gc=False):
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
