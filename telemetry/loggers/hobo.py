"""Onset HOBO: exports of HOBOware (CSV) and HOBOconnect (XLSX, CSV).

Source: Onset, HOBOware User's Guide, "Exporting Data", and HOBOconnect User's Guide, "Exporting data". Headings carry
zone, unit, serial number and label: ``Date Time, GMT+07:00``, ``Temp, °C (LGR S/N: 10230456, SEN S/N: 10230456, LBL:
pulp)``. Rows without a value are events of the logger. HOBOware writes the month first unless its preferences say
otherwise.
"""

import re
from dataclasses import replace

from telemetry.loggers.file import DateOrder, Layout
from telemetry.loggers.headings import find_headings, layout_of, mentions
from telemetry.loggers.table import Rows

_SERIAL = re.compile(r"LGR S/N: *([\w-]+)")
_LABEL = re.compile(r"LBL: *([^,)]+)")


def recognise(rows: Rows) -> Layout | None:
    """The layout of a HOBO export, or None."""
    if not mentions(rows, r"plot title|LGR S/N|^Date-Time \(", 5):
        return None
    index = find_headings(rows)
    layout = None if index is None else layout_of("hobo", rows, index)
    if index is None or layout is None:
        return None
    headings = " ".join(str(cell) for cell in rows[index])
    serial = _SERIAL.search(headings) or re.search(r"Plot Title: *([\w-]+)", str(rows[0][0]) if rows[0] else "")
    channels = tuple(
        replace(channel, label=_label(str(rows[index][channel.column]), channel.label)) for channel in layout.channels
    )
    return replace(
        layout,
        sensor=serial[1] if serial else layout.sensor,
        channels=channels,
        usual_order=DateOrder.MONTH_FIRST,
        has_events=True,
    )


def _label(heading: str, number: str) -> str:
    """The label that the user gave a channel, where there are several; else its number."""
    found = _LABEL.search(heading)
    return found[1].strip() if number and found else number
