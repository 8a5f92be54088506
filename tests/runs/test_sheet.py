"""The run sheet: what a driver is told, on the phone and on paper, in Thai and English."""

import io
import uuid
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

from services.errors import Unavailable
from services.fleet.schemas import VILLAGE
from services.identity.logic import Role
from services.identity.scope import Scope
from services.runs.sheet import PLACE, STOP, VERSION, PlaceDocument, RunSheetDocument, SheetStop
from services.runs.sheet_map import Point, route_svg
from services.runs.sheet_print import contents, printed
from services.runs.sheet_words import WORDS
from tests.runs.test_closed_loop import Day, day
from tests.support.api import NOON_MS
from tests.support.people import browser

__all__ = ["day"]

URL = "https://chain.example/app/drive/5a2f0f4e"
THAI = "บ้านน้ำพุร้อนที่ปู่ย่าเก็บกุ้ง"
"""With vowels and tone marks above each other, which a font without shaping puts on one another."""


def sheet(name_th: str = THAI, stops: int = 2, version: int = 2) -> RunSheetDocument:
    place = PlaceDocument.model_validate(PLACE | {"name_th": name_th})
    times = {"arrives_at": NOON_MS, "departs_at": NOON_MS + 600_000}
    made = [SheetStop.model_validate(STOP | times | {"position": one}) for one in range(1, stops + 1)]
    return RunSheetDocument(
        run_id=uuid.UUID(int=1),
        code="20261123-TRK-7-1-9f31",
        truck="TRK-7",
        state="assigned",
        version=version,
        set_point_c=14.0,
        distance_m=182_000,
        departs_at=NOON_MS,
        departed_at=None,
        arrives_at=NOON_MS + 3_600_000,
        arrived_at=None,
        hub=place,
        stops=[one.model_copy(update={"village": place}) for one in made],
        changes=[VERSION | {"created_at_ms": NOON_MS}],
    )


def test_the_page_says_what_the_sheet_says() -> None:
    """The village by its Thai name, Thai times and years, the total, and why there is a new version."""
    told = contents(sheet(), "th", URL, NOON_MS)
    assert told["stops"][0]["village"] == THAI
    assert told["stops"][0]["time"] == "12:00 – 12:10"
    assert told["day"] == "วันจันทร์ที่ 23 พ.ย. 2569"
    assert (told["total"], told["total_crates"]) == ("840 kg", "56 ลัง")
    assert told["reason"] == VERSION["reason"]
    english = contents(sheet(version=1), "en", URL, NOON_MS)
    assert english["stops"][0]["village"] == "Klaeng"
    assert english["reason"] == "", "the first sheet replaces none"


def test_both_languages_have_words_for_all() -> None:
    """A key that one of them lacks would stop the page."""
    assert WORDS["th"].keys() == WORDS["en"].keys()


def test_a_printed_sheet_is_a_pdf_with_its_fonts_in_it() -> None:
    """It prints the same everywhere: the faces are in the file, and forty stops go on further pages."""
    short, long = (printed(sheet(stops=count), "th", URL, NOON_MS) for count in (2, 40))
    assert short.startswith(b"%PDF-")
    assert b"NotoSansThai" in short
    assert b"NotoSans-" in short
    assert pages(short) == 1
    assert pages(long) > 1


def test_on_a_phone_each_place_opens_its_navigation() -> None:
    """The village and the hub are links to where they are."""
    document = printed(sheet(stops=1), "en", URL, NOON_MS)
    assert document.count(b"google.com/maps/dir/?api=1&destination=12.77970,101.64830") >= 2


def pages(document: bytes) -> int:
    return document.count(b"/Type /Page\n") + document.count(b"/Type /Page ") + document.count(b"/Type/Page/")


def test_thai_is_drawn_and_not_left_blank() -> None:
    """The page differs where only the Thai name does, and a name of other marks of the same letters differs too."""
    pictures = [
        Image.open(io.BytesIO(printed(sheet(name), "th", URL, NOON_MS, form="png"))).convert("L").tobytes()
        for name in ("", "กุง", "กุ้ง")
    ]
    assert len(set(pictures)) == 3


def test_without_fonts_it_says_what_to_do(tmp_path: Path) -> None:
    """Nothing half-printed with a font that has no Thai."""
    with pytest.raises(Unavailable, match=r"run \.ci/web run"):
        printed(sheet(), "th", URL, NOON_MS, fonts=tmp_path)


def test_the_map_shows_each_village_once_inside_its_frame() -> None:
    """Two stops at one village share a mark; nothing is drawn outside; one village alone is no division by zero."""
    village = Point("1", 12.7, 101.6)
    drawn = route_svg([village, Point("2", 12.7, 101.6), Point("3", 12.9, 101.7)], Point("", 13.07, 100.9))
    root = ElementTree.fromstring(drawn)
    labels = [one.text for one in root.iter("{http://www.w3.org/2000/svg}text")]
    assert labels[:2] == ["1,2", "3"]
    line = next(root.iter("{http://www.w3.org/2000/svg}polyline")).attrib["points"]
    for x, y in (map(float, point.split(",")) for point in line.split()):
        assert 0 <= x <= 520
        assert 0 <= y <= 300
    assert "nan" not in route_svg([village], Point("", 12.7, 101.6))
    assert "nan" not in route_svg([], Point("", 12.7, 101.6))


def test_a_driver_reads_and_prints_the_own_run_only(day: Day) -> None:
    """Another truck's run is as if it never was; so are its sheets."""
    (run, *_) = day.runs()
    mine = browser(day.api, Role.DRIVER, scope=Scope(trucks=frozenset({run["truck"]})))
    other = browser(day.api, Role.DRIVER, scope=Scope(trucks=frozenset({"TRK-99"})))
    told = mine.get(f"/v1/runs/{run['id']}/sheet").raise_for_status().json()
    assert [stop["lot"] for stop in told["stops"]] == [stop["lot"] for stop in run["stops"]]
    assert {stop["village"]["name"] for stop in told["stops"]} <= {VILLAGE["name"], "Khao Chamao"}
    assert told["stops"][0]["weight_g"] == 300_000
    assert (told["version"], told["changes"]) == (1, [])
    paper = mine.get(f"/v1/runs/{run['id']}/sheet.pdf", params={"lang": "en"})
    assert paper.headers["content-type"] == "application/pdf"
    assert paper.content.startswith(b"%PDF-")
    for address in ("sheet", "sheet.pdf", "sheets"):
        assert other.get(f"/v1/runs/{run['id']}/{address}").status_code == 404
        assert mine.get(f"/v1/runs/{uuid.uuid4()}/{address}").status_code == 404
