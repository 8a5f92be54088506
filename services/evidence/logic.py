"""Assignments: made, ended, and never twice for the same time."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.clock import to_rfc3339
from services.devices.subjects import SubjectKind
from services.devices.tables import SensorAssignment
from services.errors import Conflict, FieldFault, InvalidInput, NotFound
from services.evidence import store
from services.evidence.schemas import AssignmentDocument, NewAssignment
from services.evidence.spans import Subject
from services.evidence.store import Assigned
from services.fleet.tables import Hub, Truck, Village
from services.lots.tables import Lot
from services.readings.status import assess_soon
from services.shipments.tables import Shipment

SUBJECTS: dict[SubjectKind, type[Village] | type[Lot] | type[Truck] | type[Hub] | type[Shipment]] = {
    SubjectKind.VILLAGE: Village,
    SubjectKind.LOT: Lot,
    SubjectKind.TRUCK: Truck,
    SubjectKind.HUB: Hub,
    SubjectKind.SHIPMENT: Shipment,
}


def assign(session: Session, tenant_id: uuid.UUID, new: NewAssignment, now_ms: int) -> Assigned:
    """Let a sensor speak for a subject. Raises InvalidInput naming the field, Conflict when it does so already."""
    subject = subject_named(session, tenant_id, new.subject_kind, new.subject, "/subject")
    sensor = store.sensor_named(session, tenant_id, new.sensor, now_ms)
    other = store.overlapping(session, tenant_id, sensor.id, subject, new.from_at, new.to_at)
    if other is not None:
        until = "now" if other.to_at_ms is None else to_rfc3339(other.to_at_ms)
        raise Conflict(
            f"The sensor {new.sensor!r} speaks for {new.subject!r} from {to_rfc3339(other.from_at_ms)} until {until}"
            " already; end that first."
        )
    kind, subject_id = subject
    assignment = SensorAssignment(
        id=uuid.uuid4(),
        tenant_id=tenant_id,
        sensor_id=sensor.id,
        subject_kind=kind,
        subject_id=subject_id,
        position=new.position,
        from_at_ms=new.from_at,
        to_at_ms=new.to_at,
    )
    session.add(assignment)
    session.flush()
    store.mark_dirty(session, tenant_id, sensor.id, new.from_at)
    return assignment, sensor


def end(session: Session, tenant_id: uuid.UUID, assignment_id: uuid.UUID, at_ms: int, now_ms: int) -> Assigned:
    """The sensor speaks for its subject no more from ``at_ms`` on. Raises NotFound, Conflict, InvalidInput."""
    found = store.one(session, tenant_id, assignment_id)
    if found is None:
        raise NotFound("There is no such assignment.")
    assignment, sensor = found
    if assignment.to_at_ms is not None and assignment.to_at_ms <= at_ms:
        raise Conflict(f"The assignment ended at {to_rfc3339(assignment.to_at_ms)} already.")
    if at_ms <= assignment.from_at_ms:
        fault = FieldFault("/query/at", "is not after its beginning.", "Send a later instant.")
        raise InvalidInput("The assignment can't end before it begins.", faults=[fault])
    store.mark_dirty(session, tenant_id, sensor.id, at_ms)
    assignment.to_at_ms = at_ms
    if assignment.subject_kind == SubjectKind.LOT:
        # the dirty mark no longer leads to what the sensor has stopped to speak for
        assess_soon(session, tenant_id, SubjectKind.LOT, [assignment.subject_id], now_ms)
    session.flush()
    return found


def subject_named(session: Session, tenant_id: uuid.UUID, kind: SubjectKind, code: str, pointer: str) -> Subject:
    """The subject of that kind and code. Raises InvalidInput at ``pointer``."""
    table = SUBJECTS[kind]
    subject_id = session.scalar(select(table.id).where(table.tenant_id == tenant_id, table.code == code))
    if subject_id is None:
        fault = FieldFault(pointer, f"there is no {kind} {code!r}.", f"Add it first: POST /v1/{kind}s.")
        raise InvalidInput(f"The {kind} is not known.", faults=[fault])
    return kind, subject_id


def documents(session: Session, tenant_id: uuid.UUID, rows: Sequence[Assigned]) -> list[AssignmentDocument]:
    """Assignments as they are shown, in their order."""
    codes: dict[Subject, str] = {}
    for kind, table in SUBJECTS.items():
        ids = {assignment.subject_id for assignment, _ in rows if assignment.subject_kind == kind}
        if ids:
            query = select(table.id, table.code).where(table.tenant_id == tenant_id, table.id.in_(ids))
            codes |= {(kind, identity): code for identity, code in session.execute(query)}
    return [
        AssignmentDocument.model_validate(
            {
                "id": assignment.id,
                "sensor": sensor.external_id,
                "subject_kind": assignment.subject_kind,
                "subject": codes.get((SubjectKind(assignment.subject_kind), assignment.subject_id), ""),
                "position": assignment.position,
                "from_at": assignment.from_at_ms,
                "to_at": assignment.to_at_ms,
            }
        )
        for assignment, sensor in rows
    ]
