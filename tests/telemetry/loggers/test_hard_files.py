"""The ways in which a file resists: dates, decimals, eras, code pages, broken rows, mappings, and bytes that are no
file.
"""

import io
import zipfile
from datetime import UTC, datetime

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from telemetry.loggers import ColumnMapping, DateOrder, LoggerError, LoggerFile, Unit, read_logger
from telemetry.loggers.times import gregorian, order_of, read_written
from telemetry.reading import Flag
from tests.telemetry.loggers.files import FILES
from tests.telemetry.patience import PATIENT

EARLIEST = datetime(2020, 1, 13)  # noqa: DTZ001 - as a logger writes
LATEST = datetime(2026, 1, 1)  # noqa: DTZ001
DATE_CELL = datetime(2569, 11, 23)  # noqa: DTZ001
TIME_CELL = datetime(2026, 11, 23, 11, 5).time()  # noqa: DTZ001


def read(text: str | bytes, **options: object) -> LoggerFile:
    content = text if isinstance(text, bytes) else text.encode()
    options = {"timezone": "+07:00", **options}
    return read_logger("cold room.csv", content, **options)  # type: ignore[arg-type]


def times(got: LoggerFile) -> list[str]:
    return [datetime.fromtimestamp(reading.measured_at_ms / 1000, UTC).isoformat() for reading in got.readings]


def one(when: str, temperature: str = "4.1") -> tuple[str, int]:
    got = read(f"Time;Temperature °C\n{when};{temperature}\n")
    assert got.rejected == ()
    return times(got)[0], got.readings[0].temperature_centi_c


@pytest.mark.parametrize(
    "when",
    [
        "2026-11-23 11:05:00",
        "2026/11/23 11:05",
        "23.11.2026 11:05:00",
        "23/11/2026 11:05",
        "11/23/2026 11:05:00 AM",
        "11/23/26 11:05:00 a.m.",
        "23/11/2569 11:05:00",
        "23/11/69 11:05",
        "23-Nov-2026 11:05:00",
        "23 November 2026, 11:05",
        "Nov 23, 2026 11:05 AM",
        "23 พ.ย. 2569 11:05 น.",
        "23 พฤศจิกายน 2569 11:05:00",
        "2026年11月23日 上午 11:05",
        "2026-11-23T11:05:00",
        "2026-11-23T04:05:00Z",
        "2026-11-23 00:05:00 -04:00",
        "11:05:00 23.11.2026",
    ],
)
def test_one_instant_written_in_many_ways(when: str) -> None:
    """11:05 in Bangkok, whatever the order, the clock, the month's name, the era or the offset."""
    assert one(when)[0] == "2026-11-23T04:05:00+00:00"


@pytest.mark.parametrize(
    ("when", "utc_hour"), [("11/23/2026 12:00:00 AM", 17), ("11/23/2026 12:00:00 PM", 5), ("23.11.2026 24:00:00", 17)]
)
def test_noon_and_midnight(when: str, utc_hour: int) -> None:
    """12 AM is midnight, 12 PM noon, 24:00 the end of the day."""
    assert f"T{utc_hour:02}:00:00" in one(when)[0]


@pytest.mark.parametrize(
    ("cell", "centi_c"),
    [
        ("4.1", 410),
        ("4,1", 410),
        ("-18,3", -1830),
        ("−18.3", -1830),
        ("+4.1 °C", 410),
        ("4,1°C", 410),
        ("39,38 °F", 410),
        ("1.004,1 °F", None),
        ('"4.1"', 410),
    ],
)
def test_numbers_with_comma_minus_and_unit(cell: str, centi_c: int | None) -> None:
    """A unit in the cell goes before the heading's."""
    if centi_c is None:
        assert "not a temperature" in read(f"Time;Temperature °C\n2026-11-23 11:05;{cell}\n").rejected[0].reason
    else:
        assert one("2026-11-23 11:05", cell)[1] == centi_c


@pytest.mark.parametrize(
    ("year", "expected"),
    [(2569, 2026), (2400, 1857), (2399, 2399), (2026, 2026), (26, 2026), (69, 2026), (59, 2059), (60, 2017)],
)
def test_years_of_two_eras(year: int, expected: int) -> None:
    """The Buddhist era is 543 years ahead."""
    assert gregorian(year) == expected


def test_a_number_above_twelve_settles_the_order() -> None:
    """One such date settles it for the whole file."""
    got = read("Date,Time,Temp °C\n11/12/2026,11:00,4\n12/12/2026,11:00,4\n13/12/2026,11:00,4\n")
    assert [time[:10] for time in times(got)] == ["2026-12-11", "2026-12-12", "2026-12-13"]


