"""What waits to be assessed, of all tenants: marks that ingest left, statuses that are due, and what has none yet."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, delete, exists, func, literal, select, text, union_all, update
from sqlalchemy.orm import Session

from services.db.upsert import insert_into
from services.devices.subjects import SubjectKind
from services.devices.tables import Sensor
from services.evidence.assessing import Outcome
from services.lots.tables import Lot
from services.readings.tables import Dirty, FreshnessStatus
from services.shipments.tables import Shipment
from services.stream.tables import StreamEvent

Key = tuple[str, uuid.UUID]
"""Kind and id of a subject."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Ingest's word that a sensor has readings from an instant on; ``mark`` tells a later word from this one."""

    tenant_id: uuid.UUID
    sensor_id: int
    from_ms: int
    mark: int


@dataclass(frozen=True, slots=True)
class Seen:
    """A status as it was when the assessment began."""

    version: int
    condition: str
    verdict: str


def marks(session: Session, limit: int) -> list[Mark]:
    """The marks that stand, by sensor."""
    rows = session.execute(
        select(Sensor.tenant_id, Dirty.sensor_id, Dirty.touched_from_ms, Dirty.mark)
        .join(Sensor, Sensor.id == Dirty.sensor_id)
        .order_by(Dirty.sensor_id)
        .limit(limit)
    )
    return [Mark(*row) for row in rows]


def due(session: Session, now_ms: int, limit: int) -> list[tuple[uuid.UUID, str, uuid.UUID]]:
    """Tenant, kind and id of the subjects whose status is due, the longest due first."""
    rows = session.execute(
        select(FreshnessStatus.tenant_id, FreshnessStatus.subject_kind, FreshnessStatus.subject_id)
        .where(
            FreshnessStatus.due_at_ms <= now_ms,
            FreshnessStatus.subject_kind.in_((SubjectKind.LOT, SubjectKind.SHIPMENT)),
        )
        .order_by(FreshnessStatus.due_at_ms)
        .limit(limit)
    )
    return [(tenant_id, kind, subject_id) for tenant_id, kind, subject_id in rows]


def without_status(session: Session, limit: int) -> list[tuple[uuid.UUID, str, uuid.UUID]]:
    """Tenant, kind and id of lots and shipments that have no status at all."""
    parts = []
    for kind, table in ((SubjectKind.LOT, Lot), (SubjectKind.SHIPMENT, Shipment)):
        known = exists().where(
            and_(
                FreshnessStatus.tenant_id == table.tenant_id,
                FreshnessStatus.subject_kind == kind,
                FreshnessStatus.subject_id == table.id,
            )
        )
        parts.append(select(table.tenant_id, literal(kind), table.id).where(~known))
    return [
        (tenant_id, kind, subject_id) for tenant_id, kind, subject_id in session.execute(union_all(*parts).limit(limit))
    ]


def seen(session: Session, tenant_id: uuid.UUID, keys: Iterable[Key]) -> dict[Key, Seen]:
    """The statuses that these subjects have now."""
    by_kind: dict[str, list[uuid.UUID]] = {}
    for kind, subject_id in keys:
        by_kind.setdefault(kind, []).append(subject_id)
    found: dict[Key, Seen] = {}
    for kind, ids in by_kind.items():
        rows = session.execute(
            select(
                FreshnessStatus.subject_id, FreshnessStatus.version, FreshnessStatus.condition, FreshnessStatus.verdict
            ).where(
                FreshnessStatus.tenant_id == tenant_id,
                FreshnessStatus.subject_kind == kind,
                FreshnessStatus.subject_id.in_(ids),
            )
        )
        found |= {
            (kind, subject_id): Seen(version, condition, verdict) for subject_id, version, condition, verdict in rows
        }
    return found


