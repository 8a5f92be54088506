"""`/v1/shipments/{shipment}/itinerary`."""

from typing import Annotated

from fastapi import APIRouter

from services.errors import Conflict, InvalidInput, NotFound
from services.http.context import Db, NowMs
from services.http.fields import Ref
from services.http.problems import answers
from services.identity.access import READERS, require
from services.identity.logic import Caller, Role
from services.shipments import itinerary, logic
from services.shipments.itinerary import ItineraryDocument, NewItinerary

router = APIRouter(tags=["shipments"])

Reader = Annotated[Caller, require(*READERS, own=(Role.EXPORTER,))]
Editor = Annotated[Caller, require(Role.COORDINATOR, own=(Role.EXPORTER,))]


@router.get("/v1/shipments/{shipment}/itinerary", responses=answers(NotFound))
def get_itinerary(shipment: Ref, caller: Reader, database: Db) -> ItineraryDocument:
    """The planned way, leg by leg."""
    with database.read() as session:
        row = logic.found(session, caller.tenant_id, shipment, caller.scope)
        return itinerary.document(row, itinerary.legs_of(session, caller.tenant_id, [row.id]).get(row.id, ()))


@router.put("/v1/shipments/{shipment}/itinerary", responses=answers(NotFound, Conflict, InvalidInput))
def put_itinerary(
    shipment: Ref, planned: NewItinerary, caller: Editor, database: Db, now_ms: NowMs
) -> ItineraryDocument:
    """Plan the whole way anew; the shipment is due when its last leg ends."""
    with database.write() as session:
        row = logic.found(session, caller.tenant_id, shipment, caller.scope, lock=True)
        return itinerary.document(row, itinerary.plan(session, row, planned.legs, now_ms))
