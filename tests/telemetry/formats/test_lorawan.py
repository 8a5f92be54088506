"""ChirpStack v4, The Things Stack v3, Milesight gateways, and the Milesight and Netvox payloads inside them.

Envelopes follow the network servers' documentation of their JSON uplinks; payloads follow the vendors' user guides.
"""

import base64
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.formats import Decoded, DecodeError, Reason, decode
from telemetry.formats.decoded import ReadingError
from telemetry.formats.milesight import samples as milesight_samples
from telemetry.formats.netvox import samples as netvox_samples
from telemetry.formats.sample import Sample
from telemetry.reading import Flag, Reading
from tests.telemetry.formats.outcome import RECEIVED, outcome_of, readings_of
from tests.telemetry.formats.samples import AT_S, MILESIGHT, chirpstack, text, things_stack
from tests.telemetry.patience import PATIENT

EUI = "24e124136b501234"
ROOM = Reading(EUI, AT_S * 1000 + 123, -440, 8850, 92, None, -77)

SERVERS: list[tuple[str, Callable[..., bytes], str]] = [
    ("chirpstack", chirpstack, "object"),
    ("tts", things_stack, "decoded_payload"),
]
both = pytest.mark.parametrize(("format_name", "uplink", "decoded_member"), SERVERS, ids=["chirpstack", "tts"])


@both
def test_an_em300_in_its_envelope(format_name: str, uplink: Callable[..., bytes], decoded_member: str) -> None:
    """Sensor, time and the strongest gateway from the envelope, values from the binary payload."""
    assert readings_of(format_name, uplink()) == [ROOM]


@both
def test_our_codec_goes_before_the_server_s(
    format_name: str, uplink: Callable[..., bytes], decoded_member: str
) -> None:
    """A server codec that was edited to give °F does not count where the port names a codec of ours."""
    assert readings_of(format_name, uplink(**{decoded_member: {"temperature": 24.1}})) == [ROOM]


@both
def test_the_server_s_decoding_of_other_devices(
    format_name: str, uplink: Callable[..., bytes], decoded_member: str
) -> None:
    """A Dragino LHT65 (port 2) as its device profile decodes it."""
    values = {"TempC_SHT": 4.12, "Hum_SHT": 88.5, "BatV": 3.05, "Bat_status": 3, "Ext_sensor": "Temperature Sensor"}
    got = readings_of(format_name, uplink(b"\xcb\xf6\x01", 2, **{decoded_member: values}))
    assert got == [Reading(EUI, AT_S * 1000 + 123, 412, 8850, None, 3050, -77)]


@both
def test_a_payload_that_nothing_can_read(format_name: str, uplink: Callable[..., bytes], decoded_member: str) -> None:
    """The error names device and port, and what to do."""
    with pytest.raises(DecodeError, match=rf"{EUI}.*port 2.*codec") as caught:
        decode(format_name, uplink(b"\x01\x02", 2), received_at_ms=RECEIVED)
    assert caught.value.reason is Reason.UNSUPPORTED


@both
def test_an_uplink_without_a_payload(format_name: str, uplink: Callable[..., bytes], decoded_member: str) -> None:
    """A device that only answers the network server is no error."""
    got = outcome_of(format_name, uplink(None, 0))
    assert isinstance(got, Decoded)
    assert (got.readings, got.note) == ((), "an uplink without a payload")


@both
def test_base64_that_is_none(format_name: str, uplink: Callable[..., bytes], decoded_member: str) -> None:
    """Hexadecimal where base64 belongs is refused with the field's name."""
    broken = uplink().replace(base64.b64encode(MILESIGHT), b"0x017")
    assert outcome_of(format_name, broken) is Reason.BAD_FIELD


def test_a_simulated_uplink_is_no_evidence() -> None:
    """The Things Stack marks uplinks that were typed into its console."""
    payload = things_stack().replace(b'{"end_device_ids"', b'{"simulated": true, "end_device_ids"')
    got = outcome_of("tts", payload)
    assert isinstance(got, Decoded)
    assert (got.readings, got.note) == ((), "a simulated uplink")


@pytest.mark.parametrize("format_name", ["chirpstack", "tts"])
def test_an_envelope_without_a_device(format_name: str) -> None:
    """Another event, or another server's JSON."""
    assert outcome_of(format_name, text({"fPort": 85})) is Reason.MISSING_FIELD


def test_a_milesight_gateway() -> None:
    """UG65 user guide, MQTT uplink: devEUI, fPort, base64 data, time."""
    message = {
        "applicationName": "cold",
        "devEUI": EUI.upper(),
        "fPort": 85,
        "data": base64.b64encode(MILESIGHT).decode(),
        "time": "2026-11-23T04:59:00.123Z",
        "rxInfo": [{"rssi": -77}],
    }
    assert readings_of("milesight", text(message)) == [ROOM]


