"""Lots over HTTP: added, found, withdrawn, and never fresher than is known."""

import pytest

from services.clock import to_rfc3339
from services.fleet.schemas import VILLAGE
from services.identity.logic import Role
from services.identity.scope import Scope
from tests.support.api import NOON_MS
from tests.support.orchard import HARVESTED_MS, LOT, Orchard, created, plant


def test_a_new_lot_waits_and_is_unknown(orchard: Orchard) -> None:
    """A lot that nobody has assessed is `unknown`, and says so."""
    lot = orchard.lot()
    assert lot.items() >= LOT.items()
    assert lot["state"] == "waiting"
    assert lot["ready_at"] == LOT["harvested_at"]
    assert lot["freshness"]["verdict"] == "unknown"
    freshness = orchard.client.get(f"/v1/lots/{lot['id']}/freshness").json()
    assert freshness["verdict"] == "unknown"
    assert freshness["assessed_at"] is None
    assert [reason["code"] for reason in freshness["reasons"]] == ["not_assessed"]


def test_a_lot_is_found_by_its_code_too(orchard: Orchard) -> None:
    """The code on the label works where the id does."""
    lot = orchard.lot()
    assert orchard.client.get("/v1/lots/LOT-1").json() == orchard.client.get(f"/v1/lots/{lot['id']}").json() == lot


@pytest.mark.parametrize(
    ("members", "pointer", "hint"),
    [
        ({"village": "NOPE"}, "/village", "POST /v1/villages"),
        ({"commodity_id": "durain"}, "/commodity_id", "durian"),
        ({"weight_g": 0}, "/weight_g", ""),
        ({"harvested_at": "yesterday"}, "/harvested_at", ""),
        ({"harvested_at": "2026-11-23T07:00:00"}, "/harvested_at", ""),
        ({"harvested_at": to_rfc3339(NOON_MS + 7_200_000)}, "/harvested_at", "harvested"),
        ({"ready_at": to_rfc3339(HARVESTED_MS - 1)}, "", ""),
    ],
)
def test_a_lot_that_can_not_be(orchard: Orchard, members: dict, pointer: str, hint: str) -> None:
    """Each fault has its place and what to do."""
    answer = orchard.client.post("/v1/lots", json=LOT | members)
    assert answer.status_code == 422
    (fault,) = answer.json()["errors"]
    assert fault["pointer"] == pointer
    assert hint in fault["remedy"]


def test_a_lots_code_is_there_once(orchard: Orchard) -> None:
    """A second lot of one code is a conflict."""
    orchard.lot()
    assert orchard.client.post("/v1/lots", json=LOT).status_code == 409


def test_lots_are_listed_by_what_is_asked(orchard: Orchard) -> None:
    """State, village, verdict and code narrow the list; pages keep the filter."""
    for number in range(5):
        orchard.lot(f"LOT-{number}")
    orchard.collect("LOT-0", "LOT-1")

    def codes(query: str) -> list[str]:
        answer = orchard.client.get(f"/v1/lots?limit=2&{query}")
        found = [lot["code"] for lot in answer.json()["items"]]
        while "next" in answer.links:
            answer = orchard.client.get(answer.links["next"]["url"])
            found += [lot["code"] for lot in answer.json()["items"]]
        return found

    assert codes("state=waiting") == ["LOT-2", "LOT-3", "LOT-4"]
    assert codes("state=loaded") == ["LOT-0", "LOT-1"]
    assert codes("verdict=unknown&village=KLG-01") == [f"LOT-{number}" for number in range(5)]
    assert codes("verdict=on_track") == []
    assert codes("code=LOT-3") == ["LOT-3"]
    assert orchard.client.get("/v1/lots?village=NOPE").status_code == 422
    assert orchard.client.get("/v1/lots?state=lost").json()["errors"][0]["pointer"] == "/query/state"


def test_a_waiting_lot_can_be_withdrawn_and_a_loaded_one_not(orchard: Orchard) -> None:
    """Withdrawing needs a reason, can be repeated, and is refused once a truck has the lot."""
    orchard.lot("LOT-1")
    orchard.lot("LOT-2")
    orchard.collect("LOT-2")
    assert orchard.client.post("/v1/lots/LOT-1/withdraw", json={}).status_code == 422
    for _ in range(2):
        answer = orchard.client.post("/v1/lots/LOT-1/withdraw", json={"reason": "sold on the spot"})
        assert answer.json()["state"] == "withdrawn"
    refused = orchard.client.post("/v1/lots/LOT-2/withdraw", json={"reason": "sold on the spot"})
    assert refused.status_code == 409
    assert "LOT-2 is loaded" in refused.json()["detail"]


def test_a_grower_adds_lots_of_its_village_and_reads_none_of_others(orchard: Orchard) -> None:
    """Another village is refused by name, and its lots are as if they never were."""
    grower = orchard.api.client(Role.GROWER, scope=Scope(villages=frozenset({"KLG-01"})))
    created(grower.post("/v1/lots", json=LOT))
    created(orchard.client.post("/v1/villages", json=VILLAGE | {"code": "KLG-02"}))
    other = orchard.lot("LOT-2", village="KLG-02")
    assert [lot["code"] for lot in grower.get("/v1/lots").json()["items"]] == ["LOT-1"]
    assert grower.get("/v1/lots/LOT-1/freshness").status_code == 200
    for ref in ("LOT-2", other["id"]):
        assert grower.get(f"/v1/lots/{ref}").status_code == 404
        assert grower.get(f"/v1/lots/{ref}/freshness").status_code == 404
        assert grower.patch(f"/v1/lots/{ref}", json={"grade": "B"}).status_code == 404
    refused = grower.post("/v1/lots", json=LOT | {"code": "LOT-3", "village": "KLG-02"})
    assert refused.json()["errors"][0]["remedy"] == "Use one of: KLG-01."


def test_other_tenants_lots_are_not_there(orchard: Orchard) -> None:
    """Another's lot is 404 by id and by code, and its village can't be named."""
    lot = orchard.lot()
    other = plant(orchard.api, "trat")
    for ref in (lot["id"], lot["code"]):
        assert other.client.get(f"/v1/lots/{ref}").status_code == 404
        assert other.client.get(f"/v1/lots/{ref}/freshness").status_code == 404
        assert other.client.post(f"/v1/lots/{ref}/withdraw", json={"reason": "x"}).status_code == 404
    assert other.client.get("/v1/lots").json()["items"] == []
    other.lot("LOT-1")
