"""Gemini Tinytag: CSV export of Tinytag Explorer, whose headings are a block of rows.

Source: Tinytag Explorer help, "Exporting data": a first row with ``Time`` and the channel numbers, then rows named
``S/N``, ``Type``, ``Description`` and ``Property`` in the first column, then the numbered data.
"""

from telemetry.loggers.cells import Column, column_of, unit_of
from telemetry.loggers.file import Channel, Layout
from telemetry.loggers.headings import HEAD_ROWS, zone_in
from telemetry.loggers.table import Rows, texts


def recognise(rows: Rows) -> Layout | None:
    """The layout of a Tinytag export, or None."""
    named = {cells[0].lower(): (index, cells) for index, cells in texts(rows, HEAD_ROWS) if cells and cells[0]}
    if "property" not in named or "s/n" not in named:
        return None
    index, properties = named["property"]
    block = [cells for _, cells in texts(rows, index + 1)]
    time = next((place for cells in block for place, cell in enumerate(cells) if column_of(cell) is Column.TIME), None)
    if time is None:
        return None
    kinds = [column_of(cell) for cell in properties]
    temperatures = [place for place, kind in enumerate(kinds) if kind is Column.TEMPERATURE]
    humidities = [place for place, kind in enumerate(kinds) if kind is Column.HUMIDITY]
    serials = named["s/n"][1]
    units = named.get("units", (0, []))[1]
    channels = tuple(
        Channel(
            place,
            unit_of(properties[place]) or (unit_of(units[place]) if place < len(units) else None),
            str(number + 1) if len(temperatures) > 1 else "",
            humidities[number] if number < len(humidities) else None,
        )
        for number, place in enumerate(temperatures)
    )
    if not channels:
        return None
    sensor = serials[channels[0].column] if channels[0].column < len(serials) else ""
    return Layout(
        "tinytag",
        index + 1,
        time,
        channels,
        sensor=sensor.removesuffix(".0"),
        offset=zone_in([cell for cells in block for cell in cells]),
    )
