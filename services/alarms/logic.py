"""The life of an alarm: pending, active, acknowledged, cleared. One alarm a cause while it is open.

    raise_alarm(session, tenant_id, Cause("gateway.silent", "gateway", "GW-7"), severity=Severity.CRITICAL,
                summary="Gateway GW-7 has been silent for 25 min", details={"silent_s": 1500}, now_ms=now_ms)

Whoever watches a cause calls `raise_alarm` as long as it lasts and `clear_alarm` when it is over; both may be called
as often as one likes.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from services.alarms import store
from services.alarms.tables import Alarm, AlarmEntry, Maintenance
from services.db.upsert import insert_into
from services.errors import Conflict, FieldFault, InvalidInput, NotFound
from services.identity.scope import WHOLE_TENANT, Scope
from services.stream.logic import emit


class Severity(StrEnum):
    """How soon somebody should look."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


RANK = {Severity.INFO: 0, Severity.WARNING: 1, Severity.CRITICAL: 2}


class State(StrEnum):
    """Where an alarm is in its life. A pending one is shown to nobody until its delay is over."""

    PENDING = "pending"
    ACTIVE = "active"
    ACKNOWLEDGED = "acknowledged"
    CLEARED = "cleared"


class Step(StrEnum):
    """What happened to an alarm."""

    RAISED = "raised"
    WORSENED = "worsened"
    ESCALATED = "escalated"
    ACKNOWLEDGED = "acknowledged"
    COMMENTED = "commented"
    CLEARED = "cleared"


@dataclass(frozen=True, slots=True)
class Cause:
    """What an alarm is about: a dotted ``kind``, and the subject by its kind and its code or id."""

    kind: str
    subject_kind: str
    subject: str


def raise_alarm(
    session: Session,
    tenant_id: uuid.UUID,
    cause: Cause,
    *,
    severity: Severity,
    summary: str,
    now_ms: int,
    details: Mapping[str, Any] | None = None,
    delay_ms: int = 0,
    exporter: str | None = None,
) -> uuid.UUID:
    """The id of the one open alarm of ``cause``, made where there is none.

    It is pending for ``delay_ms`` after the first sign, so that what mends itself calls nobody. A rise in severity
    makes an acknowledged alarm active again; a fall changes only what it says. ``exporter`` is the name of the
    exporter whose produce it is about, who may see it too.
    """
    alarm = store.open_of(session, tenant_id, cause.kind, cause.subject_kind, cause.subject)
    if alarm is None:
        created = _insert(session, tenant_id, cause, severity, summary, now_ms, details or {}, delay_ms, exporter)
        alarm = store.open_of(session, tenant_id, cause.kind, cause.subject_kind, cause.subject)
        if alarm is None:  # cleared by somebody between the two statements: the next call makes the next one
            return created
        if alarm.id == created and alarm.state == State.ACTIVE:
            _note(session, alarm, Step.RAISED, now_ms)
        return alarm.id
    worse = RANK[severity] > RANK[Severity(alarm.severity)]
    if (alarm.severity, alarm.summary) != (severity, summary) or alarm.details != dict(details or {}):
        alarm.severity, alarm.summary, alarm.details = severity, summary[:400], dict(details or {})
        alarm.version += 1
    if alarm.state == State.PENDING and now_ms >= alarm.active_at_ms:
        activate(session, alarm, now_ms)
    elif worse and alarm.state != State.PENDING:
        alarm.state = State.ACTIVE
        alarm.acknowledged_at_ms = alarm.acknowledged_by = None
        _note(session, alarm, Step.WORSENED, now_ms)
    session.flush()
    return alarm.id


def clear_alarm(session: Session, tenant_id: uuid.UUID, cause: Cause, now_ms: int) -> None:
    """Say that ``cause`` is over; nothing happens when it has no open alarm. A pending one leaves no trace."""
    alarm = store.open_of(session, tenant_id, cause.kind, cause.subject_kind, cause.subject)
    if alarm is None:
        return
    if alarm.state == State.PENDING:
        session.delete(alarm)
        session.flush()
        return
    _clear(session, alarm, now_ms, by=None, comment=None)


def activate(session: Session, alarm: Alarm, now_ms: int) -> None:
    """Make a pending alarm active: its delay is over and the cause has lasted."""
    alarm.state = State.ACTIVE
    alarm.version += 1
    _note(session, alarm, Step.RAISED, now_ms)


def found(session: Session, tenant_id: uuid.UUID, alarm_id: uuid.UUID, scope: Scope = WHOLE_TENANT) -> Alarm:
    """The alarm of that id, where ``scope`` shows it. Raises NotFound."""
    alarm = store.one(session, tenant_id, alarm_id)
    if alarm is None or alarm.state == State.PENDING or not scope.sees_exporter(alarm.exporter):
        raise NotFound("There is no such alarm.")
    return alarm


