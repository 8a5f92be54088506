"""What drivers send and see."""

import uuid
from typing import Annotated

from pydantic import Base64Bytes, Field, model_validator

from services.http.fields import CodeText, Document, Instant, Payload, TemperatureC, example
from services.runs.proving import ProofKind
from services.runs.reporting import AT_A_LOT, Kind, Outcome, Report

EVENT = {
    "id": "5a2f0f4e-9c7d-4a58-9f31-0b7f3c2d1ea0",
    "kind": "loaded",
    "at": "2026-11-23T02:31:00Z",
    "lot": "LOT-20261123-017",
    "weight_g": 418_000,
    "crates": 28,
    "temperature_c": 29.5,
    "latitude": 12.7797,
    "longitude": 101.6483,
}


class NewEvent(Payload):
    """One thing that a driver did. `id` is made by the phone; sent again, it is the same event."""

    model_config = example(EVENT)

    id: uuid.UUID
    kind: Kind
    at: Instant
    lot: Annotated[CodeText | None, Field(description="Which pick-up; for heading, arrived, loaded and skipped.")] = (
        None
    )
    weight_g: Annotated[int | None, Field(gt=0, le=10**9)] = None
    crates: Annotated[int | None, Field(gt=0, le=100_000)] = None
    temperature_c: Annotated[TemperatureC | None, Field(description="Of the produce, where it was measured.")] = None
    reason: Annotated[str | None, Field(max_length=200, description="Why a stop was skipped.")] = None
    note: Annotated[str | None, Field(max_length=400)] = None
    latitude: Annotated[float | None, Field(ge=-90, le=90)] = None
    longitude: Annotated[float | None, Field(ge=-180, le=180)] = None
    accuracy_m: Annotated[int | None, Field(ge=0, le=100_000)] = None

    @model_validator(mode="after")
    def _says_what_it_needs(self) -> "NewEvent":
        if self.kind in AT_A_LOT and self.lot is None:
            raise ValueError(f"{self.kind} needs its lot")
        if self.kind is Kind.SKIPPED and not self.reason:
            raise ValueError("skipped needs its reason")
        if self.kind is Kind.POSITION and (self.latitude is None or self.longitude is None):
            raise ValueError("position needs latitude and longitude")
        return self

    def report(self) -> Report:
        """As the logic takes it."""
        return Report(
            client_id=self.id,
            kind=self.kind,
            at_ms=self.at,
            lot=self.lot,
            weight_g=self.weight_g,
            crates=self.crates,
            temperature_centi_c=None if self.temperature_c is None else int(self.temperature_c),
            reason=self.reason,
            note=self.note,
            latitude=self.latitude,
            longitude=self.longitude,
            accuracy_m=self.accuracy_m,
        )


class NewEvents(Payload):
    """What a phone has gathered, also while it had no connection."""

    model_config = example({"events": [EVENT]})

    events: Annotated[list[NewEvent], Field(min_length=1, max_length=200)]


class TakenDocument(Document):
    """What became of one event."""

    model_config = example(
        {"id": EVENT["id"], "outcome": "refused", "reason": "LOT-7 was given to another truck; see the newest sheet."}
    )

    id: uuid.UUID
    outcome: Outcome
    reason: str | None


class TakenEvents(Document):
    """What became of each event, in the order sent, and the version of the sheet that is in force now."""

    model_config = example(
        {
            "results": [
                {
                    "id": EVENT["id"],
                    "outcome": "refused",
                    "reason": "LOT-7 was given to another truck; see the newest sheet.",
                }
            ],
            "sheet_version": 1,
        }
    )

    results: list[TakenDocument]
    sheet_version: int


class EventDocument(Document):
    """One event of a run as it was reported."""

    model_config = example(
        EVENT
        | {
            "outcome": "refused",
            "reason": "The stop is skipped already.",
            "by": "Lek",
            "received_at": "2026-11-23T02:40:00Z",
        }
    )

    id: Annotated[uuid.UUID, Field(validation_alias="client_id")]
    kind: Kind
    lot: str | None
    outcome: Outcome
    reason: str | None
    by: str
    at: Annotated[Instant, Field(validation_alias="at_ms")]
    received_at: Annotated[Instant, Field(validation_alias="received_at_ms")]


class NewProof(Payload):
    """A photo or a signature, base64; up to about 700 kB."""

    model_config = example(
        {
            "id": "5a2f0f4e-9c7d-4a58-9f31-0b7f3c2d1ea1",
            "lot": "LOT-20261123-017",
            "kind": "photo",
            "at": "2026-11-23T02:31:00Z",
            "content": "iVBORw0KGgo=",
        }
    )

    id: uuid.UUID
    lot: CodeText
    kind: ProofKind
    at: Instant
    content: Annotated[Base64Bytes, Field(min_length=1, max_length=1_000_000)]


class ProofDocument(Document):
    """A photo or a signature that is kept; `GET …/proofs/{id}` shows it."""

    model_config = example(
        {
            "id": "5a2f0f4e-9c7d-4a58-9f31-0b7f3c2d1ea1",
            "lot": "LOT-20261123-017",
            "kind": "photo",
            "media_type": "image/jpeg",
            "sha256": "9f2c…",
            "by": "Lek",
            "at": "2026-11-23T02:31:00Z",
        }
    )

    id: Annotated[uuid.UUID, Field(validation_alias="client_id")]
    lot: str
    kind: ProofKind
    media_type: str
    sha256: str
    by: str
    at: Annotated[Instant, Field(validation_alias="at_ms")]


class ExpectedStop(Document):
    """When the truck is expected at one of the stops that it has still to make."""

    kind: str
    lot: str | None
    hub: str | None
    planned_at: Instant
    expected_at: Instant


class PositionDocument(Document):
    """Where a truck was last."""

    latitude: float
    longitude: float
    accuracy_m: int | None
    at: Annotated[Instant, Field(validation_alias="at_ms")]


class ProgressDocument(Document):
    """How far a truck is, how late, and when it will be where."""

    model_config = example(
        {
            "truck": "TRK-7",
            "delay_s": 600,
            "position": {"latitude": 12.8, "longitude": 101.6, "accuracy_m": 12, "at": "2026-11-23T02:31:00Z"},
            "stops": [
                {
                    "kind": "pickup",
                    "lot": "LOT-20261123-017",
                    "hub": "LCB",
                    "planned_at": "2026-11-23T02:20:00Z",
                    "expected_at": "2026-11-23T02:30:00Z",
                }
            ],
        }
    )

    truck: str
    delay_s: int
    position: PositionDocument | None
    stops: list[ExpectedStop]