def test_a_bare_milesight_payload() -> None:
    """A forwarder that sends the bytes alone: the topic names the sensor, the receipt the time."""
    assert readings_of("milesight", MILESIGHT) == [Reading("box", RECEIVED, -440, 8850, 92, flags=Flag.NO_CLOCK)]


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        # EM300-TH user guide: battery 100 %, 27.2 °C, 46.5 %.
        ("017564 03671001 04685D", [Sample(27.2, 46.5, 100)]),
        # AM100/AM300 user guide: temperature and humidity behind motion, light, CO2, TVOC, pressure.
        (
            "0175 64 0367 1801 0468 6D 056A 4900 0665 1C0079001400 077D E704 087D 0700 0973 3F27",
            [Sample(28.0, 54.5, 100)],
        ),
        # EM300-MCS: door state behind the climate.
        ("03673401 046865 060001", [Sample(30.8, 50.5)]),
        # EM500-PT100 threshold alarm: temperature, change, alarm state.
        ("83D7 E8FF 0500 01", [Sample(-2.4)]),
        # EM300 threshold alarm: temperature, alarm state; the humidity behind it is found.
        ("8367 E8FF 01 0468 6D", [Sample(-2.4, 54.5)]),
        # EM300-TH history: 2022-10-12T08:02:38Z, 27.2 °C, 46.5 %; two records.
        (
            "20CE 9E744663 1001 5D 20CE F6764663 0F01 5E",
            [Sample(27.2, 46.5, time_s=1665561758), Sample(27.1, 47.0, time_s=1665562358)],
        ),
        # EM300-MCS history has a door state, EM500-PT100 history no humidity.
        ("20CE 9E744663 1001 5D 00", [Sample(27.2, 46.5, time_s=1665561758)]),
        ("20CE 9E744663 1001", [Sample(27.2, None, time_s=1665561758)]),
        # AM103L history ends with CO2 (453 ppm); EM500-CO2 has CO2 and pressure before the temperature; two records.
        ("20CE 9E744663 1001 5D C501", [Sample(27.2, 46.5, time_s=1665561758)]),
        (
            "20CE 9E744663 6704 6827 1001 5D 20CE F6764663 6704 6827 0F01 5E",
            [Sample(27.2, 46.5, time_s=1665561758), Sample(27.1, 47.0, time_s=1665562358)],
        ),
        # Join: protocol version, serial number, hardware and firmware version, class: no temperature.
        ("FF0BFF FF0101 FF166136C40091605408 FF090300 FF0A0101 FF0F00", []),
    ],
)
def test_milesight_channels(payload: str, expected: list[Sample]) -> None:
    """Channel by channel as in the user guides of the devices named."""
    assert milesight_samples(bytes.fromhex(payload))[0] == expected


def test_what_stands_behind_an_unknown_channel_is_lost_not_invented() -> None:
    """The temperature before it is kept; alone, the unknown channel is named."""
    known = bytes.fromhex("03671001")
    assert milesight_samples(known + b"\x77\x77\x00")[0] == [Sample(27.2)]
    with pytest.raises(ReadingError, match="channel 77 77"):
        milesight_samples(b"\x77\x77\x00" + known)


def test_a_cut_off_milesight_payload() -> None:
    """One byte of a temperature is none."""
    with pytest.raises(ReadingError, match=r"channel 03 67 .* cut off"):
        milesight_samples(bytes.fromhex("01756403 6710"))


def test_history_takes_its_own_times() -> None:
    """Each record is stored where it was measured, not when it was sent."""
    payload = chirpstack(bytes.fromhex("20CE9E74466310015D20CEF67646630F015E"))
    assert [reading.measured_at_ms for reading in readings_of("chirpstack", payload)] == [1665561758000, 1665562358000]


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        # R718A user manual, 5.1: 3.6 V, 16.48 °C, 68.14 %; and 3.1 V low, -1.99 °C.
        ("010B012406701A9E000000", [Sample(16.48, 68.14, battery_mv=3600)]),
        ("010B019FFF391A9E000000", [Sample(-1.99, 68.14, battery_mv=3100)]),
        # R718B2 user manual, 5.1: two probes, 26.5 and 25.8 °C.
        ("0114012401090102000000", [Sample(26.5, battery_mv=3600), Sample(25.8, battery_mv=3600, probe="2")]),
        # R718AD user manual, 6: 0.01 °C without humidity.
        ("019C012406700000000000", [Sample(16.48, None, battery_mv=3600)]),
        # R718DA measures vibration; report type 0 is the version packet.
        ("011A012401000000000000", []),
        ("010B000A0B202005200000", []),
    ],
)
def test_netvox_reports(payload: str, expected: list[Sample]) -> None:
    """Byte by byte as in the user manuals of the devices named."""
    assert netvox_samples(bytes.fromhex(payload))[0] == expected


def test_the_second_probe_is_a_sensor_of_its_own() -> None:
    """Two temperatures of one time must not meet under one name."""
    payload = things_stack(bytes.fromhex("0114012401090102000000"), 6)
    assert [reading.sensor for reading in readings_of("tts", payload)] == [EUI, f"{EUI}.2"]


@PATIENT
@given(st.binary(max_size=60), st.integers(0, 255))
def test_any_payload_on_any_port(payload: bytes, port: int) -> None:
    """Radio noise that passed the checksum is no crash."""
    assert outcome_of("chirpstack", chirpstack(payload, port)) is not Reason.DECODER_FAULT
    assert outcome_of("milesight", payload) is not Reason.DECODER_FAULT


@PATIENT
@given(st.lists(st.tuples(st.integers(0, 2**31), st.integers(-400, 850), st.integers(0, 200)), min_size=1, max_size=20))
def test_history_of_any_length(records: list[tuple[int, int, int]]) -> None:
    """Records are taken in the order sent, none lost."""
    payload = b"".join(
        b"\x20\xce" + time_s.to_bytes(4, "little") + centi.to_bytes(2, "little", signed=True) + bytes([humidity])
        for time_s, centi, humidity in records
    )
    got = milesight_samples(payload)[0]
    assert [(item.time_s, item.temperature_c, item.humidity_pct) for item in got] == [
        (time_s, deci / 10, humidity / 2) for time_s, deci, humidity in records
    ]
