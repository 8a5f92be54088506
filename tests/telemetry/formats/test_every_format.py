"""Promises that hold of every decoder: typed errors only, bounded time and memory, nothing unstorable in a result."""

import json
import time
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telemetry.formats import (
    FORMATS,
    MESSAGE_BYTES_MAX,
    READINGS_MAX,
    Decoded,
    DecodeError,
    Reason,
    decode,
    decode_status,
)
from telemetry.formats.decoded import GatewayStatus
from tests.telemetry.formats.outcome import RECEIVED, outcome_of
from tests.telemetry.formats.samples import SAMPLES
from tests.telemetry.patience import PATIENT

DOCS = Path(__file__).parents[3] / "docs" / "reference" / "formats.md"

POISON: dict[str, bytes] = {
    "nothing": b"",
    "one NUL": b"\0",
    "NULs to the limit": b"\0" * MESSAGE_BYTES_MAX,
    "0xFF to the limit": b"\xff" * MESSAGE_BYTES_MAX,
    "truncated object": b'{"readings": [{"sensor": "a", "temp',
    "lists 10,000 deep": b"[" * 10_000 + b"]" * 10_000,
    "objects 10,000 deep": b'{"data":' * 10_000 + b"1" + b"}" * 10_000,
    "lists to the limit, unclosed": b"[" * MESSAGE_BYTES_MAX,
    "CBOR arrays 10,000 deep": b"\x81" * 10_000 + b"\x00",
    "CBOR array that claims 2^32 entries": b"\x9a\xff\xff\xff\xff",
    "CBOR string that claims 2^40 bytes": b"\x5b\x00\x00\x01\x00\x00\x00\x00\x00",
    "CBOR regular expression": b"\x81\xd8\x23\x7a\x00\x03\xff\xf0" + (b"(a|b)*" * 43_700)[:0x3FFF0],
    "CBOR decimal beyond all bounds": b"\x81\xa1\x02\xc4\x82\x1b\x7f\xff\xff\xff\xff\xff\xff\xff\x01",
    "CBOR bignum of 100,000 bytes": b"\x81\xa1\x02\xc2\x5a\x00\x01\x86\xa0" + b"\xff" * 100_000,
    "CBOR list that holds itself": b"\xd8\x1c\x81\xd8\x1d\x00",
    "protobuf groups nested": b"\x0b" * 10_000,
    "protobuf length beyond the end": b"\x12\xff\xff\xff\xff\x0f",
    "NaN": b"NaN",
    "1e400": b"1e400",
    "a number of 200,000 digits": b"9" * 200_000,
    "bad UTF-8": b'{"\xc3\x28": "\xf0\x28\x8c\x28"}',
    "lone surrogates": b'{"src": "\\ud800", "params": {"temperature:0": {"tC": 4}}}',
    "duplicate keys": b'{"readings": 1, "readings": []}',
    "a string of 200,000 characters": b'"' + b"x" * 200_000 + b'"',
    "100,000 empty objects": b"[" + b"{}," * 80_000 + b"{}]",
    "more than the limit": b"[" + b" " * 1_000_000 + b"]",
}


@pytest.mark.parametrize("format_name", FORMATS)
@pytest.mark.parametrize("poison", POISON)
def test_poison_is_refused_with_a_reason(format_name: str, poison: str) -> None:
    """Whatever the format, poison ends in a typed error or in a result without readings."""
    outcome = outcome_of(format_name, POISON[poison])
    assert outcome is not Reason.DECODER_FAULT
    assert isinstance(outcome, Reason) or outcome.readings == ()


@pytest.mark.parametrize("format_name", FORMATS)
def test_every_format_has_a_sample_that_decodes(format_name: str) -> None:
    """The samples that the properties mutate are good messages."""
    outcome = outcome_of(format_name, SAMPLES[format_name])
    assert isinstance(outcome, Decoded)
    assert outcome.readings
    assert outcome.rejected == ()


@pytest.mark.parametrize("format_name", FORMATS)
@given(payload=st.binary(max_size=200))
@settings(PATIENT, max_examples=60)
def test_any_bytes(format_name: str, payload: bytes) -> None:
    """Nothing but DecodeError comes out, and never as a fault of our own."""
    assert outcome_of(format_name, payload) is not Reason.DECODER_FAULT


@pytest.mark.parametrize("format_name", FORMATS)
@given(data=st.data())
@settings(PATIENT, max_examples=60)
def test_a_good_message_with_broken_bytes(format_name: str, data: st.DataObject) -> None:
    """Overwritten, cut or doubled anywhere, a message still decodes or is a DecodeError."""
    sample = SAMPLES[format_name]
    start = data.draw(st.integers(0, len(sample)))
    end = data.draw(st.integers(start, min(len(sample), start + 8)))
    payload = sample[:start] + data.draw(st.binary(max_size=8)) + sample[end:]
    assert outcome_of(format_name, payload) is not Reason.DECODER_FAULT


