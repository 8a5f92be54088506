"""Sourcing: asked for as of now, found by a worker, decided line by line; what is accepted is reserved."""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from routing.sourcing import write_market
from services.demand import logic as demands
from services.demand.tables import Demand
from services.devices.subjects import SubjectKind
from services.errors import Conflict, FieldFault, InvalidInput, NotFound
from services.fleet import logic as fleet
from services.lots import custody, declarations
from services.lots import logic as lots
from services.lots.tables import Lot
from services.readings import status as freshness
from services.sourcing import queue, store
from services.sourcing.building import Reserved, Situation, build_market
from services.sourcing.schemas import Decision, SourcingRequest
from services.sourcing.tables import Sourcing, SourcingLine
from telemetry.freshness import Catalogue

DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Promise:
    """For which programme a lot was accepted; where it was for several, the one with the most of it."""

    demand: Demand
    weight_g: int


def request_sourcing(
    session: Session, tenant_id: uuid.UUID, request: SourcingRequest, catalogue: Catalogue, *, by: str, now_ms: int
) -> Sourcing:
    """Build the market as of now and queue it. Raises InvalidInput when nothing is wanted."""
    today = declarations.local_day(now_ms)
    last = today + timedelta(days=request.days - 1)
    wanted = _wanted(demands.running(session, tenant_id, today, last), request)
    waiting = custody.waiting(session, tenant_id)
    hubs = fleet.all_hubs(session, tenant_id)
    seen = Situation(
        now_ms=now_ms,
        lots=waiting,
        statuses=freshness.statuses(session, tenant_id, SubjectKind.LOT, [lot.id for lot in waiting]),
        declarations=declarations.to_come(session, tenant_id, today, last),
        demands=wanted,
        villages=fleet.all_villages(session, tenant_id),
        hubs=hubs,
        taken_g=declarations.taken_g(session, tenant_id, now_ms - request.history_days * DAY_MS),
        reserved=reserved(session, tenant_id, today),
    )
    market = build_market(seen, request, catalogue)
    sourcing = Sourcing(
        id=uuid.uuid4(),
        tenant_id=tenant_id,
        request=request.model_dump(mode="json")
        | {
            "from_on": today.isoformat(),
            "programmes": {demand.code: [str(demand.id), demand.version] for demand in wanted},
        },
        market=json.loads(write_market(market)),
        created_by=by,
        created_at_ms=now_ms,
    )
    session.add(sourcing)
    session.flush()
    queue.tell(session, sourcing, now_ms)
    return sourcing


def _wanted(running: Sequence[Demand], request: SourcingRequest) -> Sequence[Demand]:
    by_code = {d.code: d for d in running if request.exporter is None or d.exporter == request.exporter}
    unknown = [(index, code) for index, code in enumerate(request.demands or ()) if code not in by_code]
    if unknown:
        remedy = "GET /v1/demands lists them; it must be open and run in these days."
        faults = [FieldFault(f"/demands/{index}", f"{code!r} can't be sourced.", remedy) for index, code in unknown]
        raise InvalidInput(faults=faults)
    if not by_code:
        remedy = "Write a programme into the demand book: POST /v1/demands."
        raise InvalidInput("There is nothing to source.", faults=[FieldFault("/demands", "none runs then.", remedy)])
    return [by_code[code] for code in dict.fromkeys(request.demands)] if request.demands else list(by_code.values())


def reserved(session: Session, tenant_id: uuid.UUID, today: date) -> Reserved:
    """What is accepted for today or later."""
    by_lot: dict[uuid.UUID, int] = {}
    by_declaration: dict[uuid.UUID, int] = {}
    by_demand: dict[tuple[uuid.UUID, date], int] = {}
    for line in store.accepted(session, tenant_id, today):
        if line.lot_id is not None:
            by_lot[line.lot_id] = by_lot.get(line.lot_id, 0) + line.weight_g
        if line.declaration_id is not None:
            by_declaration[line.declaration_id] = by_declaration.get(line.declaration_id, 0) + line.weight_g
        key = (line.demand_id, line.deliver_on)
        by_demand[key] = by_demand.get(key, 0) + line.weight_g
    return Reserved(lots=by_lot, declarations=by_declaration, demands=by_demand)


