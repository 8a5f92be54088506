"""Connections of PostgreSQL: one round trip to begin, and one that has died is replaced unnoticed."""

from collections.abc import Iterator

import pytest
from sqlalchemy import URL, event, text

from services.db.engine import Database
from services.errors import Unavailable


@pytest.fixture
def database(postgres_url: URL) -> Iterator[Database]:
    database = Database(postgres_url)
    yield database
    database.close()


def process_of(database: Database) -> int:
    with database.read() as session:
        return int(session.scalar(text("SELECT pg_backend_pid()")) or 0)


def test_a_connection_that_has_died_is_replaced(database: Database, postgres_url: URL) -> None:
    """After a restart of the server, the next transaction goes on as if nothing were; reading and writing."""
    other = Database(postgres_url)
    for unit in (database.read, database.write):
        was = process_of(database)
        with other.engine.connect() as connection:
            connection.execute(text("SELECT pg_terminate_backend(:pid, 10000)"), {"pid": was})
        with unit() as session:
            assert session.scalar(text("SELECT pg_backend_pid()")) != was
    other.close()


def test_a_transaction_that_dies_half_way_is_not_begun_anew(database: Database, postgres_url: URL) -> None:
    """What it did is lost with it, so whoever asked is told."""
    other = Database(postgres_url)

    def die_half_way() -> None:
        with database.write() as session:
            was = session.scalar(text("SELECT pg_backend_pid()"))
            with other.engine.connect() as connection:
                connection.execute(text("SELECT pg_terminate_backend(:pid, 10000)"), {"pid": was})
            session.execute(text("SELECT 1"))

    with pytest.raises(Unavailable):
        die_half_way()
    other.close()


def test_a_transaction_begins_in_one_round_trip(database: Database) -> None:
    """BEGIN, role and tenant are one statement, and the driver adds none."""
    process_of(database)
    sent: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *given: sent.append(given[2]))
    with database.read() as session:
        driver = session.connection().connection.dbapi_connection
        assert driver is not None
        assert driver.autocommit
        assert sent == ["BEGIN; SET LOCAL coldchain.tenant = '*'"]
        assert session.scalar(text("SELECT current_setting('coldchain.tenant')")) == "*"


def test_a_level_of_its_own_leaves_the_next_transaction_whole(database: Database) -> None:
    """After a connection was used in another way, BEGIN still comes before the role, once."""
    for level in ("REPEATABLE READ", "AUTOCOMMIT"):
        with database.engine.connect().execution_options(isolation_level=level) as connection:
            connection.execute(text("SELECT 1"))
        with database.read() as session:
            assert session.scalar(text("SELECT current_setting('coldchain.tenant')")) == "*"
        with database.engine.connect() as connection:
            assert connection.scalar(text("SELECT current_setting('coldchain.tenant', true)")) in {"", None}
