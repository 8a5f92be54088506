"""Shipments: loaded from what a hub has received, departed, arrived; each lot in one of them at most."""

import uuid
from collections.abc import Sequence
from typing import cast

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from services.clock import to_rfc3339
from services.demand import logic as demands
from services.devices.subjects import SubjectKind
from services.errors import Conflict, FieldFault, InvalidInput, NotFound
from services.fleet import logic as fleet
from services.fleet.tables import Hub
from services.identity.scope import WHOLE_TENANT, Scope
from services.lots import logic as lots
from services.lots.custody import RECEIVED
from services.lots.tables import Lot
from services.readings import status as freshness
from services.readings.schemas import summary_of
from services.shipments import store
from services.shipments.schemas import NewShipment, ShipmentDocument, State
from services.shipments.store import ShipmentRow
from services.shipments.tables import Shipment, ShipmentLot

LOADING, IN_TRANSIT, ARRIVED = "loading", "in_transit", "arrived"


def add_shipment(session: Session, tenant_id: uuid.UUID, new: NewShipment, now_ms: int) -> Shipment:
    """Add a shipment with its lots. Raises InvalidInput naming the field, Conflict for a taken code or lot."""
    hub = fleet.named(session, tenant_id, Hub, new.hub, "/hub")
    loaded = lots.named(session, tenant_id, new.lots, "/lots")
    asked = None if new.demand is None else demands.named(session, tenant_id, new.demand, "/demand")
    shipment = Shipment(
        id=uuid.uuid4(),
        tenant_id=tenant_id,
        code=new.code,
        exporter=new.exporter if new.exporter is not None or asked is None else asked.exporter,
        demand_id=None if asked is None else asked.id,
        hub_id=hub.id,
        destination=new.destination,
        set_point_centi_c=new.set_point_c,
        departs_at_ms=new.departs_at,
        eta_at_ms=new.eta,
        state=LOADING,
        created_at_ms=now_ms,
    )
    session.add(shipment)
    try:
        session.flush()
    except IntegrityError as error:
        raise Conflict(f"There is a shipment {new.code!r} already; choose another code.") from error
    freshness.assess_soon(session, tenant_id, SubjectKind.SHIPMENT, [shipment.id], now_ms)
    load(session, shipment, loaded, now_ms if new.loaded_at is None else new.loaded_at, now_ms)
    return shipment


def load(session: Session, shipment: Shipment, loaded: Sequence[Lot], loaded_at_ms: int, now_ms: int) -> None:
    """Put lots into a shipment. Raises InvalidInput for lots that its hub has not, Conflict for one in another."""
    if shipment.state != LOADING:
        raise Conflict(f"The shipment {shipment.code!r} is {shipment.state.replace('_', ' ')}: nothing is loaded now.")
    faults = [
        FieldFault(f"/lots/{index}", f"{lot.code!r} {fault}", "Load what this hub has received.")
        for index, lot in enumerate(loaded)
        if (fault := _why_not(lot, shipment, loaded_at_ms))
    ]
    if faults:
        raise InvalidInput("Some lots can't be loaded.", faults=faults)
    session.add_all(
        ShipmentLot(shipment_id=shipment.id, lot_id=lot.id, tenant_id=shipment.tenant_id, loaded_at_ms=loaded_at_ms)
        for lot in loaded
    )
    try:
        session.flush()
    except IntegrityError as error:
        raise Conflict("A lot of these is in a shipment already.") from error
    freshness.assess_soon(session, shipment.tenant_id, SubjectKind.LOT, [lot.id for lot in loaded], now_ms)
    freshness.assess_soon(session, shipment.tenant_id, SubjectKind.SHIPMENT, [shipment.id], now_ms)


def _why_not(lot: Lot, shipment: Shipment, loaded_at_ms: int) -> str | None:
    if lot.state != RECEIVED or lot.received_at_ms is None:
        return f"is {lot.state}, not received."
    if lot.hub_id != shipment.hub_id:
        return "is at another hub."
    if loaded_at_ms < lot.received_at_ms:
        return f"was received at {to_rfc3339(lot.received_at_ms)}, after it would have been loaded."
    return None


