"""The second wall, on PostgreSQL: what is done for one tenant sees and changes no other's rows, whatever is asked."""

import uuid
from collections.abc import Iterator

import pytest
from sqlalchemy import URL, inspect, select, text
from sqlalchemy.exc import ProgrammingError

from services.db.acting import Acting, Reach, acting_as
from services.db.engine import APP_ROLE, Database
from services.db.registry import complete_metadata
from services.devices.logic import sender_named
from services.fleet.tables import Hub
from services.identity import logic as identity
from services.identity.logic import Role
from services.readings.writer import SqlReadingStore
from telemetry.ports import Batch, Uplink
from telemetry.reading import Reading
from telemetry.topics import Address, Kind, format_topic

NOW_MS = 1_795_410_000_000
OPEN = {
    "worker_heartbeat": "signs of life of processes, of no tenant",
    "untimed_message": "fingerprints of messages; nothing done for a tenant may read it at all",
    "retention": "one instant for the whole installation",
    "alembic_version": "the revision of the schema",
}
UNFORCED = {"reading": "COPY can't enter a table whose row-level security holds for the login that ingest uses"}


@pytest.fixture
def database(postgres_url: URL) -> Iterator[Database]:
    database = Database(postgres_url)
    yield database
    database.close()


@pytest.fixture
def tenants(database: Database) -> list[uuid.UUID]:
    """Two tenants, each with a hub, a key, a gateway, and readings of a sensor."""
    ids = []
    store = SqlReadingStore(database)
    place = {"kind": "seaport", "name": "Port", "latitude": 13.0, "longitude": 101.0, "opens_s": 0, "closes_s": 86_400}
    for slug in ("klaeng", "trat"):
        with database.write() as session:
            tenant_id = identity.add_tenant(session, slug, slug, NOW_MS).id
            sender_named(session, tenant_id, "GW-1", NOW_MS)
            identity.add_key(session, tenant_id, name="desk", role=Role.AUDITOR, now_ms=NOW_MS)
            session.add(Hub(id=uuid.uuid4(), tenant_id=tenant_id, code="LCB", created_at_ms=NOW_MS, **place))
        address = Address(slug, "GW-1", Kind.UP)
        for temperature in (1300, 1400):  # the second contradicts the first
            readings = (Reading("TH-1", NOW_MS, temperature),)
            store.store(Batch((Uplink(address, readings, (), 1, format_topic(address), b"{}", NOW_MS + temperature),)))
        ids.append(tenant_id)
    return ids


def for_tenant(tenant: uuid.UUID | Reach) -> Acting:
    return Acting("test", tenant)


def test_every_table_is_behind_the_wall(database: Database) -> None:
    """Enabled and forced, or named above with the reason."""
    with database.engine.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class"
                " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition"
            )
        ).all()
        names = set(inspect(connection).get_table_names())
    assert set(complete_metadata().tables) <= names
    assert {name for name, enabled, _ in rows if not enabled} == set(OPEN)
    assert {name for name, enabled, forced in rows if enabled and not forced} == set(UNFORCED)


def test_a_query_without_the_tenant_finds_only_the_own(database: Database, tenants: list[uuid.UUID]) -> None:
    """Every table that both have rows in: each sees its own, nobody known sees none, a worker sees both."""
    seen = set()
    with database.read() as session:
        both = {table.name: session.execute(select(table)).all() for table in complete_metadata().sorted_tables}
    for table in complete_metadata().sorted_tables:
        if table.name in OPEN or not both[table.name]:
            continue
        found = []
        for tenant_id in tenants:
            with acting_as(for_tenant(tenant_id)), database.read() as session:
                rows = session.execute(select(table)).mappings().all()
            assert all(row.get("tenant_id", tenant_id) == tenant_id for row in rows), table.name
            found.append(rows)
        with acting_as(for_tenant(Reach.NONE)), database.read() as session:
            assert session.execute(select(table)).all() == [], table.name
        assert len(found[0]) == len(found[1]) > 0, table.name
        assert len(found[0]) + len(found[1]) == len(both[table.name]), table.name
        seen.add(table.name)
    assert {"hub", "api_key", "gateway", "sensor", "tenant", "journal_entry", "chain_head"} <= seen
    assert {"reading", "reading_batch", "reading_conflict", "sensor_latest", "dirty", "gateway_sequence"} <= seen


def test_nothing_is_written_for_another(database: Database, tenants: list[uuid.UUID]) -> None:
    """A new row of the other tenant is refused; a change of its rows finds none."""
    own, other = tenants
    with pytest.raises(ProgrammingError, match="row-level security"), acting_as(for_tenant(own)):  # noqa: SIM117
        with database.write() as session:
            identity.add_key(session, other, name="mine", role=Role.ADMIN, now_ms=NOW_MS)
    with acting_as(for_tenant(own)), database.write() as session:
        for hub in session.scalars(select(Hub)):
            hub.name = "Harbour"
    with database.read() as session:
        names = dict(session.execute(select(Hub.tenant_id, Hub.name)).all())
    assert names == {own: "Harbour", other: "Port"}


@pytest.mark.parametrize("table", ["reading", "reading_batch", "reading_conflict", "journal_entry"])
def test_records_can_not_even_be_tried(database: Database, tenants: list[uuid.UUID], table: str) -> None:
    """The role has no right to update or delete them, nor to touch a partition by its own name."""
    column = {"reading": "flags", "reading_conflict": "flags"}.get(table, "number")
    for statement in (f"UPDATE {table} SET {column} = 0", f"DELETE FROM {table}", f"TRUNCATE {table}"):
        with pytest.raises(ProgrammingError, match="permission denied"), acting_as(for_tenant(tenants[0])):  # noqa: SIM117
            with database.write() as session:
                session.execute(text(statement))


def test_partitions_and_marks_are_out_of_reach(database: Database, tenants: list[uuid.UUID]) -> None:
    """By the partition's name, the wall would not stand."""
    for table in ("reading_w20261123", "untimed_message"):
        with pytest.raises(ProgrammingError, match="permission denied"), acting_as(for_tenant(tenants[0])):  # noqa: SIM117
            with database.read() as session:
                session.execute(text(f"SELECT * FROM {table}"))


def test_the_role_ends_with_the_transaction(database: Database, tenants: list[uuid.UUID]) -> None:
    """A pooled connection keeps neither role nor tenant."""
    with acting_as(for_tenant(tenants[0])), database.read() as session:
        assert session.scalar(text("SELECT current_user")) == APP_ROLE
    with database.engine.connect() as connection:
        assert connection.scalar(text("SELECT current_user")) != APP_ROLE
        assert connection.scalar(text("SELECT current_setting('coldchain.tenant', true)")) in {"", None}


def test_a_day_of_readings_is_found_by_its_key(database: Database, tenants: list[uuid.UUID]) -> None:
    """The wall does not keep the 24-hour query from the primary key of the readings."""
    with acting_as(for_tenant(tenants[0])), database.read() as session:
        sensor = session.scalar(text("SELECT id FROM sensor"))
        session.execute(text("SET LOCAL enable_seqscan = off"))
        plan = session.scalars(
            text(
                "EXPLAIN SELECT * FROM reading WHERE sensor_id = :sensor AND measured_at_ms >= :from_ms"
                " AND measured_at_ms < :to_ms ORDER BY measured_at_ms"
            ),
            {"sensor": sensor, "from_ms": NOW_MS - 86_400_000, "to_ms": NOW_MS},
        ).all()
    assert any("pkey" in line and "Index" in line for line in plan), plan
