"""The contract's native JSON (DESIGN, "MQTT"): what is kept, what is rejected in which words, what is refused whole."""

import json
import math
import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.formats import READINGS_MAX, Decoded, DecodeError, Reason, decode
from telemetry.formats.native import _decode_each
from telemetry.reading import Flag, Reading
from tests.telemetry.formats.outcome import outcome_of
from tests.telemetry.patience import PATIENT

RECEIVED = 1_795_410_000_000
"""2026-11-23T05:00:00Z."""

GOOD = {
    "sensor": "TH-0042",
    "at": "2026-11-23T05:00:00Z",
    "temperature_c": 13.4,
    "humidity_pct": 88.1,
    "battery_pct": 92,
}


def native(*readings: object, seq: object = 1207) -> Decoded:
    return raw(json.dumps({"seq": seq, "readings": readings}).encode())


def raw(payload: bytes) -> Decoded:
    return decode("native", payload, received_at_ms=RECEIVED)


def reason(payload: bytes) -> Reason:
    with pytest.raises(DecodeError) as caught:
        raw(payload)
    return caught.value.reason


def test_the_message_of_the_contract() -> None:
    """The documented example gives the documented reading."""
    assert native(GOOD) == Decoded((Reading("TH-0042", RECEIVED, 1340, 8810, 92),), (), 1207)


@pytest.mark.parametrize(
    "at", ["2026-11-23T12:00:00+07:00", "2026-11-22T23:00:00-06:00", "2026-11-23T05:00:00.000Z", RECEIVED]
)
def test_any_offset_or_epoch_milliseconds(at: object) -> None:
    """One instant may be written in many ways."""
    assert native({**GOOD, "at": at}).readings[0].measured_at_ms == RECEIVED


def test_milliseconds_are_kept() -> None:
    """What is finer than a millisecond is cut off."""
    assert native({**GOOD, "at": "2026-11-23T05:00:00.1239Z"}).readings[0].measured_at_ms == RECEIVED + 123


@pytest.mark.parametrize(
    "reading", [{"sensor": "a", "temperature_c": 4}, {"sensor": "a", "temperature_c": 4, "at": None}]
)
def test_no_time_takes_the_time_of_receipt(reading: dict[str, object]) -> None:
    """A sensor without a clock is dated by us, and flagged."""
    assert native(reading).readings == (Reading("a", RECEIVED, 400, flags=Flag.NO_CLOCK),)


@pytest.mark.parametrize(
    ("temperature_c", "centi_c"), [(13.4, 1340), (-0.005, 0), (0.015, 2), (0.025, 2), (2.675, 268), (-18.257, -1826)]
)
def test_temperatures_are_rounded_half_even(temperature_c: float, centi_c: int) -> None:
    """Ties of the product with 100 go to the even hundredth."""
    assert native({**GOOD, "temperature_c": temperature_c}).readings[0].temperature_centi_c == centi_c


def test_unknown_members_are_ignored() -> None:
    """A gateway may send more than we read, at every level."""
    payload = json.dumps({"v": [1], "readings": [{**GOOD, "probe": {"depth": [1]}}]}).encode()
    assert raw(payload).readings[0].temperature_centi_c == 1340


