"""What a data logger's file holds: readings and rejected rows, and how its columns are laid out."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import msgspec

from telemetry.reading import Reading


class Reason(StrEnum):
    """Why a whole file could not be read."""

    TOO_LARGE = "too-large"
    EMPTY = "empty"
    MALFORMED = "malformed"
    UNSUPPORTED = "unsupported"
    NO_COLUMNS = "no-columns"
    NO_TIMEZONE = "no-timezone"
    BAD_TIMEZONE = "bad-timezone"
    AMBIGUOUS_DATES = "ambiguous-dates"


class LoggerError(Exception):
    """A file that no reading can be taken from; ``detail`` says what is wrong with what, and what to do."""

    def __init__(self, reason: Reason, detail: str) -> None:
        self.reason = reason
        self.detail = detail
        super().__init__(f"{reason}: {detail}")


class RejectedRow(msgspec.Struct, frozen=True):
    """A row that could not be taken: its number as a spreadsheet counts it, from 1, and why."""

    row: int
    reason: str


class LoggerFile(msgspec.Struct, frozen=True):
    """The outcome of reading a file: ``kind`` is the vendor's format that was recognised, ``notes`` what was
    assumed.
    """

    readings: tuple[Reading, ...]
    rejected: tuple[RejectedRow, ...]
    kind: str
    notes: tuple[str, ...] = ()


class Unit(StrEnum):
    """The unit of a temperature column."""

    CELSIUS = "C"
    FAHRENHEIT = "F"
    KELVIN = "K"


class DateOrder(StrEnum):
    """How a date of three numbers is to be read."""

    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"
    YEAR_FIRST = "ymd"


class ColumnMapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which columns to read, where the headings do not say it: by heading (case does not matter), or by number from 1.

    ``time`` holds date and time, or the time alone beside a ``date`` column. ``sensor`` is a column that names the
    sensor, ``sensor_name`` one name for the whole file. ``header_row`` counts from 1.
    """

    time: str | int
    temperature: str | int
    date: str | int | None = None
    humidity: str | int | None = None
    sensor: str | int | None = None
    sensor_name: str | None = None
    unit: Unit | None = None
    date_order: DateOrder | None = None
    header_row: int | None = None


@dataclass(frozen=True, slots=True)
class Channel:
    """One temperature column, the humidity column that belongs to it, and what tells it from the others of the
    logger.
    """

    column: int
    unit: Unit | None = None
    label: str = ""
    humidity: int | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the data of a file stand; ``first_row`` and all columns count from 0.

    ``offset`` is the zone that the file states; ``date_order`` is what the caller says about dates, ``usual_order``
    what the vendor's software writes unless told otherwise.
    ``has_events`` says that a row without a value is a note of the logger (started, connected), not a fault.
    """

    kind: str
    first_row: int
    time: int
    channels: tuple[Channel, ...]
    date: int | None = None
    sensor: str = ""
    sensor_column: int | None = None
    offset: timedelta | None = None
    date_order: DateOrder | None = None
    usual_order: DateOrder | None = None
    has_events: bool = False
    notes: tuple[str, ...] = ()
