"""The public trace page: where it grew, how it travelled, how cold it was. One file, no script, no foreign host."""

import hashlib
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from services.trace.thread import Record, Thread
from services.trace.words import LANGUAGES, WORDS
from telemetry.freshness import UnknownCommodity
from telemetry.freshness.commodities import Catalogue

ZONE = ZoneInfo("Asia/Bangkok")
BUDDHIST_ERA_YEARS = 543

SHOWN = ("harvest", "collection", "receipt", "treatment", "departure", "handover", "arrival", "inspection")
"""What the public sees; buyers, prices, weights and people's names are not among it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the way: when, what, where."""

    when: str
    what: str
    where: str
    note: str


def render(
    thread: Thread, language: str, catalogue: Catalogue, *, verdict: str, keeps_until_ms: int | None
) -> tuple[str, dict[str, str]]:
    """The page in a language and the headers that it needs."""
    words = WORDS[language]
    environment = _environment()
    style = _style()
    page = environment.get_template("trace.html").render(
        language=language,
        languages=LANGUAGES,
        words=words,
        style=style,
        code=thread.shipment.code,
        produce=_produce(thread, language, catalogue),
        steps=[_step(record, language, words) for record in _collapsed(thread)],
        verdict=words["verdicts"].get(verdict, words["verdicts"]["unknown"]),
        verdict_key=verdict,
        keeps_until=None if keeps_until_ms is None else _day(keeps_until_ms, language),
        certificates=sorted({one for record in thread.of("harvest") for one in record.facts.get("certificates", [])}),
    )
    return page, _headers(style)


def language_of(asked: str | None, accepted: str) -> str:
    """The language asked for in the address, else the first one that the browser accepts and we speak."""
    wanted = [asked or ""] + [part.split(";")[0].strip().lower() for part in accepted.split(",")]
    return next((word[:2] for word in wanted if word[:2] in LANGUAGES), "en")


@cache
def _environment() -> Environment:
    loader = PackageLoader("services.trace", "templates")
    return Environment(
        loader=loader, autoescape=select_autoescape(), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


@cache
def _style() -> str:
    source, _, _ = PackageLoader("services.trace", "templates").get_source(_environment(), "trace.css")
    return source


def _headers(style: str) -> dict[str, str]:
    # the one style block is allowed by its digest, so that nothing else inline runs or shows
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return {
        "Content-Security-Policy": (
            f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; "
            "frame-ancestors 'none'"
        ),
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex",
        "Cache-Control": "no-cache",
    }


def _produce(thread: Thread, language: str, catalogue: Catalogue) -> list[dict[str, str]]:
    found: dict[tuple[str, str, str], None] = {}
    for record in thread.of("harvest"):
        village = record.facts.get("village_name_th") if language == "th" else None
        name = _commodity(record.facts["commodity_id"], language, catalogue)
        found.setdefault((name, village or record.facts["village_name"], record.facts.get("province", "")))
    return [{"name": name, "village": village, "province": province} for name, village, province in found]


def _commodity(commodity_id: str, language: str, catalogue: Catalogue) -> str:
    try:
        commodity = catalogue.commodity(commodity_id)
    except UnknownCommodity:
        return commodity_id.replace("_", " ")
    return commodity.name_th if language == "th" and commodity.name_th else commodity.name_en


def _collapsed(thread: Thread) -> list[Record]:
    """The records that the public sees, those of one kind on one day at one place as one line."""
    kept: dict[tuple[str, str, str], Record] = {}
    for record in thread.records:
        if record.kind in SHOWN:
            day = f"{datetime.fromtimestamp(record.at_ms / 1000, ZONE):%Y-%m-%d}"
            kept.setdefault((record.kind, day, _where(record, "en")), record)
    return list(kept.values())


def _step(record: Record, language: str, words: Mapping[str, Any]) -> Step:
    celsius = record.facts.get("temperature_c", record.facts.get("pulp_c"))
    notes = [f"{celsius:g} °C" if celsius is not None else "", words["qualities"].get(record.facts.get("quality"), "")]
    what = words["steps"][record.kind]
    if record.kind == "treatment":
        what = f"{what}: {record.facts['treatment'].replace('_', ' ')}"
    return Step(_day(record.at_ms, language), what, _where(record, language), ", ".join(note for note in notes if note))


def _where(record: Record, language: str) -> str:
    facts = record.facts
    village = facts.get("village_name_th") if language == "th" else None
    named = village or facts.get("village_name") or facts.get("hub_name") or facts.get("place")
    if record.kind in ("departure", "arrival"):
        return str(facts.get("destination", ""))
    return str(named or "")


def _day(at_ms: int, language: str) -> str:
    at = datetime.fromtimestamp(at_ms / 1000, ZONE)
    if language == "th":
        return f"{at.day}/{at.month}/{at.year + BUDDHIST_ERA_YEARS}"
    return f"{at.year}年{at.month}月{at.day}日" if language == "zh" else f"{at.day} {at:%b %Y}"


MISSING_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Cache-Control": "no-store",
}


def missing(language: str) -> str:
    """The page for a code that leads nowhere, alike for wrong and for revoked ones."""
    return _environment().get_template("missing.html").render(language=language, words=WORDS[language])