ODD = st.sampled_from(
    [None, True, -1, 0, 10**400, 1e308, float("nan"), float("inf"), "", "x" * 100, "\ud800", [], {}, [[]]]
)
JSON_FORMATS = sorted(name for name, sample in SAMPLES.items() if sample[:1] in b"{[")


def _places(document: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    children = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    return [path, *(place for key, child in children for place in _places(child, (*path, key)))]


def _with(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    if isinstance(document, dict):
        return {key: _with(child, path[1:], value) if key == path[0] else child for key, child in document.items()}
    return [_with(child, path[1:], value) if index == path[0] else child for index, child in enumerate(document)]


@pytest.mark.parametrize("format_name", JSON_FORMATS)
@given(data=st.data())
@settings(PATIENT, max_examples=80)
def test_a_good_document_with_an_odd_value_anywhere(format_name: str, data: st.DataObject) -> None:
    """Whichever member is of another type, missing or absurd, the error is typed and the result can be stored."""
    document = json.loads(SAMPLES[format_name])
    place = data.draw(st.sampled_from(_places(document)))
    payload = json.dumps(_with(document, place, data.draw(ODD))).encode()
    assert outcome_of(format_name, payload) is not Reason.DECODER_FAULT


def test_an_unknown_format_lists_the_known_ones() -> None:
    """The error tells which names there are."""
    with pytest.raises(DecodeError, match=r"unknown-format.*nativ3.*chirpstack.*zigbee2mqtt"):
        decode("nativ3", b"{}", received_at_ms=RECEIVED)


@pytest.mark.parametrize("format_name", ["senml", "senml-cbor", "ruuvi", "sparkplug"])
def test_more_readings_than_the_contract_allows(format_name: str) -> None:
    """A message with 1,001 readings is refused whole, whichever format it is in."""
    import cbor2

    from tests.telemetry.formats.samples import sparkplug, text

    records = [{"n": f"s{index}", "u": "Cel", "v": 4} for index in range(READINGS_MAX + 1)]
    payload = {
        "senml": text(records),
        "senml-cbor": cbor2.dumps(records),
        "ruuvi": text({"data": {"tags": {record["n"]: {} for record in records}}}),
        "sparkplug": sparkplug(*({"name": f"{record['n']}/temp", "double_value": 4.0} for record in records)),
    }[format_name]
    assert outcome_of(format_name, payload) is Reason.TOO_MANY_READINGS


def test_poison_costs_bounded_memory() -> None:
    """The worst of the corpus stays under 64 MB in every decoder: 256 times the limit on a message."""
    tracemalloc.start()
    try:
        for format_name in FORMATS:
            for payload in POISON.values():
                outcome_of(format_name, payload)
        peak_bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak_bytes < 256 * MESSAGE_BYTES_MAX


def test_poison_costs_bounded_work() -> None:
    """No poison costs more than a thousand times what parsing a good message of the same size costs."""
    good = b'{"readings": [' + b",".join([b'{"sensor": "a", "temperature_c": 4}'] * 1000) + b"]}"
    good += b" " * (MESSAGE_BYTES_MAX - len(good))
    start = time.process_time()
    for _ in range(10):
        outcome_of("native", good)
    unit_s = max((time.process_time() - start) / 10, 1e-4)
    for format_name in FORMATS:
        for name, payload in POISON.items():
            start = time.process_time()
            outcome_of(format_name, payload)
            assert time.process_time() - start < 1000 * unit_s, (format_name, name)


@pytest.mark.parametrize("format_name", FORMATS)
def test_every_format_is_documented(format_name: str) -> None:
    """The reference has a heading for each name that may stand in a topic."""
    assert f"\n### `{format_name}`" in DOCS.read_text("utf-8")


@pytest.mark.parametrize(("payload", "status"), [(b"online", "online"), (b" Offline\n", "offline")])
def test_status(payload: bytes, status: str) -> None:
    """The retained presence of a gateway."""
    assert decode_status(payload) is GatewayStatus(status)


@pytest.mark.parametrize("payload", [b"", b"\xff", b"on", b"{}", b"online" * 100])
def test_a_status_that_is_neither(payload: bytes) -> None:
    """Anything else is refused with what to publish."""
    with pytest.raises(DecodeError, match="publish online"):
        decode_status(payload)
