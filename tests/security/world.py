"""Two tenants in one database, one of which has something of everything that an address can name."""

import uuid
from dataclasses import dataclass
from typing import Any

import httpx
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.alarms.logic import Cause, raise_alarm
from services.alarms.tables import Channel, Delivery
from services.db.engine import Database
from services.demand.schemas import DEMAND
from services.evidence.tables import Inspection
from services.fleet.schemas import HUB, TRUCK, VILLAGE
from services.identity import logic
from services.identity.logic import Role
from services.identity.scope import WHOLE_TENANT, Scope
from services.lots import custody
from services.lots.schemas import DECLARATION
from services.plans.tables import Plan, PlanJob, Run, RunStop
from services.readings.tables import DeadLetter
from services.runs.tables import Repair, RunProof
from services.shipments.tables import Shipment
from services.sourcing.tables import Sourcing
from tests.support.api import NOON_MS, LiveApi
from tests.support.orchard import HARVESTED_MS, HOUR_MS, LOT
from tests.support.people import person

EXPORTER = "siam-fruit"
LIMITS = {
    Role.EXPORTER: Scope(exporter="another exporter"),
    Role.DRIVER: Scope(trucks=frozenset({"ANOTHER"})),
    Role.GROWER: Scope(villages=frozenset({"ANOTHER"})),
}
"""Scopes in which nothing of the world is."""

OWN = {
    Role.EXPORTER: Scope(exporter=EXPORTER),
    Role.DRIVER: Scope(trucks=frozenset({TRUCK["code"]})),
    Role.GROWER: Scope(villages=frozenset({VILLAGE["code"]})),
}
"""Scopes in which what they can hold of the world is."""


@dataclass
class World:
    """The application, and for each name in an address a thing of the tenant "klaeng"."""

    client: httpx.Client
    database: Database
    tenants: dict[str, uuid.UUID]
    things: dict[str, str]

    def key(self, role: Role, tenant: str = "klaeng", scope: Scope = WHOLE_TENANT) -> dict[str, str]:
        """The headers of a new key."""
        with self.database.write() as session:
            issued = logic.add_key(
                session,
                self.tenants[tenant],
                name=f"{role} {uuid.uuid4().hex[:8]}",
                role=role,
                now_ms=NOON_MS,
                gateway="GW-1" if role is Role.GATEWAY else None,
                scope=scope,
            )
        return {"Authorization": f"Bearer {issued.text}"}


def build(api: LiveApi) -> World:
    """The world over the migrated, empty database of a server."""
    database = api.database
    with database.write() as session:
        tenants = {slug: logic.add_tenant(session, slug, slug.title(), NOON_MS).id for slug in ("klaeng", "trat")}
    world = World(api.anonymous(), database, tenants, {})
    _fill(world, tenants["klaeng"])
    return world


