"""A tenant with gateways in a database, and messages stored for them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from services.db.engine import Database
from services.devices.logic import add_gateway
from services.devices.tables import Sensor
from services.identity.logic import add_tenant
from services.readings.writer import SqlReadingStore
from telemetry.intake import Intake
from telemetry.ports import Message, Stored
from tests.support.messages import NOW_MS


def add_demo(database: Database, gateways: Sequence[str] = ("gw-1",), slug: str = "demo") -> UUID:
    """A tenant with these gateways."""
    with database.write() as session:
        tenant = add_tenant(session, slug, slug.title(), NOW_MS)
        for name in gateways:
            add_gateway(session, tenant.id, slug, name, NOW_MS)
        return tenant.id


def take(database: Database, *messages: Message) -> Stored:
    """Decode, check and store messages as ingest does, with a memory of nothing."""
    intake = Intake(SqlReadingStore(database))
    return intake.store(intake.sort(messages))


def sensor_id(database: Database, name: str) -> int:
    """The id under which a sensor's readings stand."""
    with database.read() as session:
        return session.scalars(select(Sensor.id).where(Sensor.external_id == name)).one()
