"""Drafts: scenarios side by side, pins and their price, moves by hand and back, and two coordinators at once."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from services.db.engine import Database
from services.demand.schemas import DEMAND
from services.fleet.schemas import HUB, TRUCK, VILLAGE
from services.lots.tables import Lot
from services.plans.tables import Plan, PlanJob, Run, RunStop
from services.workers.planner import Planner
from tests.support.api import NOON_MS, LiveApi
from tests.support.orchard import Orchard, created

KG = 1000
LOT = {"commodity_id": "mangosteen", "weight_g": 300 * KG, "crates": 15, "gap_code": "GAP-1", "grade": "A"}


@pytest.fixture
def day(orchard: Orchard) -> Orchard:
    """Two trucks, two villages, four lots that wait."""
    created(orchard.client.post("/v1/trucks", json=TRUCK | {"code": "TRK-8", "capacity_g": 700 * KG}))
    created(orchard.client.post("/v1/villages", json=VILLAGE | {"code": "KLG-02", "latitude": 12.9}))
    for number in range(4):
        orchard.lot(f"LOT-{number}", **LOT | {"village": f"KLG-0{1 + number % 2}"})
    return orchard


def work(day: Orchard) -> None:
    planner = Planner(day.api.database, day.api.clock, default_seconds=0.5, machine_clock=day.api.clock)
    assert planner.work_once()


def planned(day: Orchard, **request: Any) -> dict[str, Any]:
    """A plan that a real planner has made."""
    body = {"engine": "ortools", "required_life_h": 24, "seconds": 0.3, **request}
    return finished(day, day.client.post("/v1/plans", json=body))


def finished(day: Orchard, job: httpx.Response) -> dict[str, Any]:
    assert job.status_code == 202, job.text
    work(day)
    done = day.client.get(job.headers["Location"]).json()
    assert done["state"] == "done", done
    return day.client.get(f"/v1/plans/{done['plan_id']}").json()


def riding(plan: dict[str, Any]) -> dict[str, str]:
    """The truck of each lot."""
    routes = plan["plan"]["routes"]
    return {stop["pickup"]: r["truck"] for r in routes for stop in r["stops"] if stop["kind"] == "pickup"}


def test_planning_again_keeps_the_lots_that_were_chosen(day: Orchard) -> None:
    """Two of four lots were asked for; one of them is gone since: the other is planned again, and nothing else."""
    plan = planned(day, lots=["LOT-0", "LOT-1"])
    day.client.post("/v1/lots/LOT-1/withdraw", json={"reason": "sold on the spot"})
    again = finished(day, day.client.post(f"/v1/plans/{plan['id']}/replan", json={}))
    assert set(riding(again)) == {"LOT-0"} - {one["pickup"] for one in again["plan"]["unserved"]}


def move(day: Orchard, plan: dict[str, Any], *moves: dict[str, Any], **members: Any) -> httpx.Response:
    return day.client.post(f"/v1/plans/{plan['id']}/moves", json={"moves": moves, **members})


def test_scenarios_are_planned_from_the_same_data_and_compared(day: Orchard) -> None:
    """With one truck less all that waits still rides; the comparison tells cost and who rides elsewhere."""
    scenarios = [
        {"name": "one truck less", "without_trucks": ["TRK-7"]},
        {"name": "later cut-off", "later_cutoff_min": 60, "longer_shift_min": 60},
    ]
    base = {"engine": "ortools", "required_life_h": 24, "seconds": 0.3}
    jobs = day.client.post("/v1/plans/scenarios", json={"base": base, "scenarios": scenarios}).json()["jobs"]
    assert [job["scenario"] for job in jobs] == [None, "one truck less", "later cut-off"]
    assert [job["trucks"] for job in jobs] == [2, 1, 2]
    for _ in jobs:
        work(day)
    ids = [day.client.get(f"/v1/plans/jobs/{job['id']}").json()["plan_id"] for job in jobs]
    compared = day.client.get("/v1/plans/compare", params={"ids": ",".join(ids)}).json()
    assert [plan["scenario"] for plan in compared["plans"]] == [None, "one truck less", "later cut-off"]
    assert compared["plans"][0]["against_first_satang"] == 0
    trucks_without = {row["trucks"][1] for row in compared["differences"]}
    assert "TRK-7" not in trucks_without
    assert compared["plans"][1]["indicators"]["served"] + len(compared["plans"][1]["unserved"]) == 4
    assert day.client.get("/v1/plans/compare", params={"ids": str(uuid.uuid4())}).status_code == 404
    assert day.client.get("/v1/plans/compare", params={"ids": "x"}).status_code == 422
    unknown = {"base": base, "scenarios": [{"name": "x", "without_trucks": ["NOPE"]}]}
    answer = day.client.post("/v1/plans/scenarios", json=unknown)
    assert answer.json()["errors"][0]["pointer"] == "/scenario/without_trucks/0"


def test_a_move_is_rehearsed_made_and_undone(day: Orchard) -> None:
    """The rehearsal changes nothing and tells the cost; made, there is a new draft; undone, the former one again."""
    plan = planned(day)
    lot, truck = next(iter(riding(plan).items()))
    other = "TRK-8" if truck == "TRK-7" else "TRK-7"
    rehearsed = move(day, plan, {"lot": lot, "to_truck": other}).json()
    assert rehearsed["feasible"], rehearsed["violations"]
    assert rehearsed["plan_id"] is None
    assert rehearsed["delta_satang"] == rehearsed["cost_satang"] - plan["cost_satang"]
    assert other in rehearsed["changed_trucks"]
    assert day.client.get(f"/v1/plans/{plan['id']}").json() == plan

    made = move(day, plan, {"lot": lot, "to_truck": other}, dry_run=False, pin=True, version=1).json()
    assert made["cost_satang"] == rehearsed["cost_satang"]
    draft = day.client.get(f"/v1/plans/{made['plan_id']}").json()
    assert (draft["parent_id"], draft["state"], riding(draft)[lot]) == (plan["id"], "draft", other)
    (pin,) = day.client.get(f"/v1/plans/{draft['id']}/pins").json()["pins"]
    assert (pin["lot"], pin["truck"], pin["in_force"]) == (lot, other, True)
    assert pin["saving_satang"] >= 0

    stale = move(day, plan, {"lot": lot, "to_truck": other}, dry_run=False, version=1)
    assert stale.status_code == 409
    assert "version 2" in stale.json()["detail"]
    back = day.client.post(f"/v1/plans/{draft['id']}/undo").json()
    assert (back["id"], back["state"], back["plan"]) == (plan["id"], "draft", plan["plan"])
    assert day.client.post(f"/v1/plans/{draft['id']}/publish").status_code == 409
    assert day.client.post(f"/v1/plans/{plan['id']}/undo").status_code == 409
    assert day.client.post(f"/v1/plans/{plan['id']}/publish").status_code == 200


def test_a_move_that_breaks_rules_is_told_in_full_and_not_made(day: Orchard) -> None:
    """Four lots of 300 kg on a truck that takes 700: over weight, timed all the same, and no draft comes of it."""
    plan = planned(day)
    moves = [{"lot": f"LOT-{number}", "to_truck": "TRK-8"} for number in range(4)]
    rehearsed = move(day, plan, *moves).json()
    assert not rehearsed["feasible"]
    assert "weight_capacity" in {violation["rule"] for violation in rehearsed["violations"]}
    assert "cost" not in {violation["rule"] for violation in rehearsed["violations"]}
    assert {violation["truck"] for violation in rehearsed["violations"]} == {"TRK-8"}
    (route,) = rehearsed["plan"]["routes"]
    assert len([stop for stop in route["stops"] if stop["kind"] == "pickup"]) == 4
    refused = move(day, plan, *moves, dry_run=False)
    assert refused.status_code == 409
    assert "weight_capacity" in refused.json()["errors"][0]["detail"]
    left = move(day, plan, {"lot": "LOT-0", "to_truck": None}).json()
    assert left["costs"]["unserved"] > 0
    assert [one["rule"] for one in left["plan"]["unserved"]] == ["left_by_hand"]


@pytest.mark.parametrize(
    ("members", "pointer"),
    [
        ({"lot": "NOPE"}, "/moves/0/lot"),
        ({"to_truck": "NOPE"}, "/moves/0/to_truck"),
        ({"position": 9}, "/moves/0/position"),
        ({"trip": 9}, "/moves/0/trip"),
    ],
)
@pytest.mark.parametrize("served", ["sqlite"], indirect=True)
def test_a_move_to_nowhere_names_the_member(day: Orchard, members: dict[str, Any], pointer: str) -> None:
    """A lot, truck, place or trip that is not there."""
    answer = move(day, planned(day), {"lot": "LOT-0", "to_truck": "TRK-7"} | members)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer


def test_pins_are_kept_by_the_next_solve(day: Orchard) -> None:
    """Pinned to the other truck: not in force yet; solved again: there, with its price; unpinned: free."""
    plan = planned(day)
    lot, truck = next(iter(riding(plan).items()))
    other = "TRK-8" if truck == "TRK-7" else "TRK-7"
    path = f"/v1/plans/{plan['id']}/pins"
    pinned = day.client.post(path, json={"pin": [{"lot": lot, "truck": other}], "version": 1}).json()
    assert pinned["version"] == 2
    assert [(pin["truck"], pin["in_force"], pin["saving_satang"]) for pin in pinned["pins"]] == [(other, False, None)]
    stale = day.client.post(path, json={"unpin": [lot], "version": 1})
    assert stale.status_code == 409
    assert stale.json()["errors"][0]["pointer"] == "/version"
    again = finished(day, day.client.post(f"/v1/plans/{plan['id']}/replan", json={"seconds": 0.3}))
    assert riding(again)[lot] == other
    (kept,) = day.client.get(f"/v1/plans/{again['id']}/pins").json()["pins"]
    assert kept["in_force"]
    assert day.client.post(f"/v1/plans/{again['id']}/pins", json={"unpin": [lot]}).json()["pins"] == []
    unknown = day.client.post(path, json={"pin": [{"lot": "NOPE", "truck": other}]})
    assert unknown.json()["errors"][0]["pointer"] == "/pin/0/lot"


def test_of_two_who_publish_at_once_one_wins(day: Orchard) -> None:
    """Two plans of the same lots, and the same plan twice: each lot is on one run, the loser is told."""
    first, second = planned(day), planned(day)
    clients = [day.api.client() for _ in range(4)]
    targets = [first, second, first, second]
    with ThreadPoolExecutor(4) as pool:
        answers = list(
            pool.map(
                lambda pair: pair[0].post(f"/v1/plans/{pair[1]['id']}/publish"),
                zip(clients, targets, strict=True),
            )
        )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    runs = day.client.get("/v1/runs").json()["items"]
    assert sorted(stop["lot"] for run in runs for stop in run["stops"]) == [f"LOT-{number}" for number in range(4)]


def test_accepted_sourcing_makes_value_hub_and_deadline(day: Orchard) -> None:
    """Only the accepted lot is planned, at the buyer's price, to the buyer's hub, with the buyer's required life."""
    created(day.client.post("/v1/hubs", json=HUB | {"code": "BKK", "latitude": 13.2}))
    wanted = DEMAND | {"commodity_id": "mangosteen", "variety": None, "quantity_g": 600 * KG, "certificates": []}
    wanted |= {"from_on": "2026-11-23", "transit_days": 2, "transit_c": None, "min_life_days": 4, "hub": "BKK"}
    created(day.client.post("/v1/demands", json=wanted))
    nothing = day.client.post("/v1/plans", json={"which": "sourced"})
    assert nothing.json()["errors"][0]["pointer"] == "/which"
    sourcing = day.client.post("/v1/sourcing", json={"days": 1}).json()
    work(day)
    lines = day.client.get(f"/v1/sourcing/{sourcing['id']}/lines").json()["items"]
    accept = {"decisions": [{"line": lines[0]["number"], "state": "accepted"}]}
    day.client.post(f"/v1/sourcing/{sourcing['id']}/decisions", json=accept).raise_for_status()
    plan = planned(day, which="sourced")
    assert list(riding(plan)) == [lines[0]["lot"]]
    assert f"For {DEMAND['code']}, Guangzhou." in plan["deadlines"][lines[0]["lot"]]
    with day.api.database.read() as session:
        row = session.get(PlanJob, uuid.UUID(plan["job_id"]))
        assert row is not None
        (pickup,) = row.problem["pickups"]
    assert pickup["hubs"] == ["BKK"]
    assert pickup["penalty_satang"] >= 300 * DEMAND["price_satang_per_kg"] // 2


