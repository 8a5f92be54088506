"""Own figures, heat treatments and inspections: what people know besides the temperature."""

from itertools import pairwise

import pytest
from sqlalchemy import select

from services.alarms.tables import Alarm
from services.clock import to_rfc3339
from services.identity.logic import Role
from services.stream import store as stream
from tests.evidence.desk import MINUTE_MS, Desk
from tests.support.api import NOON_MS
from tests.support.orchard import HARVESTED_MS, HOUR_MS, created


def alarms(desk: Desk) -> dict[str, str]:
    """The state of each alarm by kind and subject."""
    with desk.database.read() as session:
        rows = session.scalars(select(Alarm).where(Alarm.tenant_id == desk.orchard.tenant_id)).all()
        return {f"{row.kind} {row.subject}": row.state for row in rows}


def test_from_readings_to_an_alarm_to_an_inspection(desk: Desk) -> None:
    """Cold in a shipment is alarmed once, stays latched when it warms, and an inspection alone releases it."""
    desk.orchard.received("LOT-1")
    desk.assign("P-1", "lot", "LOT-1")
    desk.measure("P-1", 14.0, HARVESTED_MS, NOON_MS - 3 * HOUR_MS)
    desk.orchard.shipment("LOT-1", exporter="Siam Fresh", loaded_at=NOON_MS - HOUR_MS)
    desk.turn()
    steps = [(NOON_MS - 3 * HOUR_MS + n * 5 * MINUTE_MS, 9.0 - n % 3 / 10) for n in range(1, 37)]
    for at_ms, temperature_c in steps:
        desk.post([("P-1", at_ms, temperature_c)])
        desk.turn()
    assert alarms(desk) == {"shipment.chilling SHP-1": "active"}
    desk.clock.now_ms += 2 * HOUR_MS
    desk.measure("P-1", 14.0, NOON_MS + 5 * MINUTE_MS, desk.clock.now_ms)
    desk.turn()
    assert alarms(desk) == {"shipment.chilling SHP-1": "active"}
    assert desk.shipment()["raised"] == ["chilling"]
    finding = {"lot": "LOT-1", "quality": "sound", "kept_days": 6, "chilling_injury": False, "pulp_temperature_c": 13.8}
    answer = desk.orchard.client.post("/v1/shipments/SHP-1/inspections", json={"findings": [finding]})
    (inspected,) = created(answer)["items"]
    assert inspected["forecast"]["p10_days"] < inspected["forecast"]["p50_days"]
    assert inspected["fold"] == pytest.approx(inspected["forecast"]["p50_days"] / 6, rel=0.01)
    desk.turn()
    assert alarms(desk) == {"shipment.chilling SHP-1": "cleared"}
    assert desk.shipment()["raised"] == []
    with desk.database.read() as session:
        events = stream.since(session, desk.orchard.tenant_id, 0, limit=100)
    told = [(one.document["verdict"], one.document["raised"]) for one in events if one.kind == "shipment.freshness"]
    assert all(before != after for before, after in pairwise(told)), "one event a transition"
    assert [raised for _, raised in told].count(["chilling"]) <= 2
    assert len([one for one in events if one.kind == "alarm"]) == 2
    (line,) = desk.orchard.client.get("/v1/calibration?commodity=durian").json()["items"]
    assert (line["exporter"], line["inspections"], line["followed"]) == ("Siam Fresh", 1, 1)
    followed = desk.orchard.client.patch(f"/v1/inspections/{inspected['id']}", json={"kept_days": 9})
    assert followed.json()["kept_days"] == 9
    (shown,) = desk.orchard.client.get("/v1/shipments/SHP-1/inspections").json()["items"]
    assert shown == followed.json()


def test_an_inspection_of_something_else_is_refused(desk: Desk) -> None:
    """A lot that is not aboard, and a time to come, are named; nothing is written."""
    desk.orchard.received("LOT-1")
    desk.orchard.shipment("LOT-1")
    body = {
        "inspected_at": to_rfc3339(NOON_MS + HOUR_MS),
        "findings": [{"lot": "LOT-1", "quality": "sound"}, {"lot": "LOT-9", "quality": "sound"}],
    }
    answer = desk.orchard.client.post("/v1/shipments/SHP-1/inspections", json=body)
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/findings/1/lot", "/inspected_at"]
    assert desk.orchard.client.get("/v1/shipments/SHP-1/inspections").json()["items"] == []


