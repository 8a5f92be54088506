"""The desk that tests of evidence sit at."""

import pytest

from tests.evidence.desk import Desk
from tests.support.orchard import Orchard


@pytest.fixture
def desk(orchard: Orchard) -> Desk:
    return Desk(orchard)
