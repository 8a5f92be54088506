"""Lots as they go in and out."""

import uuid
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, model_validator

from services.http.fields import CodeText, Document, Instant, NameText, Payload, example
from services.readings.schemas import SUMMARY, FreshnessSummary
from telemetry.freshness import Verdict

State = Literal["waiting", "planned", "loaded", "received", "withdrawn"]

LOT = {
    "code": "LOT-20261123-017",
    "village": "KLG-01",
    "commodity_id": "durian",
    "grade": "A",
    "weight_g": 420_000,
    "crates": 28,
    "value_satang": 6_300_000,
    "harvested_at": "2026-11-23T02:30:00Z",
    "ready_at": "2026-11-23T03:00:00Z",
}
LOT_ID = "0b9a7a52-6c1d-4d3e-a8a4-2f6f7a5f9b11"


class NewLot(Payload):
    """A lot that waits in its village."""

    model_config = example(LOT)

    code: CodeText
    village: Annotated[CodeText, Field(description="Code of the village.")]
    commodity_id: Annotated[
        str, Field(max_length=32, description="As in the catalogue; `coldchain shelf-life --list`.")
    ]
    grade: Annotated[NameText | None, Field(max_length=32)] = None
    weight_g: Annotated[int, Field(gt=0, le=10**9)]
    crates: Annotated[int, Field(gt=0, le=100_000)]
    value_satang: Annotated[int, Field(ge=0, le=10**12)]
    harvested_at: Instant
    ready_at: Annotated[Instant | None, Field(description="When it may be fetched; default: when harvested.")] = None

    @model_validator(mode="after")
    def _ready_after_harvest(self) -> Self:
        if self.ready_at is not None and self.ready_at < self.harvested_at:
            raise ValueError("ready_at must not be before harvested_at")
        return self


class LotDocument(Document):
    """A lot, where it is, and how fresh."""

    model_config = example(
        {
            "id": LOT_ID,
            **LOT,
            "state": "received",
            "loaded_at": "2026-11-23T04:10:00Z",
            "truck": "TRK-7",
            "received_at": "2026-11-23T07:45:00Z",
            "hub": "LCB",
            "created_at": "2026-11-23T03:05:00Z",
            "freshness": SUMMARY,
        }
    )

    id: uuid.UUID
    code: str
    village: str
    commodity_id: str
    grade: str | None
    weight_g: int
    crates: int
    value_satang: int
    harvested_at: Instant
    ready_at: Instant
    state: State
    loaded_at: Instant | None
    truck: str | None
    received_at: Instant | None
    hub: str | None
    created_at: Instant
    freshness: FreshnessSummary


class Withdrawal(Payload):
    """Why a lot is taken back: sold on the spot, spoiled, a slip."""

    model_config = example({"reason": "sold on the spot"})

    reason: NameText


class LotQuery(BaseModel):
    """Which lots to list."""

    state: State | None = None
    verdict: Verdict | None = None
    village: Annotated[CodeText | None, Field(description="Code of the village.")] = None
    code: CodeText | None = None
