"""Read models of the app: `/v1/clock`, `/v1/commodity-names`, `/v1/board`, and a shipment's record to draw."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Request

from services.clock import SimulatedClock
from services.errors import NotFound
from services.http.context import Commodities, Db, NowMs
from services.http.fields import Ref
from services.http.problems import answers
from services.identity.access import LIMITED, READERS, require
from services.identity.logic import Caller, Role
from services.shipments import logic as shipments
from services.web.board import board
from services.web.record import record
from services.web.schemas import Band, BoardDocument, ClockDocument, CommodityName, ShipmentRecordDocument

router = APIRouter(tags=["app"])

Anyone = Annotated[Caller, require(*READERS, shared=LIMITED)]
Reader = Annotated[Caller, require(*READERS, own=(Role.EXPORTER,))]


@router.get("/v1/clock")
def get_clock(request: Request, caller: Anyone, now_ms: NowMs) -> ClockDocument:
    """What time it is here, and how fast it runs."""
    return ClockDocument(now=now_ms, speed=speed(request, now_ms))


@router.get("/v1/commodity-names")
def list_commodity_names(caller: Anyone, catalogue: Commodities) -> Sequence[CommodityName]:
    """What lots can be of, as in the catalogue, by name."""
    found = [
        CommodityName(
            id=one.commodity_id,
            name_en=one.name_en,
            name_th=one.name_th,
            band_c=None if one.band_c is None else Band(low=one.band_c[0], high=one.band_c[1]),
            supported=one.supported,
        )
        for one in catalogue
    ]
    return sorted(found, key=lambda one: one.name_en)


@router.get("/v1/board")
def get_board(request: Request, caller: Reader, database: Db, now_ms: NowMs) -> BoardDocument:
    """What needs somebody now: shipments by verdict, lots that can't wait, runs under way, what is silent."""
    with database.read() as session:
        return board(session, caller.tenant_id, caller.scope, now_ms, speed(request, now_ms))


@router.get("/v1/shipments/{shipment}/record", responses=answers(NotFound))
def get_shipment_record(shipment: Ref, caller: Reader, database: Db, now_ms: NowMs) -> ShipmentRecordDocument:
    """What was measured on the way, thinned for drawing, with the band, gaps, excursions and who had it when."""
    with database.read() as session:
        found = shipments.found(session, caller.tenant_id, shipment, caller.scope)
        return record(session, found, now_ms)


def speed(request: Request, now_ms: int) -> float | None:
    """How fast simulated time runs, or None where it is the machine's."""
    clock = request.app.state.clock
    pace = clock.pace() if isinstance(clock, SimulatedClock) else None
    if pace is None:
        return None
    return None if pace.speed == 1 and abs(request.app.state.machine_clock() - now_ms) < SAME_TIME_MS else pace.speed


SAME_TIME_MS = 5_000
