"""A coordinator asks for a plan, publishes it, and drivers load and deliver what it says."""

import uuid
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from services.fleet.schemas import HUB, TRUCK, VILLAGE
from services.http.fields import parse_instant as instant
from services.identity.logic import Role
from services.identity.scope import Scope
from services.lots.tables import Lot
from services.plans import queue
from services.plans.tables import PlanJob
from services.travel import travel_provider
from services.workers.planner import Planner
from tests.support.api import NOON_MS, LiveApi

HOUR_MS = 3_600_000


@pytest.fixture
def client(api: LiveApi) -> httpx.Client:
    """A coordinator with a hub, a truck, a village and three lots that wait."""
    client = api.client()
    client.post("/v1/hubs", json=HUB).raise_for_status()
    client.post("/v1/trucks", json=TRUCK).raise_for_status()
    village = client.post("/v1/villages", json=VILLAGE).raise_for_status().json()
    with api.database.write() as session:
        tenant_id = api.tenant_id(session)
        for number in range(3):
            session.add(
                Lot(
                    tenant_id=tenant_id,
                    code=f"LOT-{number}",
                    village_id=uuid.UUID(village["id"]),
                    commodity_id="mangosteen",
                    weight_g=300_000,
                    crates=15,
                    value_satang=3_000_000,
                    harvested_at_ms=NOON_MS - 3 * HOUR_MS,
                    ready_at_ms=NOON_MS - HOUR_MS,
                    created_at_ms=NOON_MS,
                )
            )
    return client


def planner(api: LiveApi) -> Planner:
    return Planner(api.database, api.clock, default_seconds=0.5, machine_clock=api.clock)


def planned(api: LiveApi, client: httpx.Client, **request: Any) -> dict[str, Any]:
    """A plan of all that waits, made by a real planner and the greedy start plus half a second of search."""
    job = client.post("/v1/plans", json={"engine": "ortools", "required_life_h": 24, **request})
    assert job.status_code == 202, job.text
    assert job.headers["Location"] == f"/v1/plans/jobs/{job.json()['id']}"
    assert planner(api).work_once()
    done = client.get(job.headers["Location"]).json()
    assert done["state"] == "done", done
    return client.get(f"/v1/plans/{done['plan_id']}").json()


def lots(api: LiveApi) -> dict[str, str]:
    with api.database.read() as session:
        rows = session.scalars(select(Lot).where(Lot.tenant_id == api.tenant_id(session)))
        return {lot.code: lot.state for lot in rows}


def test_from_waiting_lots_to_received_ones(api: LiveApi, client: httpx.Client) -> None:
    """The whole way: plan, publish, load each stop, deliver; the hub then has all lots."""
    plan = planned(api, client)
    assert plan["state"] == "draft"
    assert not plan["plan"]["unserved"]
    assert set(plan["deadlines"]) == {"LOT-0", "LOT-1", "LOT-2"}
    problem = client.get(f"/v1/plans/{plan['id']}/problem").json()["problem"]
    assert {pickup["id"] for pickup in problem["pickups"]} == set(plan["deadlines"])
    assert problem["time_zero_ms"] <= NOON_MS
    assert client.get(f"/v1/plans/{plan['job_id']}/problem").status_code == 404
    published = client.post(f"/v1/plans/{plan['id']}/publish").json()
    assert (published["state"], published["version"]) == ("published", 2)
    assert set(lots(api).values()) == {"planned"}
    runs = client.get("/v1/runs", params={"plan_id": plan["id"]}).json()["items"]
    assert sorted(stop["lot"] for run in runs for stop in run["stops"]) == ["LOT-0", "LOT-1", "LOT-2"]
    driver = api.client(Role.DRIVER, scope=Scope(trucks=frozenset({TRUCK["code"]})))
    other = api.client(Role.DRIVER, scope=Scope(trucks=frozenset({"ANOTHER"})))
    api.clock.now_ms = max(api.clock.now_ms, *(instant(run["departs_at"]) for run in runs))
    assert driver.get("/v1/runs").json()["items"] == runs
    assert other.get("/v1/runs").json()["items"] == []
    for run in runs:
        assert other.get(f"/v1/runs/{run['id']}").status_code == 404
        assert other.post(f"/v1/runs/{run['id']}/stops/1/loaded").status_code == 404
        assert driver.get(f"/v1/runs/{run['id']}").json() == run
        early = driver.post(f"/v1/runs/{run['id']}/delivered")
        assert early.status_code == 409
        for stop in run["stops"]:
            loaded = driver.post(f"/v1/runs/{run['id']}/stops/{stop['position']}/loaded")
            assert loaded.json()["state"] == "driving"
        assert driver.post(f"/v1/runs/{run['id']}/delivered").json()["state"] == "delivered"
        assert driver.post(f"/v1/runs/{run['id']}/delivered").status_code == 200
    assert set(lots(api).values()) == {"received"}


def test_skipped_lot_waits_again_and_can_be_planned_again(api: LiveApi, client: httpx.Client) -> None:
    """A closed gate: the lot goes back to waiting, with the reason on the stop, and the next plan takes it."""
    plan = planned(api, client, lots=["LOT-0"])
    client.post(f"/v1/plans/{plan['id']}/publish").raise_for_status()
    (run,) = client.get("/v1/runs", params={"plan_id": plan["id"]}).json()["items"]
    skipped = client.post(f"/v1/runs/{run['id']}/stops/1/skipped", json={"reason": "gate closed"}).json()
    assert skipped["stops"][0]["reason"] == "gate closed"
    assert lots(api)["LOT-0"] == "waiting"
    again = planned(api, client, lots=["LOT-0"])
    assert client.post(f"/v1/plans/{again['id']}/publish").status_code == 200


