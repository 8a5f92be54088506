"""Sparkplug B payloads, encoded here by protobuf and by hand from the field numbers of the specification (chapter
6).
"""

import struct

import pytest

from telemetry.formats import Decoded, Reason, decode
from telemetry.formats.sparkplug import Births
from telemetry.reading import Flag, Reading
from tests.telemetry.formats.outcome import RECEIVED, outcome_of, readings_of, rejection_of
from tests.telemetry.formats.samples import AT_S, SAMPLES, sparkplug


def test_metrics_of_one_path_make_one_reading() -> None:
    """Temperature and humidity of one room, timed by the payload."""
    assert readings_of("sparkplug", SAMPLES["sparkplug"]) == [Reading("box.Room 1", AT_S * 1000, 410, 8820)]


def test_bytes_made_by_hand() -> None:
    """timestamp = 1, metrics = 2 {name = 1, timestamp = 3, datatype = 4, double_value = 13}, seq = 3."""
    metric = b"\x0a\x0btemperature" + b"\x18\x05" + b"\x20\x0a" + b"\x69" + struct.pack("<d", 4.1)
    payload = b"\x08\x01" + b"\x12" + bytes([len(metric)]) + metric + b"\x18\x07"
    assert readings_of("sparkplug", payload) == [Reading("box", 5, 410)]


def test_a_metric_has_its_own_time() -> None:
    """Stored-and-forwarded metrics of one payload are readings of their own times."""
    metrics = [
        {"name": "temperature", "timestamp": (AT_S + step) * 1000, "float_value": 4.0 + step} for step in range(3)
    ]
    got = readings_of("sparkplug", sparkplug(*metrics))
    assert [(reading.measured_at_ms - AT_S * 1000, reading.temperature_centi_c) for reading in got] == [
        (0, 400),
        (1000, 500),
        (2000, 600),
    ]


@pytest.mark.parametrize(
    ("datatype", "raw", "centi_c"), [(2, 0xFFFC, -400), (3, 0xFFFFFFFC, -400), (1, 0xFC, -400), (7, 4, 400)]
)
def test_signed_integers(datatype: int, raw: int, centi_c: int) -> None:
    """Int8, Int16 and Int32 travel as two's complement in an unsigned field (specification, 6.4.16)."""
    (got,) = readings_of("sparkplug", sparkplug({"name": "temp", "datatype": datatype, "int_value": raw}))
    assert got.temperature_centi_c == centi_c


def test_signed_long() -> None:
    """Int64."""
    (got,) = readings_of("sparkplug", sparkplug({"name": "temp", "datatype": 4, "long_value": 2**64 - 4}))
    assert got.temperature_centi_c == -400


@pytest.mark.parametrize(("name", "unit"), [("temperature", "°F"), ("Temp (F)", "")])
def test_fahrenheit_by_unit_or_by_name(name: str, unit: str) -> None:
    """The engineering unit is a property of the metric."""
    properties = {"keys": ["engUnit"], "values": [{"type": 12, "string_value": unit}]}
    (got,) = readings_of("sparkplug", sparkplug({"name": name, "float_value": 39.2, "properties": properties}))
    assert got.temperature_centi_c == 400


def test_a_payload_without_a_time() -> None:
    """Then the receipt is the time."""
    (got,) = readings_of("sparkplug", sparkplug({"name": "temperature", "float_value": 4.0}, timestamp=0))
    assert (got.measured_at_ms, got.flags) == (RECEIVED, Flag.NO_CLOCK)


def test_an_alias_without_a_name_is_rejected() -> None:
    """Its name is in a birth message that may be lost."""
    assert "alias 7 comes without its name" in rejection_of("sparkplug", sparkplug({"alias": 7, "float_value": 4.0}))


def test_a_birth_tells_what_an_alias_means() -> None:
    """NDATA may leave out name, data type and unit: an Int16 of -4 °F, and a metric that is no temperature."""
    births = Births()
    fahrenheit = {"keys": ["engUnit"], "values": [{"type": 12, "string_value": "°F"}]}
    birth = sparkplug(
        {"name": "bdSeq", "datatype": 8, "long_value": 1},
        {"name": "Room 1/temperature", "alias": 7, "datatype": 2, "int_value": 32, "properties": fahrenheit},
        {"name": "Room 1/door", "alias": 8, "datatype": 11, "boolean_value": True},
    )
    data = sparkplug({"alias": 7, "int_value": 0xFFFC}, {"alias": 8, "boolean_value": False})

    def decoded(payload: bytes) -> Decoded:
        return decode("sparkplug", payload, received_at_ms=RECEIVED, default_sensor="box", births=births)

    assert [rejected.index for rejected in decoded(data).rejected] == [0, 1]
    assert [reading.temperature_centi_c for reading in decoded(birth).readings] == [0]
    assert decoded(data) == Decoded((Reading("box.Room 1", AT_S * 1000, -2000),))


def test_a_new_birth_of_the_node_starts_anew() -> None:
    """What an alias meant before bdSeq means nothing after it; a device's birth adds to what is known."""
    births = Births()
    old, new, device = (
        sparkplug(*metrics)
        for metrics in (
            [{"name": "bdSeq", "long_value": 1}, {"name": "temp", "alias": 7, "datatype": 9, "float_value": 4.0}],
            [{"name": "bdSeq", "long_value": 2}, {"name": "temp", "alias": 3, "datatype": 9, "float_value": 4.0}],
            [{"name": "Truck/temp", "alias": 9, "datatype": 9, "float_value": 6.0}],
        )
    )
    for payload in (old, new, device):
        decode("sparkplug", payload, received_at_ms=RECEIVED, default_sensor="box", births=births)
    data = sparkplug(*[{"alias": alias, "float_value": 5.0} for alias in (3, 7, 9)])
    got = decode("sparkplug", data, received_at_ms=RECEIVED, default_sensor="box", births=births)
    assert [reading.sensor for reading in got.readings] == ["box", "box.Truck"]
    assert "alias 7" in got.rejected[0].reason
    assert "rebirth" in got.rejected[0].reason


def test_a_name_in_another_code_page_is_rejected() -> None:
    """Protocol Buffers strings are UTF-8."""
    payload = SAMPLES["sparkplug"].replace(b"Room 1/temperature", b"Room \xa1/temperature")
    assert "is not UTF-8" in rejection_of("sparkplug", payload)


def test_null_and_text_are_no_temperatures() -> None:
    """Each is rejected with the metric's name."""
    assert "'temp' is null" in rejection_of("sparkplug", sparkplug({"name": "temp", "is_null": True}))
    assert "metric 'temp'" in rejection_of("sparkplug", sparkplug({"name": "temp", "string_value": "4"}))


def test_a_birth_without_temperatures() -> None:
    """bdSeq and node control are no error."""
    got = outcome_of(
        "sparkplug",
        sparkplug({"name": "bdSeq", "long_value": 1}, {"name": "Node Control/Rebirth", "boolean_value": False}),
    )
    assert isinstance(got, Decoded)
    assert got.note == "a Sparkplug payload without a temperature"


def test_json_is_no_sparkplug() -> None:
    """The first letter already is no field of a payload."""
    assert outcome_of("sparkplug", b'{"timestamp": 1}') is Reason.MALFORMED
