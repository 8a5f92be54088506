"""All SQL on what hubs do with lots. The tenant comes first."""

import uuid
from collections.abc import Sequence

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from services.devices.tables import SensorAssignment
from services.hubs.tables import ColdStoreStay, LotPart, LotReceipt
from services.lots.tables import Lot
from services.plans.tables import Run, RunStop
from services.shipments.tables import ShipmentLot


def receipts(session: Session, tenant_id: uuid.UUID, lot_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, LotReceipt]:
    """The receipt of each lot that has one."""
    found = session.scalars(select(LotReceipt).where(LotReceipt.tenant_id == tenant_id, LotReceipt.lot_id.in_(lot_ids)))
    return {receipt.lot_id: receipt for receipt in found}


def expected(session: Session, tenant_id: uuid.UUID, hub_id: uuid.UUID) -> Sequence[tuple[Lot, Run]]:
    """Lots on a truck to this hub, or come in with one and not looked at yet, with their run; by its arrival."""
    rows = session.execute(
        select(Lot, Run)
        .join(RunStop, RunStop.lot_id == Lot.id)
        .join(Run, Run.id == RunStop.run_id)
        .where(
            Lot.tenant_id == tenant_id,
            Run.hub_id == hub_id,
            RunStop.state == "loaded",
            Lot.state.in_(("loaded", "received")),
            ~exists().where(LotReceipt.lot_id == Lot.id),
        )
        .order_by(Run.arrives_at_ms, Run.id, RunStop.position)
    )
    return [(lot, run) for lot, run in rows]


def run_of(session: Session, tenant_id: uuid.UUID, lot_id: uuid.UUID) -> Run | None:
    """The run that brought a lot."""
    return session.scalar(
        select(Run)
        .join(RunStop, RunStop.run_id == Run.id)
        .where(Run.tenant_id == tenant_id, RunStop.lot_id == lot_id, RunStop.state == "loaded")
    )


def in_stock(session: Session, tenant_id: uuid.UUID, hub_id: uuid.UUID, commodity_id: str | None) -> Sequence[Lot]:
    """Lots that a hub has and that are in no shipment yet, by code."""
    query = select(Lot).where(
        Lot.tenant_id == tenant_id,
        Lot.hub_id == hub_id,
        Lot.state == "received",
        ~exists().where(ShipmentLot.lot_id == Lot.id),
    )
    if commodity_id is not None:
        query = query.where(Lot.commodity_id == commodity_id)
    return session.scalars(query.order_by(Lot.code)).all()


def in_shipments(session: Session, tenant_id: uuid.UUID, lot_ids: Sequence[uuid.UUID]) -> bool:
    """Whether one of these lots is in a shipment."""
    query = select(ShipmentLot.lot_id).where(ShipmentLot.tenant_id == tenant_id, ShipmentLot.lot_id.in_(lot_ids))
    return session.scalar(query.limit(1)) is not None


def stays(session: Session, tenant_id: uuid.UUID, lot_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, ColdStoreStay]:
    """Where each lot stands now."""
    found = session.scalars(
        select(ColdStoreStay).where(
            ColdStoreStay.tenant_id == tenant_id, ColdStoreStay.lot_id.in_(lot_ids), ColdStoreStay.to_at_ms.is_(None)
        )
    )
    return {stay.lot_id: stay for stay in found}


def all_stays(session: Session, tenant_id: uuid.UUID, lot_ids: Sequence[uuid.UUID]) -> Sequence[ColdStoreStay]:
    """Wherever these lots stood, in order."""
    return session.scalars(
        select(ColdStoreStay)
        .where(ColdStoreStay.tenant_id == tenant_id, ColdStoreStay.lot_id.in_(lot_ids))
        .order_by(ColdStoreStay.from_at_ms, ColdStoreStay.id)
    ).all()


def end_stays(session: Session, tenant_id: uuid.UUID, lot_ids: Sequence[uuid.UUID], at_ms: int) -> None:
    """The lots have left their places."""
    for stay in stays(session, tenant_id, lot_ids).values():
        stay.to_at_ms = max(at_ms, stay.from_at_ms)


def parents(session: Session, tenant_id: uuid.UUID, lot_ids: Sequence[uuid.UUID]) -> Sequence[LotPart]:
    """What these lots were made of."""
    return session.scalars(
        select(LotPart).where(LotPart.tenant_id == tenant_id, LotPart.child_id.in_(lot_ids)).order_by(LotPart.parent_id)
    ).all()


def children(session: Session, tenant_id: uuid.UUID, lot_ids: Sequence[uuid.UUID]) -> Sequence[LotPart]:
    """What became of these lots."""
    return session.scalars(
        select(LotPart).where(LotPart.tenant_id == tenant_id, LotPart.parent_id.in_(lot_ids)).order_by(LotPart.child_id)
    ).all()


def become(
    session: Session, tenant_id: uuid.UUID, lot_ids: Sequence[uuid.UUID], was: str, state: str
) -> Sequence[uuid.UUID]:
    """Move lots from one state to another; answers those that were in it."""
    return session.scalars(
        update(Lot)
        .where(Lot.tenant_id == tenant_id, Lot.id.in_(lot_ids), Lot.state == was)
        .values(state=state, version=Lot.version + 1)
        .returning(Lot.id)
    ).all()


def assignments_of_lot(session: Session, tenant_id: uuid.UUID, lot_id: uuid.UUID) -> Sequence[SensorAssignment]:
    """Which sensors spoke for a lot itself, and when."""
    return session.scalars(
        select(SensorAssignment).where(
            SensorAssignment.tenant_id == tenant_id,
            SensorAssignment.subject_kind == "lot",
            SensorAssignment.subject_id == lot_id,
        )
    ).all()
