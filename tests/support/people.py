"""People of a tenant, and browsers in which they are signed in."""

import uuid

import httpx

from services.db.engine import Database
from services.identity import users
from services.identity.logic import Role
from services.identity.scope import WHOLE_TENANT, Scope
from services.identity.users import Purpose
from services.web.session import entry_path
from tests.support.api import NOON_MS, LiveApi

NOK = "nok@klaeng.example"
PASSWORD = "two green mangosteens"


def person(
    database: Database,
    tenant_id: uuid.UUID,
    role: Role,
    *,
    scope: Scope = WHOLE_TENANT,
    email: str | None = None,
    now_ms: int = NOON_MS,
) -> uuid.UUID:
    """A new user without a password."""
    address = email or f"{role}-{uuid.uuid4().hex[:8]}@example.org"
    with database.write() as session:
        return users.add_user(
            session, tenant_id, email=address, name=role.title(), role=role, now_ms=now_ms, scope=scope
        ).id


def way_in(database: Database, tenant_id: uuid.UUID, role: Role = Role.AUDITOR, now_ms: int = NOON_MS) -> str:
    """The path of a new user's entry link."""
    user_id = person(database, tenant_id, role, now_ms=now_ms)
    with database.write() as session:
        return entry_path(session, tenant_id, user_id, now_ms)


def browser(api: LiveApi, role: Role, tenant: str = "klaeng", scope: Scope = WHOLE_TENANT) -> httpx.Client:
    """A client that holds the session of a new user and sends its CSRF token."""
    with api.database.write() as session:
        tenant_id = api.tenant_id(session, tenant)
    user_id = person(api.database, tenant_id, role, scope=scope, now_ms=api.clock())
    with api.database.write() as session:
        ticket = users.issue_ticket(session, users.found(session, tenant_id, user_id), Purpose.ENTRY, api.clock())
    client = api.anonymous()
    answer = client.post("/v1/session/entry", json={"ticket": ticket})
    assert answer.status_code == 200, answer.text
    client.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
    return client
