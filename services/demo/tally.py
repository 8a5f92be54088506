"""What the database holds of the demo's day, counted by SQL."""

import uuid
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from services.demo.truth import Key
from services.devices.tables import Gateway, Sensor, SensorAssignment
from services.lots.tables import Lot
from services.plans.tables import PlanJob, Run, RunStop
from services.readings.tables import (
    DeadLetter,
    Dirty,
    FreshnessStatus,
    GatewayGap,
    ReadingConflict,
    SensorLatest,
    StoredReading,
)
from services.shipments.tables import Shipment


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of one tenant. ``dead_letters`` counts messages by reason, a repeated one each time it came."""

    readings: int
    conflicts: int
    dead_letters: dict[str, int]
    gaps: int
    lots: dict[str, int]
    runs: dict[str, int]
    stops: dict[str, int]
    shipments: dict[str, int]


@dataclass(frozen=True, slots=True)
class HotLot:
    """A lot and the newest temperature that its own probe measured."""

    code: str
    commodity_id: str
    temperature_c: float
    verdict: str


def tally(session: Session, tenant_id: uuid.UUID) -> Tally:
    """Count everything of a tenant."""
    return Tally(
        readings=readings_stored(session, tenant_id),
        conflicts=session.scalar(
            select(func.count())
            .select_from(ReadingConflict)
            .join(Sensor, Sensor.id == ReadingConflict.sensor_id)
            .where(Sensor.tenant_id == tenant_id)
        )
        or 0,
        dead_letters=dead_letters(session, tenant_id),
        gaps=session.scalar(
            select(func.count())
            .select_from(GatewayGap)
            .join(Gateway, Gateway.id == GatewayGap.gateway_id)
            .where(Gateway.tenant_id == tenant_id)
        )
        or 0,
        lots=_by(session, select(Lot.state, func.count()).where(Lot.tenant_id == tenant_id).group_by(Lot.state)),
        runs=_by(session, select(Run.state, func.count()).where(Run.tenant_id == tenant_id).group_by(Run.state)),
        stops=_by(
            session, select(RunStop.state, func.count()).where(RunStop.tenant_id == tenant_id).group_by(RunStop.state)
        ),
        shipments=shipments_by_verdict(session, tenant_id),
    )


def readings_stored(session: Session, tenant_id: uuid.UUID) -> int:
    """How many readings are stored."""
    ours = select(Sensor.id).where(Sensor.tenant_id == tenant_id)
    return session.scalar(select(func.count()).select_from(StoredReading).where(StoredReading.sensor_id.in_(ours))) or 0


def values_stored(session: Session, tenant_id: uuid.UUID) -> dict[Key, int]:
    """Every stored reading, in hundredths of a degree Celsius."""
    rows = session.execute(
        select(Sensor.external_id, StoredReading.measured_at_ms, StoredReading.temperature_centi_c)
        .join(Sensor, Sensor.id == StoredReading.sensor_id)
        .where(Sensor.tenant_id == tenant_id)
    )
    return {(sensor, at_ms): centi_c for sensor, at_ms, centi_c in rows}


def dead_letters(session: Session, tenant_id: uuid.UUID) -> dict[str, int]:
    """Messages that could not be taken, by reason."""
    return _by(
        session,
        select(DeadLetter.reason, func.sum(DeadLetter.seen))
        .where(DeadLetter.tenant_id == tenant_id)
        .group_by(DeadLetter.reason),
    )


def shipments_by_verdict(session: Session, tenant_id: uuid.UUID) -> dict[str, int]:
    """Shipments by their stored verdict; `not assessed` where there is none yet."""
    verdict = func.coalesce(FreshnessStatus.verdict, "not assessed")
    return _by(
        session,
        select(verdict, func.count())
        .select_from(Shipment)
        .outerjoin(
            FreshnessStatus,
            (FreshnessStatus.tenant_id == Shipment.tenant_id)
            & (FreshnessStatus.subject_kind == "shipment")
            & (FreshnessStatus.subject_id == Shipment.id),
        )
        .where(Shipment.tenant_id == tenant_id)
        .group_by(verdict),
    )


def awaiting_freshness(session: Session, tenant_id: uuid.UUID) -> int:
    """Sensors whose newest readings have not reached the freshness of what they speak for."""
    ours = select(Sensor.id).where(Sensor.tenant_id == tenant_id)
    return session.scalar(select(func.count()).select_from(Dirty).where(Dirty.sensor_id.in_(ours))) or 0


def latest_job(session: Session, tenant_id: uuid.UUID) -> PlanJob | None:
    """The plan job asked for last."""
    return session.scalars(
        select(PlanJob).where(PlanJob.tenant_id == tenant_id).order_by(PlanJob.created_at_ms.desc()).limit(1)
    ).first()


def hottest_lots(session: Session, tenant_id: uuid.UUID, limit: int = 5) -> list[HotLot]:
    """The lots in villages whose probes measured most just now."""
    rows = session.execute(
        select(Lot.code, Lot.commodity_id, SensorLatest.temperature_centi_c, FreshnessStatus.verdict)
        .join(SensorAssignment, (SensorAssignment.subject_id == Lot.id) & SensorAssignment.to_at_ms.is_(None))
        .join(SensorLatest, SensorLatest.sensor_id == SensorAssignment.sensor_id)
        .outerjoin(
            FreshnessStatus,
            (FreshnessStatus.tenant_id == Lot.tenant_id)
            & (FreshnessStatus.subject_kind == "lot")
            & (FreshnessStatus.subject_id == Lot.id),
        )
        .where(Lot.tenant_id == tenant_id, Lot.state.in_(("waiting", "planned")))
        .order_by(SensorLatest.temperature_centi_c.desc(), Lot.code)
        .limit(limit)
    )
    return [HotLot(code, commodity, centi_c / 100, verdict or "unknown") for code, commodity, centi_c, verdict in rows]


def _by(session: Session, query: Select[str, int]) -> dict[str, int]:
    return {key: int(count) for key, count in session.execute(query)}
