"""Readings made for tests: a start, and pieces of constant temperature at a constant interval."""

from telemetry.freshness.samples import Sample

START_MS = 1_790_000_000_000
MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS


def course(*pieces: tuple[float, float], every_min: int = 5, start_ms: int = START_MS, flags: int = 0) -> list[Sample]:
    """Readings along (hours, temperature_c) pieces, one at each end."""
    samples: list[Sample] = []
    at_ms = start_ms
    for hours, temperature_c in pieces:
        end_ms = at_ms + round(hours * HOUR_MS)
        while at_ms < end_ms:
            samples.append((at_ms, round(temperature_c * 100), flags))
            at_ms += every_min * MINUTE_MS
    samples.append((at_ms, round(pieces[-1][1] * 100), flags))
    return samples
