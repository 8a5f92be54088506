"""What hubs do: `/v1/hubs/{hub}/expected|receipts|stock|cold-store|splits|merges|loading-plan`."""

from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy.orm import Session

from services.devices.subjects import SubjectKind
from services.errors import Conflict, InvalidInput, NotFound
from services.fleet import logic as fleet
from services.fleet.tables import Hub, Truck
from services.http.context import Commodities, Db, NowMs
from services.http.fields import Ref
from services.http.problems import answers
from services.hubs import logic, store
from services.hubs.loading import Candidate, plan_loading
from services.hubs.schemas import (
    ExpectedLot,
    LeftLot,
    LoadingDocument,
    LoadingLot,
    LoadingQuery,
    Merge,
    PutAway,
    ReceiptDocument,
    Receiving,
    Split,
    StockLot,
)
from services.hubs.tables import LotReceipt
from services.identity.access import require
from services.identity.logic import Caller, Role
from services.lots.logic import demand_commodity
from services.readings.status import shown_at, statuses
from services.readings.tables import FreshnessStatus
from telemetry.freshness.commodities import Catalogue
from telemetry.freshness.kinetics import loss_per_day

router = APIRouter(tags=["hub floor"])

Reader = Annotated[Caller, require(Role.COORDINATOR, Role.AUDITOR)]
Coordinator = Annotated[Caller, require(Role.COORDINATOR)]
CHANGES = answers(NotFound, Conflict, InvalidInput)
DAY_S = 86_400


@router.get("/v1/hubs/{hub}/expected", responses=answers(NotFound))
def list_expected(hub: Ref, caller: Reader, database: Db, now_ms: NowMs) -> list[ExpectedLot]:
    """Lots on a truck to this hub, or come in and not looked at yet, by when they arrive."""
    with database.read() as session:
        row = fleet.found(session, caller.tenant_id, Hub, hub)
        found = store.expected(session, caller.tenant_id, row.id)
        trucks = fleet.codes(session, caller.tenant_id, Truck, [run.truck_id for _, run in found])
        told = statuses(session, caller.tenant_id, SubjectKind.LOT, [lot.id for lot, _ in found])
    return [
        ExpectedLot(
            lot=lot.code,
            commodity_id=lot.commodity_id,
            grade=lot.grade,
            weight_g=lot.weight_g,
            crates=lot.crates,
            run=run.code,
            truck=trucks[run.truck_id],
            state=lot.state,
            arrives_at=run.arrived_at_ms or run.arrives_at_ms,
            verdict=shown_at(told.get(lot.id), now_ms).verdict,
        )
        for lot, run in found
    ]


@router.post("/v1/hubs/{hub}/receipts", status_code=201, responses=CHANGES)
def receive(hub: Ref, receiving: Receiving, caller: Coordinator, database: Db, now_ms: NowMs) -> list[ReceiptDocument]:
    """Take lots in, or refuse them with the reason. All lines or none; each lot once."""
    at_ms = now_ms if receiving.at is None else receiving.at
    with database.write() as session:
        row = fleet.found(session, caller.tenant_id, Hub, hub)
        found = [line.found() for line in receiving.lines]
        receipts = logic.receive(session, caller.tenant_id, row, found, caller.name, at_ms, now_ms)
        codes = [line.lot for line in receiving.lines]
        return [_receipt(receipt, code, row.code) for receipt, code in zip(receipts, codes, strict=True)]


@router.get("/v1/hubs/{hub}/stock", responses=answers(NotFound))
def list_stock(
    hub: Ref,
    caller: Reader,
    database: Db,
    now_ms: NowMs,
    commodity_id: Annotated[str | None, Query(max_length=32)] = None,
) -> list[StockLot]:
    """What the hub has and no shipment holds, first what expires first; what nobody has assessed stands at the end."""
    with database.read() as session:
        row = fleet.found(session, caller.tenant_id, Hub, hub)
        lots = store.in_stock(session, caller.tenant_id, row.id, commodity_id)
        ids = [lot.id for lot in lots]
        stays, told = store.stays(session, caller.tenant_id, ids), statuses(session, caller.tenant_id, "lot", ids)
    shown = []
    for lot in lots:
        status, stay = told.get(lot.id), stays.get(lot.id)
        left_s = status.remaining_p10_s if status is not None else None
        shown.append(
            StockLot(
                lot=lot.code,
                commodity_id=lot.commodity_id,
                variety=lot.variety,
                grade=lot.grade,
                weight_g=lot.weight_g,
                crates=lot.crates,
                place=stay.place if stay else None,
                received_at=lot.received_at_ms or lot.created_at_ms,
                verdict=shown_at(status, now_ms).verdict,
                remaining_days_p10=None if left_s is None else round(left_s / DAY_S, 2),
            )
        )
    return sorted(shown, key=lambda lot: (lot.remaining_days_p10 is None, lot.remaining_days_p10 or 0.0, lot.lot))


