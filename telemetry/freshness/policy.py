"""What is expected of the sensors, what is assumed where they are silent, and when to alarm. Our choices, all
of them."""

from dataclasses import dataclass

HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Policy:
    """Settings of one assessment. Seconds, °C, and °C per hour.

    `ambient_c` and `drift_c_per_h` bound what may have happened while nobody looked: from the last known
    temperature it drifts no faster than that, and no warmer than ambient. `field_temperature_c` is assumed from
    harvest to the first reading.
    """

    expected_interval_s: int = 300
    ambient_c: float = 35.0
    drift_c_per_h: float = 6.0
    field_temperature_c: float = 30.0
    field_swing_c: float = 5.0
    alarm_after_s: int = 1800
    hysteresis_c: float = 0.5
    severe_above_c: float = 5.0
    chilling_alarm_after_s: int = 7200

    def __post_init__(self) -> None:
        if self.expected_interval_s <= 0:
            raise ValueError(
                f"expected_interval_s is {self.expected_interval_s}; give the seconds between two readings"
            )

    @property
    def gap_limit_ms(self) -> int:
        """The longest gap that is interpolated: three intervals, at least half an hour (produce warms in hours)."""
        return max(3 * self.expected_interval_s, 1800) * 1000

    @property
    def silence_limit_ms(self) -> int:
        """How old the last reading may be: three intervals, at least a quarter of an hour."""
        return max(3 * self.expected_interval_s, 900) * 1000
