"""Each vendor's export gives the same readings, in CSV of any encoding and as a workbook."""

import io
from collections.abc import Callable
from datetime import UTC, datetime
from html import escape
from pathlib import Path

import openpyxl
import pytest

from telemetry.loggers import KINDS, LoggerError, LoggerFile, read_logger
from tests.telemetry.loggers.files import ELITECH, FILES, HOBO, LOGTAG, TEMPTALE
from tests.telemetry.loggers.xls import biff2, biff8

START_MS = round(datetime(2026, 11, 23, 4, tzinfo=UTC).timestamp() * 1000)
HOUR_MS = 3_600_000
THREE_HOURS = [(START_MS, 1340), (START_MS + HOUR_MS, 1350), (START_MS + 2 * HOUR_MS, 1360)]


def read(
    text: str, encoding: str = "utf-8", name: str = "room 1.csv", timezone: str | None = "Asia/Bangkok"
) -> LoggerFile:
    return read_logger(name, text.encode(encoding), timezone=timezone)


def series(got: LoggerFile) -> list[tuple[int, int]]:
    return [(reading.measured_at_ms, reading.temperature_centi_c) for reading in got.readings]


def workbook(text: str, delimiter: str = ",") -> bytes:
    """The same table as XLSX, with numbers and times in their own types where a cell has one."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for line in text.splitlines():
        sheet.append([_typed(cell.strip('"')) for cell in line.split(delimiter)])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _typed(cell: str) -> object:
    # A workbook has no zones, so that a time with one stays text.
    for convert in (float, datetime.fromisoformat) if "+" not in cell else ():
        try:
            return convert(cell)
        except ValueError:
            continue
    return cell


@pytest.mark.parametrize("kind", KINDS)
def test_a_vendor_s_file(kind: str) -> None:
    """Kind, sensor, times and temperatures are those of the file; nothing is rejected."""
    text, sensor = FILES[kind]
    got = read(text)
    assert (got.kind, got.rejected) == (kind, ())
    assert series(got) == THREE_HOURS
    assert {reading.sensor for reading in got.readings} == {sensor}


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"logtag", "temptale"}))
def test_humidity_comes_along(kind: str) -> None:
    """Where the vendor's sample has a humidity column."""
    assert [reading.humidity_centi_pct for reading in read(FILES[kind][0]).readings] == [8810, 8820, 8830]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "gb18030"])
def test_any_encoding(kind: str, encoding: str) -> None:
    """A byte-order mark, UTF-16 with and without one, and a Chinese code page change nothing."""
    got = read(FILES[kind][0], encoding)
    assert (got.kind, series(got)) == (kind, THREE_HOURS)


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"elitech"}))
def test_windows_1252(kind: str) -> None:
    """The degree sign of Western Windows."""
    assert series(read(FILES[kind][0], "cp1252")) == THREE_HOURS


@pytest.mark.parametrize("line_end", ["\r\n", "\r"])
@pytest.mark.parametrize("kind", KINDS)
def test_any_line_end(kind: str, line_end: str) -> None:
    """Windows, and the old Macintosh."""
    assert series(read(FILES[kind][0].replace("\n", line_end))) == THREE_HOURS


@pytest.mark.parametrize("kind", ["elitech", "logtag", "tinytag", "rotronic", "csv"])
def test_as_a_workbook(kind: str) -> None:
    """The same table saved as XLSX, whatever type the cells took."""
    got = read_logger("room 1.xlsx", workbook(FILES[kind][0]), timezone="+07:00")
    assert (got.kind, series(got)) == (kind, THREE_HOURS)


def _cells(kind: str) -> list[list[str | float]]:
    return [[_number(cell.strip('"')) for cell in line.split(",")] for line in FILES[kind][0].splitlines()]


def _number(cell: str) -> str | float:
    try:
        return float(cell)
    except ValueError:
        return cell


