"""What would be stored of a message, labels for sensors, and data loggers' files, over HTTP."""

import base64
import json

import httpx

from tests.support.api import LiveApi

LOGGER = "When;Cargo (C)\n2026-11-22 10:00;13.4\n2026-11-22 10:10;13.6\n"


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def faults(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 422, answer.text
    return [fault["pointer"] for fault in answer.json()["errors"]]


def test_a_message_is_decoded_and_nothing_is_written(api: LiveApi) -> None:
    client = api.client()
    sent = {
        "seq": 7,
        "readings": [{"sensor": "TH-1", "temperature_c": 13.4}, {"sensor": "TH-2", "temperature_c": "warm"}],
    }
    message = {"format": "native", "content_base64": encoded(json.dumps(sent))}
    shown = client.post("/v1/decode", json=message).raise_for_status().json()
    assert (shown["seq"], shown["readings"][0]["sensor"], shown["readings"][0]["temperature_c"]) == (7, "TH-1", 13.4)
    assert [one["index"] for one in shown["rejected"]] == [1]
    assert client.get("/v1/sensors").json()["items"] == []
    assert faults(client.post("/v1/decode", json=message | {"content_base64": encoded("{")})) == ["/content_base64"]
    assert faults(client.post("/v1/decode", json=message | {"content_base64": "?"})) == ["/content_base64"]
    assert faults(client.post("/v1/decode", json=message | {"format": "morse"})) == ["/content_base64"]
    assert "native" in client.get("/v1/decode/formats").json()


def test_a_label_leads_to_the_sensor(api: LiveApi) -> None:
    client = api.client()
    client.post("/v1/sensors", json={"name": "TH-1"}).raise_for_status()
    label = client.get("/v1/sensors/TH-1/label.svg")
    assert label.headers["content-type"] == "image/svg+xml"
    assert label.text.count("<path") >= 1
    assert client.get("/v1/sensors/none/label.svg").status_code == 404


def test_a_loggers_file_is_checked_then_taken_then_known(api: LiveApi) -> None:
    client = api.client()
    client.post("/v1/gateways", json={"name": "usb-desk"}).raise_for_status()
    file = {
        "file_name": "truck-7.csv",
        "content_base64": encoded(LOGGER),
        "gateway": "usb-desk",
        "columns": {"time": "When", "temperature": "Cargo (C)", "sensor_name": "USB-7"},
    }

    def taken(**members: object) -> tuple[int, int, int]:
        done = client.post("/v1/imports/readings", json=file | members).raise_for_status().json()
        return done["readings"], done["stored"], done["duplicates"]

    assert taken(dry_run=True) == (2, 0, 0)
    assert taken() == (2, 2, 0)
    assert taken() == (2, 0, 2)
    assert [one["name"] for one in client.get("/v1/sensors").json()["items"]] == ["USB-7"]
    broken = encoded(LOGGER + "2026-11-22 10:20;warm\n")
    assert faults(client.post("/v1/imports/readings", json=file | {"content_base64": broken})) == ["row 4"]
    for content in ("", "just words"):
        refused = client.post("/v1/imports/readings", json=file | {"content_base64": encoded(content), "columns": None})
        assert refused.status_code == 422
    assert client.post("/v1/imports/readings", json=file | {"gateway": "nobody"}).status_code == 404
