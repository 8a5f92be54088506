"""Rotronic HL series: export of the HW4 and RMS software, in sections.

Source: Rotronic HL-RC-B and HW4 manuals, "Export": ``[#I]``, ``[#S]`` device information, ``[#1]``, ``[#2]`` one
section a channel with its name and unit, ``[#H]`` the headings, ``[#D]`` the data.
"""

import re
from dataclasses import replace

from telemetry.loggers.cells import unit_of
from telemetry.loggers.file import Layout
from telemetry.loggers.headings import HEAD_ROWS, layout_of
from telemetry.loggers.table import Rows, texts


def recognise(rows: Rows) -> Layout | None:
    """The layout of a Rotronic export, or None."""
    sections = {
        cells[0][:4].upper(): index for index, cells in texts(rows, HEAD_ROWS) if cells and cells[0].startswith("[#")
    }
    if "[#H]" not in sections or "[#D]" not in sections or sections["[#H]"] + 1 >= len(rows):
        return None
    layout = layout_of("rotronic", rows, sections["[#H]"] + 1, first_row=sections["[#D]"] + 1)
    if layout is None:
        return None
    above = [cells[0] for _, cells in texts(rows, sections["[#H]"]) if cells]
    serial = next((found[1] for cell in above if (found := re.match(r"Serial Number *= *([\w-]+)", cell))), "")
    unit = next((unit_of(cell) for cell in above if cell.lower().startswith("temperature") and unit_of(cell)), None)
    channels = tuple(replace(channel, unit=channel.unit or unit) for channel in layout.channels)
    return replace(layout, sensor=serial or layout.sensor, channels=channels)
