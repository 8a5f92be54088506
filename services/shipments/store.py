"""All SQL on shipments. The tenant comes first."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, select, tuple_
from sqlalchemy.orm import Bundle, Session

from services.devices.subjects import SubjectKind
from services.http.fields import as_id
from services.identity.scope import WHOLE_TENANT, Scope
from services.lots.tables import Lot
from services.readings.status import told
from services.readings.tables import FreshnessStatus
from services.shipments.tables import Handover, ItineraryLeg, Shipment, ShipmentLot
from telemetry.freshness import Verdict

IDS_A_QUERY = 500

ShipmentRow = tuple[Shipment, FreshnessStatus | None]
Expires = tuple[int | None, uuid.UUID]
"""Until when the last one seen keeps, and its id."""

SHIPMENT = Bundle[Any](
    "shipment",
    Shipment.id,
    Shipment.code,
    Shipment.exporter,
    Shipment.hub_id,
    Shipment.destination,
    Shipment.set_point_centi_c,
    Shipment.state,
    Shipment.departs_at_ms,
    Shipment.eta_at_ms,
    Shipment.arrived_at_ms,
    Shipment.created_at_ms,
)
STATUS = Bundle[Any](
    "status",
    FreshnessStatus.condition,
    FreshnessStatus.verdict,
    FreshnessStatus.confidence,
    FreshnessStatus.life_used,
    FreshnessStatus.remaining_p10_s,
    FreshnessStatus.remaining_p50_s,
    FreshnessStatus.remaining_p90_s,
    FreshnessStatus.keeps_until_ms,
    FreshnessStatus.last_reading_at_ms,
    FreshnessStatus.assessed_at_ms,
    FreshnessStatus.due_at_ms,
    FreshnessStatus.model_version,
)


def listed(
    session: Session,
    tenant_id: uuid.UUID,
    *,
    now_ms: int,
    after_code: str | None = None,
    limit: int | None = None,
    state: str | None = None,
    verdict: Verdict | None = None,
    exporter: str | None = None,
    code: str | None = None,
    scope: Scope = WHOLE_TENANT,
) -> Sequence[ShipmentRow]:
    """Shipments with their freshness, by code; rows are plain columns, as in :func:`first_expired`."""
    query = (
        select(SHIPMENT, STATUS)
        .outerjoin_from(Shipment, FreshnessStatus, _own_status(tenant_id))
        .where(Shipment.tenant_id == tenant_id, *_wanted(state, verdict, exporter, code, scope, now_ms))
        .order_by(Shipment.code)
        .limit(limit)
    )
    if after_code is not None:
        query = query.where(Shipment.code > after_code)
    return _rows(session.execute(query))


def first_expired(
    session: Session,
    tenant_id: uuid.UUID,
    *,
    now_ms: int,
    after: Expires | None = None,
    limit: int | None = None,
    state: str | None = None,
    verdict: Verdict | None = None,
    exporter: str | None = None,
    code: str | None = None,
    scope: Scope = WHOLE_TENANT,
) -> Sequence[ShipmentRow]:
    """Shipments with their freshness: what nobody knows first, then what keeps shortest (FEFO).

    Pages follow the index on `keeps_until_ms`; rows are plain columns, which a list of thousands is much quicker with.
    """
    # two queries that each follow the index; in one, nulls first would sort the whole tenant
    keeps, identity = FreshnessStatus.keeps_until_ms, FreshnessStatus.subject_id
    query = (
        select(SHIPMENT, STATUS)
        .join_from(FreshnessStatus, Shipment, _own_status(tenant_id))
        .where(Shipment.tenant_id == tenant_id, *_wanted(state, verdict, exporter, code, scope, now_ms))
    )
    keeps_until_ms, last_id = after or (None, None)
    found: list[ShipmentRow] = []
    if keeps_until_ms is None:
        unknown = query.where(keeps.is_(None)).order_by(identity).limit(limit)
        found = _rows(session.execute(unknown if last_id is None else unknown.where(identity > last_id)))
    if limit is None or len(found) < limit:
        known = query.where(keeps.is_not(None)).order_by(keeps, identity)
        if keeps_until_ms is not None and last_id is not None:
            known = known.where(
                tuple_(keeps, identity) > tuple_(keeps_until_ms, last_id, types=(keeps.type, identity.type))
            )
        found += _rows(session.execute(known.limit(None if limit is None else limit - len(found))))
    return found


def _wanted(
    state: str | None, verdict: Verdict | None, exporter: str | None, code: str | None, scope: Scope, now_ms: int
) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool] | None] = [
        None if state is None else Shipment.state == state,
        None if exporter is None else Shipment.exporter == exporter,
        None if scope.exporter is None else Shipment.exporter == scope.exporter,
        None if code is None else Shipment.code == code,
        None if verdict is None else told(verdict, now_ms),
    ]
    return [condition for condition in conditions if condition is not None]


def _own_status(tenant_id: uuid.UUID) -> ColumnElement[bool]:
    return and_(
        FreshnessStatus.tenant_id == tenant_id,
        FreshnessStatus.subject_kind == SubjectKind.SHIPMENT,
        FreshnessStatus.subject_id == Shipment.id,
    )


def _rows(found: Iterable[Any]) -> list[ShipmentRow]:
    # an outer join without a status has a row of nothing
    return [(shipment, None if status.model_version is None else status) for shipment, status in found]


def one(session: Session, tenant_id: uuid.UUID, ref: str, *, lock: bool = False) -> Shipment | None:
    """The shipment of that id or code, held against others until the transaction ends where ``lock`` says so."""
    shipment_id = as_id(ref)
    wanted = Shipment.code == ref if shipment_id is None else Shipment.id == shipment_id
    query = select(Shipment).where(Shipment.tenant_id == tenant_id, wanted)
    return session.scalar(query.with_for_update() if lock else query)


def ships(session: Session, tenant_id: uuid.UUID, lot_id: uuid.UUID, exporter: str) -> bool:
    """Whether the lot is in a shipment that bears this exporter's name."""
    query = (
        select(ShipmentLot.lot_id)
        .join(Shipment, Shipment.id == ShipmentLot.shipment_id)
        .where(ShipmentLot.tenant_id == tenant_id, ShipmentLot.lot_id == lot_id, Shipment.exporter == exporter)
    )
    return session.scalar(query) is not None