def _fill(world: World, tenant_id: uuid.UUID) -> None:
    admin, things = world.key(Role.ADMIN), world.things

    def made(path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = world.client.post(path, json=body, headers=admin)
        assert answer.status_code == 201, f"{path}: {answer.text}"
        return dict(answer.json())

    things["village"] = made("/v1/villages", VILLAGE)["id"]
    things["hub"] = made("/v1/hubs", HUB)["id"]
    things["truck"] = made("/v1/trucks", TRUCK)["id"]
    lots = [uuid.UUID(made("/v1/lots", LOT | {"code": code})["id"]) for code in ("LOT-1", "LOT-2")]
    things["lot"] = "LOT-1"
    with world.database.write() as session:
        shipped = lots[1]
        custody.mark_planned(session, tenant_id, [shipped])
        custody.mark_loaded(session, tenant_id, shipped, uuid.UUID(things["truck"]), HARVESTED_MS + HOUR_MS)
        custody.mark_received(session, tenant_id, [shipped], uuid.UUID(things["hub"]), NOON_MS - HOUR_MS)
    shipment = {"code": "SHP-1", "hub": HUB["code"], "destination": "Guangzhou", "exporter": EXPORTER}
    things["shipment"] = made("/v1/shipments", shipment | {"lots": ["LOT-2"]})["code"]
    things["link_id"] = made("/v1/shipments/SHP-1/links", {"name": "buyer"})["id"]
    assert world.client.post("/v1/shipments/SHP-1/trace-link", headers=admin).is_success
    things["sensor"] = made("/v1/sensors", {"name": "TH-1"})["name"]
    things["gateway"] = made("/v1/gateways", {"name": "GW-1"})["name"]
    spoken_for = {"sensor": "TH-1", "subject_kind": "lot", "subject": "LOT-1", "position": "pulp", "from": NOON_MS}
    things["assignment_id"] = made("/v1/assignments", spoken_for)["id"]
    things["demand"] = made("/v1/demands", DEMAND | {"exporter": EXPORTER})["code"]
    things["declaration_id"] = made("/v1/declarations", DECLARATION)["id"]
    pause = {"starts_at": NOON_MS, "ends_at": NOON_MS + HOUR_MS, "reason": "new probes"}
    things["maintenance_id"] = made("/v1/maintenance", pause)["id"]
    things["user_id"] = str(person(world.database, tenant_id, Role.AUDITOR))
    things["key_id"] = made("/v1/keys", {"name": "erp", "role": "auditor"})["id"]
    with world.database.write() as session:
        things |= _planned(session, tenant_id, things, lots[0])
        things |= _made_by_workers(session, tenant_id, things, lots[1])


def _planned(session: Session, tenant_id: uuid.UUID, things: dict[str, str], lot_id: uuid.UUID) -> dict[str, str]:
    job = PlanJob(
        id=uuid.uuid4(),
        tenant_id=tenant_id,
        state="done",
        request={},
        problem={"pickups": [], "trucks": []},
        created_by="test",
        created_at_ms=NOON_MS,
    )
    session.add(job)
    session.flush()
    plan = Plan(
        id=uuid.uuid4(),
        tenant_id=tenant_id,
        job_id=job.id,
        engine="kernel",
        cost_satang=0,
        document={"plan": {"routes": [], "unserved": [], "costs": {}}, "deadlines": {}},
        data_as_of_ms=NOON_MS,
        created_at_ms=NOON_MS,
    )
    session.add(plan)
    session.flush()
    run = Run(
        id=uuid.uuid4(),
        tenant_id=tenant_id,
        code="RUN-1",
        plan_id=plan.id,
        truck_id=uuid.UUID(things["truck"]),
        hub_id=uuid.UUID(things["hub"]),
        departs_at_ms=NOON_MS,
        arrives_at_ms=NOON_MS + HOUR_MS,
        distance_m=10_000,
    )
    session.add(run)
    session.flush()
    session.add(
        RunStop(
            id=uuid.uuid4(),
            tenant_id=tenant_id,
            run_id=run.id,
            position=1,
            lot_id=lot_id,
            arrives_at_ms=NOON_MS,
            departs_at_ms=NOON_MS,
        )
    )
    letter = DeadLetter(
        tenant_id=tenant_id,
        topic="coldchain/v1/klaeng/GW-1/up",
        payload=b"x",
        payload_size=1,
        reason="not_json",
        detail="x",
        received_at_ms=NOON_MS,
        last_received_at_ms=NOON_MS,
        fingerprint=b"0123456789abcdef",
        state="open",
    )
    session.add(letter)
    session.flush()
    alarm = raise_alarm(
        session,
        tenant_id,
        Cause("gateway.silent", "gateway", "GW-1"),
        severity="warning",
        summary="GW-1 is silent",
        exporter=EXPORTER,
        now_ms=NOON_MS,
    )
    return {
        "job_id": str(job.id),
        "plan_id": str(plan.id),
        "run_id": str(run.id),
        "letter_id": str(letter.id),
        "alarm_id": str(alarm),
    }


def _made_by_workers(
    session: Session, tenant_id: uuid.UUID, things: dict[str, str], lot_id: uuid.UUID
) -> dict[str, str]:
    """What no request makes by itself: a repair, a proof, a sourcing, a channel's delivery, an inspection."""
    repair = Repair(
        id=uuid.uuid4(),
        tenant_id=tenant_id,
        plan_id=uuid.UUID(things["plan_id"]),
        state="proposed",
        fingerprint="0" * 64,
        causes=[],
        reason="A lot is warming.",
        changes=[],
        concessions=[],
        cost_satang=0,
        change_cost_satang=0,
        problem={"pickups": [], "trucks": []},
        plan={"routes": [], "unserved": [], "costs": {}},
        plan_version=1,
        noticed_at_ms=NOON_MS,
        created_at_ms=NOON_MS,
    )
    proof = RunProof(
        id=uuid.uuid4(),
        tenant_id=tenant_id,
        run_id=uuid.UUID(things["run_id"]),
        client_id=uuid.uuid4(),
        lot="LOT-1",
        kind="photo",
        media_type="image/jpeg",
        content=b"\xff\xd8\xff",
        sha256="0" * 64,
        by="driver",
        at_ms=NOON_MS,
        received_at_ms=NOON_MS,
    )
    sourcing = Sourcing(
        id=uuid.uuid4(),
        tenant_id=tenant_id,
        request={"from_on": "2026-11-23", "days": 3, "programmes": {}},
        market={"supplies": [], "needs": []},
        created_by="test",
        created_at_ms=NOON_MS,
    )
    channel = Channel(
        id=uuid.uuid4(),
        tenant_id=tenant_id,
        name="Night shift",
        kind="webhook",
        shown_address="https://example.com",
        sealed_address=b"sealed",
        min_severity="warning",
        alarm_kinds=[],
        escalates_after_s=0,
        language="en",
        enabled=True,
        created_at_ms=NOON_MS,
    )
    shipment_id = session.scalars(select(Shipment.id).where(Shipment.code == things["shipment"])).one()
    inspection = Inspection(
        id=uuid.uuid4(),
        tenant_id=tenant_id,
        shipment_id=shipment_id,
        lot_id=lot_id,
        commodity_id="durian",
        exporter=EXPORTER,
        inspected_at_ms=NOON_MS,
        quality="marketable",
        defects={},
        by="test",
        created_at_ms=NOON_MS,
        model_version="1",
        catalogue_sha256="0" * 64,
    )
    session.add_all([repair, proof, sourcing, channel, inspection])
    session.flush()
    delivery = Delivery(
        tenant_id=tenant_id,
        channel_id=channel.id,
        alarm_id=uuid.UUID(things["alarm_id"]),
        step="raised",
        document={},
        state="dead",
        attempts=1,
        due_at_ms=NOON_MS,
        created_at_ms=NOON_MS,
    )
    session.add(delivery)
    session.flush()
    return {
        "repair_id": str(repair.id),
        "proof_id": str(proof.client_id),
        "sourcing_id": str(sourcing.id),
        "channel_id": str(channel.id),
        "inspection": str(inspection.id),
        "delivery_id": str(delivery.id),
    }
