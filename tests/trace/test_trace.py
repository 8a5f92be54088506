"""From demand to arrival: one thread, told to those who work here, to buyers' systems and to who scans the code."""

import re
from datetime import UTC, datetime

import pytest

from services.clock import to_rfc3339
from services.identity.logic import Role
from services.trace.page import language_of
from tests.support.api import NOON_MS
from tests.support.orchard import HOUR_MS, Orchard, created

DAY_MS = 24 * HOUR_MS


@pytest.fixture
def sent(orchard: Orchard) -> Orchard:
    """A shipment of a half of a split lot and a whole one, departed, handed over and arrived."""
    for code in ("LOT-1", "LOT-2"):
        orchard.lot(code)
    orchard.collect("LOT-1", "LOT-2")
    line = {"decision": "accepted", "weight_g": 420_000, "crates": 28, "temperature_c": 14.5}
    lines = [{"lot": code, **line} for code in ("LOT-1", "LOT-2")]
    created(orchard.client.post("/v1/hubs/LCB/receipts", json={"lines": lines, "at": NOON_MS - 2 * HOUR_MS}))
    parts = [{"code": f"LOT-1-{half}", "weight_g": 210_000, "crates": 14} for half in "AB"]
    assert orchard.client.post("/v1/hubs/LCB/splits", json={"lot": "LOT-1", "parts": parts}).status_code == 201
    orchard.shipment("LOT-1-A", "LOT-2", exporter="Siam Fresh", loaded_at=NOON_MS)
    url = "/v1/shipments/SHP-1"
    orchard.client.post(f"{url}/departed", params={"at": NOON_MS + HOUR_MS}).raise_for_status()
    handover = {
        "from_party": "Siam Fresh",
        "to_party": "Boten Transport",
        "place": "Boten",
        "at": NOON_MS + DAY_MS,
        "temperature_c": 13.5,
    }
    created(orchard.client.post(f"{url}/handovers", json=handover))
    orchard.client.post(f"{url}/arrived", params={"at": NOON_MS + 3 * DAY_MS}).raise_for_status()
    return orchard


def test_each_record_names_the_one_before(sent: Orchard) -> None:
    """Harvest, receipt, parting, loading, departure, hand-over, arrival: a chain without a gap, in order of time."""
    trace = sent.client.get("/v1/shipments/SHP-1/trace").raise_for_status().json()
    records = {record["key"]: record for record in trace["records"]}
    (arrival,) = (record for record in trace["records"] if record["kind"] == "arrival")
    way, reached = [arrival["key"]], []
    while way:
        reached.append(way.pop())
        way += records[reached[-1]]["follows"]
    assert {records[key]["kind"] for key in reached} == {
        "harvest",
        "receipt",
        "parting",
        "loading",
        "departure",
        "handover",
        "arrival",
    }
    assert {records[key]["facts"].get("lot") for key in reached} >= {"LOT-1", "LOT-1-A", "LOT-2"}
    assert "LOT-1-B" not in {record["facts"].get("lot") for record in trace["records"]}
    assert [record["at"] for record in trace["records"]] == sorted(record["at"] for record in trace["records"])
    receipt = next(record for record in trace["records"] if record["key"] == "receipt:LOT-1")
    assert receipt["facts"]["temperature_c"] == 14.5


def test_the_thread_as_epcis(sent: Orchard) -> None:
    """Every event has its type, time, step and ids; the split is a transformation, the loading an aggregation."""
    document = sent.client.get("/v1/shipments/SHP-1/trace.epcis").raise_for_status().json()
    assert (document["type"], document["schemaVersion"]) == ("EPCISDocument", "2.0")
    events = document["epcisBody"]["eventList"]
    assert {event["type"] for event in events} == {"ObjectEvent", "AggregationEvent", "TransformationEvent"}
    for event in events:
        assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", event["eventID"])
        assert datetime.fromisoformat(event["eventTime"]).tzinfo is not None
        assert event["eventTimeZoneOffset"] == "+07:00"
        assert event["bizStep"]
    assert len({event["eventID"] for event in events}) == len(events)
    warm = [event for event in events if "sensorElementList" in event]
    assert {event["sensorElementList"][0]["sensorReport"][0]["uom"] for event in warm} == {"CEL"}
    again = sent.client.get("/v1/shipments/SHP-1/trace.epcis").json()["epcisBody"]
    assert again == document["epcisBody"], "the same thread makes the same event ids"


