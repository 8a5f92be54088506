"""Payload formats: from the bytes of one message to readings.

``decode`` is the door. Whatever bytes come in, it returns a `Decoded` or raises `DecodeError`, in time and memory
bounded by the contract's limits on a message.
"""

from collections.abc import Callable

from telemetry.formats import (
    chirpstack,
    milesight_gateway,
    native,
    ruuvi,
    senml,
    shelly,
    sparkplug,
    tasmota,
    teltonika,
    things_stack,
    zigbee2mqtt,
)
from telemetry.formats.decoded import (
    MESSAGE_BYTES_MAX,
    READINGS_MAX,
    Decoded,
    DecodeError,
    GatewayStatus,
    Reason,
    Rejected,
)
from telemetry.formats.sparkplug import Births

__all__ = [
    "FORMATS",
    "MESSAGE_BYTES_MAX",
    "READINGS_MAX",
    "DecodeError",
    "Decoded",
    "GatewayStatus",
    "Reason",
    "Rejected",
    "decode",
    "decode_status",
]

Decoder = Callable[[bytes, int], Decoded]
"""Payload and receipt time in epoch milliseconds to what the message holds."""

NamingDecoder = Callable[[bytes, int, str], Decoded]
"""The same, with the name to give a sensor that the payload does not name."""

_SELF_NAMING: dict[str, Decoder] = {
    "native": native.decode,
    "senml": senml.decode_json,
    "senml-cbor": senml.decode_cbor,
    "chirpstack": chirpstack.decode,
    "tts": things_stack.decode,
}
_NAMED_BY_TOPIC: dict[str, NamingDecoder] = {
    "milesight": milesight_gateway.decode,
    "ruuvi": ruuvi.decode,
    "shelly": shelly.decode,
    "sparkplug": sparkplug.decode,
    "tasmota": tasmota.decode,
    "teltonika": teltonika.decode,
    "zigbee2mqtt": zigbee2mqtt.decode,
}

FORMATS = tuple(sorted({*_SELF_NAMING, *_NAMED_BY_TOPIC}))
"""The names of all formats, as they stand in the topic."""


def decode(
    format_name: str, payload: bytes, *, received_at_ms: int, default_sensor: str = "", births: Births | None = None
) -> Decoded:
    """Decode one message.

    Args:
        format_name: one of `FORMATS`; the last level of the topic.
        payload: the message as it came.
        received_at_ms: UTC epoch milliseconds of receipt; the time of readings that carry none.
        default_sensor: what to call the sensor where the payload leaves that to the topic (Shelly, Tasmota,
        Zigbee2MQTT,
            Sparkplug): give the gateway of the topic.
        births: what this gateway's Sparkplug births have told; updated. Without it each message stands alone.

    Raises:
        DecodeError: no reading can be taken from the message; nothing else ever comes out.
    """
    if len(payload) > MESSAGE_BYTES_MAX:
        raise DecodeError(
            Reason.TOO_LARGE,
            f"the message has {len(payload)} bytes; send at most {MESSAGE_BYTES_MAX}, in several messages if need be",
        )
    try:
        if births is not None and format_name == "sparkplug":
            return sparkplug.decode(payload, received_at_ms, default_sensor, births)
        if decoder := _SELF_NAMING.get(format_name):
            return decoder(payload, received_at_ms)
        if naming_decoder := _NAMED_BY_TOPIC.get(format_name):
            return naming_decoder(payload, received_at_ms, default_sensor)
    except DecodeError:
        raise
    except Exception as error:
        # A fault of ours must become a dead letter, not a message that stops ingest at every restart.
        raise DecodeError(
            Reason.DECODER_FAULT,
            f"the {format_name} decoder failed with {type(error).__name__}; keep the message and report it",
        ) from error
    raise DecodeError(
        Reason.UNKNOWN_FORMAT, f"the format {format_name[:64]!r} is not one we read; use one of {', '.join(FORMATS)}"
    )


def decode_status(payload: bytes) -> GatewayStatus:
    """Decode the retained status of a gateway, which is also its last will: ``online`` or ``offline``.

    Raises:
        DecodeError: it is neither.
    """
    try:
        return GatewayStatus(payload[:16].decode("ascii").strip().lower())
    except ValueError:
        raise DecodeError(
            Reason.BAD_FIELD, f"the status is {payload[:16]!r}; publish online, and offline as the last will"
        ) from None
