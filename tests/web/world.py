"""A small collection day in a database: what the pages are tested on."""

import json
import math
import uuid
from dataclasses import dataclass

from sqlalchemy.orm import Session

import routing
import routing.problem
from routing import Problem, write_plan, write_problem
from routing.plan import Costs, Provenance, Unserved
from routing.problem import Location, TimeWindow
from services.db.engine import Database
from services.devices.tables import Gateway, Sensor, SensorAssignment
from services.fleet.tables import Hub, Truck, Village
from services.identity.tables import Tenant
from services.lots.tables import Lot
from services.plans.tables import Plan, PlanJob, Run, RunStop
from services.readings.tables import DeadLetter, FreshnessStatus, SensorLatest, StoredReading
from services.shipments.tables import Shipment, ShipmentLot

NOW_MS = 1_795_410_000_000
"""2026-11-23T05:00:00Z, noon in Bangkok."""

HOUR_MS = 3_600_000
MINUTE_MS = 60_000
DAY_S = 86_400

VERDICTS = (
    ("SH-1", "on_track", "in_range", 12 * DAY_S),
    ("SH-2", "use_first", "above_range", 2 * DAY_S),
    ("SH-3", "unknown", "no_data", None),
    ("SH-4", "inspect_on_arrival", "chilling_risk", 6 * DAY_S),
)


@dataclass(frozen=True, slots=True)
class World:
    """The tenant whose day it is, and one that has nothing."""

    tenant_id: uuid.UUID
    stranger_id: uuid.UUID


def build(database: Database) -> World:
    """Two villages, a hub, a run that collected both lots, and a shipment for each kind of verdict."""
    with database.write() as session:
        tenant, stranger = _tenant("east"), _tenant("north")
        session.add_all([tenant, stranger])
        session.flush()
        _build(session, tenant.id)
        return World(tenant.id, stranger.id)


def _tenant(slug: str) -> Tenant:
    return Tenant(id=uuid.uuid4(), slug=slug, name=f"Growers of the {slug.title()}", created_at_ms=NOW_MS)


def _build(session: Session, tenant: uuid.UUID) -> None:
    place = {"tenant_id": tenant, "opens_s": 0, "closes_s": DAY_S, "source": "test", "created_at_ms": NOW_MS}
    villages = [
        Village(id=uuid.uuid4(), code="V-1", name="Khlung", latitude=12.455, longitude=102.222, **place),
        Village(id=uuid.uuid4(), code="V-2", name="Tha Mai <b>", latitude=12.622, longitude=102.005, **place),
    ]
    hub = Hub(
        id=uuid.uuid4(),
        code="THLCH",
        kind="seaport",
        name="Laem Chabang Port",
        latitude=13.074,
        longitude=100.891,
        **place,
    )
    session.add_all([*villages, hub])
    session.flush()
    truck = Truck(
        id=uuid.uuid4(),
        tenant_id=tenant,
        code="R6-LCH-1",
        home_hub_id=hub.id,
        capacity_g=5_500_000,
        capacity_crates=280,
        min_temperature_centi_c=0,
        max_temperature_centi_c=2000,
        shift_starts_s=0,
        shift_ends_s=DAY_S,
        fixed_cost_satang=100,
        cost_per_km_satang=100,
        cost_per_hour_satang=100,
        created_at_ms=NOW_MS,
    )
    session.add(truck)
    lots = [
        _lot(tenant, f"L-{number}", villages[number % 2].id, state)
        for number, state in enumerate(["loaded", "loaded", "received", "received", "received", "received", "waiting"])
    ]
    session.add_all(lots)
    session.flush()
    _plan(session, tenant, truck, hub, lots[:2])
    _sensor(session, tenant, 1, "truck", truck.id, [(minute, 13.4) for minute in range(-120, 1, 5)])
    for number, (code, verdict, condition, life_s) in enumerate(VERDICTS):
        _shipment(session, tenant, hub, code, lots[2 + number], verdict, condition, life_s, number)
    session.add(
        DeadLetter(
            tenant_id=tenant,
            topic="coldchain/v1/east/gw-1/up",
            payload=b"{",
            payload_size=1,
            reason="not_json",
            detail="cut off",
            received_at_ms=NOW_MS,
            fingerprint=b"f" * 16,
            last_received_at_ms=NOW_MS,
        )
    )


