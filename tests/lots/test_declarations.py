"""Harvest declarations: said ahead, changed, withdrawn, and used up by lots; lots with their further fields."""

import pytest

from services.identity.logic import Role
from services.lots.schemas import DECLARATION
from tests.support.orchard import LOT, Orchard, created

FURTHER = {
    "variety": "monthong",
    "maturity": "75% dry matter",
    "precooling": "forced_air",
    "precooled_at": "2026-11-23T02:50:00Z",
    "grower_group": "Klaeng durian growers",
    "gap_code": "GAP-21-0417",
    "packing_house_code": "DOA-22-118",
    "certificates": ["organic"],
}


def test_a_harvest_is_declared_changed_and_withdrawn(orchard: Orchard) -> None:
    """A grower declares; the coordinator lists by day, changes with the tag that was read, and withdraws."""
    grower = orchard.api.client(Role.GROWER)
    declared = created(grower.post("/v1/declarations", json=DECLARATION))
    assert declared.items() >= DECLARATION.items()
    assert (declared["state"], declared["version"], declared["harvested_g"]) == ("open", 1, 0)
    path = f"/v1/declarations/{declared['id']}"
    tag = orchard.client.get(path).headers["ETag"]
    changed = orchard.client.patch(path, json={"expected_g": 900_000}, headers={"If-Match": tag})
    assert (changed.json()["expected_g"], changed.json()["version"]) == (900_000, 2)
    stale = orchard.client.patch(path, json={"expected_g": 1}, headers={"If-Match": tag})
    assert stale.status_code == 412
    created(grower.post("/v1/declarations", json=DECLARATION | {"harvest_on": "2026-11-30"}))
    listed = orchard.client.get("/v1/declarations", params={"to_on": "2026-11-26", "state": "open"}).json()["items"]
    assert [row["id"] for row in listed] == [declared["id"]]
    for _ in range(2):
        assert orchard.client.post(f"{path}/withdraw", json={"reason": "hail"}).json()["state"] == "withdrawn"
    assert orchard.client.patch(path, json={"expected_g": 1}).status_code == 409


@pytest.mark.parametrize(
    ("members", "pointer"),
    [
        ({"village": "NOPE"}, "/village"),
        ({"commodity_id": "durain"}, "/commodity_id"),
        ({"harvest_on": "2026-11-22"}, "/harvest_on"),
        ({"harvest_on": "2062-11-26"}, "/harvest_on"),
        ({"confidence_pct": 0}, "/confidence_pct"),
        ({"certificates": ["No Spaces!"]}, "/certificates/0"),
    ],
)
def test_a_declaration_that_can_not_be(orchard: Orchard, members: dict, pointer: str) -> None:
    """Yesterday's harvest, a slip of the year, an unknown village: each fault has its place."""
    answer = orchard.client.post("/v1/declarations", json=DECLARATION | members)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer


def test_a_lot_uses_up_its_declaration(orchard: Orchard) -> None:
    """The lot takes over group and GAP code; the declaration is harvested, with the weight, and stands no more."""
    declared = created(orchard.client.post("/v1/declarations", json=DECLARATION))
    lot = orchard.lot("LOT-1", declaration=declared["id"])
    assert (lot["gap_code"], lot["declaration"]) == (DECLARATION["gap_code"], declared["id"])
    seen = orchard.client.get(f"/v1/declarations/{declared['id']}").json()
    assert (seen["state"], seen["harvested_g"]) == ("harvested", LOT["weight_g"])
    assert orchard.client.post(f"/v1/declarations/{declared['id']}/withdraw", json={"reason": "x"}).status_code == 409
    other = orchard.client.post(
        "/v1/lots", json=LOT | {"code": "M", "commodity_id": "mangosteen", "declaration": declared["id"]}
    )
    assert other.json()["errors"][0]["pointer"] == "/declaration"


def test_a_lot_keeps_its_further_fields_and_is_set_right_while_it_waits(orchard: Orchard) -> None:
    """What was entered comes back; a slip is set right, until a truck has the lot."""
    lot = orchard.lot("LOT-1", **FURTHER)
    assert lot.items() >= FURTHER.items()
    changed = orchard.client.patch("/v1/lots/LOT-1", json={"precooling": "hydro", "crates": 30}).json()
    assert (changed["precooling"], changed["crates"], changed["variety"]) == ("hydro", 30, "monthong")
    assert orchard.client.patch("/v1/lots/LOT-1", json={"weight_g": None}).json()["errors"][0]["pointer"] == "/weight_g"
    orchard.collect("LOT-1")
    assert orchard.client.patch("/v1/lots/LOT-1", json={"crates": 31}).status_code == 409
