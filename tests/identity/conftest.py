"""A person with a password."""

import pytest

from services.identity import users
from services.identity.logic import Role
from tests.support.api import LiveApi
from tests.support.people import NOK, PASSWORD, person


@pytest.fixture
def nok(api: LiveApi) -> dict[str, str]:
    """A coordinator with a password, as she signs in."""
    with api.database.write() as session:
        tenant_id = api.tenant_id(session)
    user_id = person(api.database, tenant_id, Role.COORDINATOR, email=NOK)
    with api.database.write() as session:
        users.set_password(session, users.found(session, tenant_id, user_id), "klaeng", PASSWORD, "/password")
    return {"tenant": f"klaeng-{api.suffix}", "email": "Nok@Klaeng.example", "password": PASSWORD}
