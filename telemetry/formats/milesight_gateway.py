"""What a Milesight gateway publishes for its own sensors, or the sensors' bare binary payload.

Source: Milesight UG65 user guide, "Applications: MQTT: uplink data": JSON with ``devEUI``, ``fPort``, base64
``data``, ``time``.
"""

from telemetry.formats.decoded import Decoded, DecodeError, Reason, shown
from telemetry.formats.lenient import loads
from telemetry.formats.lorawan import Uplink, octets, strongest_dbm, uplink_readings
from telemetry.formats.milesight import PORT


def decode(payload: bytes, received_at_ms: int, default_sensor: str) -> Decoded:
    """Decode the gateway's JSON; anything that does not start as an object is a binary payload of
    ``default_sensor``.
    """
    if not payload.lstrip().startswith((b"{", b"[")):
        return uplink_readings(Uplink(default_sensor, PORT, payload), received_at_ms)
    message = loads(payload)
    if not isinstance(message, dict):
        raise DecodeError(Reason.BAD_FIELD, f"the message is {shown(message)}; send one uplink, an object with devEUI")
    uplink = Uplink(
        message.get("devEUI", default_sensor),
        message.get("fPort", PORT),
        octets(message.get("data"), "data"),
        message.get("time"),
        message.get("object"),
        strongest_dbm(message.get("rxInfo")),
    )
    return uplink_readings(uplink, received_at_ms)
