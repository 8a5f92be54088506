"""The thread of a shipment as records, each naming those that it follows from."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from services.lots.tables import Lot
from services.shipments.tables import Shipment
from services.trace import store

DEEPEST = 20
"""Lots split and merged more often than this follow in a circle, which no hub can do."""


@dataclass(frozen=True, slots=True)
class Record:
    """One thing that happened: ``key`` is `kind:id`, ``follows`` the keys of the records before it."""

    key: str
    kind: str
    at_ms: int
    facts: dict[str, Any]
    follows: tuple[str, ...] = ()


@dataclass(slots=True)
class Thread:
    """All records of one shipment in the order in which they happened."""

    shipment: Shipment
    records: list[Record] = field(default_factory=list)

    def of(self, kind: str) -> list[Record]:
        """The records of one kind."""
        return [record for record in self.records if record.kind == kind]

    def add(self, kind: str, identity: object, at_ms: int, facts: dict[str, Any], follows: Iterable[str] = ()) -> str:
        """Add a record; answers its key."""
        key = f"{kind}:{identity}"
        kept = {name: value for name, value in facts.items() if value is not None}
        self.records.append(Record(key, kind, at_ms, kept, tuple(follows)))
        return key


def thread_of(session: Session, tenant_id: uuid.UUID, shipment: Shipment) -> Thread:
    """The thread of a shipment: demand, sourcing, harvest, collection, hub, way, arrival."""
    thread = Thread(shipment)
    aboard = store.loaded(session, tenant_id, shipment.id)
    family, made_of = _family(session, tenant_id, [lot for _, lot in aboard])
    last: dict[uuid.UUID, list[str]] = {lot_id: [] for lot_id in family}
    _asked_for(session, tenant_id, thread, shipment, family, last)
    _harvested(session, tenant_id, thread, family, made_of, last)
    _collected(session, tenant_id, thread, family, last)
    _at_hub(session, tenant_id, thread, family, made_of, last)
    _shipped(session, tenant_id, thread, aboard, last)
    thread.records.sort(key=lambda record: (record.at_ms, _ORDER.index(record.kind), record.key))
    return thread


_ORDER = (
    "demand",
    "declaration",
    "sourcing",
    "harvest",
    "collection",
    "receipt",
    "cold_store",
    "treatment",
    "parting",
    "loading",
    "departure",
    "handover",
    "arrival",
    "inspection",
)

Last = dict[uuid.UUID, list[str]]
Family = dict[uuid.UUID, Lot]
MadeOf = dict[uuid.UUID, list[tuple[uuid.UUID, int, int]]]


def _family(session: Session, tenant_id: uuid.UUID, lots: list[Lot]) -> tuple[Family, MadeOf]:
    """The lots and all that they were made of, by splits and merges; and each one's parents with grams and instant."""
    family: Family = {lot.id: lot for lot in lots}
    made_of: MadeOf = {}
    fresh = set(family)
    for _ in range(DEEPEST):
        links = store.parts(session, tenant_id, fresh) if fresh else []
        for link in links:
            made_of.setdefault(link.child_id, []).append((link.parent_id, link.weight_g, link.at_ms))
        fresh = {link.parent_id for link in links} - set(family)
        family |= {lot.id: lot for lot in store.lots(session, tenant_id, fresh)} if fresh else {}
    return family, made_of


