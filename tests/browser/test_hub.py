"""A packing house's day on a tablet: what comes in is taken or refused, put away, split, and loaded by expiry."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from services.hubs.tables import LotReceipt
from services.lots.tables import Lot
from services.readings.tables import FreshnessStatus
from services.shipments.tables import ItineraryLeg, Shipment, ShipmentLot
from services.trace.tables import TraceLink
from tests.browser.test_app import PHONE, App, app, settled, violations
from tests.support.waiting import wait_until
from tests.web.world import DAY_S, NOW_MS

__all__ = ["app"]

pytestmark = pytest.mark.browser

TABLET = {"width": 1024, "height": 768}


def assessed(app: App) -> None:
    """The lots on the truck will keep for nine days and for four."""
    with app.database.write() as session:
        for lot in session.query(Lot).filter(Lot.state == "loaded"):
            life_s = (9 if lot.code == "L-0" else 4) * DAY_S
            session.add(
                FreshnessStatus(
                    tenant_id=app.world.tenant_id,
                    subject_kind="lot",
                    subject_id=lot.id,
                    condition="in_range",
                    verdict="on_track",
                    confidence="medium",
                    life_used=0.1,
                    remaining_p10_s=life_s,
                    remaining_p50_s=life_s,
                    remaining_p90_s=life_s,
                    keeps_until_ms=NOW_MS + life_s * 1000,
                    assessed_at_ms=NOW_MS,
                    model_version="1",
                    catalogue_sha256="0" * 64,
                    assessment={"reasons": []},
                )
            )


def test_from_the_truck_to_a_shipment(app: App, artefacts: Path) -> None:
    """One lot is taken in part, both are stored, one is split, and the buyer gets what expires first."""
    assessed(app)
    with app.opened("/app/hub?hub=THLCH", viewport=TABLET, has_touch=True) as page:
        settled(page)
        page.screenshot(path=artefacts / "hub-coming.png", full_page=True)
        page.get_by_role("listitem").filter(has_text="L-0").get_by_role("button", name="Receive").tap()
        dialog = page.get_by_role("dialog", name="Receive L-0")
        dialog.get_by_role("button", name="Take a part").tap()
        dialog.get_by_label("Weight taken (kg)").fill("380")
        dialog.get_by_label("Weight refused (kg)").fill("20")
        dialog.get_by_label("Reason").select_option("overripe")
        dialog.get_by_label("Pulp temperature (°C)").fill("18.5")
        assert violations(page) == []
        dialog.get_by_role("button", name="Save").tap()
        expect(page.get_by_text("L-0 is noted")).to_be_visible()
        page.get_by_role("button", name="Take all 1 as declared").tap()
        expect(page.get_by_text("Nothing is on its way here")).to_be_visible()
        with app.database.read() as session:
            part = session.query(LotReceipt).filter_by(decision="partly").one()
            assert (part.weight_g, part.refused_weight_g, part.reason) == (380_000, 20_000, "overripe")
            assert part.temperature_centi_c == 1850

        page.get_by_role("button", name="In stock").tap()
        rows = page.locator("tbody tr")
        expect(rows.nth(0)).to_contain_text("L-1")
        expect(rows.nth(1)).to_contain_text("L-0")
        page.get_by_label("Choose L-0").check()
        page.get_by_label("Choose L-1").check()
        page.get_by_role("button", name="Put away…").tap()
        page.get_by_label("Where do they stand?").fill("Room 2, rack 4")
        page.get_by_role("button", name="Save").tap()
        expect(page.get_by_role("cell", name="Room 2, rack 4")).to_have_count(2)
        page.get_by_label("Choose L-0").check()
        page.get_by_role("button", name="Split…").tap()
        page.get_by_role("button", name="Save").tap()
        expect(page.get_by_label("Choose L-0-B")).to_be_visible()
        page.screenshot(path=artefacts / "hub-stock.png", full_page=True)

        page.get_by_role("button", name="Load for a buyer").tap()
        page.get_by_label("Produce").select_option("durian")
        page.get_by_label("Weight wanted (kg)").fill("300")
        page.get_by_label("Hours until hand-over").fill("24")
        page.get_by_label("Days it must still keep then").fill("2")
        page.get_by_role("button", name="Suggest what to load").tap()
        expect(page.locator("tbody tr")).to_have_count(1)
        expect(page.locator("tbody tr")).to_contain_text("L-1")
        page.get_by_label("Code of the shipment").fill("SH-9")
        page.get_by_label("Destination").fill("Kunming")
        page.screenshot(path=artefacts / "hub-loading.png", full_page=True)
        page.get_by_role("button", name="Make the shipment").tap()
        expect(page.get_by_role("heading", name="Shipment SH-9")).to_be_visible()
    with app.database.read() as session:
        loaded = session.query(Lot.code).join(ShipmentLot, ShipmentLot.lot_id == Lot.id).join(Shipment)
        assert [code for (code,) in loaded.filter(Shipment.code == "SH-9")] == ["L-1"]


def test_a_way_is_planned_a_hand_over_recorded_and_a_code_made(app: App, artefacts: Path) -> None:
    """Also on a phone at a border post; the code leads to the public page."""
    with app.opened("/app/shipments/SH-2/way", viewport=PHONE, has_touch=True) as page:
        settled(page)
        page.get_by_role("button", name="Plan the way").tap()
        page.get_by_label("From").fill("Laem Chabang")
        page.get_by_label("To", exact=True).fill("Mohan border")
        page.get_by_label("Leaves").fill("2026-11-23T13:00")
        page.get_by_label("Arrives").fill("2026-11-25T13:00")
        page.get_by_label("Set-point (°C)").fill("14")
        page.get_by_label("Wait at the border (hours)").fill("8")
        assert violations(page) == []
        page.get_by_role("button", name="Save").tap()
        expect(page.get_by_text("Laem Chabang – Mohan border")).to_be_visible()
        page.get_by_role("button", name="Record a hand-over").tap()
        page.get_by_label("Given by").fill("Siam Fresh")
        page.get_by_label("Taken by").fill("Boten Transport")
        page.get_by_label("Place").fill("Boten")
        page.get_by_label("Temperature (°C)").fill("13.2")
        page.get_by_role("button", name="Save").tap()
        expect(page.get_by_text("Boten Transport")).to_be_visible()
        page.get_by_role("button", name="Make the code").tap()
        code = page.get_by_role("img", name="QR code of the trace page of SH-2")
        expect(code).to_be_visible()
        wait_until(lambda: bool(code.evaluate("(image) => image.naturalWidth > 0")))
        page.screenshot(path=artefacts / "way.png", full_page=True)
        assert violations(page) == []
        address = page.locator(".way-trace a").get_attribute("href")
        assert address is not None
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
    with app.database.read() as session:
        assert session.query(ItineraryLeg).one().border_wait_s == 8 * 3600
        assert session.query(TraceLink).count() == 1
