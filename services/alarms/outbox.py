"""SQL of the worker that tells people, over all tenants: open alarms, what was told, and what is to be sent."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from services.alarms.logic import Severity, State
from services.alarms.notices import Notice
from services.alarms.tables import Alarm, Channel, Delivery, Maintenance
from services.db.upsert import insert_into

CLEARED_LATELY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message to send now; ``attempts`` counts this one."""

    id: int
    tenant_id: uuid.UUID
    channel_id: uuid.UUID
    channel_kind: str
    sealed_address: bytes
    sealed_secret: bytes | None
    language: str
    document: dict[str, Any]
    attempts: int
    created_at_ms: int


def anything_due(session: Session, now_ms: int) -> bool:
    """Whether a pending alarm's delay is over or a message is to be sent; asked without a write lock."""
    pending = select(Alarm.id).where(Alarm.state == State.PENDING, Alarm.active_at_ms <= now_ms).limit(1)
    waiting = select(Delivery.id).where(Delivery.state == "waiting", Delivery.due_at_ms <= now_ms).limit(1)
    return session.scalar(pending) is not None or session.scalar(waiting) is not None


def due_to_be_active(session: Session, now_ms: int, limit: int) -> Sequence[Alarm]:
    """Pending alarms whose delay is over, of all tenants."""
    query = select(Alarm).where(Alarm.state == State.PENDING, Alarm.active_at_ms <= now_ms)
    return session.scalars(query.order_by(Alarm.active_at_ms).limit(limit)).all()


def watched(session: Session, now_ms: int) -> list[tuple[Alarm, Channel]]:
    """Alarms that are active or were cleared lately, each with each channel in force of its tenant."""
    lately = (Alarm.state == State.CLEARED) & (Alarm.cleared_at_ms >= now_ms - CLEARED_LATELY_MS)
    rows = session.execute(
        select(Alarm, Channel)
        .join(Channel, Channel.tenant_id == Alarm.tenant_id)
        .where(Channel.enabled.is_(True), or_(Alarm.state == State.ACTIVE, lately))
        .order_by(Alarm.raised_at_ms, Alarm.id, Channel.id)
    )
    return [(alarm, channel) for alarm, channel in rows]


def told(session: Session, alarm_ids: Sequence[uuid.UUID]) -> Mapping[tuple[uuid.UUID, uuid.UUID], dict[str, Severity]]:
    """What each channel was told about each of these alarms: severity by step."""
    found: dict[tuple[uuid.UUID, uuid.UUID], dict[str, Severity]] = {}
    rows = session.execute(
        select(Delivery.alarm_id, Delivery.channel_id, Delivery.step, Delivery.document).where(
            Delivery.alarm_id.in_(alarm_ids)
        )
    )
    for alarm_id, channel_id, step, document in rows:
        found.setdefault((alarm_id, channel_id), {})[step] = Severity(document["severity"])
    return found


def maintained(session: Session, now_ms: int) -> dict[uuid.UUID, set[tuple[str | None, str | None]]]:
    """The subjects under maintenance now, by tenant; `(None, None)` stands for all of them."""
    rows = session.execute(
        select(Maintenance.tenant_id, Maintenance.subject_kind, Maintenance.subject).where(
            Maintenance.starts_at_ms <= now_ms, Maintenance.ends_at_ms > now_ms
        )
    )
    found: dict[uuid.UUID, set[tuple[str | None, str | None]]] = {}
    for tenant_id, subject_kind, subject in rows:
        found.setdefault(tenant_id, set()).add((subject_kind, subject))
    return found


def put(session: Session, alarm: Alarm, channel: Channel, notice: Notice, now_ms: int) -> None:
    """Write a message down to be sent; the second of two workers that want to changes nothing."""
    document = {
        "alarm_id": str(alarm.id),
        "step": notice.step,
        "kind": alarm.kind,
        "subject_kind": alarm.subject_kind,
        "subject": alarm.subject,
        "severity": alarm.severity,
        "state": alarm.state,
        "summary": alarm.summary,
        "details": alarm.details,
        "active_at_ms": alarm.active_at_ms,
        "cleared_at_ms": alarm.cleared_at_ms,
    }
    session.execute(
        insert_into(session, Delivery)
        .values(
            tenant_id=alarm.tenant_id,
            channel_id=channel.id,
            alarm_id=alarm.id,
            step=notice.step,
            document=document,
            state="waiting",
            attempts=0,
            due_at_ms=notice.due_at_ms,
            created_at_ms=now_ms,
        )
        .on_conflict_do_nothing()
    )


def claim(session: Session, now_ms: int, lease_ms: int, limit: int) -> list[Claimed]:
    """Messages that are due, taken for ``lease_ms``; who takes them and dies leaves them to the next after that."""
    due = (
        select(Delivery.id)
        .where(Delivery.state == "waiting", Delivery.due_at_ms <= now_ms)
        .order_by(Delivery.due_at_ms, Delivery.id)
        .limit(limit)
    )
    if session.get_bind().dialect.name == "postgresql":
        due = due.with_for_update(skip_locked=True)
    ids = list(session.scalars(due))
    if not ids:
        return []
    session.execute(
        update(Delivery).where(Delivery.id.in_(ids)).values(due_at_ms=now_ms + lease_ms, attempts=Delivery.attempts + 1)
    )
    rows = session.execute(
        select(Delivery, Channel).join(Channel, Channel.id == Delivery.channel_id).where(Delivery.id.in_(ids))
    )
    return [
        Claimed(
            delivery.id,
            delivery.tenant_id,
            channel.id,
            channel.kind,
            channel.sealed_address,
            channel.sealed_secret,
            channel.language,
            delivery.document,
            delivery.attempts,
            delivery.created_at_ms,
        )
        for delivery, channel in rows
    ]


def finish(
    session: Session, delivery_id: int, *, state: str, answer: str, due_at_ms: int, sent_at_ms: int | None
) -> None:
    """Note how a try went: `sent`, `given_up`, or `waiting` until ``due_at_ms``."""
    session.execute(
        update(Delivery)
        .where(Delivery.id == delivery_id)
        .values(state=state, answer=answer[:400], due_at_ms=due_at_ms, sent_at_ms=sent_at_ms)
    )