def _asked_for(
    session: Session, tenant_id: uuid.UUID, thread: Thread, shipment: Shipment, family: Family, last: Last
) -> None:
    declared = {lot.declaration_id for lot in family.values() if lot.declaration_id is not None}
    lines = store.accepted_lines(session, tenant_id, set(family), declared)
    wanted = {line.demand_id for line in lines} | ({shipment.demand_id} if shipment.demand_id else set())
    demands = {
        demand.id: thread.add(
            "demand",
            demand.code,
            demand.created_at_ms,
            {
                "buyer": demand.buyer,
                "exporter": demand.exporter,
                "commodity_id": demand.commodity_id,
                "grade": demand.grade,
                "quantity_g": demand.quantity_g,
                "per": demand.per,
                "destination": demand.destination,
                "version": demand.version,
            },
        )
        for demand in store.demands(session, tenant_id, wanted)
    }
    declarations = {
        row.id: thread.add(
            "declaration",
            row.id,
            row.created_at_ms,
            {"commodity_id": row.commodity_id, "expected_g": row.expected_g, "harvest_on": row.harvest_on.isoformat()},
        )
        for row in store.declarations(session, tenant_id, declared)
    }
    by_lot: dict[uuid.UUID, list[str]] = {}
    by_declaration: dict[uuid.UUID, list[str]] = {}
    for line in lines:
        follows = [
            key for key in (demands.get(line.demand_id), declarations.get(line.declaration_id or line.demand_id))
        ]
        key = thread.add(
            "sourcing",
            f"{line.sourcing_id}-{line.number}",
            line.decided_at_ms or 0,
            {"weight_g": line.weight_g, "deliver_on": line.deliver_on.isoformat(), "by": line.decided_by},
            [follow for follow in follows if follow is not None],
        )
        if line.lot_id is not None:
            by_lot.setdefault(line.lot_id, []).append(key)
        if line.declaration_id is not None:
            by_declaration.setdefault(line.declaration_id, []).append(key)
    for lot in family.values():
        declaration = lot.declaration_id
        last[lot.id] = by_lot.get(lot.id, []) + (by_declaration.get(declaration, []) if declaration else [])
        if not last[lot.id] and declaration in declarations:
            last[lot.id] = [declarations[declaration]]
    if not lines and shipment.demand_id in demands:
        # sold without a sourcing proposal: the shipment itself answers the demand
        last.setdefault(shipment.id, []).append(demands[shipment.demand_id])


def _harvested(
    session: Session, tenant_id: uuid.UUID, thread: Thread, family: Family, made_of: MadeOf, last: Last
) -> None:
    origins = [lot for lot in family.values() if lot.id not in made_of]
    villages = store.villages(session, tenant_id, {lot.village_id for lot in origins})
    for lot in origins:
        village = villages[lot.village_id]
        facts = {
            "lot": lot.code,
            "commodity_id": lot.commodity_id,
            "variety": lot.variety,
            "grade": lot.grade,
            "village": village.code,
            "village_name": village.name,
            "village_name_th": village.name_th,
            "province": village.province,
            "grower_group": lot.grower_group,
            "gap_code": lot.gap_code,
            "packing_house_code": lot.packing_house_code,
            "certificates": lot.certificates,
            "weight_g": lot.weight_g,
            "crates": lot.crates,
        }
        last[lot.id] = [thread.add("harvest", lot.code, lot.harvested_at_ms, facts, last[lot.id])]


def _collected(session: Session, tenant_id: uuid.UUID, thread: Thread, family: Family, last: Last) -> None:
    stops = store.stops(session, tenant_id, set(family))
    trucks = store.trucks(session, tenant_id, {run.truck_id for _, run in stops})
    for stop, run in stops:
        lot = family[stop.lot_id]
        facts = {
            "lot": lot.code,
            "run": run.code,
            "stop": stop.position,
            "truck": trucks[run.truck_id].code,
            "weight_g": stop.loaded_weight_g,
            "crates": stop.loaded_crates,
        }
        at_ms = stop.done_at_ms or stop.departs_at_ms
        last[lot.id] = [thread.add("collection", f"{run.code}-{stop.position}", at_ms, facts, last[lot.id])]


