"""The printed run sheet, set by Typst in fonts of our own; nothing is fetched."""

import io
import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo

import segno
import typst

from services.errors import Unavailable
from services.runs.sheet import PlaceDocument, RunSheetDocument, SheetStop
from services.runs.sheet_map import Point, route_svg
from services.runs.sheet_words import WORDS, SheetLanguage

ZONE = ZoneInfo("Asia/Bangkok")
BUDDHIST_ERA_YEARS = 543
FONTS = Path(str(files("services.web"))) / "static" / "print"
"""Written by the build of the web app."""

PREVIEW_PPI = 110
WEEKDAYS_TH = ("จันทร์", "อังคาร", "พุธ", "พฤหัสบดี", "ศุกร์", "เสาร์", "อาทิตย์")
MONTHS_TH = ("ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค.")


def printed(
    sheet: RunSheetDocument,
    language: SheetLanguage,
    url: str,
    now_ms: int,
    *,
    form: Literal["pdf", "png"] = "pdf",
    fonts: Path = FONTS,
) -> bytes:
    """The sheet as a PDF, or its first page as a picture; ``url`` is what its QR code leads to.

    Raises Unavailable where the fonts were not built.
    """
    if not any(fonts.glob("*.ttf")):
        raise Unavailable("The fonts of printed sheets are not built here: run .ci/web run, then try again.")
    done = typst.compile(
        _template(),
        font_paths=_faces(fonts),
        format=form,
        ppi=PREVIEW_PPI if form == "png" else None,
        sys_inputs={"sheet": json.dumps(contents(sheet, language, url, now_ms), ensure_ascii=False)},
        timestamp=now_ms // 1000,
    )
    # one picture a page, whatever the stubs say
    pages = cast("bytes | list[bytes]", done)
    return pages[0] if isinstance(pages, list) else pages


def contents(sheet: RunSheetDocument, language: SheetLanguage, url: str, now_ms: int) -> Mapping[str, Any]:
    """All that the page says, in words and figures as they are printed."""
    words = WORDS[language]
    open_stops = [stop for stop in sheet.stops if stop.state != "skipped"]
    newest = next((one for one in reversed(sheet.changes) if one.version == sheet.version), None)
    villages = [Point(str(one.position), one.village.latitude, one.village.longitude) for one in open_stops]
    return {
        "language": language,
        "words": dict(words),
        "code": sheet.code,
        "truck": sheet.truck,
        "day": _day(sheet.departs_at, language),
        "version": sheet.version,
        "reason": newest.reason if newest else "",
        "changes": list(newest.lines) if newest else [],
        "departs": _time(sheet.departs_at),
        "arrives": _time(sheet.arrives_at),
        "distance": f"{sheet.distance_m / 1000:,.0f} km",
        "set_point": words["ambient"] if sheet.set_point_c is None else f"{sheet.set_point_c:.1f} °C",
        "total": f"{sum(one.weight_g for one in open_stops) / 1000:,.0f} kg",
        "total_crates": f"{sum(one.crates for one in open_stops):,} {words['crates']}",
        "hub": _name(sheet.hub, language),
        "hub_code": sheet.hub.code,
        "navigate": _navigate(sheet.hub),
        "stops": [_stop(stop, language) for stop in sheet.stops],
        "map": route_svg(villages, Point("", sheet.hub.latitude, sheet.hub.longitude)),
        "qr": _qr(url),
        "url": url,
        "printed": f"{_day(now_ms, language)} {_time(now_ms)}",
    }


def _stop(stop: SheetStop, language: SheetLanguage) -> dict[str, Any]:
    words = WORDS[language]
    produce = stop.produce_th if language == "th" and stop.produce_th else stop.produce_en
    grade = f", {words['grade']} {stop.grade}" if stop.grade else ""
    other = stop.village.name if language == "th" and stop.village.name_th else stop.village.name_th or ""
    return {
        "position": stop.position,
        "village": _name(stop.village, language),
        "other": f"{other} {stop.village.code}".strip(),
        "where": f"{stop.village.latitude:.4f}, {stop.village.longitude:.4f}",
        "navigate": _navigate(stop.village),
        "time": f"{_time(stop.arrives_at)} – {_time(stop.departs_at)}",
        "lot": stop.lot,
        "produce": f"{produce}{grade}",
        "declared": f"{stop.weight_g / 1000:,.0f} kg",
        "crates": f"{stop.crates:,} {words['crates']}",
        "skipped": f"{words['skipped']}: {stop.reason or ''}" if stop.state == "skipped" else "",
        "loaded": _loaded(stop, language),
    }


def _navigate(place: PlaceDocument) -> str:
    """What opens the phone's navigation to a place: a universal link, which asks which app where there are several."""
    return f"https://www.google.com/maps/dir/?api=1&destination={place.latitude:.5f},{place.longitude:.5f}"


def _loaded(stop: SheetStop, language: SheetLanguage) -> str:
    if stop.state != "loaded":
        return ""
    words = WORDS[language]
    weight = "" if stop.loaded_weight_g is None else f" {stop.loaded_weight_g / 1000:,.0f} kg"
    return f"{words['loaded']}{weight}"


def _name(place: PlaceDocument, language: SheetLanguage) -> str:
    return place.name_th if language == "th" and place.name_th else place.name


def _qr(url: str) -> str:
    drawn = io.BytesIO()
    segno.make_qr(url, error="m").save(drawn, kind="svg", border=2, xmldecl=False)
    return drawn.getvalue().decode()


def _at(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, ZONE)


def _time(at_ms: int) -> str:
    return f"{_at(at_ms):%H:%M}"


def _day(at_ms: int, language: SheetLanguage) -> str:
    at = _at(at_ms)
    if language == "en":
        return f"{at:%A} {at.day} {at:%B %Y}"
    return f"วัน{WEEKDAYS_TH[at.weekday()]}ที่ {at.day} {MONTHS_TH[at.month - 1]} {at.year + BUDDHIST_ERA_YEARS}"


@cache
def _template() -> bytes:
    return (files(__package__) / "templates" / "sheet.typ").read_bytes()


@cache
def _faces(fonts: Path) -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(fonts)])
