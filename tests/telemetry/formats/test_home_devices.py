"""Shelly, Zigbee2MQTT, Tasmota and Teltonika: messages built from the vendors' documentation named in each module."""

from typing import Any

import pytest

from telemetry.formats import Decoded, Reason
from telemetry.reading import Flag, Reading
from tests.telemetry.formats.outcome import RECEIVED, outcome_of, readings_of, rejection_of
from tests.telemetry.formats.samples import AT_S, SAMPLES, text


def test_shelly_full_status() -> None:
    """NotifyFullStatus of an H&T Gen3 that woke up: everything at once, seconds with a fraction."""
    assert readings_of("shelly", SAMPLES["shelly"]) == [
        Reading("shellyhtg3-84fce63ad204", AT_S * 1000 + 250, 410, 8820, 78, 5210, -61)
    ]


def shelly(**params: Any) -> bytes:
    components = {name.replace("_", ":"): value for name, value in params.items()}
    return text({"src": "ht", "method": "NotifyStatus", "params": {"ts": AT_S, **components}})


def test_shelly_partial_status() -> None:
    """NotifyStatus carries what changed: a temperature alone is a reading."""
    assert readings_of("shelly", shelly(temperature_0={"id": 0, "tC": 4.1})) == [Reading("ht", AT_S * 1000, 410)]


def test_shelly_status_without_a_temperature() -> None:
    """A humidity that changed alone is no reading, and no error."""
    got = outcome_of("shelly", shelly(humidity_0={"id": 0, "rh": 50}))
    assert isinstance(got, Decoded)
    assert (got.readings, got.rejected) == ((), ())


def test_shelly_add_on_probes() -> None:
    """The Plus add-on numbers its DS18B20 from 100; each is a sensor of its own."""
    got = readings_of("shelly", shelly(temperature_100={"id": 100, "tC": 4.1}, temperature_101={"id": 101, "tF": 39.2}))
    assert [(reading.sensor, reading.temperature_centi_c) for reading in got] == [("ht.100", 410), ("ht.101", 400)]


def test_shelly_failed_probe() -> None:
    """A probe that can't be read has tC null and an error."""
    assert "without tC" in rejection_of("shelly", shelly(temperature_0={"id": 0, "tC": None, "errors": ["read"]}))


def test_shelly_on_external_power() -> None:
    """Without batteries 0 % means that there are none."""
    power = {"battery": {"V": 0.43, "percent": 0}, "external": {"present": True}}
    (got,) = readings_of("shelly", shelly(temperature_0={"tC": 4.1}, devicepower_0=power))
    assert (got.battery_pct, got.battery_mv) == (None, None)


def test_shelly_component_status() -> None:
    """``status/temperature:0`` has neither source nor time."""
    assert readings_of("shelly", b'{"id": 0, "tC": 4.1, "tF": 39.4}') == [
        Reading("box", RECEIVED, 410, flags=Flag.NO_CLOCK)
    ]


def test_zigbee2mqtt_message() -> None:
    """The topic names the device, last_seen the time."""
    assert readings_of("zigbee2mqtt", SAMPLES["zigbee2mqtt"]) == [Reading("box", AT_S * 1000, 410, 8820, 78, 2900)]


@pytest.mark.parametrize(
    ("last_seen", "measured_at_ms"),
    [("2026-11-23T04:59:00.000Z", AT_S * 1000), (AT_S * 1000, AT_S * 1000), (None, RECEIVED)],
)
def test_zigbee2mqtt_last_seen(last_seen: object, measured_at_ms: int) -> None:
    """ISO_8601, epoch, and not configured."""
    (got,) = readings_of("zigbee2mqtt", text({"temperature": 4.1, "last_seen": last_seen}))
    assert got.measured_at_ms == measured_at_ms


def test_zigbee2mqtt_device_information() -> None:
    """With include_device_information the IEEE address is the sensor."""
    message = {"temperature": 4.1, "device": {"friendlyName": "room 1", "ieeeAddr": "0x00158d00018255df"}}
    assert readings_of("zigbee2mqtt", text(message))[0].sensor == "0x00158d00018255df"