def write(
    session: Session, tenant_id: uuid.UUID, outcomes: Mapping[Key, Outcome], before: Mapping[Key, Seen], now_ms: int
) -> list[Key]:
    """Store the outcomes of a tenant; answers those that somebody else has touched meanwhile, which stay as they are.

    A change of condition or verdict becomes an event of the stream, in the order of commits.
    """
    if session.get_bind().dialect.name == "postgresql":
        # ids of events must rise in the order of commits, or a reader of the stream would skip one
        session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:tenant, 1))"), {"tenant": str(tenant_id)})
    overtaken = []
    for key, outcome in sorted(outcomes.items()):
        was = before.get(key)
        if not (
            _insert(session, tenant_id, key, outcome) if was is None else _update(session, tenant_id, key, outcome, was)
        ):
            overtaken.append(key)
            continue
        if was is None or (was.condition, was.verdict) != (outcome.condition, outcome.verdict):
            session.add(_event(tenant_id, key, outcome, was, now_ms))
    session.flush()
    return overtaken


def forget(session: Session, done: Sequence[Mark]) -> None:
    """Take the marks away, except those that ingest has renewed meanwhile."""
    for mark in done:
        session.execute(
            delete(Dirty).where(
                Dirty.sensor_id == mark.sensor_id, Dirty.mark == mark.mark, Dirty.touched_from_ms == mark.from_ms
            )
        )


def forget_events(session: Session, before_ms: int) -> None:
    """Take away the events of the stream that are older than ``before_ms``."""
    session.execute(delete(StreamEvent).where(StreamEvent.at_ms < before_ms))


def waiting(session: Session) -> int:
    """How many sensors have readings that no assessment knows yet."""
    return session.scalar(select(func.count()).select_from(Dirty)) or 0


def _values(outcome: Outcome) -> dict[str, object]:
    p10_s, p50_s, p90_s = outcome.remaining_s or (None, None, None)
    return {
        "condition": outcome.condition,
        "verdict": outcome.verdict,
        "confidence": outcome.confidence,
        "life_used": outcome.life_used,
        "remaining_p10_s": p10_s,
        "remaining_p50_s": p50_s,
        "remaining_p90_s": p90_s,
        "keeps_until_ms": outcome.keeps_until_ms,
        "last_reading_at_ms": outcome.last_reading_at_ms,
        "assessed_at_ms": outcome.assessed_at_ms,
        "due_at_ms": outcome.due_at_ms,
        "watermark_ms": outcome.watermark_ms,
        "model_version": outcome.model_version,
        "catalogue_sha256": outcome.catalogue_sha256,
        "assessment": outcome.detail,
    }


def _insert(session: Session, tenant_id: uuid.UUID, key: Key, outcome: Outcome) -> bool:
    kind, subject_id = key
    row = {"tenant_id": tenant_id, "subject_kind": kind, "subject_id": subject_id, "version": 1} | _values(outcome)
    insert = insert_into(session, FreshnessStatus).values(row).on_conflict_do_nothing()
    return session.execute(insert.returning(FreshnessStatus.version)).first() is not None


def _update(session: Session, tenant_id: uuid.UUID, key: Key, outcome: Outcome, was: Seen) -> bool:
    kind, subject_id = key
    changed = session.execute(
        update(FreshnessStatus)
        .where(
            FreshnessStatus.tenant_id == tenant_id,
            FreshnessStatus.subject_kind == kind,
            FreshnessStatus.subject_id == subject_id,
            FreshnessStatus.version == was.version,
        )
        .values(version=was.version + 1, **_values(outcome))
        .returning(FreshnessStatus.version)
    )
    return changed.first() is not None


def _event(tenant_id: uuid.UUID, key: Key, outcome: Outcome, was: Seen | None, now_ms: int) -> StreamEvent:
    kind, subject_id = key
    return StreamEvent(
        tenant_id=tenant_id,
        kind=f"{kind}.freshness",
        subject_id=subject_id,
        at_ms=now_ms,
        document={
            "condition": outcome.condition,
            "verdict": outcome.verdict,
            "previous_verdict": was.verdict if was else None,
            "reason": outcome.detail["reasons"][0]["sentence"] if outcome.detail["reasons"] else None,
        },
    )
