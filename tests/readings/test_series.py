"""Temperatures for charts: few points, and none of the extremes lost."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.db.engine import Database
from services.readings.housekeeping import Housekeeper
from services.readings.series import POINTS_MAX, POINTS_MIN, Point, Series, Source, series, thinned
from telemetry.ports import Message
from tests.readings.world import add_demo, sensor_id, take
from tests.support.messages import NOW_MS, message, native

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


@pytest.fixture
def tenant_id(database: Database) -> UUID:
    return add_demo(database)


def at(hours_ago: float, temperature_c: float) -> Message:
    return message(native("TH-1", temperature_c, at_ms=NOW_MS - int(hours_ago * HOUR_MS)))


def drawn(database: Database, tenant_id: UUID, from_ms: int, points: int = 100) -> Series:
    with database.read() as session:
        sensor = sensor_id(database, "TH-1")
        return series(session, tenant_id, sensor, from_ms, NOW_MS + 1, points=points, now_ms=NOW_MS)


@given(
    values=st.lists(st.integers(-4000, 6000), min_size=1, max_size=400),
    spans=st.lists(st.integers(1, 10_000_000), min_size=400, max_size=400),
    points=st.integers(POINTS_MIN, POINTS_MAX),
)
def test_thinning_keeps_ends_extremes_and_order(values: list[int], spans: list[int], points: int) -> None:
    """Whatever comes: no more points than asked for, all of them given ones, the ends and both extremes among them."""
    at_ms = NOW_MS
    found = []
    for value, span in zip(values, spans, strict=False):
        at_ms += span
        found.append(Point(at_ms, value, value - value % 7, value + value % 11, 1, 0))
    kept = thinned(found, points)
    assert len(kept) <= points
    assert kept == sorted(set(found) & set(kept))
    assert {kept[0], kept[-1]} == {found[0], found[-1]}
    assert min(point.low_centi_c for point in kept) == min(point.low_centi_c for point in found)
    assert max(point.high_centi_c for point in kept) == max(point.high_centi_c for point in found)


def test_a_short_range_is_drawn_from_its_readings(database: Database, tenant_id: UUID) -> None:
    """One hot reading in a thousand calm ones is still there among fifty points."""
    calm = [at(20 - 0.015 * place, 13 + place % 2 / 10) for place in range(1000)]
    take(database, *calm, at(9.999, 31.5))
    found = drawn(database, tenant_id, NOW_MS - DAY_MS, points=50)
    assert (found.source, found.available) == (Source.READINGS, 1001)
    assert len(found.points) <= 50
    assert max(point.high_centi_c for point in found.points) == 3150


def test_a_long_range_is_drawn_from_its_hours_and_the_readings_of_now(database: Database, tenant_id: UUID) -> None:
    """Hours that are rolled up stand with mean, lowest and highest; what is too young for that stands as it is."""
    take(database, *[at(240 + minute / 60, 10 + minute) for minute in (0, 10, 20)], at(0.1, 14))
    Housekeeper(database).tick(NOW_MS)
    found = drawn(database, tenant_id, NOW_MS - 30 * DAY_MS)
    assert found.source is Source.HOURS
    hours, young = found.points[:-1], found.points[-1]
    assert sum(hour.readings for hour in hours) == 3
    assert (min(hour.low_centi_c for hour in hours), max(hour.high_centi_c for hour in hours)) == (1000, 3000)
    assert young == Point(NOW_MS - 360_000, 1400, 1400, 1400, 1, 0)


def test_a_range_without_readings_is_empty(database: Database, tenant_id: UUID) -> None:
    """Also a long one."""
    take(database, at(30 * 24, 13))
    for days in (1, 20):
        assert drawn(database, tenant_id, NOW_MS - days * DAY_MS).points == []


def test_another_tenants_sensor_is_not_drawn(database: Database, tenant_id: UUID) -> None:
    """The tenant comes first in the query, whichever sensor is named."""
    other = add_demo(database, slug="other")
    take(database, at(1, 13))
    assert drawn(database, other, NOW_MS - DAY_MS).available == 0
    assert drawn(database, tenant_id, NOW_MS - DAY_MS).available == 1
