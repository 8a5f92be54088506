"""The one way to ask for the time, so that tests and the demo can set it."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], int]
"""Returns UTC epoch milliseconds."""


def wall_clock_ms() -> int:
    """UTC epoch milliseconds of this machine."""
    return time.time_ns() // 1_000_000


def to_rfc3339(epoch_ms: int) -> str:
    """An RFC 3339 instant in UTC with milliseconds only where there are any."""
    instant = datetime.fromtimestamp(epoch_ms / 1000, UTC)
    return instant.isoformat(timespec="milliseconds" if epoch_ms % 1000 else "seconds").replace("+00:00", "Z")
