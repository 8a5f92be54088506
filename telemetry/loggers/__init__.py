"""USB data loggers: from the file their software exports to readings.

``read_logger`` is the door. Whatever bytes come in, it returns a `LoggerFile` or raises `LoggerError`.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timezone as fixed_zone
from datetime import tzinfo
from pathlib import PurePath

from telemetry.formats.decoded import SENSOR_CHARS_MAX
from telemetry.loggers import generic, hobo, rotronic, tinytag, vendors
from telemetry.loggers.file import (
    ColumnMapping,
    DateOrder,
    Layout,
    LoggerError,
    LoggerFile,
    Reason,
    RejectedRow,
    Unit,
)
from telemetry.loggers.rows import read_rows
from telemetry.loggers.table import Rows, read_table
from telemetry.loggers.times import zone_of

__all__ = [
    "KINDS",
    "ColumnMapping",
    "DateOrder",
    "LoggerError",
    "LoggerFile",
    "Reason",
    "RejectedRow",
    "Unit",
    "read_logger",
]

_RECOGNISERS: tuple[Callable[[Rows], Layout | None], ...] = (
    rotronic.recognise,
    tinytag.recognise,
    hobo.recognise,
    vendors.recognise_logtag,
    vendors.recognise_temptale,
    vendors.recognise_elitech,
    vendors.recognise_testo,
    generic.recognise,
)
"""In this order: the ones with an unmistakable shape first, the one that takes any table last."""

KINDS = ("csv", "elitech", "hobo", "logtag", "rotronic", "temptale", "testo", "tinytag")
"""The kinds of file that are recognised."""


def read_logger(
    file_name: str,
    content: bytes,
    *,
    timezone: str | None = None,
    mapping: ColumnMapping | None = None,
    date_order: DateOrder | None = None,
) -> LoggerFile:
    """Read a data logger's file.

    Args:
        file_name: its name; names the sensor where the file has no serial number.
        content: its bytes: CSV, XLS or XLSX.
        timezone: where the logger's clock was set, ``Asia/Bangkok`` or ``+07:00``; a zone in the file goes before it.
        mapping: which columns to read, where the headings do not say it.
        date_order: whether day or month comes first, where the data do not say it.

    Raises:
        LoggerError: no reading can be taken from the file; nothing else ever comes out.
    """
    rows = read_table(file_name, content)
    layout = _recognise(rows) if mapping is None else generic.mapped(rows, mapping)
    if layout is None:
        raise LoggerError(
            Reason.NO_COLUMNS,
            "no row of headings with a time and a temperature was found; name the columns in a mapping, by "
            "heading or number",
        )
    if date_order is not None:
        layout = replace(layout, date_order=date_order)
    if layout.offset is not None:
        zone: tzinfo = fixed_zone(layout.offset)
    elif timezone is not None:
        zone = zone_of(timezone)
    else:
        raise LoggerError(
            Reason.NO_TIMEZONE, "the file does not say in which zone its times are; give timezone, like Asia/Bangkok"
        )
    return read_rows(rows, layout, zone, _name_of(file_name))


def _recognise(rows: Rows) -> Layout | None:
    return next((layout for recognise in _RECOGNISERS if (layout := recognise(rows)) is not None), None)


def _name_of(file_name: str) -> str:
    """A sensor's name from the name of the file."""
    stem = re.sub(r"\s+", " ", PurePath(file_name.replace("\\", "/")).stem)
    kept = "".join(sign for sign in stem if sign.isprintable())[:SENSOR_CHARS_MAX].strip()
    return kept or "logger"
