"""`coldchain decode`: what would be stored of a message or of a data logger's file, and what would be rejected and
why.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.table import Table

from services.clock import wall_clock_ms
from services.errors import InvalidInput
from telemetry.clock import DAY_MS, ClockPolicy, settle
from telemetry.formats import FORMATS, DecodeError
from telemetry.formats import decode as decode_message
from telemetry.loggers import KINDS, ColumnMapping, DateOrder, LoggerError, Reason, read_logger
from telemetry.loggers.table import FILE_BYTES_MAX
from telemetry.quality import assess, flag_series
from telemetry.reading import Flag, Reading, flag_reasons

ANY_LOGGER = "logger"
"""The format that leaves it to the file which kind of logger it is from."""

LOGGER_FORMATS = (*KINDS, ANY_LOGGER)
ROWS_SHOWN = 100
"""Rows of the table; a logger has thousands, and --json prints all."""

PREVIEW_POLICY = ClockPolicy(retained_ms=100 * 365 * DAY_MS)
"""A capture may be older than anything that is retained; that is no fault of the sensor's clock."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Preview:
    """What would become of a file; ``sent`` are the readings as decoded, ``stored`` the same as they would be
    stored.
    """

    format: str
    sent: Sequence[Reading]
    stored: Sequence[Reading]
    rejected: Sequence[tuple[int, str]]
    counted_by: str
    received_at_ms: int | None = None
    seq: int | None = None
    notes: Sequence[str] = ()


