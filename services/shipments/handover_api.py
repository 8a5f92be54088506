"""`/v1/shipments/{shipment}/handovers`."""

from typing import Annotated

from fastapi import APIRouter

from services.errors import Conflict, InvalidInput, NotFound
from services.http.context import Db, NowMs
from services.http.fields import Ref
from services.http.problems import answers
from services.identity.access import READERS, require
from services.identity.logic import Caller, Role
from services.shipments import handovers, logic
from services.shipments.handovers import HandoverDocument, NewHandover

router = APIRouter(tags=["shipments"])

Reader = Annotated[Caller, require(*READERS, own=(Role.EXPORTER,))]
Editor = Annotated[Caller, require(Role.COORDINATOR, own=(Role.EXPORTER,))]


@router.get("/v1/shipments/{shipment}/handovers", responses=answers(NotFound))
def list_handovers(shipment: Ref, caller: Reader, database: Db) -> list[HandoverDocument]:
    """Who had the shipment after whom, in order."""
    with database.read() as session:
        row = logic.found(session, caller.tenant_id, shipment, caller.scope)
        return [HandoverDocument.model_validate(one) for one in handovers.of(session, caller.tenant_id, row)]


@router.post("/v1/shipments/{shipment}/handovers", status_code=201, responses=answers(NotFound, Conflict, InvalidInput))
def record_handover(shipment: Ref, new: NewHandover, caller: Editor, database: Db, now_ms: NowMs) -> HandoverDocument:
    """Record that the shipment passed from one to the next; each takes it from whom the one before gave it to."""
    with database.write() as session:
        row = logic.found(session, caller.tenant_id, shipment, caller.scope, lock=True)
        return HandoverDocument.model_validate(handovers.record(session, row, new, caller.name, now_ms))
