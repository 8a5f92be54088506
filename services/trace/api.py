"""`/v1/shipments/{shipment}/trace…` for who works here, and `/t/{token}` for who scans a QR code."""

import io
import uuid
from typing import Annotated, Any

import segno
from fastapi import APIRouter, BackgroundTasks, Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import Field

from services.alarms.sealed import Seal
from services.db.acting import act_for
from services.db.engine import Database
from services.devices.subjects import SubjectKind
from services.errors import NotFound
from services.http.context import AppSettings, Commodities, Db, NowMs
from services.http.fields import Document, Instant, Ref, example
from services.http.problems import answers
from services.identity.access import READERS, require
from services.identity.logic import Caller, Role
from services.readings.status import shown_at, statuses
from services.settings import Settings
from services.shipments import logic as shipments
from services.trace import links, page, store
from services.trace.epcis import document
from services.trace.thread import thread_of

router = APIRouter(tags=["trace"])
public = APIRouter(include_in_schema=False)

Reader = Annotated[Caller, require(*READERS, own=(Role.EXPORTER,))]
Sharer = Annotated[Caller, require(Role.COORDINATOR, own=(Role.EXPORTER,))]

RECORD = {
    "key": "receipt:LOT-1",
    "kind": "receipt",
    "at": "2026-11-23T07:45:00Z",
    "facts": {"lot": "LOT-1", "hub": "LCB", "decision": "accepted", "weight_g": 420_000},
    "follows": ["collection:20261123-TRK-7-1-9f31-1"],
}


class RecordDocument(Document):
    """One thing that happened, and the records that it follows from."""

    model_config = example(RECORD)

    key: str
    kind: str
    at: Instant
    facts: dict[str, Any]
    follows: list[str]


class TraceDocument(Document):
    """A shipment's thread in the order in which it happened."""

    model_config = example({"shipment": "SHP-1", "records": [RECORD]})

    shipment: str
    records: list[RecordDocument]


class TraceLinkDocument(Document):
    """The address behind a shipment's QR code, and how often it was looked at."""

    model_config = example({"url": "https://chain.example/t/Zk3…", "views": 12, "created_at": "2026-11-23T07:45:00Z"})

    url: str
    views: Annotated[int, Field(ge=0)]
    created_at: Instant


@router.get("/v1/shipments/{shipment}/trace", responses=answers(NotFound))
def get_trace(shipment: Ref, caller: Reader, database: Db) -> TraceDocument:
    """Where a shipment comes from: demand, sourcing, harvest, run, hub, way and arrival, each naming the one before."""
    with database.read() as session:
        row = shipments.found(session, caller.tenant_id, shipment, caller.scope)
        thread = thread_of(session, caller.tenant_id, row)
    records = [
        RecordDocument(
            key=record.key, kind=record.kind, at=record.at_ms, facts=record.facts, follows=list(record.follows)
        )
        for record in thread.records
    ]
    return TraceDocument(shipment=row.code, records=records)


@router.get("/v1/shipments/{shipment}/trace.epcis", responses=answers(NotFound))
def get_epcis(
    shipment: Ref, caller: Reader, database: Db, settings: AppSettings, request: Request, now_ms: NowMs
) -> dict[str, Any]:
    """The same as a GS1 EPCIS 2.0 document (JSON-LD), for the buyer's own systems."""
    with database.read() as session:
        row = shipments.found(session, caller.tenant_id, shipment, caller.scope)
        thread = thread_of(session, caller.tenant_id, row)
    return document(thread, _base(settings, request), now_ms)


@router.post("/v1/shipments/{shipment}/trace-link", responses=answers(NotFound))
def make_link(
    shipment: Ref, caller: Sharer, database: Db, settings: AppSettings, request: Request, now_ms: NowMs
) -> TraceLinkDocument:
    """The address of the public trace page, for a QR code on pallets; the same one until it is revoked."""
    with database.write() as session:
        row = shipments.found(session, caller.tenant_id, shipment, caller.scope)
        link, token = links.make(session, row, caller.name, Seal(settings.resolved_secret_key()), now_ms)
        url = f"{_base(settings, request)}{links.PATH}{token}"
        return TraceLinkDocument(url=url, views=link.views, created_at=link.created_at_ms)


@router.delete("/v1/shipments/{shipment}/trace-link", status_code=204, responses=answers(NotFound))
def revoke_link(shipment: Ref, caller: Sharer, database: Db, now_ms: NowMs) -> None:
    """Take the page back: codes that were printed lead nowhere from now on."""
    with database.write() as session:
        row = shipments.found(session, caller.tenant_id, shipment, caller.scope)
        links.revoke(session, caller.tenant_id, row, now_ms)


@router.get(
    "/v1/shipments/{shipment}/trace-link.svg",
    response_class=Response,
    responses={200: {"content": {"image/svg+xml": {}}}, **answers(NotFound)},
)
def get_qr_code(shipment: Ref, caller: Sharer, database: Db, settings: AppSettings, request: Request) -> Response:
    """The QR code of the trace page, to be printed. Raises NotFound until there is a link."""
    with database.read() as session:
        row = shipments.found(session, caller.tenant_id, shipment, caller.scope)
        link = store.link_in_force(session, caller.tenant_id, row.id)
        if link is None:
            raise NotFound("The shipment has no trace link; POST …/trace-link makes one.")
        token = Seal(settings.resolved_secret_key()).open(link.sealed_token)
    drawn = io.BytesIO()
    segno.make_qr(f"{_base(settings, request)}{links.PATH}{token}", error="m").save(drawn, kind="svg", scale=4)
    return Response(drawn.getvalue(), media_type="image/svg+xml")


@public.get(links.PATH + "{token}")
def show_trace(
    token: str,
    request: Request,
    database: Db,
    commodities: Commodities,
    now_ms: NowMs,
    background: BackgroundTasks,
    lang: Annotated[str | None, Query(max_length=2)] = None,
) -> Response:
    """The public page behind a QR code."""
    language = page.language_of(lang, request.headers.get("accept-language", ""))
    with database.read() as session:
        link = links.link_behind(session, token)
    if link is None:
        return HTMLResponse(page.missing(language), 404, headers=page.MISSING_HEADERS)
    act_for(link.tenant_id, f"trace link {link.token_sha256.hex()[:12]}")
    with database.read() as session:
        shipment = links.shipment_behind(session, link)
        if shipment is None:
            return HTMLResponse(page.missing(language), 404, headers=page.MISSING_HEADERS)
        thread = thread_of(session, shipment.tenant_id, shipment)
        status = statuses(session, shipment.tenant_id, SubjectKind.SHIPMENT, [shipment.id]).get(shipment.id)
    shown = shown_at(status, now_ms)
    keeps_until_ms = status.keeps_until_ms if status is not None and shown.assessed else None
    text, headers = page.render(thread, language, commodities, verdict=shown.verdict, keeps_until_ms=keeps_until_ms)
    background.add_task(_count, database, link.tenant_id, link.token_sha256)
    return HTMLResponse(text, headers=headers, background=background)


def _count(database: Database, tenant_id: uuid.UUID, token_sha256: bytes) -> None:
    act_for(tenant_id, f"trace link {token_sha256.hex()[:12]}")
    with database.write() as session:
        store.count_view(session, tenant_id, token_sha256)


def _base(settings: Settings, request: Request) -> str:
    return (settings.public_url or str(request.base_url)).rstrip("/")
