"""Teltonika vehicle trackers, Codec JSON: ``{"state": {"reported": {"ts": 1700000000000, "25": 412, ...}}}``.

Source: Teltonika wiki, "Codec JSON" and "FMB120 Teltonika Data Sending Parameters ID" (AVL ids). Temperatures come
from Bluetooth sensors (ids 25 to 28, 0.01 °C), EYE sensors (10800 to 10803, 0.01 °C) and Dallas probes (72 to 75, 0.1
°C). The tracker's IMEI stands in the topic only, so a sensor is named after the gateway: ``gateway.ble1``,
``gateway.eye1``, ``gateway.dallas1``.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any

from telemetry.formats.decoded import Decoded, DecodeError, ReadingError, Reason, decoded, shown
from telemetry.formats.lenient import loads
from telemetry.formats.lorawan import member
from telemetry.formats.measured import measured, number
from telemetry.reading import Reading


@dataclass(frozen=True, slots=True)
class _Probe:
    """Where one probe stands among the AVL ids, how its temperature and humidity count, and its error codes."""

    name: str
    temperature: str
    steps_per_degree: int
    errors: frozenset[int]
    humidity: str = ""
    steps_per_pct: int = 1
    battery: str = ""


_BLE_ERRORS = frozenset({2000, 3000, 4000})
"""Failed parsing, sensor not found, abnormal state. They equal 20, 30 and 40 °C, of which nobody can tell them
apart.
"""

_DALLAS_ERRORS = frozenset({850, 2000, 3000, 4000, 5000})
"""Not ready, read error, not connected, id failed, not ready."""

_PROBES = (
    *(
        _Probe(f"ble{place}", temperature, 100, _BLE_ERRORS, humidity, 10, battery)
        for place, temperature, humidity, battery in (
            (1, "25", "86", "29"),
            (2, "26", "104", "20"),
            (3, "27", "106", "22"),
            (4, "28", "108", "23"),
        )
    ),
    *(_Probe(f"eye{n + 1}", str(10800 + n), 100, frozenset(), str(10804 + n)) for n in range(4)),
    *(_Probe(f"dallas{n + 1}", str(72 + n), 10, _DALLAS_ERRORS) for n in range(4)),
)


def decode(payload: bytes, received_at_ms: int, default_sensor: str) -> Decoded:
    """Decode one record; each probe that it holds makes a reading."""
    message = loads(payload)
    reported = member(message, "state", "reported")
    if not isinstance(reported, dict):
        raise DecodeError(
            Reason.MISSING_FIELD, f"state.reported is missing in {shown(message)}; set the tracker to Codec JSON"
        )
    makers = (
        partial(_reading, probe, reported, received_at_ms, default_sensor)
        for probe in _PROBES
        if reported.get(probe.temperature) is not None
    )
    return decoded(makers, note="a Teltonika record without a temperature")


def _reading(probe: _Probe, reported: dict[str, Any], received_at_ms: int, default_sensor: str) -> Reading:
    raw = number(reported[probe.temperature], f"AVL {probe.temperature}")
    if raw in probe.errors:
        raise ReadingError(
            f"AVL {probe.temperature} is {raw:g}, the code for a sensor that gave no value; check {probe.name} of "
            "the tracker"
        )
    humidity_pct = None
    if reported.get(probe.humidity) is not None:
        humidity = number(reported[probe.humidity], f"AVL {probe.humidity}")
        humidity_pct = None if humidity in probe.errors else humidity / probe.steps_per_pct
    time_ms = reported.get("ts")
    return measured(
        f"{default_sensor}.{probe.name}" if default_sensor else probe.name,
        raw / probe.steps_per_degree,
        received_at_ms=received_at_ms,
        measured_at_ms=None if time_ms is None else round(number(time_ms, "ts")),
        humidity_pct=humidity_pct,
        battery_pct=reported.get(probe.battery),
    )
