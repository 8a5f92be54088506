"""All SQL on shipments. The tenant comes first."""

import uuid
from collections.abc import Sequence
from typing import Literal

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from services.devices.subjects import SubjectKind
from services.http.fields import as_id
from services.lots.tables import Lot
from services.readings.status import told, without_detail
from services.readings.tables import FreshnessStatus
from services.shipments.tables import Shipment, ShipmentLot
from telemetry.freshness import Verdict

ShipmentRow = tuple[Shipment, FreshnessStatus | None]
Order = Literal["code", "fefo"]
After = tuple[int | None, str]
"""Until when the last one seen keeps, and its code."""


def listed(
    session: Session,
    tenant_id: uuid.UUID,
    *,
    now_ms: int,
    order: Order = "code",
    after: After | None = None,
    limit: int | None = None,
    state: str | None = None,
    verdict: Verdict | None = None,
    exporter: str | None = None,
    code: str | None = None,
) -> Sequence[ShipmentRow]:
    """Shipments with their freshness: by code, or what nobody knows first, then what keeps shortest (FEFO)."""
    keeps = FreshnessStatus.keeps_until_ms
    query = (
        select(Shipment, FreshnessStatus)
        .outerjoin(
            FreshnessStatus,
            and_(
                FreshnessStatus.tenant_id == tenant_id,
                FreshnessStatus.subject_kind == SubjectKind.SHIPMENT,
                FreshnessStatus.subject_id == Shipment.id,
            ),
        )
        .where(Shipment.tenant_id == tenant_id)
        .limit(limit)
        .options(without_detail())
    )
    query = (
        query.order_by(Shipment.code) if order == "code" else query.order_by(keeps.is_not(None), keeps, Shipment.code)
    )
    conditions: list[ColumnElement[bool] | None] = [
        None if state is None else Shipment.state == state,
        None if exporter is None else Shipment.exporter == exporter,
        None if code is None else Shipment.code == code,
        None if verdict is None else told(verdict, now_ms),
        None if after is None else _beyond(after, order),
    ]
    query = query.where(*(condition for condition in conditions if condition is not None))
    return [(shipment, status) for shipment, status in session.execute(query)]


def _beyond(after: After, order: Order) -> ColumnElement[bool]:
    keeps_until_ms, code = after
    keeps = FreshnessStatus.keeps_until_ms
    if order == "code":
        return Shipment.code > code
    if keeps_until_ms is None:
        return or_(keeps.is_not(None), Shipment.code > code)
    return or_(keeps > keeps_until_ms, and_(keeps == keeps_until_ms, Shipment.code > code))


def one(session: Session, tenant_id: uuid.UUID, ref: str, *, lock: bool = False) -> Shipment | None:
    """The shipment of that id or code, held against others until the transaction ends where ``lock`` says so."""
    shipment_id = as_id(ref)
    wanted = Shipment.code == ref if shipment_id is None else Shipment.id == shipment_id
    query = select(Shipment).where(Shipment.tenant_id == tenant_id, wanted)
    return session.scalar(query.with_for_update() if lock else query)


def lots(
    session: Session, tenant_id: uuid.UUID, shipment_ids: Sequence[uuid.UUID]
) -> dict[uuid.UUID, list[tuple[ShipmentLot, Lot]]]:
    """The lots of each shipment, by code."""
    found: dict[uuid.UUID, list[tuple[ShipmentLot, Lot]]] = {shipment_id: [] for shipment_id in shipment_ids}
    rows = session.execute(
        select(ShipmentLot, Lot)
        .join(Lot, Lot.id == ShipmentLot.lot_id)
        .where(ShipmentLot.tenant_id == tenant_id, ShipmentLot.shipment_id.in_(shipment_ids))
        .order_by(Lot.code)
    )
    for loaded, lot in rows:
        found[loaded.shipment_id].append((loaded, lot))
    return found


def lot_codes(session: Session, tenant_id: uuid.UUID, shipment_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
    """The codes of each shipment's lots, in order."""
    found: dict[uuid.UUID, list[str]] = {shipment_id: [] for shipment_id in shipment_ids}
    rows = session.execute(
        select(ShipmentLot.shipment_id, Lot.code)
        .join(Lot, Lot.id == ShipmentLot.lot_id)
        .where(ShipmentLot.tenant_id == tenant_id, ShipmentLot.shipment_id.in_(shipment_ids))
        .order_by(Lot.code)
    )
    for shipment_id, code in rows:
        found[shipment_id].append(code)
    return found
