"""An orchard with a freshness worker at its side."""

import json

from sqlalchemy import select

from services.db.engine import Database
from services.evidence.tables import LedgerCheckpoint
from services.readings.logic import post_readings
from services.workers.freshness import FreshnessWorker
from tests.support.api import SetClock
from tests.support.orchard import HARVESTED_MS, Orchard, created

MINUTE_MS = 60_000


class Desk:
    """An orchard with a worker at its side."""

    def __init__(self, orchard: Orchard) -> None:
        self.orchard = orchard
        self.clock: SetClock = orchard.api.clock
        self.database: Database = orchard.api.database
        self.worker = FreshnessWorker(self.database, self.clock, machine_clock=self.clock)

    def assign(self, sensor: str, kind: str, subject: str, position: str = "pulp", from_ms: int = HARVESTED_MS) -> dict:
        body = {"sensor": sensor, "subject_kind": kind, "subject": subject, "position": position, "from": from_ms}
        return created(self.orchard.client.post("/v1/assignments", json=body))

    def measure(
        self,
        sensor: str,
        temperature_c: float,
        from_ms: int,
        to_ms: int,
        every_ms: int = 5 * MINUTE_MS,
        **members: object,
    ) -> None:
        self.post([(sensor, at_ms, temperature_c) for at_ms in range(from_ms, to_ms + 1, every_ms)], **members)

    def post(self, readings: list[tuple[str, int, float]], **members: object) -> None:
        body = {"readings": [{"sensor": s, "at": at_ms, "temperature_c": c, **members} for s, at_ms, c in readings]}
        payload = json.dumps(body).encode()
        post_readings(self.database, self.orchard.tenant_id, "GW-1", payload, self.clock())

    def turn(self) -> None:
        """Work until nothing waits."""
        for _ in range(50):
            if not self.worker.turn():
                return
        raise AssertionError("the worker never comes to rest")

    def lot(self, code: str = "LOT-1") -> dict:
        return self.orchard.client.get(f"/v1/lots/{code}/freshness").json()

    def shipment(self, code: str = "SHP-1") -> dict:
        return self.orchard.client.get(f"/v1/shipments/{code}/freshness").json()

    def own_checkpoints(self) -> dict[int, bytes]:
        """The stored checkpoints of the tenant's lots, by time."""
        query = select(LedgerCheckpoint.at_ms, LedgerCheckpoint.state)
        with self.database.read() as session:
            rows = session.execute(query.where(LedgerCheckpoint.tenant_id == self.orchard.tenant_id))
            return dict(sorted((at_ms, state) for at_ms, state in rows))
