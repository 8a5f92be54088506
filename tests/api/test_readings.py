"""Readings, sensors, gateways and dead letters over HTTP."""

import base64

import httpx
import pytest

from services.clock import to_rfc3339
from services.identity.logic import Role
from services.readings.letters import Addressed, write_letters
from telemetry.ports import DeadLetter
from tests.support.api import NOON_MS, LiveApi
from tests.support.orchard import HARVESTED_MS, HOUR_MS, Orchard, created

MINUTE_MS = 60_000


def reading(sensor: str = "TH-1", at_ms: int = NOON_MS, temperature_c: float = 13.4, **members: object) -> dict:
    return {"sensor": sensor, "at": to_rfc3339(at_ms), "temperature_c": temperature_c} | members


@pytest.fixture
def gateway(api: LiveApi) -> httpx.Client:
    return api.client(Role.GATEWAY, gateway="GW-1")


def post(gateway: httpx.Client, *readings: dict) -> dict:
    answer = gateway.post("/v1/readings", json={"readings": readings})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_answer_counts_every_reading_once(gateway: httpx.Client) -> None:
    """Stored, repeated, contradicting and refused readings add up; a refused one is named by its place."""
    first = post(gateway, reading(), reading(at_ms=NOON_MS - 1000), reading(temperature_c=900.0))
    assert {key: first[key] for key in ("stored", "duplicates", "conflicts")} == {
        "stored": 2,
        "duplicates": 0,
        "conflicts": 0,
    }
    (rejected,) = first["rejected"]
    assert set(rejected) == {"index", "reason"}
    assert rejected["index"] == 2
    assert "temperature_c" in rejected["reason"]
    second = post(gateway, reading(), reading(at_ms=NOON_MS - 1000, temperature_c=20.0))
    assert second == {"stored": 0, "duplicates": 1, "conflicts": 1, "rejected": [], "receipt": None}


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"seq": 1}', b"\xff\xfe", b'{"readings": "many"}'])
def test_a_message_that_can_not_be_read_is_a_problem(gateway: httpx.Client, body: bytes) -> None:
    """Nothing is stored, and the answer says what is wrong."""
    answer = gateway.post("/v1/readings", content=body)
    assert answer.status_code == 422
    assert answer.json()["detail"]


def test_a_message_that_is_too_large_is_a_problem(gateway: httpx.Client) -> None:
    """More than 256 KiB is refused with the limit."""
    answer = gateway.post("/v1/readings", content=b" " * 262_145)
    assert answer.status_code == 422
    assert "262144" in answer.json()["errors"][0]["remedy"]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.GATEWAY])
def test_only_gateways_post_readings(api: LiveApi, role: Role) -> None:
    """Not even an admin may write readings."""
    assert api.client(role).post("/v1/readings", json={"readings": [reading()]}).status_code == 403


def test_a_gateway_does_nothing_else(api: LiveApi, gateway: httpx.Client) -> None:
    """A stolen gateway key reads nothing."""
    post(gateway, reading())
    for path in ("/v1/readings?sensor=TH-1", "/v1/sensors", "/v1/gateways", "/v1/lots", "/v1/shipments", "/v1/trucks"):
        assert gateway.get(path).status_code == 403, path


def test_a_range_is_listed_page_by_page(api: LiveApi, gateway: httpx.Client) -> None:
    """From inclusive, to exclusive, in order, each once, with every member."""
    post(gateway, *(reading(at_ms=NOON_MS - minute * MINUTE_MS, humidity_pct=88.1) for minute in range(60)))
    client = api.client()
    query = {"sensor": "TH-1", "from": to_rfc3339(NOON_MS - 30 * MINUTE_MS), "to": to_rfc3339(NOON_MS), "limit": 7}
    answer, seen = client.get("/v1/readings", params=query), []
    for _ in range(10):
        seen += answer.json()["items"]
        if "next" not in answer.links:
            break
        answer = client.get(answer.links["next"]["url"])
    assert [item["at"] for item in seen] == [to_rfc3339(NOON_MS - minute * MINUTE_MS) for minute in range(30, 0, -1)]
    assert seen[0] == {
        "sensor": "TH-1",
        "at": to_rfc3339(NOON_MS - 30 * MINUTE_MS),
        "received_at": to_rfc3339(NOON_MS),
        "temperature_c": 13.4,
        "humidity_pct": 88.1,
        "flags": [],
    }


def test_the_last_day_is_the_default_range(api: LiveApi, gateway: httpx.Client) -> None:
    """Without from and to a day up to now is listed, now included."""
    post(gateway, reading(), reading(at_ms=NOON_MS - 23 * HOUR_MS), reading(at_ms=NOON_MS - 25 * HOUR_MS))
    items = api.client().get("/v1/readings?sensor=TH-1").json()["items"]
    assert [item["at"] for item in items] == [to_rfc3339(NOON_MS - 23 * HOUR_MS), to_rfc3339(NOON_MS)]


