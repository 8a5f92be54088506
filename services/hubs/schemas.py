"""What hubs tell and are told."""

import uuid
from typing import Annotated, Self

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
from services.hubs.logic import Decision, Found, Part, Reason

Grams = Annotated[int, Field(ge=0, le=10**9)]
LINE = {
    "lot": "LOT-20261123-017",
    "decision": "partly",
    "weight_g": 400_000,
    "crates": 27,
    "refused_weight_g": 20_000,
    "temperature_c": 18.5,
    "reason": "overripe",
    "note": "one crate soft",
}


class ReceiptLine(Payload):
    """What was found of one lot at the gate."""

    model_config = example(LINE)

    lot: CodeText
    decision: Decision
    weight_g: Annotated[Grams, Field(description="What the hub takes.")]
    crates: Annotated[int, Field(ge=0, le=100_000)]
    refused_weight_g: Grams = 0
    temperature_c: Annotated[TemperatureC | None, Field(description="Pulp temperature.")] = None
    reason: Reason | None = None
    note: Annotated[str | None, Field(max_length=400)] = None

    def found(self) -> Found:
        """As the logic takes it."""
        return Found(
            lot=self.lot,
            decision=self.decision,
            weight_g=self.weight_g,
            crates=self.crates,
            refused_weight_g=self.refused_weight_g,
            temperature_centi_c=None if self.temperature_c is None else int(self.temperature_c),
            reason=self.reason,
            note=self.note,
        )


class Receiving(Payload):
    """Lots that are taken in or refused; all lines or none."""

    model_config = example({"lines": [LINE], "at": "2026-11-23T07:45:00Z"})

    lines: Annotated[list[ReceiptLine], Field(min_length=1, max_length=200)]
    at: Annotated[Instant | None, Field(description="When they came in; default: now.")] = None

    @model_validator(mode="after")
    def _each_lot_once(self) -> Self:
        codes = [line.lot for line in self.lines]
        if len(set(codes)) != len(codes):
            raise ValueError("each lot may stand in one line only")
        return self


class ReceiptDocument(Document):
    """What a hub found of a lot and did with it."""

    model_config = example(
        {
            **LINE,
            "declared_weight_g": 420_000,
            "hub": "LCB",
            "run_id": "5a2f0f4e-9c7d-4a58-9f31-0b7f3c2d1e97",
            "by": "Malee",
            "at": "2026-11-23T07:45:00Z",
        }
    )

    lot: str
    hub: str
    run_id: uuid.UUID | None
    decision: Decision
    declared_weight_g: int
    weight_g: int
    crates: int
    refused_weight_g: int
    temperature_c: ShownTemperatureC | None
    reason: Reason | None
    note: str | None
    by: str
    at: Instant


class ExpectedLot(Document):
    """A lot on its way to the hub, or standing at its gate."""

    model_config = example(
        {
            "lot": "LOT-20261123-017",
            "commodity_id": "durian",
            "grade": "A",
            "weight_g": 420_000,
            "crates": 28,
            "run": "20261123-TRK-7-1-9f31",
            "truck": "TRK-7",
            "state": "loaded",
            "arrives_at": "2026-11-23T07:40:00Z",
            "verdict": "on_track",
        }
    )

    lot: str
    commodity_id: str
    grade: str | None
    weight_g: int
    crates: int
    run: str
    truck: str
    state: str
    arrives_at: Instant
    verdict: str


class PutAway(Payload):
    """Where lots stand now."""

    model_config = example({"lots": ["LOT-20261123-017"], "place": "Room 2, rack 4"})

    lots: Annotated[list[CodeText], Field(min_length=1, max_length=500)]
    place: NameText
    at: Instant | None = None


class NewPart(Payload):
    """A part of a lot that gets a code of its own."""

    code: CodeText
    weight_g: Annotated[int, Field(gt=0, le=10**9)]
    crates: Annotated[int, Field(gt=0, le=100_000)]

    def part(self) -> Part:
        """As the logic takes it."""
        return Part(code=self.code, weight_g=self.weight_g, crates=self.crates)


class Split(Payload):
    """A lot and what becomes of it; the parts add up to the lot."""

    model_config = example(
        {
            "lot": "LOT-20261123-017",
            "parts": [
                {"code": "LOT-20261123-017-A", "weight_g": 200_000, "crates": 14},
                {"code": "LOT-20261123-017-B", "weight_g": 220_000, "crates": 14},
            ],
        }
    )

    lot: CodeText
    parts: Annotated[list[NewPart], Field(min_length=2, max_length=50)]


class Merge(Payload):
    """Lots of one commodity, variety and grade that become one."""

    model_config = example({"lots": ["LOT-1", "LOT-2"], "code": "PAL-3"})

    lots: Annotated[list[CodeText], Field(min_length=2, max_length=50)]
    code: CodeText


class StockLot(Document):
    """A lot that a hub has, where it stands and how long it keeps."""

    model_config = example(
        {
            "lot": "LOT-20261123-017",
            "commodity_id": "durian",
            "variety": "monthong",
            "grade": "A",
            "weight_g": 400_000,
            "crates": 27,
            "place": "Room 2, rack 4",
            "received_at": "2026-11-23T07:45:00Z",
            "verdict": "on_track",
            "remaining_days_p10": 9.4,
        }
    )

    lot: str
    commodity_id: str
    variety: str | None
    grade: str | None
    weight_g: int
    crates: int
    place: str | None
    received_at: Instant
    verdict: str
    remaining_days_p10: float | None


class LoadingQuery(BaseModel):
    """What is to be loaded: how much of what, how long and how cold it travels, how long it must keep then."""

    commodity_id: Annotated[str, Field(max_length=32)]
    weight_g: Annotated[int, Field(gt=0, le=10**9)]
    transit_h: Annotated[float, Field(ge=0, le=2400, description="Hours from now to hand-over.")]
    set_point_c: Annotated[float | None, Field(ge=-5, le=40, description="Default: the reference temperature.")] = None
    required_life_days: Annotated[float, Field(ge=0, le=365)] = 0
    grade: Annotated[str | None, Field(max_length=32)] = None
    whole_lots: bool = True


class LoadingLot(Document):
    """A lot to load, and how long it will keep at hand-over."""

    lot: str
    weight_g: int
    crates: int
    life_at_handover_days: float
    verdict: str


class LeftLot(Document):
    """A lot that stays, and why."""

    lot: str
    reason: str


class LoadingDocument(Document):
    """What to load, first what expires first."""

    model_config = example(
        {
            "load": [
                {
                    "lot": "LOT-20261123-017",
                    "weight_g": 400_000,
                    "crates": 27,
                    "life_at_handover_days": 6.1,
                    "verdict": "on_track",
                }
            ],
            "weight_g": 400_000,
            "short_g": 100_000,
            "left": [{"lot": "LOT-2", "reason": "would be 1.2 days short at hand-over: sell it nearer"}],
        }
    )

    load: list[LoadingLot]
    weight_g: int
    short_g: int
    left: list[LeftLot]
