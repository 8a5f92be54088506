"""Shipments as they go in and out."""

import uuid
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, model_validator

from services.http.fields import (
    CodeText,
    Document,
    Instant,
    NameText,
    Payload,
    ShownTemperatureC,
    TemperatureC,
    example,
)
from services.readings.schemas import SUMMARY, FreshnessSummary
from telemetry.freshness import Verdict

State = Literal["loading", "in_transit", "arrived"]
Lots = Annotated[list[CodeText], Field(min_length=1, max_length=2000, description="Codes of lots that the hub has.")]

SHIPMENT = {
    "code": "SHP-1123-04",
    "exporter": "Siam Fresh Export",
    "hub": "LCB",
    "destination": "Guangzhou, CN",
    "set_point_c": 13.0,
    "departs_at": "2026-11-23T15:30:00Z",
    "eta": "2026-11-29T22:00:00Z",
    "lots": ["LOT-20261123-017"],
}


class NewShipment(Payload):
    """A shipment that is being loaded."""

    model_config = example(SHIPMENT)

    code: CodeText
    exporter: NameText | None = None
    demand: Annotated[CodeText | None, Field(description="Code of the demand that it answers.")] = None
    hub: Annotated[CodeText, Field(description="Code of the hub that it leaves from.")]
    destination: NameText
    set_point_c: TemperatureC | None = None
    departs_at: Annotated[Instant | None, Field(description="When it is to leave.")] = None
    eta: Annotated[Instant | None, Field(description="When it is due at its destination.")] = None
    lots: Annotated[
        list[CodeText], Field(default_factory=list, max_length=2000, description="Codes of lots that the hub has.")
    ]
    loaded_at: Annotated[Instant | None, Field(description="When the lots were loaded; default: now.")] = None

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if len(set(self.lots)) < len(self.lots):
            raise ValueError("lots names one more than once")
        if self.departs_at is not None and self.eta is not None and self.eta <= self.departs_at:
            raise ValueError("eta must be after departs_at")
        return self


class Loading(Payload):
    """Further lots for a shipment that is being loaded."""

    model_config = example({"lots": ["LOT-20261123-018"]})

    lots: Lots
    loaded_at: Annotated[Instant | None, Field(description="When they were loaded; default: now.")] = None


class ShipmentDocument(Document):
    """A shipment, where it is, and how fresh."""

    model_config = example(
        {
            "id": "7d8c0b3e-2f53-4a0f-9a77-53f2c1d0e6a5",
            **SHIPMENT,
            "state": "arrived",
            "arrived_at": "2026-11-29T21:10:00Z",
            "created_at": "2026-11-23T12:00:00Z",
            "freshness": SUMMARY,
        }
    )

    id: uuid.UUID
    code: str
    exporter: str | None
    hub: str
    destination: str
    set_point_c: ShownTemperatureC | None
    state: State
    departs_at: Annotated[Instant | None, Field(description="When it is to leave, or has left.")]
    eta: Instant | None
    arrived_at: Instant | None
    created_at: Instant
    lots: list[str]
    freshness: FreshnessSummary


class ShipmentQuery(BaseModel):
    """Which shipments to list, and in which order."""

    state: State | None = None
    verdict: Verdict | None = None
    exporter: NameText | None = None
    code: CodeText | None = None
    order: Annotated[
        Literal["code", "fefo"],
        Field(description="`fefo`: what nobody knows first, to be looked at; then what keeps shortest."),
    ] = "code"


class Departed(BaseModel):
    """When a shipment left."""

    at: Annotated[Instant | None, Field(description="When it happened; default: now.")] = None
    eta: Annotated[Instant | None, Field(description="When it is due now; default: as planned.")] = None