def depart(session: Session, tenant_id: uuid.UUID, ref: str, *, at_ms: int, eta_at_ms: int | None) -> Shipment:
    """The shipment leaves its hub. Raises NotFound, Conflict when it left before."""
    shipment = found(session, tenant_id, ref, lock=True)
    if shipment.state != LOADING:
        raise Conflict(f"The shipment {shipment.code!r} is {shipment.state.replace('_', ' ')} already.")
    shipment.state, shipment.departs_at_ms = IN_TRANSIT, at_ms
    if eta_at_ms is not None:
        shipment.eta_at_ms = eta_at_ms
    if shipment.eta_at_ms is not None and shipment.eta_at_ms <= at_ms:
        fault = FieldFault("/query/eta", "is not after the departure.", "Send when it is due now.")
        raise InvalidInput("The shipment would arrive before it leaves.", faults=[fault])
    return shipment


def arrive(session: Session, tenant_id: uuid.UUID, ref: str, at_ms: int, now_ms: int) -> Shipment:
    """The shipment is there; what it was like on arrival is assessed once more. Raises NotFound, Conflict."""
    shipment = found(session, tenant_id, ref, lock=True)
    if shipment.state != IN_TRANSIT:
        raise Conflict(f"The shipment {shipment.code!r} is {shipment.state.replace('_', ' ')}, not in transit.")
    if shipment.departs_at_ms is not None and at_ms < shipment.departs_at_ms:
        fault = FieldFault("/query/at", "is before the departure.", "Send when it arrived, with its offset.")
        raise InvalidInput("The shipment would arrive before it leaves.", faults=[fault])
    shipment.state, shipment.arrived_at_ms = ARRIVED, at_ms
    aboard = [lot.id for _, lot in store.lots(session, tenant_id, [shipment.id])[shipment.id]]
    freshness.assess_soon(session, tenant_id, SubjectKind.LOT, aboard, now_ms)
    freshness.assess_soon(session, tenant_id, SubjectKind.SHIPMENT, [shipment.id], now_ms)
    return shipment


def lot_found(session: Session, tenant_id: uuid.UUID, ref: str, scope: Scope) -> Lot:
    """The lot of that id or code, if ``scope`` shows it: of the own village, or in one of the exporter's shipments.

    Raises NotFound, alike for another's and for none.
    """
    if scope.exporter is None:
        return lots.found(session, tenant_id, ref, scope)
    lot = lots.found(session, tenant_id, ref)
    if not store.ships(session, tenant_id, lot.id, scope.exporter):
        raise NotFound("There is no such lot.")
    return lot


def own_shipments(
    session: Session, tenant_id: uuid.UUID, ids: Sequence[uuid.UUID], scope: Scope, _now_ms: int
) -> set[uuid.UUID]:
    """Those of the shipments that ``scope`` shows."""
    return set() if scope.exporter is None else store.of_exporter(session, tenant_id, ids, scope.exporter)


def found(
    session: Session, tenant_id: uuid.UUID, ref: str, scope: Scope = WHOLE_TENANT, *, lock: bool = False
) -> Shipment:
    """The shipment of that id or code. Raises NotFound, alike for another's and for none."""
    shipment = store.one(session, tenant_id, ref, lock=lock)
    if shipment is None or not scope.sees_exporter(shipment.exporter):
        raise NotFound("There is no such shipment.")
    return shipment


def with_status(session: Session, tenant_id: uuid.UUID, shipment: Shipment) -> ShipmentRow:
    """The shipment with its stored freshness."""
    return shipment, freshness.statuses(session, tenant_id, SubjectKind.SHIPMENT, [shipment.id]).get(shipment.id)


def documents(
    session: Session, tenant_id: uuid.UUID, rows: Sequence[ShipmentRow], now_ms: int
) -> list[ShipmentDocument]:
    """Shipments as they are shown, in their order."""
    hubs = fleet.codes(session, tenant_id, Hub, [shipment.hub_id for shipment, _ in rows])
    codes = store.lot_codes(session, tenant_id, [shipment.id for shipment, _ in rows])
    return [
        ShipmentDocument.model_construct(
            id=shipment.id,
            code=shipment.code,
            exporter=shipment.exporter,
            hub=hubs[shipment.hub_id],
            destination=shipment.destination,
            set_point_c=shipment.set_point_centi_c,
            state=cast("State", shipment.state),
            departs_at=shipment.departs_at_ms,
            eta=shipment.eta_at_ms,
            arrived_at=shipment.arrived_at_ms,
            created_at=shipment.created_at_ms,
            lots=codes[shipment.id],
            freshness=summary_of(freshness.shown_at(status, now_ms)),
        )
        for shipment, status in rows
    ]
