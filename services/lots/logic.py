"""Lots: added when harvested, withdrawn while they wait, shown with their freshness."""

import uuid
from collections.abc import Sequence
from typing import cast

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from services.devices.subjects import SubjectKind
from services.errors import Conflict, FieldFault, InvalidInput, NotFound
from services.fleet import logic as fleet
from services.fleet.tables import Hub, Truck, Village
from services.identity.scope import WHOLE_TENANT, Scope
from services.lots import custody, declarations, store
from services.lots.schemas import LotChange, LotDocument, NewLot, Precooling, State
from services.lots.store import LotRow
from services.lots.tables import Lot
from services.readings import status as freshness
from services.readings.schemas import summary_of
from telemetry.freshness import Catalogue, UnknownCommodity

EARLY_HARVEST_MS = 3_600_000
"""How far ahead of our clock a harvest may be noted: a phone's clock is seldom right."""


def add_lot(session: Session, tenant_id: uuid.UUID, new: NewLot, catalogue: Catalogue, now_ms: int) -> Lot:
    """Add a waiting lot. Raises InvalidInput naming the field, Conflict when the code is taken."""
    village = fleet.named(session, tenant_id, Village, new.village, "/village")
    demand_commodity(catalogue, new.commodity_id, "/commodity_id")
    if new.harvested_at > now_ms + EARLY_HARVEST_MS:
        fault = FieldFault("/harvested_at", "lies in the future.", "Send when it was harvested, with its offset.")
        raise InvalidInput("The lot is not harvested yet.", faults=[fault])
    declared = None
    if new.declaration is not None:
        declared = declarations.for_lot(session, tenant_id, new.declaration, village.id, new.commodity_id, now_ms)
    lot = Lot(
        id=uuid.uuid4(),
        tenant_id=tenant_id,
        code=new.code,
        village_id=village.id,
        commodity_id=new.commodity_id,
        grade=new.grade,
        weight_g=new.weight_g,
        crates=new.crates,
        value_satang=new.value_satang,
        harvested_at_ms=new.harvested_at,
        ready_at_ms=new.harvested_at if new.ready_at is None else new.ready_at,
        created_at_ms=now_ms,
        variety=new.variety,
        maturity=new.maturity,
        precooling=new.precooling,
        precooled_at_ms=new.precooled_at,
        grower_group=new.grower_group or (declared.grower_group if declared else None),
        gap_code=new.gap_code or (declared.gap_code if declared else None),
        packing_house_code=new.packing_house_code or (declared.packing_house_code if declared else None),
        certificates=new.certificates or (declared.certificates if declared else None),
        declaration_id=new.declaration,
    )
    session.add(lot)
    try:
        session.flush()
    except IntegrityError as error:
        raise Conflict(f"There is a lot {new.code!r} already; choose another code.") from error
    freshness.assess_soon(session, tenant_id, SubjectKind.LOT, [lot.id], now_ms)
    return lot


CHANGED_COLUMNS = {"ready_at": "ready_at_ms", "precooled_at": "precooled_at_ms"}
ALWAYS_THERE = {"weight_g", "crates", "value_satang", "ready_at"}


def change(session: Session, lot: Lot, change: LotChange) -> Lot:
    """Set right what was entered of a waiting lot. Raises Conflict once it is planned, InvalidInput for a null."""
    if lot.state != custody.WAITING:
        raise Conflict(f"{lot.code} is {lot.state}; only a lot that waits can be set right.")
    given = change.model_dump(exclude_unset=True)
    nulls = sorted(name for name in ALWAYS_THERE & given.keys() if given[name] is None)
    if nulls:
        remedy = "Leave it out, or give a value."
        raise InvalidInput(faults=[FieldFault(f"/{name}", "must not be null.", remedy) for name in nulls])
    if given.get("ready_at", lot.ready_at_ms) < lot.harvested_at_ms:
        fault = FieldFault("/ready_at", "lies before the harvest.", "Give when it may be fetched.")
        raise InvalidInput("The lot can't be ready before it is harvested.", faults=[fault])
    for name, value in given.items():
        setattr(lot, CHANGED_COLUMNS.get(name, name), value)
    lot.version += 1
    session.flush()
    return lot


def demand_commodity(catalogue: Catalogue, commodity_id: str, pointer: str) -> None:
    """Nothing when the catalogue knows it. Raises InvalidInput with the nearest names."""
    try:
        catalogue.commodity(commodity_id)
    except UnknownCommodity as error:
        near = f"Did you mean {', '.join(error.near)}?" if error.near else "See `coldchain shelf-life --list`."
        fault = FieldFault(pointer, f"{commodity_id!r} is not in the catalogue.", near)
        raise InvalidInput("The commodity is not known.", faults=[fault]) from error