@pytest.mark.parametrize(
    ("query", "status", "pointer"),
    [
        ("", 422, "/query/sensor"),
        ("subject=LOT-1", 422, "/query/sensor"),
        ("subject=LOT-1&subject_kind=lot", 422, "/query/subject"),
        ("subject=LOT-1&subject_kind=cow", 422, "/query/subject_kind"),
        ("sensor=TH-1&from=2026-11-23T05:00:00Z&to=2026-11-23T05:00:00Z", 422, "/query/from"),
        ("sensor=TH-1&from=now", 422, "/query/from"),
        ("sensor=TH-1&limit=5001", 422, "/query/limit"),
        ("sensor=TH-1&cursor=x", 422, "/query/cursor"),
        ("sensor=TH-9", 404, None),
    ],
)
def test_a_range_that_can_not_be(
    api: LiveApi, gateway: httpx.Client, query: str, status: int, pointer: str | None
) -> None:
    """Each wrong query is named."""
    post(gateway, reading())
    answer = api.client().get(f"/v1/readings?{query}")
    assert answer.status_code == status
    if pointer:
        assert answer.json()["errors"][0]["pointer"] == pointer


def test_a_lots_readings_are_those_that_spoke_for_it(orchard: Orchard) -> None:
    """Its own probe, then its truck's while it was on board; nothing of the truck before or after."""
    gateway = orchard.api.client(Role.GATEWAY, gateway="GW-1")
    orchard.lot()
    loaded_ms, received_ms = NOON_MS - 3 * HOUR_MS, NOON_MS - HOUR_MS
    for sensor, kind, subject, position in (("P-1", "lot", "LOT-1", "room"), ("TR-1", "truck", "TRK-7", "return_air")):
        body = {"sensor": sensor, "subject_kind": kind, "subject": subject, "position": position, "from": HARVESTED_MS}
        created(orchard.client.post("/v1/assignments", json=body))
    hours = range(HARVESTED_MS, NOON_MS + 1, HOUR_MS // 2)
    post(gateway, *(reading("P-1", at_ms) for at_ms in hours), *(reading("TR-1", at_ms) for at_ms in hours))
    orchard.collect("LOT-1", loaded_ms=loaded_ms)
    orchard.deliver("LOT-1", received_ms=received_ms)
    query = {"subject_kind": "lot", "subject": "LOT-1", "limit": 3}
    answer, seen = orchard.client.get("/v1/readings", params=query), []
    for _ in range(10):
        seen += [(item["sensor"], item["at"]) for item in answer.json()["items"]]
        if "next" not in answer.links:
            break
        answer = orchard.client.get(answer.links["next"]["url"])
    assert seen == [("P-1", to_rfc3339(at_ms)) for at_ms in hours if at_ms < loaded_ms] + [
        ("TR-1", to_rfc3339(at_ms)) for at_ms in hours if loaded_ms <= at_ms < received_ms
    ]


def test_sensors_show_their_newest_reading(api: LiveApi, gateway: httpx.Client) -> None:
    """A sensor that sends is there unasked, with its gateway; one that was registered waits for its first reading."""
    post(gateway, reading(battery_pct=92), reading(at_ms=NOON_MS - 1000))
    client = api.client()
    created(client.post("/v1/sensors", json={"name": "TH-2", "expected_interval_s": 600}))
    assert client.post("/v1/sensors", json={"name": "TH-2"}).status_code == 409
    first, second = client.get("/v1/sensors").json()["items"]
    assert (first["name"], first["gateway"], first["expected_interval_s"]) == ("TH-1", "GW-1", 300)
    assert first["latest"]["at"] == to_rfc3339(NOON_MS)
    assert first["latest"]["temperature_c"] == 13.4
    assert first["latest"]["battery_pct"] == 92
    assert (second["name"], second["gateway"], second["latest"]) == ("TH-2", None, None)
    changed = client.patch("/v1/sensors/TH-1", json={"expected_interval_s": 60}).json()
    assert changed["expected_interval_s"] == 60
    assert client.get("/v1/sensors/TH-1").json() == changed
    assert [one["name"] for one in client.get("/v1/sensors?gateway=GW-1").json()["items"]] == ["TH-1"]
    assert client.get("/v1/sensors?gateway=GW-9").status_code == 404


def test_a_gateway_is_let_in_and_shut_out(api: LiveApi) -> None:
    """The password is shown once; a revoked gateway's key posts nothing more."""
    client = api.client()
    issued = created(client.post("/v1/gateways", json={"name": "GW-1"}))
    assert len(issued["password"]) >= 32
    assert issued["topic"] == f"coldchain/v1/klaeng-{api.suffix}/GW-1/up"
    assert client.post("/v1/gateways", json={"name": "GW-1"}).status_code == 409
    shown = client.get("/v1/gateways/GW-1").json()
    assert "password" not in shown
    assert shown["gaps"] == []
    gateway = api.client(Role.GATEWAY, gateway="GW-1")
    post(gateway, reading())
    assert client.post("/v1/gateways/GW-1/revoke").json()["revoked_at"] == to_rfc3339(NOON_MS)
    assert gateway.post("/v1/readings", json={"readings": [reading()]}).status_code == 403
    assert client.post("/v1/gateways/GW-2/revoke").status_code == 404


def test_other_tenants_devices_are_not_there(api: LiveApi, gateway: httpx.Client) -> None:
    """Sensors, readings and gateways of another tenant are not found; the same names are free there."""
    post(gateway, reading())
    stranger = api.client(Role.ADMIN, tenant="trat")
    for path in ("/v1/sensors/TH-1", "/v1/readings?sensor=TH-1", "/v1/gateways/GW-1"):
        assert stranger.get(path).status_code == 404, path
    assert stranger.get("/v1/sensors").json()["items"] == stranger.get("/v1/gateways").json()["items"] == []
    theirs = api.client(Role.GATEWAY, tenant="trat", gateway="GW-1")
    assert post(theirs, reading(temperature_c=30.0))["stored"] == 1
    mine = api.client().get("/v1/readings?sensor=TH-1").json()["items"]
    assert [item["temperature_c"] for item in mine] == [13.4]


def test_dead_letters_are_listed_and_decided(api: LiveApi) -> None:
    """A coordinator sees what came, says why it is not needed, and decides once; another tenant sees nothing."""
    letter = DeadLetter("coldchain/v1/klaeng/GW-1/up", b"\x00garbage", "not-json", "is not JSON.", NOON_MS)
    with api.database.write() as session:
        write_letters(session, [Addressed(api.tenant_id(session), letter)])
    client = api.client()
    (shown,) = client.get("/v1/dead-letters").json()["items"]
    assert base64.b64decode(shown["payload_base64"]) == b"\x00garbage"
    assert (shown["reason"], shown["state"], shown["seen"]) == ("not-json", "open", 1)
    stranger = api.client(tenant="trat")
    assert stranger.get("/v1/dead-letters/counts").json()["open"] == 0
    assert stranger.get("/v1/dead-letters").json()["items"] == []
    address = f"/v1/dead-letters/{shown['id']}"
    assert stranger.post(f"{address}/discard", json={"why": "x"}).status_code == 404
    assert client.post(f"{address}/replay", json={"why": "again"}).status_code == 422
    closed = client.post(f"{address}/discard", json={"why": "noise"}).json()
    assert (closed["state"], closed["resolved_why"]) == ("discarded", "noise")
    assert client.post(f"{address}/discard", json={"why": "noise"}).status_code == 409
    assert client.get("/v1/dead-letters").json()["items"] == []
    assert client.get("/v1/dead-letters?state=any&reason=not-json&gateway=GW-1").json()["items"] == [closed]
    assert client.get("/v1/dead-letters?state=any&gateway=GW-2").json()["items"] == []
    counts = client.get("/v1/dead-letters/counts").json()
    assert (counts["open"], counts["discarded"], counts["pruned_open"]) == (0, 1, 0)
    assert len(client.get("/v1/dead-letters?state=discarded").json()["items"]) == 1
    assert api.client(Role.AUDITOR).get("/v1/dead-letters").status_code == 403


def test_gaps_of_a_gateway_are_reported(api: LiveApi) -> None:
    """A gateway that speaks HTTP and numbers its messages has receipts, and its holes are named."""
    gateway = api.client(Role.GATEWAY, gateway="GW-7")
    answers = [
        gateway.post("/v1/readings", json={"seq": seq, "readings": [{"sensor": "TH-7", "temperature_c": seq}]}).json()
        for seq in (1, 5)
    ]
    assert [answer["receipt"]["stored_up_to"] for answer in answers] == [1, 5]
    assert answers[1]["receipt"]["missing"] == [[2, 4]]
    office = api.client()
    report = office.get("/v1/gateways/GW-7/gaps").json()
    assert (report["stored_up_to"], report["highest"], report["messages_missing"]) == (1, 5, 3)
    assert [(gap["first_seq"], gap["last_seq"]) for gap in report["gaps"]] == [(2, 4)]
    assert api.client(tenant="trat").get("/v1/gateways/GW-7/gaps").status_code == 404
