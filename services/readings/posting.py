"""Posted readings and dead letters as they go in and out."""

import base64
from typing import Annotated, Any, Literal

from pydantic import Field, computed_field

from services.http.fields import Document, Instant, Payload, PlainText, example

DeadLetterState = Literal["open", "replayed", "discarded"]

POSTED_EXAMPLE = {
    "seq": 1207,
    "readings": [
        {
            "sensor": "TH-0042",
            "at": "2026-11-23T05:00:00Z",
            "temperature_c": 13.4,
            "humidity_pct": 88.1,
            "battery_pct": 92,
        }
    ],
}
POSTED_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["readings"],
    "properties": {
        "seq": {"type": "integer", "minimum": 0, "description": "The gateway's message counter."},
        "readings": {
            "type": "array",
            "maxItems": 1000,
            "items": {
                "type": "object",
                "required": ["sensor", "temperature_c"],
                "properties": {
                    "sensor": {"type": "string", "minLength": 1, "maxLength": 64},
                    "at": {
                        "description": "RFC 3339 with an offset, or epoch milliseconds.",
                        "anyOf": [{"type": "string", "format": "date-time"}, {"type": "integer"}],
                    },
                    "temperature_c": {"type": "number"},
                    "humidity_pct": {"type": "number", "minimum": 0, "maximum": 100},
                    "battery_pct": {"type": "number"},
                },
            },
        },
    },
}
"""The native payload as in the documentation of topics; unknown members are ignored."""


class RejectedDocument(Document):
    """A reading that was not taken: its place in the request, and why."""

    index: int
    reason: str


class ReceiptDocument(Document):
    """How far a gateway's numbered messages are stored: all up to a number, but for the ranges that are missing."""

    stored_up_to: int
    missing: Annotated[list[tuple[int, int]], Field(description="Ranges of numbers, both ends inclusive.")]
    rejected: Annotated[int, Field(description="Messages and readings of the gateway that could not be taken.")]


class PostedDocument(Document):
    """What became of the readings of one request."""

    model_config = example(
        {
            "stored": 98,
            "duplicates": 1,
            "conflicts": 0,
            "rejected": [{"index": 41, "reason": "temperature_c is 'warm'"}],
        }
    )

    stored: int
    duplicates: Annotated[int, Field(description="Were there already, with the same value.")]
    conflicts: Annotated[
        int, Field(description="Were there already with another value, which stays; kept as evidence.")
    ]
    rejected: list[RejectedDocument]
    receipt: ReceiptDocument | None = None


class LetterCounts(Document):
    """How many dead letters there are, and how many were given up as there were too many."""

    open: int
    replayed: int
    discarded: int
    kept_max: Annotated[int, Field(description="Beyond, the oldest are given up, decided ones first.")]
    pruned_open: int
    pruned_decided: int
    pruned_at: Annotated[Instant | None, Field(validation_alias="pruned_at_ms")]


class Decision(Payload):
    """Why a dead letter is replayed or discarded."""

    model_config = example({"why": "The gateway has been added since."})

    why: Annotated[PlainText, Field(max_length=1000)]


class DeadLetterDocument(Document):
    """A message that could not be taken."""

    id: int
    topic: str
    reason: str
    detail: str
    payload: Annotated[bytes, Field(exclude=True)]
    payload_size: Annotated[int, Field(description="Bytes that came; long ones are kept cut.")]
    seen: Annotated[int, Field(description="How often the same came.")]
    received_at: Annotated[Instant, Field(validation_alias="received_at_ms")]
    last_received_at: Annotated[Instant, Field(validation_alias="last_received_at_ms")]
    state: DeadLetterState
    resolved_by: str | None
    resolved_why: str | None
    resolved_at: Annotated[Instant | None, Field(validation_alias="resolved_at_ms")]

    @computed_field  # type: ignore[prop-decorator]  # mypy knows no property below another decorator
    @property
    def payload_base64(self) -> str:
        """What came, in base64."""
        return base64.b64encode(self.payload).decode()
