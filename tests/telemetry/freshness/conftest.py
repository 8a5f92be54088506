"""One catalogue for all tests of freshness."""

import pytest

from telemetry.freshness import Catalogue, load_catalogue


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load_catalogue()
