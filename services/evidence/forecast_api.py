"""How fresh now and on arrival, who lost the days, and what another way would change."""

from typing import Annotated

from fastapi import APIRouter, Response

from services.errors import Conflict, InvalidInput, NotFound
from services.evidence import forecasting
from services.evidence.forecast_schemas import (
    LotCustodyDocument,
    ShipmentOutlookDocument,
    WhatIf,
    WhatIfDocument,
)
from services.http.context import Commodities, Db, NowMs
from services.http.fields import Ref
from services.http.problems import answers
from services.identity.access import READERS, require
from services.identity.logic import Caller, Role
from services.readings.schemas import LotInShipment, freshness, summary
from services.readings.status import shown_at
from services.shipments import logic as shipments

router = APIRouter(tags=["freshness"])

ShipmentReader = Annotated[Caller, require(*READERS, own=(Role.EXPORTER,))]
LotReader = Annotated[Caller, require(*READERS, own=(Role.EXPORTER, Role.GROWER))]


@router.get("/v1/shipments/{shipment}/freshness", response_model=ShipmentOutlookDocument, responses=answers(NotFound))
def get_shipment_freshness(
    shipment: Ref, caller: ShipmentReader, database: Db, now_ms: NowMs, catalogue: Commodities
) -> Response:
    """How fresh a shipment is and will be on arrival, as its worst lot, lot by lot, on which evidence, and why."""
    tenant_id = caller.tenant_id
    with database.read() as session:
        found = shipments.found(session, tenant_id, shipment, caller.scope)
        row, status = shipments.with_status(session, tenant_id, found)
        aboard = forecasting.aboard_of(session, tenant_id, row)
        seen, missing = forecasting.shipment_outlooks(session, tenant_id, row, aboard, catalogue, now_ms)
        custodies = forecasting.custodies(session, tenant_id, seen[0].lot.lot_id, catalogue, now_ms) if seen else []
    parts = []
    for lot_id, code, commodity_id, lot_status in aboard:
        shown = shown_at(lot_status, now_ms)
        named = {"id": lot_id, "code": code, "commodity_id": commodity_id, "reasons": shown.reasons}
        parts.append(LotInShipment.model_validate(summary(shown) | named))
    whole = freshness(shown_at(status, now_ms), row.id, row.code)
    document = ShipmentOutlookDocument.model_validate(
        whole
        | {
            "lots": parts,
            "forecast": forecasting.forecast_document(seen[0]) if seen else None,
            "forecast_missing": missing,
            "arrivals": [forecasting.arrival_of(one) for one in seen],
            "custodies": custodies,
        }
    )
    # as bytes: it has just been checked, and the framework would do so again
    return Response(document.model_dump_json(by_alias=True), media_type="application/json")


@router.post("/v1/shipments/{shipment}/what-if", responses=answers(NotFound, Conflict, InvalidInput))
def ask_shipment(
    shipment: Ref, asked: WhatIf, caller: ShipmentReader, database: Db, now_ms: NowMs, catalogue: Commodities
) -> WhatIfDocument:
    """What another way, another set-point or some days more would change; nothing is stored."""
    with database.read() as session:
        row = shipments.found(session, caller.tenant_id, shipment, caller.scope)
        before, after = forecasting.shipment_what_if(session, caller.tenant_id, row, asked, catalogue, now_ms)
    return _compared(before, after)


@router.post("/v1/lots/{lot}/what-if", responses=answers(NotFound, Conflict, InvalidInput))
def ask_lot(
    lot: Ref, asked: WhatIf, caller: LotReader, database: Db, now_ms: NowMs, catalogue: Commodities
) -> WhatIfDocument:
    """What waiting elsewhere or leaving along some legs would change for a lot; nothing is stored."""
    with database.read() as session:
        row = shipments.lot_found(session, caller.tenant_id, lot, caller.scope)
        before, after = forecasting.lot_what_if(session, caller.tenant_id, row, asked, catalogue, now_ms)
    return _compared(before, after)


@router.get("/v1/lots/{lot}/custodies", responses=answers(NotFound))
def get_lot_custodies(
    lot: Ref, caller: LotReader, database: Db, now_ms: NowMs, catalogue: Commodities
) -> LotCustodyDocument:
    """Who lost a lot's days so far: village, truck, hub, shipment."""
    with database.read() as session:
        row = shipments.lot_found(session, caller.tenant_id, lot, caller.scope)
        lost = forecasting.custodies(session, caller.tenant_id, row.id, catalogue, now_ms)
    return LotCustodyDocument(id=row.id, code=row.code, custodies=lost)


def _compared(before: forecasting.Seen, after: forecasting.Seen) -> WhatIfDocument:
    was, would = forecasting.forecast_document(before), forecasting.forecast_document(after)
    return WhatIfDocument(before=was, after=would, days_gained=round(would.arrival.p50_days - was.arrival.p50_days, 3))
