"""Absence as it follows from what is stored."""

from services.db.engine import Database
from services.devices.logic import revoke_gateway
from services.readings.presence import absent
from telemetry.presence import Absent
from tests.readings.world import add_demo, take
from tests.support.messages import NOW_MS, message, native

HOUR_MS = 3_600_000


def test_dead_gateway_is_told_once_and_a_revoked_one_not_at_all(database: Database) -> None:
    """An hour of silence of two sensors behind one gateway; after it was revoked nobody misses it."""
    tenant_id = add_demo(database)
    take(database, message(native("A")), message(native("B")))
    with database.read() as session:
        assert absent(session, tenant_id, NOW_MS) == []
        (found,) = absent(session, tenant_id, NOW_MS + HOUR_MS)
    assert (found.what, found.name, found.sensors) == (Absent.GATEWAY, "gw-1", ("A", "B"))
    with database.write() as session:
        revoke_gateway(session, tenant_id, "gw-1", NOW_MS)
    with database.read() as session:
        assert absent(session, tenant_id, NOW_MS + HOUR_MS) == []


def test_other_tenants_silence_is_not_ours(database: Database) -> None:
    """Each tenant hears of its own."""
    tenant_id = add_demo(database)
    add_demo(database, slug="other")
    take(database, message(native("A"), topic="coldchain/v1/other/gw-1/up"))
    with database.read() as session:
        assert absent(session, tenant_id, NOW_MS + HOUR_MS) == []
