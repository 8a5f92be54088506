"""From the demand book to accepted lines: who is asked for what, on both databases, with a real worker."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from services.demand.schemas import DEMAND
from services.fleet.schemas import VILLAGE
from services.lots.schemas import DECLARATION
from services.sourcing import queue
from services.sourcing.tables import Sourcing
from services.workers.planner import Planner
from tests.support.api import LiveApi
from tests.support.orchard import Orchard, created, plant

KG = 1000
WANTED = DEMAND | {
    "commodity_id": "mangosteen",
    "variety": None,
    "quantity_g": 500 * KG,
    "to_on": "2026-11-26",
    "transit_days": 2.0,
    "transit_c": None,
    "certificates": ["gap"],
}
LOT = {"commodity_id": "mangosteen", "grade": "A", "gap_code": "GAP-1", "weight_g": 400 * KG}
DECLARED = DECLARATION | {
    "commodity_id": "mangosteen",
    "variety": None,
    "harvest_on": "2026-11-24",
    "expected_g": 900 * KG,
}


@pytest.fixture
def market(orchard: Orchard) -> Orchard:
    """Two villages: one with a lot and a declared harvest, one with a lot that lacks its certificate."""
    created(orchard.client.post("/v1/villages", json=VILLAGE | {"code": "FAR-01", "latitude": 14.5}))
    orchard.lot("LOT-1", **LOT)
    orchard.lot("LOT-2", **LOT | {"gap_code": None, "village": "FAR-01"})
    created(orchard.client.post("/v1/declarations", json=DECLARED))
    created(orchard.client.post("/v1/demands", json=WANTED))
    return orchard


def worker(api: LiveApi) -> Planner:
    return Planner(api.database, api.clock, default_seconds=0.5, machine_clock=api.clock)


def sourced(market: Orchard, **request: Any) -> dict[str, Any]:
    """A sourcing that a real worker has done."""
    job = market.client.post("/v1/sourcing", json={"days": 4, **request})
    assert job.status_code == 202, job.text
    assert worker(market.api).work_once()
    done = market.client.get(job.headers["Location"]).json()
    assert done["state"] == "done", done
    return done


def lines(market: Orchard, sourcing: dict[str, Any], **query: str) -> list[dict[str, Any]]:
    return market.client.get(f"/v1/sourcing/{sourcing['id']}/lines", params=query).json()["items"]


def decide(market: Orchard, sourcing: dict[str, Any], *decisions: dict[str, Any]) -> httpx.Response:
    return market.client.post(f"/v1/sourcing/{sourcing['id']}/decisions", json={"decisions": decisions})


def test_from_demand_to_accepted_lines(market: Orchard) -> None:
    """500 kg a day for three days: the lot serves the first, the declaration two; the rest is short, with reasons."""
    done = sourced(market)
    assert [(need["from_on"], need["quantity_g"]) for need in done["need_list"]] == [
        (f"2026-11-{day}", 500 * KG) for day in (24, 25, 26)
    ]
    assert done["totals"]["needed_g"] == 1500 * KG
    # 80 % of 900 kg are counted on
    assert done["totals"]["met_g"] == 1120 * KG
    assert done["totals"]["uncertain_g"] == 144 * KG
    found = lines(market, done)
    assert {(line["lot"], line["village"]) for line in found} == {("LOT-1", "KLG-01"), (None, "KLG-01")}
    assert all(line["why"] and line["life_left_days"] >= 5 for line in found)
    (left,) = done["surplus"]
    assert (left["lot"], left["code"]) == ("LOT-2", "certificate")
    detail = market.client.get(f"/v1/sourcing/{done['id']}/needs/1").json()
    assert ("FAR-01", "certificate") in {(one["village"], one["code"]) for one in detail["considered"]}
    assert market.client.get(f"/v1/sourcing/{done['id']}/needs/9").status_code == 404
    assert {share["village"] for share in done["shares"]} == {"KLG-01", "FAR-01"}

    of_lot = next(line for line in found if line["lot"])
    of_declaration = next(line for line in found if line["declaration"])
    accepted = decide(
        market,
        done,
        {"line": of_lot["number"], "state": "accepted", "weight_g": 300 * KG, "reason": "one truck", "version": 1},
        {"line": of_declaration["number"], "state": "rejected", "reason": "rain"},
    ).json()["lines"]
    assert [(line["state"], line["weight_g"], line["version"]) for line in accepted] == [
        ("accepted", 300 * KG, 2),
        ("rejected", of_declaration["weight_g"], 2),
    ]
    assert [line["number"] for line in lines(market, done, state="accepted")] == [of_lot["number"]]
    again = sourced(market)
    assert again["totals"]["needed_g"] == 1200 * KG
    assert max(line["weight_g"] for line in lines(market, again) if line["lot"]) <= 100 * KG


def test_no_more_is_promised_than_there_is(market: Orchard) -> None:
    """Two sourcings propose the same lot: of two who accept at once, one wins, the other is told what is there."""
    first, second = sourced(market), sourced(market)
    numbers = [next(line["number"] for line in lines(market, one) if line["lot"]) for one in (first, second)]
    others = [market.api.client() for _ in range(2)]

    def accept(which: int) -> httpx.Response:
        body = {"decisions": [{"line": numbers[which], "state": "accepted", "weight_g": 300 * KG}]}
        return others[which].post(f"/v1/sourcing/{(first, second)[which]['id']}/decisions", json=body)

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(accept, range(2)))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert "600000 g of LOT-1 would be promised, and 400000 g are there" in refused.json()["detail"]
    stale = decide(market, first, {"line": numbers[0], "state": "rejected", "version": 9})
    assert stale.status_code == 409
    assert "is at version" in stale.json()["detail"]
    market.client.post("/v1/lots/LOT-1/withdraw", json={"reason": "sold"}).raise_for_status()
    assert "withdrawn" in decide(market, first, {"line": numbers[0], "state": "accepted"}).json()["detail"]
    missing = decide(market, first, {"line": 99, "state": "accepted"})
    assert missing.json()["errors"][0]["pointer"] == "/decisions/0/line"


def test_weeks_commodities_without_life_and_exact_grades(market: Orchard) -> None:
    """A weekly programme is cut to the days in the horizon; one exporter's programmes alone; rules as asked."""
    weekly = WANTED | {"code": "W", "per": "week", "quantity_g": 700 * KG, "to_on": "2026-12-20", "exporter": "east"}
    created(market.client.post("/v1/demands", json=weekly))
    done = sourced(market, days=7, exporter="east", rules={"substitution": "exact", "fairness": "none"})
    # Tuesday to Sunday are six sevenths of the first week; Monday is in the horizon no more
    assert [(need["from_on"], need["to_on"], need["quantity_g"]) for need in done["need_list"]] == [
        ("2026-11-24", "2026-11-29", 600 * KG)
    ]
    assert done["totals"]["met_g"] == 600 * KG


