"""What a batch leaves behind besides its readings, and what it does when others write at the same time."""

import threading
from uuid import UUID

import pytest
from sqlalchemy import URL, func, select, text

from services.db.engine import Database
from services.devices.logic import add_bridge, gateway_named, revoke_gateway
from services.devices.tables import Gateway
from services.readings import store
from services.readings.tables import DeadLetter, Dirty, StoredReading
from services.readings.writer import SqlReadingStore
from telemetry.intake import Intake
from telemetry.ports import StoreUnavailable
from tests.readings.world import add_demo, sensor_id, take
from tests.support.messages import NOW_MS, message, native


@pytest.fixture
def tenant_id(database: Database) -> UUID:
    return add_demo(database, ("gw-1", "gw-2"))


def test_latest_is_the_newest_by_measurement(database: Database, tenant_id: UUID) -> None:
    """A late reading does not become the present; battery and signal stay known when a reading leaves them out."""
    take(database, message(native(temperature_c=5, at_ms=NOW_MS - 20_000, battery_pct=90, signal_dbm=-70)))
    take(database, message(native(temperature_c=9, at_ms=NOW_MS - 90_000)))
    take(database, message(native(temperature_c=6, at_ms=NOW_MS - 10_000)))
    with database.read() as session:
        (latest,) = store.latest(session, tenant_id).values()
    assert (latest.measured_at_ms, latest.temperature_centi_c) == (NOW_MS - 10_000, 600)
    assert (latest.battery_pct, latest.signal_dbm) == (90, -70)


def test_dirty_marks_hold_the_earliest_touch_and_count_up(database: Database, tenant_id: UUID) -> None:
    """Freshness learns from where to look; a mark that moved on meanwhile is seen by its counter."""
    for at_ms in (NOW_MS - 5000, NOW_MS - 9000, NOW_MS - 1000):
        take(database, message(native(at_ms=at_ms)))
    with database.read() as session:
        (mark,) = session.scalars(select(Dirty)).all()
    assert (mark.touched_from_ms, mark.mark) == (NOW_MS - 9000, 3)


def test_duplicates_make_no_work_for_freshness(database: Database, tenant_id: UUID) -> None:
    """A batch without a new reading leaves no mark."""
    take(database, message(native()))
    take(database, message(native()))
    with database.read() as session:
        assert session.scalars(select(Dirty.mark)).all() == [1]


def test_gateway_is_seen(database: Database, tenant_id: UUID) -> None:
    """The time of its last message, to a few seconds; an older message does not turn it back."""
    take(database, message(native(), received_at_ms=NOW_MS))
    take(database, message(native(at_ms=NOW_MS - 1), received_at_ms=NOW_MS - 60_000))
    with database.read() as session:
        assert gateway_named(session, tenant_id, "gw-1").last_seen_at_ms == NOW_MS
        assert gateway_named(session, tenant_id, "gw-2").last_seen_at_ms is None


def test_revoked_gateway_is_refused(database: Database, tenant_id: UUID) -> None:
    """Its messages become dead letters that its tenant can see."""
    with database.write() as session:
        revoke_gateway(session, tenant_id, "gw-1", NOW_MS)
    take(database, message(native()))
    with database.read() as session:
        (letter,) = store.dead_letters(session, tenant_id)
    assert letter.reason == "revoked-gateway"


def test_same_dead_letter_again_is_counted_up(database: Database, tenant_id: UUID) -> None:
    """A gateway that repeats the same garbage for ever fills one row."""
    for _ in range(3):
        take(database, message(b"garbage"), message(b"garbage"))
    take(database, message(b"other garbage"))
    with database.read() as session:
        letters = store.dead_letters(session, tenant_id)
    assert [(letter.payload, letter.seen) for letter in letters] == [(b"garbage", 6), (b"other garbage", 1)]


def test_large_dead_letter_is_cut_and_its_size_kept(database: Database, tenant_id: UUID) -> None:
    """16 KiB are evidence enough; the true size stands beside them."""
    take(database, message(b"x" * 100_000))
    with database.read() as session:
        (letter,) = store.dead_letters(session, tenant_id)
    assert (len(letter.payload), letter.payload_size) == (16_384, 100_000)


def test_hostile_bytes_are_stored_as_evidence(database: Database, tenant_id: UUID) -> None:
    """NUL and broken UTF-8 in topic and payload neither stop the batch nor get lost."""
    take(database, message(b"\x00\xff", topic="bad\x00topic\udcff"), message(native()))
    with database.read() as session:
        letter = session.scalars(select(DeadLetter)).one()
        assert session.scalars(select(func.count()).select_from(StoredReading)).one() == 1
    assert (letter.payload, letter.tenant_id) == (b"\x00\xff", None)


