"""The pages over a small collection day, served for real."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import URL

from services.db.engine import Database
from services.settings import Settings
from tests.support.api import SetClock, serve
from tests.support.people import way_in
from tests.web import world
from tests.web.world import NOW_MS, World


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


@pytest.fixture
def day(sqlite_url: URL) -> Iterator[tuple[Database, World]]:
    database = Database(sqlite_url)
    yield database, world.build(database)
    database.close()


@pytest.fixture
def url(day: tuple[Database, World], settings: Settings) -> Iterator[str]:
    with serve(day[0], settings, SetClock(NOW_MS)) as api:
        yield api.url


@pytest.fixture
def link(day: tuple[Database, World], url: str) -> str:
    """The link that lets a browser in to the day's tenant."""
    return url + way_in(day[0], day[1].tenant_id)


@pytest.fixture
def visitor(url: str) -> Iterator[httpx.Client]:
    """A browser without a cookie."""
    with httpx.Client(base_url=url) as client:
        yield client


@pytest.fixture
def viewer(visitor: httpx.Client, link: str) -> httpx.Client:
    """A browser that has been let in."""
    assert visitor.get(link).status_code == 303
    return visitor
