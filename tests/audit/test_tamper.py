"""Whoever edits, deletes, swaps, cuts off or rewrites a record is found, and the first bad one is named."""

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from services.audit.logic import verify_changes
from services.cli import cli
from services.db.chain import GENESIS, link_after
from services.db.changes import record_of
from services.db.checking import BrokenChainError
from services.db.engine import Database
from services.db.tables import JournalEntry
from services.devices.logic import sender_named
from services.errors import CheckFailed, InvalidInput
from services.fleet.tables import Hub
from services.identity import logic as identity
from services.readings.retention import allow_drop
from services.readings.verification import verify_readings
from services.readings.writer import SqlReadingStore
from telemetry.ports import Batch, Uplink
from telemetry.reading import Reading
from telemetry.topics import Address, Kind, format_topic

NOW_MS = 1_795_410_000_000
PROTECTED = ("reading", "reading_batch", "journal_entry")


@dataclass
class World:
    """A tenant "klaeng" with changes and three batches of readings, and the commands over it."""

    database: Database
    tenant_id: uuid.UUID

    def run(self, *arguments: str) -> Result:
        return CliRunner().invoke(cli, ["audit", *arguments])

    def tamper(self, *statements: str) -> None:
        """As an intruder with every right would."""
        with self.database.engine.begin() as connection:
            self.unlock(connection)
            for statement in statements:
                connection.execute(text(statement.replace("<tenant>", self.key)))

    @property
    def key(self) -> str:
        return f"'{self.tenant_id}'" if self.database.is_postgresql else f"'{self.tenant_id.hex}'"

    def unlock(self, connection: Connection) -> None:
        if self.database.is_postgresql:
            connection.execute(text("SET session_replication_role = replica"))
            return
        for table in PROTECTED:
            connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_update"))
            connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_delete"))

    def fault(self, *arguments: str) -> str:
        found = self.run("verify", *arguments).exception
        assert isinstance(found, CheckFailed), found
        assert found.exit_code == 1
        return found.detail