def test_bridged_application_counts_for_its_gateway(database: Database, tenant_id: UUID) -> None:
    """The Things Stack publishes on its own topic; the bridge record says whose it is."""
    topic = "v3/orchard@ttn/devices/em300-1/up"
    take(database, message(b"{}", topic=topic))
    with database.write() as session:
        add_bridge(session, tenant_id, gateway_named(session, tenant_id, "gw-1"), "tts", "orchard@ttn", NOW_MS)
    payload = (
        b'{"end_device_ids": {"device_id": "em300-1"}, "received_at": "2026-11-23T08:59:00Z",'
        b' "uplink_message": {"decoded_payload": {"temperature": 7.5, "humidity": 80}}}'
    )
    stored = take(database, message(payload, topic=topic))
    assert stored.readings == 1, stored
    with database.read() as session:
        assert session.scalars(select(Gateway.last_seen_at_ms).where(Gateway.name == "gw-1")).one() == NOW_MS


def test_tenants_do_not_see_each_other(database: Database, tenant_id: UUID) -> None:
    """Sensors of the same name in two tenants are two sensors; neither tenant reads the other's."""
    other_id = add_demo(database, ("gw-1",), slug="other")
    take(database, message(native(temperature_c=5)))
    take(database, message(native(temperature_c=9), topic="coldchain/v1/other/gw-1/up"), message(b"garbage"))
    with database.read() as session:
        mine, others = store.latest(session, tenant_id), store.latest(session, other_id)
        assert [row.temperature_centi_c for row in mine.values()] == [500]
        assert [row.temperature_centi_c for row in others.values()] == [900]
        assert store.samples(session, tenant_id, list(others), 0, NOW_MS) == []
        assert store.latest(session, tenant_id, list(others)) == {}
        assert store.dead_letters(session, other_id) == []
        assert store.hours(session, tenant_id, list(others), 0, NOW_MS) == []


def test_samples_come_in_pages(database: Database, tenant_id: UUID) -> None:
    """By sensor and time, from the last of the page before; the end is exclusive."""
    take(database, *(message(native(name, at_ms=NOW_MS - n)) for name in ("A", "B") for n in range(3)))
    ids = [sensor_id(database, name) for name in ("A", "B")]
    with database.read() as session:
        whole = store.samples(session, tenant_id, ids, NOW_MS - 2, NOW_MS)
        assert [(one.sensor_id, one.measured_at_ms) for one in whole] == [
            (sensor, NOW_MS - n) for sensor in ids for n in (2, 1)
        ]
        page = store.samples(session, tenant_id, ids, NOW_MS - 2, NOW_MS, limit=3)
        rest = store.samples(session, tenant_id, ids, NOW_MS - 2, NOW_MS, after=page[-1][:2], limit=3)
    assert page + rest == whole


def test_missing_schema_is_no_fault_of_the_messages(sqlite_url: URL) -> None:
    """Without its tables a database is away; nothing becomes a dead letter."""
    database = Database(sqlite_url)
    add_demo(database)
    with database.write() as session:
        session.execute(text("ALTER TABLE sensor_latest RENAME TO mislaid"))
    intake = Intake(SqlReadingStore(database))
    batch = intake.sort([message(native())])
    with pytest.raises(StoreUnavailable, match="sensor_latest"):
        intake.store(batch)
    with database.write() as session:
        session.execute(text("ALTER TABLE mislaid RENAME TO sensor_latest"))
    assert intake.store(batch).readings == 1
    database.close()


def test_full_disk_is_waited_for(sqlite_url: URL) -> None:
    """A database that has no room left turns the batch down as a whole; with room it is stored."""
    database = Database(sqlite_url)
    add_demo(database)
    with database.read() as session:
        pages = session.scalars(text("PRAGMA page_count")).one()
    intake = Intake(SqlReadingStore(database))
    batch = intake.sort([message(native(at_ms=NOW_MS - n)) for n in range(5000)])
    with database.engine.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreUnavailable, match="full"):
        intake.store(batch)
    with database.read() as session:
        assert session.scalars(select(func.count()).select_from(StoredReading)).one() == 0
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    assert intake.store(batch).readings == 5000
    database.close()


def test_writers_at_the_same_time_store_everything_once(database: Database, tenant_id: UUID) -> None:
    """Four writers with the same 400 messages of the same sensors in another order each: one row a reading."""
    batches = [
        [message(native(f"TH-{n % 20}", n / 10, at_ms=NOW_MS - n, seq=n + 1)) for n in range(400)] for _ in range(4)
    ]
    counted: list[int] = []

    def write(place: int) -> None:
        intake = Intake(SqlReadingStore(database))
        mine = batches[place][place * 100 :] + batches[place][: place * 100]
        for start in range(0, 400, 50):
            batch = intake.sort(mine[start : start + 50])
            while True:
                try:
                    counted.append(intake.store(batch).readings)
                    break
                except StoreUnavailable:
                    continue  # a deadlock that PostgreSQL resolved; ingest tries again as well

    threads = [threading.Thread(target=write, args=(place,)) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as session:
        assert session.scalars(select(func.count()).select_from(StoredReading)).one() == 400
        sequence = store.sequence(session, tenant_id, gateway_named(session, tenant_id, "gw-1").id)
    assert sum(counted) == 400
    assert sequence is not None
    assert (sequence.stored_up_to, sequence.highest) == (400, 400)
