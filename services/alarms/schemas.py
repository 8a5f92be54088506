"""Alarms as they go in and out."""

import uuid
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from services.alarms.logic import Severity, State, Step
from services.http.fields import CodeText, Document, Instant, NameText, Payload, example

ALARM = {
    "id": "5a2f0f4e-9c7d-4a58-9f31-0b7f3c2d1e90",
    "kind": "gateway.silent",
    "subject_kind": "gateway",
    "subject": "GW-7",
    "exporter": "Siam Fresh Export",
    "severity": "critical",
    "state": "cleared",
    "summary": "Gateway GW-7 has been silent for 25 min; 6 sensors behind it are not heard.",
    "details": {"silent_s": 1500},
    "raised_at": "2026-11-23T05:00:00Z",
    "active_at": "2026-11-23T05:00:00Z",
    "acknowledged_at": "2026-11-23T05:04:00Z",
    "acknowledged_by": "Somchai",
    "cleared_at": "2026-11-23T06:10:00Z",
    "cleared_by": "Malee",
}
ENTRY = {"at": "2026-11-23T05:04:00Z", "step": "acknowledged", "by": "Somchai", "comment": "Driving there."}

ShownState = Literal["active", "acknowledged", "cleared"]


class AlarmDocument(Document):
    """One cause that needs attention, and how far it has come."""

    model_config = example(ALARM)

    id: uuid.UUID
    kind: str
    subject_kind: str
    subject: str
    exporter: str | None
    severity: Severity
    state: State
    summary: str
    details: dict[str, Any]
    raised_at: Annotated[Instant, Field(validation_alias="raised_at_ms")]
    active_at: Annotated[Instant, Field(validation_alias="active_at_ms")]
    acknowledged_at: Annotated[Instant | None, Field(validation_alias="acknowledged_at_ms")]
    acknowledged_by: str | None
    cleared_at: Annotated[Instant | None, Field(validation_alias="cleared_at_ms")]
    cleared_by: str | None


class AlarmEntryDocument(Document):
    """One step in an alarm's life; `by` is null where the system itself took it."""

    model_config = example(ENTRY)

    at: Annotated[Instant, Field(validation_alias="at_ms")]
    step: Step
    by: str | None
    comment: str | None


class AlarmWithHistory(Document):
    """An alarm with all that happened to it; in maintenance, nobody is told about it."""

    model_config = example({"alarm": ALARM, "in_maintenance": False, "history": [ENTRY]})

    alarm: AlarmDocument
    in_maintenance: bool
    history: list[AlarmEntryDocument]


class AlarmCounts(Document):
    """How many open alarms there are, by severity, and how many of them nobody looks after yet."""

    model_config = example({"info": 0, "warning": 2, "critical": 1, "unacknowledged": 2})

    info: int
    warning: int
    critical: int
    unacknowledged: int


class AlarmQuery(BaseModel):
    """Which alarms to list; without a state, those that are not cleared."""

    state: ShownState | None = None
    severity: Severity | None = None
    kind: Annotated[str | None, Field(max_length=64)] = None
    subject_kind: Annotated[str | None, Field(max_length=32)] = None
    subject: Annotated[str | None, Field(max_length=64)] = None


CommentText = Annotated[str, Field(min_length=1, max_length=1000)]


class Acknowledgement(Payload):
    """That somebody looks after it, and what they have to say."""

    model_config = example({"comment": "Driving there."})

    comment: CommentText | None = None


class Comment(Payload):
    """What somebody has to say."""

    model_config = example({"comment": "The SIM card has run out of credit."})

    comment: CommentText


class NewMaintenance(Payload):
    """A time in which nobody is told about a subject, or about anything where none is named."""

    model_config = example(
        {
            "subject_kind": "gateway",
            "subject": "GW-7",
            "starts_at": "2026-11-23T05:00:00Z",
            "ends_at": "2026-11-23T09:00:00Z",
            "reason": "New antenna",
        }
    )

    subject_kind: Annotated[str | None, Field(max_length=32)] = None
    subject: CodeText | None = None
    starts_at: Instant
    ends_at: Instant
    reason: NameText


class MaintenanceDocument(Document):
    """A time in which nobody is told."""

    model_config = example(
        {
            "id": "5a2f0f4e-9c7d-4a58-9f31-0b7f3c2d1e91",
            "subject_kind": "gateway",
            "subject": "GW-7",
            "starts_at": "2026-11-23T05:00:00Z",
            "ends_at": "2026-11-23T09:00:00Z",
            "reason": "New antenna",
            "by": "Somchai",
        }
    )

    id: uuid.UUID
    subject_kind: str | None
    subject: str | None
    starts_at: Annotated[Instant, Field(validation_alias="starts_at_ms")]
    ends_at: Annotated[Instant, Field(validation_alias="ends_at_ms")]
    reason: str
    by: str
