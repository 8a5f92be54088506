"""The driver's phone: loaded without a connection, sent when it is back, refused with the reason, new sheets read."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from services.db.engine import Database
from services.identity.logic import Role
from services.identity.scope import Scope
from services.lots.tables import Lot
from services.plans.tables import Run, RunStop
from services.runs.tables import RunEvent, RunProof, RunSheet
from services.web.session import entry_path
from tests.browser.test_app import PHONE, violations
from tests.support.people import person
from tests.support.waiting import wait_until
from tests.web.world import NOW_MS, World

pytestmark = pytest.mark.browser

TRUCK = "R6-LCH-1"


@pytest.fixture
def to_drive(day: tuple[Database, World]) -> Database:
    """The day before its run has begun."""
    database, _ = day
    with database.write() as session:
        session.query(Run).update({"state": "assigned"})
        session.query(RunStop).update({"state": "assigned"})
        session.query(Lot).filter(Lot.state == "loaded").update({"state": "planned"})
    return database


@contextmanager
def phone(browser: Browser, url: str, day: tuple[Database, World], **options: object) -> Iterator[BrowserContext]:
    """A phone of the driver, signed in; at its end no page has failed."""
    database, world = day
    scope = Scope(trucks=frozenset({TRUCK}))
    user_id = person(database, world.tenant_id, Role.DRIVER, scope=scope, now_ms=NOW_MS)
    with database.write() as session:
        link = entry_path(session, world.tenant_id, user_id, NOW_MS)
    language = options.pop("language", "en")
    settings = {"viewport": PHONE, "has_touch": True, "reduced_motion": "reduce"} | options
    context = browser.new_context(**settings)  # type: ignore[arg-type]
    choices = f"localStorage.setItem('coldchain.language', '{language}');localStorage.setItem('coldchain.toured', '1')"
    context.add_init_script(f"if (location.protocol === 'http:') {{ {choices} }}")
    failures: list[str] = []
    context.on("weberror", lambda one: failures.append(str(one.error)))
    assert context.request.get(url + link, max_redirects=0).status == 303
    yield context
    context.close()
    assert failures == []


def shot(page: Page, artefacts: Path, name: str) -> None:
    page.wait_for_function("document.fonts.status === 'loaded'")
    page.screenshot(path=artefacts / f"drive-{name}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], name


def a_photo() -> bytes:
    written = io.BytesIO()
    Image.effect_noise((2400, 1800), 40).convert("RGB").save(written, "JPEG")
    return written.getvalue()


def kept_for_offline(page: Page) -> None:
    """Until the app's own files are on the phone."""
    page.wait_for_function("navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller !== null)")
    page.wait_for_function("caches.open('signed-in').then((kept) => kept.match('/v1/session')).then(Boolean)")


def test_a_stop_is_loaded_without_a_connection_and_arrives_when_it_is_back(
    browser: Browser, url: str, day: tuple[Database, World], to_drive: Database, artefacts: Path
) -> None:
    """Also after the page was closed and opened again meanwhile; the figures, photo and signature are the driver's."""
    with phone(browser, url, day) as context:
        page = context.new_page()
        page.goto(url + "/app/")
        page.get_by_role("button", name="Set off to Tha Mai").or_(
            page.get_by_role("button", name="Set off to Khlung")
        ).wait_for()
        assert page.url.endswith("/app/drive"), "a driver begins here"
        kept_for_offline(page)
        shot(page, artefacts, "go")
        page.locator(".drive-big").tap()
        wait_until(lambda: _reported(to_drive) == ["departed", "heading"])
        expect(page.get_by_text("All is sent")).to_be_visible()
        context.set_offline(True)
        page.get_by_role("button", name=re.compile("^I am at")).tap()
        expect(page.get_by_text("1 waiting to be sent")).to_be_visible()
        page.reload()
        expect(page.get_by_text("1 waiting to be sent")).to_be_visible()
        page.get_by_label("Weight loaded (kg)").fill("none")
        page.get_by_role("button", name=re.compile("is loaded$")).tap()
        expect(page.get_by_text("Enter a number above 0")).to_be_visible()
        page.get_by_label("Weight loaded (kg)").fill("385.5")
        page.get_by_label("Crates loaded").fill("19")
        page.get_by_label("Temperature of the produce").fill("29.5")
        page.locator("input[type=file]").set_input_files(
            {"name": "p.jpg", "mimeType": "image/jpeg", "buffer": a_photo()}
        )
        expect(page.get_by_text("Photos: 1")).to_be_visible()
        page.get_by_role("button", name="Signature of the village").tap()
        box = page.locator("canvas").bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + 20, box["y"] + 30)
        page.mouse.down()
        page.mouse.move(box["x"] + 120, box["y"] + 70, steps=5)
        page.mouse.up()
        page.get_by_role("button", name="Keep the signature").tap()
        expect(page.get_by_text("Signatures: 1")).to_be_visible()
        shot(page, artefacts, "load-offline")
        page.get_by_role("button", name=re.compile("is loaded$")).tap()
        expect(page.get_by_text("4 waiting to be sent")).to_be_visible()
        assert _loaded(to_drive) == []
        context.set_offline(False)
        expect(page.get_by_text("All is sent")).to_be_visible(timeout=25_000)
        assert _loaded(to_drive) == [(385_500, 19)]
        with to_drive.read() as session:
            proofs = session.query(RunProof).order_by(RunProof.kind).all()
            assert [one.kind for one in proofs] == ["photo", "signature"]
            with Image.open(io.BytesIO(proofs[0].content)) as picture:
                assert picture.size == (1200, 900)
            told = session.query(RunEvent).filter_by(kind="loaded").one()
            assert told.details["temperature_centi_c"] == 2950