@click.command()
@click.argument("format_name", metavar="FORMAT", type=click.Choice((*FORMATS, *LOGGER_FORMATS), case_sensitive=False))
@click.argument("file", metavar="FILE", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document on standard output.")
@click.option(
    "--gateway", default="gateway", show_default=True, help="The gateway of the topic; names nameless sensors."
)
@click.option(
    "--received-at",
    metavar="TIME",
    help="When the message came, RFC 3339 or 'now'. Default: with its newest reading, or now if that can't be.",
)
@click.option("--timezone", metavar="ZONE", help="Where a logger's clock was set, like Asia/Bangkok or +07:00.")
@click.option(
    "--date-order", type=click.Choice([order.value for order in DateOrder]), help="Order of a logger's dates."
)
@click.option(
    "--column",
    "columns",
    metavar="KEY=VALUE",
    multiple=True,
    help="A logger's column, by heading or number: time, date, temperature, humidity, sensor; or sensor_name, unit.",
)
def decode(
    format_name: str,
    file: Path,
    *,
    as_json: bool,
    gateway: str,
    received_at: str | None,
    timezone: str | None,
    date_order: str | None,
    columns: tuple[str, ...],
) -> None:
    """Show what would be stored of FILE, a message in FORMAT or a data logger's export; nothing is written.

    FORMAT is the last level of the topic (native, senml, chirpstack, ruuvi, ...), a data logger (hobo, elitech,
    tinytag, ...) or `logger` for any of them. FILE may be - for standard input. Exit code 2: FILE can't be decoded.
    """
    content = _read(file)
    if format_name in FORMATS:
        preview = _message(format_name, content, gateway, received_at)
    else:
        order = None if date_order is None else DateOrder(date_order)
        preview = _logger(format_name, str(file), content, timezone, order=order, mapping=_mapping(columns))
    if as_json:
        click.echo(json.dumps(_document(preview), ensure_ascii=False, indent=2))
    else:
        _show(preview)


def _read(file: Path) -> bytes:
    """The bytes of a file or of standard input, never more than the largest file that could be decoded and one.

    Raises:
        InvalidInput: it can't be read.
    """
    try:
        if str(file) == "-":
            return sys.stdin.buffer.read(FILE_BYTES_MAX + 1)
        with file.open("rb") as stream:
            return stream.read(FILE_BYTES_MAX + 1)
    except OSError as error:
        raise InvalidInput(f"{file} can't be read: {error.strerror}.") from None


def _message(format_name: str, content: bytes, gateway: str, received_at: str | None) -> Preview:
    now_ms = wall_clock_ms()
    given_ms = None if received_at is None or received_at == "now" else _instant_ms(received_at)
    try:
        received_at_ms = now_ms if given_ms is None else given_ms
        found = decode_message(format_name, content, received_at_ms=received_at_ms, default_sensor=gateway)
    except DecodeError as error:
        raise InvalidInput(f"{error.detail} ({error.reason})") from None
    if received_at is None:
        # A captured message is judged as of its own day, or every old capture would have a clock that is behind.
        clocked = [reading.measured_at_ms for reading in found.readings if not reading.flags & Flag.NO_CLOCK]
        newest_ms = max(clocked, default=now_ms)
        received_at_ms = newest_ms if PREVIEW_POLICY.earliest_ms <= newest_ms <= now_ms else now_ms
    stored = assess(settle(found.readings, received_at_ms, {}, PREVIEW_POLICY), {})
    return Preview(
        format_name,
        found.readings,
        stored,
        [(rejected.index, rejected.reason) for rejected in found.rejected],
        "index",
        received_at_ms,
        found.seq,
        [found.note] if found.note else [],
    )


def _logger(
    format_name: str,
    file_name: str,
    content: bytes,
    timezone: str | None,
    *,
    order: DateOrder | None,
    mapping: ColumnMapping | None,
) -> Preview:
    notes: list[str] = []
    try:
        try:
            found = read_logger(file_name, content, timezone=timezone, mapping=mapping, date_order=order)
        except LoggerError as error:
            if error.reason is not Reason.NO_TIMEZONE:
                raise
            notes.append("the file does not say in which zone its times are: shown as if UTC; give --timezone")
            found = read_logger(file_name, content, timezone="UTC", mapping=mapping, date_order=order)
    except LoggerError as error:
        raise InvalidInput(f"{error.detail} ({error.reason})") from None
    if format_name not in (ANY_LOGGER, "csv", found.kind):
        raise InvalidInput(
            f"the file is of the kind {found.kind}, not {format_name}: run `coldchain decode {found.kind}`"
        )
    sent = sorted(found.readings, key=lambda reading: (reading.measured_at_ms, reading.sensor))
    rejected = [(row.row, row.reason) for row in found.rejected]
    return Preview(found.kind, sent, flag_series(sent), rejected, "row", notes=[*notes, *found.notes])


def _mapping(columns: Sequence[str]) -> ColumnMapping | None:
    """The mapping that the options spell out; a value of digits is a column's number.

    Raises:
        InvalidInput: an option is not KEY=VALUE, or the mapping is not complete.
    """
    if not columns:
        return None
    values: dict[str, Any] = {}
    for option in columns:
        key, equals, value = option.partition("=")
        if not equals:
            raise InvalidInput(f"--column {option} is not KEY=VALUE; give it like --column temperature=Temp")
        number = value.isascii() and value.isdigit() and key not in ("sensor_name", "unit")
        values[key] = int(value) if number else value
    try:
        return msgspec.convert(values, ColumnMapping)
    except msgspec.ValidationError as error:
        raise InvalidInput(f"--column: {error}; time and temperature are required") from None


def _instant_ms(text: str) -> int:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise InvalidInput(f"--received-at {text} is no time with an offset; give it like 2026-11-23T12:00:00+07:00")
    return (at - EPOCH) // timedelta(milliseconds=1)


def _time(at_ms: int) -> str:
    return (EPOCH + timedelta(milliseconds=at_ms)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _flags(reading: Reading) -> list[str]:
    return [flag.name for flag in Flag if reading.flags & flag and flag.name]


def _document(preview: Preview) -> dict[str, Any]:
    readings = []
    for sent, stored in zip(preview.sent, preview.stored, strict=True):
        shown: dict[str, Any] = {
            "sensor": stored.sensor,
            "measured_at": _time(stored.measured_at_ms),
            "temperature_c": stored.temperature_c,
            "humidity_pct": stored.humidity_pct,
            "battery_pct": stored.battery_pct,
            "battery_mv": stored.battery_mv,
            "signal_dbm": stored.signal_dbm,
            "flags": _flags(stored),
            "reasons": flag_reasons(stored.flags),
        }
        if sent.measured_at_ms != stored.measured_at_ms:
            shown["sent_at"] = _time(sent.measured_at_ms)
        readings.append(shown)
    return {
        "format": preview.format,
        "received_at": None if preview.received_at_ms is None else _time(preview.received_at_ms),
        "seq": preview.seq,
        "readings": readings,
        "rejected": [{preview.counted_by: place, "reason": reason} for place, reason in preview.rejected],
        "notes": list(preview.notes),
    }


def _show(preview: Preview) -> None:
    # Piped into a file or a pager there is no width to keep to.
    out, err = Console(width=None if sys.stdout.isatty() else 160), Console(stderr=True, soft_wrap=True)
    count = len(preview.stored)
    out.print(f"{count} reading{'' if count == 1 else 's'} would be stored ({preview.format}).", highlight=False)
    if preview.stored:
        table = Table()
        table.add_column("sensor", no_wrap=True)
        table.add_column("measured at (UTC)", no_wrap=True)
        for heading in ("°C", "% RH", "battery", "dBm"):
            table.add_column(heading, justify="right", no_wrap=True)
        table.add_column("flags", overflow="fold")
        for reading in preview.stored[:ROWS_SHOWN]:
            table.add_row(*_cells(reading))
        out.print(table)
    if count > ROWS_SHOWN:
        out.print(f"... and {count - ROWS_SHOWN} more; --json prints all", highlight=False)
    for reason in dict.fromkeys(reason for reading in preview.stored for reason in flag_reasons(reading.flags)):
        out.print(f"flagged: {reason}", markup=False, highlight=False)
    for place, reason in preview.rejected:
        out.print(f"rejected, {preview.counted_by} {place}: {reason}", markup=False, highlight=False)
    for note in preview.notes:
        err.print(f"note: {note}", markup=False, highlight=False)


def _cells(reading: Reading) -> list[str]:
    health = ((reading.battery_pct, "%"), (reading.battery_mv, "mV"))
    battery = [f"{value} {unit}" for value, unit in health if value is not None]
    return [
        reading.sensor.replace("[", "\\["),
        _time(reading.measured_at_ms),
        f"{reading.temperature_c:.2f}",
        "" if reading.humidity_pct is None else f"{reading.humidity_pct:.2f}",
        ", ".join(battery),
        "" if reading.signal_dbm is None else str(reading.signal_dbm),
        " ".join(_flags(reading)),
    ]
