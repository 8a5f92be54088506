"""`/v1/shipments/{shipment}/links`: who may look at one shipment without an account."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Request

from services.errors import InvalidInput, NotFound
from services.guests import logic, store
from services.guests.schemas import LinkDocument, MadeLinkDocument, NewLink, State
from services.guests.tables import GuestLink
from services.http.context import AppSettings, Db, MachineNowMs
from services.http.fields import Ref
from services.http.paging import Page, Paging, page_of
from services.http.problems import answers
from services.identity.access import READERS, require
from services.identity.logic import Caller, Role
from services.shipments import logic as shipments

router = APIRouter(tags=["shipments"])

Reader = Annotated[Caller, require(*READERS, own=(Role.EXPORTER,))]
Editor = Annotated[Caller, require(Role.COORDINATOR, own=(Role.EXPORTER,))]


@router.get("/v1/shipments/{shipment}/links", responses=answers(NotFound))
def list_links(shipment: Ref, caller: Reader, database: Db, paging: Paging, now_ms: MachineNowMs) -> Page[LinkDocument]:
    """The links to a shipment, ended ones too, with how often each was opened."""
    after = paging.after(int, uuid.UUID)
    with database.read() as session:
        row = shipments.found(session, caller.tenant_id, shipment, caller.scope)
        rows = store.of_shipment(
            session, caller.tenant_id, row.id, after=(after[0], after[1]) if after else None, limit=paging.fetch
        )
    return page_of(
        paging, rows, key=lambda link: (link.created_at_ms, link.id), document=lambda link: _document(link, now_ms)
    )


@router.post("/v1/shipments/{shipment}/links", status_code=201, responses=answers(NotFound, InvalidInput))
def add_link(
    shipment: Ref,
    new: NewLink,
    caller: Editor,
    request: Request,
    settings: AppSettings,
    database: Db,
    now_ms: MachineNowMs,
) -> MadeLinkDocument:
    """Make a link that shows this one shipment to whoever holds it; its address is in the answer and nowhere else."""
    with database.write() as session:
        row = shipments.found(session, caller.tenant_id, shipment, caller.scope)
        made = logic.add_link(session, row, name=new.name, by=caller.name, expires_at_ms=new.expires_at, now_ms=now_ms)
    base = settings.public_url.rstrip("/") or str(request.base_url).rstrip("/")
    return MadeLinkDocument.model_construct(**dict(_document(made.link, now_ms)), url=f"{base}/g/{made.token}")


@router.delete("/v1/shipments/{shipment}/links/{link_id}", status_code=204, responses=answers(NotFound))
def revoke_link(shipment: Ref, link_id: uuid.UUID, caller: Editor, database: Db, now_ms: MachineNowMs) -> None:
    """End a link at once; it stays in the list. Repeating it changes nothing."""
    with database.write() as session:
        logic.revoke(session, shipments.found(session, caller.tenant_id, shipment, caller.scope), link_id, now_ms)


def _document(link: GuestLink, now_ms: int) -> LinkDocument:
    state: State = "in force" if now_ms < link.expires_at_ms else "expired"
    return LinkDocument.model_construct(
        id=link.id,
        name=link.name,
        state=state if link.revoked_at_ms is None else "revoked",
        created_by=link.created_by,
        created_at=link.created_at_ms,
        expires_at=link.expires_at_ms,
        opened=link.opened,
        last_opened_at=link.last_opened_at_ms,
    )
