"""Fixtures that all tests share: both databases, migrated."""

import shutil
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from _pytest.terminal import TerminalReporter
from sqlalchemy import URL, make_url, update

from services.db.engine import Database
from services.db.migrate import upgrade
from services.plans.tables import PlanJob
from services.sourcing.tables import Sourcing
from tests.support.api import LiveApi, serve
from tests.support.optional import ENABLE
from tests.support.orchard import Orchard, plant
from tests.support.postgres import fresh_database, postgres_server


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """Say in one line each which parts were not run here, and the command that enables them."""
    reasons = [report.longrepr[2] for report in terminalreporter.stats.get("skipped", [])]
    missing = sorted({reason.removeprefix("Skipped: ") for reason in reasons if ENABLE in reason})
    for line in missing:
        parts = sum(line in reason for reason in reasons)
        terminalreporter.write_line(f"NOT RUN: {parts} tests, because {line}", yellow=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[URL]:
    """A PostgreSQL server for the session of this worker."""
    # not below pytest's own directory: started by root, the server runs as another user, and each new pytest session
    # shuts other users out of that directory again
    with TemporaryDirectory(prefix="coldchain-pg-") as directory, postgres_server(Path(directory) / "data") as url:
        yield url


@pytest.fixture(scope="session")
def postgres_template(postgres: URL) -> Iterator[URL]:
    """A migrated database that others are copied from, which is quicker than migrating each."""
    with fresh_database(postgres) as url:
        database = Database(url)
        upgrade(database)
        database.close()
        yield url


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file that others are copied from."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    database = Database(f"sqlite:///{path}")
    upgrade(database)
    database.close()
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> URL:
    path = tmp_path / "coldchain.db"
    shutil.copy(sqlite_template, path)
    return make_url(f"sqlite:///{path}")


@pytest.fixture
def postgres_url(postgres: URL, postgres_template: URL) -> Iterator[URL]:
    with fresh_database(postgres, template=postgres_template.database) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A migrated, empty database: each test that asks for it runs on SQLite and on PostgreSQL."""
    url = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    database = Database(url)
    yield database
    database.close()


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveApi]:
    """The API over each database, served once for the session of this worker."""
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("served") / "coldchain.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        databases = nullcontext(make_url(f"sqlite:///{path}"))
    else:
        template = request.getfixturevalue("postgres_template").database
        databases = fresh_database(request.getfixturevalue("postgres"), template=template)
    with databases as url:
        database = Database(url)
        with serve(database) as live:
            yield live
        database.close()


@pytest.fixture
def api(served: LiveApi) -> Iterator[LiveApi]:
    """The API over each database with tenants of this test: `api.client(Role.COORDINATOR).get("/v1/villages")`."""
    live = served.for_test()
    yield live
    live.close()
    with live.database.write() as session:
        # a job left in the queue would be the first that the next test's planner takes
        for jobs in (PlanJob, Sourcing):
            unfinished = jobs.state.in_(("queued", "running", "cancelling"))
            session.execute(update(jobs).where(unfinished).values(state="cancelled"))


@pytest.fixture
def orchard(api: LiveApi) -> Orchard:
    """A tenant with a village, a hub and a truck."""
    return plant(api)