def test_no_readings_is_a_heartbeat() -> None:
    """An empty list carries the counter alone."""
    assert native(seq=7) == Decoded((), (), 7, note="a heartbeat without readings")


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ({"at": "2026-11-23T05:00:00"}, r"at '2026-11-23T05:00:00' .* offset"),
        ({"at": "yesterday"}, "at 'yesterday'"),
        ({"at": 1795410000.5}, "at 1795410000.5"),
        ({"at": True}, "at True"),
        ({"at": 10**17}, "epoch milliseconds"),
        ({"at": 10**30}, "at 1e.30"),
        ({"at": ["2026"]}, "at"),
        ({"temperature_c": None}, "temperature_c is missing"),
        ({"temperature_c": "13.4"}, "temperature_c '13.4' is not a number"),
        ({"temperature_c": True}, "temperature_c True is not a number"),
        ({"temperature_c": -300}, "temperature_c -300.0 is not a temperature"),
        ({"temperature_c": 1e300}, "temperature_c 1e.300 is too large"),
        ({"temperature_c": math.nan}, "temperature_c nan is not finite"),
        ({"temperature_c": math.inf}, "temperature_c inf is not finite"),
        ({"sensor": None}, "sensor is missing"),
        ({"sensor": 42}, "sensor 42 is not text"),
        ({"sensor": ""}, "sensor '' is not a name"),
        ({"sensor": "a\0b"}, "sensor"),
        ({"sensor": " a"}, "sensor"),
        ({"sensor": "x" * 65}, "sensor"),
        ({"sensor": "\ud800"}, "sensor"),
    ],
)
def test_one_bad_reading_costs_that_reading_only(bad: dict[str, object], words: str) -> None:
    """The others are kept; the index and the sentence say which one and why."""
    got = native(GOOD, {**GOOD, **bad}, GOOD)
    assert len(got.readings) == 2
    assert [rejected.index for rejected in got.rejected] == [1]
    assert got.seq == 1207
    assert re.search(words, got.rejected[0].reason)


@pytest.mark.parametrize("item", [None, 3, "TH-1", [GOOD]])
def test_a_reading_that_is_no_object_is_rejected(item: object) -> None:
    """Whatever stands in the list, its neighbours are kept."""
    got = native(item, GOOD)
    assert (len(got.readings), got.rejected[0].index) == (1, 0)


def test_a_number_beyond_a_double_costs_that_reading_only() -> None:
    """1e400 is valid JSON and no temperature."""
    got = raw(b'{"readings": [{"sensor": "a", "temperature_c": 1e400}, {"sensor": "b", "temperature_c": 4}]}')
    assert ([reading.sensor for reading in got.readings], got.rejected[0].index) == (["b"], 0)


def test_broken_utf8_costs_that_reading_only() -> None:
    """A sensor name in a legacy code page is refused; the others are kept."""
    got = raw(b'{"readings": [{"sensor": "\xa1\xa2", "temperature_c": 4}, {"sensor": "b", "temperature_c": 4}]}')
    assert ([reading.sensor for reading in got.readings], got.rejected[0].index) == (["b"], 0)


@pytest.mark.parametrize("humidity_pct", [255, -0.1, 100.1, "88", math.nan, 10**400, True, []])
def test_a_humidity_that_is_none_costs_no_temperature(humidity_pct: object) -> None:
    """The temperature is kept, the humidity left out and the reading flagged."""
    assert native({**GOOD, "humidity_pct": humidity_pct}).readings == (
        Reading("TH-0042", RECEIVED, 1340, None, 92, flags=Flag.HUMIDITY_LEFT_OUT),
    )


@pytest.mark.parametrize("value", [-1, 101, 255, "low", math.inf, None, True, {}])
def test_a_battery_that_is_none_is_left_out(value: object) -> None:
    """255 is how many devices say that they don't know."""
    assert native({**GOOD, "battery_pct": value}).readings == (Reading("TH-0042", RECEIVED, 1340, 8810),)


@pytest.mark.parametrize("field", ["battery_pct", "battery_mv", "signal_dbm"])
@pytest.mark.parametrize("end", [0, 1])
def test_device_health_at_the_ends_of_its_scale(field: str, end: int) -> None:
    """The ends belong to the scale, one step further does not."""
    scale = {"battery_pct": (0, 100), "battery_mv": (0, 100_000), "signal_dbm": (-200, 50)}[field]
    beyond = scale[end] + (1 if end else -1)
    sent = {"sensor": "a", "at": RECEIVED, "temperature_c": 4}
    assert getattr(native({**sent, field: scale[end]}).readings[0], field) == scale[end]
    assert getattr(native({**sent, field: beyond}).readings[0], field) is None


