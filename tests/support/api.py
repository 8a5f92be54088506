"""The API under test: the real application behind a real server on a free loopback port."""

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx
import uvicorn
from fastapi import FastAPI
from sqlalchemy.orm import Session

from services.app import create_app
from services.commands.api import listen
from services.db.engine import Database
from services.http.limits import Limits
from services.identity import logic, store
from services.identity.logic import Role
from services.identity.scope import WHOLE_TENANT, Scope
from services.settings import Settings

NOON_MS = 1_795_410_000_000
"""2026-11-23T05:00:00Z, noon in Bangkok: when tests happen."""


@dataclass
class SetClock:
    """A clock that stands until it is set."""

    now_ms: int = NOON_MS

    def __call__(self) -> int:
        return self.now_ms


@dataclass
class LiveApi:
    """A served application, its database and its clock; each test has tenants of its own.

    `client(...)` signs in with a fresh key of a tenant that is added when it is new; "klaeng" is another tenant in
    each test.
    """

    url: str
    database: Database
    clock: SetClock
    app: FastAPI
    suffix: str = field(default_factory=lambda: uuid.uuid4().hex[:8])
    _clients: list[httpx.Client] = field(default_factory=list)

    def anonymous(self) -> httpx.Client:
        return self._keep(httpx.Client(base_url=self.url, timeout=30))

    def client(
        self,
        role: Role = Role.COORDINATOR,
        tenant: str = "klaeng",
        gateway: str | None = None,
        scope: Scope = WHOLE_TENANT,
    ) -> httpx.Client:
        """A client with a new key of ``role`` in ``tenant``, for the records in ``scope``."""
        return self.with_key(self.key(role, tenant, gateway, scope))

    def key(self, role: Role, tenant: str = "klaeng", gateway: str | None = None, scope: Scope = WHOLE_TENANT) -> str:
        name = f"{role}-{uuid.uuid4().hex[:8]}"
        with self.database.write() as session:
            tenant_id = self.tenant_id(session, tenant)
            issued = logic.add_key(
                session, tenant_id, name=name, role=role, now_ms=self.clock(), gateway=gateway, scope=scope
            )
        return issued.text

    def tenant_id(self, session: Session, tenant: str = "klaeng") -> uuid.UUID:
        """The id of this test's tenant of that name, which is added when it is new."""
        slug = f"{tenant}-{self.suffix}"
        known = store.tenant_by_slug(session, slug)
        return (known or logic.add_tenant(session, slug, tenant.title(), NOON_MS)).id

    def with_key(self, key: str) -> httpx.Client:
        headers = {"Authorization": f"Bearer {key}"}
        return self._keep(httpx.Client(base_url=self.url, headers=headers, timeout=30))

    def for_test(self) -> "LiveApi":
        """The same server at noon, with tenants that no other test has; what tests before have guessed is forgotten."""
        self.clock.now_ms = NOON_MS
        self.app.state.limits = Limits(self.app.state.settings.requests_per_s)
        return LiveApi(self.url, self.database, self.clock, self.app)

    def close(self) -> None:
        for client in self._clients:
            client.close()

    def _keep(self, client: httpx.Client) -> httpx.Client:
        self._clients.append(client)
        return client


@contextmanager
def serve(database: Database, settings: Settings | None = None, clock: SetClock | None = None) -> Iterator[LiveApi]:
    """Serve the application over ``database`` until the block ends."""
    clock = clock or SetClock()
    app = create_app(settings or Settings(), database, clock=clock, machine_clock=clock)
    listener = listen("127.0.0.1", 0)
    server = uvicorn.Server(
        uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=2)
    )
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    api = LiveApi(f"http://127.0.0.1:{listener.getsockname()[1]}", database, clock, app)
    try:
        yield api
    finally:
        api.close()
        server.should_exit = True
        thread.join(10)
        listener.close()
    assert not thread.is_alive()
