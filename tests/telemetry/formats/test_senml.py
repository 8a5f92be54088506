"""SenML in JSON and CBOR: the examples of RFC 8428, section 5, and what its rules make of hard cases."""

from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.formats import Decoded, DecodeError, Reason, decode
from telemetry.formats.senml import CBOR_LABELS
from telemetry.reading import Flag, Reading
from tests.telemetry.formats.outcome import RECEIVED, outcome_of, readings_of, rejection_of
from tests.telemetry.formats.samples import AT_S, text
from tests.telemetry.patience import PATIENT

LABELS = {name: label for label, name in CBOR_LABELS.items()}


def pack(*records: dict[str, Any]) -> list[Reading]:
    """The readings of a pack, which must be the same in JSON and in CBOR with integer labels."""
    in_json = readings_of("senml", text(records))
    labelled = [{LABELS.get(name, name): value for name, value in record.items()} for record in records]
    assert readings_of("senml-cbor", cbor2.dumps(labelled)) == in_json
    return in_json


def test_single_data_point() -> None:
    """RFC 8428, 5.1.1: one record with name, unit and value is taken as of now."""
    got = pack({"n": "urn:dev:ow:10e2073a01080063", "u": "Cel", "v": 23.1})
    assert got == [Reading("urn:dev:ow:10e2073a01080063", RECEIVED, 2310, flags=Flag.NO_CLOCK)]


def test_base_name_and_base_time() -> None:
    """RFC 8428, 5.1.3, with two sensors: base fields hold until they are replaced, and times are added to the base
    time.
    """
    got = pack(
        {"bn": "urn:dev:ow:10e2073a01080063:", "bt": AT_S, "bu": "Cel", "n": "temp", "v": 20.5},
        {"n": "temp", "t": 60, "v": 20.7},
        {"bn": "TH-2:", "bt": AT_S + 300, "n": "temp", "v": 4.1},
    )
    assert got == [
        Reading("urn:dev:ow:10e2073a01080063", AT_S * 1000, 2050),
        Reading("urn:dev:ow:10e2073a01080063", (AT_S + 60) * 1000, 2070),
        Reading("TH-2", (AT_S + 300) * 1000, 410),
    ]


def test_base_value_is_added() -> None:
    """RFC 8428, 4.6: value = base value + value, and a base value alone is the value."""
    got = pack({"bn": "a", "bv": 20, "bt": AT_S, "u": "Cel", "v": 0.5}, {"t": 1, "u": "Cel"})
    assert [reading.temperature_centi_c for reading in got] == [2050, 2000]


def test_times_relative_to_now() -> None:
    """RFC 8428, 4.5.3: below 2^28 a time counts from now; the clock is ours, and flagged so."""
    got = pack({"bn": "a", "u": "Cel", "v": 1, "t": -5}, {"u": "Cel", "v": 2, "t": 0}, {"u": "Cel", "v": 3, "t": 2**28})
    assert [reading.measured_at_ms - RECEIVED for reading in got[:2]] == [-5000, 0]
    assert [reading.flags for reading in got] == [Flag.NO_CLOCK, Flag.NO_CLOCK, 0]
    assert got[2].measured_at_ms == 2**28 * 1000


def test_the_quantities_of_one_device_make_one_reading() -> None:
    """RFC 8428, 5.1.5 has temperature, humidity and battery of one device; they share name and time."""
    got = pack(
        {"bn": "TH-1:", "bt": AT_S, "n": "temperature", "u": "Cel", "v": 4.1},
        {"n": "humidity", "u": "%RH", "v": 88.5},
        {"n": "battery", "u": "%EL", "v": 78},
        {"n": "voltage", "u": "V", "v": 2.9},
        {"n": "rssi", "u": "dBm", "v": -71},
    )
    assert got == [Reading("TH-1", AT_S * 1000, 410, 8850, 78, None, -71)]


def test_kelvin_is_converted() -> None:
    """The other temperature unit of the registry."""
    assert pack({"n": "a", "u": "K", "v": 277.25, "t": AT_S})[0].temperature_centi_c == 410


