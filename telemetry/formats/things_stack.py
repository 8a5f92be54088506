"""The Things Stack v3 uplink messages, as its MQTT server publishes them on ``v3/.../devices/.../up``.

Source: The Things Stack documentation, "Data formats", uplink messages. The sensor is the DevEUI, lower case, or the
device id where there is none. An uplink that was made in the console for a test is marked ``simulated`` and is no
evidence.
"""

from telemetry.formats.decoded import Decoded, DecodeError, Reason, shown
from telemetry.formats.lenient import loads
from telemetry.formats.lorawan import Uplink, member, octets, strongest_dbm, uplink_readings


def decode(payload: bytes, received_at_ms: int) -> Decoded:
    """Decode one uplink message."""
    message = loads(payload)
    eui = member(message, "end_device_ids", "dev_eui") or member(message, "end_device_ids", "device_id")
    if eui is None:
        raise DecodeError(
            Reason.MISSING_FIELD,
            f"end_device_ids.dev_eui is missing in {shown(message)}; send uplink messages of The Things Stack v3",
        )
    up = message.get("uplink_message")
    if not isinstance(up, dict) or message.get("simulated") is True:
        return Decoded((), note="a simulated uplink" if isinstance(up, dict) else "a message that is no uplink")
    uplink = Uplink(
        eui,
        up.get("f_port"),
        octets(up.get("frm_payload"), "uplink_message.frm_payload"),
        up.get("received_at") or message.get("received_at"),
        up.get("decoded_payload"),
        strongest_dbm(up.get("rx_metadata")),
    )
    return uplink_readings(uplink, received_at_ms)
