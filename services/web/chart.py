"""A temperature chart as geometry: the line, the band it should stay in, where readings are missing, where it left.

Pure: readings in, coordinates out; the template only writes them down.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import pairwise

WIDTH, HEIGHT = 960, 320
LEFT, RIGHT, TOP, BOTTOM = 52, 14, 14, 34

GAP_INTERVALS = 3
"""So many expected intervals without a reading are shown as a gap."""

TEMPERATURE_STEPS_C = (1, 2, 5, 10, 20)
TIME_STEPS_S = (900, 1800, 3600, 2 * 3600, 3 * 3600, 6 * 3600, 12 * 3600, 86_400, 2 * 86_400, 7 * 86_400)
MAX_TICKS = 9

Sample = tuple[int, float]
"""UTC epoch milliseconds and °C."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time, with its place on the chart."""

    from_ms: int
    to_ms: int
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Line:
    """One sensor's readings, broken where they are missing; single readings between gaps become dots."""

    name: str
    path: str
    dots: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """All that the template draws; ``band`` is (y, height), None without a band."""

    lines: tuple[Line, ...]
    band: tuple[float, float] | None
    gaps: tuple[Span, ...]
    excursions: tuple[Span, ...]
    temperature_ticks: tuple[Tick, ...]
    time_ticks: tuple[Tick, ...]
    lowest_c: float
    highest_c: float
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM


@dataclass(frozen=True, slots=True)
class _Axes:
    from_ms: int
    to_ms: int
    low_c: float
    high_c: float

    def x(self, at_ms: float) -> float:
        return round(LEFT + (at_ms - self.from_ms) / (self.to_ms - self.from_ms) * (WIDTH - LEFT - RIGHT), 1)

    def y(self, temperature_c: float) -> float:
        share = (self.high_c - temperature_c) / (self.high_c - self.low_c)
        return round(TOP + share * (HEIGHT - TOP - BOTTOM), 1)

    def span(self, from_ms: int, to_ms: int) -> Span:
        x = self.x(from_ms)
        return Span(from_ms, to_ms, x, round(self.x(to_ms) - x, 1))


def draw(
    series: Sequence[tuple[str, Sequence[Sample]]],
    *,
    from_ms: int,
    to_ms: int,
    band_c: tuple[float, float] | None,
    interval_s: int,
    zone: tzinfo,
) -> Chart | None:
    """The chart of each sensor's readings in order of time, or None where there are none.

    A gap is where no sensor reported; an excursion is where one lay outside the band, up to the next that did not.
    """
    values = [temperature_c for _, samples in series for _, temperature_c in samples]
    if not values or to_ms <= from_ms:
        return None
    limits = [*values, *(band_c or ())]
    low_c, high_c, step_c = _range(min(limits), max(limits))
    axes = _Axes(from_ms, to_ms, low_c, high_c)
    longest_ms = GAP_INTERVALS * interval_s * 1000
    return Chart(
        lines=tuple(_line(name, samples, axes, longest_ms) for name, samples in series),
        band=(axes.y(band_c[1]), round(axes.y(band_c[0]) - axes.y(band_c[1]), 1)) if band_c else None,
        gaps=tuple(axes.span(*gap) for gap in gaps(series, from_ms, to_ms, longest_ms)),
        excursions=tuple(axes.span(*span) for span in outside(series, band_c, longest_ms)) if band_c else (),
        temperature_ticks=tuple(
            Tick(axes.y(low_c + number * step_c), f"{low_c + number * step_c:g}")
            for number in range(round((high_c - low_c) / step_c) + 1)
        ),
        time_ticks=_time_ticks(axes, zone),
        lowest_c=min(values),
        highest_c=max(values),
    )


def gaps(
    series: Sequence[tuple[str, Sequence[Sample]]], from_ms: int, to_ms: int, longest_ms: int
) -> list[tuple[int, int]]:
    """Stretches longer than ``longest_ms`` in which no sensor reported, the ends included."""
    instants = sorted({at_ms for _, samples in series for at_ms, _ in samples if from_ms <= at_ms <= to_ms})
    marks = [from_ms, *instants, to_ms]
    return [(before, after) for before, after in pairwise(marks) if after - before > longest_ms]


def outside(
    series: Sequence[tuple[str, Sequence[Sample]]], band_c: tuple[float, float], longest_ms: int
) -> list[tuple[int, int]]:
    """Stretches in which some sensor read outside the band, joined where they overlap."""
    found: list[tuple[int, int]] = []
    for _, samples in series:
        for (at_ms, temperature_c), (next_ms, _) in zip(samples, [*samples[1:], samples[-1]], strict=True):
            if not band_c[0] <= temperature_c <= band_c[1]:
                found.append((at_ms, min(next_ms, at_ms + longest_ms)))
    joined: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _line(name: str, samples: Sequence[Sample], axes: _Axes, longest_ms: int) -> Line:
    pieces: list[list[Sample]] = []
    for sample in samples:
        if pieces and sample[0] - pieces[-1][-1][0] <= longest_ms:
            pieces[-1].append(sample)
        else:
            pieces.append([sample])
    drawn = [[(axes.x(at_ms), axes.y(value_c)) for at_ms, value_c in piece] for piece in pieces]
    path = "".join("M" + "L".join(f"{x:g} {y:g}" for x, y in piece) for piece in drawn if len(piece) > 1)
    return Line(name, path, tuple(piece[0] for piece in drawn if len(piece) == 1))


def _range(low_c: float, high_c: float) -> tuple[float, float, int]:
    step_c = next((step for step in TEMPERATURE_STEPS_C if (high_c - low_c + 2) / step <= MAX_TICKS), 50)
    return math.floor((low_c - 0.5) / step_c) * step_c, math.ceil((high_c + 0.5) / step_c) * step_c, step_c


def _time_ticks(axes: _Axes, zone: tzinfo) -> tuple[Tick, ...]:
    length_s = (axes.to_ms - axes.from_ms) / 1000
    step_s = next((step for step in TIME_STEPS_S if length_s / step <= MAX_TICKS), TIME_STEPS_S[-1])
    offset = datetime.fromtimestamp(axes.from_ms / 1000, zone).utcoffset()
    offset_s = offset.total_seconds() if offset else 0
    first_s = math.ceil((axes.from_ms / 1000 + offset_s) / step_s) * step_s - offset_s
    ticks = []
    for number in range(MAX_TICKS + 1):
        at_s = first_s + number * step_s
        if at_s * 1000 > axes.to_ms:
            break
        local = datetime.fromtimestamp(at_s, zone)
        midnight = local.hour == local.minute == 0
        ticks.append(Tick(axes.x(at_s * 1000), f"{local:%d %b}" if midnight else f"{local:%H:%M}"))
    return tuple(ticks)