def test_jobs_are_cancelled_and_taken_up_again(market: Orchard) -> None:
    """A queued job that is cancelled is not done; one whose worker died is done by the next, or given up."""
    job = market.client.post("/v1/sourcing", json={}).json()
    assert market.client.post(f"/v1/sourcing/{job['id']}/cancel").json()["state"] == "cancelled"
    assert market.client.post(f"/v1/sourcing/{job['id']}/cancel").status_code == 409
    assert not worker(market.api).work_once()
    path = f"/v1/sourcing/{market.client.post('/v1/sourcing', json={}).json()['id']}"
    with market.api.database.write() as session:
        assert queue.claim(session, market.api.clock()) is not None
    assert not worker(market.api).work_once()
    market.api.clock.now_ms += queue.LEASE_MS + 1
    assert worker(market.api).work_once()
    assert market.client.get(path).json()["state"] == "done"
    broken = market.client.post("/v1/sourcing", json={}).json()
    with market.api.database.write() as session:
        row = session.get(Sourcing, uuid.UUID(broken["id"]))
        assert row is not None
        row.market = {**row.market, "needs": "none"}
    assert worker(market.api).work_once()
    failed = market.client.get("/v1/sourcing", params={"limit": 1}).json()["items"][0]
    assert (failed["id"], failed["state"]) == (broken["id"], "failed")


def test_nothing_to_source_is_said_and_others_see_nothing(market: Orchard) -> None:
    """No programme in these days: 422 with the remedy; another tenant finds neither sourcing nor lines."""
    other = plant(market.api, "trat")
    answer = other.client.post("/v1/sourcing", json={})
    assert answer.status_code == 422
    assert "POST /v1/demands" in answer.json()["errors"][0]["remedy"]
    assert market.client.post("/v1/sourcing", json={"demands": ["NOPE"]}).json()["errors"][0]["pointer"] == "/demands/0"
    done = sourced(market)
    for path in ("", "/lines", "/needs/1"):
        assert other.client.get(f"/v1/sourcing/{done['id']}{path}").status_code == 404
    assert other.client.get("/v1/sourcing").json()["items"] == []
