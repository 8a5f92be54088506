"""Readings that contradict one already stored: the first stays, the other is kept beside it as evidence, once."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.readings.bulk import stage_readings
from services.readings.rows import STORED, Rows

FIND = text(
    """SELECT s.sensor_id, s.measured_at_ms, s.received_at_ms, s.temperature_centi_c, s.humidity_centi_pct,
              s.flags
       FROM staged_reading s JOIN reading r ON r.sensor_id = s.sensor_id AND r.measured_at_ms = s.measured_at_ms
       WHERE r.measured_at_ms BETWEEN :earliest_ms AND :latest_ms  -- for PostgreSQL to leave out other partitions
         AND (s.temperature_centi_c <> r.temperature_centi_c
              OR coalesce(s.humidity_centi_pct, -1) <> coalesce(r.humidity_centi_pct, -1))"""
)
KEEP = text(
    """INSERT INTO reading_conflict (sensor_id, measured_at_ms, received_at_ms, temperature_centi_c, humidity_centi_pct,
           flags)
       SELECT n.sensor_id, n.measured_at_ms, n.received_at_ms, n.temperature_centi_c, n.humidity_centi_pct, n.flags
       FROM (SELECT CAST(:sensor_id AS integer) AS sensor_id, CAST(:measured_at_ms AS bigint) AS measured_at_ms,
                    CAST(:received_at_ms AS bigint) AS received_at_ms,
                    CAST(:temperature_centi_c AS smallint) AS temperature_centi_c,
                    CAST(:humidity_centi_pct AS smallint) AS humidity_centi_pct, CAST(:flags AS smallint) AS flags) n
       WHERE NOT EXISTS (
           SELECT 1 FROM reading_conflict c WHERE c.sensor_id = n.sensor_id AND c.measured_at_ms = n.measured_at_ms
             AND c.temperature_centi_c = n.temperature_centi_c
             AND coalesce(c.humidity_centi_pct, -1) = coalesce(n.humidity_centi_pct, -1))"""
)


def write_conflicts(session: Session, rows: Rows, within: Sequence[tuple[int | None, ...]], *, all_new: bool) -> int:
    """Keep what contradicts the database, and what contradicts another reading ``within`` the batch (as `STORED`).

    Answers how many readings contradict; one that came before is counted, and not kept again.
    """
    found: list[dict[str, object]] = [dict(zip(STORED, row, strict=True)) for row in within]
    if not all_new:
        stage_readings(session, rows)
        span = {"earliest_ms": int(rows.measured_at_ms.min()), "latest_ms": int(rows.measured_at_ms.max())}
        found.extend(dict(row) for row in session.execute(FIND, span).mappings())
    for conflict in found:
        session.execute(KEEP, conflict)
    return len(found)
