"""What waits to be assessed, of all tenants: marks that ingest left, statuses that are due, and what has none yet."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import cast

from sqlalchemy import (
    ColumnElement,
    Integer,
    Update,
    and_,
    bindparam,
    delete,
    exists,
    func,
    literal,
    select,
    union_all,
    update,
)
from sqlalchemy import Table as SqlTable
from sqlalchemy.orm import Session

from services.db.upsert import insert_into
from services.devices.subjects import SubjectKind
from services.devices.tables import Sensor
from services.evidence.assessing import Outcome
from services.evidence.store import GONE
from services.lots.tables import Lot
from services.readings.tables import Dirty, FreshnessStatus
from services.shipments.tables import Shipment
from services.stream.logic import emit
from services.stream.tables import StreamEvent

VALUES = (
    "condition",
    "verdict",
    "confidence",
    "life_used",
    "remaining_p10_s",
    "remaining_p50_s",
    "remaining_p90_s",
    "keeps_until_ms",
    "last_reading_at_ms",
    "assessed_at_ms",
    "due_at_ms",
    "watermark_ms",
    "model_version",
    "catalogue_sha256",
    "assessment",
    "raised",
)
"""What an assessment writes of a status."""

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
    verdict: str
    raised: str


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
            ~_gone(),
        )
        .order_by(FreshnessStatus.due_at_ms)
        .limit(limit)
    )
    return [(tenant_id, kind, subject_id) for tenant_id, kind, subject_id in rows]


def _gone() -> ColumnElement[bool]:
    """A lot that is no more: its freshness goes on in its parts, or matters to nobody."""
    lot = (FreshnessStatus.subject_kind == SubjectKind.LOT) & (Lot.id == FreshnessStatus.subject_id)
    return exists().where(lot, Lot.tenant_id == FreshnessStatus.tenant_id, Lot.state.in_(GONE))


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
        missing = select(table.tenant_id, literal(kind), table.id).where(~known)
        parts.append(missing.where(Lot.state.not_in(GONE)) if kind is SubjectKind.LOT else missing)
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
                FreshnessStatus.subject_id, FreshnessStatus.version, FreshnessStatus.verdict, FreshnessStatus.raised
            ).where(
                FreshnessStatus.tenant_id == tenant_id,
                FreshnessStatus.subject_kind == kind,
                FreshnessStatus.subject_id.in_(ids),
            )
        )
        found |= {(kind, subject_id): Seen(version, verdict, raised) for subject_id, version, verdict, raised in rows}
    return found


def write(
    session: Session, tenant_id: uuid.UUID, outcomes: Mapping[Key, Outcome], before: Mapping[Key, Seen], now_ms: int
) -> set[Key]:
    """Store the outcomes of a tenant; answers those that somebody else has touched meanwhile, which stay as they are.

    A change of verdict or of the alarms that stand becomes one event of the stream, in the order of commits.
    """
    versions = _locked(session, tenant_id, before)
    overtaken = {key for key, was in before.items() if versions.get(key) != was.version}
    changed = []
    for key, outcome in sorted(outcomes.items()):
        was = before.get(key)
        if was is None and not _insert(session, tenant_id, key, outcome):
            overtaken.add(key)
        elif was is not None and key not in overtaken:
            changed.append(_row(tenant_id, key) | {"seen": was.version} | _values(outcome))
    if changed:
        session.connection().execute(_update(), changed)
    for key, outcome in sorted(outcomes.items()):
        was = before.get(key)
        if key in overtaken or (was and (was.verdict, was.raised) == (outcome.verdict, told(outcome.raised))):
            continue
        emit(session, tenant_id, f"{key[0]}.freshness", key[1], _change(outcome, was), now_ms)
    return overtaken


def forget(session: Session, done: Sequence[Mark]) -> None:
    """Take the marks away, except those that ingest has renewed meanwhile."""
    if not done:
        return
    dirty = cast("SqlTable", Dirty.__table__)
    forgotten = delete(dirty).where(
        dirty.c.sensor_id == bindparam("own_sensor"),
        dirty.c.mark == bindparam("own_mark"),
        dirty.c.touched_from_ms == bindparam("own_from_ms"),
    )
    session.connection().execute(
        forgotten,
        [{"own_sensor": one.sensor_id, "own_mark": one.mark, "own_from_ms": one.from_ms} for one in done],
    )


def forget_events(session: Session, before_ms: int) -> None:
    """Take away the events of the stream that are older than ``before_ms``."""
    session.execute(delete(StreamEvent).where(StreamEvent.at_ms < before_ms))


def waiting(session: Session) -> int:
    """How many sensors have readings that no assessment knows yet."""
    return session.scalar(select(func.count()).select_from(Dirty)) or 0


def told(raised: Iterable[str]) -> str:
    """The standing alarms as the status stores them."""
    return " ".join(raised)


def _locked(session: Session, tenant_id: uuid.UUID, before: Mapping[Key, Seen]) -> dict[Key, int]:
    """The versions now, held against other workers until the transaction ends."""
    found: dict[Key, int] = {}
    for kind in sorted({kind for kind, _ in before}):
        ids = sorted(subject_id for own, subject_id in before if own == kind)
        rows = session.execute(
            select(FreshnessStatus.subject_id, FreshnessStatus.version)
            .where(
                FreshnessStatus.tenant_id == tenant_id,
                FreshnessStatus.subject_kind == kind,
                FreshnessStatus.subject_id.in_(ids),
            )
            .order_by(FreshnessStatus.subject_id)
            .with_for_update()
        )
        found |= {(kind, subject_id): version for subject_id, version in rows}
    return found


def _row(tenant_id: uuid.UUID, key: Key) -> dict[str, object]:
    return {"own_tenant": tenant_id, "own_kind": key[0], "own_id": key[1]}


@cache
def _update() -> Update:
    """Sets one status; made once, for its columns are many."""
    status = cast("SqlTable", FreshnessStatus.__table__)
    return (
        update(status)  # the table itself: the ORM's bulk update would look for primary keys
        .where(
            status.c.tenant_id == bindparam("own_tenant"),
            status.c.subject_kind == bindparam("own_kind"),
            status.c.subject_id == bindparam("own_id"),
        )
        .values(version=bindparam("seen", type_=Integer) + 1, **{name: bindparam(name) for name in VALUES})
    )


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
        "raised": told(outcome.raised),
    }


def _insert(session: Session, tenant_id: uuid.UUID, key: Key, outcome: Outcome) -> bool:
    kind, subject_id = key
    row = {"tenant_id": tenant_id, "subject_kind": kind, "subject_id": subject_id, "version": 1} | _values(outcome)
    insert = insert_into(session, FreshnessStatus).values(row).on_conflict_do_nothing()
    return session.execute(insert.returning(FreshnessStatus.version)).first() is not None


def _change(outcome: Outcome, was: Seen | None) -> dict[str, object]:
    reasons = outcome.detail["reasons"]
    return {
        "condition": outcome.condition,
        "verdict": outcome.verdict,
        "previous_verdict": was.verdict if was else None,
        "raised": list(outcome.raised),
        "reason": reasons[0]["sentence"] if reasons else None,
        "reason_code": reasons[0]["code"] if reasons else None,
        "reason_parameters": reasons[0].get("parameters", {}) if reasons else {},
    }