@router.post("/v1/hubs/{hub}/cold-store", status_code=201, responses=CHANGES)
def put_away(hub: Ref, away: PutAway, caller: Coordinator, database: Db, now_ms: NowMs) -> list[StockLot]:
    """Say where lots stand in the cold store; the stock then shows it."""
    at_ms = now_ms if away.at is None else away.at
    with database.write() as session:
        row = fleet.found(session, caller.tenant_id, Hub, hub)
        logic.put_away(session, caller.tenant_id, row, away.lots, away.place, caller.name, at_ms)
    wanted = set(away.lots)
    return [lot for lot in list_stock(hub, caller, database, now_ms) if lot.lot in wanted]


@router.post("/v1/hubs/{hub}/splits", status_code=201, responses=CHANGES)
def split_lot(hub: Ref, split: Split, caller: Coordinator, database: Db, now_ms: NowMs) -> list[StockLot]:
    """Make several lots of one; each keeps the origin and the history of the whole."""
    with database.write() as session:
        row = fleet.found(session, caller.tenant_id, Hub, hub)
        parts = [part.part() for part in split.parts]
        logic.split(session, caller.tenant_id, row, split.lot, parts, caller.name, now_ms)
    wanted = {part.code for part in split.parts}
    return [lot for lot in list_stock(hub, caller, database, now_ms) if lot.lot in wanted]


@router.post("/v1/hubs/{hub}/merges", status_code=201, responses=CHANGES)
def merge_lots(hub: Ref, merge: Merge, caller: Coordinator, database: Db, now_ms: NowMs) -> list[StockLot]:
    """Make one lot of several that are alike; it counts as the worst of them."""
    with database.write() as session:
        row = fleet.found(session, caller.tenant_id, Hub, hub)
        logic.merge(session, caller.tenant_id, row, merge.lots, merge.code, caller.name, now_ms)
    return [lot for lot in list_stock(hub, caller, database, now_ms) if lot.lot == merge.code]


@router.get("/v1/hubs/{hub}/loading-plan", responses=answers(NotFound, InvalidInput))
def loading_plan(
    hub: Ref, caller: Reader, database: Db, commodities: Commodities, wanted: Annotated[LoadingQuery, Query()]
) -> LoadingDocument:
    """What to load for a buyer: first what expires first, among what will still keep long enough at hand-over."""
    demand_commodity(commodities, wanted.commodity_id, "/query/commodity_id")
    with database.read() as session:
        row = fleet.found(session, caller.tenant_id, Hub, hub)
        stock = _candidates(session, caller, row, commodities, wanted)
    plan = plan_loading(
        stock,
        weight_g=wanted.weight_g,
        required_life_s=round(wanted.required_life_days * DAY_S),
        whole_lots=wanted.whole_lots,
    )
    return LoadingDocument(
        load=[
            LoadingLot(
                lot=lot.code,
                weight_g=lot.weight_g,
                crates=lot.crates,
                life_at_handover_days=round((lot.life_at_handover_s or 0) / DAY_S, 2),
                verdict=lot.verdict,
            )
            for lot in plan.load
        ],
        weight_g=plan.weight_g,
        short_g=plan.short_g,
        left=[LeftLot(lot=left.code, reason=left.reason) for left in plan.left],
    )


def _candidates(
    session: Session, caller: Caller, hub: Hub, commodities: Catalogue, wanted: LoadingQuery
) -> list[Candidate]:
    lots = store.in_stock(session, caller.tenant_id, hub.id, wanted.commodity_id)
    told = statuses(session, caller.tenant_id, SubjectKind.LOT, [lot.id for lot in lots])
    spent_s = _spent_on_the_way_s(commodities, wanted)
    return [
        Candidate(
            code=lot.code,
            weight_g=lot.weight_g,
            crates=lot.crates,
            life_at_handover_s=_left_s(told.get(lot.id), spent_s),
            verdict=told[lot.id].verdict if lot.id in told else "unknown",
        )
        for lot in lots
        if wanted.grade is None or lot.grade == wanted.grade
    ]


def _spent_on_the_way_s(commodities: Catalogue, wanted: LoadingQuery) -> int:
    """The life at the reference temperature that the transit takes at its set-point."""
    commodity = commodities.commodity(wanted.commodity_id)
    reference_c = commodity.reference_temperature_c
    if wanted.set_point_c is None or reference_c is None:
        return round(wanted.transit_h * 3600)
    speed = loss_per_day(commodity, wanted.set_point_c) / loss_per_day(commodity, reference_c)
    return round(wanted.transit_h * 3600 * speed)


def _left_s(status: FreshnessStatus | None, spent_s: int) -> int | None:
    if status is None or status.remaining_p10_s is None:
        return None
    return status.remaining_p10_s - spent_s


def _receipt(receipt: LotReceipt, lot: str, hub: str) -> ReceiptDocument:
    return ReceiptDocument.model_validate(
        {
            "lot": lot,
            "hub": hub,
            "temperature_c": receipt.temperature_centi_c,
            "at": receipt.at_ms,
            **{
                name: getattr(receipt, name)
                for name in (
                    "run_id",
                    "decision",
                    "declared_weight_g",
                    "weight_g",
                    "crates",
                    "refused_weight_g",
                    "reason",
                    "note",
                    "by",
                )
            },
        }
    )
