"""One thread on both databases: what a buyer wants becomes requests, runs, a shipment, and the page that tells it."""

from services.clock import to_rfc3339
from services.demand.schemas import DEMAND
from tests.flows.floor import KG, MINUTE_MS, Floor
from tests.support.api import NOON_MS
from tests.support.orchard import HARVESTED_MS, HOUR_MS, created

PROGRAMME = DEMAND | {
    "code": "VTE-1",
    "commodity_id": "mangosteen",
    "variety": None,
    "grade": None,
    "quantity_g": 700 * KG,
    "per": "day",
    "from_on": "2026-11-23",
    "to_on": "2026-11-24",
    "hub": "LCB",
    "destination": "Vientiane",
    "transit_days": 0.5,
    "transit_c": 13.0,
    "min_life_days": 3.0,
    "certificates": [],
}
LOT = {"commodity_id": "mangosteen", "weight_g": 300 * KG, "crates": 20}
STATES = ["queued", "running", "done"]


def test_what_a_buyer_wants_can_be_traced_back_from_what_arrived(floor: Floor) -> None:
    """Demand, declaration, lots with readings, sourcing, plan, run, receipt, shipment, border, arrival, trace."""
    client = floor.client
    floor.clock.now_ms = HARVESTED_MS
    created(client.post("/v1/demands", json=PROGRAMME))
    declared = created(
        client.post(
            "/v1/declarations",
            json={
                "village": "KLG-01",
                "commodity_id": "mangosteen",
                "expected_g": 350 * KG,
                "harvest_on": "2026-11-23",
            },
        )
    )
    floor.orchard.lot("LOT-1", **LOT, declaration=declared["id"])
    floor.orchard.lot("LOT-2", **LOT, village="KLG-02")
    floor.assign("TH-1", "lot", "LOT-1")
    floor.assign("TR-7", "truck", "TRK-7", "return_air")
    floor.assign("TR-8", "truck", "TRK-8", "return_air")
    floor.clock.now_ms = HARVESTED_MS + HOUR_MS
    floor.measure("TH-1", 28.0, HARVESTED_MS, floor.clock.now_ms)
    floor.turn()

    sourcing = floor.done(client.post("/v1/sourcing", json={"days": 2, "collection_h": 4}))
    lines = client.get(f"/v1/sourcing/{sourcing['id']}/lines").json()["items"]
    assert {line["lot"] for line in lines} == {"LOT-1", "LOT-2"}
    decisions = [{"line": line["number"], "state": "accepted", "version": line["version"]} for line in lines]
    client.post(f"/v1/sourcing/{sourcing['id']}/decisions", json={"decisions": decisions}).raise_for_status()

    plan = floor.published(which="sourced")
    assert all("VTE-1" in reason for reason in plan["deadlines"].values())
    runs = floor.runs(plan["id"])
    assert sorted(stop["lot"] for run in runs for stop in run["stops"]) == ["LOT-1", "LOT-2"]
    for run in runs:
        floor.clock.now_ms = max(floor.clock.now_ms, HARVESTED_MS + 5 * HOUR_MS)
        floor.report(run, {"kind": "departed", "at": run["departs_at"]})
        for stop in run["stops"]:
            loaded = {"kind": "loaded", "lot": stop["lot"], "at": stop["departs_at"], "weight_g": 298 * KG}
            floor.report(run, {"kind": "arrived", "lot": stop["lot"], "at": stop["arrives_at"]}, loaded)
        floor.report(run, {"kind": "delivered", "at": run["arrives_at"]})
    assert {run["state"] for run in floor.runs(plan["id"])} == {"delivered"}

    floor.clock.now_ms = NOON_MS + 3 * HOUR_MS
    whole = {"lot": "LOT-1", "decision": "accepted", "weight_g": 298 * KG, "crates": 20}
    part = {
        "lot": "LOT-2",
        "decision": "partly",
        "weight_g": 270 * KG,
        "refused_weight_g": 28 * KG,
        "crates": 18,
        "reason": "overripe",
    }
    created(client.post("/v1/hubs/LCB/receipts", json={"lines": [whole, part]}))
    created(client.post("/v1/hubs/LCB/cold-store", json={"lots": ["LOT-1", "LOT-2"], "place": "Room 1"}))
    floor.assign("CS-1", "hub", "LCB", "return_air")
    floor.measure("CS-1", 13.0, floor.clock.now_ms - HOUR_MS, floor.clock.now_ms)
    for sensor in ("TR-7", "TR-8"):
        floor.measure(sensor, 13.5, HARVESTED_MS + HOUR_MS, floor.clock.now_ms)
    floor.turn()
    wanted = {"commodity_id": "mangosteen", "weight_g": 700 * KG, "transit_h": 12, "required_life_days": 3}
    loading = client.get("/v1/hubs/LCB/loading-plan", params=wanted).raise_for_status().json()
    assert "LOT-1" in {one["lot"] for one in loading["load"]}, loading
    assert {one["lot"] for one in loading["load"]} | {one["lot"] for one in loading["left"]} == {"LOT-1", "LOT-2"}

    floor.orchard.shipment("LOT-1", "LOT-2", demand="VTE-1", destination="Vientiane")
    url, left_ms = "/v1/shipments/SHP-1", floor.clock.now_ms + HOUR_MS
    border_ms, there_ms = left_ms + 8 * HOUR_MS, left_ms + 12 * HOUR_MS
    leg = {"mode": "road", "set_point_c": 13.0}
    legs = [
        leg | {"from": "LCB", "to": "Nong Khai", "starts_at": to_rfc3339(left_ms), "ends_at": to_rfc3339(border_ms)},
        leg
        | {"from": "Nong Khai", "to": "Vientiane", "starts_at": to_rfc3339(border_ms), "ends_at": to_rfc3339(there_ms)},
    ]
    client.put(f"{url}/itinerary", json={"legs": legs}).raise_for_status()
    floor.clock.now_ms = there_ms
    client.post(f"{url}/departed", params={"at": left_ms}).raise_for_status()
    custody = {"from_party": "siam-fruit", "to_party": "Mekong Reefer", "place": "Nong Khai"}
    created(client.post(f"{url}/handovers", json=custody | {"at": border_ms}))
    client.post(f"{url}/arrived", params={"at": there_ms}).raise_for_status()
    floor.clock.now_ms = there_ms + 30 * MINUTE_MS
    findings = [{"lot": code, "quality": "marketable", "score": 7} for code in ("LOT-1", "LOT-2")]
    created(client.post(f"{url}/inspections", json={"findings": findings}))
    floor.turn()

    trace = client.get(f"{url}/trace").raise_for_status().json()["records"]
    records = {record["key"]: record for record in trace}
    way, reached = [record["key"] for record in trace if record["kind"] == "inspection"], set()
    while way:
        reached.add(way.pop())
        way += [key for seen in reached for key in records[seen]["follows"] if key not in reached]
    assert {records[key]["kind"] for key in reached} >= {
        "demand",
        "sourcing",
        "harvest",
        "collection",
        "receipt",
        "cold_store",
        "loading",
        "departure",
        "handover",
        "arrival",
        "inspection",
    }
    link = client.post(f"{url}/trace-link").raise_for_status().json()["url"]
    page = floor.orchard.api.anonymous().get("/t/" + link.rpartition("/t/")[2])
    assert page.status_code == 200
    assert floor.events("sourcing")[:3] == [("sourcing", state) for state in STATES]
    assert floor.events("plan.job") == [("plan.job", state) for state in STATES]
    assert floor.events("plan") == [("plan", "draft"), ("plan", "published")]