@pytest.mark.parametrize("make", [biff2, biff8])
@pytest.mark.parametrize("kind", ["elitech", "logtag", "tinytag", "rotronic"])
def test_as_an_old_workbook(make: Callable[[list[list[str | float]]], bytes], kind: str) -> None:
    """XLS of Excel 97, and the bare worksheet of Excel 2."""
    rows = _cells(kind)
    if make is biff2:
        rows = [[cell.replace("℃", "°C") if isinstance(cell, str) else cell for cell in row] for row in rows]
    got = read_logger("room 1.xls", make(rows), timezone="+07:00")
    assert (got.kind, series(got)) == (kind, THREE_HOURS)


@pytest.mark.parametrize("kind", ["elitech", "logtag", "rotronic", "csv"])
def test_as_a_web_page_named_xls(kind: str) -> None:
    """What software without Excel calls an Excel export."""
    rows = ("".join(f"<td>{escape(str(cell))}</td>" for cell in row) for row in _cells(kind))
    page = "<html><body><table>" + "\n".join(f"<tr>{row}</tr>" for row in rows) + "</table></body></html>"
    got = read_logger("room 1.xls", page.encode(), timezone="+07:00")
    assert (got.kind, series(got)) == (kind, THREE_HOURS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_documented(kind: str) -> None:
    """The reference has a heading for each."""
    page = Path(__file__).parents[3] / "docs" / "reference" / "formats.md"
    assert f"\n### Logger `{kind}`" in page.read_text("utf-8")


def test_events_of_a_hobo_are_no_faults() -> None:
    """The row "Logged" has no temperature and is no reading."""
    assert len(read(HOBO).readings) == 3


def test_the_zone_in_the_file_goes_before_the_caller_s() -> None:
    """HOBO, Elitech and TempTale state theirs; then the caller need not."""
    for text in (HOBO, ELITECH, TEMPTALE):
        assert series(read(text, timezone="UTC")) == THREE_HOURS
        assert series(read(text, timezone=None)) == THREE_HOURS


def test_without_any_zone_nothing_is_guessed() -> None:
    """The error says what to give."""
    with pytest.raises(LoggerError, match=r"no-timezone.*Asia/Bangkok"):
        read(LOGTAG, timezone=None)


@pytest.mark.parametrize("zone", ["Asia/Atlantis", "../etc/passwd", "+25:00", "", "\0"])
def test_a_zone_that_is_none(zone: str) -> None:
    """A typing error in the zone is named."""
    with pytest.raises(LoggerError, match="bad-timezone"):
        read(LOGTAG, timezone=zone)


def test_several_channels_are_several_sensors() -> None:
    """Numbered, or by the label that the user gave a HOBO's channel; each with its own humidity or none."""
    text = (
        '"Plot Title: x"\n"#","Date Time, GMT+00:00",'
        '"Temp, °F (LGR S/N: 77, LBL: pulp)","Temp, °F (LGR S/N: 77, LBL: air)"\n'
    )
    got = read(text + "1,11/23/26 04:00:00 AM,39.2,41\n")
    assert [(reading.sensor, reading.temperature_centi_c) for reading in got.readings] == [
        ("77.pulp", 400),
        ("77.air", 500),
    ]
    plain = read("Time,Temp 1 (°C),RH 1,Temp 2 (°C),RH 2\n2026-11-23 11:00,4,80,5,90\n")
    assert [(r.sensor, r.temperature_centi_c, r.humidity_centi_pct) for r in plain.readings] == [
        ("room 1.1", 400, 8000),
        ("room 1.2", 500, 9000),
    ]


def test_dew_point_and_alarm_columns_are_no_temperatures() -> None:
    """Only what was measured counts."""
    got = read("Time,Dew point °C,Temperature °C,High alarm °C\n2026-11-23 11:00,1,4,8\n")
    assert [(reading.sensor, reading.temperature_centi_c) for reading in got.readings] == [("room 1", 400)]


def test_a_file_without_a_unit_is_noted() -> None:
    """°C is assumed, and said."""
    assert read("Time,Temperature\n2026-11-23 11:00,4\n").notes == (
        "the file names no unit of temperature; °C is assumed where a cell names none",
    )