def test_the_database_forbids_one_lot_on_two_live_runs(api: LiveApi, orchard: Orchard) -> None:
    """Two transactions lay the same lot on two runs; whatever the code does, the second is refused."""
    orchard.lot("LOT-1")
    runs = two_runs(api.database, orchard)

    def lay(run_id: uuid.UUID) -> bool:
        try:
            with api.database.write() as session:
                lot_id = session.scalar(select(Lot.id).where(Lot.tenant_id == orchard.tenant_id, Lot.code == "LOT-1"))
                session.add(
                    RunStop(
                        tenant_id=orchard.tenant_id, run_id=run_id, position=1, lot_id=lot_id,
                        arrives_at_ms=NOON_MS, departs_at_ms=NOON_MS,
                    )
                )  # fmt: skip
        except IntegrityError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(lay, runs)) == [False, True]


def two_runs(database: Database, orchard: Orchard) -> list[uuid.UUID]:
    with database.write() as session:
        job = PlanJob(tenant_id=orchard.tenant_id, request={}, problem={}, created_by="t", created_at_ms=NOON_MS)
        session.add(job)
        session.flush()
        plan = Plan(
            tenant_id=orchard.tenant_id, job_id=job.id, engine="greedy", cost_satang=0, document={},
            data_as_of_ms=NOON_MS, created_at_ms=NOON_MS,
        )  # fmt: skip
        session.add(plan)
        session.flush()
        runs = [
            Run(
                tenant_id=orchard.tenant_id, code=f"R-{number}", plan_id=plan.id,
                truck_id=uuid.UUID(orchard.truck["id"]), hub_id=uuid.UUID(orchard.hub["id"]),
                departs_at_ms=NOON_MS, arrives_at_ms=NOON_MS, distance_m=0,
            )
            for number in range(2)
        ]  # fmt: skip
        session.add_all(runs)
        session.flush()
        return [run.id for run in runs]