def _reported(database: Database) -> list[str]:
    with database.read() as session:
        return [row.kind for row in session.query(RunEvent).order_by(RunEvent.id)]


def _loaded(database: Database) -> list[tuple[int | None, int | None]]:
    with database.read() as session:
        rows = session.query(RunStop).filter_by(state="loaded").all()
        return [(row.loaded_weight_g, row.loaded_crates) for row in rows]


def test_a_new_sheet_is_read_before_anything_else_and_a_refusal_says_what_to_do(
    browser: Browser, url: str, day: tuple[Database, World], to_drive: Database, artefacts: Path
) -> None:
    """While the phone is away, the second lot goes to another truck: the driver learns it from the sheet."""
    with phone(browser, url, day) as context:
        page = context.new_page()
        page.goto(url + "/app/drive")
        expect(page.locator(".drive-big")).to_be_visible()
        kept_for_offline(page)
        context.set_offline(True)
        page.locator(".drive-big").tap()
        page.get_by_role("button", name="I can't load here").tap()
        page.get_by_role("button", name="The road can't be driven").tap()
        page.get_by_role("button", name="Leave this stop out").tap()
        expect(page.get_by_text("3 waiting to be sent")).to_be_visible()
        with to_drive.write() as session:
            run = session.query(Run).one()
            run.sheet_version = 2
            sentence = "L-0 was loaded by TRK-9."
            session.add(
                RunSheet(
                    run_id=run.id,
                    version=2,
                    tenant_id=run.tenant_id,
                    reason=sentence,
                    lines=["L-0 is no longer yours"],
                    created_at_ms=NOW_MS,
                )
            )
            session.query(RunStop).filter_by(run_id=run.id, position=1).delete()
        context.set_offline(False)
        expect(page.get_by_text("could not take this").first).to_be_visible(timeout=25_000)
        expect(page.get_by_role("heading", name="New sheet 2")).to_be_visible()
        expect(page.get_by_text("L-0 is no longer yours")).to_be_visible()
        expect(page.locator(".drive-big")).to_have_count(0)
        shot(page, artefacts, "news")
        for _ in range(2):
            page.get_by_role("button", name="put aside").first.tap()
        page.get_by_role("button", name="I have read it").tap()
        expect(page.locator(".drive-big")).to_be_visible()
        wait_until(lambda: _reported(to_drive)[-1] == "note")
        with to_drive.read() as session:
            assert session.query(RunEvent).filter_by(kind="note").one().details == {"note": "Sheet 2 read"}


@pytest.mark.parametrize(("scheme", "language"), [("light", "th"), ("dark", "zh")])
def test_the_driver_s_page_is_accessible(
    browser: Browser,
    url: str,
    day: tuple[Database, World],
    to_drive: Database,
    artefacts: Path,
    scheme: str,
    language: str,
) -> None:
    """Before setting off, and at a stop with its form and dialog."""
    with phone(browser, url, day, color_scheme=scheme, language=language) as context:
        page = context.new_page()
        page.goto(url + "/app/drive")
        expect(page.locator(".drive-big")).to_be_visible()
        assert violations(page) == []
        page.locator(".drive-big").tap()
        expect(page.locator(".drive-links a")).to_have_count(2)
        wait_until(lambda: len(_reported(to_drive)) == 2)
        page.locator(".drive-big").tap()
        expect(page.locator("form.large")).to_be_visible()
        assert violations(page) == []
        shot(page, artefacts, f"load-{language}-{scheme}")
        page.locator(".drive-next > button.wide").tap()
        assert violations(page) == []
