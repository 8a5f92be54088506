"""Milesight's channel encoding, the payload of its LoRaWAN sensors.

A payload is a row of channels, each an id, a type and a value of fixed length, little-endian. Source: Milesight's
user guides of the EM300, EM320, EM500 and AM100/AM300 series, chapter "Device payload", and the payload definitions
that Milesight publishes per device. Temperatures count 0.1 °C, humidities 0.5 %. Every channel of those series has
its length in the table below, so that a temperature behind a CO2 or door channel is found; after a channel that is
not in the table nothing can be read, and we say so.
"""

from telemetry.formats.decoded import ReadingError, shown
from telemetry.formats.sample import Sample

PORT = 85
"""The LoRaWAN port of Milesight's uplinks."""

_TEMPERATURE = {(0x03, 0x67)}
_TEMPERATURE_ALARM = {(0x83, 0x67): 3, (0x83, 0xD7): 5, (0x93, 0xD7): 5}
_HUMIDITY = (0x04, 0x68)
_BATTERY = (0x01, 0x75)
_HISTORY = (0x20, 0xCE)

_LENGTHS = {
    # What every device says of itself when it joins.
    (0xFF, 0x01): 1, (0xFF, 0x03): 2, (0xFF, 0x06): 9, (0xFF, 0x08): 6, (0xFF, 0x09): 2, (0xFF, 0x0A): 2, (0xFF,
    0x0B): 1, (0xFF, 0x0F): 1, (0xFF, 0x10): 1, (0xFF, 0x16): 8, (0xFF, 0x18): 2, (0xFF, 0xFE): 1, (0xFF, 0xFF): 2,
    # EM300: door, leak, digital input, pulse counter, water.
    (0x05, 0x00): 1, (0x06, 0x00): 1, (0x05, 0xC8): 4, (0x05, 0xE1): 8, (0x85, 0x00): 2,
    # EM500 and AM100/AM300: motion, light, CO2, TVOC, pressure, formaldehyde, particles, ozone, buzzer.
    (0x05, 0x6A): 2, (0x06, 0x65): 6, (0x06, 0xCB): 1, (0x05, 0x7D): 2, (0x06, 0x73): 2, (0x07, 0x7D): 2, (0x08,
    0x7D): 2, (0x08, 0xE6): 2, (0x09, 0x73): 2, (0x0A, 0x7D): 2, (0x0B, 0x7D): 2, (0x0C, 0x7D): 2, (0x0D, 0x7D): 2,
    (0x0E, 0x01): 1,
}  # fmt: skip
"""Length of the value of each channel that has no place in a reading."""


def samples(payload: bytes) -> tuple[list[Sample], str]:
    """The samples of one payload, oldest first as sent, and what it was about if there are none.

    Raises:
        ReadingError: the payload is cut off, or has a channel that we can't step over, before any temperature.
    """
    found: list[Sample] = []
    temperature_c = humidity_pct = None
    battery_pct = None
    history = _history_length(payload)
    place = 0
    while place < len(payload):
        channel = (payload[place], payload[place + 1]) if place + 1 < len(payload) else (payload[place], -1)
        length = history if channel == _HISTORY else _length(channel)
        value = payload[place + 2 : place + 2 + (length or 0)]
        if length is None or len(value) < length:
            if temperature_c is not None or found:
                break
            raise ReadingError(_cannot_step(channel, length, payload))
        if channel == _HISTORY:
            found.append(_past(value))
        elif channel in _TEMPERATURE or channel in _TEMPERATURE_ALARM:
            temperature_c = int.from_bytes(value[:2], "little", signed=True) / 10
        elif channel == _HUMIDITY:
            humidity_pct = value[0] / 2
        elif channel == _BATTERY:
            battery_pct = value[0]
        place += 2 + length
    if temperature_c is not None:
        found.append(Sample(temperature_c, humidity_pct, battery_pct))
    return found, "" if found else "a Milesight uplink without a temperature"


def _length(channel: tuple[int, int]) -> int | None:
    if channel in _TEMPERATURE:
        return 2
    if channel in (_HUMIDITY, _BATTERY):
        return 1
    return _TEMPERATURE_ALARM.get(channel) or _LENGTHS.get(channel)


def _history_length(payload: bytes) -> int:
    """Length of a history record: 7 bytes (EM300-TH, EM320-TH), 8 with a door or leak state, 6 without humidity
    (PT100), 9 with CO2 behind the humidity (AM103L), 11 with CO2 and pressure before the temperature (EM500-CO2).

    The records fill the payload, each behind its own channel bytes, so that the length which fits is the right one.
    """
    start = payload.find(bytes(_HISTORY))
    rest = len(payload) - start
    for length in (7, 8, 6, 9, 11):
        step = length + 2
        if (
            start >= 0
            and rest % step == 0
            and all(payload[at : at + 2] == bytes(_HISTORY) for at in range(start, len(payload), step))
        ):
            return length
    return 7


def _past(value: bytes) -> Sample:
    starts = 8 if len(value) == 11 else 4
    humidity_pct = value[starts + 2] / 2 if len(value) > starts + 2 else None
    temperature_c = int.from_bytes(value[starts : starts + 2], "little", signed=True) / 10
    return Sample(temperature_c, humidity_pct, time_s=int.from_bytes(value[:4], "little"))


def _cannot_step(channel: tuple[int, int], length: int | None, payload: bytes) -> str:
    code = " ".join(f"{part:02X}" for part in channel if part >= 0)
    if length is None:
        return f"channel {code} of {shown(payload.hex())} is not one we read; use the codec of the network server"
    return f"channel {code} of {shown(payload.hex())} is cut off; check the uplink's length"
