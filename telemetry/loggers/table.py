"""A data logger's file as rows of cells, whatever it was saved as: CSV in any encoding, XLS, XLSX, HTML."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from itertools import islice
from typing import Any

import openpyxl
import xlrd

from telemetry.loggers.file import LoggerError, Reason
from telemetry.loggers.html import html_rows, is_html

FILE_BYTES_MAX = 32 * 1024 * 1024
"""Largest file that is read; a logger holds a hundredth of it."""

UNPACKED_BYTES_MAX = 128 * 1024 * 1024
"""Largest workbook after unpacking: a small XLSX can claim to be anything."""

ROWS_MAX = 500_000
"""Most rows that are read."""

CELLS_MAX = 64
"""Most cells of a row that are looked at."""

ALL_CELLS_MAX = 4_000_000
"""Most cells that are kept: what a file of the largest size could make of them would fill a small box."""

CELL_CHARS_MAX = 256
"""Longest text of a cell that is kept; what we read is short."""

_XLS_SIGNS = (b"\xd0\xcf\x11\xe0", b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00")
"""A compound file, and the bare worksheets of Excel 2, 3 and 4, which small loggers still write."""

Cell = str | float | datetime
Rows = list[list[Cell]]

_CHINESE = re.compile("[℃温度时间湿]")
_THAI = re.compile("[\u0e01-\u0e5b]{3}")


def read_table(file_name: str, content: bytes) -> Rows:
    """The rows of a file; text is stripped, numbers and times of workbooks keep their type.

    Raises:
        LoggerError: the file is too large, or is no text and no workbook.
    """
    if len(content) > FILE_BYTES_MAX:
        raise LoggerError(
            Reason.TOO_LARGE, f"the file has {len(content)} bytes; split it into files of at most {FILE_BYTES_MAX}"
        )
    if content.startswith(b"PK\x03\x04"):
        rows = _from(_xlsx_rows, content, "XLSX workbook")
    elif content.startswith(_XLS_SIGNS):
        rows = _from(_xls_rows, content, "XLS workbook")
    elif content.startswith(b"%PDF"):
        raise LoggerError(Reason.UNSUPPORTED, "the file is a PDF report; export the data as CSV or Excel instead")
    else:
        text = decode_text(content)
        rows = _bounded(html_rows(text)) if is_html(text) else _csv_rows(text)
    if not any(any(cell != "" for cell in row) for row in rows):
        raise LoggerError(
            Reason.EMPTY,
            f"{file_name or 'the file'} has no rows; export the data from the logger's software again",
        )
    return rows


def decode_text(content: bytes) -> str:
    """Text in the encoding its bytes give away: a byte-order mark, UTF-16 by its zeros, UTF-8, then code pages.

    Windows-874 is taken where it makes runs of Thai, GB 18030 where it makes the Chinese words of a header,
    Windows-1252 otherwise, since it has the degree sign.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace").replace("\0", "")
    if content.startswith(b"\xef\xbb\xbf"):
        return content[3:].decode("utf-8", "replace").replace("\0", "")
    head = content[:4096]
    if head.count(0) > len(head) // 4:
        little = head[1::2].count(0) >= head[0::2].count(0)
        return content.decode("utf-16-le" if little else "utf-16-be", "replace").replace("\0", "")
    try:
        return content.decode("utf-8").replace("\0", "")
    except UnicodeDecodeError:
        pass
    for encoding, sign in (("gb18030", _CHINESE), ("cp874", _THAI)):
        text = content.decode(encoding, "replace")
        if sign.search(text[:20_000]):
            return text.replace("\0", "")
    return content.decode("cp1252", "replace").replace("\0", "")


def _csv_rows(text: str) -> Rows:
    lines = text.splitlines()
    _require_rows(len(lines))
    delimiter = _delimiter(lines)
    try:
        parsed = csv.reader(lines, delimiter=delimiter, skipinitialspace=True)
        return _bounded(parsed)
    except csv.Error as error:
        raise LoggerError(Reason.MALFORMED, f"the file is not CSV: {error}; export it again as CSV or Excel") from None


