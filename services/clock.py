"""The one way to ask for the time, so that tests and the demo can set it.

What the product decides about produce (harvested, measured, received, due) asks the clock of its settings. What a
machine needs for itself (leases, linger, time-outs, the expiry of a login) asks the machine: a demo may run an hour in
six seconds.
"""

import json
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from services.settings import ClockSource, Settings

Clock = Callable[[], int]
"""Returns UTC epoch milliseconds."""

CLOCK_FILE = "clock.json"


def wall_clock_ms() -> int:
    """UTC epoch milliseconds of this machine."""
    return time.time_ns() // 1_000_000


def clock_of(settings: Settings) -> Clock:
    """The clock that these settings ask for: this machine's, or the simulated one kept in the data directory."""
    if settings.clock is ClockSource.SIMULATED:
        return SimulatedClock(settings.data_dir / CLOCK_FILE)
    return wall_clock_ms


@dataclass(frozen=True, slots=True)
class Pace:
    """From the machine's instant `real_ms` on, time runs from `simulated_ms` at `speed` seconds a second."""

    real_ms: int
    simulated_ms: int
    speed: float

    def at(self, real_ms: int) -> int:
        return self.simulated_ms + round((real_ms - self.real_ms) * self.speed)


class SimulatedClock:
    """Time at the pace written in a file, the same in every process that reads it; a change is seen at once.

    Until the file is there, time is the machine's.
    """

    def __init__(self, path: Path, real: Clock = wall_clock_ms) -> None:
        self._path = path
        self._real = real
        self._text = ""
        self._pace: Pace | None = None

    def __call__(self) -> int:
        real_ms = self._real()
        pace = self.pace()
        return real_ms if pace is None else pace.at(real_ms)

    def pace(self) -> Pace | None:
        """The pace in force, or None until one is set."""
        try:
            # read each time: a file replaced twice within one tick of the file system's clock looks unchanged
            text = self._path.read_text(encoding="ascii")
        except FileNotFoundError:
            return None
        if text != self._text:
            self._pace = Pace(**json.loads(text))
            self._text = text
        return self._pace

    def set_pace(self, speed: float, simulated_ms: int | None = None) -> Pace:
        """From now on run at `speed`, from `simulated_ms` or from where the clock stands."""
        pace = Pace(self._real(), self() if simulated_ms is None else simulated_ms, speed)
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps(asdict(pace)), encoding="ascii")
        os.replace(fresh, self._path)
        return pace


def to_rfc3339(epoch_ms: int) -> str:
    """An RFC 3339 instant in UTC with milliseconds only where there are any."""
    instant = datetime.fromtimestamp(epoch_ms / 1000, UTC)
    return instant.isoformat(timespec="milliseconds" if epoch_ms % 1000 else "seconds").replace("+00:00", "Z")
