"""What the demo's gateways really sent, so that the end can be held against what the database holds."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

Key = tuple[str, int]
"""Sensor and instant of measurement (UTC epoch milliseconds): what makes a reading unique."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One reading as a gateway sends it."""

    sensor: str
    measured_at_ms: int
    temperature_c: float
    humidity_pct: float
    battery_pct: int

    @property
    def key(self) -> Key:
        return self.sensor, self.measured_at_ms

    @property
    def centi_c(self) -> int:
        return round(self.temperature_c * 100)


@dataclass(frozen=True, slots=True)
class Figures:
    """The bookkeeping at one instant."""

    messages: int
    readings: int
    repeated: int
    late: int
    malformed: int
    not_sent_yet: int

    @property
    def unique(self) -> int:
        """Readings that the database must hold, each once."""
        return self.readings - self.repeated


@dataclass(slots=True)
class Truth:
    """Counts every message at the moment it is handed to the client."""

    _values: dict[Key, int] = field(default_factory=dict)
    _counts: Counter[str] = field(default_factory=Counter)

    def sent(self, readings: Iterable[Measured], *, late: bool) -> None:
        """A message with these readings goes out; what went out before counts as repeated."""
        self._counts["messages"] += 1
        for reading in readings:
            self._counts["readings"] += 1
            if reading.key in self._values:
                self._counts["repeated"] += 1
            else:
                self._values[reading.key] = reading.centi_c
                self._counts["late"] += late

    def sent_malformed(self) -> None:
        """A message goes out that nobody can read."""
        self._counts["messages"] += 1
        self._counts["malformed"] += 1

    def held_back(self, readings: int) -> None:
        """A cut-off gateway keeps readings (or, negative, sends them on)."""
        self._counts["not_sent_yet"] += readings

    def figures(self) -> Figures:
        """The counts now."""
        return Figures(**{name: self._counts[name] for name in Figures.__dataclass_fields__})

    def values(self) -> dict[Key, int]:
        """Every unique reading sent, in hundredths of a degree Celsius."""
        return dict(self._values)
