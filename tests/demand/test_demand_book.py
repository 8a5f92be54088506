"""The demand book: programmes with versions, scoped by exporter and tenant."""

import pytest

from services.demand.schemas import DEMAND
from services.identity.logic import Role
from tests.support.orchard import Orchard, created, plant


def test_each_change_is_a_version_that_stays_readable(orchard: Orchard) -> None:
    """Two edits and a withdrawal: four versions, each as it stood, with who made it and what changed."""
    demand = created(orchard.client.post("/v1/demands", json=DEMAND))
    assert demand.items() >= DEMAND.items()
    path = f"/v1/demands/{DEMAND['code']}"
    first = orchard.client.get(path)
    exporter = orchard.api.client(Role.EXPORTER)
    second = exporter.patch(path, json={"quantity_g": 4_500_000}, headers={"If-Match": first.headers["ETag"]})
    assert second.json()["version"] == 2
    stale = orchard.client.patch(path, json={"buyer": "X"}, headers={"If-Match": first.headers["ETag"]})
    assert stale.status_code == 412
    orchard.client.patch(path, json={"transit_c": 13.5, "grade": None}).raise_for_status()
    for _ in range(2):
        assert orchard.client.post(f"{path}/withdraw", json={"reason": "ship cancelled"}).json()["version"] == 4
    assert orchard.client.patch(path, json={"buyer": "X"}).status_code == 409
    versions = orchard.client.get(f"{path}/versions").json()["items"]
    assert [version["version"] for version in versions] == [4, 3, 2, 1]
    assert [version["changed"] for version in versions] == [["state"], ["grade", "transit_c"], ["quantity_g"], []]
    assert versions[2]["changed_by"].startswith("exporter")
    assert orchard.client.get(f"{path}/versions/1").json()["demand"] == DEMAND | {"state": "open"}
    page = orchard.client.get(f"{path}/versions", params={"limit": 3})
    assert page.json()["items"][-1]["changed"] == ["quantity_g"]
    assert [row["version"] for row in orchard.client.get(page.links["next"]["url"]).json()["items"]] == [1]
    assert orchard.client.get(f"{path}/versions/9").status_code == 404


@pytest.mark.parametrize(
    ("members", "pointer"),
    [
        ({"hub": "NOPE"}, "/hub"),
        ({"commodity_id": "durain"}, "/commodity_id"),
        ({"per": "month"}, "/per"),
        ({"to_on": "2026-11-01"}, ""),
        ({"quantity_g": 0}, "/quantity_g"),
        ({"transit_c": 99}, "/transit_c"),
    ],
)
def test_a_programme_that_can_not_be(orchard: Orchard, members: dict, pointer: str) -> None:
    """Each fault has its place; the same holds for a change."""
    answer = orchard.client.post("/v1/demands", json=DEMAND | members)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer
    created(orchard.client.post("/v1/demands", json=DEMAND))
    changed = orchard.client.patch(f"/v1/demands/{DEMAND['code']}", json=members)
    assert changed.status_code == 422
    assert orchard.client.get(f"/v1/demands/{DEMAND['code']}").json()["version"] == 1


def test_programmes_are_listed_by_exporter_day_and_commodity(orchard: Orchard) -> None:
    """What one exporter wants on a day; another tenant sees none of it, and may use the same code."""
    created(orchard.client.post("/v1/demands", json=DEMAND | {"code": "A"}))
    created(orchard.client.post("/v1/demands", json=DEMAND | {"code": "B", "exporter": "east-fresh"}))
    created(orchard.client.post("/v1/demands", json=DEMAND | {"code": "C", "to_on": "2026-11-25"}))

    def codes(**query: str) -> list[str]:
        return [row["code"] for row in orchard.client.get("/v1/demands", params=query).json()["items"]]

    assert codes() == ["A", "B", "C"]
    assert codes(exporter="east-fresh") == ["B"]
    assert codes(on="2026-12-01") == ["A", "B"]
    assert codes(commodity_id="mango", state="open") == []
    assert orchard.client.post("/v1/demands", json=DEMAND | {"code": "A"}).status_code == 409
    other = plant(orchard.api, "trat")
    assert other.client.get("/v1/demands").json()["items"] == []
    assert other.client.get("/v1/demands/A").status_code == 404
    assert other.client.get("/v1/demands/A/versions").status_code == 404
    created(other.client.post("/v1/demands", json=DEMAND | {"code": "A"}))