@pytest.fixture
def world(database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> World:
    monkeypatch.setenv("COLDCHAIN_DATABASE_URL", database.url.render_as_string(hide_password=False))
    monkeypatch.setenv("COLDCHAIN_DATA_DIR", str(tmp_path))
    with database.write() as session:
        tenant_id = identity.add_tenant(session, "klaeng", "Klaeng", NOW_MS).id
        sender_named(session, tenant_id, "GW-1", NOW_MS)
    place = {"kind": "seaport", "name": "Port", "latitude": 13.0, "longitude": 101.0, "opens_s": 0, "closes_s": 86_400}
    for code in ("A", "B", "C", "D"):
        with database.write() as session:
            session.add(Hub(id=uuid.uuid4(), tenant_id=tenant_id, code=code, created_at_ms=NOW_MS, **place))
    store = SqlReadingStore(database)
    address = Address("klaeng", "GW-1", Kind.UP)
    for minute in range(3):
        readings = tuple(Reading(name, NOW_MS + minute * 60_000, 1300 + minute) for name in ("TH-1", "TH-2"))
        store.store(
            Batch((Uplink(address, readings, (), None, format_topic(address), b"{}", NOW_MS + minute * 60_000),))
        )
    return World(database, tenant_id)


def test_an_untouched_record_holds(world: World, tmp_path: Path) -> None:
    """Both chains of every tenant, with a checkpoint of before and of now."""
    file = tmp_path / "checkpoint.json"
    assert world.run("checkpoint", str(file)).exit_code == 0
    told = json.loads(world.run("verify", "--checkpoint", str(file), "--json").stdout)
    klaeng = next(part for part in told["chains"] if part["tenant"] == "klaeng")
    assert (klaeng["batches"], klaeng["readings"], klaeng["dropped"]) == (3, 6, 0)
    assert klaeng["changes"] >= 7


OF = "WHERE tenant_id = <tenant> AND number"
TAMPERINGS: dict[str, tuple[tuple[str, ...], str]] = {
    "an entry is edited": ((f"UPDATE journal_entry SET actor = 'nobody' {OF} = 3",), "changed: number 3"),
    "a value in an entry": ((f"UPDATE journal_entry SET after = '{{}}' {OF} = 4",), "changed: number 4"),
    "an entry is deleted": ((f"DELETE FROM journal_entry {OF} = 3",), "missing: number 3"),
    "two entries are swapped": (
        (
            f"UPDATE journal_entry SET number = 1000 {OF} = 3",
            f"UPDATE journal_entry SET number = 3 {OF} = 4",
            f"UPDATE journal_entry SET number = 4 {OF} = 1000",
        ),
        "changed: number 3",
    ),
    "the last entries are cut off": ((f"DELETE FROM journal_entry {OF} > 4",), "truncated: numbers 5 to"),
    "a temperature is edited": (
        (f"UPDATE reading SET temperature_centi_c = 400 WHERE measured_at_ms = {NOW_MS + 60_000} AND sensor_id = "
         "(SELECT id FROM sensor WHERE external_id = 'TH-2')",),
        "changed: the reading of sensor TH-2 at 2026-11-23T05:01:00Z, sealed in batch 2",
    ),
    "a reading is deleted": (
        (f"DELETE FROM reading WHERE measured_at_ms = {NOW_MS + 120_000} AND sensor_id = "
         "(SELECT id FROM sensor WHERE external_id = 'TH-1')",),
        "missing: the reading of sensor TH-1 at 2026-11-23T05:02:00Z, sealed in batch 3",
    ),
    "a reading is slipped in": (
        ("INSERT INTO reading SELECT measured_at_ms + 1, received_at_ms, sensor_id, 400, NULL, 0 FROM reading",),
        "added: 6 readings",
    ),
    "a batch is deleted": ((f"DELETE FROM reading_batch {OF} = 2",), "missing: number 2"),
    "a batch's digest": ((f"UPDATE reading_batch SET digest = link {OF} = 2",), "changed: number 2"),
    "the last batch is cut off": ((f"DELETE FROM reading_batch {OF} = 3",), "truncated: numbers 3 to 3"),
}  # fmt: skip


def test_tampering_is_found_and_named(world: World) -> None:
    """By the chain alone, whatever was done; each is undone before the next."""
    for tampering, (statements, told) in TAMPERINGS.items():
        with Session(world.database.engine) as session:
            world.unlock(session.connection())
            for statement in statements:
                session.execute(text(statement.replace("<tenant>", world.key)))
            with pytest.raises(BrokenChainError) as caught:  # noqa: PT012  # either of the two chains
                verify_changes(session, world.tenant_id, {})
                verify_readings(session, world.tenant_id, {})
            assert f"{caught.value.wrong}: {caught.value.detail}".startswith(told), tampering
            session.rollback()


def test_verify_ends_with_one_and_the_record(world: World) -> None:
    """The command, the chain and what is wrong with it."""
    world.tamper(*TAMPERINGS["a temperature is edited"][0])
    assert "klaeng, chain of readings: changed: the reading of sensor TH-2" in world.fault()


def rewritten(world: World, change: Callable[[JournalEntry], None]) -> None:
    """The whole chain anew, so that it holds by itself."""
    with world.database.engine.begin() as connection:
        world.unlock(connection)
        table = JournalEntry.metadata.tables["journal_entry"]
        rows = connection.execute(table.select().where(table.c.tenant_id == world.tenant_id).order_by(table.c.number))
        link = GENESIS
        for row in rows.mappings().all():
            entry = JournalEntry(**row)
            change(entry)
            link = link_after(link, record_of(entry))
            own = (table.c.tenant_id == world.tenant_id) & (table.c.number == entry.number)
            connection.execute(table.update().where(own).values(actor=entry.actor, link=link))
        connection.execute(
            text(f"UPDATE chain_head SET link = :link WHERE chain = 'changes' AND tenant_id = {world.key}"),
            {"link": link},
        )


def test_a_chain_rewritten_as_a_whole_is_found_by_its_checkpoint(world: World, tmp_path: Path) -> None:
    """It holds by itself, and does not hold against what was signed before."""
    file = tmp_path / "checkpoint.json"
    world.run("checkpoint", str(file))

    def whitewash(entry: JournalEntry) -> None:
        entry.actor = "somebody else"

    rewritten(world, whitewash)
    assert world.run("verify").exit_code == 0
    assert "chain of changes: rewritten: number" in world.fault("--checkpoint", str(file))


def test_a_chain_cut_off_with_its_head_is_found_by_its_checkpoint(world: World, tmp_path: Path) -> None:
    """The intruder also takes the head back."""
    file = tmp_path / "checkpoint.json"
    world.run("checkpoint", str(file))
    world.tamper(
        f"DELETE FROM journal_entry {OF} > 4",
        "UPDATE chain_head SET number = 4, link = (SELECT link FROM journal_entry WHERE tenant_id = <tenant> AND"
        " number = 4) WHERE tenant_id = <tenant> AND chain = 'changes'",
    )
    assert world.run("verify").exit_code == 0
    assert "truncated: numbers 5 to" in world.fault("--checkpoint", str(file))


def test_a_checkpoint_that_was_changed_or_signed_by_another_is_refused(world: World, tmp_path: Path) -> None:
    """Its signature, its numbers, its key."""
    file = tmp_path / "checkpoint.json"
    world.run("checkpoint", str(file))
    document = json.loads(file.read_text())
    document["chains"][0]["number"] += 1
    file.write_text(json.dumps(document))
    assert isinstance(world.run("verify", "--checkpoint", str(file)).exception, InvalidInput)
    world.run("checkpoint", str(file))
    (tmp_path / "audit.key").write_text("A" * 43)
    refused = world.run("verify", "--checkpoint", str(file)).exception
    assert isinstance(refused, InvalidInput)
    assert "signed by the key" in str(refused.faults[0])


def test_a_bundle_is_verified_without_its_host(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file and the public key alone; one figure changed in it is found."""
    bundle, key = tmp_path / "klaeng.jsonl", world.run("key").stdout.strip()
    assert world.run("export", str(bundle), "--tenant", "klaeng").exit_code == 0
    monkeypatch.setenv("COLDCHAIN_DATABASE_URL", "sqlite:////nowhere/none.db")
    told = json.loads(world.run("verify", "--bundle", str(bundle), "--public-key", key, "--json").stdout)
    assert (told["chains"][0]["readings"], told["chains"][0]["dropped"]) == (6, 0)
    content = bundle.read_text()
    for old, new in (("1301", "1299"), ("klaeng", "glaeng"), ('"number": 2', '"number": 3')):
        assert old in content
        bundle.write_text(content.replace(old, new, 1))
        assert isinstance(world.run("verify", "--bundle", str(bundle), "--public-key", key).exception, CheckFailed)
    bundle.write_text("\n".join(content.splitlines()[:-1]))
    assert "truncated" in str(world.run("verify", "--bundle", str(bundle), "--public-key", key).exception)
    for old, new in (
        ('"dropped_before_ms": 0', '"dropped_before_ms": 9000000000000'),
        ('"readings": true', '"readings": false'),
    ):
        assert old in content.partition("\n")[0]
        bundle.write_text(content.replace(old, new, 1))
        refused = world.run("verify", "--bundle", str(bundle), "--public-key", key).exception
        assert isinstance(refused, InvalidInput)
        assert "signature" in str(refused.faults[0])
    bundle.write_text("nonsense\n")
    assert isinstance(world.run("verify", "--bundle", str(bundle), "--public-key", key).exception, InvalidInput)


def test_what_retention_took_is_not_missed(world: World) -> None:
    """Dropped as past its retention: told as that, and the links still hold."""
    with world.database.write() as session:
        allow_drop(session, NOW_MS + 60_000)
    world.tamper(f"DELETE FROM reading WHERE measured_at_ms < {NOW_MS + 60_000}")
    assert "2 of them past their retention" in world.run("verify").stdout
