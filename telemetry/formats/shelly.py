"""Shelly H&T Gen3 (and Plus H&T, Plus add-on): RPC notifications and component status on MQTT.

Source: Shelly API documentation, Gen2+, "Notifications" (NotifyStatus, NotifyFullStatus), "Temperature", "Humidity",
"DevicePower". The sensor is ``src``; a further probe is ``src.id``. A notification that carries only what changed and
no temperature makes no reading.
"""

from functools import partial
from typing import Any

from telemetry.formats.decoded import Decoded, DecodeError, ReadingError, Reason, decoded, shown
from telemetry.formats.lenient import loads
from telemetry.formats.lorawan import member
from telemetry.formats.measured import measured, number
from telemetry.formats.quantities import celsius_of_fahrenheit
from telemetry.reading import Reading

_NO_TEMPERATURE = "a Shelly notification without a temperature"


def decode(payload: bytes, received_at_ms: int, default_sensor: str) -> Decoded:
    """Decode a notification (``<id>/events/rpc``) or a component's status (``<id>/status/temperature:0``)."""
    message = loads(payload)
    if not isinstance(message, dict):
        raise DecodeError(Reason.BAD_FIELD, f"the message is {shown(message)}; send the device's RPC notifications")
    if "method" not in message and "tC" in message:
        params: Any = {f"temperature:{message.get('id', 0)}": message}
    else:
        params = message.get("params")
    if not isinstance(params, dict):
        raise DecodeError(Reason.MISSING_FIELD, "params is missing; send NotifyStatus or NotifyFullStatus as it is")
    source = message.get("src") or default_sensor
    probes = [name for name in params if name.startswith("temperature:")]
    makers = (partial(_reading, source, name, params, received_at_ms) for name in probes)
    return decoded(makers, note=_NO_TEMPERATURE)


def _reading(source: Any, component: str, params: dict[str, Any], received_at_ms: int) -> Reading:
    probe = component.partition(":")[2]
    state = params[component]
    temperature_c = member(state, "tC")
    if temperature_c is None:
        fahrenheit = member(state, "tF")
        if fahrenheit is None:
            raise ReadingError(f"{component} is {shown(state)}, without tC; check the probe")
        temperature_c = celsius_of_fahrenheit(number(fahrenheit, "tF"))
    timestamp = params.get("ts")
    battery = member(params, "devicepower:0", "battery")
    # On external power the battery is reported as 0 V and 0 %, which says nothing about it.
    external = member(params, "devicepower:0", "external", "present") is True
    volts = None if external else member(battery, "V")
    return measured(
        source if probe == "0" else f"{source}.{probe}",
        temperature_c,
        received_at_ms=received_at_ms,
        measured_at_ms=None if timestamp is None else round(number(timestamp, "ts") * 1000),
        humidity_pct=member(params, f"humidity:{probe}", "rh"),
        battery_pct=None if external else member(battery, "percent"),
        battery_mv=None if volts is None else number(volts, "V") * 1000,
        signal_dbm=member(params, "wifi", "rssi"),
    )