def test_a_heat_treatment_is_part_of_the_process(desk: Desk) -> None:
    """Vapour heat at 46 °C costs days until it is recorded as what it was."""
    desk.orchard.lot(commodity_id="mango_ndm")
    desk.assign("TH-1", "lot", "LOT-1")
    from_ms, to_ms = NOON_MS - 3 * HOUR_MS, NOON_MS - 2 * HOUR_MS
    desk.measure("TH-1", 14.0, HARVESTED_MS, from_ms - MINUTE_MS)
    desk.measure("TH-1", 46.0, from_ms, to_ms - MINUTE_MS)
    desk.measure("TH-1", 14.0, to_ms, NOON_MS)
    desk.turn()
    before = desk.lot()
    body = {"kind": "vapour_heat", "from": to_rfc3339(from_ms - MINUTE_MS), "to": to_rfc3339(to_ms)}
    created(desk.orchard.client.post("/v1/lots/LOT-1/treatments", json=body))
    desk.turn()
    after = desk.lot()
    assert after["life_used"] < before["life_used"]
    assert "heat_treated" in {reason["code"] for reason in after["reasons"]}
    assert desk.orchard.client.post("/v1/lots/LOT-1/treatments", json=body).status_code == 409
    early = body | {"from": to_rfc3339(HARVESTED_MS - HOUR_MS), "to": to_rfc3339(HARVESTED_MS)}
    assert desk.orchard.client.post("/v1/lots/LOT-1/treatments", json=early).status_code == 422
    (shown,) = desk.orchard.client.get("/v1/lots/LOT-1/treatments").json()["items"]
    assert (shown["kind"], shown["from"]) == ("vapour_heat", body["from"])


def test_own_figures_take_the_place_of_published_ones(desk: Desk) -> None:
    """A version with who and why; the lot's status names it; giving the figure back brings the published one."""
    client = desk.orchard.client
    desk.orchard.lot()
    desk.assign("TH-1", "lot", "LOT-1")
    desk.measure("TH-1", 14.0, HARVESTED_MS, NOON_MS)
    desk.turn()
    published, before = client.get("/v1/commodities/durian").json(), desk.lot()
    assert published["override_version"] is None
    assert all(figure["source"]["citation"] for figure in published["figures"])
    life = published["reference_life_days"]
    body = {"parameter": "reference_life_days", "value": 2 * life, "why": "Own trial."}
    made = created(client.post("/v1/commodities/durian/overrides", json=body))
    assert (made["version"], made["why"], bool(made["by"])) == (1, "Own trial.", True)
    desk.turn()
    own = desk.lot()
    assert own["override_version"] == 1
    assert own["catalogue_sha256"] != before["catalogue_sha256"]
    assert own["remaining_at_reference"]["p50"]["days"] > 1.8 * before["remaining_at_reference"]["p50"]["days"]
    listed = client.get("/v1/commodities").json()
    assert len(listed["items"]) == 41
    assert {one["commodity_id"] for one in listed["items"] if one["override_version"]} == {"durian"}
    created(client.post("/v1/commodities/durian/overrides", json=body | {"value": None}))
    desk.turn()
    assert desk.lot()["remaining_at_reference"] == before["remaining_at_reference"]
    assert [one["version"] for one in client.get("/v1/commodities/durian/overrides").json()["items"]] == [1, 2]
    assert desk.orchard.api.client(tenant="other").get("/v1/commodities/durian/overrides").json()["items"] == []


def test_impossible_figures_are_refused(desk: Desk) -> None:
    """With what is allowed; an unknown commodity with near matches; a reader may not change any."""
    client = desk.orchard.client
    body = {"parameter": "freezing_point_c", "value": 4, "why": "no"}
    refused = client.post("/v1/commodities/durian/overrides", json=body)
    assert (refused.status_code, "give -10 to 0" in refused.text) == (422, True)
    upside_down = {"parameter": "band_low_c", "value": 39, "why": "no"}
    assert client.post("/v1/commodities/durian/overrides", json=upside_down).status_code == 422
    unknown = client.get("/v1/commodities/durain")
    assert (unknown.status_code, "durian" in unknown.text) == (404, True)
    auditor = desk.orchard.api.client(Role.AUDITOR)
    assert auditor.post("/v1/commodities/durian/overrides", json=body).status_code == 403
    assert client.get("/v1/commodities/durian/overrides").json()["items"] == []


def test_dry_air_is_flagged_where_moisture_limits(desk: Desk) -> None:
    """Herbs in dry air: watched, with the figure; in moist air nothing is said."""
    for code, sensor, humidity_pct in (("DRY", "A", 45), ("MOIST", "B", 96)):
        desk.orchard.lot(code, commodity_id="coriander")
        desk.assign(sensor, "lot", code)
        desk.measure(sensor, 2.0, HARVESTED_MS, NOON_MS, humidity_pct=humidity_pct)
    desk.turn()
    told = {code: {reason["code"] for reason in desk.lot(code)["reasons"]} for code in ("DRY", "MOIST")}
    assert "dry_air" in told["DRY"]
    assert "dry_air" not in told["MOIST"]
