"""Receiving, cold store, splits and merges: a lot's weight is never made or lost without a record that says where."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from services.devices.subjects import SubjectKind
from services.devices.tables import SensorAssignment
from services.errors import Conflict, FieldFault, InvalidInput
from services.fleet.tables import Hub
from services.hubs import store
from services.hubs.tables import ColdStoreStay, LotPart, LotReceipt
from services.lots import custody
from services.lots import logic as lots
from services.lots.tables import Lot
from services.readings.status import assess_soon, let_rest, statuses

SPLIT, MERGED, REFUSED = "split", "merged", "refused"


class Decision(StrEnum):
    """What a hub does with a lot that comes in."""

    ACCEPTED = "accepted"
    PARTLY = "partly"
    REFUSED = "refused"


class Reason(StrEnum):
    """Why a hub refuses a lot, or a part of it."""

    TOO_WARM = "too_warm"
    CHILLED = "chilled"
    DECAY = "decay"
    PESTS = "pests"
    DAMAGED = "damaged"
    IMMATURE = "immature"
    OVERRIPE = "overripe"
    GRADE = "grade"
    RESIDUES = "residues"
    DOCUMENTS = "documents"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was found of one lot at the gate. Weights in grams; ``weight_g`` is what the hub takes."""

    lot: str
    decision: Decision
    weight_g: int
    crates: int
    refused_weight_g: int = 0
    temperature_centi_c: int | None = None
    reason: Reason | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a lot that gets a code of its own."""

    code: str
    weight_g: int
    crates: int


def receive(
    session: Session, tenant_id: uuid.UUID, hub: Hub, found: Sequence[Found], by: str, at_ms: int, now_ms: int
) -> list[LotReceipt]:
    """Take lots in, or refuse them. All lines or none.

    Raises InvalidInput naming each line that can't be, Conflict for a lot that has a receipt already.
    """
    rows = lots.named(session, tenant_id, [line.lot for line in found], "/lines")
    known = store.receipts(session, tenant_id, [lot.id for lot in rows])
    faults = []
    for index, (line, lot) in enumerate(zip(found, rows, strict=True)):
        if lot.id in known:
            raise Conflict(f"{lot.code} was {known[lot.id].decision} at {hub.code} already by {known[lot.id].by}.")
        if fault := _why_not(line, lot, hub):
            faults.append(FieldFault(f"/lines/{index}/{fault[0]}", fault[1], fault[2]))
    if faults:
        raise InvalidInput("Some lines can't be.", faults=faults)
    receipts = []
    for line, lot in zip(found, rows, strict=True):
        if lot.state == custody.LOADED:
            custody.mark_received(session, tenant_id, [lot.id], hub.id, at_ms)
            session.refresh(lot)
        run = store.run_of(session, tenant_id, lot.id)
        receipt = LotReceipt(
            id=uuid.uuid4(),
            tenant_id=tenant_id,
            lot_id=lot.id,
            hub_id=hub.id,
            run_id=run.id if run else None,
            decision=line.decision,
            declared_weight_g=lot.weight_g,
            weight_g=line.weight_g,
            crates=line.crates,
            refused_weight_g=line.refused_weight_g,
            temperature_centi_c=line.temperature_centi_c,
            reason=line.reason,
            note=line.note,
            by=by,
            at_ms=at_ms,
            created_at_ms=now_ms,
        )
        session.add(receipt)
        receipts.append(receipt)
        if line.decision is Decision.REFUSED:
            lot.state = REFUSED
        else:
            lot.weight_g, lot.crates = line.weight_g, line.crates
        lot.version += 1
    try:
        session.flush()
    except IntegrityError as error:
        raise Conflict("Somebody has received one of these lots meanwhile; read the list again.") from error
    refused = [lot.id for lot in rows if lot.state == REFUSED]
    assess_soon(session, tenant_id, SubjectKind.LOT, [lot.id for lot in rows if lot.id not in refused], now_ms)
    let_rest(session, tenant_id, SubjectKind.LOT, refused)
    return receipts


def put_away(
    session: Session, tenant_id: uuid.UUID, hub: Hub, codes: Sequence[str], place: str, by: str, at_ms: int
) -> list[ColdStoreStay]:
    """Say where lots stand in the cold store. Raises InvalidInput for lots that the hub has not."""
    rows = _in_hub(session, tenant_id, hub, codes, "/lots")
    store.end_stays(session, tenant_id, [lot.id for lot in rows], at_ms)
    stays = [_stay(lot, hub.id, place, by, at_ms) for lot in rows]
    session.add_all(stays)
    session.flush()
    assess_soon(session, tenant_id, SubjectKind.LOT, [lot.id for lot in rows], at_ms)
    return stays


def split(
    session: Session, tenant_id: uuid.UUID, hub: Hub, code: str, parts: Sequence[Part], by: str, now_ms: int
) -> list[Lot]:
    """Make several lots of one. Each keeps its origin, its history and the sensors that spoke for it.

    Raises InvalidInput when the parts don't add up to the lot, Conflict for a taken code or a lot that left.
    """
    (lot,) = _in_hub(session, tenant_id, hub, [code], "/lot")
    weight_g, crates = sum(part.weight_g for part in parts), sum(part.crates for part in parts)
    if (weight_g, crates) != (lot.weight_g, lot.crates):
        raise InvalidInput(
            "The parts are not the lot.",
            faults=[
                FieldFault(
                    "/parts",
                    f"add up to {weight_g} g in {crates} crates.",
                    f"{lot.code} has {lot.weight_g} g in {lot.crates} crates; name the rest as a part too.",
                )
            ],
        )
    _consume(session, tenant_id, [lot], SPLIT)
    children = []
    left_satang = lot.value_satang
    for number, part in enumerate(parts, start=1):
        value = left_satang if number == len(parts) else lot.value_satang * part.weight_g // lot.weight_g
        left_satang -= value
        children.append(_child(session, lot, part.code, part.weight_g, part.crates, value, now_ms))
        session.add(_part(children[-1], lot, part.weight_g, by, now_ms))
    _settle(session, tenant_id, [lot], children, by, now_ms)
    return children


def merge(
    session: Session, tenant_id: uuid.UUID, hub: Hub, codes: Sequence[str], code: str, by: str, now_ms: int
) -> Lot:
    """Make one lot of several of one commodity and grade. It is as old and as short-lived as the worst of them.

    Raises InvalidInput when they are not alike, Conflict for a taken code or a lot that left.
    """
    rows = _in_hub(session, tenant_id, hub, codes, "/lots")
    odd = [
        FieldFault(f"/lots/{index}", f"{lot.code!r} is another commodity, variety or grade.", "Merge what is alike.")
        for index, lot in enumerate(rows)
        if (lot.commodity_id, lot.variety, lot.grade) != (rows[0].commodity_id, rows[0].variety, rows[0].grade)
    ]
    if odd:
        raise InvalidInput("These lots can't become one.", faults=odd)
    worst = _worst(session, tenant_id, rows)
    _consume(session, tenant_id, rows, MERGED)
    child = _child(
        session,
        worst,
        code,
        sum(lot.weight_g for lot in rows),
        sum(lot.crates for lot in rows),
        sum(lot.value_satang for lot in rows),
        now_ms,
    )
    session.add_all(_part(child, lot, lot.weight_g, by, now_ms) for lot in rows)
    _settle(session, tenant_id, rows, [child], by, now_ms)
    return child


def _why_not(line: Found, lot: Lot, hub: Hub) -> tuple[str, str, str] | None:
    if lot.state not in (custody.LOADED, custody.RECEIVED):
        return "lot", f"{lot.code!r} is {lot.state}.", "Receive what a truck has brought."
    if lot.state == custody.RECEIVED and lot.hub_id != hub.id:
        return "lot", f"{lot.code!r} is at another hub.", "Receive it there."
    if line.decision is not Decision.ACCEPTED and line.reason is None:
        return "reason", "is missing.", "Say why it, or a part of it, is refused."
    if line.decision is Decision.REFUSED and line.weight_g:
        return "weight_g", f"is {line.weight_g} of a lot that is refused.", "Send 0, or the decision `partly`."
    if line.decision is Decision.PARTLY and not (line.weight_g and line.refused_weight_g):
        return "refused_weight_g", "and weight_g must both be given.", "Weigh what you take and what you refuse."
    if line.decision is Decision.ACCEPTED and (line.refused_weight_g or not line.weight_g):
        return "weight_g", "is not all of what came.", "Send the decision `partly` where a part is refused."
    return None


def _in_hub(session: Session, tenant_id: uuid.UUID, hub: Hub, codes: Sequence[str], pointer: str) -> list[Lot]:
    rows = lots.named(session, tenant_id, list(codes), pointer)
    faults = [
        FieldFault(pointer, f"{lot.code!r} is not at {hub.code}, it is {lot.state}.", "Name lots that the hub has.")
        for lot in rows
        if lot.state != custody.RECEIVED or lot.hub_id != hub.id
    ]
    if faults:
        raise InvalidInput("The hub has not got all of these.", faults=faults)
    return list(rows)


def _consume(session: Session, tenant_id: uuid.UUID, rows: Sequence[Lot], state: str) -> None:
    if store.in_shipments(session, tenant_id, [lot.id for lot in rows]):
        raise Conflict("A lot of these is in a shipment already; take it out first.")
    gone = store.become(session, tenant_id, [lot.id for lot in rows], custody.RECEIVED, state)
    if len(gone) != len(rows):
        raise Conflict("Somebody has moved one of these lots meanwhile; read the stock again.")


def _child(session: Session, parent: Lot, code: str, weight_g: int, crates: int, value_satang: int, now_ms: int) -> Lot:
    kept = {
        column.key: getattr(parent, column.key)
        for column in Lot.__table__.columns
        if column.key not in ("id", "code", "weight_g", "crates", "value_satang", "state", "version", "created_at_ms")
    }
    child = Lot(
        id=uuid.uuid4(),
        code=code,
        weight_g=weight_g,
        crates=crates,
        value_satang=value_satang,
        state=custody.RECEIVED,
        created_at_ms=now_ms,
        **kept,
    )
    session.add(child)
    try:
        session.flush()
    except IntegrityError as error:
        raise Conflict(f"There is a lot {code!r} already; choose another code.") from error
    for spoke in store.assignments_of_lot(session, parent.tenant_id, parent.id):
        session.add(
            SensorAssignment(
                id=uuid.uuid4(),
                tenant_id=spoke.tenant_id,
                sensor_id=spoke.sensor_id,
                subject_kind=SubjectKind.LOT,
                subject_id=child.id,
                position=spoke.position,
                from_at_ms=spoke.from_at_ms,
                to_at_ms=spoke.to_at_ms,
            )
        )
    return child


def _part(child: Lot, parent: Lot, weight_g: int, by: str, now_ms: int) -> LotPart:
    return LotPart(
        child_id=child.id, parent_id=parent.id, tenant_id=child.tenant_id, weight_g=weight_g, by=by, at_ms=now_ms
    )


def _stay(lot: Lot, hub_id: uuid.UUID, place: str, by: str, at_ms: int) -> ColdStoreStay:
    return ColdStoreStay(
        id=uuid.uuid4(),
        tenant_id=lot.tenant_id,
        lot_id=lot.id,
        hub_id=hub_id,
        place=place,
        by=by,
        from_at_ms=at_ms,
        to_at_ms=None,
    )


def _settle(
    session: Session, tenant_id: uuid.UUID, gone: Sequence[Lot], made: Sequence[Lot], by: str, now_ms: int
) -> None:
    stood = store.stays(session, tenant_id, [lot.id for lot in gone])
    store.end_stays(session, tenant_id, list(stood), now_ms)
    if len(stood) == len(gone) and len({(stay.hub_id, stay.place) for stay in stood.values()}) == 1:
        # what all of them stood on, what came of them stands on too
        stay = next(iter(stood.values()))
        session.add_all(_stay(lot, stay.hub_id, stay.place, by, now_ms) for lot in made)
    session.flush()
    let_rest(session, tenant_id, SubjectKind.LOT, [lot.id for lot in gone])
    assess_soon(session, tenant_id, SubjectKind.LOT, [lot.id for lot in made], now_ms)


def _worst(session: Session, tenant_id: uuid.UUID, rows: Sequence[Lot]) -> Lot:
    told = statuses(session, tenant_id, SubjectKind.LOT, [lot.id for lot in rows])

    def keeps(lot: Lot) -> tuple[int, int]:
        status = told.get(lot.id)
        # what nobody has assessed comes first: it may be the worst
        known = status is not None and status.remaining_p10_s is not None
        return (status.remaining_p10_s or 0) if known and status is not None else -1, lot.harvested_at_ms

    return min(rows, key=keeps)
