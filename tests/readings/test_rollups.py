"""Hourly roll-ups agree with the readings, however late those come."""

import random

from sqlalchemy import select

from services.db.engine import Database
from services.readings.housekeeping import Housekeeper
from services.readings.rollups import HOUR_MS, hour_of
from services.readings.tables import ReadingHour, StaleHours, StoredReading
from tests.readings.world import add_demo, sensor_id, take
from tests.support.messages import NOW_MS, message, native


def rolled(database: Database) -> dict[tuple[int, int], tuple[int, int, int, int, int]]:
    with database.read() as session:
        return {
            (row.sensor_id, row.hour_ms): (row.readings, row.flagged, row.min_centi_c, row.max_centi_c, row.sum_centi_c)
            for row in session.scalars(select(ReadingHour))
        }


def expected(database: Database, until_ms: int) -> dict[tuple[int, int], tuple[int, int, int, int, int]]:
    """The same from the readings, by hand."""
    hours: dict[tuple[int, int], list[StoredReading]] = {}
    with database.read() as session:
        for row in session.scalars(select(StoredReading).where(StoredReading.measured_at_ms < until_ms)):
            hours.setdefault((row.sensor_id, hour_of(row.measured_at_ms)), []).append(row)
    return {
        key: (
            len(rows),
            sum(row.flags != 0 for row in rows),
            min(row.temperature_centi_c for row in rows),
            max(row.temperature_centi_c for row in rows),
            sum(row.temperature_centi_c for row in rows),
        )
        for key, rows in hours.items()
    }


def test_hours_are_rolled_up_once_they_are_over(database: Database) -> None:
    """At 09:00 the hour that began at 07:00 is rolled up; the one that began at 08:00 may still get readings."""
    add_demo(database)
    for minutes in (30, 90, 95):
        take(database, message(native(temperature_c=minutes / 10, at_ms=NOW_MS - minutes * 60_000)))
    Housekeeper(database).tick(NOW_MS)
    sensor = sensor_id(database, "TH-1")
    assert rolled(database) == {(sensor, NOW_MS - 2 * HOUR_MS): (2, 0, 900, 950, 1850)}


def test_late_readings_correct_their_hours(database: Database) -> None:
    """Readings of any age, in any order, with roll-ups in between: in the end every hour is right."""
    add_demo(database)
    chance = random.Random(7)
    housekeeper = Housekeeper(database)
    for step in range(12):
        now_ms = NOW_MS + step * HOUR_MS // 2
        messages = [
            message(
                native(
                    f"TH-{chance.randrange(3)}",
                    chance.randrange(-500, 3000) / 100,
                    at_ms=now_ms - chance.choice([60_000, HOUR_MS, 3 * HOUR_MS, 50 * HOUR_MS]) - chance.randrange(9999),
                ),
                received_at_ms=now_ms,
            )
            for _ in range(20)
        ]
        take(database, *messages)
        housekeeper.tick(now_ms)
    last_ms = NOW_MS + 8 * HOUR_MS
    housekeeper.tick(last_ms)
    assert rolled(database) == expected(database, hour_of(last_ms - HOUR_MS))
    with database.read() as session:
        assert session.scalars(select(StaleHours)).all() == []