def test_a_log_that_runs_forward_settles_the_order() -> None:
    """1/2, 2/2, 3/2 are three days in February, not the second of three months."""
    got = read("Date,Time,Temp °C\n1/2/2026,11:00,4\n2/2/2026,11:00,4\n3/2/2026,11:00,4\n")
    assert [time[:10] for time in times(got)] == ["2026-02-01", "2026-02-02", "2026-02-03"]


def test_an_order_that_nothing_settles_is_asked_for() -> None:
    """A single morning on 5/6: the caller has to say."""
    text = "Date,Time,Temp °C\n5/6/2026,10:00,4\n5/6/2026,11:00,4\n"
    with pytest.raises(LoggerError, match=r"ambiguous-dates.*5/6/2026.*date_order"):
        read(text)
    assert times(read(text, date_order=DateOrder.DAY_FIRST))[0][:10] == "2026-06-05"
    assert times(read(text, date_order=DateOrder.MONTH_FIRST))[0][:10] == "2026-05-06"


def test_a_hobo_of_one_morning_is_read_as_hoboware_writes() -> None:
    """Month first, and said."""
    got = read('"Plot Title: 1"\n"#","Date Time, GMT+07:00","Temp, °C (LGR S/N: 1)"\n1,05/06/26 11:00:00 AM,4\n')
    assert times(got)[0][:10] == "2026-05-06"
    assert "usual order, mdy" in got.notes[0]


@PATIENT
@given(
    st.lists(st.datetimes(EARLIEST, LATEST), min_size=1),
    st.sampled_from(["%d/%m/%Y", "%m/%d/%Y"]),
)
def test_the_order_found_is_never_wrong_when_a_date_tells(moments: list[datetime], style: str) -> None:
    """With any day above 12 among them, the dates read back as written."""
    dates = [read_written(moment.strftime(style + " %H:%M:%S")) for moment in moments]
    if any(moment.day > 12 for moment in moments):
        assert order_of(dates) is (DateOrder.DAY_FIRST if style.startswith("%d") else DateOrder.MONTH_FIRST)


def test_bad_rows_are_named_and_the_others_kept() -> None:
    """Row numbers are those of the file, as a spreadsheet shows them."""
    got = read(
        "Device,X\nTime,Temp °C,RH\n2026-11-23 11:00,4,80\nsoon,4,80\n2026-11-23 11:20,warm,80\n2026-11-23 11:30,,80\n"
        "2026-02-30 11:40,4,80\n2026-11-23 25:00,4,80\n,4,\n\n2026-11-23 12:00,999,80\n2026-11-23 "
        "12:10,4,x\n2026-11-23 12:20,5,80\n"
    )
    assert [reading.temperature_centi_c for reading in got.readings] == [400, 400, 500]
    assert [reading.flags for reading in got.readings] == [0, Flag.HUMIDITY_LEFT_OUT, 0]
    assert [row.row for row in got.rejected] == [4, 5, 6, 7, 8, 9, 11]
    words = ["'soon", "'warm'", "empty", "2026/2/30", "does not exist", "empty", "999.0 is not a temp"]
    for row, word in zip(got.rejected, words, strict=True):
        assert word in row.reason


def test_thai_code_page() -> None:
    """Headings in Thai, saved by a Thai Windows."""
    text = "วันที่,เวลา,อุณหภูมิ (C),ความชื้น\n23/11/2569,11:05:00,4.1,88\n"
    got = read(text.encode("cp874"))
    assert times(got) == ["2026-11-23T04:05:00+00:00"]
    assert (got.readings[0].temperature_centi_c, got.readings[0].humidity_centi_pct) == (410, 8800)


def test_columns_by_name() -> None:
    """Headings that say nothing: the caller names the columns, the unit, the sensor."""
    text = "when,where,A,B\n2026-11-23 11:05,r1,39.38,88\n2026-11-23 11:15,r2,41,87\n"
    mapping = ColumnMapping(time="When", temperature="a", humidity="b", sensor="where", unit=Unit.FAHRENHEIT)
    got = read(text, mapping=mapping)
    assert [(r.sensor, r.temperature_centi_c, r.humidity_centi_pct) for r in got.readings] == [
        ("r1", 410, 8800),
        ("r2", 500, 8700),
    ]


def test_columns_by_number_in_a_file_without_headings() -> None:
    """Columns and rows count from 1."""
    got = read("23.11.2026;11:05;4,1\n23.11.2026;11:15;4,2\n", mapping=ColumnMapping(date=1, time=2, temperature=3))
    assert [reading.temperature_centi_c for reading in got.readings] == [410, 420]
    named = read(
        "x\nt,v\n2026-11-23 11:05,4\n", mapping=ColumnMapping(time=1, temperature=2, header_row=2, sensor_name="probe")
    )
    assert [reading.sensor for reading in named.readings] == ["probe"]


