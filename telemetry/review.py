"""Flags that follow from other readings, as a function of what is stored: the same whatever the order of arrival.

At its arrival a reading is judged by what had come before, which late data and restarts change. The review judges it by
all that is stored: by the readings of its own sensor, and of those that sat in the same place, from the start of the
UTC day before its own up to its instant. That bounds what a late reading can change to its own day and the next, and
what has to be read to know. It also means that a sensor with fewer than 24 readings in a day is never called stuck.

Where one instant has two values, the lower one stands in the sequence, whichever came first.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from itertools import groupby
from typing import NamedTuple

from msgspec.structs import replace

from telemetry.clock import DAY_MS
from telemetry.quality import NEIGHBOUR_FLAGS, POLICY, QualityPolicy, SensorState, assess
from telemetry.reading import Reading


class Stay(NamedTuple):
    """A sensor was in a place from an instant until before another. Sensors of one place should agree."""

    place: Hashable
    sensor: str
    from_ms: int
    to_ms: int


def memory_from_ms(at_ms: int) -> int:
    """The instant from which readings are needed to judge one of ``at_ms``: the start of the UTC day before."""
    return (at_ms // DAY_MS - 1) * DAY_MS


class Review:
    """Judges the readings of sensors that belong together; feed it the readings from `memory_from_ms` of the first.

    What it keeps between two calls of `judge` lets it go on with newer readings without the old ones.
    """

    def __init__(self, stays: Sequence[Stay] = (), policy: QualityPolicy = POLICY) -> None:
        self.stays = tuple(stays)
        self.last_ms = -1
        self._policy = policy
        self._bounds = sorted({bound for stay in self.stays for bound in (stay.from_ms, stay.to_ms)})
        self._siblings: dict[int, Mapping[str, Sequence[str]]] = {}
        self._day = -1
        self._judging: MutableMapping[str, SensorState] = {}
        self._learning: MutableMapping[str, SensorState] = {}
        self._counts: Counter[int] = Counter()

    def judge(self, readings: Iterable[Reading]) -> Iterator[tuple[Reading, int]]:
        """Each reading, in order of time, with the flags that follow from its neighbours.

        All must be newer than those of the call before. Those of the first day given only teach: they have no day
        before them, and what is said of them is not to be kept.
        """
        ordered = sorted(readings, key=_in_time)
        if not ordered:
            return
        if ordered[0].measured_at_ms <= self.last_ms:
            raise ValueError(f"{ordered[0].measured_at_ms} ms is not after {self.last_ms} ms, which was judged already")
        for (day, stretch), part in groupby(ordered, key=self._stretch):
            self._enter(day)
            batch, siblings = list(part), self._siblings_in(stretch)
            self._counts[day] += len(batch)
            self.last_ms = batch[-1].measured_at_ms
            assess(batch, self._learning, siblings=siblings, policy=self._policy)
            bare = [replace(one, flags=0) if one.flags else one for one in batch]
            judged = assess(bare, self._judging, siblings=siblings, policy=self._policy)
            yield from ((one, verdict.flags & NEIGHBOUR_FLAGS) for one, verdict in zip(batch, judged, strict=True))

    def remembers(self) -> tuple[int, int]:
        """From which instant on, and how many readings, what it would say next rests on."""
        return (self._day - 1) * DAY_MS, self._counts[self._day - 1] + self._counts[self._day]

    def _stretch(self, reading: Reading) -> tuple[int, int]:
        """The day of a reading, and the stretch of time in which nobody moves."""
        at_ms = reading.measured_at_ms
        return at_ms // DAY_MS, bisect_right(self._bounds, at_ms)

    def _enter(self, day: int) -> None:
        """What was learnt since the start of yesterday judges; what is learnt from today on will judge tomorrow."""
        if day == self._day:
            return
        self._judging = self._learning if day == self._day + 1 else {}
        self._learning = {}
        self._day = day

    def _siblings_in(self, stretch: int) -> Mapping[str, Sequence[str]]:
        if stretch not in self._siblings:
            at_ms = self._bounds[stretch - 1] if stretch else -1
            places: dict[Hashable, list[str]] = {}
            for stay in self.stays:
                if stay.from_ms <= at_ms < stay.to_ms:
                    places.setdefault(stay.place, []).append(stay.sensor)
            found: dict[str, set[str]] = {}
            for sensors in places.values():
                for sensor in sensors:
                    found.setdefault(sensor, set()).update(sensors)
            self._siblings[stretch] = {sensor: sorted(others - {sensor}) for sensor, others in found.items()}
        return self._siblings[stretch]


def _in_time(reading: Reading) -> tuple[int, str, int, int]:
    humidity = reading.humidity_centi_pct
    return reading.measured_at_ms, reading.sensor, reading.temperature_centi_c, -1 if humidity is None else humidity