def demand_own_village(code: str, scope: Scope) -> None:
    """Nothing when ``scope`` has the village. Raises InvalidInput naming those that it has."""
    if not scope.sees_village(code):
        own = ", ".join(sorted(scope.villages or ()))
        fault = FieldFault("/village", f"{code!r} is not one of your villages.", f"Use one of: {own}.")
        raise InvalidInput("You can't speak for that village.", faults=[fault])


def own_lots(
    session: Session, tenant_id: uuid.UUID, ids: Sequence[uuid.UUID], scope: Scope, _now_ms: int
) -> set[uuid.UUID]:
    """Those of the lots that ``scope`` shows; an exporter's are told by their shipment."""
    return set() if scope.villages is None else store.in_scope(session, tenant_id, ids, scope)


def found(session: Session, tenant_id: uuid.UUID, ref: str, scope: Scope = WHOLE_TENANT) -> Lot:
    """The lot of that id or code. Raises NotFound, alike for another's and for none."""
    lot = store.one(session, tenant_id, ref, scope)
    if lot is None:
        raise NotFound("There is no such lot.")
    return lot


def named(session: Session, tenant_id: uuid.UUID, codes: Sequence[str], pointer: str) -> list[Lot]:
    """The lots of those codes in their order, as a payload names them at ``pointer``. Raises InvalidInput."""
    by_code = store.of_codes(session, tenant_id, codes)
    faults = [
        FieldFault(f"{pointer}/{index}", f"there is no lot {code!r}.", "Add it first: POST /v1/lots.")
        for index, code in enumerate(codes)
        if code not in by_code
    ]
    if faults:
        raise InvalidInput("Some lots are not known.", faults=faults)
    return [by_code[code] for code in codes]


def withdraw(session: Session, tenant_id: uuid.UUID, ref: str, reason: str, now_ms: int) -> Lot:
    """Take a waiting lot back; once more changes nothing. Raises NotFound, Conflict when it is on its way."""
    lot = found(session, tenant_id, ref)
    if lot.state != custody.WITHDRAWN:
        custody.mark_withdrawn(session, tenant_id, lot.id, reason, now_ms)
        session.refresh(lot)
    return lot


def with_status(session: Session, tenant_id: uuid.UUID, lot: Lot) -> LotRow:
    """The lot with its stored freshness."""
    return lot, freshness.statuses(session, tenant_id, SubjectKind.LOT, [lot.id]).get(lot.id)


def documents(session: Session, tenant_id: uuid.UUID, rows: Sequence[LotRow], now_ms: int) -> list[LotDocument]:
    """Lots as they are shown, in their order."""
    lots = [lot for lot, _ in rows]
    villages = fleet.codes(session, tenant_id, Village, [lot.village_id for lot in lots])
    trucks = fleet.codes(session, tenant_id, Truck, [lot.truck_id for lot in lots if lot.truck_id])
    hubs = fleet.codes(session, tenant_id, Hub, [lot.hub_id for lot in lots if lot.hub_id])
    return [
        LotDocument.model_construct(
            id=lot.id,
            code=lot.code,
            village=villages[lot.village_id],
            commodity_id=lot.commodity_id,
            grade=lot.grade,
            weight_g=lot.weight_g,
            crates=lot.crates,
            value_satang=lot.value_satang,
            harvested_at=lot.harvested_at_ms,
            ready_at=lot.ready_at_ms,
            state=cast("State", lot.state),
            loaded_at=lot.loaded_at_ms,
            truck=trucks[lot.truck_id] if lot.truck_id else None,
            received_at=lot.received_at_ms,
            hub=hubs[lot.hub_id] if lot.hub_id else None,
            created_at=lot.created_at_ms,
            freshness=summary_of(freshness.shown_at(status, now_ms)),
            variety=lot.variety,
            maturity=lot.maturity,
            precooling=cast("Precooling | None", lot.precooling),
            precooled_at=lot.precooled_at_ms,
            grower_group=lot.grower_group,
            gap_code=lot.gap_code,
            packing_house_code=lot.packing_house_code,
            certificates=lot.certificates,
            declaration=lot.declaration_id,
        )
        for lot, status in rows
    ]


def held(session: Session, tenant_id: uuid.UUID, lot_id: uuid.UUID) -> Lot:
    """The lot, locked until the transaction ends. Raises NotFound."""
    lot = store.locked(session, tenant_id, lot_id)
    if lot is None:
        raise NotFound("There is no such lot.")
    return lot
