"""The database that a command works on."""

from contextlib import closing

from services.db.engine import Database
from services.settings import load_settings


def opened() -> closing[Database]:
    """The database of the settings, closed at the end of the block."""
    return closing(Database(load_settings().resolved_database_url()))
