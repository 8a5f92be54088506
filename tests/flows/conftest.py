"""A village's day on both databases: the API, and each worker's turns taken when a test says so."""

import pytest

from tests.flows.floor import Floor
from tests.support.orchard import Orchard


@pytest.fixture
def floor(orchard: Orchard) -> Floor:
    return Floor(orchard)
