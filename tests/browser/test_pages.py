"""The pages in a real browser: no error, no foreign host, usable by keyboard, live, and readable without JavaScript."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from services.db.engine import Database
from services.shipments.tables import Shipment
from tests.web.world import World

pytestmark = pytest.mark.browser

WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@contextmanager
def opened(browser: Browser, link: str, **options: object) -> Iterator[Page]:
    """A page let in by the link; at its end nothing has gone wrong and nobody else was asked for anything."""
    context = browser.new_context(**options)  # type: ignore[arg-type]
    page = context.new_page()
    troubles: list[str] = []
    hosts: set[str] = set()
    page.on("console", lambda message: troubles.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("request", lambda request: hosts.add(urlsplit(request.url).hostname or ""))
    assert context.request.get(link, max_redirects=0).status == 303
    page.goto(link.partition("/enter")[0] + "/overview")
    yield page
    context.close()
    assert troubles == []
    assert hosts == {"127.0.0.1"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("size", "viewport"), [("wide", WIDE), ("phone", PHONE)])
def test_the_overview_opens_by_its_link_and_fits(
    browser: Browser, link: str, artefacts: Path, size: str, viewport: dict[str, int], scheme: str
) -> None:
    with opened(browser, link, viewport=viewport, color_scheme=scheme) as page:
        assert "enter" not in page.url
        expect(page.get_by_role("heading", name="Shipments, first expired first")).to_be_visible()
        expect(page.get_by_role("img", name="Map of the eastern seaboard of Thailand")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
        page.screenshot(path=artefacts / f"overview-{size}-{scheme}.png", full_page=True)


@pytest.mark.parametrize(("size", "viewport"), [("wide", WIDE), ("phone", PHONE)])
def test_a_shipment_is_reached_by_keyboard_and_shows_its_chart(
    browser: Browser, link: str, artefacts: Path, size: str, viewport: dict[str, int]
) -> None:
    with opened(browser, link, viewport=viewport) as page:
        page.get_by_role("link", name="SH-2").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("img", name="Temperature of SH-2")).to_be_visible()
        expect(page.get_by_text("As measured.").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
        page.screenshot(path=artefacts / f"shipment-{size}.png", full_page=True)


def test_without_javascript_everything_is_there_to_read(browser: Browser, link: str) -> None:
    with opened(browser, link, java_script_enabled=False) as page:
        expect(page.get_by_text("Not known: No reading for 10 hours.")).to_be_visible()
        page.get_by_role("link", name="SH-4").click()
        expect(page.get_by_role("heading", name="SH-4")).to_be_visible()


def test_a_change_shows_by_itself_and_focus_stays(browser: Browser, link: str, day: tuple[Database, World]) -> None:
    with opened(browser, link) as page:
        page.get_by_role("link", name="SH-2").focus()
        with day[0].write() as session:
            session.query(Shipment).filter_by(code="SH-2").update({"destination": "Osaka"})
        expect(page.get_by_text("Laem Chabang Port → Osaka")).to_be_visible(timeout=15_000)
        expect(page.get_by_role("link", name="SH-2")).to_be_focused()


def test_words_stand_out_from_their_ground_in_both_schemes(browser: Browser, link: str) -> None:
    """WCAG 2.2 AA: 4.5 to 1 for text; computed from what the browser paints."""
    with opened(browser, link) as page:
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            ratios = page.evaluate(CONTRAST)
            low = {text: ratio for text, ratio in ratios if ratio < 4.5}
            assert low == {}, scheme
            assert len(ratios) > 30


CONTRAST = """() => {
  const parse = (colour) => (colour.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => {
    const linear = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * linear(r / 255) + 0.7152 * linear(g / 255) + 0.0722 * linear(b / 255);
  };
  const ground = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const says = (node) => [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
  const all = [...document.querySelectorAll("body *:not(svg *)")];
  const nodes = all.filter((node) => says(node) && node.checkVisibility());
  return nodes.map((node) => {
    const [one, other] = [light(parse(getComputedStyle(node).color)), light(ground(node))];
    const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    return [node.textContent.trim().slice(0, 40), ratio];
  });
}"""
