"""An orchard with all its workers at its side: freshness, planner and dispatcher."""

import uuid
from typing import Any

import httpx

from services.fleet.schemas import TRUCK, VILLAGE
from services.workers.dispatcher import Dispatcher
from services.workers.planner import Planner
from tests.evidence.desk import Desk
from tests.support.orchard import Orchard, created

KG = 1000
MINUTE_MS = 60_000
FAR = VILLAGE | {"code": "KLG-02", "name": "Khao Chamao", "latitude": 12.95, "longitude": 101.68}
MOST_JOBS = 20
"""Other tests may have left jobs in the queue, which are taken first."""


class Floor(Desk):
    """Two villages, a hub and two trucks, and every worker."""

    def __init__(self, orchard: Orchard) -> None:
        super().__init__(orchard)
        self.client = orchard.client
        created(self.client.post("/v1/villages", json=FAR))
        created(self.client.post("/v1/trucks", json=TRUCK | {"code": "TRK-8"}))
        self.planner = Planner(self.database, self.clock, 0.5, machine_clock=self.clock)
        self.dispatcher = Dispatcher(self.database, self.clock, machine_clock=self.clock, seconds=0.5)

    def done(self, job: httpx.Response) -> dict[str, Any]:
        """The job, once the planner has worked on it."""
        assert job.status_code == 202, job.text
        url = job.headers["Location"]
        for _ in range(MOST_JOBS):
            found: dict[str, Any] = self.client.get(url).raise_for_status().json()
            if found["state"] not in ("queued", "running"):
                assert found["state"] == "done", found
                return found
            assert self.planner.work_once()
        raise AssertionError("the planner never came to it")

    def published(self, **request: Any) -> dict[str, Any]:
        """A plan of what waits that has become runs."""
        body = {"engine": "kernel", "seconds": 0.3, **request}
        job = self.done(self.client.post("/v1/plans", json=body))
        plan: dict[str, Any] = self.client.post(f"/v1/plans/{job['plan_id']}/publish").raise_for_status().json()
        return plan

    def runs(self, plan_id: str) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.client.get("/v1/runs", params={"plan_id": plan_id}).json()["items"]
        return items

    def report(self, run: dict[str, Any], *events: dict[str, Any]) -> None:
        """A driver's reports, all of which are accepted."""
        body = {"events": [{"id": str(uuid.uuid4())} | event for event in events]}
        answer = self.client.post(f"/v1/runs/{run['id']}/events", json=body).raise_for_status().json()
        assert [one["outcome"] for one in answer["results"]] == ["accepted"] * len(events), answer

    def repairs(self) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.client.get("/v1/repairs").json()["items"]
        return items

    def dispatch(self) -> None:
        """The dispatcher looks at every published plan."""
        self.dispatcher.turn()

    def events(self, *kinds: str) -> list[tuple[str, str]]:
        """Kind and state of the stream's events of these kinds, in order."""
        from sqlalchemy import select

        from services.stream.tables import StreamEvent

        query = select(StreamEvent).where(StreamEvent.tenant_id == self.orchard.tenant_id, StreamEvent.kind.in_(kinds))
        with self.database.read() as session:
            return [(row.kind, row.document["state"]) for row in session.scalars(query.order_by(StreamEvent.id))]
