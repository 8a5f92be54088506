"""Finding the row of headings, the serial number and the zone in whatever stands above the data."""

import re
from collections.abc import Sequence
from datetime import timedelta

from telemetry.loggers.cells import Column, column_of, unit_of
from telemetry.loggers.file import Channel, Layout
from telemetry.loggers.table import Rows, texts
from telemetry.loggers.times import offset_of

HEAD_ROWS = 100
"""The headings stand within so many rows."""

_SERIAL = re.compile(
    r"^\W*(?:logger |device |unit |monitor )?"
    r"(?:s/n|sn|serial(?: ?(?:number|no\.?|num))?|seriennummer|序列号|设备编号|หมายเลขเครื่อง)"
    r"\W*(?P<value>[\w-]*)\W*$",
    re.IGNORECASE,
)
_ZONE = re.compile(r"\b(?:utc|gmt)\b\s*(?P<offset>[+-]\s?\d{1,2}(?::?\d{2})?)?", re.IGNORECASE)
_BARE_ZONE = re.compile(r"time\s*\(\s*(?P<offset>[+-]\d{1,2}:?\d{2})\s*\)", re.IGNORECASE)


def find_headings(rows: Rows) -> int | None:
    """The first row that announces both a time and a temperature, or None."""
    for index, cells in texts(rows, HEAD_ROWS):
        found = {column_of(cell) for cell in cells}
        if Column.TEMPERATURE in found and not found.isdisjoint({Column.TIME, Column.DATE}):
            return index
    return None


def layout_of(kind: str, rows: Rows, index: int, *, first_row: int | None = None) -> Layout | None:
    """The layout that the headings in row ``index`` announce, with serial number and zone from what stands above.

    None where they announce no time or no temperature.
    """
    headings = [cell if isinstance(cell, str) else "" for cell in rows[index]]
    kinds = [column_of(heading) for heading in headings]
    times = [place for place, column in enumerate(kinds) if column is Column.TIME]
    dates = [place for place, column in enumerate(kinds) if column is Column.DATE]
    if not times and not dates:
        return None
    # A heading "Date" alone, without a "Time" beside it, holds both.
    time, date = (times[0], dates[0] if dates else None) if times else (dates[0], None)
    found = channels([place for place, column in enumerate(kinds) if column is Column.TEMPERATURE], headings, kinds)
    if not found:
        return None
    return Layout(
        kind,
        index + 1 if first_row is None else first_row,
        time,
        found,
        date=date,
        sensor=serial_of(rows[:index]),
        offset=zone_in([headings[time], *(cell for _, cells in texts(rows, index) for cell in cells)]),
    )


def channels(places: Sequence[int], headings: Sequence[str], kinds: Sequence[Column | None]) -> tuple[Channel, ...]:
    """The temperature columns, numbered where there are several, each with its humidity where it can be told."""
    humidities = [place for place, column in enumerate(kinds) if column is Column.HUMIDITY]
    paired = len(humidities) == len(places)
    return tuple(
        Channel(
            place,
            unit_of(headings[place]),
            str(number + 1) if len(places) > 1 else "",
            humidities[number] if paired else humidities[0] if humidities and number == 0 else None,
        )
        for number, place in enumerate(places)
    )


def serial_of(rows: Rows) -> str:
    """The serial number that stands above the data, beside or behind its name, or nothing."""
    for _, cells in texts(rows, HEAD_ROWS):
        for place, cell in enumerate(cells):
            found = _SERIAL.match(cell)
            if found is None:
                continue
            value = found["value"] or next((after for after in cells[place + 1 :] if after), "")
            value = value.removesuffix(".0").strip(":= ")
            if value and len(value) <= 40:
                return value
    return ""


def zone_in(cells: Sequence[str]) -> timedelta | None:
    """The offset that a heading or a line above the data states, or None."""
    for cell in cells:
        found = _ZONE.search(cell) or _BARE_ZONE.search(cell)
        if found is not None:
            return offset_of((found["offset"] or "").replace(" ", ""))
    return None


def mentions(rows: Rows, pattern: str, count: int = 20) -> bool:
    """Whether any of the first cells matches ``pattern``, whatever the case."""
    sought = re.compile(pattern, re.IGNORECASE)
    return any(sought.search(cell) for _, cells in texts(rows, count) for cell in cells)
