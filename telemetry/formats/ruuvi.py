"""Ruuvi Gateway: its HTTP body with many tags, its MQTT message with one, and the tags' own data formats inside.

Sources, all on docs.ruuvi.com: "Gateway: data time-stamped and HTTP(S)/MQTT formats", "Bluetooth advertisements",
"Data format 3 (RAWv1)", "5 (RAWv2)", "6" and "E1 (Extended v1)". A tag is named by its MAC address, upper case with
colons.
"""

from functools import partial
from typing import Any

from telemetry.formats.decoded import Decoded, DecodeError, ReadingError, Reason, decoded, require_count, shown
from telemetry.formats.lenient import loads
from telemetry.formats.measured import measured, number
from telemetry.formats.quantities import Quantity
from telemetry.reading import Reading

COMPANY = b"\x99\x04"
"""Ruuvi Innovations, Bluetooth company identifier 0x0499, little-endian as in the advertisement."""

MANUFACTURER_DATA = 0xFF
"""AD type "Manufacturer Specific Data" (Bluetooth Core Specification Supplement, part A, 1.4)."""

_NO_TAG = "a gateway message without tags"


def decode(payload: bytes, received_at_ms: int, default_sensor: str) -> Decoded:
    """Decode the gateway's HTTP body (``data.tags``) or its MQTT message for one tag."""
    message = loads(payload)
    if not isinstance(message, dict):
        raise DecodeError(Reason.BAD_FIELD, f"the message is {shown(message)}; send the gateway's JSON object")
    body = message.get("data")
    if isinstance(body, dict):
        tags = body.get("tags", {})
        if not isinstance(tags, dict):
            raise DecodeError(Reason.BAD_FIELD, f"data.tags is {shown(tags)}; send an object of tags by MAC address")
        require_count(len(tags))
        makers = (partial(_tag, mac, tag, received_at_ms, default_sensor) for mac, tag in tags.items())
        return decoded(makers, note=_NO_TAG)
    if "data" not in message and "temperature" not in message:
        if "gw_mac" in message or "state" in message:
            return Decoded((), note=_NO_TAG)
        raise DecodeError(
            Reason.MISSING_FIELD, "data is missing; send what a Ruuvi Gateway publishes, with raw data on"
        )
    tag = {**message, "timestamp": message.get("ts")}
    return decoded([partial(_tag, message.get("id"), tag, received_at_ms, default_sensor)])


def _tag(mac: Any, tag: Any, received_at_ms: int, default_sensor: str) -> Reading:
    """The reading of one tag; ``mac`` is None where only the advertisement itself can tell."""
    if not isinstance(tag, dict):
        raise ReadingError(f"the tag {shown(mac)} is {shown(tag)}; send an object with data and timestamp")
    values: dict[str, Any]
    if "data" in tag:
        own_mac, values = advertisement(tag["data"])
    else:
        own_mac = ""
        values = {
            Quantity.TEMPERATURE_C: tag.get("temperature"),
            Quantity.HUMIDITY_PCT: tag.get("humidity"),
            Quantity.BATTERY_MV: _millivolts(tag.get("voltage")),
        }
    if isinstance(mac, str) and mac:
        sensor = mac.upper()
    elif len(own_mac) == 17:
        sensor = own_mac
    elif own_mac and default_sensor:
        sensor = f"{default_sensor}.{own_mac}"
    else:
        raise ReadingError("the data carry no MAC address; let the gateway send its HTTP body or the tag's id")
    timestamp = tag.get("timestamp")
    at_ms = None if timestamp is None or timestamp == "" else round(number(timestamp, "timestamp") * 1000)
    rssi = tag.get("rssi")
    return measured(sensor, received_at_ms=received_at_ms, measured_at_ms=at_ms, signal_dbm=rssi, **values)


def _millivolts(volts: Any) -> float | None:
    return None if volts is None else number(volts, "voltage") * 1000


def advertisement(data: object) -> tuple[str, dict[str, Any]]:
    """MAC address as far as it is in the payload, and the values, of a Bluetooth advertisement in hexadecimal.

    Raises:
        ReadingError: it is no advertisement of a Ruuvi device whose data format we read.
    """
    try:
        frame = bytes.fromhex(data) if isinstance(data, str) else b""
    except ValueError:
        frame = b""
    start = 0
    while start + 1 < len(frame) and frame[start]:
        end = start + 1 + frame[start]
        if frame[start + 1] == MANUFACTURER_DATA and frame[start + 2 : start + 4] == COMPANY:
            return _payload(frame[start + 4 : end])
        start = end
    raise ReadingError(
        f"data {shown(data)} is no advertisement with Ruuvi's manufacturer data; check the gateway's filter"
    )


def _payload(data: bytes) -> tuple[str, dict[str, Any]]:
    version = data[0] if data else None
    layout = _LAYOUTS.get(version) if version is not None else None
    if layout is None:
        raise ReadingError(f"the tag sends data format {version}; set it to format 3, 5, 6 or E1")
    length, read = layout
    if len(data) < length:
        raise ReadingError(f"data format {data[0]:X} has {len(data)} of {length} bytes; the advertisement was cut off")
    mac, values = read(data)
    if values.get(Quantity.TEMPERATURE_C) is None:
        raise ReadingError("the tag says that its temperature is not available; check its sensor")
    return mac, values


def _format_3(data: bytes) -> tuple[str, dict[str, Any]]:
    # Sign and magnitude: bit 7 of the whole part is the sign, the fraction counts hundredths.
    magnitude = (data[2] & 0x7F) + data[3] / 100
    return "", {
        Quantity.TEMPERATURE_C: -magnitude if data[2] & 0x80 else magnitude,
        Quantity.HUMIDITY_PCT: data[1] / 2,
        Quantity.BATTERY_MV: int.from_bytes(data[12:14], "big"),
    }


def _climate(data: bytes) -> dict[str, Any]:
    """Temperature in 0.005 °C and humidity in 0.0025 %, the same in formats 5, 6 and E1."""
    temperature = int.from_bytes(data[1:3], "big", signed=True)
    humidity = int.from_bytes(data[3:5], "big")
    return {
        Quantity.TEMPERATURE_C: None if temperature == -0x8000 else temperature / 200,
        Quantity.HUMIDITY_PCT: None if humidity == 0xFFFF else humidity / 400,
    }


def _format_5(data: bytes) -> tuple[str, dict[str, Any]]:
    above_1600_mv = int.from_bytes(data[13:15], "big") >> 5
    battery_mv = None if above_1600_mv == 0x7FF else 1600 + above_1600_mv
    return _mac(data[18:24]), {**_climate(data), Quantity.BATTERY_MV: battery_mv}


def _format_6(data: bytes) -> tuple[str, dict[str, Any]]:
    return _mac(data[17:20]), _climate(data)


def _format_e1(data: bytes) -> tuple[str, dict[str, Any]]:
    return _mac(data[34:40]), _climate(data)


def _mac(octets: bytes) -> str:
    return "" if octets == b"\xff" * len(octets) else octets.hex(":").upper()


_LAYOUTS = {3: (14, _format_3), 5: (24, _format_5), 6: (20, _format_6), 0xE1: (40, _format_e1)}
"""Per data format: its length in bytes, and how to read it."""
