"""`/v1/gateways`."""

from typing import Annotated

from fastapi import APIRouter

from services.devices import logic, store
from services.devices.schemas import GatewayDocument, IssuedGatewayDocument, Name, NewGateway
from services.errors import Conflict, InvalidInput, NotFound
from services.http.context import Db, NowMs
from services.http.paging import Page, Paging, page_of
from services.http.problems import answers
from services.identity.access import READERS, require
from services.identity.logic import Caller, Role
from telemetry.topics import Address, Kind, format_topic

router = APIRouter(tags=["gateways"])

Reader = Annotated[Caller, require(*READERS)]
Editor = Annotated[Caller, require(Role.COORDINATOR)]


@router.get("/v1/gateways")
def list_gateways(caller: Reader, database: Db, paging: Paging) -> Page[GatewayDocument]:
    """Gateways by name, revoked ones too."""
    with database.read() as session:
        rows = store.gateways(session, caller.tenant_id, after_name=paging.after_code() or "", limit=paging.fetch)
    return page_of(paging, rows, key=lambda row: (row.name,), document=GatewayDocument.model_validate)


@router.post("/v1/gateways", status_code=201, responses=answers(Conflict, InvalidInput))
def add_gateway(new: NewGateway, caller: Editor, database: Db, now_ms: NowMs) -> IssuedGatewayDocument:
    """Let a gateway in; its password is in the answer and nowhere else. A revoked one is let in again."""
    with database.write() as session:
        tenant = store.tenant_slug(session, caller.tenant_id)
        issued = logic.add_gateway(session, caller.tenant_id, tenant, new.name, now_ms)
        shown = GatewayDocument.model_validate(issued.gateway)
    return IssuedGatewayDocument.model_construct(
        **dict(shown),
        username=issued.username,
        password=issued.password,
        topic=format_topic(Address(tenant, new.name, Kind.UP)),
    )


@router.post("/v1/gateways/{gateway}/revoke", responses=answers(NotFound))
def revoke_gateway(gateway: Name, caller: Editor, database: Db, now_ms: NowMs) -> GatewayDocument:
    """Shut a gateway out; the broker cuts its connection within seconds."""
    with database.write() as session:
        return GatewayDocument.model_validate(logic.revoke_gateway(session, caller.tenant_id, gateway, now_ms))
