"""A plan that can't stay as published: noticed, repaired, applied or declined, on both databases."""

import uuid
from dataclasses import dataclass

import httpx
import pytest
from sqlalchemy import select

from services.fleet.schemas import HUB, TRUCK, VILLAGE
from services.lots.tables import Lot
from services.plans.tables import Run, RunStop
from services.readings.tables import FreshnessStatus
from services.workers.dispatcher import Dispatcher
from services.workers.planner import Planner
from tests.support.api import NOON_MS, LiveApi

HOUR_MS = 3_600_000
MORNING_MS = NOON_MS - 5 * HOUR_MS
"""Seven o'clock in Bangkok: the trucks' shifts have begun."""

NEAR = VILLAGE | {"code": "KLG-01"}
FAR = VILLAGE | {"code": "KLG-02", "name": "Khao Chamao", "latitude": 12.95, "longitude": 101.68}


@dataclass
class Day:
    """A published collection day of one truck with four lots, and the dispatcher that watches over it."""

    api: LiveApi
    client: httpx.Client
    dispatcher: Dispatcher
    plan_id: str

    def runs(self) -> list[dict]:
        return self.client.get("/v1/runs", params={"plan_id": self.plan_id}).json()["items"]

    def order(self) -> list[str]:
        return [stop["lot"] for run in self.runs() for stop in run["stops"]]

    def repairs(self) -> list[dict]:
        return self.client.get("/v1/repairs").json()["items"]

    def keeps(self, code: str, hours: float) -> None:
        """A reading has said that a lot keeps no longer than this at its reference temperature."""
        with self.api.database.write() as session:
            tenant_id = self.api.tenant_id(session)
            lot = session.scalars(select(Lot).where(Lot.tenant_id == tenant_id, Lot.code == code)).one()
            key = (tenant_id, "lot", lot.id)
            status = session.get(FreshnessStatus, key)
            if status is None:
                status = FreshnessStatus(tenant_id=tenant_id, subject_kind="lot", subject_id=lot.id, version=1)
                session.add(status)
            now_ms = self.api.clock()
            life_s = int(hours * 3600)
            status.condition, status.verdict, status.confidence = "above_range", "use_first", "medium"
            status.remaining_p10_s = status.remaining_p50_s = status.remaining_p90_s = life_s
            status.model_version, status.catalogue_sha256, status.assessment = "test", "0" * 64, {"reasons": []}
            status.assessed_at_ms = status.last_reading_at_ms = status.watermark_ms = now_ms
            status.due_at_ms = now_ms + HOUR_MS


@pytest.fixture
def day(api: LiveApi) -> Day:
    api.clock.now_ms = MORNING_MS
    client = api.client()
    for address, body in (
        ("hubs", HUB),
        ("trucks", TRUCK),
        ("trucks", TRUCK | {"code": "TRK-8"}),
        ("villages", NEAR),
        ("villages", FAR),
    ):
        client.post(f"/v1/{address}", json=body).raise_for_status()
    for number in range(4):
        lot = {
            "code": f"LOT-{number}",
            "village": NEAR["code"] if number < 2 else FAR["code"],
            "commodity_id": "mangosteen",
            "weight_g": 300_000,
            "crates": 15,
            "value_satang": 3_000_000,
            "harvested_at": MORNING_MS - 2 * HOUR_MS,
        }
        client.post("/v1/lots", json=lot).raise_for_status()
    job = client.post("/v1/plans", json={"engine": "kernel", "required_life_h": 72, "seconds": 0.5}).json()
    assert Planner(api.database, api.clock, 0.5, machine_clock=api.clock).work_once()
    done = client.get(f"/v1/plans/jobs/{job['id']}").json()
    assert done["state"] == "done", done
    client.post(f"/v1/plans/{done['plan_id']}/publish").raise_for_status()
    return Day(api, client, Dispatcher(api.database, api.clock, machine_clock=api.clock, seconds=0.5), done["plan_id"])


def test_a_day_that_goes_as_planned_is_left_alone(day: Day) -> None:
    """Nothing has happened: nothing is proposed."""
    assert day.dispatcher.turn() == 0
    assert day.repairs() == []


