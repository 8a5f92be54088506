"""What the pages read, in few queries: everything of one tenant."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session, defer

from services.devices.tables import Gateway, Sensor, SensorAssignment
from services.fleet.tables import Hub, Truck, Village
from services.identity.tables import Tenant
from services.lots.tables import Lot
from services.plans.tables import Plan, PlanJob, Run, RunStop
from services.readings.tables import DeadLetter, FreshnessStatus, SensorLatest, StoredReading
from services.shipments.tables import Shipment, ShipmentLot

MAX_CHART_READINGS = 20_000


@dataclass(frozen=True, slots=True)
class SensorSeries:
    """One sensor's readings while it spoke for a subject: (UTC epoch milliseconds, °C), oldest first."""

    sensor: str
    position: str
    expected_interval_s: int
    samples: tuple[tuple[int, float], ...]
    humidity_pct: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """Figures of the whole tenant."""

    readings: int
    dead_letters: int
    gateways: int
    gateways_online: int
    lots_by_state: dict[str, int]
    lots_waiting_by_verdict: dict[str, int]


def tenant(session: Session, tenant_id: uuid.UUID) -> Tenant | None:
    """The tenant itself."""
    return session.get(Tenant, tenant_id)


def villages(session: Session, tenant_id: uuid.UUID) -> Sequence[Village]:
    """All villages, by code."""
    return session.scalars(select(Village).where(Village.tenant_id == tenant_id).order_by(Village.code)).all()


def hubs(session: Session, tenant_id: uuid.UUID) -> Sequence[Hub]:
    """All hubs, by code."""
    return session.scalars(select(Hub).where(Hub.tenant_id == tenant_id).order_by(Hub.code)).all()


def lots_of_villages(session: Session, tenant_id: uuid.UUID) -> dict[uuid.UUID, dict[str, int]]:
    """How many lots of each village are in each state."""
    rows = session.execute(
        select(Lot.village_id, Lot.state, func.count())
        .where(Lot.tenant_id == tenant_id)
        .group_by(Lot.village_id, Lot.state)
    )
    found: dict[uuid.UUID, dict[str, int]] = {}
    for village_id, state, count in rows:
        found.setdefault(village_id, {})[state] = count
    return found


def counts(session: Session, tenant_id: uuid.UUID) -> Counts:
    """What there is of everything."""
    readings = session.scalar(
        select(func.count())
        .select_from(StoredReading)
        .where(StoredReading.sensor_id.in_(select(Sensor.id).where(Sensor.tenant_id == tenant_id)))
    )
    dead = session.scalar(
        select(func.count())
        .select_from(DeadLetter)
        .where(DeadLetter.tenant_id == tenant_id, DeadLetter.state == "open")
    )
    gateways = dict(
        session.execute(
            select(Gateway.status, func.count())
            .where(Gateway.tenant_id == tenant_id, Gateway.revoked_at_ms.is_(None))
            .group_by(Gateway.status)
        ).all()
    )
    states = session.execute(select(Lot.state, func.count()).where(Lot.tenant_id == tenant_id).group_by(Lot.state))
    verdicts = session.execute(
        select(FreshnessStatus.verdict, func.count())
        .join(Lot, Lot.id == FreshnessStatus.subject_id)
        .where(FreshnessStatus.tenant_id == tenant_id, FreshnessStatus.subject_kind == "lot", Lot.state == "waiting")
        .group_by(FreshnessStatus.verdict)
    )
    return Counts(
        readings=readings or 0,
        dead_letters=dead or 0,
        gateways=sum(gateways.values()),
        gateways_online=gateways.get("online", 0),
        lots_by_state=dict(states.all()),
        lots_waiting_by_verdict=dict(verdicts.all()),
    )


def latest_job(session: Session, tenant_id: uuid.UUID) -> PlanJob | None:
    """The plan job asked for last."""
    return session.scalars(
        select(PlanJob).where(PlanJob.tenant_id == tenant_id).order_by(PlanJob.created_at_ms.desc()).limit(1)
    ).first()


def published_plan(session: Session, tenant_id: uuid.UUID) -> Plan | None:
    """The plan published last."""
    return session.scalars(
        select(Plan)
        .where(Plan.tenant_id == tenant_id, Plan.published_at_ms.is_not(None))
        .order_by(Plan.published_at_ms.desc())
        .limit(1)
    ).first()


def runs(session: Session, tenant_id: uuid.UUID, plan_id: uuid.UUID) -> Sequence[tuple[Run, Truck, Hub]]:
    """The runs of a plan with truck and hub, by departure."""
    return session.execute(
        select(Run, Truck, Hub)
        .join(Truck, Truck.id == Run.truck_id)
        .join(Hub, Hub.id == Run.hub_id)
        .where(Run.tenant_id == tenant_id, Run.plan_id == plan_id)
        .order_by(Run.departs_at_ms, Run.code)
    ).all()


