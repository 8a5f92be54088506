"""Every change of an audited table is in the journal, whichever way it was made: who, from where, before, after."""

import json
import uuid
from collections.abc import Sequence

import pytest
from sqlalchemy import Executable, delete, insert, select, text, update
from sqlalchemy.orm import Session

from services.db.acting import Acting, acting_as
from services.db.chain import GENESIS, link_after
from services.db.changes import record_of
from services.db.engine import Database
from services.db.journal import UnjournalledChangeError, give_reason
from services.db.policy import ARRIVALS_NOT_AUDITED, COLUMNS_NOT_AUDITED, NOT_AUDITED, is_audited
from services.db.registry import complete_metadata
from services.db.tables import INSTALLATION, ChainHead, JournalEntry
from services.db.upsert import insert_into
from services.devices.tables import Gateway
from services.fleet.tables import Hub
from services.identity.tables import Tenant

AT_MS = 1_795_410_000_000


def hub(tenant_id: uuid.UUID, code: str = "LCB") -> dict:
    place = {"latitude": 13.1, "longitude": 100.9, "opens_s": 0, "closes_s": 86_400, "created_at_ms": AT_MS}
    return {"id": uuid.uuid4(), "tenant_id": tenant_id, "code": code, "kind": "seaport", "name": "Port"} | place


def upserted(session: Session, values: dict) -> Executable:
    return insert_into(session, Hub).values(values).on_conflict_do_update(index_elements=["id"], set_={"name": "x"})


def entries(database: Database, tenant_id: uuid.UUID) -> Sequence[JournalEntry]:
    with database.read() as session:
        query = select(JournalEntry).where(JournalEntry.tenant_id == tenant_id).order_by(JournalEntry.number)
        return session.scalars(query).all()


def told(entry: JournalEntry) -> tuple[str, str, dict | None, dict | None]:
    before, after = entry.before, entry.after
    return entry.operation, entry.object_kind, before and json.loads(before), after and json.loads(after)


@pytest.fixture
def tenant_id(database: Database) -> uuid.UUID:
    identity = uuid.uuid4()
    with database.write() as session:
        session.add(Tenant(id=identity, slug="klaeng", name="Klaeng", created_at_ms=AT_MS))
    return identity


def test_an_object_is_followed_from_its_making_to_its_end(database: Database, tenant_id: uuid.UUID) -> None:
    """Inserted, changed and deleted as an object: all columns, then those that differ, then all again."""
    values = hub(tenant_id)
    with database.write() as session:
        session.add(Hub(**values))
    with database.write() as session:
        session.get_one(Hub, values["id"]).name = "Harbour"
        give_reason(session, "was named wrongly")
    with database.write() as session:
        session.delete(session.get_one(Hub, values["id"]))
    _, added, renamed, deleted = entries(database, tenant_id)
    assert told(added)[:3] == ("insert", "hub", None)
    assert told(renamed) == ("update", "hub", {"name": "Port"}, {"name": "Harbour"})
    assert renamed.reason == "was named wrongly"
    assert added.reason is None
    operation, _, before, after = told(deleted)
    assert (operation, before["name"], after) == ("delete", "Harbour", None)
    assert {entry.object_id for entry in (added, renamed, deleted)} == {str(values["id"])}


def test_statements_are_followed_too(database: Database, tenant_id: uuid.UUID) -> None:
    """Inserts of many rows, those left out on conflict, updates by condition and by key, deletions."""
    one, two = hub(tenant_id, "ONE"), hub(tenant_id, "TWO")
    with database.write() as session:
        session.execute(insert(Hub), [one, two])
        again = {**one, "id": uuid.uuid4()}
        session.execute(insert_into(session, Hub).values([again, hub(tenant_id, "NEW")]).on_conflict_do_nothing())
        session.execute(
            update(Hub).where(Hub.tenant_id == tenant_id, Hub.code != "NEW").values(opens_s=Hub.opens_s + 60)
        )
        session.execute(update(Hub), [{"id": two["id"], "name": "Second"}])
        session.execute(delete(Hub).where(Hub.code == "NEW"))
    found = [told(entry) for entry in entries(database, tenant_id)[1:]]
    assert [operation for operation, *_ in found] == ["insert"] * 3 + ["update"] * 3 + ["delete"]
    assert [after["code"] for _, _, _, after in found[:3]] == ["ONE", "TWO", "NEW"]
    assert [before for _, _, before, _ in found[3:5]] == [{"opens_s": 0}] * 2
    assert [after for _, _, _, after in found[3:5]] == [{"opens_s": 60}] * 2
    assert found[5][2:] == ({"name": "Port"}, {"name": "Second"})
    assert found[6][2]["code"] == "NEW"


def test_who_and_from_where(database: Database, tenant_id: uuid.UUID) -> None:
    """The one that acts is in the entry; outside a request it is the process."""
    with acting_as(Acting("key 1f (desk)", tenant_id, "req-12345", "10.0.0.9")), database.write() as session:
        session.add(Hub(**hub(tenant_id)))
    first, second = entries(database, tenant_id)
    assert (second.actor, second.request_id, second.address) == ("key 1f (desk)", "req-12345", "10.0.0.9")
    assert first.actor
    assert first.request_id == ""


def test_what_is_rolled_back_leaves_no_entry(database: Database, tenant_id: uuid.UUID) -> None:
    """Neither the whole transaction nor a part of it; what stays is there."""
    with database.write() as session:
        session.add(Hub(**hub(tenant_id, "KEPT")))
        session.flush()
        with pytest.raises(ZeroDivisionError), session.begin_nested():  # noqa: PT012
            session.add(Hub(**hub(tenant_id, "GONE")))
            session.flush()
            raise ZeroDivisionError
        with session.begin_nested():
            session.add(Hub(**hub(tenant_id, "INNER")))
    with pytest.raises(ZeroDivisionError), database.write() as session:  # noqa: PT012
        session.add(Hub(**hub(tenant_id, "NEVER")))
        session.flush()
        raise ZeroDivisionError
    found = [told(entry)[3]["code"] for entry in entries(database, tenant_id)[1:]]
    assert found == ["KEPT", "INNER"]


