"""`/health`, `/ready` and `/metrics`: for load balancers, supervisors and monitors; they tell nothing of any tenant."""

import hmac
import json
import socket
from functools import cache
from importlib.metadata import version
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from services.db.engine import Database
from services.db.migrate import alembic_config
from services.errors import Forbidden, Unavailable
from services.http.context import AppSettings, Db, MachineNowMs, NowMs
from services.http.problems import RETRY_AFTER_S, answers
from services.metrics import CONTENT_TYPE, RequestCounts, exposition
from services.settings import EMBEDDED, Settings
from services.workers import heartbeat

router = APIRouter(tags=["operation"])

WORKERS = ("ingest", "freshness", "planner")
SILENT_AFTER_S = 15.0
BROKER_TIMEOUT_S = 1.0
PAGE: dict[int | str, dict[str, Any]] = {200: {"content": {"text/plain": {"schema": {"type": "string"}}}}}


class Health(BaseModel):
    """This process answers."""

    status: Literal["ok"] = "ok"
    version: str


class Check(BaseModel):
    """One thing that is needed, and whether it is there."""

    ok: bool
    detail: str
    age_s: Annotated[float | None, Field(description="Seconds since a worker's last sign of life.")] = None


class Readiness(BaseModel):
    """`ready`: all is well. `degraded`: the API works, something behind it does not. `unready`: come back later."""

    status: Literal["ready", "degraded", "unready"]
    checks: dict[str, Check]


@router.get("/health")
async def health() -> Health:
    """Whether this process answers; nothing else is asked."""
    return Health(version=version("village-coldchain"))


@router.get("/ready", responses={503: {"model": Readiness, "description": "The database is away, or not upgraded."}})
def ready(database: Db, settings: AppSettings, machine_now_ms: MachineNowMs, response: Response) -> Readiness:
    """Whether all that is needed is there: database, schema, broker, and each worker's last sign of life."""
    checks = {"database": Check(ok=True, detail="reachable")}
    try:
        checks |= _database_checks(database, machine_now_ms)
    except Unavailable:
        checks["database"] = Check(ok=False, detail="can't be reached")
    checks["broker"] = _broker(settings)
    needed = [checks["database"], checks.get("schema", Check(ok=False, detail=""))]
    if not all(check.ok for check in needed):
        response.status_code = 503
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
        return Readiness(status="unready", checks=checks)
    return Readiness(status="ready" if all(check.ok for check in checks.values()) else "degraded", checks=checks)


@router.get("/metrics", response_class=Response, responses=PAGE | answers(Forbidden))
def metrics(
    request: Request, database: Db, settings: AppSettings, now_ms: NowMs, machine_now_ms: MachineNowMs
) -> Response:
    """Figures for Prometheus: from this machine, or with `Authorization: Bearer` and COLDCHAIN_METRICS_KEY."""
    if not _may_scrape(request, settings):
        raise Forbidden(
            "Set COLDCHAIN_METRICS_KEY, and send it as a bearer key; without it, only this machine may ask."
        )
    counts: RequestCounts = request.app.state.request_counts
    with database.read() as session:
        return Response(exposition(session, counts, now_ms, machine_now_ms), media_type=CONTENT_TYPE)


def _database_checks(database: Database, machine_now_ms: int) -> dict[str, Check]:
    with database.read() as session:
        revision = MigrationContext.configure(session.connection()).get_current_revision()
        if revision != head():
            detail = f"at revision {revision or 'none'}, needs {head()}: run `coldchain db upgrade`"
            return {"schema": Check(ok=False, detail=detail)}
        pulses = {pulse.kind: pulse for pulse in heartbeat.pulses(session, machine_now_ms)}
    checks = {"schema": Check(ok=True, detail=f"at revision {revision}")}
    for kind in WORKERS:
        pulse = pulses.get(kind)
        if pulse is None:
            checks[kind] = Check(ok=False, detail="has never run")
        else:
            alive = pulse.age_s <= SILENT_AFTER_S
            checks[kind] = Check(ok=alive, detail="works" if alive else "has gone silent", age_s=round(pulse.age_s, 1))
    return checks


def _broker(settings: Settings) -> Check:
    address = broker_address(settings)
    if address is None:
        return Check(ok=False, detail="has not been started")
    try:
        socket.create_connection(address, timeout=BROKER_TIMEOUT_S).close()
    except OSError:
        return Check(ok=False, detail="can't be reached")
    return Check(ok=True, detail="reachable")


def broker_address(settings: Settings) -> tuple[str, int] | None:
    """Host and port of the broker: the one set, or the embedded one when it has written where it listens."""
    url = settings.broker_url.get_secret_value()
    if url == EMBEDDED:
        file: Path = settings.data_dir / "broker.json"
        try:
            url = json.loads(file.read_text(encoding="utf-8"))["url"]
        except (FileNotFoundError, json.JSONDecodeError, KeyError):
            return None
    parts = urlsplit(url)
    return (parts.hostname or "", parts.port or (8883 if parts.scheme == "mqtts" else 1883))


@cache
def head() -> str | None:
    """The revision that this version needs."""
    return ScriptDirectory.from_config(alembic_config()).get_current_head()


def _may_scrape(request: Request, settings: Settings) -> bool:
    key = settings.metrics_key.get_secret_value()
    if key:
        return hmac.compare_digest(request.headers.get("authorization", "").encode(), f"Bearer {key}".encode())
    return request.client is not None and ip_address(request.client.host).is_loopback