def of_exporter(session: Session, tenant_id: uuid.UUID, ids: Sequence[uuid.UUID], exporter: str) -> set[uuid.UUID]:
    """Those of the shipments that bear this exporter's name."""
    wanted = (Shipment.tenant_id == tenant_id, Shipment.id.in_(ids), Shipment.exporter == exporter)
    return set(session.scalars(select(Shipment.id).where(*wanted)))


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


def lots_aboard(session: Session, tenant_id: uuid.UUID, shipment_id: uuid.UUID) -> list[tuple[uuid.UUID, str, str]]:
    """Id, code and commodity of a shipment's lots, by code."""
    query = (
        select(Lot.id, Lot.code, Lot.commodity_id)
        .join(ShipmentLot, Lot.id == ShipmentLot.lot_id)
        .where(ShipmentLot.tenant_id == tenant_id, ShipmentLot.shipment_id == shipment_id)
        .order_by(Lot.code)
    )
    return [(lot_id, code, commodity_id) for lot_id, code, commodity_id in session.execute(query)]


def legs(
    session: Session, tenant_id: uuid.UUID, shipment_ids: Iterable[uuid.UUID]
) -> dict[uuid.UUID, list[ItineraryLeg]]:
    """The legs of each shipment that has any, in their order."""
    ids, found = sorted(set(shipment_ids)), dict[uuid.UUID, list[ItineraryLeg]]()
    for start in range(0, len(ids), IDS_A_QUERY):
        rows = session.scalars(
            select(ItineraryLeg)
            .where(ItineraryLeg.tenant_id == tenant_id, ItineraryLeg.shipment_id.in_(ids[start : start + IDS_A_QUERY]))
            .order_by(ItineraryLeg.shipment_id, ItineraryLeg.position)
        )
        for leg in rows:
            found.setdefault(leg.shipment_id, []).append(leg)
    return found


def replace_legs(session: Session, tenant_id: uuid.UUID, shipment_id: uuid.UUID, rows: Sequence[ItineraryLeg]) -> None:
    """Store these legs in place of those that the shipment has."""
    session.execute(
        delete(ItineraryLeg).where(ItineraryLeg.tenant_id == tenant_id, ItineraryLeg.shipment_id == shipment_id)
    )
    session.add_all(rows)
    session.flush()


def handovers(session: Session, tenant_id: uuid.UUID, shipment_id: uuid.UUID) -> Sequence[Handover]:
    """Who had a shipment after whom, in order."""
    query = select(Handover).where(Handover.tenant_id == tenant_id, Handover.shipment_id == shipment_id)
    return session.scalars(query.order_by(Handover.at_ms, Handover.id)).all()
