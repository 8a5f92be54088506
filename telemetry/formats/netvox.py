"""Netvox R711 and R718 series: 11 bytes of version, device type, report type, battery and values, big-endian.

Source: Netvox's user manuals of the devices below, section "Example of ReportDataCmd". The battery counts 0.1 V with
bit 7 as the low-battery mark; R711 and R718A count 0.01 °C and 0.01 %, the two-probe devices 0.1 °C. Devices of the
family that measure something else (vibration, current, water) report no temperature and are no error.
"""

from telemetry.formats.decoded import ReadingError, shown
from telemetry.formats.sample import Sample

PORT = 6
"""The LoRaWAN port of Netvox's reports."""

_HUNDREDTHS_AND_HUMIDITY = frozenset({0x01, 0x0B, 0x13})
"""R711, R718A, R718AB."""

_HUNDREDTHS = frozenset({0x9C})
"""R718AD."""

_TWO_PROBES = frozenset({0x14, 0x16, 0x17, 0x18})
"""R718B2, R718CK2, R718CT2, R718CN2."""


def samples(payload: bytes) -> tuple[list[Sample], str]:
    """The samples of one payload, and what it was about if there are none.

    Raises:
        ReadingError: the payload is too short for its device type.
    """
    if len(payload) < 3 or payload[0] not in (1, 2, 3):
        raise ReadingError(
            f"the payload {shown(payload.hex())} is no Netvox report; it starts with a version from 1 to 3"
        )
    device, report = payload[1], payload[2]
    if report != 1:
        return [], f"a Netvox report of type {report} (version packet or event) without a temperature"
    if device not in _HUNDREDTHS_AND_HUMIDITY | _HUNDREDTHS | _TWO_PROBES:
        return [], f"a report of Netvox device type 0x{device:02X}, which measures no temperature that we read"
    if len(payload) < 8:
        raise ReadingError(f"the payload {shown(payload.hex())} of device type 0x{device:02X} is cut off")
    battery_mv = (payload[3] & 0x7F) * 100
    first = int.from_bytes(payload[4:6], "big", signed=True)
    if device in _TWO_PROBES:
        second = int.from_bytes(payload[6:8], "big", signed=True)
        return [
            Sample(first / 10, battery_mv=battery_mv),
            Sample(second / 10, battery_mv=battery_mv, probe="2"),
        ], ""
    humidity_pct = int.from_bytes(payload[6:8], "big") / 100 if device in _HUNDREDTHS_AND_HUMIDITY else None
    return [Sample(first / 100, humidity_pct, battery_mv=battery_mv)], ""
