"""Shipments over HTTP: loaded from what a hub has, departed, arrived."""

import pytest

from services.clock import to_rfc3339
from services.identity.logic import Role
from tests.support.api import NOON_MS
from tests.support.orchard import HOUR_MS, Orchard, plant


def test_a_shipment_reads_back_with_its_lots(orchard: Orchard) -> None:
    """Set-point, times and lots survive; nobody has assessed it, so it is `unknown`."""
    orchard.received("LOT-1", "LOT-2")
    shipment = orchard.shipment("LOT-2", "LOT-1", set_point_c=13.5, eta=to_rfc3339(NOON_MS + 100 * HOUR_MS))
    assert shipment["lots"] == ["LOT-1", "LOT-2"]
    assert shipment["set_point_c"] == 13.5
    assert shipment["state"] == "loading"
    assert shipment["freshness"]["verdict"] == "unknown"
    assert orchard.client.get("/v1/shipments/SHP-1").json() == shipment
    freshness = orchard.client.get("/v1/shipments/SHP-1/freshness").json()
    assert freshness["reasons"][0]["code"] == "not_assessed"
    assert [(lot["code"], lot["verdict"]) for lot in freshness["lots"]] == [("LOT-1", "unknown"), ("LOT-2", "unknown")]


def test_only_what_the_hub_has_is_loaded(orchard: Orchard) -> None:
    """A waiting lot, one on a truck, an unknown one and one of another hub are each refused by their place."""
    orchard.received("LOT-1")
    orchard.lot("LOT-2")
    answer = orchard.client.post(
        "/v1/shipments", json={"code": "SHP-1", "hub": "LCB", "destination": "x", "lots": ["LOT-1", "LOT-2"]}
    )
    assert answer.status_code == 422
    (fault,) = answer.json()["errors"]
    assert fault["pointer"] == "/lots/1"
    assert "waiting" in fault["detail"]
    assert orchard.client.get("/v1/shipments/SHP-1").status_code == 404, "nothing half-written"
    unknown = orchard.client.post(
        "/v1/shipments", json={"code": "SHP-1", "hub": "LCB", "destination": "x", "lots": ["NO"]}
    )
    assert unknown.json()["errors"][0]["pointer"] == "/lots/0"


def test_a_lot_is_in_one_shipment_at_most(orchard: Orchard) -> None:
    """The second shipment that wants it is refused whole."""
    orchard.received("LOT-1")
    orchard.shipment("LOT-1")
    answer = orchard.client.post(
        "/v1/shipments", json={"code": "SHP-2", "hub": "LCB", "destination": "x", "lots": ["LOT-1"]}
    )
    assert answer.status_code == 409
    assert orchard.client.get("/v1/shipments/SHP-2").status_code == 404


def test_a_shipment_is_loaded_then_leaves_then_arrives(orchard: Orchard) -> None:
    """Each step once and in this order; nothing is loaded after it has left."""
    orchard.received("LOT-1", "LOT-2", "LOT-3")
    orchard.shipment()
    client = orchard.client
    assert client.post("/v1/shipments/SHP-1/arrived").status_code == 409
    loaded = client.post("/v1/shipments/SHP-1/lots", json={"lots": ["LOT-1", "LOT-2"], "loaded_at": NOON_MS})
    assert loaded.json()["lots"] == ["LOT-1", "LOT-2"]
    left = client.post("/v1/shipments/SHP-1/departed", params={"at": to_rfc3339(NOON_MS)})
    assert left.json()["state"] == "in_transit"
    assert client.post("/v1/shipments/SHP-1/departed").status_code == 409
    assert client.post("/v1/shipments/SHP-1/lots", json={"lots": ["LOT-3"]}).status_code == 409
    early = client.post("/v1/shipments/SHP-1/arrived", params={"at": to_rfc3339(NOON_MS - 1)})
    assert early.status_code == 422
    arrived = client.post("/v1/shipments/SHP-1/arrived", params={"at": to_rfc3339(NOON_MS + 10)})
    assert arrived.json()["state"] == "arrived"
    assert client.post("/v1/shipments/SHP-1/arrived").status_code == 409


def test_a_lot_is_not_loaded_before_it_came(orchard: Orchard) -> None:
    """A loading time before the hub received the lot is a slip."""
    orchard.received("LOT-1")
    orchard.shipment()
    early = {"lots": ["LOT-1"], "loaded_at": NOON_MS - 2 * HOUR_MS}
    answer = orchard.client.post("/v1/shipments/SHP-1/lots", json=early)
    assert answer.status_code == 422
    assert "received" in answer.json()["errors"][0]["detail"]


@pytest.mark.parametrize("order", ["code", "fefo"])
def test_pages_hold_every_shipment_once(orchard: Orchard, order: str) -> None:
    """Unassessed shipments keep their place, by code or by id, from page to page."""
    codes = [f"SHP-{number}" for number in range(5)]
    for code in codes:
        orchard.shipment(code=code)
    answer = orchard.client.get(f"/v1/shipments?order={order}&limit=2&verdict=unknown")
    seen = [shipment["code"] for shipment in answer.json()["items"]]
    while "next" in answer.links:
        answer = orchard.client.get(answer.links["next"]["url"])
        seen += [shipment["code"] for shipment in answer.json()["items"]]
    assert sorted(seen) == codes


def test_other_tenants_shipments_are_not_there(orchard: Orchard) -> None:
    """Another's shipment is 404, by id and by code, for reading and for moving."""
    orchard.received("LOT-1")
    shipment = orchard.shipment("LOT-1")
    other = plant(orchard.api, "trat")
    for ref in (shipment["id"], "SHP-1"):
        assert other.client.get(f"/v1/shipments/{ref}").status_code == 404
        assert other.client.get(f"/v1/shipments/{ref}/freshness").status_code == 404
        for step in ("departed", "arrived"):
            assert other.client.post(f"/v1/shipments/{ref}/{step}").status_code == 404
        assert other.client.post(f"/v1/shipments/{ref}/lots", json={"lots": ["LOT-1"]}).status_code == 404
    stolen = {"code": "SHP-9", "hub": "LCB", "destination": "x", "lots": ["LOT-1"]}
    assert other.client.post("/v1/shipments", json=stolen).json()["errors"][0]["pointer"] == "/lots/0"
    assert other.client.get("/v1/shipments").json()["items"] == []


def test_an_auditor_reads_and_moves_nothing(orchard: Orchard) -> None:
    """Read-only means that."""
    orchard.shipment()
    auditor = orchard.api.client(Role.AUDITOR)
    assert auditor.get("/v1/shipments/SHP-1").status_code == 200
    assert auditor.post("/v1/shipments/SHP-1/departed").status_code == 403
