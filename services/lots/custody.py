"""Who has a lot: waiting in its village, planned for a run, loaded on a truck, received at a hub."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.devices.subjects import SubjectKind
from services.errors import Conflict
from services.lots.tables import Lot
from services.readings.status import assess_soon

WAITING, PLANNED, LOADED, RECEIVED, WITHDRAWN = "waiting", "planned", "loaded", "received", "withdrawn"


def waiting(session: Session, tenant_id: uuid.UUID) -> Sequence[Lot]:
    """All lots that wait to be collected, by code."""
    return session.scalars(select(Lot).where(Lot.tenant_id == tenant_id, Lot.state == WAITING).order_by(Lot.code)).all()


def by_ids(session: Session, tenant_id: uuid.UUID, lot_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Lot]:
    """Lots by their ids; ids of other tenants are not found."""
    found = session.scalars(select(Lot).where(Lot.tenant_id == tenant_id, Lot.id.in_(lot_ids)))
    return {lot.id: lot for lot in found}


def mark_planned(session: Session, tenant_id: uuid.UUID, lot_ids: Sequence[uuid.UUID]) -> None:
    """The lots stand on a published run. Raises Conflict when one is no longer waiting."""
    _move(session, tenant_id, lot_ids, (WAITING,), state=PLANNED)


def mark_waiting(session: Session, tenant_id: uuid.UUID, lot_id: uuid.UUID) -> None:
    """The lot was left behind by its run and waits again."""
    _move(session, tenant_id, [lot_id], (PLANNED,), state=WAITING)


def mark_loaded(
    session: Session,
    tenant_id: uuid.UUID,
    lot_id: uuid.UUID,
    truck_id: uuid.UUID,
    at_ms: int,
    *,
    weight_g: int | None = None,
    crates: int | None = None,
) -> None:
    """The lot is on the truck from ``at_ms`` on, and the truck's sensors speak for it; it weighs what was weighed."""
    found = {name: value for name, value in (("weight_g", weight_g), ("crates", crates)) if value is not None}
    _move(session, tenant_id, [lot_id], (PLANNED,), state=LOADED, truck_id=truck_id, loaded_at_ms=at_ms, **found)
    assess_soon(session, tenant_id, SubjectKind.LOT, [lot_id], at_ms)


def mark_received(
    session: Session, tenant_id: uuid.UUID, lot_ids: Sequence[uuid.UUID], hub_id: uuid.UUID, at_ms: int
) -> None:
    """The hub has the lots from ``at_ms`` on."""
    _move(session, tenant_id, lot_ids, (LOADED,), state=RECEIVED, hub_id=hub_id, received_at_ms=at_ms)
    assess_soon(session, tenant_id, SubjectKind.LOT, lot_ids, at_ms)


def mark_withdrawn(session: Session, tenant_id: uuid.UUID, lot_id: uuid.UUID, reason: str, at_ms: int) -> None:
    """Its grower takes the lot back. Raises Conflict unless it waits in its village."""
    _move(session, tenant_id, [lot_id], (WAITING,), state=WITHDRAWN, withdrawn_at_ms=at_ms, withdrawn_reason=reason)
    assess_soon(session, tenant_id, SubjectKind.LOT, [lot_id], at_ms)


def _move(
    session: Session, tenant_id: uuid.UUID, lot_ids: Sequence[uuid.UUID], from_states: tuple[str, ...], **values: object
) -> None:
    wanted = set(lot_ids)
    moved = session.scalars(
        update(Lot)
        .where(Lot.tenant_id == tenant_id, Lot.id.in_(wanted), Lot.state.in_(from_states))
        .values(version=Lot.version + 1, **values)
        .returning(Lot.id)
    ).all()
    if len(moved) != len(wanted):
        stuck = session.scalars(select(Lot).where(Lot.tenant_id == tenant_id, Lot.id.in_(wanted - set(moved)))).all()
        states = ", ".join(f"{lot.code} is {lot.state}" for lot in stuck) or "some are not known"
        raise Conflict(f"Can't become {values['state']}: {states}.")
