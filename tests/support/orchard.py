"""A small tenant through the API: a village, a hub, a truck, and lots as far on their way as a test needs them."""

import uuid
from dataclasses import dataclass

import httpx

from services.clock import to_rfc3339
from services.fleet.schemas import HUB, TRUCK, VILLAGE
from services.lots import custody
from services.lots import store as lots
from tests.support.api import NOON_MS, LiveApi

HOUR_MS = 3_600_000
HARVESTED_MS = NOON_MS - 5 * HOUR_MS
"""Seven in the morning in Bangkok."""


LOT = {
    "code": "LOT-1",
    "village": "KLG-01",
    "commodity_id": "durian",
    "weight_g": 420_000,
    "crates": 28,
    "value_satang": 6_300_000,
    "harvested_at": to_rfc3339(HARVESTED_MS),
}


@dataclass
class Orchard:
    """The tenant "klaeng" of a test, with its coordinator's client."""

    api: LiveApi
    client: httpx.Client
    tenant_id: uuid.UUID
    village: dict
    hub: dict
    truck: dict

    def lot(self, code: str = "LOT-1", **members: object) -> dict:
        """A lot that waits."""
        return created(self.client.post("/v1/lots", json=LOT | {"code": code} | members))

    def collect(self, *codes: str, loaded_ms: int = NOON_MS - 3 * HOUR_MS) -> None:
        """The lots are loaded on the truck."""
        with self.api.database.write() as session:
            ids = [lot.id for lot in lots.of_codes(session, self.tenant_id, codes).values()]
            custody.mark_planned(session, self.tenant_id, ids)
            for lot_id in ids:
                custody.mark_loaded(session, self.tenant_id, lot_id, uuid.UUID(self.truck["id"]), loaded_ms)

    def deliver(self, *codes: str, received_ms: int = NOON_MS - HOUR_MS) -> None:
        """The hub receives the lots."""
        with self.api.database.write() as session:
            ids = [lot.id for lot in lots.of_codes(session, self.tenant_id, codes).values()]
            custody.mark_received(session, self.tenant_id, ids, uuid.UUID(self.hub["id"]), received_ms)

    def received(self, *codes: str) -> None:
        """New lots that the hub has."""
        for code in codes:
            self.lot(code)
        self.collect(*codes)
        self.deliver(*codes)

    def shipment(self, *codes: str, **members: object) -> dict:
        """A shipment of lots that the hub has."""
        body = {"code": "SHP-1", "hub": "LCB", "destination": "Guangzhou", "lots": codes} | members
        return created(self.client.post("/v1/shipments", json=body))


def created(answer: httpx.Response) -> dict:
    assert answer.status_code == 201, answer.text
    return answer.json()


def plant(api: LiveApi, tenant: str = "klaeng") -> Orchard:
    """The tenant with its places and a truck."""
    client = api.client(tenant=tenant)
    village = created(client.post("/v1/villages", json=VILLAGE))
    hub = created(client.post("/v1/hubs", json=HUB))
    truck = created(client.post("/v1/trucks", json=TRUCK))
    with api.database.read() as session:
        tenant_id = api.tenant_id(session, tenant)
    return Orchard(api, client, tenant_id, village, hub, truck)