def stops(session: Session, tenant_id: uuid.UUID, plan_id: uuid.UUID) -> Sequence[tuple[RunStop, Lot]]:
    """The stops of a plan's runs with their lots, in driving order."""
    return session.execute(
        select(RunStop, Lot)
        .join(Lot, Lot.id == RunStop.lot_id)
        .join(Run, Run.id == RunStop.run_id)
        .where(RunStop.tenant_id == tenant_id, Run.plan_id == plan_id)
        .order_by(RunStop.run_id, RunStop.position)
    ).all()


ShipmentRow = tuple[Shipment, Hub, FreshnessStatus | None]
ShippedLot = tuple[uuid.UUID, Lot, Village, FreshnessStatus | None]


def shipments(session: Session, tenant_id: uuid.UUID) -> Sequence[ShipmentRow]:
    """All shipments with their hub and latest status: what expires first comes first, what is not known last."""
    query = _shipments(tenant_id).order_by(
        FreshnessStatus.keeps_until_ms.is_(None), FreshnessStatus.keeps_until_ms, Shipment.code
    )
    return cast("Sequence[ShipmentRow]", session.execute(query).all())


def shipment(session: Session, tenant_id: uuid.UUID, code: str) -> ShipmentRow | None:
    """One shipment with its hub and latest status."""
    query = _shipments(tenant_id).where(Shipment.code == code)
    return cast("ShipmentRow | None", session.execute(query).first())


def _shipments(tenant_id: uuid.UUID) -> Select[Shipment, Hub, FreshnessStatus]:
    return (
        select(Shipment, Hub, FreshnessStatus)
        .join(Hub, Hub.id == Shipment.hub_id)
        .outerjoin(
            FreshnessStatus,
            (FreshnessStatus.tenant_id == Shipment.tenant_id)
            & (FreshnessStatus.subject_kind == "shipment")
            & (FreshnessStatus.subject_id == Shipment.id),
        )
        .where(Shipment.tenant_id == tenant_id)
    )


def lots_of_shipments(
    session: Session, tenant_id: uuid.UUID, shipment_ids: Sequence[uuid.UUID]
) -> Sequence[ShippedLot]:
    """The lots in shipments, with their village and latest status, by code."""
    query = (
        select(ShipmentLot.shipment_id, Lot, Village, FreshnessStatus)
        .join(Lot, Lot.id == ShipmentLot.lot_id)
        .join(Village, Village.id == Lot.village_id)
        .outerjoin(
            FreshnessStatus,
            (FreshnessStatus.tenant_id == Lot.tenant_id)
            & (FreshnessStatus.subject_kind == "lot")
            & (FreshnessStatus.subject_id == Lot.id),
        )
        .where(ShipmentLot.tenant_id == tenant_id, ShipmentLot.shipment_id.in_(shipment_ids))
        .order_by(Lot.code)
    )
    return cast("Sequence[ShippedLot]", session.execute(query).all())


def truck_temperatures(session: Session, tenant_id: uuid.UUID, now_ms: int) -> dict[uuid.UUID, tuple[int, float]]:
    """For each truck with a sensor now, the instant and °C of its newest reading."""
    rows = session.execute(
        select(SensorAssignment.subject_id, SensorLatest.measured_at_ms, SensorLatest.temperature_centi_c)
        .join(SensorLatest, SensorLatest.sensor_id == SensorAssignment.sensor_id)
        .where(
            SensorAssignment.tenant_id == tenant_id,
            SensorAssignment.subject_kind == "truck",
            SensorAssignment.from_at_ms <= now_ms,
            SensorAssignment.to_at_ms.is_(None) | (SensorAssignment.to_at_ms > now_ms),
        )
        .order_by(SensorLatest.measured_at_ms)
    )
    return {truck_id: (at_ms, centi_c / 100) for truck_id, at_ms, centi_c in rows}