def promises(session: Session, tenant_id: uuid.UUID, waiting: Sequence[Lot], today: date) -> dict[uuid.UUID, Promise]:
    """The programme of each lot that was accepted, itself or as the harvest that was declared."""
    by_supply: dict[uuid.UUID, dict[uuid.UUID, int]] = {}
    for line in store.accepted(session, tenant_id, today):
        supply = line.lot_id or line.declaration_id
        if supply is not None:
            of_demand = by_supply.setdefault(supply, {})
            of_demand[line.demand_id] = of_demand.get(line.demand_id, 0) + line.weight_g
    known = demands.by_ids(session, tenant_id, sorted({demand for found in by_supply.values() for demand in found}))
    found: dict[uuid.UUID, Promise] = {}
    for lot in waiting:
        shares = by_supply.get(lot.id) or by_supply.get(lot.declaration_id or lot.id)
        if shares:
            demand_id = max(shares, key=lambda key: (shares[key], str(key)))
            found[lot.id] = Promise(known[demand_id], min(lot.weight_g, shares[demand_id]))
    return found


def found(session: Session, tenant_id: uuid.UUID, sourcing_id: uuid.UUID, *, lock: bool = False) -> Sourcing:
    """The sourcing. Raises NotFound."""
    sourcing = store.one(session, tenant_id, sourcing_id, lock=lock)
    if sourcing is None:
        raise NotFound("There is no such sourcing.")
    return sourcing


def cancel(session: Session, tenant_id: uuid.UUID, sourcing_id: uuid.UUID) -> None:
    """Stop it. Raises NotFound, Conflict when it has ended."""
    sourcing = found(session, tenant_id, sourcing_id)
    if sourcing.state != "cancelling" and not store.request_cancel(session, tenant_id, sourcing_id):
        raise Conflict(f"The sourcing is {sourcing.state}; there is nothing to stop.")
    session.refresh(sourcing)


def decide(
    session: Session,
    tenant_id: uuid.UUID,
    sourcing: Sourcing,
    decisions: Sequence[Decision],
    *,
    by: str,
    now_ms: int,
) -> list[SourcingLine]:
    """Accept, edit or reject lines, all or none.

    Raises InvalidInput for a line that is not there, Conflict when a line has moved since it was read, or its lot or
    declaration is promised already, withdrawn or gone.
    """
    numbers = [decision.line for decision in decisions]
    by_number = {line.number: line for line in store.lines(session, tenant_id, sourcing.id, numbers=numbers, lock=True)}
    faults = [
        FieldFault(f"/decisions/{index}/line", f"there is no line {number}.", "GET .../lines lists them.")
        for index, number in enumerate(numbers)
        if number not in by_number or numbers.index(number) != index
    ]
    if faults:
        raise InvalidInput("Some lines can't be decided.", faults=faults)
    for decision in decisions:
        line = by_number[decision.line]
        if decision.version is not None and decision.version != line.version:
            raise Conflict(
                f"Line {line.number} is at version {line.version} now, not {decision.version}: {line.state} by"
                f" {line.decided_by or 'nobody'} with {line.weight_g} g. Read it again, then decide."
            )
        line.state = decision.state
        line.weight_g = decision.weight_g or line.weight_g
        line.reason, line.decided_by, line.decided_at_ms = decision.reason, by, now_ms
        line.version += 1
    session.flush()
    for decision in decisions:
        if decision.state == store.ACCEPTED:
            _demand_there(session, tenant_id, by_number[decision.line])
    queue.tell(session, sourcing, now_ms)
    return [by_number[number] for number in numbers]


def _demand_there(session: Session, tenant_id: uuid.UUID, line: SourcingLine) -> None:
    """Nothing when all that is accepted of the line's supply is there. The row stays locked until the commit."""
    if line.lot_id is not None:
        lot = lots.held(session, tenant_id, line.lot_id)
        name, there = lot.code, lot.weight_g
        gone = None if lot.state == custody.WAITING else lot.state
        promised = store.accepted_g(session, tenant_id, lot_id=lot.id)
    else:
        declared = declarations.found(session, tenant_id, line.declaration_id or uuid.UUID(int=0))
        name, there = "the declaration", declared.expected_g
        gone = "withdrawn" if declared.state == "withdrawn" else None
        promised = store.accepted_g(session, tenant_id, declaration_id=declared.id)
    if gone:
        raise Conflict(f"Line {line.number} can't be accepted: {name} is {gone}.")
    if promised > there:
        raise Conflict(
            f"Line {line.number} can't be accepted: {promised} g of {name} would be promised, and {there} g are there."
        )


def ready_on(sourcing: Sourcing, supply: Mapping[str, Any]) -> date:
    """The day on which a supply of the market can be at a hub."""
    return date.fromisoformat(sourcing.request["from_on"]) + timedelta(days=int(supply["ready_day"]))
