"""From a reading to a changed plan on both databases: nobody writes a status by hand, each worker takes its turn."""

import pytest

from services.clock import to_rfc3339
from services.demand.schemas import DEMAND
from services.identity.logic import Role
from tests.flows.floor import KG, MINUTE_MS, Floor
from tests.support.orchard import HARVESTED_MS, HOUR_MS, created

LOT = {"commodity_id": "mangosteen", "weight_g": 300 * KG, "crates": 20, "value_satang": 3_000_000}


@pytest.fixture
def day(floor: Floor) -> Floor:
    """Four lots of two villages; nobody has heard their probes when the plan is published, an hour after harvest."""
    floor.clock.now_ms = HARVESTED_MS
    for number in range(4):
        floor.orchard.lot(f"LOT-{number}", **LOT | {"village": f"KLG-0{1 + number % 2}"})
        floor.assign(f"TH-{number}", "lot", f"LOT-{number}")
    floor.clock.now_ms = HARVESTED_MS + HOUR_MS
    return floor


def heard_hot(floor: Floor, code: str, temperature_c: float) -> None:
    """The gateway sends what the lot's probe measured since harvest, and the freshness worker takes it up."""
    sensor = code.replace("LOT", "TH")
    readings = [
        {"sensor": sensor, "at": to_rfc3339(at_ms), "temperature_c": temperature_c}
        for at_ms in range(HARVESTED_MS, floor.clock.now_ms + 1, 5 * MINUTE_MS)
    ]
    gateway = floor.orchard.api.client(Role.GATEWAY, gateway="GW-1")
    answer = gateway.post("/v1/readings", json={"readings": readings}).raise_for_status().json()
    assert answer["stored"] == len(readings)
    floor.turn()


def test_a_reading_changes_the_published_plan(day: Floor) -> None:
    """Readings of a hot morning shorten a deadline; the repair gives the reason, is approved, and sheets change."""
    plan = day.published(required_life_h=230)
    before = day.runs(plan["id"])
    last = before[-1]["stops"][-1]["lot"]
    day.dispatch()
    assert day.repairs() == []
    heard_hot(day, last, 44.0)
    day.dispatch()
    (proposed,) = day.repairs()
    assert [(cause["kind"], cause["subject"]) for cause in proposed["causes"]] == [("lot.warming", last)]
    if proposed["state"] == "proposed":
        applied = day.client.post(f"/v1/repairs/{proposed['id']}/apply").raise_for_status().json()
        assert applied["state"] == "applied"
        changed = [run for run in day.runs(plan["id"]) if run["sheet_version"] > 1]
        assert changed
        sheets = day.client.get(f"/v1/runs/{changed[0]['id']}/sheets").raise_for_status().json()
        assert sheets[-1]["reason"] == proposed["reason"]
    day.dispatch()
    assert len(day.repairs()) == 1, "the same cause is answered once"


def test_a_programmes_required_life_breaks_the_plan_where_the_requests_own_would_not(day: Floor) -> None:
    """The request asks for a day; the programme for nearly all that is left: what breaks the plan is the programme."""
    wanted = DEMAND | {
        "code": "STRICT",
        "commodity_id": "mangosteen",
        "variety": None,
        "grade": None,
        "certificates": [],
        "quantity_g": 1200 * KG,
        "from_on": "2026-11-23",
        "transit_days": 0,
        "transit_c": 13.0,
        "min_life_days": 9.5,
    }
    created(day.client.post("/v1/demands", json=wanted))
    sourcing = day.done(day.client.post("/v1/sourcing", json={"days": 1, "collection_h": 4}))
    lines = day.client.get(f"/v1/sourcing/{sourcing['id']}/lines").json()["items"]
    assert lines
    decisions = [{"line": line["number"], "state": "accepted"} for line in lines]
    day.client.post(f"/v1/sourcing/{sourcing['id']}/decisions", json={"decisions": decisions}).raise_for_status()
    plan = day.published(required_life_h=24)
    (code,) = [stop["lot"] for run in day.runs(plan["id"]) for stop in run["stops"]][-1:]
    heard_hot(day, code, 40.0)
    day.dispatch()
    (found,) = day.repairs()
    assert "For STRICT" in found["reason"]
