"""ChirpStack v4 uplink events in JSON, as its MQTT integration publishes them on ``application/.../event/up``.

Source: ChirpStack v4 documentation, "Integrations: Event types: up". The sensor is the DevEUI, lower case.
"""

from telemetry.formats.decoded import Decoded, DecodeError, Reason, shown
from telemetry.formats.lenient import loads
from telemetry.formats.lorawan import Uplink, member, octets, strongest_dbm, uplink_readings


def decode(payload: bytes, received_at_ms: int) -> Decoded:
    """Decode one uplink event."""
    event = loads(payload)
    eui = member(event, "deviceInfo", "devEui")
    if eui is None:
        raise DecodeError(
            Reason.MISSING_FIELD,
            f"deviceInfo.devEui is missing in {shown(event)}; send ChirpStack v4 uplink events in JSON",
        )
    uplink = Uplink(
        eui,
        event.get("fPort"),
        octets(event.get("data"), "data"),
        event.get("time"),
        event.get("object"),
        strongest_dbm(event.get("rxInfo")),
    )
    return uplink_readings(uplink, received_at_ms)