def _delimiter(lines: list[str]) -> str:
    """The delimiter that gives the last lines, which are data, the same number of cells, and more than one."""
    sample = [line for line in lines[-50:] if line.strip()]
    best, best_score = ",", 0.0
    for delimiter in (";", "\t", ",", "|"):
        counts = [line.count(delimiter) for line in sample]
        if not counts or max(counts) == 0:
            continue
        usual = max(set(counts), key=counts.count)
        score = counts.count(usual) / len(counts) if usual else 0.0
        # A decimal comma makes commas as regular as the delimiter beside them, which is tried before it.
        if score > best_score + 0.2:
            best, best_score = delimiter, score
    return best


def _xlsx_rows(content: bytes) -> Rows:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        unpacked = sum(entry.file_size for entry in archive.infolist())
    if unpacked > UNPACKED_BYTES_MAX:
        raise LoggerError(Reason.TOO_LARGE, f"the workbook unpacks to {unpacked} bytes; export the data alone")
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    try:
        sheets = [_bounded(sheet.iter_rows(values_only=True, max_col=CELLS_MAX)) for sheet in book.worksheets[:8]]
    finally:
        book.close()
    return _longest(sheets)


def _xls_rows(content: bytes) -> Rows:
    book = xlrd.open_workbook(file_contents=content, logfile=io.StringIO(), on_demand=True)
    sheets = []
    for index in range(min(book.nsheets, 8)):
        sheet = book.sheet_by_index(index)
        sheets.append(_bounded(_xls_row(book, sheet, row) for row in range(sheet.nrows)))
    return _longest(sheets)


def _xls_row(book: Any, sheet: Any, row: int) -> list[Any]:
    return [
        xlrd.xldate_as_datetime(cell.value, book.datemode) if cell.ctype == xlrd.XL_CELL_DATE else cell.value
        for cell in sheet.row(row)[:CELLS_MAX]
    ]


def _longest(sheets: list[Rows]) -> Rows:
    """The sheet with the data: loggers put a summary of a few rows on others."""
    return max(sheets, key=len, default=[])


def _from(read: Any, content: bytes, what: str) -> Rows:
    try:
        rows: Rows = read(content)
    except LoggerError:
        raise
    except Exception as error:
        # The two libraries raise whatever a broken workbook makes them stumble over.
        raise LoggerError(
            Reason.MALFORMED, f"the file is a broken {what} ({type(error).__name__}); open it and save it again"
        ) from error
    return rows


def _bounded(rows: Iterable[Iterable[Any]]) -> Rows:
    table: Rows = []
    cells = 0
    for row in rows:
        table.append([_cell(value) for value in islice(row, CELLS_MAX)])
        cells += len(table[-1])
        _require_rows(len(table))
        if cells > ALL_CELLS_MAX:
            raise LoggerError(Reason.TOO_LARGE, f"the file has more than {ALL_CELLS_MAX} cells; split it")
    return table


def _require_rows(count: int) -> None:
    if count > ROWS_MAX:
        raise LoggerError(Reason.TOO_LARGE, f"the file has more than {ROWS_MAX} rows; split it")


def _cell(value: Any) -> Cell:
    if value is None or isinstance(value, bool):
        return ""
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001 - a logger's own local time
    if isinstance(value, time):
        return value.isoformat()
    if isinstance(value, int | float):
        return float(value) if abs(value) < 1e300 else ""
    return str(value)[:CELL_CHARS_MAX].replace("\ufeff", "").replace("\xa0", " ").strip()


def texts(rows: Rows, count: int) -> Iterator[tuple[int, list[str]]]:
    """The first rows with their index, every cell as text."""
    for index, row in enumerate(rows[:count]):
        yield index, [cell if isinstance(cell, str) else str(cell) for cell in row]
