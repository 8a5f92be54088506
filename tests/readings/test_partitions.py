"""Weekly partitions on PostgreSQL: made when needed, none for clocks that are years off, dropped by retention."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import URL, select, text

from services.db.engine import Database
from services.readings.housekeeping import Housekeeper
from services.readings.partitions import (
    WEEK_MS,
    drop_partitions,
    make_partitions,
    partition_name,
    partitions,
    week_of,
    week_of_partition,
)
from services.readings.tables import DeadLetter, StoredReading
from services.readings.writer import SqlReadingStore
from telemetry.clock import DAY_MS
from telemetry.intake import Intake
from telemetry.ports import Batch
from tests.readings.world import add_demo, take
from tests.support.messages import NOW_MS, message, native


@pytest.fixture
def postgres_database(postgres_url: URL) -> Iterator[Database]:
    database = Database(postgres_url)
    yield database
    database.close()


def names(database: Database) -> list[str]:
    with database.read() as session:
        return partitions(session)


@given(at_ms=st.integers(0, 4_000_000_000_000))
def test_week_starts_on_monday_and_its_name_reads_back(at_ms: int) -> None:
    """The partition of any instant begins at most seven days before it, on a Monday at midnight UTC."""
    week_ms = week_of(at_ms)
    assert week_ms <= at_ms < week_ms + WEEK_MS
    assert datetime.fromtimestamp(week_ms / 1000, UTC).strftime("%a %H:%M:%S") == "Mon 00:00:00"
    assert week_of_partition(partition_name(week_ms)) == week_ms


def test_partitions_are_made_for_what_comes(postgres_database: Database) -> None:
    """One reading today and one of a year ago make two partitions, named by their Mondays."""
    add_demo(postgres_database)
    year_ago_ms = NOW_MS - 365 * DAY_MS
    stored = take(postgres_database, message(native()), message(native(at_ms=year_ago_ms)))
    assert stored.readings == 2
    assert names(postgres_database) == [partition_name(week_of(year_ago_ms)), "reading_w20261123"]


def test_reading_outside_every_window_is_a_dead_letter_and_makes_no_partition(postgres_database: Database) -> None:
    """Should such a time ever pass the clock policy, it is kept as evidence instead of making a table."""
    add_demo(postgres_database)
    intake = Intake(SqlReadingStore(postgres_database))
    uplink = intake.sort([message(native())]).uplinks[0]
    for at_ms in (NOW_MS - 500 * DAY_MS, NOW_MS + 3 * DAY_MS):
        reading = type(uplink.readings[0])("TH-1", at_ms, 400)
        stored = intake.store(Batch((type(uplink)(uplink.address, (reading,), (), None, f"t{at_ms}", b"", NOW_MS),)))
        assert (stored.readings, stored.dead_letters) == (0, 1)
    assert names(postgres_database) == []
    with postgres_database.read() as session:
        assert set(session.scalars(select(DeadLetter.reason))) == {"outside-window"}


def test_making_partitions_at_once_from_many_sides_makes_each_once(postgres_database: Database) -> None:
    """Four processes that need the same weeks wait for each other."""
    weeks = [week_of(NOW_MS) + place * WEEK_MS for place in range(3)]
    threads = [threading.Thread(target=make_partitions, args=(postgres_database, weeks)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert names(postgres_database) == [partition_name(week) for week in weeks]


def test_readings_of_a_dropped_week_can_come_again(postgres_database: Database) -> None:
    """A store that still believes in a partition that retention has dropped makes it anew."""
    add_demo(postgres_database)
    intake = Intake(SqlReadingStore(postgres_database))
    old_ms = NOW_MS - 100 * DAY_MS
    intake.store(intake.sort([message(native(at_ms=old_ms))]))
    assert drop_partitions(postgres_database, NOW_MS - 50 * DAY_MS) == [partition_name(week_of(old_ms))]
    assert intake.store(intake.sort([message(native(at_ms=old_ms))])).readings == 1


def test_housekeeping_makes_weeks_ahead_and_drops_old_ones(postgres_database: Database) -> None:
    """This week and the next two are there before anything comes; what ended more than 400 days ago goes."""
    make_partitions(postgres_database, [week_of(NOW_MS - 420 * DAY_MS), week_of(NOW_MS - 380 * DAY_MS)])
    Housekeeper(postgres_database).tick(NOW_MS)
    assert names(postgres_database) == [
        partition_name(week_of(NOW_MS - 380 * DAY_MS)),
        *(partition_name(week_of(NOW_MS) + place * WEEK_MS) for place in range(3)),
    ]


def test_each_week_made_ahead_has_its_key_and_a_small_index_on_time(postgres_database: Database) -> None:
    """BRIN, which costs 24 kB a week: what was warm since ten o'clock is found without reading the week."""
    Housekeeper(postgres_database).tick(NOW_MS)
    query = text(
        "SELECT c.relname, array_agg(m.amname::text ORDER BY m.amname) FROM pg_inherits h"
        " JOIN pg_class c ON c.oid = h.inhrelid JOIN pg_index x ON x.indrelid = c.oid"
        " JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_am m ON m.oid = i.relam"
        " WHERE h.inhparent = 'reading'::regclass GROUP BY 1"
    )
    with postgres_database.read() as session:
        indexes = dict(session.execute(query).all())
    assert indexes == {name: ["brin", "btree"] for name in names(postgres_database)}
    assert len(indexes) == 3


def test_retention_on_sqlite_deletes_old_readings(sqlite_url: URL) -> None:
    """There are no partitions; what is past its retention goes all the same."""
    database = Database(sqlite_url)
    add_demo(database)
    take(database, message(native(at_ms=NOW_MS - 399 * DAY_MS)), message(native()))
    Housekeeper(database).tick(NOW_MS + 2 * DAY_MS)
    with database.read() as session:
        assert session.scalars(select(StoredReading.measured_at_ms)).all() == [NOW_MS - 60_000]
    database.close()
