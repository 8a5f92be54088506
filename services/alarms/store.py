"""All SQL on alarms. The tenant comes first."""

import uuid
from collections.abc import Collection, Sequence

from sqlalchemy import func, or_, select, tuple_
from sqlalchemy.orm import Session

from services.alarms.tables import Alarm, AlarmEntry, Channel, Delivery, Maintenance


def open_of(session: Session, tenant_id: uuid.UUID, kind: str, subject_kind: str, subject: str) -> Alarm | None:
    """The alarm of that cause that is not cleared."""
    return session.scalar(
        select(Alarm).where(
            Alarm.tenant_id == tenant_id,
            Alarm.kind == kind,
            Alarm.subject_kind == subject_kind,
            Alarm.subject == subject,
            Alarm.state != "cleared",
        )
    )


def one(session: Session, tenant_id: uuid.UUID, alarm_id: uuid.UUID) -> Alarm | None:
    """The alarm of that id, locked where the database can, so that two people change it one after the other."""
    return session.scalar(
        select(Alarm).where(Alarm.tenant_id == tenant_id, Alarm.id == alarm_id).with_for_update()
        if session.get_bind().dialect.name == "postgresql"
        else select(Alarm).where(Alarm.tenant_id == tenant_id, Alarm.id == alarm_id)
    )


def listed(
    session: Session,
    tenant_id: uuid.UUID,
    *,
    states: Collection[str],
    after: tuple[int, uuid.UUID] | None = None,
    limit: int | None = None,
    severity: str | None = None,
    kind: str | None = None,
    subject_kind: str | None = None,
    subject: str | None = None,
    exporter: str | None = None,
) -> Sequence[Alarm]:
    """Alarms, the newest first."""
    query = select(Alarm).where(Alarm.tenant_id == tenant_id, Alarm.state.in_(states))
    for column, wanted in (
        (Alarm.severity, severity),
        (Alarm.kind, kind),
        (Alarm.subject_kind, subject_kind),
        (Alarm.subject, subject),
        (Alarm.exporter, exporter),
    ):
        if wanted is not None:
            query = query.where(column == wanted)
    if after is not None:
        query = query.where(tuple_(Alarm.raised_at_ms, Alarm.id) < after)
    return session.scalars(query.order_by(Alarm.raised_at_ms.desc(), Alarm.id.desc()).limit(limit)).all()


def of_exporter(session: Session, tenant_id: uuid.UUID, ids: Sequence[uuid.UUID], exporter: str) -> set[uuid.UUID]:
    """Those of the alarms that are about this exporter's produce."""
    query = select(Alarm.id).where(Alarm.tenant_id == tenant_id, Alarm.id.in_(ids), Alarm.exporter == exporter)
    return set(session.scalars(query))


def counts(session: Session, tenant_id: uuid.UUID, *, exporter: str | None = None) -> dict[tuple[str, str], int]:
    """How many open alarms there are, by state and severity."""
    query = (
        select(Alarm.state, Alarm.severity, func.count())
        .where(Alarm.tenant_id == tenant_id, Alarm.state.in_(("active", "acknowledged")))
        .group_by(Alarm.state, Alarm.severity)
    )
    if exporter is not None:
        query = query.where(Alarm.exporter == exporter)
    return {(state, severity): number for state, severity, number in session.execute(query)}


def history(session: Session, tenant_id: uuid.UUID, alarm_id: uuid.UUID) -> Sequence[AlarmEntry]:
    """What happened to an alarm, in order."""
    return session.scalars(
        select(AlarmEntry)
        .where(AlarmEntry.tenant_id == tenant_id, AlarmEntry.alarm_id == alarm_id)
        .order_by(AlarmEntry.id)
    ).all()


def maintenances(session: Session, tenant_id: uuid.UUID, now_ms: int) -> Sequence[Maintenance]:
    """Maintenance that lasts or is to come, by its start."""
    return session.scalars(
        select(Maintenance)
        .where(Maintenance.tenant_id == tenant_id, Maintenance.ends_at_ms > now_ms)
        .order_by(Maintenance.starts_at_ms, Maintenance.id)
    ).all()


def maintenance(session: Session, tenant_id: uuid.UUID, maintenance_id: uuid.UUID) -> Maintenance | None:
    """The maintenance of that id."""
    return session.scalar(
        select(Maintenance).where(Maintenance.tenant_id == tenant_id, Maintenance.id == maintenance_id)
    )


def in_maintenance(session: Session, tenant_id: uuid.UUID, alarm: Alarm, now_ms: int) -> bool:
    """Whether nobody is to be told about this alarm now."""
    whole = Maintenance.subject.is_(None)
    this = (Maintenance.subject_kind == alarm.subject_kind) & (Maintenance.subject == alarm.subject)
    query = select(Maintenance.id).where(
        Maintenance.tenant_id == tenant_id,
        Maintenance.starts_at_ms <= now_ms,
        Maintenance.ends_at_ms > now_ms,
        or_(whole, this),
    )
    return session.scalar(query.limit(1)) is not None


def channel(session: Session, tenant_id: uuid.UUID, channel_id: uuid.UUID) -> Channel | None:
    """The channel of that id."""
    return session.scalar(select(Channel).where(Channel.tenant_id == tenant_id, Channel.id == channel_id))


def channel_named(session: Session, tenant_id: uuid.UUID, name: str) -> Channel | None:
    """The channel of that name."""
    return session.scalar(select(Channel).where(Channel.tenant_id == tenant_id, Channel.name == name))


def channels(session: Session, tenant_id: uuid.UUID) -> Sequence[Channel]:
    """All channels, by name."""
    return session.scalars(select(Channel).where(Channel.tenant_id == tenant_id).order_by(Channel.name)).all()


def delivery(session: Session, tenant_id: uuid.UUID, delivery_id: int) -> Delivery | None:
    """The delivery of that id."""
    return session.scalar(select(Delivery).where(Delivery.tenant_id == tenant_id, Delivery.id == delivery_id))


def deliveries(
    session: Session, tenant_id: uuid.UUID, channel_id: uuid.UUID, *, before_id: int | None, limit: int
) -> Sequence[Delivery]:
    """What was sent over a channel, the newest first."""
    query = select(Delivery).where(Delivery.tenant_id == tenant_id, Delivery.channel_id == channel_id)
    if before_id is not None:
        query = query.where(Delivery.id < before_id)
    return session.scalars(query.order_by(Delivery.id.desc()).limit(limit)).all()
