"""Assignments as they go in and out."""

import uuid
from typing import Annotated, Self

from pydantic import BaseModel, Field, model_validator

from services.devices.subjects import SubjectKind
from services.http.fields import CodeText, Document, Instant, Payload, PlainText, example
from telemetry.freshness.positions import Position

SensorName = Annotated[PlainText, Field(max_length=64, description="The name that its gateway gives it.")]

ASSIGNMENT = {
    "sensor": "TH-0042",
    "subject_kind": "lot",
    "subject": "LOT-20261123-017",
    "position": "pulp",
    "from": "2026-11-23T03:00:00Z",
    "to": "2026-11-23T07:45:00Z",
}


class NewAssignment(Payload):
    """From when on a sensor speaks for a subject, and where its probe sits."""

    model_config = example(ASSIGNMENT)

    sensor: SensorName
    subject_kind: SubjectKind
    subject: Annotated[CodeText, Field(description="Code of the village, lot, truck, hub or shipment.")]
    position: Position
    from_at: Annotated[Instant, Field(alias="from")]
    to_at: Annotated[
        Instant | None, Field(alias="to", description="Until before then; null: until further notice.")
    ] = None

    @model_validator(mode="after")
    def _from_before_to(self) -> Self:
        if self.to_at is not None and self.to_at <= self.from_at:
            raise ValueError("to must be after from")
        return self


class AssignmentDocument(Document):
    """From when to when a sensor speaks for a subject."""

    model_config = example({"id": "f2a51c0d-9a43-4b62-8c3f-5e0b1d7a2c94", **ASSIGNMENT})

    id: uuid.UUID
    sensor: str
    subject_kind: SubjectKind
    subject: str
    position: Position
    from_at: Annotated[Instant, Field(serialization_alias="from")]
    to_at: Annotated[Instant | None, Field(serialization_alias="to")]


class AssignmentQuery(BaseModel):
    """Which assignments to list."""

    sensor: SensorName | None = None
    subject_kind: SubjectKind | None = None
    subject: Annotated[CodeText | None, Field(description="Code of the subject; needs subject_kind.")] = None
