"""A coordinator's day in a real browser: ask for a plan, move lots by keyboard, undo, publish, see a repair."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import URL

from services.db.engine import Database
from services.fleet.schemas import TRUCK, VILLAGE
from services.settings import Settings
from services.workers.dispatcher import Dispatcher
from services.workers.planner import Planner
from tests.browser.test_app import PHONE, WIDE, App, settled, violations
from tests.runs.test_closed_loop import Day
from tests.support.api import NOON_MS, LiveApi, SetClock, serve
from tests.support.orchard import Orchard, created, plant
from tests.web.world import World

pytestmark = pytest.mark.browser

HOUR_MS = 3_600_000
MORNING_MS = NOON_MS - 5 * HOUR_MS
SEARCH_S = 0.5


@dataclass(frozen=True)
class Office:
    """Two trucks, two villages and four lots that wait, looked at in the app while a real planner is at work."""

    app: App
    orchard: Orchard

    @property
    def api(self) -> LiveApi:
        return self.orchard.api


@pytest.fixture
def office(browser: Browser, sqlite_url: URL, tmp_path: Path) -> Iterator[Office]:
    database = Database(sqlite_url)
    clock = SetClock(MORNING_MS)
    with serve(database, Settings(data_dir=tmp_path), clock) as api:
        orchard = plant(api)
        created(orchard.client.post("/v1/trucks", json=TRUCK | {"code": "TRK-8", "capacity_g": 700_000}))
        far = {"code": "KLG-02", "name": "Khao Chamao", "latitude": 12.95, "longitude": 101.68}
        created(orchard.client.post("/v1/villages", json=VILLAGE | far))
        for number in range(4):
            orchard.lot(
                f"LOT-{number}",
                commodity_id="mangosteen",
                weight_g=300_000,
                crates=15,
                village=f"KLG-0{1 + number // 2}",
                harvested_at=MORNING_MS - 2 * HOUR_MS,
            )
        planner = Planner(database, clock, default_seconds=SEARCH_S, machine_clock=clock)
        worker = threading.Thread(target=planner.run)
        worker.start()
        yield Office(App(browser, api.url, database, World(orchard.tenant_id, orchard.tenant_id)), orchard)
        planner.stop.set()
        worker.join(30)
    database.close()


def on(page: Page, truck: str, count: int) -> None:
    """So many lots ride on a truck, as the timeline has it."""
    expect(page.locator(f"[data-lane='{truck}'] [data-lot]")).to_have_count(count)


def asked(page: Page, office: Office) -> None:
    page.goto(office.app.url + "/app/plans")
    settled(page)
    page.get_by_label("Seconds to search").fill("1")
    page.get_by_role("button", name="Make the plan").click()
    page.get_by_role("link", name="Open the plan").click(timeout=20_000)
    expect(page.get_by_role("heading", name="Trucks over the day")).to_be_visible()


def test_from_asking_for_a_plan_to_its_repair(office: Office) -> None:
    with office.app.context() as context:
        page = context.new_page()
        asked(page, office)
        on(page, "TRK-7", 4)
        lot = page.locator("[data-lane='TRK-7'] [data-lot]").first
        code = lot.get_attribute("data-lot") or ""
        lot.focus()
        page.keyboard.press("Space")
        page.keyboard.press("ArrowDown")
        expect(page.get_by_role("group", name="What this move would do")).to_contain_text("TRK-8")
        page.keyboard.press("Space")
        yes = page.get_by_role("button", name="Apply", exact=True)
        expect(yes).to_be_focused()
        expect(page.get_by_text("breaks no rule")).to_be_visible()
        assert violations(page) == []
        page.keyboard.press("Enter")
        on(page, "TRK-7", 3)
        expect(page.locator(f"[data-lane='TRK-8'] [data-lot='{code}']")).to_be_visible()
        page.get_by_role("button", name="Undo").click()
        on(page, "TRK-7", 4)
        page.get_by_role("button", name="Redo").click()
        on(page, "TRK-8", 1)
        page.get_by_role("button", name="Undo").click()
        on(page, "TRK-7", 4)
        page.get_by_role("button", name="Publish…").click()
        page.get_by_role("button", name="Publish now").click()
        expect(page.get_by_text("Published: drivers see their runs.")).to_be_visible()
        plan_id = page.url.rpartition("/")[2]
        dispatcher = Dispatcher(office.app.database, office.api.clock, machine_clock=office.api.clock, seconds=SEARCH_S)
        day = Day(office.api, office.orchard.client, dispatcher, plan_id)
        last = day.order()[-1]
        day.keeps(last, hours=80)
        assert dispatcher.turn() == 1
        page.get_by_role("link", name="Look at the repair").click(timeout=15_000)
        expect(page.locator(".repair")).to_contain_text(last)
        assert violations(page) == []
        page.get_by_role("button", name="Apply: drivers get new sheets").click()
        expect(page.get_by_text("Applied: drivers have new sheets")).to_be_visible()
        assert day.repairs()[0]["state"] == "applied"


@pytest.mark.slow
def test_what_breaks_rules_is_told_and_not_applied(office: Office) -> None:
    """Three lots of 300 kg on a truck of 700 kg: each rule that breaks is named; what others changed first wins."""
    with office.app.context(refusals=(412,)) as context:
        page = context.new_page()
        asked(page, office)
        for turn in range(3):
            page.locator("[data-lane='TRK-7'] [data-lot]").first.click()
            page.get_by_label("Move to truck").select_option("TRK-8")
            page.get_by_role("button", name="Try it").click()
            if turn < 2:
                page.get_by_role("button", name="Apply", exact=True).click()
                on(page, "TRK-8", turn + 1)
        said = page.get_by_role("group", name="What this move would do")
        expect(said.locator(".violations li").first).to_contain_text("TRK-8")
        expect(said.get_by_role("button", name="Apply", exact=True)).to_have_count(0)
        page.keyboard.press("Escape")
        on(page, "TRK-8", 2)
        page.get_by_role("button", name="Publish…").click()
        plan_id = page.url.rpartition("/")[2]
        office.orchard.client.post(f"/v1/plans/{plan_id}/publish").raise_for_status()
        page.get_by_role("button", name="Publish now").click()
        expect(page.get_by_role("dialog").get_by_role("alert")).to_be_visible()
        expect(page.get_by_role("dialog")).to_contain_text("version 2")


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_plans_runs_and_repairs_have_no_accessibility_violation(office: Office, scheme: str) -> None:
    """On a screen in English and on a phone in Thai; screenshots are left in artefacts/screens."""
    client = office.orchard.client
    directory = Path("artefacts") / "screens"
    directory.mkdir(parents=True, exist_ok=True)
    language, viewport = ("en", WIDE) if scheme == "light" else ("th", PHONE)
    with office.app.context(color_scheme=scheme, language=language, viewport=viewport) as context:
        page = context.new_page()

        def looked_at(name: str, path: str) -> None:
            page.goto(office.app.url + path)
            settled(page)
            page.wait_for_function("document.fonts.status === 'loaded'")
            page.screenshot(path=directory / f"{name}-{language}-{scheme}.png", full_page=True)
            assert violations(page) == [], name
            assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], name

        looked_at("ask", "/app/plans")
        job = client.post("/v1/plans", json={"seconds": SEARCH_S, "required_life_h": 72}).json()
        page.goto(f"{office.app.url}/app/plans?jobs={job['id']}")
        page.locator(".job a.primary").wait_for(timeout=20_000)
        assert violations(page) == []
        plan_id = client.get(f"/v1/plans/jobs/{job['id']}").json()["plan_id"]
        looked_at("plan", f"/app/plans/{plan_id}")
        page.locator("[data-lot]").first.focus()
        for key in ("Space", "ArrowDown", "Space"):
            page.keyboard.press(key)
        page.locator(".rehearsal .buttons").wait_for()
        assert violations(page) == []
        page.screenshot(path=directory / f"rehearsal-{language}-{scheme}.png")
        client.post(f"/v1/plans/{plan_id}/publish").raise_for_status()
        looked_at("compare", f"/app/plans?compare={plan_id},{plan_id}")
        looked_at("runs", "/app/runs")
        dispatcher = Dispatcher(office.app.database, office.api.clock, machine_clock=office.api.clock, seconds=SEARCH_S)
        day = Day(office.api, client, dispatcher, plan_id)
        looked_at("run", f"/app/runs/{day.runs()[0]['id']}")
        day.keeps(day.order()[-1], hours=80)
        assert dispatcher.turn() == 1
        looked_at("repairs", f"/app/repairs?open={day.repairs()[0]['id']}")
