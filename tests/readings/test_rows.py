"""Batches as columns: the same rows, conflicts and newest readings as going through them one by one gives."""

from collections.abc import Iterator

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import URL, select, text

from services.db.engine import Database
from services.readings.bulk import STAGED_READING, Way, write_readings
from services.readings.copying import copy_columns
from services.readings.partitions import make_partitions, week_of
from services.readings.rows import ABSENT, Arranged, arrange, came, column, tuples_of
from services.readings.tables import StoredReading
from telemetry.reading import Reading
from tests.support.messages import NOW_MS

Came = tuple[int, Reading]

readings = st.builds(
    Reading,
    sensor=st.just("TH"),
    measured_at_ms=st.integers(NOW_MS, NOW_MS + 4),
    temperature_centi_c=st.integers(-2, 2),
    humidity_centi_pct=st.none() | st.integers(0, 1),
    battery_pct=st.none() | st.integers(0, 100),
    battery_mv=st.none() | st.integers(0, 4000),
    signal_dbm=st.none() | st.integers(-120, 0),
    flags=st.integers(0, 1),
)
batches = st.lists(st.tuples(st.integers(1, 3), readings), min_size=1, max_size=40)


@pytest.fixture
def postgres_database(postgres_url: URL) -> Iterator[Database]:
    database = Database(postgres_url)
    make_partitions(database, [week_of(NOW_MS)])
    yield database
    database.close()


def arranged(batch: list[Came]) -> Arranged:
    found = [reading for _, reading in batch]
    return arrange(found, came(found, [sensor for sensor, _ in batch], [NOW_MS + place for place in range(len(batch))]))


def row(place: int, sensor: int, reading: Reading) -> tuple[int | None, ...]:
    return (
        reading.measured_at_ms, NOW_MS + place, sensor, reading.temperature_centi_c, reading.humidity_centi_pct,
        reading.flags,
    )  # fmt: skip


@given(batch=batches)
def test_arranging_in_columns_is_going_through_row_by_row(batch: list[Came]) -> None:
    """The first of a key stays, later ones that differ contradict it as they came, rows are by sensor and time."""
    first: dict[tuple[int, int], tuple[int, Reading]] = {}
    conflicting = []
    for place, (sensor, reading) in enumerate(batch):
        _, kept = first.setdefault((sensor, reading.measured_at_ms), (place, reading))
        differs = (kept.temperature_centi_c, kept.humidity_centi_pct) != (
            reading.temperature_centi_c,
            reading.humidity_centi_pct,
        )
        if differs:
            conflicting.append(row(place, sensor, reading))
    found = arranged(batch)
    assert found.rows.tuples() == [row(place, key[0], reading) for key, (place, reading) in sorted(first.items())]
    assert found.conflicting == conflicting


@given(batch=batches)
def test_newest_readings_are_those_found_row_by_row(batch: list[Came]) -> None:
    """Each sensor once, with its newest reading, battery and signal of it, and the earliest time of all its rows."""
    first: dict[tuple[int, int], tuple[int, Reading]] = {}
    for place, (sensor, reading) in enumerate(batch):
        first.setdefault((sensor, reading.measured_at_ms), (place, reading))
    wanted = []
    for sensor in sorted({sensor for sensor, _ in first}):
        times = sorted(at_ms for known, at_ms in first if known == sensor)
        place, newest = first[sensor, times[-1]]
        health = (newest.battery_pct, newest.battery_mv, newest.signal_dbm)
        at_ms, received_at_ms, _, *value = row(place, sensor, newest)
        wanted.append((sensor, at_ms, received_at_ms, *value, *health, times[0]))
    touched = arranged(batch).touched
    assert tuples_of([getattr(touched, name) for name in type(touched).__slots__]) == wanted


values = st.lists(
    st.tuples(*[st.none() | st.integers(-(2**15), 2**15 - 1)] * 3, st.none() | st.integers(-(2**62), 2**62)), min_size=1
)