def test_zigbee2mqtt_several_probes_and_fahrenheit() -> None:
    """Endpoints l1 and l2 are sensors of their own; a device may be set to °F."""
    message = {
        "temperature_l1": 39.2,
        "temperature_l2": 41,
        "temperature_unit": "fahrenheit",
        "temperature_calibration": 1,
    }
    got = readings_of("zigbee2mqtt", text(message))
    assert [(reading.sensor, reading.temperature_centi_c) for reading in got] == [("box.l1", 400), ("box.l2", 500)]


def test_tasmota_message() -> None:
    """A board with two sensors: one named by the board, one by its own id."""
    assert readings_of("tasmota", SAMPLES["tasmota"]) == [
        Reading("box.SI7021", AT_S * 1000, 410, 8820),
        Reading("030F97943ACD", AT_S * 1000, -1830),
    ]


def test_tasmota_local_time_is_no_time() -> None:
    """Without SetOption52 nobody can tell the offset."""
    (got,) = readings_of("tasmota", text({"Time": "2026-11-23T11:59:00", "AM2301": {"Temperature": 4.1}}))
    assert (got.measured_at_ms, got.flags) == (RECEIVED, Flag.NO_CLOCK)


def test_tasmota_fahrenheit() -> None:
    """SetOption8 1."""
    assert (
        readings_of("tasmota", text({"AM2301": {"Temperature": 39.38}, "TempUnit": "F"}))[0].temperature_centi_c == 410
    )
    assert outcome_of("tasmota", text({"AM2301": {"Temperature": 1}, "TempUnit": "K"})) is Reason.BAD_FIELD


def test_tasmota_failed_sensor_and_chip() -> None:
    """null is a sensor that did not answer; the processor's own temperature is no evidence."""
    message = text({"SI7021": {"Temperature": None, "Humidity": None}, "ESP32": {"Temperature": 53.3}})
    assert "SI7021.Temperature is null" in rejection_of("tasmota", message)


def test_teltonika_record() -> None:
    """AVL 25/86/29: Bluetooth sensor 1; AVL 72: Dallas probe 1."""
    assert readings_of("teltonika", SAMPLES["teltonika"]) == [
        Reading("box.ble1", AT_S * 1000, 412, 8820, 78),
        Reading("box.dallas1", AT_S * 1000, -1830),
    ]


def test_teltonika_eye_sensors() -> None:
    """AVL 10800 to 10803 count 0.01 °C, 10804 to 10807 whole per cent."""
    (got,) = readings_of("teltonika", text({"state": {"reported": {"ts": AT_S * 1000, "10801": -1826, "10805": 61}}}))
    assert (got.sensor, got.temperature_centi_c, got.humidity_centi_pct) == ("box.eye2", -1826, 6100)


@pytest.mark.parametrize(
    ("avl", "sensor"), [("27", "ble3"), ("28", "ble4"), ("10800", "eye1"), ("10803", "eye4"), ("75", "dallas4")]
)
def test_teltonika_probes_by_their_ids(avl: str, sensor: str) -> None:
    """The first and the last of each family."""
    (got,) = readings_of("teltonika", text({"state": {"reported": {"ts": AT_S * 1000, avl: 50}}}))
    assert (got.sensor, got.temperature_centi_c) == (f"box.{sensor}", 500 if "dallas" in sensor else 50)


@pytest.mark.parametrize(
    ("avl", "value"), [("25", 4000), ("28", 3000), ("26", 2000), ("72", 850), ("73", 2000), ("75", 3000), ("74", 5000)]
)
def test_teltonika_error_codes(avl: str, value: int) -> None:
    """A sensor that was not found is no 30 °C."""
    assert f"AVL {avl} is {value}, the code" in rejection_of("teltonika", text({"state": {"reported": {avl: value}}}))


def test_teltonika_position_only() -> None:
    """A record without sensors is no error; another document is."""
    got = outcome_of("teltonika", text({"state": {"reported": {"ts": 1, "latlng": "18.7,98.9", "sp": 40}}}))
    assert isinstance(got, Decoded)
    assert got.note == "a Teltonika record without a temperature"
    assert outcome_of("teltonika", b'{"RSP": "ok"}') is Reason.MISSING_FIELD
