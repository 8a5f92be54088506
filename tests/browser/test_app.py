"""The app in a real browser against the real server: each flow as people do it, accessible, and asking nobody else."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from services.alarms.logic import Cause, Severity, raise_alarm
from services.db.engine import Database
from services.identity import users
from services.identity.logic import Role
from services.lots.tables import Lot
from tests.support.people import PASSWORD, person, way_in
from tests.web.world import NOW_MS, World

pytestmark = pytest.mark.browser

WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
AXE = Path("services/web/app/node_modules/axe-core/axe.min.js")
PAGES = {
    "board": "/app/",
    "alarms": "/app/alarms",
    "shipments": "/app/shipments",
    "shipment": "/app/shipments/SH-2",
    "plans": "/app/plans",
    "runs": "/app/runs",
    "repairs": "/app/repairs",
    "lots": "/app/lots",
    "new-lot": "/app/lots/new",
    "hub": "/app/hub?hub=THLCH",
    "hub-stock": "/app/hub?hub=THLCH&part=stock",
    "hub-loading": "/app/hub?hub=THLCH&part=loading",
    "way": "/app/shipments/SH-2/way",
}
MOST_SHIPMENTS_SCRIPT_BYTES = 90_000
"""Compressed, for the list of shipments with all that it needs."""


@dataclass(frozen=True)
class App:
    """The served world, and a way in for each page that is opened."""

    browser: Browser
    url: str
    database: Database
    world: World

    @contextmanager
    def context(
        self,
        role: Role | None = Role.COORDINATOR,
        language: str = "en",
        refusals: tuple[int, ...] = (),
        **options: object,
    ) -> Iterator[BrowserContext]:
        """A fresh browser profile; at its end nothing has gone wrong and nobody else was asked for anything.

        The console tells of answers with the statuses ``refusals`` too, which are as they should be.
        """
        context = self.browser.new_context(**{"viewport": WIDE, "reduced_motion": "reduce"} | options)  # type: ignore[arg-type]
        troubles: list[str] = []
        hosts: set[str] = set()
        context.on("console", lambda one: troubles.append(one.text) if one.type in {"error", "warning"} else None)
        context.on("weberror", lambda one: troubles.append(str(one.error)))
        context.on("request", lambda one: hosts.add(urlsplit(one.url).hostname or ""))
        choices = f"localStorage.setItem('coldchain.language', '{language}');"
        choices += "localStorage.setItem('coldchain.toured', 'yes');"
        context.add_init_script(f"if (location.protocol === 'http:') {{ {choices} }}")  # an empty tab has no storage
        if role is not None:
            entry = self.url + way_in(self.database, self.world.tenant_id, role, NOW_MS)
            assert context.request.get(entry, max_redirects=0).status == 303
        yield context
        context.close()
        told = tuple(f"the server responded with a status of {status}" for status in refusals)
        assert [text for text in troubles if not any(one in text for one in told)] == []
        assert hosts <= {"127.0.0.1", ""}

    @contextmanager
    def opened(self, path: str = "/app/", **options: object) -> Iterator[Page]:
        with self.context(**options) as context:  # type: ignore[arg-type]
            page = context.new_page()
            page.goto(self.url + path)
            yield page


@pytest.fixture
def app(browser: Browser, url: str, day: tuple[Database, World]) -> App:
    return App(browser, url, *day)


def settled(page: Page) -> None:
    """Until the page has its title and nothing is still on its way."""
    expect(page.locator("[data-page-title], main h1").first).to_be_visible()
    expect(page.locator(".bone")).to_have_count(0)


def violations(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA and its own best practices."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{one['id']}: {node['html'][:160]} {node['failureSummary'][:300]}"
        for one in found["violations"]
        for node in one["nodes"]
    ]


def trouble(app: App, kind: str = "gateway.silent", subject: str = "gw-1") -> None:
    with app.database.write() as session:
        raise_alarm(
            session,
            app.world.tenant_id,
            Cause(kind, kind.partition(".")[0], subject),
            severity=Severity.CRITICAL,
            summary=f"{subject} has been silent for 25 min",
            now_ms=NOW_MS,
        )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_an_accessibility_violation(app: App, scheme: str) -> None:
    """On a screen in English and on a phone in Thai, where every page fits its width."""
    trouble(app)
    language, viewport = ("en", WIDE) if scheme == "light" else ("th", PHONE)
    with app.context(color_scheme=scheme, language=language, viewport=viewport) as context:
        page = context.new_page()
        for name, path in PAGES.items():
            page.goto(app.url + path)
            settled(page)
            assert violations(page) == [], name
            assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], name
    with app.opened(role=None, refusals=(401,), color_scheme=scheme, language=language, viewport=viewport) as page:
        settled(page)
        assert violations(page) == []


def test_signing_in_tells_what_is_wrong_and_then_opens_the_page_asked_for(app: App) -> None:
    user_id = person(app.database, app.world.tenant_id, Role.COORDINATOR, email="nok@east.example")
    with app.database.write() as session:
        users.set_password(session, users.found(session, app.world.tenant_id, user_id), "east", PASSWORD, "/password")
    with app.opened("/app/shipments", role=None, refusals=(401,)) as page:
        page.get_by_label("Group").fill("east")
        page.get_by_label("E-mail").fill("nok@east.example")
        page.get_by_label("Password").fill("one ripe durian")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("alert")).to_be_visible()
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Shipments, first expired first")).to_be_visible()
        page.locator("summary").click()
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_number_opens_its_list_and_the_list_its_shipment_by_keyboard(app: App) -> None:
    with app.opened() as page:
        page.get_by_role("link", name="Use first").focus()
        page.keyboard.press("Enter")
        expect(page).to_have_url(app.url + "/app/shipments?verdict=use_first")
        expect(page.get_by_role("row")).to_have_count(2)
        page.get_by_role("link", name="SH-2").focus()
        page.keyboard.press("Enter")
        title = page.get_by_role("heading", name="Shipment SH-2")
        expect(title).to_be_focused()
        expect(page.locator(".lead")).to_contain_text("hrs outside 13–15 °C so far")
        expect(page.get_by_role("img", name="Temperature and humidity of SH-2 over time")).to_be_visible()
        page.keyboard.press("g")
        page.keyboard.press("s")
        expect(page.get_by_role("searchbox")).to_be_visible()
        page.keyboard.press("/")
        expect(page.get_by_role("searchbox")).to_be_focused()
        page.keyboard.type("SH-4")
        expect(page.get_by_role("row")).to_have_count(2)
        page.get_by_role("heading", level=1).focus()
        page.keyboard.press("?")
        expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)


def test_an_alarm_shows_by_itself_and_is_looked_after(app: App) -> None:
    with app.opened() as page:
        expect(page.get_by_text("Live", exact=True)).to_be_visible()
        expect(page.get_by_text("Nothing is wrong that we know of")).to_be_visible()
        trouble(app)
        page.get_by_role("link", name="gw-1 has been silent for 25 min").click(timeout=15_000)
        dialog = page.get_by_role("dialog", name="Alarms")
        dialog.get_by_label("What you know or do").fill("Driving there")
        dialog.get_by_role("button", name="I look after it").click()
        expect(page.get_by_text("You look after gw-1")).to_be_visible()
        expect(dialog.locator("blockquote")).to_have_text("Driving there")
        expect(dialog.get_by_role("button", name="I look after it")).to_have_count(0)


def test_a_lot_is_entered_on_a_phone_and_taken_back(app: App) -> None:
    with app.opened("/app/lots/new", viewport=PHONE, has_touch=True, language="th", refusals=(422,)) as page:
        page.get_by_label("หมู่บ้าน").select_option("V-1")
        page.get_by_label("ผลผลิต").select_option("durian")
        page.get_by_label("จำนวนลัง").fill("28")
        page.get_by_label("น้ำหนัก (กก.)").fill("0")
        page.get_by_role("button", name="เพิ่มล็อต").tap()
        expect(page.locator("#main [aria-invalid=true]")).to_have_count(1)
        page.get_by_label("น้ำหนัก (กก.)").fill("1,250.5")
        page.get_by_role("button", name="เพิ่มล็อต").tap()
        undo = page.get_by_role("button", name="เลิกทำ")
        expect(undo).to_be_visible()
        with app.database.read() as session:
            lot = session.query(Lot).filter(Lot.code.startswith("LOT-20261123-")).one()
            assert (lot.weight_g, lot.crates, lot.state) == (1_250_500, 28, "waiting")
        undo.tap()
        expect(page.get_by_text("ถอนล็อต")).to_be_visible()
        with app.database.read() as session:
            assert session.query(Lot).filter(Lot.code.startswith("LOT-20261123-")).one().state == "withdrawn"


def test_language_and_colours_change_at_once_and_stay(app: App) -> None:
    with app.context() as context:
        page = context.new_page()
        page.goto(app.url + "/app/shipments/SH-2")
        settled(page)
        page.locator("summary").first.click()
        page.get_by_role("button", name="ไทย").click()
        expect(page.get_by_role("heading", name="รายการส่งออก SH-2")).to_be_visible()
        assert page.locator("time").first.get_attribute("title", timeout=2000).find("2569") > 0
        page.get_by_role("button", name="มืด").click()
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(17, 22, 20)"
        assert page.evaluate("document.documentElement.lang") == "th"


def test_the_first_visit_shows_around_and_an_absent_server_is_told(app: App) -> None:
    with app.browser.new_context(viewport=WIDE) as context:
        context.request.get(app.url + way_in(app.database, app.world.tenant_id, Role.COORDINATOR, NOW_MS))
        page = context.new_page()
        page.goto(app.url + "/app/?lang=en")
        for _ in range(2):
            page.get_by_role("button", name="Next").click()
        page.get_by_role("button", name="Start").click()
        expect(page.get_by_role("dialog")).to_have_count(0)
        context.set_offline(True)
        expect(page.get_by_text("No connection to the server.")).to_be_visible()
        context.set_offline(False)
        expect(page.get_by_text("No connection to the server.")).to_have_count(0)


def test_the_list_of_shipments_needs_little_script_and_nothing_jumps(app: App) -> None:
    with app.opened("/app/shipments") as page:
        settled(page)
        sizes = page.evaluate(
            "performance.getEntriesByType('resource').filter(one => one.name.endsWith('.js'))"
            ".map(one => one.encodedBodySize)"
        )
        assert 10_000 < sum(sizes) <= MOST_SHIPMENTS_SCRIPT_BYTES
        shift = page.evaluate(
            "new Promise(done => new PerformanceObserver(list => done(list.getEntries()"
            ".reduce((sum, one) => sum + (one.hadRecentInput ? 0 : one.value), 0)))"
            ".observe({type: 'layout-shift', buffered: true}) || setTimeout(() => done(0), 300))"
        )
        assert shift < 0.1  # what Web Vitals call good


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "th", "zh"])
@pytest.mark.parametrize(("size", "viewport"), [("wide", WIDE), ("phone", PHONE)])
def test_every_page_in_every_language_fits(app: App, language: str, size: str, viewport: dict[str, int]) -> None:
    """Screenshots are left in artefacts/screens to be looked at."""
    directory = Path("artefacts") / "screens"
    directory.mkdir(parents=True, exist_ok=True)
    trouble(app)
    with app.context(language=language, viewport=viewport) as context:
        page = context.new_page()
        for name, path in PAGES.items():
            page.goto(app.url + path)
            settled(page)
            page.wait_for_function("document.fonts.status === 'loaded'")
            page.screenshot(path=directory / f"{name}-{language}-{size}.png", full_page=True)
            assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], name
            assert violations(page) == [], name
