"""The demand book: programmes are added, changed (each change a new version) and withdrawn."""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from services.demand import store
from services.demand.schemas import DemandChange, DemandDocument, DemandVersionDocument, NewDemand
from services.demand.tables import Demand, DemandVersion
from services.errors import Conflict, FieldFault, InvalidInput, NotFound
from services.fleet import logic as fleet
from services.fleet.tables import Hub
from services.http.merge import merged
from services.identity.scope import WHOLE_TENANT, Scope
from services.lots.logic import demand_commodity
from telemetry.freshness import Catalogue

DAY_S = 86_400


def add(
    session: Session, tenant_id: uuid.UUID, new: NewDemand, catalogue: Catalogue, *, by: str, now_ms: int
) -> Demand:
    """Add a programme. Raises InvalidInput naming the field, Conflict when the code is taken."""
    demand_commodity(catalogue, new.commodity_id, "/commodity_id")
    hub = fleet.named(session, tenant_id, Hub, new.hub, "/hub")
    demand = Demand(
        id=uuid.uuid4(),
        tenant_id=tenant_id,
        created_by=by,
        created_at_ms=now_ms,
        changed_at_ms=now_ms,
        **new.columns(hub.id),
    )
    session.add(demand)
    try:
        session.flush()
    except IntegrityError as error:
        raise Conflict(f"There is a demand {new.code!r} already; change it, or choose another code.") from error
    _keep_version(session, demand, hub.code, by, now_ms)
    return demand


def change(
    session: Session, demand: Demand, change: DemandChange, catalogue: Catalogue, *, by: str, now_ms: int
) -> Demand:
    """Make a new version. Raises InvalidInput naming the field, Conflict when it was withdrawn."""
    if demand.state != "open":
        raise Conflict(f"The demand was withdrawn ({demand.withdrawn_reason}); add a new one.")
    (current,) = documents(session, demand.tenant_id, [demand])
    whole = merged(NewDemand, current, change)
    demand_commodity(catalogue, whole.commodity_id, "/commodity_id")
    hub = fleet.named(session, demand.tenant_id, Hub, whole.hub, "/hub")
    for name, value in whole.columns(hub.id).items():
        setattr(demand, name, value)
    _touch(session, demand, hub.code, by, now_ms)
    return demand


def withdraw(session: Session, demand: Demand, reason: str, *, by: str, now_ms: int) -> Demand:
    """The buyer wants it no more: a last version; once more changes nothing."""
    if demand.state == "open":
        demand.state, demand.withdrawn_reason = "withdrawn", reason
        hub = fleet.codes(session, demand.tenant_id, Hub, [demand.hub_id])[demand.hub_id]
        _touch(session, demand, hub, by, now_ms)
    return demand


def demand_own_exporter(name: str | None, scope: Scope) -> None:
    """Nothing when ``scope`` has the exporter. Raises InvalidInput naming the one that it has."""
    if not scope.sees_exporter(name):
        fault = FieldFault("/exporter", f"is {name!r}.", f"Send {scope.exporter!r}.")
        raise InvalidInput("You can't speak for that exporter.", faults=[fault])


def found(
    session: Session, tenant_id: uuid.UUID, ref: str, scope: Scope = WHOLE_TENANT, *, lock: bool = False
) -> Demand:
    """The programme of that id or code. Raises NotFound, alike for another's and for none."""
    demand = store.one(session, tenant_id, ref, lock=lock)
    if demand is None or not scope.sees_exporter(demand.exporter):
        raise NotFound("There is no such demand.")
    return demand


def named(session: Session, tenant_id: uuid.UUID, code: str, pointer: str) -> Demand:
    """The demand of that code, as a payload names it at ``pointer``. Raises InvalidInput."""
    demand = store.one(session, tenant_id, code)
    if demand is None:
        fault = FieldFault(pointer, f"there is no demand {code!r}.", "GET /v1/demands lists them.")
        raise InvalidInput("The demand is not known.", faults=[fault])
    return demand


def running(session: Session, tenant_id: uuid.UUID, from_on: date, to_on: date) -> Sequence[Demand]:
    """Open programmes that want something between these days, by code."""
    return store.running(session, tenant_id, from_on, to_on)


def by_ids(session: Session, tenant_id: uuid.UUID, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Demand]:
    """Programmes by their ids; ids of other tenants are not found."""
    return store.by_ids(session, tenant_id, ids)


def documents(session: Session, tenant_id: uuid.UUID, rows: Sequence[Demand]) -> list[DemandDocument]:
    """Programmes as they are shown, in their order."""
    hubs = fleet.codes(session, tenant_id, Hub, [row.hub_id for row in rows])
    return [
        DemandDocument.model_validate(
            {
                **_said(row, hubs[row.hub_id]),
                "id": row.id,
                "withdrawn_reason": row.withdrawn_reason,
                "created_by": row.created_by,
                "created_at": row.created_at_ms,
                "changed_at": row.changed_at_ms,
                "version": row.version,
            }
        )
        for row in rows
    ]


def version_documents(
    session: Session,
    tenant_id: uuid.UUID,
    demand: Demand,
    *,
    before: int | None = None,
    limit: int | None = None,
) -> list[DemandVersionDocument]:
    """Versions of a programme, newest first, each with what changed in it."""
    more = None if limit is None else limit + 1  # the one before the last shown tells what changed in that
    rows = store.versions(session, tenant_id, demand.id, before=before, limit=more)
    shown = rows if limit is None else rows[:limit]
    following: list[DemandVersion | None] = [*rows[1:], None]
    return [
        DemandVersionDocument.model_validate(
            {
                "version": row.version,
                "changed_by": row.changed_by,
                "changed_at": row.changed_at_ms,
                "changed": [] if former is None else _changed(former.document, row.document),
                "demand": row.document,
            }
        )
        for row, former in zip(shown, following, strict=False)
    ]


def _changed(former: dict[str, Any], document: dict[str, Any]) -> list[str]:
    return [name for name, value in document.items() if former.get(name) != value]


def _said(row: Demand, hub: str) -> dict[str, Any]:
    """All that a programme says, as in JSON."""
    return {
        "code": row.code,
        "exporter": row.exporter,
        "buyer": row.buyer,
        "commodity_id": row.commodity_id,
        "variety": row.variety,
        "grade": row.grade,
        "quantity_g": row.quantity_g,
        "per": row.per,
        "from_on": row.from_on.isoformat(),
        "to_on": row.to_on.isoformat(),
        "hub": hub,
        "destination": row.destination,
        "transit_days": row.transit_s / DAY_S,
        "transit_c": None if row.transit_centi_c is None else row.transit_centi_c / 100,
        "min_life_days": row.min_life_s / DAY_S,
        "certificates": row.certificates,
        "price_satang_per_kg": row.price_satang_per_kg,
        "note": row.note,
        "state": row.state,
    }


def _touch(session: Session, demand: Demand, hub: str, by: str, now_ms: int) -> None:
    demand.version += 1
    demand.changed_at_ms = now_ms
    session.flush()
    _keep_version(session, demand, hub, by, now_ms)


def _keep_version(session: Session, demand: Demand, hub: str, by: str, now_ms: int) -> None:
    session.add(
        DemandVersion(
            demand_id=demand.id,
            version=demand.version,
            tenant_id=demand.tenant_id,
            document=_said(demand, hub),
            changed_by=by,
            changed_at_ms=now_ms,
        )
    )
    session.flush()
