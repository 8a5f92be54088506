"""Bringing a database to the newest schema, and telling whether it is there."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import InterfaceError, OperationalError

import migrations
from services.db.engine import READ_ONLY, Database
from services.db.registry import complete_metadata
from services.errors import Unavailable

LOCK_KEY = 0x0C01DC4A
"""PostgreSQL advisory lock under which two upgrades wait for each other."""


def alembic_config(connection: Connection | None = None) -> Config:
    """An Alembic configuration that needs no ini file."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def upgrade(database: Database, revision: str = "head") -> str:
    """Bring the schema to ``revision`` in one transaction; answers the revision reached."""
    try:
        with database.engine.begin() as connection:
            if database.is_postgresql:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK_KEY})
                connection.execute(text("SET LOCAL coldchain.tenant = '*'"))
            command.upgrade(alembic_config(connection), revision)
            return MigrationContext.configure(connection).get_current_revision() or "base"
    except (OperationalError, InterfaceError) as error:
        raise Unavailable(f"The database can't be used: {error.orig}") from error


def downgrade(database: Database, revision: str) -> None:
    """Take the schema back to ``revision``; for tests of the history."""
    with database.engine.begin() as connection:
        command.downgrade(alembic_config(connection), revision)


def drift(database: Database) -> list[str]:
    """What differs between this database and the tables of this version; empty when nothing does."""
    head = ScriptDirectory.from_config(alembic_config()).get_current_head()
    try:
        with database.engine.connect().execution_options(**{READ_ONLY: True}) as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": is_ours})
            current = context.get_current_revision()
            if current != head:
                return [f"the database is at revision {current or 'none'}, this version needs {head}"]
            return [str(difference) for difference in compare_metadata(context, complete_metadata())]
    except (OperationalError, InterfaceError) as error:
        raise Unavailable(f"The database can't be used: {error.orig}") from error


def other_revision(database: Database) -> str | None:
    """What to say when the schema is not of this version; None when it is. Raises Unavailable."""
    head = ScriptDirectory.from_config(alembic_config()).get_current_head()
    try:
        with database.engine.connect().execution_options(**{READ_ONLY: True}) as connection:
            current = MigrationContext.configure(connection).get_current_revision()
    except (OperationalError, InterfaceError) as error:
        raise Unavailable(f"The database can't be used: {error.orig}") from error
    return None if current == head else f"the database is at revision {current or 'none'}, this version needs {head}"


def is_ours(_object: object, name: str | None, kind: str, _reflected: bool, _compared: object) -> bool:
    """Leave partitions of the reading table (`reading_w...`) and their indexes out of comparisons."""
    return not (kind in {"table", "index"} and (name or "").startswith("reading_w"))