def _at_hub(
    session: Session, tenant_id: uuid.UUID, thread: Thread, family: Family, made_of: MadeOf, last: Last
) -> None:
    receipts = {receipt.lot_id: receipt for receipt in store.receipts(session, tenant_id, set(family))}
    places = store.hubs(session, tenant_id, {lot.hub_id for lot in family.values() if lot.hub_id is not None})
    for lot in family.values():
        if lot.id in made_of or lot.received_at_ms is None or lot.hub_id is None:
            continue
        receipt = receipts.get(lot.id)
        facts: dict[str, Any] = {"lot": lot.code, "hub": places[lot.hub_id].code, "hub_name": places[lot.hub_id].name}
        if receipt is not None:
            facts |= {
                "decision": receipt.decision,
                "weight_g": receipt.weight_g,
                "refused_weight_g": receipt.refused_weight_g or None,
                "temperature_c": None if receipt.temperature_centi_c is None else receipt.temperature_centi_c / 100,
                "reason": receipt.reason,
                "by": receipt.by,
            }
        at_ms = receipt.at_ms if receipt is not None else lot.received_at_ms
        last[lot.id] = [thread.add("receipt", lot.code, at_ms, facts, last[lot.id])]
    for stay in store.stays(session, tenant_id, set(family)):
        lot = family[stay.lot_id]
        facts = {"lot": lot.code, "place": stay.place, "to_ms": stay.to_at_ms}
        last[lot.id] = [thread.add("cold_store", stay.id, stay.from_at_ms, facts, last[lot.id])]
    for treatment in store.treatments(session, tenant_id, set(family)):
        lot = family[treatment.lot_id]
        facts = {"lot": lot.code, "treatment": treatment.kind, "to_ms": treatment.to_ms}
        last[lot.id] = [thread.add("treatment", treatment.id, treatment.from_ms, facts, last[lot.id])]
    # parents before children, however often lots were parted
    for child_id in sorted(made_of, key=lambda one: max(at_ms for _, _, at_ms in made_of[one])):
        child = family[child_id]
        parents = [(family[parent_id], weight_g) for parent_id, weight_g, _ in made_of[child_id] if parent_id in family]
        facts = {
            "lot": child.code,
            "from": {parent.code: weight_g for parent, weight_g in parents},
            "weight_g": child.weight_g,
        }
        follows = [key for parent, _ in parents for key in last[parent.id]]
        at_ms = max(at_ms for _, _, at_ms in made_of[child_id])
        last[child_id] = [*last[child_id], thread.add("parting", child.code, at_ms, facts, follows)]


def _shipped(
    session: Session, tenant_id: uuid.UUID, thread: Thread, aboard: Iterable[tuple[Any, Lot]], last: Last
) -> None:
    shipment = thread.shipment
    before = []
    codes = {}
    for link, lot in aboard:
        codes[lot.id] = lot.code
        facts = {"lot": lot.code, "shipment": shipment.code, "weight_g": lot.weight_g, "crates": lot.crates}
        before.append(thread.add("loading", lot.code, link.loaded_at_ms, facts, last[lot.id][-1:] or last[lot.id]))
    before += last.get(shipment.id, [])
    if shipment.departs_at_ms is not None and shipment.state != "loading":
        facts = {"shipment": shipment.code, "destination": shipment.destination, "exporter": shipment.exporter}
        before = [thread.add("departure", shipment.code, shipment.departs_at_ms, facts, before)]
    for handover in store.handovers(session, tenant_id, shipment.id):
        celsius = None if handover.temperature_centi_c is None else handover.temperature_centi_c / 100
        facts = {
            "from": handover.from_party,
            "to": handover.to_party,
            "place": handover.place,
            "temperature_c": celsius,
            "seal": handover.seal,
            "by": handover.by,
        }
        before = [thread.add("handover", handover.id, handover.at_ms, facts, before)]
    if shipment.arrived_at_ms is not None:
        facts = {"shipment": shipment.code, "destination": shipment.destination}
        before = [thread.add("arrival", shipment.code, shipment.arrived_at_ms, facts, before)]
    for found in store.inspections(session, tenant_id, shipment.id):
        facts = {
            "lot": codes.get(found.lot_id),
            "quality": found.quality,
            "score": found.score,
            "pulp_c": None if found.pulp_centi_c is None else found.pulp_centi_c / 100,
            "chilling_injury": found.chilling_injury,
            "by": found.by,
        }
        thread.add("inspection", found.id, found.inspected_at_ms, facts, before)
