"""One good message per format, built from its specification; the tests of every format mutate them."""

import base64
import json

import cbor2
from google.protobuf.message import Message

from telemetry.formats.sparkplug import payload_class

AT_S = 1_795_409_940
"""2026-11-23T04:59:00Z, a minute before the receipt."""

MILESIGHT = bytes.fromhex("01755C 0367D4FF 0468B1".replace(" ", ""))
"""Battery 92 %, temperature -4.4 °C, humidity 88.5 %: EM300-TH, user guide, "Device payload"."""


def sparkplug(*metrics: dict[str, object], timestamp: int = AT_S * 1000) -> bytes:
    """A Sparkplug B payload (specification 3.0.0, chapter 6)."""
    message: Message = payload_class()(timestamp=timestamp, seq=3, metrics=metrics)
    return message.SerializeToString()


def advertisement(manufacturer_data: bytes) -> str:
    """A Bluetooth advertisement in hexadecimal: flags, then manufacturer data of Ruuvi (0x0499)."""
    body = b"\xff\x99\x04" + manufacturer_data
    return (b"\x02\x01\x06" + bytes([len(body)]) + body).hex().upper()


def ruuvi_5(temperature: int = 2680, humidity: int = 35400, power: int = 0xAC36, mac: str = "CBB8334C884F") -> bytes:
    """Data format 5 (docs.ruuvi.com, "Data format 5 (RAWv2)"): 0.005 °C, 0.0025 %, mV above 1600 in the upper 11
    bits.
    """
    climate = (temperature & 0xFFFF).to_bytes(2, "big") + humidity.to_bytes(2, "big") + b"\xc3\x7c"
    return (
        b"\x05"
        + climate
        + b"\x00\x04\xff\xfc\x04\x0c"
        + power.to_bytes(2, "big")
        + b"\x42\x00\xcd"
        + bytes.fromhex(mac)
    )


def text(document: object) -> bytes:
    return json.dumps(document).encode()


def chirpstack(payload: bytes | None = MILESIGHT, port: int = 85, **members: object) -> bytes:
    """A ChirpStack v4 uplink event."""
    data = {} if payload is None else {"data": base64.b64encode(payload).decode()}
    event = {
        "deduplicationId": "3ac7e3c4-4401-4b8d-9386-a5c902f9202d",
        "time": "2026-11-23T04:59:00.123456+00:00",
        "deviceInfo": {"tenantName": "Doi Tung", "deviceName": "room 1", "devEui": "24E124136B501234"},
        "fCnt": 10,
        "fPort": port,
        "rxInfo": [{"gatewayId": "a", "rssi": -101, "snr": 2}, {"gatewayId": "b", "rssi": -77, "snr": 7.5}],
    }
    return text({**event, **data, **members})


def things_stack(payload: bytes | None = MILESIGHT, port: int = 85, **members: object) -> bytes:
    """A The Things Stack v3 uplink message."""
    data = {} if payload is None else {"frm_payload": base64.b64encode(payload).decode()}
    ids = {"device_id": "room-1", "application_ids": {"application_id": "cold"}, "dev_eui": "24E124136B501234"}
    up = {
        "f_port": port,
        "f_cnt": 10,
        "received_at": "2026-11-23T04:59:00.123456789Z",
        "rx_metadata": [{"gateway_ids": {"gateway_id": "a"}, "rssi": -77, "snr": 7.5}],
    }
    return text(
        {"end_device_ids": ids, "received_at": "2026-11-23T04:59:01Z", "uplink_message": {**up, **data, **members}}
    )


SAMPLES: dict[str, bytes] = {
    "native": text(
        {"seq": 1, "readings": [{"sensor": "a", "at": AT_S * 1000, "temperature_c": 4.1, "humidity_pct": 88}]}
    ),
    "senml": text(
        [{"bn": "TH-1:", "bt": AT_S, "n": "temperature", "u": "Cel", "v": 4.1}, {"n": "rh", "u": "%RH", "v": 88}]
    ),
    "senml-cbor": cbor2.dumps(
        [{-2: "TH-1:", -3: AT_S, 0: "temperature", 1: "Cel", 2: 4.1}, {0: "rh", 1: "%RH", 2: 88}]
    ),
    "chirpstack": chirpstack(),
    "tts": things_stack(),
    "milesight": MILESIGHT,
    "ruuvi": text(
        {
            "data": {
                "gw_mac": "C8:25:2D:8E:9C:2C",
                "timestamp": AT_S,
                "tags": {
                    "CB:B8:33:4C:88:4F": {"rssi": -71, "timestamp": AT_S, "data": advertisement(ruuvi_5())},
                },
            }
        }
    ),
    "shelly": text(
        {
            "src": "shellyhtg3-84fce63ad204",
            "method": "NotifyFullStatus",
            "params": {
                "ts": AT_S + 0.25,
                "devicepower:0": {"id": 0, "battery": {"V": 5.21, "percent": 78}, "external": {"present": False}},
                "humidity:0": {"id": 0, "rh": 88.2},
                "temperature:0": {"id": 0, "tC": 4.1, "tF": 39.4},
                "wifi": {"ssid": "hub", "rssi": -61},
            },
        }
    ),
    "zigbee2mqtt": text(
        {"temperature": 4.1, "humidity": 88.2, "battery": 78, "voltage": 2900, "last_seen": "2026-11-23T11:59:00+07:00"}
    ),
    "tasmota": text(
        {
            "Time": "2026-11-23T11:59:00+07:00",
            "SI7021": {"Temperature": 4.1, "Humidity": 88.2, "DewPoint": 2.3},
            "DS18B20-1": {"Id": "030F97943ACD", "Temperature": -18.3},
            "TempUnit": "C",
        }
    ),
    "teltonika": text(
        {"state": {"reported": {"ts": AT_S * 1000, "pr": 0, "25": 412, "86": 882, "29": 78, "72": -183}}}
    ),
    "sparkplug": sparkplug(
        {"name": "Room 1/temperature", "datatype": 9, "float_value": 4.1},
        {"name": "Room 1/humidity", "datatype": 9, "float_value": 88.2},
    ),
}