@pytest.mark.parametrize(
    "mapping",
    [
        ColumnMapping(time="time", temperature="heat"),
        ColumnMapping(time=0, temperature=2),
        ColumnMapping(time=1, temperature=2, header_row=99),
        ColumnMapping(time="nope", temperature=2, header_row=1),
    ],
)
def test_a_mapping_that_does_not_fit(mapping: ColumnMapping) -> None:
    """The error names what is not there."""
    with pytest.raises(LoggerError, match="no-columns"):
        read("Time,Temp\n2026-11-23 11:05,4\n", mapping=mapping)


def test_headings_that_say_nothing_ask_for_a_mapping() -> None:
    """Rather than guessing columns from values."""
    with pytest.raises(LoggerError, match=r"no-columns.*mapping"):
        read("a,b\n2026-11-23 11:05,4\n")


def _workbook(rows: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_date_and_time_in_cells_of_their_own_type() -> None:
    """A workbook's date cell beside a time cell, and a Buddhist-era date cell."""
    rows = [["Date", "Time", "Temp °C"], [DATE_CELL, TIME_CELL, 4.1]]
    assert times(read_logger("a.xlsx", _workbook(rows), timezone="+07:00")) == ["2026-11-23T04:05:00+00:00"]


def _zip(size: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * size)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\n\n,,\n", "empty"),
        (b"\0" * 1000, "empty"),
        (b"%PDF-1.7 ...", "unsupported"),
        (b"PK\x03\x04 no zip", "malformed"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "malformed"),
        (b"\x09\x00\x04\x00\x02", "malformed"),
        (b"<html><table>" + b"<td>" * 100_000, "empty"),
        (_zip(1000), "malformed"),
        (_zip(300 * 1024 * 1024), "too-large"),
        (b" " * (33 * 1024 * 1024), "too-large"),
        (b"a\n" * 600_000, "too-large"),
        (b"ab," * 5_000_000 + b"\n", "no-columns"),
        ((b"," * 63 + b"\n") * 70_000, "too-large"),
        (b'"' * 300_000, "malformed"),
        (b"\xff" * 10_000, "no-columns"),
    ],
    ids=[
        "nothing",
        "blank",
        "NULs",
        "PDF",
        "no zip",
        "no OLE",
        "no sheet",
        "cells in cells",
        "no workbook",
        "zip bomb",
        "33 MB",
        "rows",
        "one long row",
        "cells",
        "quotes",
        "0xFF",
    ],
)
def test_what_is_no_logger_file(content: bytes, reason: str) -> None:
    """Each has its reason code and a sentence with the remedy."""
    with pytest.raises(LoggerError) as caught:
        read(content)
    assert caught.value.reason == reason


def outcome(content: bytes) -> LoggerFile | LoggerError:
    try:
        return read(content)
    except LoggerError as error:
        return error


@PATIENT
@given(st.binary(max_size=300))
@example(b"\xef\xbb\xbf")
@example(b"\xff\xfe\x00")
def test_any_bytes(content: bytes) -> None:
    """Nothing but LoggerError comes out."""
    outcome(content)


@given(
    st.binary(max_size=80),
    st.sampled_from([_zip(10)[:30], b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _workbook([["Time", "Temp"]])[:200]]),
)
@settings(PATIENT, max_examples=50)
def test_any_bytes_that_start_like_a_workbook(tail: bytes, head: bytes) -> None:
    """A workbook cut off by a bad connection is a LoggerError too."""
    outcome(head + tail)


CELLS = st.sampled_from(
    [
        "",
        "4.1",
        "-",
        "23/11/2026",
        "11:05",
        "2026-02-30 11:05",
        "1e999",
        "999999999999999999999",
        "nan",
        "٤٫١",
        "²",
        "12:99 PM",
        "0/0/0 0:00",
        "11:05 +99:00",
    ]
)


@PATIENT
@given(st.lists(st.lists(CELLS | st.text(max_size=12), max_size=4), max_size=6), st.sampled_from(sorted(FILES)))
def test_any_cells_below_good_headings(rows: list[list[str]], kind: str) -> None:
    """Rows of anything are readings or rejected rows, never another error."""
    text = FILES[kind][0].rstrip("\n") + "\n" + "\n".join(",".join(row) for row in rows)
    got = outcome(text.encode("utf-8", "replace"))
    if isinstance(got, LoggerFile):
        assert len(got.readings) >= 1
