"""`/v1/shipments`."""

import uuid
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from sqlalchemy.orm import Session

from services.errors import Conflict, InvalidInput, NotFound
from services.http.context import Db, NowMs
from services.http.etags import AnswerTag
from services.http.fields import Instant, Ref
from services.http.paging import Page, Paging, sent_page
from services.http.problems import answers
from services.identity.access import READERS, require
from services.identity.logic import Caller, Role
from services.identity.once import Once
from services.lots import logic as lots
from services.shipments import logic, store
from services.shipments.schemas import Departed, Loading, NewShipment, ShipmentDocument, ShipmentQuery
from services.shipments.tables import Shipment

router = APIRouter(tags=["shipments"])

Reader = Annotated[Caller, require(*READERS, own=(Role.EXPORTER,))]
Editor = Annotated[Caller, require(Role.COORDINATOR, Role.EXPORTER)]
Receiver = Annotated[Caller, require(Role.COORDINATOR, own=(Role.EXPORTER,))]
At = Annotated[Instant | None, Query(description="When it happened; default: now.")]
MOVES = answers(NotFound, Conflict, InvalidInput)


@router.get("/v1/shipments", response_model=Page[ShipmentDocument])
def list_shipments(
    caller: Reader, database: Db, now_ms: NowMs, paging: Paging, wanted: Annotated[ShipmentQuery, Query()]
) -> Response:
    """Shipments with their freshness: by code, or first what expires first."""

    wants: dict[str, Any] = {
        "limit": paging.fetch,
        "state": wanted.state,
        "verdict": wanted.verdict,
        "exporter": wanted.exporter,
        "code": wanted.code,
        "scope": caller.scope,
    }
    if wanted.order == "fefo":
        after = paging.after(int, uuid.UUID)
        with database.read() as session:
            expires = (after[0], after[1]) if after else None
            rows = store.first_expired(session, caller.tenant_id, now_ms=now_ms, after=expires, **wants)
            shown = logic.documents(session, caller.tenant_id, rows, now_ms)
        return sent_page(paging, shown, Page[ShipmentDocument], key=lambda one: (one.freshness.keeps_until, one.id))
    with database.read() as session:
        rows = store.listed(session, caller.tenant_id, now_ms=now_ms, after_code=paging.after_code(), **wants)
        shown = logic.documents(session, caller.tenant_id, rows, now_ms)
    return sent_page(paging, shown, Page[ShipmentDocument], key=lambda one: (one.code,))


@router.post(
    "/v1/shipments", response_model=ShipmentDocument, status_code=201, responses=answers(Conflict, InvalidInput)
)
def create_shipment(
    new: NewShipment, caller: Editor, database: Db, now_ms: NowMs, once: Once
) -> ShipmentDocument | Response:
    """Add a shipment of lots that a hub has received."""
    with database.write() as session:
        return once.answer(
            session,
            caller,
            lambda: _document(session, caller, logic.add_shipment(session, caller.tenant_id, new, now_ms), now_ms),
        )


@router.get("/v1/shipments/{shipment}", responses=answers(NotFound))
def get_shipment(shipment: Ref, caller: Reader, database: Db, now_ms: NowMs, tag: AnswerTag) -> ShipmentDocument:
    """One shipment with its freshness."""
    with database.read() as session:
        return tag.on(
            _document(session, caller, logic.found(session, caller.tenant_id, shipment, caller.scope), now_ms)
        )


@router.post("/v1/shipments/{shipment}/lots", responses=MOVES)
def load_shipment(shipment: Ref, loading: Loading, caller: Editor, database: Db, now_ms: NowMs) -> ShipmentDocument:
    """Load further lots."""
    with database.write() as session:
        row = logic.found(session, caller.tenant_id, shipment, lock=True)
        loaded = lots.named(session, caller.tenant_id, list(dict.fromkeys(loading.lots)), "/lots")
        logic.load(session, row, loaded, now_ms if loading.loaded_at is None else loading.loaded_at, now_ms)
        return _document(session, caller, row, now_ms)


@router.post("/v1/shipments/{shipment}/departed", responses=MOVES)
def depart_shipment(
    shipment: Ref, caller: Editor, database: Db, now_ms: NowMs, happened: Annotated[Departed, Query()]
) -> ShipmentDocument:
    """The shipment has left its hub."""
    at_ms = now_ms if happened.at is None else happened.at
    with database.write() as session:
        row = logic.depart(session, caller.tenant_id, shipment, at_ms=at_ms, eta_at_ms=happened.eta)
        return _document(session, caller, row, now_ms)


@router.post("/v1/shipments/{shipment}/arrived", responses=MOVES)
def arrive_shipment(shipment: Ref, caller: Receiver, database: Db, now_ms: NowMs, at: At = None) -> ShipmentDocument:
    """The shipment is there; its freshness then is its last word."""
    with database.write() as session:
        logic.found(session, caller.tenant_id, shipment, caller.scope)
        row = logic.arrive(session, caller.tenant_id, shipment, now_ms if at is None else at, now_ms)
        return _document(session, caller, row, now_ms)


def _document(session: Session, caller: Caller, shipment: Shipment, now_ms: int) -> ShipmentDocument:
    row = logic.with_status(session, caller.tenant_id, shipment)
    return logic.documents(session, caller.tenant_id, [row], now_ms)[0]
