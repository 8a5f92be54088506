"""`/v1/alarms` and `/v1/maintenance`."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy.orm import Session

from services.alarms import logic, store
from services.alarms.logic import Severity, State
from services.alarms.schemas import (
    Acknowledgement,
    AlarmCounts,
    AlarmDocument,
    AlarmEntryDocument,
    AlarmQuery,
    AlarmWithHistory,
    Comment,
    MaintenanceDocument,
    NewMaintenance,
)
from services.alarms.tables import Alarm
from services.errors import Conflict, InvalidInput, NotFound
from services.http.context import Db, NowMs
from services.http.paging import Page, Paging, page_of
from services.http.problems import answers
from services.identity.access import require
from services.identity.logic import Caller, Role

router = APIRouter(tags=["alarms"])

Reader = Annotated[Caller, require(Role.COORDINATOR, Role.AUDITOR, own=(Role.EXPORTER,))]
Watcher = Annotated[Caller, require(Role.COORDINATOR, own=(Role.EXPORTER,))]
Coordinator = Annotated[Caller, require(Role.COORDINATOR)]

OPEN = (State.ACTIVE, State.ACKNOWLEDGED)


@router.get("/v1/alarms")
def list_alarms(
    caller: Reader, database: Db, paging: Paging, wanted: Annotated[AlarmQuery, Query()]
) -> Page[AlarmDocument]:
    """Alarms, the newest first; without a state, those that are not cleared."""
    after = paging.after(int, uuid.UUID)
    with database.read() as session:
        rows = store.listed(
            session,
            caller.tenant_id,
            states=OPEN if wanted.state is None else (wanted.state,),
            after=None if after is None else (after[0], after[1]),
            limit=paging.fetch,
            severity=wanted.severity,
            kind=wanted.kind,
            subject_kind=wanted.subject_kind,
            subject=wanted.subject,
            exporter=caller.scope.exporter,
        )
    return page_of(
        paging, rows, key=lambda alarm: (alarm.raised_at_ms, alarm.id), document=AlarmDocument.model_validate
    )


@router.get("/v1/alarms/counts")
def count_alarms(caller: Reader, database: Db) -> AlarmCounts:
    """How many alarms are open, and how many of them nobody looks after yet."""
    with database.read() as session:
        numbers = store.counts(session, caller.tenant_id, exporter=caller.scope.exporter)
    by_severity = {severity: sum(n for (_, word), n in numbers.items() if word == severity) for severity in Severity}
    waiting = sum(n for (state, _), n in numbers.items() if state == State.ACTIVE)
    return AlarmCounts.model_validate(by_severity | {"unacknowledged": waiting})


@router.get("/v1/alarms/{alarm_id}", responses=answers(NotFound))
def get_alarm(alarm_id: uuid.UUID, caller: Reader, database: Db, now_ms: NowMs) -> AlarmWithHistory:
    """One alarm with all that happened to it."""
    with database.read() as session:
        return _shown(session, logic.found(session, caller.tenant_id, alarm_id, caller.scope), now_ms)


@router.post("/v1/alarms/{alarm_id}/acknowledged", responses=answers(NotFound, Conflict))
def acknowledge_alarm(
    alarm_id: uuid.UUID, acknowledgement: Acknowledgement, caller: Watcher, database: Db, now_ms: NowMs
) -> AlarmWithHistory:
    """Say that you look after it; it is escalated no further."""
    with database.write() as session:
        alarm = logic.found(session, caller.tenant_id, alarm_id, caller.scope)
        logic.acknowledge(session, alarm, caller.name, acknowledgement.comment, now_ms)
        return _shown(session, alarm, now_ms)


@router.post("/v1/alarms/{alarm_id}/comments", responses=answers(NotFound))
def comment_on_alarm(
    alarm_id: uuid.UUID, comment: Comment, caller: Watcher, database: Db, now_ms: NowMs
) -> AlarmWithHistory:
    """Add what you have to say, also after the end."""
    with database.write() as session:
        alarm = logic.found(session, caller.tenant_id, alarm_id, caller.scope)
        logic.comment_on(session, alarm, caller.name, comment.comment, now_ms)
        return _shown(session, alarm, now_ms)


@router.post("/v1/alarms/{alarm_id}/cleared", responses=answers(NotFound, Conflict))
def clear_alarm(
    alarm_id: uuid.UUID, comment: Comment, caller: Coordinator, database: Db, now_ms: NowMs
) -> AlarmWithHistory:
    """End it by hand, with the reason. A cause that lasts raises a new alarm."""
    with database.write() as session:
        alarm = logic.found(session, caller.tenant_id, alarm_id, caller.scope)
        logic.clear(session, alarm, caller.name, comment.comment, now_ms)
        return _shown(session, alarm, now_ms)


@router.get("/v1/maintenance")
def list_maintenance(
    caller: Annotated[Caller, require(Role.COORDINATOR, Role.AUDITOR)], database: Db, now_ms: NowMs
) -> list[MaintenanceDocument]:
    """Times in which nobody is told, those that last and those to come."""
    with database.read() as session:
        rows = store.maintenances(session, caller.tenant_id, now_ms)
    return [MaintenanceDocument.model_validate(row) for row in rows]


@router.post("/v1/maintenance", status_code=201, responses=answers(InvalidInput))
def plan_maintenance(new: NewMaintenance, caller: Coordinator, database: Db, now_ms: NowMs) -> MaintenanceDocument:
    """Tell nobody about a subject, or about anything, for a while; alarms are raised and shown all the same."""
    with database.write() as session:
        planned = logic.plan_maintenance(
            session,
            caller.tenant_id,
            subject_kind=new.subject_kind,
            subject=new.subject,
            starts_at_ms=new.starts_at,
            ends_at_ms=new.ends_at,
            reason=new.reason,
            by=caller.name,
            now_ms=now_ms,
        )
        return MaintenanceDocument.model_validate(planned)


@router.delete("/v1/maintenance/{maintenance_id}", status_code=204, responses=answers(NotFound))
def end_maintenance(maintenance_id: uuid.UUID, caller: Coordinator, database: Db) -> None:
    """Take a maintenance back: people are told again from now on."""
    with database.write() as session:
        planned = store.maintenance(session, caller.tenant_id, maintenance_id)
        if planned is None:
            raise NotFound("There is no such maintenance.")
        session.delete(planned)


def _shown(session: Session, alarm: Alarm, now_ms: int) -> AlarmWithHistory:
    entries = store.history(session, alarm.tenant_id, alarm.id)
    return AlarmWithHistory(
        alarm=AlarmDocument.model_validate(alarm),
        in_maintenance=store.in_maintenance(session, alarm.tenant_id, alarm, now_ms),
        history=[AlarmEntryDocument.model_validate(entry) for entry in entries],
    )