def series(session: Session, tenant_id: uuid.UUID, kind: str, subject_id: uuid.UUID) -> list[SensorSeries]:
    """The readings of every sensor that spoke for a subject, while it did."""
    assignments = session.execute(
        select(SensorAssignment, Sensor)
        .join(Sensor, Sensor.id == SensorAssignment.sensor_id)
        .where(
            SensorAssignment.tenant_id == tenant_id,
            SensorAssignment.subject_kind == kind,
            SensorAssignment.subject_id == subject_id,
        )
        .order_by(Sensor.external_id, SensorAssignment.from_at_ms)
    )
    found = []
    for assignment, sensor in assignments.all():
        conditions: list[Any] = [
            StoredReading.sensor_id == sensor.id,
            StoredReading.measured_at_ms >= assignment.from_at_ms,
        ]
        if assignment.to_at_ms is not None:
            conditions.append(StoredReading.measured_at_ms < assignment.to_at_ms)
        newest = session.execute(
            select(StoredReading.measured_at_ms, StoredReading.temperature_centi_c, StoredReading.humidity_centi_pct)
            .where(*conditions)
            .order_by(StoredReading.measured_at_ms.desc())
            .limit(MAX_CHART_READINGS)
        )
        rows = newest.all()[::-1]
        found.append(
            SensorSeries(
                sensor.external_id,
                assignment.position,
                sensor.expected_interval_s,
                samples=tuple((at_ms, centi_c / 100) for at_ms, centi_c, _ in rows),
                humidity_pct=tuple(None if centi_pct is None else centi_pct / 100 for _, _, centi_pct in rows),
            )
        )
    return found


LotCustody = tuple[Lot, str, str | None, int]
"""A lot of a shipment, its village's name, its truck's code, and when it was loaded into the shipment."""


def custody_of_lots(session: Session, tenant_id: uuid.UUID, shipment_id: uuid.UUID) -> Sequence[LotCustody]:
    """Where the lots of a shipment come from, by code."""
    query = (
        select(Lot, Village.name, Truck.code, ShipmentLot.loaded_at_ms)
        .join(ShipmentLot, ShipmentLot.lot_id == Lot.id)
        .join(Village, Village.id == Lot.village_id)
        .outerjoin(Truck, Truck.id == Lot.truck_id)
        .where(ShipmentLot.tenant_id == tenant_id, ShipmentLot.shipment_id == shipment_id)
        .order_by(Lot.code)
    )
    return cast("Sequence[LotCustody]", session.execute(query).all())


def statuses_under_way(
    session: Session, tenant_id: uuid.UUID, *, exporter: str | None
) -> Sequence[FreshnessStatus | None]:
    """The status of each shipment that has not arrived, of one exporter or of all."""
    query = (
        select(FreshnessStatus)
        .select_from(Shipment)
        .outerjoin(
            FreshnessStatus,
            (FreshnessStatus.tenant_id == Shipment.tenant_id)
            & (FreshnessStatus.subject_kind == "shipment")
            & (FreshnessStatus.subject_id == Shipment.id),
        )
        .where(Shipment.tenant_id == tenant_id, Shipment.state != "arrived")
        .options(defer(FreshnessStatus.assessment))
    )
    if exporter is not None:
        query = query.where(Shipment.exporter == exporter)
    return session.scalars(query).all()


WaitingLot = tuple[Lot, Village, FreshnessStatus | None]


def waiting(session: Session, tenant_id: uuid.UUID) -> Sequence[WaitingLot]:
    """Every lot that waits, with its village and status."""
    query = (
        select(Lot, Village, FreshnessStatus)
        .join(Village, Village.id == Lot.village_id)
        .outerjoin(
            FreshnessStatus,
            (FreshnessStatus.tenant_id == Lot.tenant_id)
            & (FreshnessStatus.subject_kind == "lot")
            & (FreshnessStatus.subject_id == Lot.id),
        )
        .where(Lot.tenant_id == tenant_id, Lot.state == "waiting")
        .options(defer(FreshnessStatus.assessment))
    )
    return cast("Sequence[WaitingLot]", session.execute(query).all())


RunLine = tuple[Run, Truck, Hub, int, int]
"""A run with its truck and hub, how many stops it has and how many of them are done."""


def runs_under_way(session: Session, tenant_id: uuid.UUID) -> Sequence[RunLine]:
    """Runs that are not delivered, by departure."""
    done = func.sum(case((RunStop.state != "assigned", 1), else_=0))
    stops = (
        select(RunStop.run_id, func.count().label("stops"), done.label("done"))
        .where(RunStop.tenant_id == tenant_id)
        .group_by(RunStop.run_id)
        .subquery()
    )
    query = (
        select(Run, Truck, Hub, func.coalesce(stops.c.stops, 0), func.coalesce(stops.c.done, 0))
        .join(Truck, Truck.id == Run.truck_id)
        .join(Hub, Hub.id == Run.hub_id)
        .outerjoin(stops, stops.c.run_id == Run.id)
        .where(Run.tenant_id == tenant_id, Run.state != "delivered")
        .order_by(Run.departs_at_ms, Run.code)
    )
    return cast("Sequence[RunLine]", session.execute(query).all())
