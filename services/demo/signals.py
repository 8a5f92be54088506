"""What probes measure: air and pulp temperatures of a made-up day, the same for the same seed."""

import math
from dataclasses import dataclass, field
from enum import Enum
from random import Random

MEAN_AIR_C = 28.0
AIR_SWING_C = 4.5
WARMEST_AT_S = 14 * 3600
DAY_S = 86_400

STORE_LAG_S = 3 * 3600
"""Time constant with which pulp in crates in the shade follows the air: an assumption of the demo."""

BOX_LAG_S = 20 * 60
"""Time constant of air in a cooled box with the unit running."""

FAILED_BOX_LAG_S = 75 * 60
"""Time constant of a loaded, insulated box warming up with the unit off."""


def outside_air_c(time_of_day_s: float) -> float:
    """Shade temperature: coolest before dawn, warmest in the early afternoon."""
    return MEAN_AIR_C + AIR_SWING_C * math.cos(2 * math.pi * (time_of_day_s - WARMEST_AT_S) / DAY_S)


class Fault(Enum):
    """What a probe can do other than measure."""

    NONE = "none"
    STUCK = "stuck"
    SILENT = "silent"


@dataclass(slots=True)
class Probe:
    """One sensor: a first-order lag towards its surroundings, with noise, and perhaps a fault from some instant on."""

    sensor: str
    temperature_c: float
    lag_s: float
    random: Random
    noise_c: float = 0.15
    measured_at_ms: int | None = None
    fault: Fault = Fault.NONE
    fault_from_ms: int = 0
    battery_pct: int = 100
    _last: tuple[float, float] | None = field(default=None, repr=False)

    def measure(self, at_ms: int, surroundings_c: float, humidity_pct: float) -> tuple[float, float] | None:
        """Temperature (°C, two decimals) and humidity (%, one decimal) at an instant, or None from a silent probe."""
        faulty = self.fault is not Fault.NONE and at_ms >= self.fault_from_ms
        if faulty and self.fault is Fault.SILENT:
            return None
        elapsed_s = 0.0 if self.measured_at_ms is None else (at_ms - self.measured_at_ms) / 1000
        self.temperature_c += (surroundings_c - self.temperature_c) * (1 - math.exp(-elapsed_s / self.lag_s))
        self.measured_at_ms = at_ms
        if not (faulty and self._last):
            self._last = (
                round(self.temperature_c + self.random.gauss(0, self.noise_c), 2),
                round(min(99.0, humidity_pct + self.random.gauss(0, 1.2)), 1),
            )
        return self._last