def test_copied_columns_come_back_with_their_nulls(postgres_database: Database) -> None:
    """Any values, absent in any pattern, are read back as they were written."""

    @given(rows=values)
    def written_is_read(rows: list[tuple[int | None, ...]]) -> None:
        with postgres_database.write() as session:
            session.execute(
                text("CREATE TEMP TABLE given (a smallint, b integer, c smallint, d bigint) ON COMMIT DROP")
            )
            copy_columns(
                session,
                "given",
                ["smallint", "integer", "smallint", "bigint"],
                list(map(column, zip(*rows, strict=True))),
            )
            found = session.execute(text("SELECT * FROM given")).all()
        assert sorted(map(repr, map(tuple, found))) == sorted(map(repr, rows))

    written_is_read()


@pytest.mark.parametrize(("kind", "value"), [("smallint", 2**15), ("smallint", -(2**15) - 1), ("integer", 2**31)])
def test_a_value_that_does_not_fit_is_refused_before_it_is_sent(
    postgres_database: Database, kind: str, value: int
) -> None:
    """It would be cut to another value otherwise."""
    with pytest.raises(OverflowError), postgres_database.write() as session:
        copy_columns(session, "nowhere", [kind], [column([1, value, None])])


@given(batch=st.lists(st.tuples(st.integers(1, 3), readings), min_size=1, max_size=10))
def test_absent_is_no_value_that_a_reading_can_have(batch: list[Came]) -> None:
    """What is None in readings is None in rows, and nothing else is."""
    found = arranged(batch).rows
    assert ABSENT not in found.temperature_centi_c
    assert all(None not in (one[0], one[1], one[2], one[3], one[5]) for one in found.tuples())


def test_both_ways_store_the_same(postgres_database: Database) -> None:
    """Straight or staged, alone or onto what is there: the first value of each key stays, and only new ones count."""
    batches = [[(1, at, 0), (2, at, 0)] for at in range(4)] + [[(1, 3, 50), (1, 9, 50), (2, 9, 50)], [(1, 3, 99)]]
    stored = {}
    for first_sensor, way in ((100, Way.STRAIGHT), (200, Way.STAGED)):
        counts = []
        for batch in batches:
            found = [Reading("TH", NOW_MS + at, centi_c) for _, at, centi_c in batch]
            rows = came(found, [first_sensor + sensor for sensor, _, _ in batch], [NOW_MS] * len(batch))
            with postgres_database.write() as session:
                counts.append(write_readings(session, arrange(found, rows).rows, way))
        assert counts == [2, 2, 2, 2, 2, 0]
        with postgres_database.read() as session:
            query = select(
                StoredReading.sensor_id - first_sensor, StoredReading.measured_at_ms, StoredReading.temperature_centi_c
            )
            query = query.where(StoredReading.sensor_id.between(first_sensor, first_sensor + 9))
            stored[way] = sorted(map(tuple, session.execute(query)))
    assert stored[Way.STRAIGHT] == stored[Way.STAGED]
    assert len(stored[Way.STAGED]) == 10


def test_a_batch_that_comes_twice_leaves_its_rows_staged(postgres_database: Database) -> None:
    """Conflicts are looked for there."""
    found = [Reading("TH", NOW_MS, 1300)]
    rows = came(found, [1], [NOW_MS])
    for new in (1, 0):
        with postgres_database.write() as session:
            assert write_readings(session, rows, Way.STRAIGHT) == new
            if not new:
                assert session.execute(text(f"SELECT count(*) FROM {STAGED_READING.name}")).scalar() == 1


def test_a_time_without_partition_is_refused(postgres_database: Database) -> None:
    """Straight into the readings as well: there is no default partition."""
    found = [Reading("TH", 0, 1300)]
    with pytest.raises(psycopg.IntegrityError), postgres_database.write() as session:
        write_readings(session, came(found, [1], [NOW_MS]), Way.STRAIGHT)
