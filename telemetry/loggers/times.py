"""Dates and times as loggers write them: any order, 12-hour clocks, month names, Buddhist-era years, zones.

A year from 2400 on is of the Buddhist era, 543 years ahead (Thai Industrial Standard TIS 1111-2535 permits both
eras). A year of two digits is 2000 to 2059, or from 60 on the Buddhist 2560 to 2599, which is 2017 to 2056.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from itertools import pairwise
from zoneinfo import ZoneInfo

from telemetry.formats.decoded import ReadingError, shown
from telemetry.loggers.file import DateOrder, LoggerError, Reason

BUDDHIST_ERA_YEARS = 543

_MONTHS = {
    name: number
    for names in (
        "jan feb mar apr may jun jul aug sep oct nov dec",
        "ม.ค. ก.พ. มี.ค. เม.ย. พ.ค. มิ.ย. ก.ค. ส.ค. ก.ย. ต.ค. พ.ย. ธ.ค.",
        "มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม พฤศจิกายน ธันวาคม",
    )
    for number, name in enumerate(names.split(), 1)
}

_TIME = re.compile(
    r"(?:(?P<before>上午|下午)\s*)?(?<!\d)(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"(?:\s*(?P<half>[ap])\.?\s?m\.?(?![a-z]))?(?:\s*(?P<zone>z|(?:utc|gmt)?[+-]\d{1,2}(?::?\d{2})?)(?!\d))?",
    re.IGNORECASE,
)
_NUMBERS = re.compile(r"(?<!\d)(\d{1,4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,4})(?!\d)")
_DAY_MONTH = re.compile(r"(?<!\d)(\d{1,2})[-/. ]+([^\W\d_][^\d\s/,-]{2,})[-/., ]+(\d{2,4})(?!\d)")
_MONTH_DAY = re.compile(r"([^\W\d_]{3,})\.?\s+(\d{1,2}),?\s+(\d{4})(?!\d)")
_OFFSET = re.compile(r"([+-])(\d{1,2})(?::?(\d{2}))?")


@dataclass(frozen=True, slots=True)
class Written:
    """A date as it was written: three numbers, of which only the data can tell the order, or year, month and day."""

    numbers: tuple[int, int, int]
    order: DateOrder | None
    after_midnight: timedelta
    offset: timedelta | None


def read_written(text: str) -> Written:
    """Take a date with a time apart, without deciding on the order of its numbers.

    Raises:
        ReadingError: there is no date or no time in it.
    """
    clock = _TIME.search(text)
    if clock is None:
        raise ReadingError(f"the time {shown(text)} has no hours and minutes; export it like 2026-11-23 12:05:00")
    rest = (text[: clock.start()] + " " + text[clock.end() :]).replace("T", " ")
    numbers, order = _date(rest, text)
    offset = None if clock["zone"] is None else offset_of(clock["zone"])
    return Written(numbers, order, _after_midnight(clock, text), offset)


def _date(text: str, whole: str) -> tuple[tuple[int, int, int], DateOrder | None]:
    if found := _NUMBERS.search(text):
        first, second, third = (int(part) for part in found.groups())
        if len(found[1]) == 4:
            return (first, second, third), DateOrder.YEAR_FIRST
        # Dots are German, Thai or Finnish: the day comes first.
        dotted = "." in text[found.start(1) : found.end(3)]
        return (first, second, third), DateOrder.DAY_FIRST if dotted else None
    if found := _DAY_MONTH.search(text):
        day, month, year = found.groups()
    elif found := _MONTH_DAY.search(text):
        month, day, year = found.groups()
    else:
        raise ReadingError(f"the time {shown(whole)} has no date; export date and time")
    number = _MONTHS.get(month.lower()) or _MONTHS.get(month.lower()[:3])
    if number is None:
        raise ReadingError(f"the month in {shown(whole)} is not one we read; export dates as numbers")
    return (int(year), number, int(day)), DateOrder.YEAR_FIRST


def _after_midnight(clock: re.Match[str], text: str) -> timedelta:
    hour, minute, second = int(clock["hour"]), int(clock["minute"]), int(clock["second"] or 0)
    half = (clock["half"] or {"上午": "a", "下午": "p"}.get(clock["before"] or "") or "").lower()
    if half:
        if not 1 <= hour <= 12:
            raise ReadingError(f"the time {shown(text)} has hour {hour} on a 12-hour clock; check the export")
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour > 24 or minute > 59 or second > 59 or (hour == 24 and (minute or second)):
        raise ReadingError(f"the time {shown(text)} does not exist; check the export")
    fraction_us = int((clock["fraction"] or "").ljust(6, "0")[:6])
    return timedelta(hours=hour, minutes=minute, seconds=second, microseconds=fraction_us)


def offset_of(text: str) -> timedelta:
    """The offset that ``+07:00``, ``UTC+7``, ``GMT+0700`` or ``Z`` stands for; nothing at all is UTC.

    Raises:
        ReadingError: it is more than 18 hours.
    """
    found = _OFFSET.search(text)
    if found is None:
        return timedelta(0)
    offset = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    if offset > timedelta(hours=18):
        raise ReadingError(f"the offset {shown(text)} is no zone; check the export")
    return -offset if found[1] == "-" else offset


def gregorian(year: int) -> int:
    """The common-era year of one that may be of the Buddhist era, or have two digits."""
    if year < 100:
        year += 2000 if year < 60 else 2500
    return year - BUDDHIST_ERA_YEARS if year >= 2400 else year


def local(written: Written, order: DateOrder) -> datetime:
    """The instant in the logger's own time.

    Raises:
        ReadingError: there is no such day.
    """
    first, second, third = written.numbers
    order = written.order or order
    year, month, day = {
        DateOrder.YEAR_FIRST: (first, second, third),
        DateOrder.DAY_FIRST: (third, second, first),
        DateOrder.MONTH_FIRST: (third, first, second),
    }[order]
    try:
        midnight = datetime(gregorian(year), month, day)  # noqa: DTZ001 - the zone is settled by `instant_ms`
        return midnight + written.after_midnight
    except (ValueError, OverflowError):
        numbers = "/".join(str(part) for part in written.numbers)
        raise ReadingError(f"the date {numbers} does not exist in the order {order}; check the export") from None


def order_of(dates: Sequence[Written]) -> DateOrder | None:
    """The order of the dates that have none of their own, from all of them together, or None when both would do.

    A number above 12 can't be a month. Failing that, a log runs forward: of the two readings of the numbers, the one
    that keeps the rows in time order, and then the one that covers less time, is right.
    """
    open_dates = [date for date in dates if date.order is None]
    if not open_dates:
        return DateOrder.YEAR_FIRST
    day_first = all(date.numbers[1] <= 12 for date in open_dates)
    month_first = all(date.numbers[0] <= 12 for date in open_dates)
    if day_first != month_first:
        return DateOrder.DAY_FIRST if day_first else DateOrder.MONTH_FIRST
    costs = {order: _disorder(open_dates, order) for order in (DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST)}
    if costs[DateOrder.DAY_FIRST] == costs[DateOrder.MONTH_FIRST]:
        return None
    return min(costs, key=lambda order: costs[order])


def _disorder(dates: Sequence[Written], order: DateOrder) -> tuple[int, timedelta]:
    instants = []
    for date in dates:
        try:
            instants.append(local(date, order))
        except ReadingError:
            continue
    backward = sum(later < earlier for earlier, later in pairwise(instants))
    return backward, max(instants) - min(instants) if instants else timedelta(0)


def zone_of(name: str) -> tzinfo:
    """The zone that ``Asia/Bangkok``, ``UTC`` or ``+07:00`` names.

    Raises:
        LoggerError: there is no such zone.
    """
    if re.fullmatch(r"(?:UTC|GMT)?\s*[+-]\d{1,2}(?::?\d{2})?|UTC|GMT|Z", name, re.IGNORECASE):
        try:
            return timezone(offset_of(name))
        except ReadingError as error:
            raise LoggerError(Reason.BAD_TIMEZONE, str(error)) from None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise LoggerError(
            Reason.BAD_TIMEZONE, f"the timezone {shown(name)} is not known; give one like Asia/Bangkok or +07:00"
        ) from None


def instant_ms(at: datetime, offset: timedelta | None, zone: tzinfo) -> int:
    """Epoch milliseconds of a logger's own time: its row's offset if it has one, else the file's or the caller's zone.

    An hour that a zone lives twice is taken as the first.
    """
    aware = at.replace(tzinfo=zone if offset is None else timezone(offset))
    return (aware - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