def test_a_lot_that_warms_up_is_fetched_sooner(day: Day) -> None:
    """The reading shortens a deadline; the repair says how and why, and a coordinator applies it."""
    before = day.runs()
    last = before[-1]["stops"][-1]["lot"]
    day.keeps(last, hours=80)
    assert day.dispatcher.turn() == 1
    (proposed,) = day.repairs()
    assert proposed["state"] == "proposed"
    assert [cause["kind"] for cause in proposed["causes"]] == ["lot.warming"]
    assert last in proposed["reason"]
    assert day.dispatcher.turn() == 0, "the same causes are answered once"
    alarms = day.client.get("/v1/alarms?kind=plan.broken").json()["items"]
    assert [alarm["details"]["repair_id"] for alarm in alarms] == [proposed["id"]]
    applied = day.client.post(f"/v1/repairs/{proposed['id']}/apply").raise_for_status().json()
    assert applied["state"] == "applied"
    after = day.runs()
    assert sorted(stop["lot"] for run in after for stop in run["stops"]) == sorted(day.order())
    assert {lot for change in proposed["changes"] for lot in [change["pickup"]]} <= {f"LOT-{n}" for n in range(4)}
    sheets = [
        sheet for run in after for sheet in day.client.get(f"/v1/runs/{run['id']}/sheets").raise_for_status().json()
    ]
    assert {sheet["reason"] for sheet in sheets} == {proposed["reason"]}
    assert day.client.get("/v1/alarms?kind=plan.broken").json()["items"] == []
    assert day.client.post(f"/v1/repairs/{proposed['id']}/apply").status_code == 409


def test_what_was_driven_stays_and_what_drivers_did_meanwhile_wins(day: Day) -> None:
    """A lot loaded after the proposal was made: applying it is a conflict, and the next look makes a new one."""
    day.api.clock.now_ms += HOUR_MS // 2
    last = day.runs()[-1]["stops"][-1]
    day.keeps(last["lot"], hours=80)
    assert day.dispatcher.turn() == 1
    (proposed,) = day.repairs()
    run = next(run for run in day.runs() if run["stops"])
    for position in range(1, len(run["stops"]) + 1):
        day.client.post(f"/v1/runs/{run['id']}/stops/{position}/loaded").raise_for_status()
    refused = day.client.post(f"/v1/repairs/{proposed['id']}/apply")
    assert refused.status_code == 409
    assert "quicker" in refused.json()["detail"]
    assert sorted(day.order()) == [f"LOT-{n}" for n in range(4)]


def test_a_declined_repair_is_not_proposed_again(day: Day) -> None:
    """The coordinator knows better and says why; the runs stay as they are."""
    before = day.runs()
    day.keeps(before[-1]["stops"][-1]["lot"], hours=80)
    day.dispatcher.turn()
    (proposed,) = day.repairs()
    declined = day.client.post(
        f"/v1/repairs/{proposed['id']}/decline", json={"comment": "The grower brings it himself."}
    ).json()
    assert (declined["state"], declined["comment"]) == ("declined", "The grower brings it himself.")
    assert day.dispatcher.turn() == 0
    assert day.runs() == before


def test_by_rule_a_small_repair_is_applied_at_once(day: Day) -> None:
    """With the rule set, nobody has to be at the desk; the record says that the rule did it."""
    day.client.put("/v1/dispatch-rule", json={"applies": "at_once", "most_changes": 10}).raise_for_status()
    day.keeps(day.runs()[-1]["stops"][-1]["lot"], hours=80)
    day.dispatcher.turn()
    (repaired,) = day.repairs()
    assert (repaired["state"], repaired["decided_by"]) == ("applied", "the dispatch rule")


def test_no_lot_is_lost_or_doubled_by_a_repair(day: Day) -> None:
    """Every lot stands on exactly one live run or waits again, whatever the repair did."""
    day.client.put("/v1/dispatch-rule", json={"applies": "at_once", "most_changes": 100}).raise_for_status()
    for number, hours in ((3, 78), (0, 77)):
        day.keeps(f"LOT-{number}", hours=hours)
        day.dispatcher.turn()
        day.api.clock.now_ms += 20 * 60_000
    with day.api.database.read() as session:
        tenant_id = day.api.tenant_id(session)
        states = {lot.id: lot.state for lot in session.scalars(select(Lot).where(Lot.tenant_id == tenant_id))}
        query = select(RunStop.lot_id).join(Run, Run.id == RunStop.run_id).where(Run.tenant_id == tenant_id)
        on_runs = list(session.scalars(query.where(RunStop.state != "skipped")))
    assert len(on_runs) == len(set(on_runs))
    assert {lot_id for lot_id, state in states.items() if state == "planned"} == set(on_runs)
    assert set(states.values()) <= {"planned", "waiting"}
    assert isinstance(on_runs[0], uuid.UUID)