def _lot(tenant: uuid.UUID, code: str, village: uuid.UUID, state: str) -> Lot:
    return Lot(
        id=uuid.uuid4(),
        tenant_id=tenant,
        code=code,
        village_id=village,
        commodity_id="durian",
        weight_g=400_000,
        crates=20,
        value_satang=100,
        harvested_at_ms=NOW_MS - 6 * HOUR_MS,
        ready_at_ms=NOW_MS - 5 * HOUR_MS,
        state=state,
        created_at_ms=NOW_MS - 6 * HOUR_MS,
    )


def _problem(truck: Truck, hub: Hub) -> Problem:
    day = TimeWindow(opens_s=0, closes_s=DAY_S)
    place = Location(id=f"hub:{hub.code}", latitude=hub.latitude, longitude=hub.longitude, name=hub.name)
    return Problem(
        version=1,
        name="Collection of 2026-11-23",
        time_zero_ms=NOW_MS - 12 * HOUR_MS,
        locations=(place,),
        hubs=(routing.problem.Hub(id=hub.code, location=place.id),),
        trucks=(
            routing.problem.Truck(
                id=truck.code, start=place.id, capacity_g=truck.capacity_g, capacity_crates=180, shift=day
            ),
        ),
        pickups=(),
    )


def _plan(session: Session, tenant: uuid.UUID, truck: Truck, hub: Hub, lots: list[Lot]) -> None:
    job = PlanJob(
        id=uuid.uuid4(),
        tenant_id=tenant,
        state="done",
        request={"deadlines": {}},
        problem=json.loads(write_problem(_problem(truck, hub))),
        created_by="test",
        created_at_ms=NOW_MS,
    )
    session.add(job)
    session.flush()
    left = Unserved(pickup="L-6", rule="shift", reason="No truck can be back before its shift ends.")
    answer = routing.Plan(
        version=1,
        routes=(),
        unserved=(left,),
        costs=Costs(unserved=34_500),
        provenance=Provenance(engine="greedy", problem_digest="", travel="estimate"),
    )
    plan = Plan(
        id=uuid.uuid4(),
        tenant_id=tenant,
        job_id=job.id,
        state="published",
        engine="greedy",
        cost_satang=1_269_000,
        document={"plan": json.loads(write_plan(answer)), "time_zero_ms": NOW_MS - 12 * HOUR_MS, "deadlines": {}},
        data_as_of_ms=NOW_MS,
        created_at_ms=NOW_MS,
        published_at_ms=NOW_MS - 3 * HOUR_MS,
    )
    session.add(plan)
    session.flush()
    run = Run(
        id=uuid.uuid4(),
        tenant_id=tenant,
        code="RUN-1",
        plan_id=plan.id,
        truck_id=truck.id,
        hub_id=hub.id,
        state="driving",
        departs_at_ms=NOW_MS - 2 * HOUR_MS,
        arrives_at_ms=NOW_MS + 2 * HOUR_MS,
        distance_m=312_000,
    )
    session.add(run)
    session.flush()
    for position, lot in enumerate(lots, 1):
        at_ms = NOW_MS + (position - 3) * 30 * MINUTE_MS
        stop = RunStop(
            tenant_id=tenant,
            run_id=run.id,
            position=position,
            lot_id=lot.id,
            arrives_at_ms=at_ms,
            departs_at_ms=at_ms + 10 * MINUTE_MS,
            state="loaded",
        )
        session.add(stop)