def test_a_byte_order_mark_is_forgiven() -> None:
    """Files made on Windows often start with one."""
    assert raw(b"\xef\xbb\xbf" + json.dumps({"readings": [GOOD]}).encode()).readings[0].sensor == "TH-0042"


def test_of_a_member_that_stands_twice_the_last_counts() -> None:
    """As in the JSON parsers that gateways use themselves."""
    got = raw(b'{"readings": [{"sensor": "a", "temperature_c": 1, "temperature_c": 2}]}')
    assert got.readings[0].temperature_centi_c == 200


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (b"", Reason.MALFORMED),
        (b"\x00", Reason.MALFORMED),
        (b'{"readings": [', Reason.MALFORMED),
        (b'{"readings": []} trailing', Reason.MALFORMED),
        (b"[]", Reason.BAD_FIELD),
        (b"null", Reason.BAD_FIELD),
        (b"{}", Reason.MISSING_FIELD),
        (b'{"readings": {}}', Reason.BAD_FIELD),
        (b'{"readings": [], "seq": -1}', Reason.BAD_FIELD),
        (b'{"readings": [], "seq": 1.5}', Reason.BAD_FIELD),
        (b'{"readings": [], "seq": 9007199254740992}', Reason.BAD_FIELD),
        (b'{"readings": [], "seq": "7"}', Reason.BAD_FIELD),
        (b'{"readings": ' + b"[" * 10_000 + b"]" * 10_000 + b"}", Reason.TOO_DEEP),
        (b'{"readings": [], "x": ' + b'{"a":' * 10_000 + b"1" + b"}" * 10_000 + b"}", Reason.TOO_DEEP),
        (b'{"readings": [' + b"0," * READINGS_MAX + b"0]}", Reason.TOO_MANY_READINGS),
        (b" " * 1_000_000, Reason.TOO_LARGE),
        (b"9" * 200_000, Reason.BAD_FIELD),
    ],
)
def test_what_is_refused_whole(payload: bytes, expected: Reason) -> None:
    """Each kind of poison has its reason code."""
    assert reason(payload) is expected


def test_a_thousand_readings_fit() -> None:
    """The contract's limit is inclusive."""
    item = b'{"sensor": "a", "temperature_c": 4}'
    payload = b'{"readings": [' + b",".join([item] * READINGS_MAX) + b"]}"
    assert len(raw(payload).readings) == READINGS_MAX


ITEMS = st.fixed_dictionaries(
    {
        "sensor": st.text(st.characters(codec="utf-8"), min_size=1, max_size=70),
        "temperature_c": st.floats(-300, 350) | st.integers(-300, 350),
    },
    optional={
        "at": st.integers(-(10**15), 10**15)
        | st.datetimes(timezones=st.timezones()).map(lambda at: at.isoformat())
        | st.datetimes().map(lambda at: at.isoformat()),
        "humidity_pct": st.floats(-5, 120),
        "battery_pct": st.floats(-5, 300),
        "signal_dbm": st.integers(-250, 100),
    },
)


@PATIENT
@given(st.lists(ITEMS, max_size=5), st.none() | st.integers(0, 2**53 - 1))
def test_the_fast_and_the_patient_way_agree(items: list[dict[str, object]], seq: int | None) -> None:
    """Whether msgspec's schema takes a message or it is taken apart value by value, the readings are the same."""
    payload = msgspec.json.encode({"seq": seq, "readings": items})
    assert raw(payload) == _decode_each(payload, RECEIVED)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["seq", "readings", "sensor", "at", "temperature_c", "x"]), inner, max_size=4)
    ),
    max_leaves=20,
)


@PATIENT
@given(JSON)
def test_any_json_decodes_or_is_a_decode_error(document: object) -> None:
    """No document makes the decoder fail otherwise."""
    outcome = outcome_of("native", json.dumps(document).encode())
    assert outcome is not Reason.DECODER_FAULT
