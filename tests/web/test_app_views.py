"""The app's read models: what the board counts, and what a shipment's record shows."""

import math

import httpx
import pytest

from services.db.engine import Database
from services.identity.logic import Role
from services.identity.scope import Scope
from services.shipments.tables import Shipment
from services.web.record import POINTS_A_SERIES, _series
from services.web.store import SensorSeries
from tests.support.people import person
from tests.web.world import NOW_MS, World

MINUTE_MS = 60_000


def test_the_board_counts_what_its_links_list(viewer: httpx.Client) -> None:
    """Every number on the board is that of the list behind it."""
    board = viewer.get("/v1/board").json()
    for verdict, count in board["shipments_by_verdict"].items():
        listed = viewer.get("/v1/shipments", params={"verdict": verdict}).json()["items"]
        assert len(listed) == count, verdict
    for state, count in board["collection"]["lots_by_state"].items():
        assert len(viewer.get("/v1/lots", params={"state": state}).json()["items"]) == count, state
    (run,) = board["collection"]["runs"]
    assert (run["truck"], run["stops"], run["stops_done"], run["temperature_c"]) == ("R6-LCH-1", 2, 2, 13.4)
    assert board["collection"]["gateways_online"] == board["collection"]["gateways"] == 4
    assert board["speed"] is None


def test_another_tenants_board_is_empty(visitor: httpx.Client, day: tuple[Database, World]) -> None:
    let_in(visitor, day, Role.COORDINATOR, tenant_id=day[1].stranger_id)
    board = visitor.get("/v1/board").json()
    assert board["shipments_by_verdict"] == {}
    assert board["collection"]["runs"] == []
    assert visitor.get("/v1/shipments/SH-1/record").status_code == 404


def test_an_exporter_is_told_of_own_shipments_only(visitor: httpx.Client, day: tuple[Database, World]) -> None:
    with day[0].write() as session:
        session.query(Shipment).filter_by(code="SH-2").update({"exporter": "Siam Fresh"})
    let_in(visitor, day, Role.EXPORTER, Scope(exporter="Siam Fresh"))
    board = visitor.get("/v1/board").json()
    assert board["shipments_by_verdict"] == {"use_first": 1}
    assert board["collection"] is None
    assert visitor.get("/v1/shipments/SH-2/record").status_code == 200
    assert visitor.get("/v1/shipments/SH-1/record").status_code == 404


def test_a_record_has_the_band_the_gap_the_excursion_and_the_way(viewer: httpx.Client) -> None:
    record = viewer.get("/v1/shipments/SH-2/record").json()
    assert record["band_c"] == {"low": 13.0, "high": 15.0}
    assert [(gap["from"], gap["to"]) for gap in record["gaps"]] == [("2026-11-22T22:00:00Z", "2026-11-22T23:30:00Z")]
    (spell,) = record["excursions"]
    assert spell["from"] == "2026-11-23T01:45:00Z"
    (series,) = record["series"]
    assert record["readings"] == len(series["at_ms"]) == len(series["temperature_c"]) == len(series["humidity_pct"])
    assert [leg["kind"] for leg in record["legs"]] == ["village", "shipment"]
    assert record["legs"][-1]["to"] is None


def test_a_shipment_without_a_sensor_has_an_empty_record(viewer: httpx.Client) -> None:
    record = viewer.get("/v1/shipments/SH-3/record").json()
    assert (record["readings"], record["series"], record["excursions"]) == (0, [], [])


def test_a_long_record_is_thinned_without_losing_its_peak() -> None:
    """Sixty days at five minutes, with one reading of 40 °C in it."""
    samples = [(NOW_MS + minute * MINUTE_MS, 14 + math.sin(minute / 300)) for minute in range(0, 60 * 1440, 5)]
    samples[7_777] = (samples[7_777][0], 40.0)
    drawn = _series(SensorSeries("TH-1", "pulp", 300, tuple(samples), (None,) * len(samples)))
    assert len(drawn.at_ms) <= POINTS_A_SERIES
    assert max(drawn.temperature_c) == 40.0
    assert drawn.at_ms == sorted(drawn.at_ms)


@pytest.mark.parametrize("role", [Role.DRIVER, Role.GROWER])
def test_who_has_no_board_still_has_a_clock_and_names(
    visitor: httpx.Client, day: tuple[Database, World], role: Role
) -> None:
    scope = Scope(trucks=frozenset({"R6-LCH-1"})) if role is Role.DRIVER else Scope(villages=frozenset({"V-1"}))
    let_in(visitor, day, role, scope)
    assert visitor.get("/v1/board").status_code == 403
    assert visitor.get("/v1/clock").json()["now"] == "2026-11-23T05:00:00Z"
    names = {one["id"]: one["name_th"] for one in visitor.get("/v1/commodity-names").json()}
    assert names["durian"] == "ทุเรียน"


def let_in(
    client: httpx.Client,
    day: tuple[Database, World],
    role: Role,
    scope: Scope | None = None,
    tenant_id: object = None,
) -> None:
    """Sign a new user of the day's tenant in."""
    from services.identity import users

    database, world = day
    tenant = tenant_id or world.tenant_id
    user_id = person(database, tenant, role, scope=scope or Scope(), now_ms=NOW_MS)
    with database.write() as session:
        ticket = users.issue_ticket(session, users.found(session, tenant, user_id), users.Purpose.ENTRY, NOW_MS)
    assert client.post("/v1/session/entry", json={"ticket": ticket}).status_code == 200
