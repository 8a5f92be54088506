"""What the store stores is sealed in the same transaction: each tenant's readings, each once, in its own chain."""

import uuid

import numpy as np
import pytest
from sqlalchemy import select

from services.db.chain import GENESIS, link_after
from services.db.engine import Database
from services.db.tables import ChainHead, ReadingBatch
from services.devices.logic import sender_named
from services.identity import logic as identity
from services.readings.sealing import record_of, unpacked
from services.readings.tables import StoredReading
from services.readings.writer import SqlReadingStore
from telemetry.ports import Batch, Uplink
from telemetry.reading import Reading
from telemetry.topics import Address, Kind, format_topic

NOW_MS = 1_795_410_000_000


def uplink(tenant: str, *readings: Reading, at_ms: int = NOW_MS) -> Uplink:
    address = Address(tenant, "GW-1", Kind.UP)
    return Uplink(address, readings, (), None, format_topic(address), b"{}", at_ms)


def reading(sensor: str, ago_s: int, temperature_centi_c: int = 1300) -> Reading:
    return Reading(sensor, NOW_MS - ago_s * 1000, temperature_centi_c)


@pytest.fixture
def tenants(database: Database) -> dict[str, uuid.UUID]:
    with database.write() as session:
        ids = {slug: identity.add_tenant(session, slug, slug, NOW_MS).id for slug in ("klaeng", "trat")}
        for tenant_id in ids.values():
            sender_named(session, tenant_id, "GW-1", NOW_MS)
    return ids


def test_each_tenants_readings_are_sealed_once(database: Database, tenants: dict[str, uuid.UUID]) -> None:
    """Two tenants in one batch, then one that is half repetition: counts, keys and links are of what is new."""
    store = SqlReadingStore(database)
    store.store(Batch((uplink("klaeng", reading("A", 60), reading("B", 60)), uplink("trat", reading("A", 60)))))
    later = uplink("klaeng", reading("A", 60), reading("A", 30), reading("A", 90), at_ms=NOW_MS + 5)
    store.store(Batch((later,)))
    store.store(Batch((later,)))
    with database.read() as session:
        batches = session.scalars(select(ReadingBatch).order_by(ReadingBatch.tenant_id, ReadingBatch.number)).all()
        stored = session.execute(select(StoredReading.sensor_id, StoredReading.measured_at_ms)).all()
        heads = {
            head.tenant_id: head for head in session.scalars(select(ChainHead).where(ChainHead.chain == "readings"))
        }
    counts = {
        (slug, batch.number): batch.readings
        for slug, one in tenants.items()
        for batch in batches
        if batch.tenant_id == one
    }
    assert counts == {("klaeng", 1): 2, ("klaeng", 2): 2, ("trat", 1): 1}
    covered = [unpacked(batch.keys, batch.readings) for batch in batches]
    keys = np.concatenate([one.sensor_id for one in covered]), np.concatenate([one.measured_at_ms for one in covered])
    assert sorted(zip(*(one.tolist() for one in keys), strict=True)) == sorted(map(tuple, stored))
    for tenant_id in tenants.values():
        link = GENESIS
        for batch in (one for one in batches if one.tenant_id == tenant_id):
            link = link_after(link, record_of(batch))
            assert batch.link == link
        assert heads[tenant_id].link == link
