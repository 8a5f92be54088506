"""What strangers see: the trace page behind a QR code and a guest's page, on a phone, light, and without a script."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from services.alarms.sealed import Seal
from services.guests import logic as guests
from services.settings import Settings
from services.shipments.tables import Shipment
from services.trace import links
from tests.browser.test_app import PHONE, App, app, violations
from tests.web.world import NOW_MS

__all__ = ["app"]

pytestmark = pytest.mark.browser

MOST_BYTES = 50_000


@pytest.fixture
def addresses(app: App, settings: Settings) -> dict[str, str]:
    """The address of each public page of one shipment."""
    with app.database.write() as session:
        shipment = session.query(Shipment).filter_by(code="SH-2").one()
        _, token = links.make(session, shipment, "test", Seal(settings.resolved_secret_key()), NOW_MS)
        made = guests.add_link(session, shipment, name="buyer", by="test", expires_at_ms=None, now_ms=NOW_MS)
    return {"trace": f"/t/{token}", "guest": f"/g/{made.token}"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_public_pages_are_small_accessible_and_without_script(
    app: App, addresses: dict[str, str], artefacts: Path, scheme: str
) -> None:
    """In three languages, at the width of a phone; all that a page needs is less than 50 kB."""
    shown = [("trace", language) for language in ("en", "th", "zh")] + [("guest", "en")]
    with app.context(role=None, viewport=PHONE, color_scheme=scheme) as context:
        for name, language in shown:
            page = context.new_page()
            page.goto(f"{app.url}{addresses[name]}?lang={language}")
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            assert page.locator("script").count() == 0
            sizes = page.evaluate(
                "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]"
                ".map((one) => one.decodedBodySize)"
            )
            assert 1_000 < sum(sizes) <= MOST_BYTES, name
            assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], name
            assert violations(page) == [], f"{name} {language}"
            page.screenshot(path=artefacts / f"{name}-{language}-{scheme}.png", full_page=True)
            page.close()
