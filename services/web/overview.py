"""The overview page's figures: verdict tiles, the plan and its runs, the map, and shipments first expired first."""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from services.plans.tables import Plan, PlanJob
from services.web import store
from services.web.mapview import Leg, MapView, draw_map, legs
from services.web.shipmentview import ShipmentRow, shipment_row
from services.web.words import STATES, VERDICTS, VerdictLook, baht, clock_time, counted, day_and_time


@dataclass(frozen=True, slots=True)
class Tile:
    """How many shipments have a verdict."""

    look: VerdictLook
    count: int


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure with what it counts."""

    value: str
    name: str


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run in the list beside the map."""

    truck: str
    hub: str
    hub_name: str
    when: str
    loaded: int
    stops: int
    state: str
    temperature: str


@dataclass(frozen=True, slots=True)
class PlanLine:
    """Where planning stands, in a sentence, and how far the search is (0 to 1)."""

    sentence: str
    progress: float | None = None


@dataclass(frozen=True, slots=True)
class Overview:
    """All that the page shows."""

    tenant: str
    now: str
    tiles: tuple[Tile, ...]
    facts: tuple[Fact, ...]
    plan: PlanLine
    map: MapView
    runs: tuple[RunRow, ...]
    left_behind: tuple[str, ...]
    shipments: tuple[ShipmentRow, ...]


def overview(session: Session, tenant_id: uuid.UUID, now_ms: int) -> Overview:
    """The overview of a tenant at an instant."""
    tenant = store.tenant(session, tenant_id)
    villages = store.villages(session, tenant_id)
    hubs = store.hubs(session, tenant_id)
    plan = store.published_plan(session, tenant_id)
    driven: tuple[Leg, ...] = ()
    if plan is not None:
        driven = legs(
            store.runs(session, tenant_id, plan.id),
            store.stops(session, tenant_id, plan.id),
            {village.id: village for village in villages},
            {hub.id: hub for hub in hubs},
        )
    temperatures = store.truck_temperatures(session, tenant_id, now_ms)
    found = store.shipments(session, tenant_id)
    inside = store.lots_of_shipments(session, tenant_id, [shipment.id for shipment, _, _ in found])
    rows = tuple(
        shipment_row(shipment, hub, status, [lot for lot in inside if lot[0] == shipment.id], now_ms)
        for shipment, hub, status in found
    )
    verdicts = Counter(row.look.key for row in rows)
    return Overview(
        tenant=tenant.name if tenant else "",
        now=day_and_time(now_ms),
        tiles=tuple(Tile(look, verdicts[look.key]) for look in VERDICTS.values()),
        facts=_facts(store.counts(session, tenant_id)),
        plan=_plan_line(store.latest_job(session, tenant_id), plan, driven),
        map=draw_map(hubs, villages, store.lots_of_villages(session, tenant_id), driven, temperatures, now_ms),
        runs=tuple(_run_row(leg, temperatures) for leg in driven),
        left_behind=_left_behind(plan),
        shipments=rows,
    )


def _facts(counts: store.Counts) -> tuple[Fact, ...]:
    lots = [Fact(f"{counts.lots_by_state.get(state, 0)}", f"lots {words}") for state, words in STATES.items()]
    return (
        Fact(f"{counts.readings:,}", "readings stored"),
        Fact(f"{counts.gateways_online} of {counts.gateways}", "gateways online"),
        Fact(f"{counts.dead_letters}", "dead letters open"),
        *lots,
    )


def _plan_line(job: PlanJob | None, plan: Plan | None, driven: Sequence[Leg]) -> PlanLine:
    if job is not None and job.state in {"queued", "running"}:
        best = f", best so far {baht(job.best_cost_satang)}" if job.best_cost_satang else ""
        return PlanLine(f"Planning {counted(len(job.problem.get('pickups', ())), 'lot')}{best}.", job.progress)
    if plan is None:
        return PlanLine("No plan yet: lots wait in their villages.")
    # what the search charges for lots left behind is not paid to anyone
    unserved_satang = int(plan.document["plan"]["costs"]["unserved"])
    kilometres = sum(leg.run.distance_m for leg in driven) / 1000
    lots = sum(len(leg.stops) for leg in driven)
    return PlanLine(
        f"Published at {clock_time(plan.published_at_ms)}: {counted(len(driven), 'run')} for {counted(lots, 'lot')} "
        f"over {kilometres:,.0f} km for {baht(plan.cost_satang - unserved_satang)}."
    )


def _run_row(leg: Leg, temperatures: Mapping[uuid.UUID, tuple[int, float]]) -> RunRow:
    newest = temperatures.get(leg.truck.id)
    return RunRow(
        truck=leg.truck.code,
        hub=leg.hub.code,
        hub_name=leg.hub.name,
        when=f"{clock_time(leg.run.departs_at_ms)}–{clock_time(leg.run.arrived_at_ms or leg.run.arrives_at_ms)}",
        loaded=sum(stop.state == "loaded" for stop, _ in leg.stops),
        stops=len(leg.stops),
        state=leg.run.state,
        temperature=f"{newest[1]:.1f} °C" if newest else "–",
    )


def _left_behind(plan: Plan | None) -> tuple[str, ...]:
    if plan is None:
        return ()
    unserved = plan.document["plan"]["unserved"]
    return tuple(f"{lot['pickup']}: {lot['reason']}" for lot in unserved)
