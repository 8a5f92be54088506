"""`POST /v1/decode`: what would be stored of a message; and labels for sensors."""

import base64
import binascii
import io
from typing import Annotated
from urllib.parse import urlencode

import segno
from fastapi import APIRouter, Request, Response
from pydantic import Field

from services.devices import logic
from services.devices.schemas import Name, SensorRef
from services.errors import FieldFault, InvalidInput, NotFound
from services.http.context import AppSettings, Db, NowMs
from services.http.fields import Document, Instant, Payload, example
from services.http.problems import answers
from services.identity.access import READERS, require
from services.identity.logic import Caller, Role
from telemetry.clock import ClockPolicy, settle
from telemetry.formats import FORMATS, MESSAGE_BYTES_MAX, DecodeError, decode
from telemetry.quality import assess
from telemetry.reading import Reading, flag_reasons

router = APIRouter(tags=["sensors"])

Reader = Annotated[Caller, require(*READERS)]
Editor = Annotated[Caller, require(Role.COORDINATOR)]


class Capture(Payload):
    """A message as a gateway sent it."""

    model_config = example(
        {
            "format": "native",
            "content_base64": "eyJyZWFkaW5ncyI6IFt7InNlbnNvciI6ICJUSC0xIiwgInRlbXBlcmF0dXJlX2MiOiAxMy40fV19",
            "gateway": "gw-klg-01",
        }
    )

    format: Annotated[str, Field(max_length=32, description=f"One of: {', '.join(FORMATS)}.")]
    content_base64: Annotated[str, Field(max_length=(MESSAGE_BYTES_MAX + 2) // 3 * 4)]
    gateway: Annotated[Name, Field(description="Of the topic; names sensors that the payload does not name.")] = (
        "gateway"
    )


class DecodedReading(Document):
    """A reading as it would be stored, with what would be doubted about it."""

    sensor: str
    at: Instant
    temperature_c: float
    humidity_pct: float | None
    battery_pct: int | None
    battery_mv: int | None
    signal_dbm: int | None
    doubts: list[str]


class RejectedReading(Document):
    """A reading that could not be taken; `index` counts from 0 in the message."""

    index: int
    reason: str


class DecodedMessage(Document):
    """What would become of a message. Nothing was written."""

    seq: int | None
    note: str | None
    readings: list[DecodedReading]
    rejected: list[RejectedReading]


@router.get("/v1/decode/formats")
def list_formats(caller: Reader) -> list[str]:
    """The payload formats that are read, as they stand last in a topic."""
    return list(FORMATS)


@router.post("/v1/decode", responses=answers(InvalidInput))
def decode_capture(capture: Capture, caller: Editor, now_ms: NowMs) -> DecodedMessage:
    """Show what would be stored of a message that came now; nothing is written."""
    try:
        content = base64.b64decode(capture.content_base64, validate=True)
    except (binascii.Error, ValueError) as error:
        fault = FieldFault("/content_base64", f"is not base64: {error}.", "Send the message's bytes in base64.")
        raise InvalidInput("The message can't be read.", faults=[fault]) from error
    try:
        found = decode(capture.format, content, received_at_ms=now_ms, default_sensor=capture.gateway)
    except DecodeError as error:
        fault = FieldFault("/content_base64", f"{error.detail}.", "Compare it with the format's page in the manual.")
        raise InvalidInput(f"No reading can be taken ({error.reason}).", faults=[fault]) from error
    stored = assess(settle(found.readings, now_ms, {}, ClockPolicy()), {})
    return DecodedMessage(
        seq=found.seq,
        note=found.note or None,
        readings=[_shown(reading) for reading in stored],
        rejected=[RejectedReading(index=one.index, reason=one.reason) for one in found.rejected],
    )


@router.get(
    "/v1/sensors/{sensor}/label.svg",
    response_class=Response,
    responses={200: {"content": {"image/svg+xml": {}}}, **answers(NotFound)},
)
def get_label(sensor: SensorRef, caller: Reader, database: Db, settings: AppSettings, request: Request) -> Response:
    """A QR code for the sensor's case: whoever scans it, signed in, sees what the sensor speaks for."""
    with database.read() as session:
        name = logic.sensor_named(session, caller.tenant_id, sensor).external_id
    drawn = io.BytesIO()
    base = (settings.public_url or str(request.base_url)).rstrip("/")
    segno.make_qr(f"{base}/app/devices?{urlencode({'q': name})}", error="m").save(drawn, kind="svg", scale=4)
    return Response(drawn.getvalue(), media_type="image/svg+xml")


def _shown(reading: Reading) -> DecodedReading:
    return DecodedReading(
        sensor=reading.sensor,
        at=reading.measured_at_ms,
        temperature_c=reading.temperature_c,
        humidity_pct=reading.humidity_pct,
        battery_pct=reading.battery_pct,
        battery_mv=reading.battery_mv,
        signal_dbm=reading.signal_dbm,
        doubts=list(flag_reasons(reading.flags)),
    )
