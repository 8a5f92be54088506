"""Vendors whose files differ from a plain table only in what stands above it.

Elitech: ElitechLog user manual, "Export data" (device information, then No., Time, Temperature, Humidity). LogTag:
LogTag Analyzer user guide, "Export" (date, time, reading, the unit behind each value or in the heading). Sensitech
TempTale: TempTale Manager Desktop user guide, "Export to text" (serial number, zone and unit above the points; often
°F). Testo: testo Comfort Software instruction manual, "Export" (semicolons, decimal comma, unit in brackets before or
behind the name, German headings).
"""

from dataclasses import dataclass

from telemetry.loggers.cells import Column, column_of, unit_of
from telemetry.loggers.file import Channel, Layout
from telemetry.loggers.headings import HEAD_ROWS, find_headings, layout_of, mentions, serial_of, zone_in
from telemetry.loggers.table import Rows, texts


@dataclass(frozen=True, slots=True)
class Vendor:
    """A vendor's kind, what gives its files away, and what it calls the temperature if not by that word."""

    kind: str
    sign: str
    reading: str = ""


ELITECH = Vendor("elitech", r"elitech|^(device )?(model|type)\W*(RC|GSP|RCW|LogEt|Tlog)-?\d")
LOGTAG = Vendor("logtag", r"\blogtag\b|\b(TRIX|TREX|UTRIX|UTREX|TRED|SRIC|HAXO|UHADO)[-0-9]", "reading")
TEMPTALE = Vendor("temptale", r"temptale|sensitech", "temp")
TESTO = Vendor("testo", r"\btesto\b|^\W*(datum|date)\W*(/|und)?\W*(zeit|uhrzeit)\W*$|\[\s*%\s?rF\s*\]")


def recognise_elitech(rows: Rows) -> Layout | None:
    """The layout of an ElitechLog export, or None."""
    return _recognise(rows, ELITECH)


def recognise_logtag(rows: Rows) -> Layout | None:
    """The layout of a LogTag Analyzer export, or None."""
    return _recognise(rows, LOGTAG)


def recognise_temptale(rows: Rows) -> Layout | None:
    """The layout of a TempTale Manager export, or None."""
    return _recognise(rows, TEMPTALE)


def recognise_testo(rows: Rows) -> Layout | None:
    """The layout of a testo export, or None."""
    return _recognise(rows, TESTO)


def _recognise(rows: Rows, vendor: Vendor) -> Layout | None:
    if not mentions(rows, vendor.sign):
        return None
    index = find_headings(rows)
    if index is not None:
        return layout_of(vendor.kind, rows, index)
    return _by_reading(rows, vendor) if vendor.reading else None


def _by_reading(rows: Rows, vendor: Vendor) -> Layout | None:
    """A table whose value column is headed by the vendor's own word; its unit stands above it, or in the cells."""
    for index, cells in texts(rows, HEAD_ROWS):
        lower = [cell.lower() for cell in cells]
        values = [place for place, cell in enumerate(lower) if cell.startswith(vendor.reading)]
        kinds = [column_of(cell) for cell in cells]
        if not values or Column.TIME not in kinds:
            continue
        above = [cell for _, row in texts(rows, index) for cell in row]
        unit = unit_of(cells[values[0]]) or next((unit_of(cell) for cell in above if unit_of(cell)), None)
        return Layout(
            vendor.kind,
            index + 1,
            kinds.index(Column.TIME),
            (Channel(values[0], unit),),
            date=kinds.index(Column.DATE) if Column.DATE in kinds else None,
            sensor=serial_of(rows[:index]),
            offset=zone_in([*cells, *above]),
        )
    return None
