"""`coldchain shelf-life`: how long a commodity keeps at one temperature or along a profile."""

import csv
import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from services.errors import InvalidInput
from telemetry.freshness.commodities import Catalogue, UnknownCommodity, load_catalogue
from telemetry.freshness.figures import Commodity
from telemetry.freshness.keeping import ProfileKeeping, keep_along
from telemetry.freshness.kinetics import COLDEST_C, HOTTEST_C

COLUMNS = ("hours", "temperature_c")
LONGEST_PROFILE_H = 24 * 365 * 2


@click.command("shelf-life")
@click.argument("commodity", required=False)
@click.option("--at", "at_c", type=float, metavar="C", help="Keep it at this temperature, °C.")
@click.option(
    "--profile",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE.csv",
    help="Keep it along these `hours,temperature_c` points, then at the last temperature.",
)
@click.option("--stage", default="", help="Stage of maturity or cultivar, where the catalogue has several.")
@click.option("--list", "list_all", is_flag=True, help="List the commodities and leave.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def shelf_life(
    commodity: str | None, at_c: float | None, profile: Path | None, stage: str, list_all: bool, as_json: bool
) -> None:
    """How long COMMODITY keeps, with its spread and where the figures come from.

    \b
    coldchain shelf-life mango_ndm --at 13
    coldchain shelf-life mangosteen --profile container.csv --json
    """
    catalogue = load_catalogue()
    if list_all:
        _print_list(catalogue, as_json)
        return
    if commodity is None:
        raise click.UsageError("Name a COMMODITY, or use --list to see them.")
    if (at_c is None) == (profile is None):
        raise click.UsageError("Give either --at C or --profile FILE.csv.")
    try:
        found = catalogue.commodity(commodity, stage)
    except UnknownCommodity as unknown:
        raise InvalidInput(str(unknown)) from unknown
    points = [(0.0, _plausible(at_c))] if at_c is not None else []
    points += read_profile(profile) if profile is not None else []
    outcome = keep_along(found, points)
    document = describe(found, outcome, with_profile=profile is not None)
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False))
    else:
        _print_words(found, points, outcome)


def describe(commodity: Commodity, outcome: ProfileKeeping, *, with_profile: bool) -> dict[str, Any]:
    """The JSON document of the contract. Days have four decimals; what is not known is null."""
    keeping = outcome.keeping
    keeps = keeping.keeps_days
    document: dict[str, Any] = {
        "commodity": commodity.commodity_id,
        "confidence": keeping.confidence.value,
        "keeps_days": None if keeps is None else {name: round(days, 4) for name, days in asdict(keeps).items()},
        "chilling_injury_after_days": _rounded(keeping.chilling_injury_after_days),
        "freezing_risk": keeping.freezing_risk,
    }
    if with_profile:
        document["life_used"] = _rounded(outcome.life_used)
        document["remaining_days_at_reference"] = _rounded(outcome.remaining_days_at_reference)
    return document


def read_profile(path: Path) -> list[tuple[float, float]]:
    """The points of a profile CSV. Raises `InvalidInput` naming the line, the value and the remedy."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as fault:
        raise InvalidInput(f"{path.name} is not a text file in UTF-8. Export it as CSV again.") from fault
    points: list[tuple[float, float]] = []
    header_seen = False
    for number, cells in enumerate(csv.reader(lines), start=1):
        if not any(cell.strip() for cell in cells):
            continue
        names = tuple(cell.strip().casefold() for cell in cells)
        if not header_seen:
            header_seen = True
            if names != COLUMNS:
                raise _fault(path, number, f"the header is {','.join(cells)!r}", "Write `hours,temperature_c`.")
            continue
        points.append(_point(path, number, cells, points[-1][0] if points else 0.0))
    if not points:
        raise InvalidInput(f"{path.name} has no points. Give at least one row below `hours,temperature_c`.")
    return points


def _point(path: Path, number: int, cells: list[str], previous_h: float) -> tuple[float, float]:
    if len(cells) != len(COLUMNS):
        raise _fault(path, number, f"{len(cells)} columns, not 2", "Write hours and temperature_c, one point a line.")
    values = []
    for name, cell in zip(COLUMNS, cells, strict=True):
        try:
            value = float(cell)
        except ValueError:
            raise _fault(path, number, f"{name} is {cell.strip()!r}, not a number", "Use a decimal point.") from None
        if not math.isfinite(value):
            raise _fault(path, number, f"{name} is {cell.strip()!r}", "Give a finite number.")
        values.append(value)
    hours, temperature_c = values
    if hours < 0 or hours > LONGEST_PROFILE_H:
        raise _fault(path, number, f"hours is {hours:g}", f"Count hours from the start, 0 to {LONGEST_PROFILE_H}.")
    if hours < previous_h:
        raise _fault(path, number, f"hours falls from {previous_h:g} to {hours:g}", "Sort the rows by time.")
    if not COLDEST_C <= temperature_c <= HOTTEST_C:
        remedy = f"Give °C from {COLDEST_C:g} to {HOTTEST_C:g}; is it in °F?"
        raise _fault(path, number, f"temperature_c is {temperature_c:g}", remedy)
    return hours, temperature_c


def _plausible(temperature_c: float) -> float:
    if not COLDEST_C <= temperature_c <= HOTTEST_C:
        raise InvalidInput(f"--at is {temperature_c:g}. Give °C from {COLDEST_C:g} to {HOTTEST_C:g}; is it in °F?")
    return temperature_c


def _fault(path: Path, line: int, detail: str, remedy: str) -> InvalidInput:
    return InvalidInput(f"{path.name}: line {line}: {detail}. {remedy}")


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _print_list(catalogue: Catalogue, as_json: bool) -> None:
    rows = [
        {"commodity": c.commodity_id, "name": c.name_en, "confidence": c.confidence.value, "stages": list(c.stages)}
        for c in catalogue
    ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        stages = ", ".join(row["stages"])
        click.echo(f"{row['commodity']:<18} {row['name']:<32} {row['confidence']:<14} {stages}".rstrip())


def _print_words(commodity: Commodity, points: list[tuple[float, float]], outcome: ProfileKeeping) -> None:
    stage = f", {commodity.stage.replace('_', ' ')}" if commodity.stage else ""
    click.echo(f"{commodity.name_en} ({commodity.name_th}{stage})")
    keeping = outcome.keeping
    if keeping.keeps_days is None:
        click.echo("No published life: not supported; it gets a temperature record and no prediction.")
    else:
        days, last_c = keeping.keeps_days, points[-1][1]
        where = f"at {last_c:g} °C" if len(points) == 1 else f"along this profile and then at {last_c:g} °C"
        click.echo(f"Keeps {days.p50:.1f} days {where} (p10 {days.p10:.1f}, p90 {days.p90:.1f})")
        click.echo(f"Plan with {keeping.default_days:.1f} days, the low end of what is published")
        click.echo(f"Confidence {keeping.confidence}")
    if len(points) > 1 and outcome.life_used is not None:
        left = f"{outcome.remaining_days_at_reference:.1f} days left at {commodity.reference_temperature_c:g} °C"
        click.echo(f"Life used {outcome.life_used:.0%}; {left}")
    if keeping.chilling_injury_after_days is not None:
        threshold = commodity.chilling_threshold_c
        click.echo(f"Chilling injury after {keeping.chilling_injury_after_days:.1f} days (threshold {threshold:g} °C)")
    if keeping.freezing_risk:
        click.echo(f"Freezes: at or below {commodity.freezing_point_c:g} °C")
    for decision in commodity.decisions:
        click.echo(f"  {decision}")
