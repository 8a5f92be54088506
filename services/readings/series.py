"""One sensor's temperatures over a range, thinned for drawing: readings of a short range, hours of a long one.

Thinned by MinMaxLTTB, largest triangle three buckets over the extremes of each stretch (Van der Donckt et al. 2023,
"MinMaxLTTB: leveraging MinMax-preselection to scale LTTB in visualization"); the coldest and the hottest instant of the
whole range are always among the points.
"""

import uuid
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from sqlalchemy.orm import Session
from tsdownsample import MinMaxLTTBDownsampler

from services.readings import store
from services.readings.rollups import HOUR_MS, due_until, hour_of

DAY_MS = 86_400_000
RAW_MS = 8 * DAY_MS
"""Up to so long a range is drawn from its readings: 11,520 of a sensor that measures once a minute."""

POINTS_MIN = 10
POINTS_MAX = 5000


class Source(StrEnum):
    """What the points were taken from."""

    READINGS = "readings"
    HOURS = "hours"


class Point(NamedTuple):
    """One reading, or one hour at its middle: mean, lowest and highest in hundredths of a degree.

    ``flagged`` of its ``readings`` carry a flag.
    """

    at_ms: int
    mean_centi_c: float
    low_centi_c: int
    high_centi_c: int
    readings: int
    flagged: int


class Series(NamedTuple):
    """At most as many points as asked for, by time, of the ``available`` ones."""

    source: Source
    points: list[Point]
    available: int


def series(
    session: Session, tenant_id: uuid.UUID, sensor_id: int, from_ms: int, to_ms: int, *, points: int, now_ms: int
) -> Series:
    """The sensor's temperatures with ``from_ms`` <= measured < ``to_ms``, in at most ``points`` (10 to 5,000).

    A long range consists of the hours that lie in it and are rolled up, and of readings before and after these.
    """
    if to_ms - from_ms <= RAW_MS:
        found = _readings(session, tenant_id, sensor_id, from_ms, to_ms)
        return Series(Source.READINGS, thinned(found, points), len(found))
    first_ms = hour_of(from_ms + HOUR_MS - 1)
    until_ms = max(first_ms, min(hour_of(to_ms), due_until(now_ms)))
    found = [
        *_readings(session, tenant_id, sensor_id, from_ms, first_ms),
        *_hours(session, tenant_id, sensor_id, first_ms, until_ms),
        *_readings(session, tenant_id, sensor_id, until_ms, to_ms),
    ]
    return Series(Source.HOURS, thinned(found, points), len(found))


def thinned(found: Sequence[Point], points: int) -> list[Point]:
    """At most ``points`` of these points, which are by time: always the first, the last, the lowest and the highest."""
    if len(found) <= points:
        return list(found)
    at_ms = np.array([point.at_ms for point in found], np.int64)
    mean = np.array([point.mean_centi_c for point in found], np.float64)
    # two places less, for the two extremes; an even number, as the preselection goes by pairs
    thinner = MinMaxLTTBDownsampler()  # type: ignore[no-untyped-call]
    kept = set(thinner.downsample(at_ms - at_ms[0], mean, n_out=(points - 2) // 2 * 2).tolist())
    kept.add(int(np.argmin([point.low_centi_c for point in found])))
    kept.add(int(np.argmax([point.high_centi_c for point in found])))
    return [found[place] for place in sorted(kept)]


def _readings(session: Session, tenant_id: uuid.UUID, sensor_id: int, from_ms: int, to_ms: int) -> list[Point]:
    if from_ms >= to_ms:
        return []
    return [
        Point(one.measured_at_ms, one.temperature_centi_c, one.temperature_centi_c, one.temperature_centi_c, 1,
              int(one.flags != 0))
        for one in store.samples(session, tenant_id, [sensor_id], from_ms, to_ms)
    ]  # fmt: skip


def _hours(session: Session, tenant_id: uuid.UUID, sensor_id: int, from_ms: int, to_ms: int) -> list[Point]:
    return [
        Point(
            hour.hour_ms + HOUR_MS // 2,
            hour.sum_centi_c / hour.readings,
            hour.min_centi_c,
            hour.max_centi_c,
            hour.readings,
            hour.flagged,
        )
        for hour in store.hours(session, tenant_id, [sensor_id], from_ms, to_ms)
    ]
