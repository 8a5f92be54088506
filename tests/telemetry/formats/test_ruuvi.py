"""Ruuvi Gateway and the tags' data formats, with the test vectors of docs.ruuvi.com built from their fields."""

import pytest

from telemetry.formats import Decoded, Reason
from telemetry.formats.quantities import Quantity
from telemetry.formats.ruuvi import advertisement as read_advertisement
from telemetry.reading import Flag, Reading
from tests.telemetry.formats.outcome import RECEIVED, outcome_of, readings_of, rejection_of
from tests.telemetry.formats.samples import AT_S, SAMPLES, advertisement, ruuvi_5, text

MAC = "CB:B8:33:4C:88:4F"


def tag(data: bytes | str, **members: object) -> bytes:
    """The gateway's MQTT message for one tag."""
    frame = data if isinstance(data, str) else advertisement(data)
    return text(
        {
            "gw_mac": "C8:25:2D:8E:9C:2C",
            "rssi": -26,
            "aoa": [],
            "gwts": AT_S,
            "ts": AT_S,
            "data": frame,
            "coords": "",
            **members,
        }
    )


def test_the_gateway_s_http_body() -> None:
    """Tags by MAC address, each with its own time."""
    assert readings_of("ruuvi", SAMPLES["ruuvi"]) == [Reading(MAC, AT_S * 1000, 1340, 8850, None, 2977, -71)]


def test_one_tag_by_mqtt() -> None:
    """The address comes from the advertisement itself."""
    assert readings_of("ruuvi", tag(ruuvi_5())) == [Reading(MAC, AT_S * 1000, 1340, 8850, None, 2977, -26)]


@pytest.mark.parametrize(
    ("temperature", "humidity", "power", "expected"),
    [
        # Data format 5, test vectors: valid data, maximum and minimum values.
        (0x12FC, 0x5394, 0xAC36, (24.3, 53.49, 2977)),
        (0x7FFF, 0xFFFE, 0xFFDE, (163.835, 163.835, 3646)),
        (-0x7FFF, 0x0000, 0x0000, (-163.835, 0.0, 1600)),
        (0x12FC, 0xFFFF, 0xFFFF, (24.3, None, None)),
    ],
)
def test_format_5(
    temperature: int, humidity: int, power: int, expected: tuple[float, float | None, int | None]
) -> None:
    """0.005 °C, 0.0025 % and millivolts above 1600; all ones mean that there is no value."""
    mac, values = read_advertisement(advertisement(ruuvi_5(temperature, humidity, power)))
    got = (values[Quantity.TEMPERATURE_C], values[Quantity.HUMIDITY_PCT], values[Quantity.BATTERY_MV])
    assert got == pytest.approx(expected)
    assert mac == MAC


def test_format_5_without_a_temperature() -> None:
    """0x8000 is the code for a failed sensor."""
    assert "not available" in rejection_of("ruuvi", tag(ruuvi_5(-0x8000)))


def test_format_3() -> None:
    """Data format 3, test vector for valid data: 26.3 °C, 20.5 %, 2899 mV; and a negative temperature."""
    data = bytes.fromhex("03291A1ECE1EFC18F94202CA0B53")
    (got,) = readings_of("ruuvi", tag(data, id=MAC))
    assert (got.temperature_centi_c, got.humidity_centi_pct, got.battery_mv) == (2630, 2050, 2899)
    below = data[:2] + b"\x84\x0f" + data[4:]
    assert readings_of("ruuvi", tag(below, id=MAC))[0].temperature_centi_c == -415


def test_format_3_carries_no_address() -> None:
    """Without the address from the gateway, two tags would be taken for one."""
    assert "no MAC address" in rejection_of("ruuvi", tag(bytes.fromhex("03291A1ECE1EFC18F94202CA0B53")))


def test_format_6() -> None:
    """Ruuvi Air over Bluetooth 4: the climate as in format 5, and the lower half of the address."""
    data = b"\x06" + bytes.fromhex("170C5668C79E007000C90501D9FFCD004C884F")
    (got,) = readings_of("ruuvi", tag(data))
    assert (got.sensor, got.temperature_centi_c, got.humidity_centi_pct) == ("box.4C:88:4F", 2950, 5530)


def test_format_e1() -> None:
    """Ruuvi Air over Bluetooth 5: 40 bytes with the whole address at the end."""
    data = b"\xe1" + bytes.fromhex("170C5668C79E") + b"\0" * 22 + b"\xff" * 5 + bytes.fromhex("CBB8334C884F")
    (got,) = readings_of("ruuvi", tag(data))
    assert (got.sensor, got.temperature_centi_c, got.humidity_centi_pct) == (MAC, 2950, 5530)


def test_what_the_gateway_has_decoded_itself() -> None:
    """With "decoded" chosen in the gateway's settings there is no raw data."""
    message = {
        "gw_mac": "C8:25:2D:8E:9C:2C",
        "id": MAC.lower(),
        "ts": AT_S,
        "temperature": 4.1,
        "humidity": 88.5,
        "voltage": 2.977,
    }
    assert readings_of("ruuvi", text(message)) == [Reading(MAC, AT_S * 1000, 410, 8850, None, 2977)]


@pytest.mark.parametrize("ts", [None, ""])
def test_a_gateway_without_time(ts: object) -> None:
    """Before it has found a time server the gateway sends no time."""
    (got,) = readings_of("ruuvi", tag(ruuvi_5(), ts=ts))
    assert (got.measured_at_ms, got.flags) == (RECEIVED, Flag.NO_CLOCK)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (advertisement(b"\x09" + bytes(20)), "data format 9"),
        (advertisement(ruuvi_5()[:10]), "cut off"),
        ("0201061AFF4C000215", "no advertisement"),
        ("not hex", "no advertisement"),
        ("", "no advertisement"),
        ("FF", "no advertisement"),
    ],
)
def test_what_is_no_ruuvi_advertisement(data: str, words: str) -> None:
    """Another vendor's beacon, an unknown format, a frame cut off: each has its reason."""
    assert words in rejection_of("ruuvi", tag(data))


def test_one_bad_tag_costs_that_tag_only() -> None:
    """The other tags in the body are kept."""
    tags = {
        MAC: {"timestamp": AT_S, "data": advertisement(ruuvi_5())},
        "AA": {"timestamp": AT_S, "data": "00"},
        "BB": 5,
    }
    got = outcome_of("ruuvi", text({"data": {"tags": tags}}))
    assert isinstance(got, Decoded)
    assert len(got.readings) == 1
    assert [rejected.index for rejected in got.rejected] == [1, 2]


def test_a_body_without_tags() -> None:
    """The gateway hears nothing, and says so."""
    got = outcome_of("ruuvi", text({"data": {"gw_mac": "C8:25:2D:8E:9C:2C", "tags": {}}}))
    assert isinstance(got, Decoded)
    assert got.note == "a gateway message without tags"


def test_another_vendor_s_message() -> None:
    """What has neither data nor a gateway is refused."""
    assert outcome_of("ruuvi", b'{"x": 1}') is Reason.MISSING_FIELD
