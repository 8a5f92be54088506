"""Declared harvests: said by villages days ahead, changed, withdrawn, and used up by the lots that are harvested."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from services.errors import Conflict, FieldFault, InvalidInput, NotFound
from services.fleet import logic as fleet
from services.fleet.tables import Village
from services.identity.scope import WHOLE_TENANT, Scope
from services.lots import store
from services.lots.schemas import DeclarationChange, DeclarationDocument, DeclarationQuery, NewDeclaration
from services.lots.tables import HarvestDeclaration

ZONE = ZoneInfo("Asia/Bangkok")

AHEAD_DAYS = 400
"""A harvest is not declared further ahead than this: a slip of the year."""

COUNTED = ("planned", "loaded", "received")
"""Lots in these states are taken: they are what a village has sold."""


def local_day(at_ms: int) -> date:
    """The local day of an instant."""
    return datetime.fromtimestamp(at_ms / 1000, ZONE).date()


def declare(session: Session, tenant_id: uuid.UUID, new: NewDeclaration, *, by: str, now_ms: int) -> HarvestDeclaration:
    """Note a harvest to come. Raises InvalidInput naming the field."""
    village = fleet.named(session, tenant_id, Village, new.village, "/village")
    _demand_day(new.harvest_on, now_ms)
    declared = HarvestDeclaration(
        id=uuid.uuid4(),
        tenant_id=tenant_id,
        village_id=village.id,
        created_by=by,
        created_at_ms=now_ms,
        changed_at_ms=now_ms,
        **new.model_dump(exclude={"village"}),
    )
    session.add(declared)
    session.flush()
    return declared


def change(session: Session, declared: HarvestDeclaration, change: DeclarationChange, now_ms: int) -> None:
    """Change an open declaration. Raises Conflict when it is open no more, InvalidInput naming the field."""
    if declared.state != "open":
        raise Conflict(f"The declaration is {declared.state}; declare anew.")
    given = change.model_dump(exclude_unset=True)
    nulls = [name for name in ("expected_g", "harvest_on", "confidence_pct") if name in given and given[name] is None]
    if nulls:
        remedy = "Leave it out, or give a value."
        raise InvalidInput(faults=[FieldFault(f"/{name}", "must not be null.", remedy) for name in nulls])
    if "harvest_on" in given:
        _demand_day(given["harvest_on"], now_ms)
    for name, value in given.items():
        setattr(declared, name, value)
    _touch(session, declared, now_ms)


def withdraw(session: Session, declared: HarvestDeclaration, reason: str, now_ms: int) -> None:
    """There will be no such harvest; once more changes nothing. Raises Conflict when it was harvested."""
    if declared.state == "harvested":
        raise Conflict("It was harvested already: withdraw its lots.")
    if declared.state == "open":
        declared.state, declared.withdrawn_reason = "withdrawn", reason
        _touch(session, declared, now_ms)


def found(
    session: Session, tenant_id: uuid.UUID, declaration_id: uuid.UUID, scope: Scope = WHOLE_TENANT
) -> HarvestDeclaration:
    """The declaration, locked until the transaction ends. Raises NotFound."""
    declared = store.declaration(session, tenant_id, declaration_id, lock=True, scope=scope)
    if declared is None:
        raise NotFound("There is no such declaration.")
    return declared


def for_lot(
    session: Session,
    tenant_id: uuid.UUID,
    declaration_id: uuid.UUID,
    village_id: uuid.UUID,
    commodity_id: str,
    now_ms: int,
) -> HarvestDeclaration:
    """The declaration that a new lot names, now harvested. Raises InvalidInput when it is not of the like."""
    declared = store.declaration(session, tenant_id, declaration_id, lock=True)
    remedy = "GET /v1/declarations lists them."
    if declared is None or declared.state == "withdrawn":
        raise InvalidInput(faults=[FieldFault("/declaration", "is not an open declaration.", remedy)])
    if (declared.village_id, declared.commodity_id) != (village_id, commodity_id):
        raise InvalidInput(faults=[FieldFault("/declaration", "is of another village or commodity.", remedy)])
    if declared.state == "open":
        declared.state = "harvested"
        _touch(session, declared, now_ms)
    return declared


def to_come(session: Session, tenant_id: uuid.UUID, from_on: date, to_on: date) -> Sequence[HarvestDeclaration]:
    """Open declarations for these days, by day."""
    return store.declarations(session, tenant_id, DeclarationQuery(state="open", from_on=from_on, to_on=to_on))


def taken_g(session: Session, tenant_id: uuid.UUID, since_ms: int) -> dict[tuple[uuid.UUID, str], int]:
    """What was taken of each village and commodity since then: grams of lots planned, on their way or received."""
    return store.collected_g(session, tenant_id, since_ms, COUNTED)


def documents(session: Session, tenant_id: uuid.UUID, rows: Sequence[HarvestDeclaration]) -> list[DeclarationDocument]:
    """Declarations as they are shown, in their order."""
    villages = fleet.codes(session, tenant_id, Village, [row.village_id for row in rows])
    harvested = store.harvested_g(session, tenant_id, [row.id for row in rows])
    return [
        DeclarationDocument.model_validate(
            {
                **{name: getattr(row, name) for name in NewDeclaration.model_fields if name != "village"},
                "id": row.id,
                "village": villages[row.village_id],
                "state": row.state,
                "harvested_g": harvested.get(row.id, 0),
                "withdrawn_reason": row.withdrawn_reason,
                "created_by": row.created_by,
                "created_at": row.created_at_ms,
                "changed_at": row.changed_at_ms,
                "version": row.version,
            }
        )
        for row in rows
    ]


def _touch(session: Session, declared: HarvestDeclaration, now_ms: int) -> None:
    declared.version += 1
    declared.changed_at_ms = now_ms
    session.flush()


def _demand_day(harvest_on: date, now_ms: int) -> None:
    today = local_day(now_ms)
    if not today <= harvest_on <= today + timedelta(days=AHEAD_DAYS):
        remedy = f"Give a day from {today} on; what is harvested already is a lot: POST /v1/lots."
        fault = FieldFault("/harvest_on", f"{harvest_on} is not a day to come.", remedy)
        raise InvalidInput("The day of the harvest can't be that.", faults=[fault])
