"""What the office does in the app: demand to accepted requests, sheets with faults, devices, settings."""

import pytest
from playwright.sync_api import Browser, Page, expect

from services.db.engine import Database
from services.identity.logic import Role
from services.sourcing.tables import SourcingLine
from services.workers.planner import Planner
from tests.browser.test_app import PHONE, WIDE, App, settled, violations
from tests.support.api import SetClock
from tests.web.world import NOW_MS, World

pytestmark = pytest.mark.browser

OFFICE = {
    "demands": "/app/demands",
    "sourcing": "/app/sourcing",
    "declarations": "/app/declarations",
    "imports": "/app/imports",
    "places": "/app/places",
    "fleet": "/app/fleet",
    "devices": "/app/devices",
    "labels": "/app/devices/labels",
    "gateway": "/app/devices/gateways/gw-1",
    "dead-letters": "/app/dead-letters",
    "settings": "/app/settings",
    "users": "/app/users",
    "audit": "/app/audit",
    "commodities": "/app/commodities",
}


@pytest.fixture
def app(browser: Browser, url: str, day: tuple[Database, World]) -> App:
    return App(browser, url, *day)


def fill_in(page: Page, entries: dict[str, str]) -> None:
    dialog = page.get_by_role("dialog")
    for label, text in entries.items():
        dialog.get_by_label(label, exact=True).fill(text)


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.slow)])
def test_no_office_page_has_an_accessibility_violation(app: App, scheme: str) -> None:
    """On a screen in English and on a phone in Thai, where every page fits its width."""
    language, viewport = ("en", WIDE) if scheme == "light" else ("th", PHONE)
    with app.context(role=Role.ADMIN, color_scheme=scheme, language=language, viewport=viewport) as context:
        page = context.new_page()
        for name, path in OFFICE.items():
            page.goto(app.url + path)
            settled(page)
            assert violations(page) == [], name
            assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], name


def test_from_a_demand_to_an_accepted_request_and_back(app: App) -> None:
    with app.opened("/app/demands", refusals=(422,)) as page:
        page.get_by_role("button", name="New demand").click()
        page.get_by_role("dialog").get_by_label("Produce").select_option("durian")
        fill_in(
            page,
            {
                "Code": "D-1",
                "Exporter": "SIAM",
                "Buyer": "Guangzhou Fruit",
                "Quantity (kg)": "0",
                "First day": "2026-11-23",
                "Last day": "2026-11-29",
                "Destination": "Guangzhou",
                "Price (baht a kg)": "120",
            },
        )
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("dialog").locator("[aria-invalid=true]")).to_have_count(1)
        fill_in(page, {"Quantity (kg)": "1,000"})
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("heading", name="Demand D-1")).to_be_visible()
        page.get_by_role("navigation", name="Demand").get_by_role("link", name="Sourcing").click()
        page.get_by_role("button", name="Find supply").click()
        page.get_by_role("button", name="Start").click()
        expect(page.get_by_text("waiting for its turn").first).to_be_visible()
        clock = SetClock(NOW_MS)
        assert Planner(app.database, clock, default_seconds=0.5, machine_clock=clock).work_once()
        accept = page.get_by_role("button", name="Accept", exact=True).first
        accept.click()
        expect(page.get_by_text("accepted", exact=False).first).to_be_visible()
        page.get_by_role("button", name="Undo").click()
        expect(accept).to_be_visible()
        page.get_by_role("button", name="Why").first.click()
        assert violations(page) == []
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Reject", exact=True).first.click()
        fill_in(page, {"Reason": "the road is closed"})
        page.get_by_role("dialog").get_by_role("button", name="Reject").click()
        expect(page.get_by_text("rejected", exact=False).first).to_be_visible()
    with app.database.read() as session:
        assert {line.reason for line in session.query(SourcingLine) if line.state == "rejected"} == {
            "the road is closed"
        }


def test_a_sheet_is_checked_by_row_and_then_taken_in(app: App) -> None:
    heading = "code,name,latitude,longitude,opens,closes\n"
    good, bad = "V-8,Pong Nam Ron,12.9,102.3,05:00,18:00\n", "V-9,Soi Dao,north,102.2,05:00,18:00\n"
    with app.opened("/app/imports?kind=villages", refusals=(422,)) as page:
        sheet = page.get_by_label("Drop a file here, or choose one")
        sheet.set_input_files({"name": "v.csv", "mimeType": "text/csv", "buffer": (heading + good + bad).encode()})
        expect(page.get_by_role("rowheader", name="3 · latitude")).to_be_visible()
        expect(page.get_by_role("button", name="Take in")).to_have_count(0)
        sheet.set_input_files({"name": "v2.csv", "mimeType": "text/csv", "buffer": (heading + good).encode()})
        expect(page.get_by_text("1 rows can be taken in")).to_be_visible()
        page.get_by_role("button", name="Take in").click()
        page.get_by_role("link", name="Show them").click()
        expect(page.get_by_role("rowheader", name="V-8")).to_be_visible()


def test_a_sensor_is_attached_and_a_message_tried(app: App) -> None:
    with app.opened("/app/devices") as page:
        page.get_by_role("button", name="Attach TH-1", exact=True).click()
        page.get_by_role("dialog").get_by_label("Kind").select_option("hub")
        fill_in(page, {"Code": "THLCH"})
        page.get_by_role("dialog").get_by_role("button", name="Attach").click()
        expect(page.get_by_text("TH-1 speaks for THLCH")).to_be_visible()
        page.get_by_role("button", name="Try a message").click()
        page.get_by_role("button", name="Decode").click()
        expect(page.get_by_text("1 readings would be stored")).to_be_visible()
        assert violations(page) == []


def test_roles_see_only_what_they_may(app: App) -> None:
    with app.opened("/app/settings", role=Role.AUDITOR) as page:
        expect(page.get_by_role("heading", name="Maintenance")).to_be_visible()
        expect(page.get_by_role("heading", name="Keys for machines")).to_have_count(0)
        expect(page.get_by_role("button", name="Add a channel")).to_have_count(0)
        page.goto(app.url + "/app/users")
        expect(page.get_by_text("Your role does not open this page")).to_be_visible()
        page.goto(app.url + "/app/devices/labels")
        picture = page.get_by_role("img", name="QR code of TH-1", exact=True)
        expect(picture).to_be_visible()
        assert picture.evaluate("one => one.decode().then(() => one.naturalWidth)") > 0