def test_of_two_plans_for_one_lot_the_first_published_wins(api: LiveApi, client: httpx.Client) -> None:
    """The second coordinator is told which lots are gone, and nothing of that plan is kept."""
    first, second = planned(api, client), planned(api, client)
    client.post(f"/v1/plans/{first['id']}/publish").raise_for_status()
    refused = client.post(f"/v1/plans/{second['id']}/publish")
    assert refused.status_code == 409
    assert "LOT-0" in refused.json()["detail"]
    assert client.get("/v1/runs", params={"plan_id": second["id"]}).json()["items"] == []


def test_publishing_what_was_changed_meanwhile_is_refused(api: LiveApi, client: httpx.Client) -> None:
    """`If-Match` with an old tag: 412, and the plan stays a draft."""
    plan = planned(api, client)
    refused = client.post(f"/v1/plans/{plan['id']}/publish", headers={"If-Match": '"old"'})
    assert refused.status_code == 412
    tag = client.get(f"/v1/plans/{plan['id']}").headers["ETag"]
    assert client.post(f"/v1/plans/{plan['id']}/publish", headers={"If-Match": tag}).status_code == 200


def test_nothing_to_plan_is_said_with_the_remedy(api: LiveApi) -> None:
    """A new tenant has no lots: 422 with the pointer and what to do first."""
    answer = api.client(tenant="empty").post("/v1/plans", json={})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/lots"


def test_unknown_lots_are_named(client: httpx.Client) -> None:
    """A code that does not wait is named with its place in the request."""
    answer = client.post("/v1/plans", json={"lots": ["LOT-0", "LOT-9"]})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/lots/1"


def test_another_tenants_plan_is_not_found(api: LiveApi, client: httpx.Client) -> None:
    """Plan, job and runs of one tenant do not exist for another."""
    plan = planned(api, client)
    other = api.client(tenant="rayong")
    assert other.get(f"/v1/plans/{plan['id']}").status_code == 404
    assert other.get(f"/v1/plans/jobs/{plan['job_id']}").status_code == 404
    assert other.post(f"/v1/plans/{plan['id']}/publish").status_code == 404
    assert other.get("/v1/plans").json()["items"] == []


def test_cancelled_job_is_not_worked_on(api: LiveApi, client: httpx.Client) -> None:
    """A queued job that is cancelled never becomes a plan."""
    job = client.post("/v1/plans", json={}).json()
    assert client.post(f"/v1/plans/jobs/{job['id']}/cancel").json()["state"] == "cancelled"
    assert not planner(api).work_once()
    assert client.post(f"/v1/plans/jobs/{job['id']}/cancel").status_code == 409


def test_job_of_a_dead_planner_is_taken_up_again(api: LiveApi, client: httpx.Client) -> None:
    """A planner that claimed a job and died: after the lease another one finishes it."""
    job = client.post("/v1/plans", json={"engine": "ortools"}).json()
    with api.database.write() as session:
        assert queue.claim(session, api.clock()) is not None
    assert not planner(api).work_once()
    api.clock.now_ms += queue.LEASE_MS + 1
    assert planner(api).work_once()
    assert client.get(f"/v1/plans/jobs/{job['id']}").json()["state"] == "done"


def test_job_that_outlives_its_planners_fails(api: LiveApi, client: httpx.Client) -> None:
    """A job that three planners died on is given up, and says so."""
    job = client.post("/v1/plans", json={}).json()
    for _ in range(queue.MAX_ATTEMPTS + 1):
        with api.database.write() as session:
            assert queue.claim(session, api.clock()) is not None
        api.clock.now_ms += queue.LEASE_MS + 1
    failed = client.get(f"/v1/plans/jobs/{job['id']}").json()
    assert failed["state"] == "failed"
    assert "planners in a row" in failed["detail"]


def test_road_router_that_is_away_is_told_to_the_coordinator(api: LiveApi, client: httpx.Client) -> None:
    """No plan on made-up distances when a road router was asked for: the job fails and says which can't be reached."""
    job = client.post("/v1/plans", json={}).json()
    worker = planner(api)
    worker.travel = travel_provider("osrm+http://127.0.0.1:9", Path("unused"))
    assert worker.work_once()
    failed = client.get(f"/v1/plans/jobs/{job['id']}").json()
    assert failed["state"] == "failed"
    assert "127.0.0.1:9" in failed["detail"]


def test_impossible_day_fails_with_the_routers_words(api: LiveApi, client: httpx.Client) -> None:
    """A problem that went bad after it was queued ends as failed, with the pointer in the detail."""
    job = client.post("/v1/plans", json={}).json()
    with api.database.write() as session:
        row = session.get(PlanJob, uuid.UUID(job["id"]))
        assert row is not None
        row.problem = {**row.problem, "trucks": []}
    assert planner(api).work_once()
    failed = client.get(f"/v1/plans/jobs/{job['id']}").json()
    assert failed["state"] == "failed"
    assert "/trucks" in failed["detail"]
