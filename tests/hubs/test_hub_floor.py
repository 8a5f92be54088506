"""A hub receives lots, refuses some, puts them away, splits, merges and picks what to load."""

from sqlalchemy import select

from services.hubs.tables import LotPart
from services.lots.tables import Lot
from tests.support.orchard import Orchard

LINE = {"decision": "accepted", "weight_g": 420_000, "crates": 28}


def receive(orchard: Orchard, *lines: dict) -> object:
    return orchard.client.post("/v1/hubs/LCB/receipts", json={"lines": lines})


def stock(orchard: Orchard) -> dict[str, dict]:
    return {lot["lot"]: lot for lot in orchard.client.get("/v1/hubs/LCB/stock").raise_for_status().json()}


def test_lots_are_received_refused_or_taken_in_part(orchard: Orchard) -> None:
    """What is taken is in stock with the weight that was found; what is refused has its reason and can't be loaded."""
    for code in ("LOT-1", "LOT-2", "LOT-3"):
        orchard.lot(code)
    orchard.collect("LOT-1", "LOT-2", "LOT-3")
    part = {"decision": "partly", "weight_g": 400_000, "crates": 27, "refused_weight_g": 20_000, "reason": "overripe"}
    refused = {"decision": "refused", "weight_g": 0, "crates": 0, "refused_weight_g": 420_000, "reason": "too_warm"}
    answer = receive(
        orchard,
        {"lot": "LOT-1", **LINE, "temperature_c": 14.5},
        {"lot": "LOT-2", **part},
        {"lot": "LOT-3", **refused},
    )
    assert answer.status_code == 201, answer.text
    assert [receipt["decision"] for receipt in answer.json()] == ["accepted", "partly", "refused"]
    assert answer.json()[0]["temperature_c"] == 14.5
    assert answer.json()[1]["declared_weight_g"] == 420_000
    assert {code: lot["weight_g"] for code, lot in stock(orchard).items()} == {"LOT-1": 420_000, "LOT-2": 400_000}
    assert orchard.client.get("/v1/lots/LOT-3").json()["state"] == "refused"
    body = {"code": "SHP-1", "hub": "LCB", "destination": "Guangzhou", "lots": ["LOT-3"]}
    assert orchard.client.post("/v1/shipments", json=body).status_code == 422
    again = receive(orchard, {"lot": "LOT-1", **LINE})
    assert again.status_code == 409
    assert "accepted at LCB already" in again.json()["detail"]


def test_a_line_that_can_not_be_stops_them_all(orchard: Orchard) -> None:
    """Each fault has its line; nothing of the list is written."""
    orchard.lot("LOT-1")
    orchard.lot("LOT-2")
    orchard.collect("LOT-1")
    answer = receive(orchard, {"lot": "LOT-1", **LINE}, {"lot": "LOT-2", **LINE})
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/lines/1/lot"]
    no_reason = receive(orchard, {"lot": "LOT-1", "decision": "refused", "weight_g": 0, "crates": 0})
    assert no_reason.json()["errors"][0]["pointer"] == "/lines/0/reason"
    assert orchard.client.get("/v1/lots/LOT-1").json()["state"] == "loaded"
    assert stock(orchard) == {}


def test_a_split_lot_keeps_its_origin_and_its_weight(orchard: Orchard) -> None:
    """Parts that don't add up are refused; the whole is gone, its parts are lots of their own with its history."""
    orchard.received("LOT-1")
    away = {"lots": ["LOT-1"], "place": "Room 2"}
    orchard.client.post("/v1/hubs/LCB/cold-store", json=away).raise_for_status()
    parts = [{"code": "LOT-1-A", "weight_g": 200_000, "crates": 14}, {"code": "LOT-1-B", "weight_g": 1, "crates": 14}]
    wrong = orchard.client.post("/v1/hubs/LCB/splits", json={"lot": "LOT-1", "parts": parts})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/parts")
    parts[1]["weight_g"] = 220_000
    made = orchard.client.post("/v1/hubs/LCB/splits", json={"lot": "LOT-1", "parts": parts})
    assert made.status_code == 201, made.text
    assert {code: lot["place"] for code, lot in stock(orchard).items()} == {"LOT-1-A": "Room 2", "LOT-1-B": "Room 2"}
    whole, half = (orchard.client.get(f"/v1/lots/{code}").json() for code in ("LOT-1", "LOT-1-A"))
    assert whole["state"] == "split"
    assert (half["harvested_at"], half["village"], half["truck"]) == (
        whole["harvested_at"],
        whole["village"],
        whole["truck"],
    )
    with orchard.api.database.read() as session:
        lots = session.scalars(select(Lot).where(Lot.tenant_id == orchard.tenant_id, Lot.state == "received")).all()
        assert sum(lot.value_satang for lot in lots) == whole["value_satang"]
        links = session.scalars(select(LotPart).where(LotPart.tenant_id == orchard.tenant_id)).all()
        assert sum(link.weight_g for link in links) == whole["weight_g"]


def test_lots_that_are_alike_become_one(orchard: Orchard) -> None:
    """The weights add up; what is not alike stays apart."""
    orchard.received("LOT-1", "LOT-2")
    orchard.lot("LOT-9", commodity_id="mangosteen")
    orchard.collect("LOT-9")
    orchard.deliver("LOT-9")
    odd = orchard.client.post("/v1/hubs/LCB/merges", json={"lots": ["LOT-1", "LOT-9"], "code": "PAL-1"})
    assert odd.json()["errors"][0]["pointer"] == "/lots/1"
    made = orchard.client.post("/v1/hubs/LCB/merges", json={"lots": ["LOT-1", "LOT-2"], "code": "PAL-1"})
    assert made.status_code == 201, made.text
    assert set(stock(orchard)) == {"PAL-1", "LOT-9"}
    assert stock(orchard)["PAL-1"]["weight_g"] == 840_000
    again = orchard.client.post("/v1/hubs/LCB/merges", json={"lots": ["LOT-1", "LOT-2"], "code": "PAL-2"})
    assert again.status_code == 422


def test_stock_is_put_away_and_offered_first_expired_first(orchard: Orchard) -> None:
    """Where a lot stands is shown; a loading plan for a commodity nobody knows is refused with near names."""
    orchard.received("LOT-1", "LOT-2")
    moved = orchard.client.post("/v1/hubs/LCB/cold-store", json={"lots": ["LOT-1"], "place": "Room 2, rack 4"})
    assert moved.status_code == 201, moved.text
    assert {code: lot["place"] for code, lot in stock(orchard).items()} == {"LOT-1": "Room 2, rack 4", "LOT-2": None}
    asked = {"commodity_id": "durian", "weight_g": 500_000, "transit_h": 72, "required_life_days": 3}
    plan = orchard.client.get("/v1/hubs/LCB/loading-plan", params=asked).raise_for_status().json()
    assert sorted([lot["lot"] for lot in plan["load"]] + [lot["lot"] for lot in plan["left"]]) == ["LOT-1", "LOT-2"]
    wrong = orchard.client.get("/v1/hubs/LCB/loading-plan", params=asked | {"commodity_id": "durain"})
    assert wrong.status_code == 422
    orchard.shipment("LOT-1")
    assert set(stock(orchard)) == {"LOT-2"}
