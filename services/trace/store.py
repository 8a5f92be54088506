"""All SQL on the thread of a shipment and on trace links. The tenant comes first, but for a link's own token."""

import uuid
from collections.abc import Collection, Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.demand.tables import Demand
from services.evidence.tables import Inspection, LotTreatment
from services.fleet.tables import Hub, Truck, Village
from services.hubs.tables import ColdStoreStay, LotPart, LotReceipt
from services.lots.tables import HarvestDeclaration, Lot
from services.plans.tables import Run, RunStop
from services.shipments.tables import Handover, ItineraryLeg, Shipment, ShipmentLot
from services.sourcing.tables import SourcingLine
from services.trace.tables import TraceLink

Ids = Collection[uuid.UUID]


def loaded(session: Session, tenant_id: uuid.UUID, shipment_id: uuid.UUID) -> Sequence[tuple[ShipmentLot, Lot]]:
    """The lots of a shipment with when they were loaded, by code."""
    rows = session.execute(
        select(ShipmentLot, Lot)
        .join(Lot, Lot.id == ShipmentLot.lot_id)
        .where(ShipmentLot.tenant_id == tenant_id, ShipmentLot.shipment_id == shipment_id)
        .order_by(Lot.code)
    )
    return [(link, lot) for link, lot in rows]


def lots(session: Session, tenant_id: uuid.UUID, ids: Ids) -> Sequence[Lot]:
    return session.scalars(select(Lot).where(Lot.tenant_id == tenant_id, Lot.id.in_(ids)).order_by(Lot.code)).all()


def parts(session: Session, tenant_id: uuid.UUID, child_ids: Ids) -> Sequence[LotPart]:
    """What these lots were made of."""
    return session.scalars(
        select(LotPart)
        .where(LotPart.tenant_id == tenant_id, LotPart.child_id.in_(child_ids))
        .order_by(LotPart.child_id, LotPart.parent_id)
    ).all()


def stops(session: Session, tenant_id: uuid.UUID, lot_ids: Ids) -> Sequence[tuple[RunStop, Run]]:
    """The stops at which these lots were loaded, with their runs."""
    rows = session.execute(
        select(RunStop, Run)
        .join(Run, Run.id == RunStop.run_id)
        .where(RunStop.tenant_id == tenant_id, RunStop.lot_id.in_(lot_ids), RunStop.state == "loaded")
        .order_by(RunStop.done_at_ms)
    )
    return [(stop, run) for stop, run in rows]


def receipts(session: Session, tenant_id: uuid.UUID, lot_ids: Ids) -> Sequence[LotReceipt]:
    return session.scalars(
        select(LotReceipt)
        .where(LotReceipt.tenant_id == tenant_id, LotReceipt.lot_id.in_(lot_ids))
        .order_by(LotReceipt.at_ms)
    ).all()


def stays(session: Session, tenant_id: uuid.UUID, lot_ids: Ids) -> Sequence[ColdStoreStay]:
    return session.scalars(
        select(ColdStoreStay)
        .where(ColdStoreStay.tenant_id == tenant_id, ColdStoreStay.lot_id.in_(lot_ids))
        .order_by(ColdStoreStay.from_at_ms)
    ).all()


def treatments(session: Session, tenant_id: uuid.UUID, lot_ids: Ids) -> Sequence[LotTreatment]:
    return session.scalars(
        select(LotTreatment)
        .where(LotTreatment.tenant_id == tenant_id, LotTreatment.lot_id.in_(lot_ids))
        .order_by(LotTreatment.from_ms)
    ).all()


def declarations(session: Session, tenant_id: uuid.UUID, ids: Ids) -> Sequence[HarvestDeclaration]:
    return session.scalars(
        select(HarvestDeclaration).where(HarvestDeclaration.tenant_id == tenant_id, HarvestDeclaration.id.in_(ids))
    ).all()