def own_alarms(
    session: Session, tenant_id: uuid.UUID, ids: Sequence[uuid.UUID], scope: Scope, _now_ms: int
) -> set[uuid.UUID]:
    """Those of the alarms that ``scope`` shows."""
    return set() if scope.exporter is None else store.of_exporter(session, tenant_id, ids, scope.exporter)


def acknowledge(session: Session, alarm: Alarm, by: str, comment: str | None, now_ms: int) -> Alarm:
    """Say who looks after an alarm. Raises Conflict when somebody does already, or when it is over."""
    if alarm.state == State.CLEARED:
        raise Conflict("The alarm is cleared already.")
    if alarm.state == State.ACKNOWLEDGED:
        raise Conflict(f"{alarm.acknowledged_by} has acknowledged the alarm already; add a comment instead.")
    alarm.state, alarm.acknowledged_at_ms, alarm.acknowledged_by = State.ACKNOWLEDGED, now_ms, by
    alarm.version += 1
    _note(session, alarm, Step.ACKNOWLEDGED, now_ms, by=by, comment=comment)
    return alarm


def comment_on(session: Session, alarm: Alarm, by: str, comment: str, now_ms: int) -> Alarm:
    """Add what somebody has to say; possible after the end too."""
    alarm.version += 1
    _note(session, alarm, Step.COMMENTED, now_ms, by=by, comment=comment)
    return alarm


def clear(session: Session, alarm: Alarm, by: str, comment: str, now_ms: int) -> Alarm:
    """End an alarm by hand; a cause that lasts raises a new one. Raises Conflict when it is over."""
    if alarm.state == State.CLEARED:
        raise Conflict("The alarm is cleared already.")
    return _clear(session, alarm, now_ms, by=by, comment=comment)


def plan_maintenance(
    session: Session,
    tenant_id: uuid.UUID,
    *,
    subject_kind: str | None,
    subject: str | None,
    starts_at_ms: int,
    ends_at_ms: int,
    reason: str,
    by: str,
    now_ms: int,
) -> Maintenance:
    """Tell nobody about a subject (or about anything) for a while. Raises InvalidInput."""
    if ends_at_ms <= max(starts_at_ms, now_ms):
        raise InvalidInput(
            "The maintenance would be over before it begins.",
            faults=[FieldFault("/ends_at", "is not after its start and after now.", "Give a later instant.")],
        )
    if (subject_kind is None) != (subject is None):
        raise InvalidInput(
            "A subject has a kind and a code.",
            faults=[FieldFault("/subject", "stands without the other.", "Give subject_kind and subject, or neither.")],
        )
    planned = Maintenance(
        id=uuid.uuid4(),
        tenant_id=tenant_id,
        subject_kind=subject_kind,
        subject=subject,
        starts_at_ms=starts_at_ms,
        ends_at_ms=ends_at_ms,
        reason=reason,
        by=by,
        created_at_ms=now_ms,
    )
    session.add(planned)
    session.flush()
    return planned


def _insert(
    session: Session,
    tenant_id: uuid.UUID,
    cause: Cause,
    severity: Severity,
    summary: str,
    now_ms: int,
    details: Mapping[str, Any],
    delay_ms: int,
    exporter: str | None,
) -> uuid.UUID:
    alarm_id = uuid.uuid4()
    # two watchers that see one cause at once make one alarm: the unique index decides
    session.execute(
        insert_into(session, Alarm)
        .values(
            id=alarm_id,
            tenant_id=tenant_id,
            kind=cause.kind,
            subject_kind=cause.subject_kind,
            subject=cause.subject,
            exporter=exporter,
            severity=severity,
            state=State.PENDING if delay_ms > 0 else State.ACTIVE,
            summary=summary[:400],
            details=dict(details),
            raised_at_ms=now_ms,
            active_at_ms=now_ms + delay_ms,
            version=1,
        )
        .on_conflict_do_nothing()
    )
    return alarm_id


def _clear(session: Session, alarm: Alarm, now_ms: int, *, by: str | None, comment: str | None) -> Alarm:
    alarm.state, alarm.cleared_at_ms, alarm.cleared_by = State.CLEARED, now_ms, by
    alarm.version += 1
    _note(session, alarm, Step.CLEARED, now_ms, by=by, comment=comment)
    return alarm


def _note(
    session: Session, alarm: Alarm, step: Step, now_ms: int, *, by: str | None = None, comment: str | None = None
) -> None:
    session.add(
        AlarmEntry(tenant_id=alarm.tenant_id, alarm_id=alarm.id, at_ms=now_ms, step=step, by=by, comment=comment)
    )
    emit(
        session,
        alarm.tenant_id,
        "alarm",
        alarm.id,
        {
            "step": step,
            "state": alarm.state,
            "severity": alarm.severity,
            "kind": alarm.kind,
            "subject_kind": alarm.subject_kind,
            "subject": alarm.subject,
            "summary": alarm.summary,
        },
        now_ms,
    )
