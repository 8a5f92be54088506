"""Villages, hubs and trucks: added, changed and removed, each code once in a tenant."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from services.errors import Conflict, FieldFault, InvalidInput, NotFound
from services.fleet import store
from services.fleet.schemas import NewHub, NewTruck, NewVillage
from services.fleet.store import Coded
from services.fleet.tables import Hub, Truck, Village


def all_villages(session: Session, tenant_id: uuid.UUID) -> Sequence[Village]:
    """Every village, by code."""
    return store.listed(session, tenant_id, Village)


def all_hubs(session: Session, tenant_id: uuid.UUID) -> Sequence[Hub]:
    """Every hub, by code."""
    return store.listed(session, tenant_id, Hub)


def all_trucks(session: Session, tenant_id: uuid.UUID) -> Sequence[Truck]:
    """Every truck, by code."""
    return store.listed(session, tenant_id, Truck)


def found(session: Session, tenant_id: uuid.UUID, table: type[Coded], ref: str) -> Coded:
    """The village, hub or truck of that id or code. Raises NotFound, alike for another tenant's and for none."""
    row = store.one(session, tenant_id, table, ref)
    if row is None:
        raise NotFound(f"There is no such {table.__tablename__}.")
    return row


def named(session: Session, tenant_id: uuid.UUID, table: type[Coded], code: str, pointer: str) -> Coded:
    """The village, hub or truck of that code, as a payload names it at ``pointer``. Raises InvalidInput."""
    row = store.of_code(session, tenant_id, table, code)
    if row is None:
        kind = table.__tablename__
        fault = FieldFault(pointer, f"there is no {kind} {code!r}.", f"Add it first: POST /v1/{kind}s.")
        raise InvalidInput(f"The {kind} is not known.", faults=[fault])
    return row


def codes(session: Session, tenant_id: uuid.UUID, table: type[Coded], ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The codes of those ids, for answers that name places and trucks."""
    return store.codes(session, tenant_id, table, ids) if ids else {}


def add_village(session: Session, tenant_id: uuid.UUID, new: NewVillage, now_ms: int) -> Village:
    """Add a village. Raises Conflict when its code is taken."""
    return _add(session, Village(tenant_id=tenant_id, created_at_ms=now_ms, **new.columns()))


def add_hub(session: Session, tenant_id: uuid.UUID, new: NewHub, now_ms: int) -> Hub:
    """Add a hub. Raises Conflict when its code is taken."""
    return _add(session, Hub(tenant_id=tenant_id, created_at_ms=now_ms, **new.columns()))


def add_truck(session: Session, tenant_id: uuid.UUID, new: NewTruck, now_ms: int) -> Truck:
    """Add a truck. Raises Conflict when its code is taken, InvalidInput when its home hub is not known."""
    home = named(session, tenant_id, Hub, new.home_hub, "/home_hub")
    return _add(session, Truck(tenant_id=tenant_id, created_at_ms=now_ms, **new.columns(home.id)))


def truck_columns(session: Session, tenant_id: uuid.UUID, truck: NewTruck) -> dict[str, Any]:
    """The columns of a truck, with its home hub looked up. Raises InvalidInput when it is not known."""
    return truck.columns(named(session, tenant_id, Hub, truck.home_hub, "/home_hub").id)


def change(session: Session, row: Coded, columns: dict[str, Any]) -> Coded:
    """Set the columns of ``row``. Raises Conflict when its new code is taken."""
    for name, value in columns.items():
        setattr(row, name, value)
    _flush(session, f"There is a {row.__tablename__} {row.code!r} already; choose another code.")
    return row


def remove(session: Session, row: Coded) -> None:
    """Remove ``row`` for good. Raises Conflict while lots, runs, trucks or shipments point at it."""
    kind, code = row.__tablename__, row.code
    session.delete(row)
    _flush(session, f"The {kind} {code!r} has records that point at it, so it stays.")


def _add(session: Session, row: Coded) -> Coded:
    row.id = uuid.uuid4()
    session.add(row)
    _flush(session, f"There is a {row.__tablename__} {row.code!r} already; change it, or choose another code.")
    return row


def _flush(session: Session, taken: str) -> None:
    try:
        session.flush()
    except IntegrityError as error:
        raise Conflict(taken) from error
