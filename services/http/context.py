"""What an endpoint may ask for, made once in wiring (`services.app.create_app`) and kept on the application.

    @router.get("/villages")
    def list_villages(caller: Annotated[Caller, require(Role.COORDINATOR)], database: Db) -> Page[Village]:
        with database.read() as session:
            return store.villages(session, caller.tenant_id, ...)

Endpoints are plain `def`: they run on a thread, and one request is one `database.read()` or `database.write()` block,
so that what was answered is committed. `require` lives in `services.identity.access`.
"""

from typing import Annotated, cast

from fastapi import Depends, Request

from services.clock import Clock
from services.db.engine import Database
from services.settings import Settings
from telemetry.freshness import Catalogue


async def _database(request: Request) -> Database:
    return cast("Database", request.app.state.database)


async def _settings(request: Request) -> Settings:
    return cast("Settings", request.app.state.settings)


async def _now_ms(request: Request) -> int:
    return cast("Clock", request.app.state.clock)()


async def _machine_now_ms(request: Request) -> int:
    return cast("Clock", request.app.state.machine_clock)()


async def _catalogue(request: Request) -> Catalogue:
    return cast("Catalogue", request.app.state.catalogue)


Db = Annotated[Database, Depends(_database)]
"""The database of this application."""

AppSettings = Annotated[Settings, Depends(_settings)]
"""The settings this application was started with."""

NowMs = Annotated[int, Depends(_now_ms)]
"""UTC epoch milliseconds at the start of this request, from the application's clock."""

MachineNowMs = Annotated[int, Depends(_machine_now_ms)]
"""UTC epoch milliseconds of the machine, by which keys expire even where a demo sets the time."""

Commodities = Annotated[Catalogue, Depends(_catalogue)]
"""The commodity catalogue, read once at start."""