def test_a_hand_over_follows_the_one_before(sent: Orchard) -> None:
    """Who gives it away is who had it; times don't run back; before the departure there is none."""
    url = "/v1/shipments/SHP-1/handovers"
    gap = {"from_party": "Somebody", "to_party": "Buyer", "place": "Kunming", "at": NOON_MS + 2 * DAY_MS}
    answer = sent.client.post(url, json=gap)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/from_party")
    early = sent.client.post(url, json=gap | {"from_party": "Boten Transport", "at": NOON_MS})
    assert {fault["pointer"] for fault in early.json()["errors"]} == {"/at"}
    sent.received("LOT-5")
    sent.shipment("LOT-5", code="SHP-2")
    assert sent.client.post("/v1/shipments/SHP-2/handovers", json=gap).status_code == 409
    assert [row["to_party"] for row in sent.client.get(url).json()] == ["Boten Transport"]


def test_the_public_page_tells_the_way_and_nothing_private(sent: Orchard) -> None:
    """Small, without script or foreign host, in three languages; no weights, buyers, prices or people's names."""
    link = sent.client.post("/v1/shipments/SHP-1/trace-link").raise_for_status().json()
    assert sent.client.post("/v1/shipments/SHP-1/trace-link").json()["url"] == link["url"]
    visitor = sent.api.anonymous()
    path = "/t/" + link["url"].rpartition("/t/")[2]
    page = visitor.get(path)
    assert page.status_code == 200
    assert len(page.content) <= 50_000
    assert "<script" not in page.text
    assert "http" not in page.text.replace('lang="', "")
    assert "Klaeng collection point" in page.text
    assert "Boten" in page.text
    for private in ("Siam Fresh", "420000", "420 000", "coordinator"):
        assert private not in page.text
    thai = visitor.get(path, headers={"Accept-Language": "th-TH,th;q=0.9"}).text
    assert "จุดรวบรวมแกลง" in thai
    assert str(datetime.fromtimestamp(NOON_MS / 1000, UTC).year + 543) in thai
    assert "产品来源" in visitor.get(path, params={"lang": "zh"}).text
    code = sent.client.get("/v1/shipments/SHP-1/trace-link.svg")
    assert code.headers["content-type"] == "image/svg+xml"
    views = sent.client.post("/v1/shipments/SHP-1/trace-link").json()["views"]
    assert views >= 1


def test_a_revoked_code_leads_nowhere(sent: Orchard) -> None:
    """Wrong and revoked tokens get the same page; another tenant can't make, see or revoke the link."""
    link = sent.client.post("/v1/shipments/SHP-1/trace-link").json()
    path = "/t/" + link["url"].rpartition("/t/")[2]
    stranger = sent.api.client(Role.COORDINATOR, "other")
    for answer in (
        stranger.get("/v1/shipments/SHP-1/trace"),
        stranger.post("/v1/shipments/SHP-1/trace-link"),
        stranger.delete("/v1/shipments/SHP-1/trace-link"),
    ):
        assert answer.status_code == 404
    assert sent.client.delete("/v1/shipments/SHP-1/trace-link").status_code == 204
    visitor = sent.api.anonymous()
    gone, wrong = visitor.get(path), visitor.get("/t/nothing-here")
    assert gone.status_code == wrong.status_code == 404
    assert gone.text == wrong.text
    assert sent.client.post("/v1/shipments/SHP-1/trace-link").json()["url"] != link["url"]


def test_a_shipment_names_the_demand_that_it_answers(orchard: Orchard) -> None:
    """A demand nobody knows is refused at its place."""
    orchard.received("LOT-1")
    body = {"code": "SHP-1", "hub": "LCB", "destination": "Guangzhou", "lots": ["LOT-1"], "demand": "NOPE"}
    answer = orchard.client.post("/v1/shipments", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/demand")


@pytest.mark.parametrize(
    ("asked", "accepted", "language"),
    [("th", "en", "th"), (None, "zh-CN,zh;q=0.9", "zh"), ("xx", "fr-FR, th;q=0.5", "th"), (None, "", "en")],
)
def test_the_language_is_the_readers(asked: str | None, accepted: str, language: str) -> None:
    """What the address asks for comes first, then what the browser accepts, then English."""
    assert language_of(asked, accepted) == language


def test_times_are_told_with_their_offset(sent: Orchard) -> None:
    """Instants in the trace are RFC 3339 in UTC."""
    trace = sent.client.get("/v1/shipments/SHP-1/trace").json()
    arrival = next(record for record in trace["records"] if record["kind"] == "arrival")
    assert arrival["at"] == to_rfc3339(NOON_MS + 3 * DAY_MS)
