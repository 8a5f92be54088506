"""What the readings need besides being written: partitions ahead, old ones dropped, roll-ups, forgotten leftovers."""

import logging

from sqlalchemy import delete, select

from services.db.engine import Database
from services.devices.tables import Sensor
from services.readings import retention, rollups
from services.readings.partitions import WEEK_MS, drop_partitions, make_partitions, week_of
from services.readings.tables import ReadingHour, ReadingReview, StoredReading, UntimedMessage
from telemetry.clock import DAY_MS
from telemetry.intake import RETAINED_MS

log = logging.getLogger(__name__)

AHEAD_WEEKS = 2
ROLLED_AT_START_MS = DAY_MS
"""How far back hours are rolled up anew when the process starts; what was late for longer has its mark."""

HOURS_RETAINED_MS = 5 * 365 * DAY_MS
UNTIMED_RETAINED_MS = 7 * DAY_MS


class Housekeeper:
    """Does what is due, in short transactions; call `tick` every minute from one process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rolled_until_ms = 0
        self._day = -1

    def tick(self, now_ms: int) -> None:
        """Do what is due at ``now_ms``. Raises Unavailable when the database goes away; the next tick makes up."""
        if now_ms // DAY_MS != self._day:
            self._daily(now_ms)
            self._day = now_ms // DAY_MS
        self._roll_up(now_ms)

    def _daily(self, now_ms: int) -> None:
        """Partitions of the next weeks before they are needed, and the end of what is past its retention."""
        before_ms = now_ms - RETAINED_MS
        if self._database.is_postgresql:
            make_partitions(self._database, [week_of(now_ms + ahead * WEEK_MS) for ahead in range(AHEAD_WEEKS + 1)])
            self._allow_drop(week_of(before_ms))
            dropped = drop_partitions(self._database, before_ms)
            if dropped:
                log.info("Dropped readings past their retention: %s.", ", ".join(dropped))
        else:
            self._allow_drop(before_ms)
            self._delete_old(before_ms)
        with self._database.write() as session:
            session.execute(delete(ReadingHour).where(ReadingHour.hour_ms < now_ms - HOURS_RETAINED_MS))
            session.execute(delete(ReadingReview).where(ReadingReview.measured_at_ms < now_ms - RETAINED_MS))
            session.execute(delete(UntimedMessage).where(UntimedMessage.received_at_ms < now_ms - UNTIMED_RETAINED_MS))

    def _allow_drop(self, before_ms: int) -> None:
        """Leave an entry before anything goes, if there is anything."""
        with self._database.write() as session:
            if session.scalar(select(StoredReading.sensor_id).where(StoredReading.measured_at_ms < before_ms).limit(1)):
                retention.allow_drop(session, before_ms)

    def _delete_old(self, before_ms: int) -> None:
        """On SQLite: sensor by sensor, since the key starts with the sensor and writers wait meanwhile."""
        with self._database.read() as session:
            sensor_ids = session.scalars(select(Sensor.id)).all()
        for sensor_id in sensor_ids:
            with self._database.write() as session:
                session.execute(
                    delete(StoredReading).where(
                        StoredReading.sensor_id == sensor_id, StoredReading.measured_at_ms < before_ms
                    )
                )

    def _roll_up(self, now_ms: int) -> None:
        due_ms = rollups.due_until(now_ms)
        hour_ms = max(self._rolled_until_ms, due_ms - ROLLED_AT_START_MS)
        while hour_ms < due_ms:
            with self._database.write() as session:
                rollups.roll_up_hour(session, hour_ms)
            hour_ms += rollups.HOUR_MS
            self._rolled_until_ms = hour_ms
        refreshed = rollups.MARKS_A_TIME
        while refreshed == rollups.MARKS_A_TIME:
            with self._database.write() as session:
                refreshed = rollups.refresh_stale(session, now_ms)
