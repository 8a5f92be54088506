"""Lots that were split, merged or refused keep their last word; their parts are assessed."""

from tests.flows.floor import KG, MINUTE_MS, Floor
from tests.support.api import NOON_MS
from tests.support.orchard import HOUR_MS, created


def test_lots_that_are_gone_are_assessed_no_more(floor: Floor) -> None:
    """What is received is assessed at once; a lot that was split or refused rests, and is not called overdue."""
    client = floor.client
    for code in ("LOT-1", "LOT-2"):
        floor.orchard.lot(code)
    floor.orchard.collect("LOT-1", "LOT-2")
    floor.turn()
    assert floor.worker.turn() == 0
    accepted = {"lot": "LOT-1", "decision": "accepted", "weight_g": 420 * KG, "crates": 28}
    refused = {"lot": "LOT-2", "decision": "refused", "weight_g": 0, "crates": 0, "refused_weight_g": 420 * KG}
    lines = [accepted, refused | {"reason": "decay"}]
    created(client.post("/v1/hubs/LCB/receipts", json={"lines": lines, "at": NOON_MS - HOUR_MS}))
    assert floor.worker.turn() == 1, "the lot that was taken in, and not the one that was refused"
    created(client.post("/v1/hubs/LCB/cold-store", json={"lots": ["LOT-1"], "place": "Room 1"}))
    assert floor.worker.turn() == 1
    parts = [{"code": f"LOT-1-{half}", "weight_g": 210 * KG, "crates": 14} for half in "AB"]
    assert client.post("/v1/hubs/LCB/splits", json={"lot": "LOT-1", "parts": parts}).status_code == 201
    assert floor.worker.turn() == 2, "the parts, and not the whole"
    floor.assign("TH-1", "lot", "LOT-1")
    floor.clock.now_ms = NOON_MS + 6 * HOUR_MS
    floor.measure("TH-1", 20.0, NOON_MS, NOON_MS + 30 * MINUTE_MS)
    floor.turn()
    codes = {reason["code"] for lot in ("LOT-1", "LOT-2") for reason in floor.lot(lot)["reasons"]}
    assert "overdue" not in codes
