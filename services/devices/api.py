"""`/v1/gateways`."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path

from services.devices import logic, store
from services.devices.schemas import BridgeDocument, GatewayDocument, IssuedGatewayDocument, Name, NewBridge, NewGateway
from services.devices.tables import Bridge
from services.errors import Conflict, InvalidInput, NotFound
from services.http.context import Db, NowMs
from services.http.paging import Page, Paging, page_of
from services.http.problems import answers
from services.identity.access import READERS, require
from services.identity.logic import Caller, Role
from telemetry.topics import Address, Kind, bridge_filter, format_topic

router = APIRouter(tags=["gateways"])

Reader = Annotated[Caller, require(*READERS)]
ApplicationRef = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}(@[A-Za-z0-9_-]{1,64})?$", max_length=129)]
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


@router.get("/v1/gateways/{gateway}/bridges", responses=answers(NotFound))
def list_bridges(gateway: Name, caller: Reader, database: Db) -> list[BridgeDocument]:
    """The applications of LoRaWAN network servers whose uplinks count as this gateway's."""
    with database.read() as session:
        return [_shown(bridge) for bridge in logic.bridges(session, caller.tenant_id, gateway)]


@router.post("/v1/gateways/{gateway}/bridges", status_code=201, responses=answers(Conflict, InvalidInput, NotFound))
def add_bridge(gateway: Name, new: NewBridge, caller: Editor, database: Db, now_ms: NowMs) -> BridgeDocument:
    """Let the uplinks of an application count as this gateway's; its account may publish them within seconds."""
    with database.write() as session:
        owner = logic.gateway_named(session, caller.tenant_id, gateway)
        return _shown(logic.add_bridge(session, caller.tenant_id, owner, new.format, new.application, now_ms))


@router.delete("/v1/gateways/{gateway}/bridges/{format}/{application}", status_code=204, responses=answers(NotFound))
def remove_bridge(
    gateway: Name, format: Literal["chirpstack", "tts"], application: ApplicationRef, caller: Editor, database: Db
) -> None:
    """Take a bridge away; what the application sends from then on goes to the dead letters."""
    with database.write() as session:
        logic.remove_bridge(session, caller.tenant_id, gateway, format, application)


@router.post("/v1/gateways/{gateway}/revoke", responses=answers(NotFound))
def revoke_gateway(gateway: Name, caller: Editor, database: Db, now_ms: NowMs) -> GatewayDocument:
    """Shut a gateway out; the broker cuts its connection within seconds."""
    with database.write() as session:
        return GatewayDocument.model_validate(logic.revoke_gateway(session, caller.tenant_id, gateway, now_ms))


def _shown(bridge: Bridge) -> BridgeDocument:
    return BridgeDocument(
        format=bridge.format,
        application=bridge.application,
        topic=bridge_filter(bridge.format, bridge.application),
        created_at=bridge.created_at_ms,
    )
