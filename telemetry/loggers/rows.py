"""From a layout and the rows of a file to readings: the loop that all kinds of logger share."""

from datetime import datetime, tzinfo

from telemetry.formats.decoded import ReadingError
from telemetry.formats.measured import measured
from telemetry.formats.quantities import celsius_of_fahrenheit, celsius_of_kelvin
from telemetry.loggers.cells import number_of
from telemetry.loggers.file import (
    Channel,
    DateOrder,
    Layout,
    LoggerError,
    LoggerFile,
    Reason,
    RejectedRow,
    Unit,
)
from telemetry.loggers.table import Cell, Rows
from telemetry.loggers.times import Written, gregorian, instant_ms, local, order_of, read_written
from telemetry.reading import Reading


def read_rows(rows: Rows, layout: Layout, zone: tzinfo, fallback_sensor: str) -> LoggerFile:
    """Read every row below the headings; a row that can't be read is rejected under its number, the others are kept.

    Raises:
        LoggerError: nothing in the file says whether day or month comes first.
    """
    rejected: list[RejectedRow] = []
    timed: list[tuple[int, Written | datetime]] = []
    for index in range(layout.first_row, len(rows)):
        row = rows[index]
        if _is_blank(row) or (layout.has_events and all(_at(row, channel.column) == "" for channel in layout.channels)):
            continue
        try:
            timed.append((index, _when(row, layout)))
        except ReadingError as error:
            rejected.append(RejectedRow(index + 1, str(error)))
    order, notes = _order([when for _, when in timed if isinstance(when, Written)], layout)
    readings: list[Reading] = []
    for index, when in timed:
        row = rows[index]
        try:
            at_ms = _instant_ms(when, order, zone)
            sensor = _sensor(row, layout) or fallback_sensor
            channels = [channel for channel in layout.channels if _at(row, channel.column) != ""]
            if not channels:
                raise ReadingError("the temperature is empty; correct the cell or leave the row out")
        except ReadingError as error:
            rejected.append(RejectedRow(index + 1, str(error)))
            continue
        for channel in channels:
            try:
                readings.append(_reading(row, channel, sensor, at_ms))
            except ReadingError as error:
                rejected.append(RejectedRow(index + 1, str(error)))
    rejected.sort(key=lambda row: row.row)
    notes = (*layout.notes, *notes)
    if readings and all(channel.unit is None for channel in layout.channels):
        notes = (*notes, "the file names no unit of temperature; °C is assumed where a cell names none")
    return LoggerFile(tuple(readings), tuple(rejected), layout.kind, notes)


def _when(row: list[Cell], layout: Layout) -> Written | datetime:
    """Date and time of a row; a workbook's own date needs no reading."""
    time = _at(row, layout.time)
    if isinstance(time, datetime):
        return time.replace(year=gregorian(time.year))
    date = "" if layout.date is None else _at(row, layout.date)
    if isinstance(date, datetime):
        written = read_written(f"2000-01-01 {time}")
        return date.replace(year=gregorian(date.year), hour=0, minute=0, second=0) + written.after_midnight
    if time == "" and date == "":
        raise ReadingError("the time is empty; correct the cell or leave the row out")
    return read_written(f"{date} {time}".strip())


def _order(dates: list[Written], layout: Layout) -> tuple[DateOrder, tuple[str, ...]]:
    """Day or month first: what the caller says, else what the data say, else what the vendor's software usually
    writes.
    """
    order = layout.date_order or order_of(dates)
    if order is not None:
        return order, ()
    example = "/".join(str(part) for part in next(date.numbers for date in dates if date.order is None))
    if layout.usual_order is not None:
        return layout.usual_order, (
            f"dates like {example} were read in the vendor's usual order, {layout.usual_order}",
        )
    raise LoggerError(
        Reason.AMBIGUOUS_DATES,
        f"the date {example} can be read with the day or the month first; say which by date_order: dmy or mdy",
    )


def _instant_ms(when: Written | datetime, order: DateOrder, zone: tzinfo) -> int:
    if isinstance(when, datetime):
        return instant_ms(when, None, zone)
    return instant_ms(local(when, order), when.offset, zone)


def _sensor(row: list[Cell], layout: Layout) -> str:
    if layout.sensor_column is None:
        return layout.sensor
    name = _at(row, layout.sensor_column)
    return f"{name:.0f}" if isinstance(name, float) else str(name)


def _reading(row: list[Cell], channel: Channel, sensor: str, at_ms: int) -> Reading:
    value, unit = number_of(_at(row, channel.column), "the temperature")
    unit = unit or channel.unit
    if unit is Unit.FAHRENHEIT:
        value = celsius_of_fahrenheit(value)
    elif unit is Unit.KELVIN:
        value = celsius_of_kelvin(value)
    name = f"{sensor}.{channel.label}" if channel.label else sensor
    humidity = "" if channel.humidity is None else _at(row, channel.humidity)
    return measured(name, value, received_at_ms=at_ms, measured_at_ms=at_ms, humidity_pct=_humidity(humidity))


def _humidity(cell: Cell) -> object:
    """The number in a humidity cell; None where it is empty, the cell itself where it is no number, to be flagged."""
    if cell == "":
        return None
    try:
        return number_of(cell, "the humidity")[0]
    except ReadingError:
        return cell


def _at(row: list[Cell], column: int) -> Cell:
    return row[column] if column < len(row) else ""


def _is_blank(row: list[Cell]) -> bool:
    return all(cell == "" for cell in row)
