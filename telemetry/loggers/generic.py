"""Any other table: by its headings, or by the columns that the caller names."""

from telemetry.formats.decoded import shown
from telemetry.loggers.cells import unit_of
from telemetry.loggers.file import Channel, ColumnMapping, Layout, LoggerError, Reason
from telemetry.loggers.headings import HEAD_ROWS, find_headings, layout_of, serial_of, zone_in
from telemetry.loggers.table import Rows, texts

KIND = "csv"


def recognise(rows: Rows) -> Layout | None:
    """The layout that the headings announce, or None."""
    index = find_headings(rows)
    return None if index is None else layout_of(KIND, rows, index)


def mapped(rows: Rows, mapping: ColumnMapping) -> Layout:
    """The layout that the caller names.

    Raises:
        LoggerError: a heading that the mapping names is not in the file.
    """
    header, headings = _headings(rows, mapping)
    temperature = _place(mapping.temperature, headings, "temperature")
    above = [cell for _, cells in texts(rows, header + 1) for cell in cells]
    return Layout(
        KIND,
        header + 1,
        _place(mapping.time, headings, "time"),
        (
            Channel(
                temperature,
                mapping.unit or unit_of(headings[temperature] if temperature < len(headings) else ""),
                humidity=None if mapping.humidity is None else _place(mapping.humidity, headings, "humidity"),
            ),
        ),
        date=None if mapping.date is None else _place(mapping.date, headings, "date"),
        sensor=mapping.sensor_name or serial_of(rows[:header] if header > 0 else []),
        sensor_column=None if mapping.sensor is None else _place(mapping.sensor, headings, "sensor"),
        offset=zone_in(above),
        date_order=mapping.date_order,
    )


def _headings(rows: Rows, mapping: ColumnMapping) -> tuple[int, list[str]]:
    """Index and texts of the row of headings; -1 and nothing where columns are named by number and there is none."""
    named = [
        name.strip().lower()
        for name in (mapping.time, mapping.temperature, mapping.date, mapping.humidity, mapping.sensor)
        if isinstance(name, str)
    ]
    if mapping.header_row is not None:
        if not 1 <= mapping.header_row <= len(rows):
            raise LoggerError(
                Reason.NO_COLUMNS, f"header_row is {mapping.header_row}; the file has rows 1 to {len(rows)}"
            )
        row = mapping.header_row - 1
        return row, [str(cell) for cell in rows[row]]
    if not named:
        index = find_headings(rows)
        return (-1, []) if index is None else (index, [str(cell) for cell in rows[index]])
    for index, cells in texts(rows, HEAD_ROWS):
        if {cell.strip().lower() for cell in cells}.issuperset(named):
            return index, cells
    raise LoggerError(
        Reason.NO_COLUMNS,
        f"no row among the first {HEAD_ROWS} has the headings {shown(', '.join(named))}; write them as in the file",
    )


def _place(name: str | int, headings: list[str], what: str) -> int:
    if isinstance(name, int):
        if name < 1:
            raise LoggerError(Reason.NO_COLUMNS, f"the column {name} for {what} is no number from 1")
        return name - 1
    lower = [heading.strip().lower() for heading in headings]
    if name.strip().lower() not in lower:
        raise LoggerError(
            Reason.NO_COLUMNS,
            f"the heading {shown(name)} for {what} is not in the file; its headings are {shown(', '.join(headings))}",
        )
    return lower.index(name.strip().lower())
