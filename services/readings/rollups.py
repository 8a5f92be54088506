"""Hourly roll-ups of the readings: each hour once when it is over, and again when something comes late.

An hour is rolled up `LIVE_MS` after its end. Whatever comes for it later leaves a mark in `stale_hours` in the
transaction that stores it, so that no hour stays wrong.
"""

from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from services.readings.bulk import LIVE_MS
from services.readings.tables import StaleHours
from telemetry.quality import NEIGHBOUR_FLAGS

HOUR_MS = 3_600_000
MARKS_A_TIME = 100

ROLL_UP = """
    INSERT INTO reading_hour (sensor_id, hour_ms, readings, flagged, min_centi_c, max_centi_c, sum_centi_c)
    SELECT r.sensor_id, r.measured_at_ms - r.measured_at_ms % 3600000, count(*),
           sum(CASE WHEN (CASE WHEN v.flags IS NULL THEN r.flags ELSE r.flags & ~{neighbour} | v.flags END) <> 0
               THEN 1 ELSE 0 END),
           min(r.temperature_centi_c), max(r.temperature_centi_c), sum(r.temperature_centi_c)
    FROM reading r LEFT JOIN reading_review v ON v.sensor_id = r.sensor_id AND v.measured_at_ms = r.measured_at_ms
        AND v.temperature_centi_c = r.temperature_centi_c
    WHERE {sensor} r.measured_at_ms >= :from_ms AND r.measured_at_ms < :to_ms
    GROUP BY r.sensor_id, r.measured_at_ms - r.measured_at_ms % 3600000
    ON CONFLICT (sensor_id, hour_ms) DO UPDATE SET readings = excluded.readings, flagged = excluded.flagged,
        min_centi_c = excluded.min_centi_c, max_centi_c = excluded.max_centi_c, sum_centi_c = excluded.sum_centi_c
"""
OF_ALL = text(ROLL_UP.format(sensor="", neighbour=NEIGHBOUR_FLAGS))
OF_ONE = text(ROLL_UP.format(sensor="r.sensor_id = :sensor_id AND", neighbour=NEIGHBOUR_FLAGS))


def hour_of(at_ms: int) -> int:
    """The start of the hour of an instant, UTC."""
    return at_ms - at_ms % HOUR_MS


def due_until(now_ms: int) -> int:
    """The end of the newest hour that may be rolled up without marks."""
    return hour_of(now_ms - LIVE_MS)


def roll_up_hour(session: Session, hour_ms: int) -> None:
    """Roll up one hour of every sensor."""
    session.execute(OF_ALL, {"from_ms": hour_ms, "to_ms": hour_ms + HOUR_MS})


def refresh_stale(session: Session, now_ms: int) -> int:
    """Roll up again what late readings have touched; answers how many sensors were refreshed.

    A mark made meanwhile stays, for the next time. Hours that are not yet due are left to `roll_up_hour`.
    """
    marks = session.scalars(select(StaleHours).order_by(StaleHours.sensor_id).limit(MARKS_A_TIME)).all()
    for mark in marks:
        span = {"from_ms": hour_of(mark.from_ms), "to_ms": min(hour_of(mark.to_ms) + HOUR_MS, due_until(now_ms))}
        session.execute(OF_ONE, {"sensor_id": mark.sensor_id, **span})
        session.execute(delete(StaleHours).where(StaleHours.sensor_id == mark.sensor_id, StaleHours.mark == mark.mark))
    return len(marks)