def _sensor(
    session: Session, tenant: uuid.UUID, number: int, kind: str, subject: uuid.UUID, readings: list[tuple[int, float]]
) -> None:
    gateway = Gateway(id=uuid.uuid4(), tenant_id=tenant, name=f"gw-{number}", status="online", created_at_ms=NOW_MS)
    session.add(gateway)
    session.flush()
    sensor = Sensor(
        id=number, tenant_id=tenant, external_id=f"TH-{number}", gateway_id=gateway.id, created_at_ms=NOW_MS
    )
    session.add(sensor)
    session.flush()
    session.add(
        SensorAssignment(
            tenant_id=tenant,
            sensor_id=number,
            subject_kind=kind,
            subject_id=subject,
            position="return_air",
            from_at_ms=NOW_MS - 24 * HOUR_MS,
        )
    )
    stored = [
        StoredReading(
            sensor_id=number,
            measured_at_ms=NOW_MS + minute * MINUTE_MS,
            received_at_ms=NOW_MS,
            temperature_centi_c=round(celsius * 100),
        )
        for minute, celsius in readings
    ]
    session.add_all(stored)
    if stored:
        newest = stored[-1]
        session.add(
            SensorLatest(
                sensor_id=number,
                measured_at_ms=newest.measured_at_ms,
                received_at_ms=NOW_MS,
                temperature_centi_c=newest.temperature_centi_c,
                flags=0,
            )
        )


def _shipment(
    session: Session,
    tenant: uuid.UUID,
    hub: Hub,
    code: str,
    lot: Lot,
    verdict: str,
    condition: str,
    life_s: int | None,
    number: int,
) -> None:
    shipment = Shipment(
        id=uuid.uuid4(),
        tenant_id=tenant,
        code=code,
        hub_id=hub.id,
        destination="Guangzhou",
        set_point_centi_c=1400,
        state="in_transit",
        departs_at_ms=NOW_MS - 10 * HOUR_MS,
        eta_at_ms=NOW_MS + 96 * HOUR_MS,
        created_at_ms=NOW_MS - 11 * HOUR_MS,
    )
    session.add(shipment)
    session.flush()
    session.add(
        ShipmentLot(shipment_id=shipment.id, lot_id=lot.id, tenant_id=tenant, loaded_at_ms=NOW_MS - 10 * HOUR_MS)
    )
    if verdict != "unknown":
        _sensor(session, tenant, 10 + number, "shipment", shipment.id, _voyage(verdict))
    session.add(
        FreshnessStatus(
            tenant_id=tenant,
            subject_kind="shipment",
            subject_id=shipment.id,
            condition=condition,
            verdict=verdict,
            confidence="medium" if life_s else "not_supported",
            life_used=0.2 if life_s else None,
            remaining_p10_s=life_s * 8 // 10 if life_s else None,
            remaining_p50_s=life_s,
            remaining_p90_s=life_s * 12 // 10 if life_s else None,
            keeps_until_ms=NOW_MS + life_s * 800 if life_s else None,
            assessed_at_ms=NOW_MS,
            model_version="1",
            catalogue_sha256="0" * 64,
            assessment={"reasons": [_reason(verdict)]},
        )
    )


def _reason(verdict: str) -> dict[str, str]:
    if verdict == "unknown":
        return {"code": "silent", "sentence": "No reading for 10 hours."}
    return {"code": "field_heat_assumed", "sentence": "As measured."}


def _voyage(verdict: str) -> list[tuple[int, float]]:
    """Ten hours at 14 °C with a gap; too warm for two of them where there is something to use first."""
    minutes = [minute for minute in range(-600, 1, 5) if not -420 < minute < -330]
    warm = verdict == "use_first"
    return [
        (minute, 14 + 0.3 * math.sin(minute / 20) + (9 if warm and -200 < minute < -80 else 0)) for minute in minutes
    ]
