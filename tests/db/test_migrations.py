"""The history runs on both databases, there and back, and ends at the tables that the code declares."""

from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import URL, inspect, text

from services.db.engine import Database
from services.db.migrate import alembic_config, downgrade, drift, upgrade
from services.errors import Unavailable
from tests.support.postgres import fresh_database


def test_migrated_schema_is_the_declared_one(database: Database) -> None:
    """No difference between the migrated database and the tables in the code."""
    assert drift(database) == []


def test_missing_column_is_reported(database: Database) -> None:
    """A table that was changed by hand is named."""
    with database.write() as session:
        session.execute(text("ALTER TABLE village DROP COLUMN name_th"))
    assert any("name_th" in difference for difference in drift(database))


def test_unmigrated_database_is_reported(tmp_path: Path) -> None:
    """An empty database names the revision that it lacks."""
    database = Database(f"sqlite:///{tmp_path / 'empty.db'}")
    head = ScriptDirectory.from_config(alembic_config()).get_current_head()
    assert drift(database) == [f"the database is at revision none, this version needs {head}"]
    database.close()


def test_downgrade_leaves_nothing_behind(database: Database) -> None:
    """Going back to the start drops every table of ours."""
    downgrade(database, "base")
    assert set(inspect(database.engine).get_table_names()) <= {"alembic_version"}


def test_upgrade_twice_changes_nothing(postgres: URL) -> None:
    """A second upgrade finds nothing to do."""
    with fresh_database(postgres) as url:
        database = Database(url)
        assert upgrade(database) == upgrade(database)
        database.close()


def test_unreachable_database_says_so_without_the_password() -> None:
    """The error names the host and hides the password."""
    database = Database("postgresql+psycopg://user:hunter2@127.0.0.1:1/none")
    with pytest.raises(Unavailable) as caught, database.read() as session:
        session.execute(text("SELECT 1"))
    assert "127.0.0.1:1" in caught.value.detail
    assert "hunter2" not in caught.value.detail
