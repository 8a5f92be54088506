"""The way ahead of shipments and lots, and what another way would change."""

from itertools import pairwise

import pytest

from services.clock import to_rfc3339
from tests.evidence.desk import Desk
from tests.support.api import NOON_MS
from tests.support.orchard import HARVESTED_MS, HOUR_MS

DAY_MS = 24 * HOUR_MS


def leg(from_h: float, to_h: float, places: str = "Hub>Border", **members: object) -> dict:
    """A leg between hours from noon."""
    begins, ends = places.split(">")
    times = {
        "starts_at": to_rfc3339(NOON_MS + round(from_h * HOUR_MS)),
        "ends_at": to_rfc3339(NOON_MS + round(to_h * HOUR_MS)),
    }
    return {"from": begins, "to": ends, "mode": "road", "set_point_c": 14.0, **times, **members}


def loaded(desk: Desk, *codes: str, temperature_c: float = 14.0) -> None:
    """A shipment of lots with good evidence."""
    desk.orchard.received(*codes)
    for code in codes:
        desk.assign(f"P-{code}", "lot", code)
        desk.measure(f"P-{code}", temperature_c, HARVESTED_MS, NOON_MS)
    desk.orchard.shipment(*codes)


def test_the_forecast_follows_the_itinerary_leg_by_leg(desk: Desk) -> None:
    """Each leg and border wait costs its days, the fan narrows down to arrival, and hand-overs have their chance."""
    loaded(desk, "LOT-1")
    legs = [
        leg(6, 60, "Hub>Border", border_wait_hours=10, border_wait_late_hours=30, required_life_days=3),
        leg(60, 96, "Border>Market", custodian="Yunnan Cold", required_life_days=2),
    ]
    put = desk.orchard.client.put("/v1/shipments/SHP-1/itinerary", json={"legs": legs})
    assert put.status_code == 200, put.text
    assert desk.orchard.client.get("/v1/shipments/SHP-1/itinerary").json() == put.json()
    desk.turn()
    shipment = desk.shipment()
    ahead = shipment["forecast"]
    assert ahead["lot"] == "LOT-1"
    assert ahead["eta"] == legs[1]["ends_at"] == desk.orchard.client.get("/v1/shipments/SHP-1").json()["eta"]
    assert ahead["eta_early"] < ahead["eta"] < ahead["eta_late"]
    assert [one["name"] for one in ahead["legs"]] == [
        "wait at Hub",
        "Hub to Border",
        "border at Border",
        "Border to Market",
    ]
    now, arrival = ahead["now"], ahead["arrival"]
    lost = sum(one["days_lost"] for one in ahead["legs"])
    assert now["p50_days"] - arrival["p50_days"] == pytest.approx(lost, abs=0.01)
    assert arrival["p10_days"] < arrival["p50_days"] < arrival["p90_days"]
    fan = ahead["fan"]
    assert (fan[0]["at"], fan[-1]["at"]) == (ahead["from"], ahead["eta"])
    assert all(before["p50_days"] >= after["p50_days"] for before, after in pairwise(fan))
    assert {key: fan[-1][key] for key in arrival} == arrival
    assert [one["place"] for one in ahead["hand_overs"]] == ["Border", "Market"]
    assert 0 < ahead["hand_overs"][1]["chance"] <= 1
    custodies = shipment["custodies"]
    assert [one["custodian"] for one in custodies] == ["village", "truck", "hub", "shipment"]
    assert sum(one["days_lost"] for one in custodies) == pytest.approx(5 / 24, rel=0.2)


def test_what_if_answers_and_writes_nothing(desk: Desk) -> None:
    """Warmer costs days, later costs more, a shorter way gains; the stored forecast stays."""
    loaded(desk, "LOT-1", "LOT-2")
    desk.orchard.client.put("/v1/shipments/SHP-1/itinerary", json={"legs": [leg(0, 96)]})
    desk.turn()
    stored = desk.shipment()

    def gained(**asked: object) -> float:
        answer = desk.orchard.client.post("/v1/shipments/SHP-1/what-if", json=asked)
        assert answer.status_code == 200, answer.text
        assert answer.json()["before"] == stored["forecast"]
        return answer.json()["days_gained"]

    assert gained(set_point_c=25) < gained(set_point_c=20) < 0
    assert gained(wait_hours=72, wait_at_c=30) < gained(wait_hours=72) < 0
    assert gained(legs=[leg(0, 20)]) > 0
    assert desk.shipment() == stored
    refused = desk.orchard.client.post("/v1/shipments/SHP-1/what-if", json={})
    assert (refused.status_code, "changes nothing" in refused.text) == (422, True)


def test_a_lot_that_waits_can_be_asked_about(desk: Desk) -> None:
    """Two days in the shade cost more than two days in the cold room."""
    desk.orchard.lot()
    desk.assign("TH-1", "lot", "LOT-1")
    desk.measure("TH-1", 14.0, HARVESTED_MS, NOON_MS)
    desk.turn()
    answer = desk.orchard.client.post("/v1/lots/LOT-1/what-if", json={"wait_hours": 48, "wait_at_c": 30}).json()
    assert answer["days_gained"] < -2
    assert answer["before"]["legs"][0]["name"] == "waits as it is"
    custodies = desk.orchard.client.get("/v1/lots/LOT-1/custodies").json()["custodies"]
    assert [one["custodian"] for one in custodies] == ["village"]


def test_nothing_is_foretold_without_evidence_or_way(desk: Desk) -> None:
    """An unknown lot, or no plan: no forecast, and the answer says what is missing."""
    desk.orchard.received("DARK")
    desk.orchard.shipment("DARK")
    desk.turn()
    assert desk.shipment()["forecast"] is None
    assert desk.shipment()["forecast_missing"].startswith("DARK: No sensor")
    refused = desk.orchard.client.post("/v1/shipments/SHP-1/what-if", json={"set_point_c": 10})
    assert refused.status_code == 409
    desk.assign("P-1", "lot", "DARK")
    desk.measure("P-1", 14.0, HARVESTED_MS, NOON_MS)
    desk.turn()
    assert "itinerary" in desk.shipment()["forecast_missing"]


@pytest.mark.parametrize(
    ("legs", "told"),
    [
        ([leg(4, 2)], "ends_at must be after"),
        ([leg(0, 4), leg(3, 8)], "leg 1 starts before"),
        ([leg(0, 4, border_wait_hours=9)], "must not exceed the leg"),
        ([leg(0, 4, mode="camel")], "road"),
    ],
)
def test_an_impossible_itinerary_is_refused(desk: Desk, legs: list[dict], told: str) -> None:
    """With the leg and the reason; what was planned stays."""
    desk.orchard.shipment()
    answer = desk.orchard.client.put("/v1/shipments/SHP-1/itinerary", json={"legs": legs})
    assert (answer.status_code, told in answer.text) == (422, True), answer.text
    assert desk.orchard.client.get("/v1/shipments/SHP-1/itinerary").json()["legs"] == []
