"""All tables, imported so that the metadata is complete: for foreign keys, migrations and tests."""

from sqlalchemy import MetaData

import services.alarms.tables
import services.db.tables
import services.demand.tables
import services.devices.tables
import services.evidence.tables
import services.fleet.tables
import services.guests.tables
import services.hubs.tables
import services.identity.tables
import services.lots.tables
import services.plans.tables
import services.readings.tables
import services.runs.tables
import services.shipments.tables
import services.sourcing.tables
import services.stream.tables
import services.trace.tables
import services.workers.tables  # noqa: F401
from services.db.schema import Table


def complete_metadata() -> MetaData:
    """The metadata with every table of every feature."""
    return Table.metadata
