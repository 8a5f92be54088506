"""Readings are append-only: only retention takes them, and never without an entry."""

import pytest
from sqlalchemy import delete, select, text, update

from services.db.engine import Database
from services.db.tables import INSTALLATION, JournalEntry, ReadingBatch
from services.readings.partitions import make_partitions, week_of
from services.readings.retention import allow_drop, dropped_before_ms

AT_MS = 1_795_410_000_000
STORE = "INSERT INTO reading VALUES (:at_ms, :at_ms, 1, 1300, NULL, 0)"


@pytest.fixture
def reading(database: Database) -> Database:
    if database.is_postgresql:
        make_partitions(database, [week_of(AT_MS)])
    with database.write() as session:
        session.execute(text(STORE), {"at_ms": AT_MS})
    return database


@pytest.mark.parametrize("change", ["UPDATE reading SET temperature_centi_c = 400", "DELETE FROM reading"])
def test_a_reading_is_neither_changed_nor_deleted(reading: Database, change: str) -> None:
    """Whoever asks for it through the application."""
    with pytest.raises(Exception, match="append-only"), reading.write() as session:
        session.execute(text(change))
    with reading.read() as session:
        assert session.execute(text("SELECT temperature_centi_c FROM reading")).all() == [(1300,)]


@pytest.mark.parametrize("table", [JournalEntry, ReadingBatch])
def test_links_and_entries_stay_too(reading: Database, table: type[JournalEntry] | type[ReadingBatch]) -> None:
    """The journal and the chain of readings."""
    with reading.write() as session:
        session.add(
            ReadingBatch(tenant_id=INSTALLATION, number=1, sealed_at_ms=0, readings=0, digest=b"", link=b"", keys=b"")
        )
        allow_drop(session, 5)
    for statement in (update(table).values(link=b"other"), delete(table)):
        with pytest.raises(Exception, match="append-only"), reading.write() as session:
            session.execute(statement)


def test_retention_is_allowed_and_told(reading: Database) -> None:
    """Each step on leaves one entry in the installation's journal; a step back is none."""
    with reading.write() as session:
        allow_drop(session, AT_MS)
    with reading.write() as session:
        allow_drop(session, AT_MS + 1)
        allow_drop(session, AT_MS)
    with reading.read() as session:
        assert dropped_before_ms(session) == AT_MS + 1
        entries = session.scalars(select(JournalEntry).where(JournalEntry.tenant_id == INSTALLATION)).all()
    assert [entry.after for entry in entries] == [f'{{"before_ms":{AT_MS}}}', f'{{"before_ms":{AT_MS + 1}}}']
    if not reading.is_postgresql:
        with reading.write() as session:
            session.execute(text("DELETE FROM reading WHERE measured_at_ms < :ms"), {"ms": AT_MS + 1})
        with reading.read() as session:
            assert session.execute(text("SELECT * FROM reading")).all() == []