def test_what_changes_nothing_leaves_no_entry(database: Database, tenant_id: uuid.UUID) -> None:
    """The same value again, and signs of life."""
    gateway_id = uuid.uuid4()
    with database.write() as session:
        session.add(Gateway(id=gateway_id, tenant_id=tenant_id, name="GW-1", created_at_ms=AT_MS))
    before = len(entries(database, tenant_id))
    with database.write() as session:
        gateway = session.get_one(Gateway, gateway_id)
        gateway.name, gateway.status = "GW-1", "online"
        session.execute(update(Gateway).values(last_seen_at_ms=AT_MS))
        session.execute(update(Gateway).where(Gateway.id == gateway_id).values(name="GW-1"))
    assert len(entries(database, tenant_id)) == before


def test_an_unloaded_value_is_read_before_it_is_lost(database: Database, tenant_id: uuid.UUID) -> None:
    """A change of an attribute that the session had not loaded: its old value is in the entry all the same."""
    values = hub(tenant_id)
    with database.write() as session:
        session.add(Hub(**values))
    with database.write() as session:
        found = session.get_one(Hub, values["id"])
        session.expire(found, ["name"])
        found.name = "Harbour"
        found.opens_s = Hub.opens_s + 5
    assert told(entries(database, tenant_id)[-1])[2:] == (
        {"name": "Port", "opens_s": 0},
        {"name": "Harbour", "opens_s": 5},
    )


def test_secrets_stay_out(database: Database, tenant_id: uuid.UUID) -> None:
    """A password's hash is told to have changed, and not to what; what is long stands as its digest."""
    with database.write() as session:
        row = Gateway(id=uuid.uuid4(), tenant_id=tenant_id, name="GW-1", created_at_ms=AT_MS, password_bcrypt="$2b$x")
        session.add(row)
        session.flush()
        row.password_bcrypt = "$2b$y"
    *_, added, changed = entries(database, tenant_id)
    assert "$2b$" not in (added.after or "") + (changed.after or "") + (changed.before or "")
    assert told(changed)[2:] == ({"password_bcrypt": "(secret)"}, {"password_bcrypt": "(secret)"})


def test_a_change_past_the_journal_is_refused(database: Database, tenant_id: uuid.UUID) -> None:
    """SQL as text, statements on the connection, and inserts that may turn out to be updates."""
    stated = update(Hub).values(name="x")
    with pytest.raises(UnjournalledChangeError, match="hub"), database.write() as session:
        session.execute(text("UPDATE hub SET name = 'x'"))
    with pytest.raises(UnjournalledChangeError, match="hub"), database.write() as session:
        session.connection().execute(stated)
    with pytest.raises(UnjournalledChangeError, match="hub"), database.write() as session:
        session.connection().exec_driver_sql("WITH t AS (SELECT 1) DELETE FROM hub")
    with pytest.raises(UnjournalledChangeError, match="Read the row first"), database.write() as session:
        session.execute(upserted(session, hub(tenant_id)))


def test_the_chain_holds_from_the_first_entry_to_the_head(database: Database, tenant_id: uuid.UUID) -> None:
    """Numbers without a hole, each link over the one before and its record, the head at the last."""
    for code in ("A", "B"):
        with database.write() as session:
            session.add_all([Hub(**hub(tenant_id, code)), Hub(**hub(tenant_id, code * 2))])
    link = GENESIS
    found = entries(database, tenant_id)
    assert [entry.number for entry in found] == [1, 2, 3, 4, 5]
    for entry in found:
        link = link_after(link, record_of(entry))
        assert entry.link == link
    with database.read() as session:
        head = session.get_one(ChainHead, (tenant_id, "changes"))
        assert (head.number, head.link) == (5, link)


def test_each_table_is_audited_or_named_with_its_reason() -> None:
    """A table that is not named is audited: it has a tenant, and its columns are called as its attributes are."""
    tables = complete_metadata().tables
    assert set(NOT_AUDITED) | set(ARRIVALS_NOT_AUDITED) | set(COLUMNS_NOT_AUDITED) <= set(tables)
    assert all(len(reason) > 10 for reason in (*NOT_AUDITED.values(), *ARRIVALS_NOT_AUDITED.values()))
    for table, hidden in COLUMNS_NOT_AUDITED.items():
        assert hidden <= set(tables[table].columns.keys()), table
    from services.db.schema import Table

    for mapper in Table.registry.mappers:
        table = mapper.local_table
        if is_audited(table.name):
            assert "tenant_id" in table.columns or table.name == "tenant", f"{table.name} is of which tenant?"
            assert {attribute.key for attribute in mapper.column_attrs} == set(table.columns.keys()), table.name


def test_what_is_of_no_tenant_has_a_chain_of_its_own(database: Database) -> None:
    """Entries without a tenant stand in the chain of the installation."""
    from services.db.changes import Change, Operation
    from services.db.journal import note

    with database.write() as session:
        note(session, Change(INSTALLATION, Operation.DROP, "reading", "reading_w20250106", None, None))
    assert [entry.operation for entry in entries(database, INSTALLATION)] == ["drop"]


def test_a_read_session_is_a_plain_session(database: Database) -> None:
    """Reading has no journal to keep."""
    with database.read() as session:
        assert type(session) is Session
