"""Heat treatments of lots, inspections of shipments, and how the model did."""

import uuid
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.errors import Conflict, InvalidInput, NotFound
from services.evidence import inspecting, ledger_store
from services.evidence.inspection_schemas import (
    CalibrationDocument,
    CalibrationQuery,
    CalibrationReport,
    Followed,
    InspectionDocument,
    InspectionList,
    NewInspection,
    NewTreatment,
    TreatmentDocument,
    TreatmentList,
)
from services.http.context import Commodities, Db, NowMs
from services.http.fields import Ref
from services.http.problems import answers
from services.identity.access import READERS, require
from services.identity.logic import Caller, Role
from services.identity.once import Once
from services.shipments import logic as shipments
from services.shipments.itinerary import lots_aboard

router = APIRouter(tags=["freshness"])

LotReader = Annotated[Caller, require(*READERS, own=(Role.EXPORTER, Role.GROWER))]
ShipmentReader = Annotated[Caller, require(*READERS, own=(Role.EXPORTER,))]
Editor = Annotated[Caller, require(Role.COORDINATOR)]
Inspector = Annotated[Caller, require(Role.COORDINATOR, own=(Role.EXPORTER,))]


@router.get("/v1/lots/{lot}/treatments", responses=answers(NotFound))
def list_treatments(lot: Ref, caller: LotReader, database: Db) -> TreatmentList:
    """The heat treatments of a lot, by time."""
    with database.read() as session:
        row = shipments.lot_found(session, caller.tenant_id, lot, caller.scope)
        rows = ledger_store.treatment_rows(session, caller.tenant_id, row.id)
    return TreatmentList(items=[TreatmentDocument.model_validate(one) for one in rows])


@router.post(
    "/v1/lots/{lot}/treatments",
    response_model=TreatmentDocument,
    status_code=201,
    responses=answers(NotFound, Conflict, InvalidInput),
)
def create_treatment(
    lot: Ref, new: NewTreatment, caller: Editor, database: Db, now_ms: NowMs, once: Once
) -> TreatmentDocument | Response:
    """Record a heat treatment: readings within it are part of the process and cost no life."""
    with database.write() as session:

        def make() -> TreatmentDocument:
            row = shipments.lot_found(session, caller.tenant_id, lot, caller.scope)
            treated = inspecting.treat(session, row, new, by=caller.name, now_ms=now_ms)
            return TreatmentDocument.model_validate(treated)

        return once.answer(session, caller, make)


@router.get("/v1/shipments/{shipment}/inspections", responses=answers(NotFound))
def list_inspections(shipment: Ref, caller: ShipmentReader, database: Db) -> InspectionList:
    """What was found of a shipment's lots, beside what had been forecast."""
    with database.read() as session:
        row = shipments.found(session, caller.tenant_id, shipment, caller.scope)
        rows = ledger_store.inspections(session, caller.tenant_id, shipment_id=row.id)
        codes = {lot_id: code for lot_id, code, _ in lots_aboard(session, caller.tenant_id, row.id)}
    return InspectionList(items=inspecting.documents(rows, codes))


@router.post(
    "/v1/shipments/{shipment}/inspections",
    response_model=InspectionList,
    status_code=201,
    responses=answers(NotFound, Conflict, InvalidInput),
)
def create_inspections(
    shipment: Ref,
    new: NewInspection,
    caller: Inspector,
    database: Db,
    now_ms: NowMs,
    catalogue: Commodities,
    once: Once,
) -> InspectionList | Response:
    """Record what was found of some lots; it is set beside the forecast, and latched alarms are released."""
    with database.write() as session:

        def make() -> InspectionList:
            row = shipments.found(session, caller.tenant_id, shipment, caller.scope)
            rows = inspecting.inspect(session, row, new, catalogue, by=caller.name, now_ms=now_ms)
            codes = {lot_id: code for lot_id, code, _ in lots_aboard(session, caller.tenant_id, row.id)}
            return InspectionList(items=inspecting.documents(rows, codes))

        return once.answer(session, caller, make)


@router.patch("/v1/inspections/{inspection}", responses=answers(NotFound, InvalidInput))
def follow_inspection(inspection: uuid.UUID, seen: Followed, caller: Editor, database: Db) -> InspectionDocument:
    """Note how long an inspected lot kept, once that is known."""
    with database.write() as session:
        row = inspecting.follow(session, caller.tenant_id, inspection, seen.kept_days)
        codes = {lot_id: code for lot_id, code, _ in lots_aboard(session, caller.tenant_id, row.shipment_id)}
        return inspecting.documents([row], codes)[0]


@router.get("/v1/calibration")
def report_calibration(
    caller: ShipmentReader, database: Db, wanted: Annotated[CalibrationQuery, Query()]
) -> CalibrationReport:
    """How the forecasts did against inspections, by commodity and exporter. A report changes nothing."""
    exporter = wanted.exporter if caller.scope.exporter is None else caller.scope.exporter
    with database.read() as session:
        rows = ledger_store.inspections(session, caller.tenant_id, commodity_id=wanted.commodity, exporter=exporter)
        lines = inspecting.report(rows)
    return CalibrationReport(items=[CalibrationDocument.model_validate(asdict(line)) for line in lines])
