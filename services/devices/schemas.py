"""Gateways and sensors as they go in and out."""

import uuid
from typing import Annotated, Literal

from fastapi import Path
from pydantic import Field

from services.http.fields import Document, Instant, Payload, PlainText, ShownTemperatureC, example

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$", examples=["gw-klg-01"])]
SensorRef = Annotated[str, Path(pattern=r"^[^\x00-\x1f\x7f]+$", max_length=64, description="The sensor's name.")]
IntervalS = Annotated[int, Field(ge=1, le=86_400, description="Seconds between two readings; silence is judged by it.")]


class GatewayDocument(Document):
    """A box in the field."""

    id: uuid.UUID
    name: str
    status: Literal["online", "offline", "unknown"]
    status_at: Annotated[Instant | None, Field(validation_alias="status_at_ms")]
    last_seen_at: Annotated[Instant | None, Field(validation_alias="last_seen_at_ms")]
    created_at: Annotated[Instant, Field(validation_alias="created_at_ms")]
    revoked_at: Annotated[Instant | None, Field(validation_alias="revoked_at_ms")]


class GapDocument(Document):
    """Numbers of messages that a gateway sent and that have not come."""

    first_seq: int
    last_seq: int
    noticed_at: Annotated[Instant, Field(validation_alias="noticed_at_ms")]


class GapReport(Document):
    """Which of a gateway's numbered messages are not stored. Other ranges up to `highest` are, for good."""

    gateway: str
    stored_up_to: Annotated[int | None, Field(description="Every message up to this number is stored.")]
    highest: Annotated[int | None, Field(description="The highest message number seen.")]
    rejected: Annotated[int, Field(description="Messages and readings that went to the dead letters.")]
    messages_missing: int
    gaps: list[GapDocument]


class GatewayDetail(GatewayDocument):
    """A gateway with how far its messages are stored."""

    stored_up_to: Annotated[int | None, Field(description="Every message up to this number is stored.")]
    highest: Annotated[int | None, Field(description="The highest message number seen.")]
    gaps: list[GapDocument]


class NewGateway(Payload):
    """A gateway to let in."""

    model_config = example({"name": "gw-klg-01"})

    name: Name


class NewBridge(Payload):
    """An application of a LoRaWAN network server whose uplinks are to count as a gateway's."""

    model_config = example({"format": "tts", "application": "orchard@ttn"})

    format: Annotated[Literal["chirpstack", "tts"], Field(description="ChirpStack v4 or The Things Stack v3.")]
    application: Annotated[
        PlainText, Field(max_length=129, description="ChirpStack: the application's id. TTS: application@tenant.")
    ]


class BridgeDocument(Document):
    """A bridge from an application of a network server, which publishes with the gateway's account."""

    format: str
    application: str
    topic: Annotated[str, Field(description="What the network server publishes, as a topic filter.")]
    created_at: Instant


class IssuedGatewayDocument(GatewayDocument):
    """A gateway as handed to its installer; the password is shown this once."""

    username: str
    password: str
    topic: Annotated[str, Field(description="Where it publishes native JSON.")]


class LatestReading(Document):
    """The newest reading of a sensor."""

    at: Annotated[Instant, Field(validation_alias="measured_at_ms")]
    received_at: Annotated[Instant, Field(validation_alias="received_at_ms")]
    temperature_c: Annotated[ShownTemperatureC, Field(validation_alias="temperature_centi_c")]
    humidity_pct: Annotated[ShownTemperatureC | None, Field(validation_alias="humidity_centi_pct")]
    battery_pct: int | None
    battery_mv: int | None
    signal_dbm: int | None


class SensorDocument(Document):
    """A probe, known by the name that its gateway gives it."""

    name: str
    gateway: str | None
    expected_interval_s: int
    created_at: Instant
    latest: LatestReading | None


class NewSensor(Payload):
    """A probe that has not been heard of yet; one that sends is registered unasked."""

    model_config = example({"name": "TH-0042", "expected_interval_s": 600})

    name: Annotated[PlainText, Field(max_length=64)]
    expected_interval_s: IntervalS = 300


class SensorChange(Payload):
    """What is expected of a sensor."""

    model_config = example({"expected_interval_s": 600})

    expected_interval_s: IntervalS
