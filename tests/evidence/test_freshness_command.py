"""`coldchain freshness verify|rebuild|refit` on a real database."""

import json
import uuid

import pytest
from click.testing import CliRunner
from sqlalchemy import URL

from services.commands.freshness import freshness
from services.db.engine import Database
from services.errors import CheckFailed, InvalidInput
from services.evidence.tables import CommodityOverride, Inspection, LotLedger
from services.fleet.tables import Hub, Village
from services.identity import logic
from services.lots.tables import Lot
from services.shipments.tables import Shipment
from telemetry.freshness import load_catalogue
from tests.support.api import NOON_MS

TENANT = ["--tenant", "klaeng"]


@pytest.fixture
def home(sqlite_url: URL, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A database with a tenant, a lot and a shipment, which the commands open."""
    monkeypatch.setenv("COLDCHAIN_DATABASE_URL", sqlite_url.render_as_string(hide_password=False))
    database = Database(sqlite_url)
    with database.write() as session:
        tenant_id = logic.add_tenant(session, "klaeng", "Klaeng", NOON_MS).id
        own = {"tenant_id": tenant_id, "created_at_ms": NOON_MS}
        place = own | {"latitude": 13.0, "longitude": 101.0, "opens_s": 0, "closes_s": 86_400}
        village = Village(id=uuid.uuid4(), code="V", name="V", **place)
        hub = Hub(id=uuid.uuid4(), code="H", name="H", kind="hub", **place)
        session.add_all([village, hub])
        session.flush()
        lot = {"weight_g": 1, "crates": 1, "value_satang": 1, "harvested_at_ms": NOON_MS, "ready_at_ms": NOON_MS}
        session.add(Lot(id=LOT, code="LOT-1", village_id=village.id, commodity_id="durian", **lot, **own))
        session.add(Shipment(id=SHIPMENT, code="S", hub_id=hub.id, destination="D", **own))
    return database


LOT, SHIPMENT = uuid.uuid4(), uuid.uuid4()
DAY_S = 86_400


def run(*arguments: str) -> dict:
    result = CliRunner().invoke(freshness, [*arguments, "--json"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_verify_and_rebuild_name_what_differs(home: Database) -> None:
    """An account that nobody's readings make is found, exits 1, and is taken away by a rebuild."""
    assert run("verify", *TENANT) == {"checked": 0, "wrong": [], "waiting": 0}
    with home.write() as session:
        basis = {"interval_s": 300, "reach_ms": 0, "lag_ms": 0, "voices": [], "treatments": [], "inspections": []}
        tenant_id = session.get_one(Lot, LOT).tenant_id
        wrong = LotLedger(lot_id=LOT, tenant_id=tenant_id, settled_ms=-1, basis=basis, state=b"", digest="0")
        session.add(wrong)
    with pytest.raises(CheckFailed, match="LOT-1"):
        run("verify", *TENANT)
    assert run("rebuild", *TENANT)["wrong"] == ["LOT-1"]
    assert run("verify", *TENANT)["checked"] == 0


def test_refit_follows_the_inspections_as_a_version(home: Database) -> None:
    """Twelve lots that kept half as long as forecast halve the reference life: shown first, stored when asked to."""
    durian = load_catalogue().commodity("durian")
    with pytest.raises(InvalidInput, match="no inspection"):
        run("refit", *TENANT, "--commodity", "durian", "--by", "Malee", "--why", "Autumn arrivals")
    with home.write() as session:
        tenant_id = session.get_one(Lot, LOT).tenant_id
        for number in range(12):
            session.add(
                Inspection(
                    id=uuid.uuid4(),
                    tenant_id=tenant_id,
                    shipment_id=SHIPMENT,
                    lot_id=LOT,
                    commodity_id="durian",
                    exporter=f"E{number % 2}",
                    inspected_at_ms=NOON_MS + number,
                    quality="sound",
                    defects={},
                    kept_days=5.0,
                    by="Inspector",
                    created_at_ms=NOON_MS,
                    forecast_p10_s=4 * DAY_S,
                    forecast_p50_s=10 * DAY_S,
                    forecast_p90_s=20 * DAY_S,
                    injury_dose=0.0,
                    model_version="3",
                    catalogue_sha256=durian.catalogue_sha256,
                )
            )
    asked = ["refit", *TENANT, "--commodity", "durian", "--by", "Malee", "--why", "Autumn arrivals"]
    shown = run(*asked, "--dry-run")
    assert shown["life_after_days"] == pytest.approx(durian.reference_life_days / 2)
    with home.read() as session:
        assert session.query(CommodityOverride).count() == 0
    assert run(*asked) == shown
    with home.read() as session:
        stored = session.query(CommodityOverride).one()
        assert (stored.version, stored.by, stored.why) == (1, "Malee", "Autumn arrivals")
    with pytest.raises(InvalidInput, match="no inspection"):
        run(*asked)
    with pytest.raises(InvalidInput, match="Did you mean"):
        run("refit", *TENANT, "--commodity", "durain", "--by", "M", "--why", "w")
