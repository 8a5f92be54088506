"""Weekly partitions of the readings on PostgreSQL: made when first needed or ahead of time, dropped by retention.

There is no default partition: a row outside every week is refused, so that a clock years off can't make tables.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.db.engine import Database
from telemetry.clock import DAY_MS
from telemetry.intake import RETAINED_MS

WEEK_MS = 7 * DAY_MS
FIRST_MONDAY_MS = 4 * DAY_MS
"""1970-01-05, the first Monday of the epoch."""

AHEAD_MS = 2 * DAY_MS
PREFIX = "reading_w"
LOCK_KEY = 0x0C01DC4B
"""PostgreSQL advisory lock under which partitions are made and dropped, one process at a time."""


def week_of(at_ms: int) -> int:
    """The Monday 00:00 UTC, in epoch milliseconds, of the week of an instant."""
    return (at_ms - FIRST_MONDAY_MS) // WEEK_MS * WEEK_MS + FIRST_MONDAY_MS


def window(now_ms: int) -> tuple[int, int]:
    """The earliest and the latest time of a reading that may have a partition."""
    return now_ms - RETAINED_MS, now_ms + AHEAD_MS


def weeks_of(times_ms: Sequence[int], receipts_ms: Collection[int]) -> set[int]:
    """The weeks of those times that may have a partition at all of these receipts; quick where all are of one week."""
    if not times_ms:
        return set()
    earliest_ms, latest_ms = window(max(receipts_ms))[0], window(min(receipts_ms))[1]
    first_ms, last_ms = min(times_ms), max(times_ms)
    if earliest_ms <= first_ms and last_ms <= latest_ms and week_of(first_ms) == week_of(last_ms):
        return {week_of(first_ms)}
    return {week_of(at_ms) for at_ms in times_ms if earliest_ms <= at_ms <= latest_ms}


def partition_name(week_ms: int) -> str:
    """`reading_w` and the Monday as yyyymmdd."""
    return f"{PREFIX}{datetime.fromtimestamp(week_ms / 1000, UTC):%Y%m%d}"


def week_of_partition(name: str) -> int:
    """The week of a partition, read back from its name."""
    monday = datetime.strptime(name.removeprefix(PREFIX), "%Y%m%d").replace(tzinfo=UTC)
    return int(monday.timestamp()) * 1000


def partitions(session: Session) -> list[str]:
    """The names of all weekly partitions, oldest first; empty on SQLite."""
    if session.get_bind().dialect.name != "postgresql":
        return []
    query = text(
        "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
        " WHERE i.inhparent = 'reading'::regclass ORDER BY 1"
    )
    return list(session.scalars(query))


def make_partitions(database: Database, weeks: Iterable[int]) -> None:
    """Make the partitions of these weeks where they are missing, each in a short transaction of its own.

    A partition is made apart and then attached: readers and writers of the other weeks go on meanwhile.
    """
    for week_ms in sorted(set(weeks)):
        name = partition_name(week_ms)
        with database.write() as session:
            session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK_KEY})
            if name in partitions(session):
                continue
            session.execute(text(f"CREATE TABLE {name} (LIKE reading INCLUDING DEFAULTS INCLUDING CONSTRAINTS)"))
            session.execute(
                text(
                    f"ALTER TABLE {name} ADD CONSTRAINT {name}_week"
                    f" CHECK (measured_at_ms >= {week_ms} AND measured_at_ms < {week_ms + WEEK_MS})"
                )
            )
            session.execute(
                text(
                    f"ALTER TABLE reading ATTACH PARTITION {name} FOR VALUES FROM ({week_ms}) TO ({week_ms + WEEK_MS})"
                )
            )
            session.execute(text(f"ALTER TABLE {name} DROP CONSTRAINT {name}_week"))
            # 24 kB a partition against 12% of the write rate: "everything above 8 °C since ten" need not read the week
            session.execute(text(f"CREATE INDEX {name}_measured ON {name} USING brin (measured_at_ms)"))


def drop_partitions(database: Database, before_ms: int) -> list[str]:
    """Drop the partitions that end before an instant; answers their names."""
    with database.write() as session:
        old = [name for name in partitions(session) if week_of_partition(name) + WEEK_MS <= before_ms]
        if old:
            session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK_KEY})
        for name in old:
            session.execute(text(f"DROP TABLE IF EXISTS {name}"))
    return old
