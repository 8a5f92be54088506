"""What every LoRaWAN network server's uplink comes to: a device, a port, a payload, and what the server's codec made
of it.

The binary payload is read by our own codecs where the port names one, since the server's codec may have been edited
to give °F; what the server decoded counts for all other devices, by the names of its members.
"""

import base64
import binascii
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from telemetry.formats import milesight, netvox
from telemetry.formats.decoded import Decoded, DecodeError, ReadingError, Reason, decoded, shown
from telemetry.formats.measured import epoch_ms, measured
from telemetry.formats.quantities import Quantity, converted, quantity_of
from telemetry.formats.sample import Sample
from telemetry.reading import Reading

_CODECS: dict[int, Callable[[bytes], tuple[list[Sample], str]]] = {
    milesight.PORT: milesight.samples,
    netvox.PORT: netvox.samples,
}


@dataclass(frozen=True, slots=True)
class Uplink:
    """One uplink as a network server forwards it; the fields are as found and checked when the readings are made."""

    eui: object
    port: object
    payload: bytes | None
    at: object = None
    values: object = None
    signal_dbm: object = None


def uplink_readings(uplink: Uplink, received_at_ms: int) -> Decoded:
    """The readings of one uplink: one per probe, and one per history record of a device that stores and forwards.

    Raises:
        DecodeError: neither the payload nor the server's decoding can be read.
    """
    sensor = uplink.eui.lower() if isinstance(uplink.eui, str) else uplink.eui
    codec = _CODECS.get(uplink.port) if isinstance(uplink.port, int) and uplink.payload else None
    trouble = f"port {shown(uplink.port)} names no codec of ours and the network server has decoded nothing"
    if codec is not None and uplink.payload is not None:
        try:
            found, note = codec(uplink.payload)
        except ReadingError as error:
            trouble = str(error)
        else:
            return decoded((partial(_sampled, sensor, item, uplink, received_at_ms) for item in found), note=note)
    if isinstance(uplink.values, dict):
        makers = _by_names(sensor, uplink, uplink.values, received_at_ms)
        return decoded(makers, note="an uplink without a temperature")
    if not uplink.payload:
        return Decoded((), note="an uplink without a payload")
    raise DecodeError(
        Reason.UNSUPPORTED, f"the uplink of {shown(sensor)} can't be read: {trouble}; give its device profile a codec"
    )


def _sampled(sensor: object, sample: Sample, uplink: Uplink, received_at_ms: int) -> Reading:
    name = f"{sensor}.{sample.probe}" if sample.probe and isinstance(sensor, str) else sensor
    at_ms = epoch_ms(uplink.at, "time") if sample.time_s is None else sample.time_s * 1000
    return measured(
        name,
        sample.temperature_c,
        received_at_ms=received_at_ms,
        measured_at_ms=at_ms,
        humidity_pct=sample.humidity_pct,
        battery_pct=sample.battery_pct,
        battery_mv=sample.battery_mv,
        signal_dbm=uplink.signal_dbm,
    )


def _by_names(
    sensor: object, uplink: Uplink, values: dict[Any, Any], received_at_ms: int
) -> Iterator[Callable[[], Reading]]:
    """One reading from the server's decoding, if it has a temperature."""
    known: dict[str, Any] = {}
    for name, value in values.items():
        quantity = quantity_of(name) if isinstance(name, str) else None
        if quantity is not None and value is not None and quantity[0] not in known:
            known[quantity[0]] = (value, name, quantity[1])
    if Quantity.TEMPERATURE_C not in known:
        return

    def make() -> Reading:
        found: dict[str, Any] = {key: converted(*entry) for key, entry in known.items()}
        found[Quantity.SIGNAL_DBM] = uplink.signal_dbm
        at_ms = epoch_ms(uplink.at, "time")
        return measured(sensor, received_at_ms=received_at_ms, measured_at_ms=at_ms, **found)

    yield make


def octets(text: object, field: str) -> bytes | None:
    """The bytes of a base64 field; None where it is missing.

    Raises:
        DecodeError: it is not base64.
    """
    if text is None:
        return None
    if isinstance(text, str):
        try:
            return base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            pass
    raise DecodeError(Reason.BAD_FIELD, f"{field} is {shown(text)}; send the payload in base64")


def strongest_dbm(receptions: object) -> int | float | None:
    """The best ``rssi`` of the gateways that heard an uplink, or None."""
    if not isinstance(receptions, list):
        return None
    levels = [reception.get("rssi") for reception in receptions if isinstance(reception, dict)]
    return max((level for level in levels if isinstance(level, int | float)), default=None)


def member(document: object, *path: str) -> Any:
    """The value at ``path`` inside nested objects, or None where one of them is missing or no object."""
    for name in path:
        if not isinstance(document, dict):
            return None
        document = document.get(name)
    return document