def test_two_values_of_one_time_are_two_readings() -> None:
    """Nothing is overwritten: which one is right is not for the decoder to say."""
    got = pack({"n": "a", "u": "Cel", "v": 1, "t": AT_S}, {"n": "a", "u": "Cel", "v": 2, "t": AT_S})
    assert [reading.temperature_centi_c for reading in got] == [100, 200]


@pytest.mark.parametrize(
    "records", [[], [{"n": "a", "u": "%RH", "v": 50}], [{"n": "a", "u": "W", "v": 5}], [{"n": "door", "vb": True}]]
)
def test_a_pack_without_a_temperature(records: list[dict[str, Any]]) -> None:
    """Other measurements are no error."""
    got = outcome_of("senml", text(records))
    assert isinstance(got, Decoded)
    assert (got.readings, got.rejected, got.note) == ((), (), "a SenML pack without a temperature")


def test_one_bad_record_costs_that_record_only() -> None:
    """Index and reason name it; base values that came before still hold."""
    payload = text([{"bn": "a", "bu": "Cel", "bt": AT_S, "v": 1}, {"v": "x", "t": 1}, {"v": 2, "t": 2}])
    got = decode("senml", payload, received_at_ms=RECEIVED)
    assert [reading.temperature_centi_c for reading in got.readings] == [100, 200]
    assert [(rejected.index, rejected.reason) for rejected in got.rejected] == [
        (1, "record 1: v 'x' is not a number; send it without quotes")
    ]


def test_not_a_number_is_rejected() -> None:
    """CBOR carries NaN (RFC 8428 forbids it in JSON only)."""
    assert "not finite" in rejection_of("senml-cbor", cbor2.dumps([{0: "a", 1: "Cel", 2: float("nan")}]))


@pytest.mark.parametrize(
    ("records", "reason"),
    [
        ([{"n": "a", "u": "Cel", "v": 1, "danger_": 1}], Reason.UNSUPPORTED),
        ([{"bver": 11, "n": "a", "u": "Cel", "v": 1}], Reason.UNSUPPORTED),
        ([{"bn": 5}], Reason.BAD_FIELD),
        ([{"bt": "now"}], Reason.BAD_FIELD),
        ({"n": "a", "u": "Cel", "v": 1}, Reason.BAD_FIELD),
    ],
)
def test_what_spoils_a_whole_pack(records: object, reason: Reason) -> None:
    """RFC 8428, 4.4 (must understand), 4.1 (base fields and version)."""
    assert outcome_of("senml", text(records)) is reason


def test_decimal_fractions_of_cbor() -> None:
    """RFC 8428, 6: numbers may be decimal fractions (tag 4): 231 * 10^-1."""
    payload = b"\x81\xa3\x00\x61a\x01\x63Cel\x02\xc4\x82\x20\x18\xe7"
    assert readings_of("senml-cbor", payload)[0].temperature_centi_c == 2310


def test_bytes_after_the_array_are_refused() -> None:
    """Two messages glued together would lose the second one."""
    one = cbor2.dumps([{0: "a", 1: "Cel", 2: 1}])
    with pytest.raises(DecodeError, match="goes on for 12 bytes"):
        decode("senml-cbor", one + one, received_at_ms=RECEIVED)


@PATIENT
@given(
    st.lists(
        st.fixed_dictionaries(
            {"n": st.sampled_from(["a", "b:temperature", "b:rh"]), "v": st.floats(-50, 50)},
            optional={
                "t": st.integers(-600, 2**31),
                "bt": st.integers(0, 2**31),
                "u": st.sampled_from(["Cel", "K", "%RH"]),
            },
        ),
        max_size=8,
    )
)
def test_json_and_cbor_mean_the_same(records: list[dict[str, Any]]) -> None:
    """One pack, two encodings, one outcome."""
    labelled = [{LABELS[name]: value for name, value in record.items()} for record in records]
    assert outcome_of("senml", text(records)) == outcome_of("senml-cbor", cbor2.dumps(labelled))
