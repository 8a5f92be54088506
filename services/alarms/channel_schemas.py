"""Channels and deliveries as they go in and out."""

import uuid
from typing import Annotated, Any, Literal, Self

from pydantic import Field, SecretStr, model_validator

from services.alarms.logic import Severity
from services.http.fields import Document, Instant, NameText, Payload, ShownTimeOfDay, TimeOfDay, example

Language = Literal["en", "th", "zh"]
KindPattern = Annotated[str, Field(pattern=r"^[a-z_]+(\.[a-z_]+)*$", max_length=64)]

RULES = {
    "name": "Night shift",
    "min_severity": "warning",
    "alarm_kinds": ["gateway", "shipment"],
    "escalates_after_s": 900,
    "quiet_from": "22:00",
    "quiet_until": "05:00",
    "language": "th",
    "enabled": True,
}


class ChannelRules(Payload):
    """What a channel wants to hear."""

    name: NameText
    min_severity: Severity = Severity.WARNING
    alarm_kinds: Annotated[
        list[KindPattern],
        Field(max_length=50, default_factory=list, description="`gateway` stands for `gateway.…`; empty: all kinds."),
    ]
    escalates_after_s: Annotated[
        int, Field(ge=0, le=86_400, description="Told only when nobody has acknowledged for so long; 0: at once.")
    ] = 0
    quiet_from: Annotated[
        TimeOfDay | None, Field(description="From then on (Asia/Bangkok) only critical alarms are told at once.")
    ] = None
    quiet_until: TimeOfDay | None = None
    language: Language = "en"
    enabled: bool = True

    @model_validator(mode="after")
    def _quiet_has_two_ends(self) -> Self:
        if (self.quiet_from is None) != (self.quiet_until is None):
            raise ValueError("quiet_from and quiet_until go together")
        return self

    def columns(self) -> dict[str, Any]:
        """These rules as columns of a channel."""
        values = self.model_dump(include=set(ChannelRules.model_fields))
        values["quiet_from_s"] = values.pop("quiet_from")
        values["quiet_until_s"] = values.pop("quiet_until")
        return values


class NewChannel(ChannelRules):
    """A way to tell people (`service`, an Apprise address) or machines (`webhook`, signed)."""

    model_config = example(RULES | {"kind": "service", "address": "line://TOKEN/USER_ID"})

    kind: Literal["service", "webhook"]
    address: Annotated[SecretStr, Field(min_length=8, max_length=1000, description="Kept encrypted, never shown.")]


class ChangedChannel(ChannelRules):
    """All rules anew; the address stays."""

    model_config = example(RULES)


class ChannelDocument(Document):
    """A channel without its secrets."""

    model_config = example(
        {"id": "5a2f0f4e-9c7d-4a58-9f31-0b7f3c2d1e92", "kind": "service", "address": "LINE Messaging API"} | RULES
    )

    id: uuid.UUID
    kind: Literal["service", "webhook"]
    address: Annotated[str, Field(validation_alias="shown_address")]
    name: str
    min_severity: Severity
    alarm_kinds: list[str]
    escalates_after_s: int
    quiet_from: Annotated[ShownTimeOfDay | None, Field(validation_alias="quiet_from_s")]
    quiet_until: Annotated[ShownTimeOfDay | None, Field(validation_alias="quiet_until_s")]
    language: Language
    enabled: bool


class MadeChannelDocument(Document):
    """A channel, and a webhook's signing secret, shown this once."""

    channel: ChannelDocument
    secret: str | None


class Tried(Document):
    """How a trial message went."""

    model_config = example({"arrived": True, "answer": "answered 200"})

    arrived: bool
    answer: str


class DeliveryDocument(Document):
    """One message: what it told, how often it was tried, and what the other side said."""

    model_config = example(
        {
            "id": 42,
            "alarm_id": "5a2f0f4e-9c7d-4a58-9f31-0b7f3c2d1e90",
            "step": "raised",
            "state": "sent",
            "attempts": 1,
            "answer": "answered 200",
            "due_at": "2026-11-23T05:00:00Z",
            "created_at": "2026-11-23T05:00:00Z",
            "sent_at": "2026-11-23T05:00:01Z",
        }
    )

    id: int
    alarm_id: uuid.UUID
    step: str
    state: Literal["waiting", "sent", "given_up"]
    attempts: int
    answer: str | None
    due_at: Annotated[Instant, Field(validation_alias="due_at_ms")]
    created_at: Annotated[Instant, Field(validation_alias="created_at_ms")]
    sent_at: Annotated[Instant | None, Field(validation_alias="sent_at_ms")]
