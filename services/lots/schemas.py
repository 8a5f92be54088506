"""Lots as they go in and out."""

import uuid
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, model_validator

from services.http.fields import CodeText, Document, Instant, NameText, Payload, example
from services.lots.certificates import Certificates
from services.readings.schemas import SUMMARY, FreshnessSummary
from telemetry.freshness import Verdict

State = Literal["waiting", "planned", "loaded", "received", "withdrawn", "refused", "split", "merged"]
Precooling = Literal["none", "room", "forced_air", "hydro", "vacuum", "ice"]
Word32 = Annotated[NameText, Field(max_length=32)]
DeclarationState = Literal["open", "harvested", "withdrawn"]

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
    "variety": "monthong",
    "maturity": "75% dry matter",
    "precooling": "forced_air",
    "precooled_at": "2026-11-23T02:50:00Z",
    "grower_group": "Klaeng durian growers",
    "gap_code": "GAP-21-0417",
    "packing_house_code": "DOA-22-118",
    "certificates": ["organic"],
    "declaration": "0b9a7a52-6c1d-4d3e-a8a4-2f6f7a5f9b12",
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
    variety: Word32 | None = None
    maturity: Annotated[Word32 | None, Field(description="As growers tell it: an index, a colour stage.")] = None
    precooling: Annotated[Precooling | None, Field(description="How field heat was taken out.")] = None
    precooled_at: Annotated[Instant | None, Field(description="When pre-cooling ended.")] = None
    grower_group: NameText | None = None
    gap_code: Annotated[CodeText | None, Field(description="Good Agricultural Practice code of the plot.")] = None
    packing_house_code: Annotated[CodeText | None, Field(description="Registration of its packing house.")] = None
    certificates: Annotated[Certificates | None, Field(description="Others that its growers hold.")] = None
    declaration: Annotated[uuid.UUID | None, Field(description="The declared harvest that it comes from.")] = None

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
    variety: str | None
    maturity: str | None
    precooling: Precooling | None
    precooled_at: Instant | None
    grower_group: str | None
    gap_code: str | None
    packing_house_code: str | None
    certificates: list[str] | None
    declaration: uuid.UUID | None


class LotChange(Payload):
    """What to set right on a lot that still waits; members left out stay."""

    model_config = example({"precooling": "hydro", "precooled_at": "2026-11-23T03:10:00Z"})

    grade: Word32 | None = None
    weight_g: Annotated[int, Field(gt=0, le=10**9)] | None = None
    crates: Annotated[int, Field(gt=0, le=100_000)] | None = None
    value_satang: Annotated[int, Field(ge=0, le=10**12)] | None = None
    ready_at: Instant | None = None
    variety: Word32 | None = None
    maturity: Word32 | None = None
    precooling: Precooling | None = None
    precooled_at: Instant | None = None
    grower_group: NameText | None = None
    gap_code: CodeText | None = None
    packing_house_code: CodeText | None = None
    certificates: Certificates | None = None


DECLARATION = {
    "village": "KLG-01",
    "commodity_id": "durian",
    "variety": "monthong",
    "grade": "A",
    "expected_g": 2_400_000,
    "harvest_on": "2026-11-26",
    "confidence_pct": 80,
    "grower_group": "Klaeng durian growers",
    "gap_code": "GAP-21-0417",
    "packing_house_code": "DOA-22-510002",
    "certificates": ["organic"],
    "note": "after the rain",
}


class NewDeclaration(Payload):
    """What a village expects to harvest on a day."""

    model_config = example(DECLARATION)

    village: Annotated[CodeText, Field(description="Code of the village.")]
    commodity_id: Annotated[str, Field(max_length=32, description="As in the catalogue.")]
    variety: Word32 | None = None
    grade: Word32 | None = None
    expected_g: Annotated[int, Field(gt=0, le=10**9)]
    harvest_on: Annotated[date, Field(description="Local day of the harvest.")]
    confidence_pct: Annotated[
        int, Field(ge=1, le=100, description="How much of it can be counted on, as the village sees it.")
    ] = 80
    grower_group: NameText | None = None
    gap_code: CodeText | None = None
    packing_house_code: CodeText | None = None
    certificates: Certificates | None = None
    note: NameText | None = None


class DeclarationChange(Payload):
    """What to change of an open declaration; members left out stay."""

    model_config = example({"expected_g": 1_800_000, "confidence_pct": 95})

    variety: Word32 | None = None
    grade: Word32 | None = None
    expected_g: Annotated[int, Field(gt=0, le=10**9)] | None = None
    harvest_on: date | None = None
    confidence_pct: Annotated[int, Field(ge=1, le=100)] | None = None
    grower_group: NameText | None = None
    gap_code: CodeText | None = None
    packing_house_code: CodeText | None = None
    certificates: Certificates | None = None
    note: NameText | None = None


class DeclarationDocument(Document):
    """A declared harvest. `harvested_g` is the weight of the lots that name it; then it stands no longer for supply."""

    model_config = example(
        {
            "id": "7d7a2c1e-4f60-4f62-9f0e-4d8b1c0a9e55",
            **DECLARATION,
            "state": "open",
            "harvested_g": 0,
            "withdrawn_reason": "the storm took the flowers",
            "created_by": "somchai",
            "created_at": "2026-11-23T03:05:00Z",
            "changed_at": "2026-11-23T03:05:00Z",
            "version": 1,
        }
    )

    id: uuid.UUID
    village: str
    commodity_id: str
    variety: str | None
    grade: str | None
    expected_g: int
    harvest_on: date
    confidence_pct: int
    grower_group: str | None
    gap_code: str | None
    packing_house_code: str | None
    certificates: list[str] | None
    note: str | None
    state: DeclarationState
    harvested_g: int
    withdrawn_reason: str | None
    created_by: str
    created_at: Instant
    changed_at: Instant
    version: int


class DeclarationQuery(BaseModel):
    """Which declarations to list."""

    state: DeclarationState | None = None
    village: Annotated[CodeText | None, Field(description="Code of the village.")] = None
    commodity_id: Annotated[str | None, Field(max_length=32)] = None
    from_on: Annotated[date | None, Field(description="Harvests from this day on.")] = None
    to_on: Annotated[date | None, Field(description="Harvests up to this day.")] = None


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
