"""A backup goes back as it was, with its chains; nothing is overwritten unasked, and what is no backup is refused."""

import sqlite3
import uuid
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, make_url, select, text

from services.cli import cli
from services.db.engine import Database
from services.db.registry import complete_metadata
from services.devices.logic import sender_named
from services.errors import CheckFailed, Conflict, InvalidInput
from services.fleet.tables import Village
from services.identity import logic as identity
from services.readings.writer import SqlReadingStore
from telemetry.ports import Batch, DeadLetter, Uplink
from telemetry.reading import Reading
from telemetry.topics import Address, Kind, format_topic
from tests.support.postgres import fresh_database

NOW_MS = 1_795_410_000_000


def counts(database: Database) -> dict[str, int]:
    with database.read() as session:
        tables = complete_metadata().sorted_tables
        return {table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


@pytest.fixture
def filled(database: Database) -> Database:
    with database.write() as session:
        tenant_id = identity.add_tenant(session, "klaeng", "กลุ่มแกลง", NOW_MS).id
        sender_named(session, tenant_id, "GW-1", NOW_MS)
        place = {"latitude": 13.0, "longitude": 101.0, "opens_s": 0, "closes_s": 86_400, "created_at_ms": NOW_MS}
        session.add(Village(id=uuid.uuid4(), tenant_id=tenant_id, code="V", name="บ้าน", synthetic=False, **place))
    address = Address("klaeng", "GW-1", Kind.UP)
    readings = tuple(Reading("TH-1", NOW_MS - days * 86_400_000, 1300, None) for days in range(10))
    uplink = Uplink(address, readings, (), None, format_topic(address), b"{}", NOW_MS)
    letter = DeadLetter("coldchain/v1/x/y/up", b"\x00\xff", "not-json", "no", NOW_MS)
    SqlReadingStore(database).store(Batch((uplink,), (), (letter,)))
    return database


def run(monkeypatch: pytest.MonkeyPatch, url: object, *arguments: str) -> Result:
    monkeypatch.setenv("COLDCHAIN_DATABASE_URL", make_url(url).render_as_string(hide_password=False))  # type: ignore[arg-type]
    return CliRunner().invoke(cli, arguments)


def test_there_and_back(
    filled: Database, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Into an empty database: every row of every table, chains that hold, and counting goes on."""
    monkeypatch.setenv("COLDCHAIN_DATA_DIR", str(tmp_path))
    file = tmp_path / "backup.tar"
    assert run(monkeypatch, filled.url, "backup", str(file)).exit_code == 0
    assert isinstance(run(monkeypatch, filled.url, "backup", str(file)).exception, InvalidInput)
    before = counts(filled)
    assert before["reading"] == 10
    assert isinstance(run(monkeypatch, filled.url, "restore", str(file)).exception, Conflict)
    if filled.is_postgresql:
        target = fresh_database(request.getfixturevalue("postgres"))
        url = target.__enter__()
        request.addfinalizer(lambda: target.__exit__(None, None, None))
    else:
        url = make_url(f"sqlite:///{tmp_path / 'other.db'}")
    told = run(monkeypatch, url, "restore", str(file))
    assert told.exit_code == 0, told.exception
    assert "klaeng: 4 changes and 10 readings hold" in told.output
    restored = Database(url)
    try:
        assert counts(restored) == before
        with restored.write() as session:
            sender_named(session, identity.tenant_named(session, "klaeng").id, "GW-2", NOW_MS)
        SqlReadingStore(restored).store(
            Batch((), (), (DeadLetter("coldchain/v1/x/y/up", b"another", "not-json", "no", NOW_MS),))
        )
        again = run(monkeypatch, url, "restore", str(file), "--force")
        assert again.exit_code == 0, again.exception
        assert counts(restored) == before
    finally:
        restored.close()


def test_a_backup_of_a_broken_record_says_so(
    sqlite_url: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rows are restored, and the exit code is 1."""
    monkeypatch.setenv("COLDCHAIN_DATA_DIR", str(tmp_path))
    database = Database(sqlite_url)  # type: ignore[arg-type]
    with database.write() as session:
        identity.add_tenant(session, "klaeng", "Klaeng", NOW_MS)
    with database.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER journal_entry_no_update"))
        connection.execute(text("UPDATE journal_entry SET actor = 'nobody'"))
    run(monkeypatch, sqlite_url, "backup", str(tmp_path / "b.tar"))
    told = run(monkeypatch, sqlite_url, "restore", str(tmp_path / "b.tar"), "--force").exception
    assert isinstance(told, CheckFailed)
    assert "number 1" in told.detail
    database.close()


def test_what_is_no_backup_is_refused(sqlite_url: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stray file, and a bare database."""
    (tmp_path / "stray.tar").write_bytes(b"nothing")
    sqlite3.connect(tmp_path / "bare.tar").close()
    for name in ("stray.tar", "bare.tar"):
        refused = run(monkeypatch, sqlite_url, "restore", str(tmp_path / name), "--force").exception
        assert isinstance(refused, InvalidInput)
