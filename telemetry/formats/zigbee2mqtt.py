"""Zigbee2MQTT device messages: ``{"temperature": 4.1, "humidity": 88, "battery": 97, "last_seen": ...}``.

Source: Zigbee2MQTT documentation, "MQTT topics and messages: zigbee2mqtt/FRIENDLY_NAME", and the settings
``advanced.last_seen`` (ISO_8601, ISO_8601_local or epoch) and ``mqtt.include_device_information``. With device
information the sensor is the IEEE address; without it the topic has to name it. Link quality is no signal level and
is left out.
"""

import re
from functools import partial
from typing import Any

from telemetry.formats.decoded import Decoded, DecodeError, Reason, decoded, shown
from telemetry.formats.lenient import loads
from telemetry.formats.lorawan import member
from telemetry.formats.measured import epoch_ms, measured, number
from telemetry.formats.quantities import celsius_of_fahrenheit, millivolts
from telemetry.reading import Reading

_TEMPERATURE = re.compile(r"temperature(?:_(l?\d{1,2}|probe|external))?")


def decode(payload: bytes, received_at_ms: int, default_sensor: str) -> Decoded:
    """Decode one device's message; each of its probes makes a reading."""
    message = loads(payload)
    if not isinstance(message, dict):
        raise DecodeError(Reason.BAD_FIELD, f"the message is {shown(message)}; send the device's JSON object")
    sensor = member(message, "device", "ieeeAddr") or default_sensor
    probes = [(name, found[1]) for name in message if (found := _TEMPERATURE.fullmatch(name))]
    makers = (
        partial(_reading, f"{sensor}.{probe}" if probe else sensor, name, message, received_at_ms)
        for name, probe in probes
        if message[name] is not None
    )
    return decoded(makers, note="a Zigbee2MQTT message without a temperature")


def _reading(sensor: Any, member_name: str, message: dict[str, Any], received_at_ms: int) -> Reading:
    temperature_c = number(message[member_name], member_name)
    if message.get("temperature_unit") == "fahrenheit":
        temperature_c = celsius_of_fahrenheit(temperature_c)
    voltage = message.get("voltage")
    return measured(
        sensor,
        temperature_c,
        received_at_ms=received_at_ms,
        measured_at_ms=epoch_ms(message.get("last_seen"), "last_seen"),
        humidity_pct=message.get("humidity"),
        battery_pct=message.get("battery"),
        battery_mv=None if voltage is None else millivolts(number(voltage, "voltage")),
    )