def accepted_lines(
    session: Session, tenant_id: uuid.UUID, lot_ids: Ids, declaration_ids: Ids
) -> Sequence[SourcingLine]:
    """The requests by which these lots, or the harvests they come from, were sourced."""
    return session.scalars(
        select(SourcingLine)
        .where(
            SourcingLine.tenant_id == tenant_id,
            SourcingLine.state == "accepted",
            SourcingLine.lot_id.in_(lot_ids) | SourcingLine.declaration_id.in_(declaration_ids),
        )
        .order_by(SourcingLine.decided_at_ms)
    ).all()


def demands(session: Session, tenant_id: uuid.UUID, ids: Ids) -> Sequence[Demand]:
    return session.scalars(select(Demand).where(Demand.tenant_id == tenant_id, Demand.id.in_(ids))).all()


def legs(session: Session, tenant_id: uuid.UUID, shipment_id: uuid.UUID) -> Sequence[ItineraryLeg]:
    return session.scalars(
        select(ItineraryLeg)
        .where(ItineraryLeg.tenant_id == tenant_id, ItineraryLeg.shipment_id == shipment_id)
        .order_by(ItineraryLeg.position)
    ).all()


def handovers(session: Session, tenant_id: uuid.UUID, shipment_id: uuid.UUID) -> Sequence[Handover]:
    return session.scalars(
        select(Handover)
        .where(Handover.tenant_id == tenant_id, Handover.shipment_id == shipment_id)
        .order_by(Handover.at_ms, Handover.id)
    ).all()


def inspections(session: Session, tenant_id: uuid.UUID, shipment_id: uuid.UUID) -> Sequence[Inspection]:
    return session.scalars(
        select(Inspection)
        .where(Inspection.tenant_id == tenant_id, Inspection.shipment_id == shipment_id)
        .order_by(Inspection.inspected_at_ms)
    ).all()


def villages(session: Session, tenant_id: uuid.UUID, ids: Ids) -> dict[uuid.UUID, Village]:
    rows = session.scalars(select(Village).where(Village.tenant_id == tenant_id, Village.id.in_(ids)))
    return {row.id: row for row in rows}


def hubs(session: Session, tenant_id: uuid.UUID, ids: Ids) -> dict[uuid.UUID, Hub]:
    rows = session.scalars(select(Hub).where(Hub.tenant_id == tenant_id, Hub.id.in_(ids)))
    return {row.id: row for row in rows}


def trucks(session: Session, tenant_id: uuid.UUID, ids: Ids) -> dict[uuid.UUID, Truck]:
    rows = session.scalars(select(Truck).where(Truck.tenant_id == tenant_id, Truck.id.in_(ids)))
    return {row.id: row for row in rows}


def link_in_force(session: Session, tenant_id: uuid.UUID, shipment_id: uuid.UUID) -> TraceLink | None:
    """The link of a shipment that is not revoked."""
    return session.scalar(
        select(TraceLink).where(
            TraceLink.tenant_id == tenant_id, TraceLink.shipment_id == shipment_id, TraceLink.revoked_at_ms.is_(None)
        )
    )


def link_of_token(session: Session, token_sha256: bytes) -> TraceLink | None:
    """The link behind a token, of any tenant: the token itself is what proves the right to look."""
    return session.scalar(
        select(TraceLink).where(TraceLink.token_sha256 == token_sha256, TraceLink.revoked_at_ms.is_(None))
    )


def shipment(session: Session, tenant_id: uuid.UUID, shipment_id: uuid.UUID) -> Shipment | None:
    return session.scalar(select(Shipment).where(Shipment.tenant_id == tenant_id, Shipment.id == shipment_id))


def count_view(session: Session, tenant_id: uuid.UUID, token_sha256: bytes) -> None:
    """One more look at a trace page."""
    session.execute(
        update(TraceLink)
        .where(TraceLink.tenant_id == tenant_id, TraceLink.token_sha256 == token_sha256)
        .values(views=TraceLink.views + 1)
    )
