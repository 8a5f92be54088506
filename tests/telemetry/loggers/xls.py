"""The smallest XLS workbooks, byte by byte, since nothing that is kept writes them any more.

Sources: Microsoft, [MS-XLS] 2.4.21 BOF, 2.4.28 BoundSheet8, 2.4.148 Label, 2.4.180 Number, and [MS-CFB] 2.2 and 2.6
for the container; OpenOffice.org's documentation of the Excel file format, BIFF2 NUMBER and LABEL.
"""

import struct

Cell = str | float


def biff2(rows: list[list[Cell]]) -> bytes:
    """A BIFF2 worksheet, which stands in the file without a container."""
    body = b"".join(_biff2_cell(r, c, cell) for r, row in enumerate(rows) for c, cell in enumerate(row) if cell != "")
    return struct.pack("<HHHH", 0x0009, 4, 0x0002, 0x0010) + body + struct.pack("<HH", 0x000A, 0)


def _biff2_cell(row: int, column: int, cell: Cell) -> bytes:
    place = struct.pack("<HH3x", row, column)
    if isinstance(cell, float):
        data = place + struct.pack("<d", cell)
        return struct.pack("<HH", 0x0003, len(data)) + data
    text = cell.encode("cp1252")
    data = place + bytes([len(text)]) + text
    return struct.pack("<HH", 0x0004, len(data)) + data


def biff8(rows: list[list[Cell]]) -> bytes:
    """A BIFF8 workbook of one sheet in a compound file."""
    start = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0))
    end = _record(0x000A, b"")
    name = b"\x05\x00Sheet"
    sheet_at = len(start) + 4 + 6 + len(name) + len(end)
    globals_part = start + _record(0x0085, struct.pack("<IBB", sheet_at, 0, 0) + name) + end
    cells = b"".join(_biff8_cell(r, c, cell) for r, row in enumerate(rows) for c, cell in enumerate(row) if cell != "")
    sheet = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0)) + cells + end
    return _compound(globals_part + sheet)


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _biff8_cell(row: int, column: int, cell: Cell) -> bytes:
    place = struct.pack("<HHH", row, column, 0)
    if isinstance(cell, float):
        return _record(0x0203, place + struct.pack("<d", cell))
    return _record(0x0204, place + struct.pack("<HB", len(cell), 1) + cell.encode("utf-16-le"))


SECTOR, FREE, CHAIN_END, FAT_SECTOR = 512, 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def _compound(stream: bytes) -> bytes:
    """A compound file with one stream, Workbook: sector 0 the FAT, sector 1 the directory, the stream after them."""
    # A stream under 4096 bytes would have to be in the mini stream.
    stream = stream.ljust(4096, b"\0")
    sectors = -(-len(stream) // SECTOR)
    stream = stream.ljust(sectors * SECTOR, b"\0")
    chain = [FAT_SECTOR, CHAIN_END, *range(3, 2 + sectors), CHAIN_END]
    fat = struct.pack("<128I", *chain, *[FREE] * (128 - len(chain)))
    directory = _entry("Root Entry", 5, child=1, start=CHAIN_END, size=0) + _entry("Workbook", 2, FREE, 2, len(stream))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIIII", 0, 1, 1, 0, 4096, CHAIN_END, 0, CHAIN_END, 0, 0)
    return header + struct.pack("<108I", *[FREE] * 108) + fat + directory.ljust(SECTOR, b"\0") + stream


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    text = name.encode("utf-16-le")
    head = text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text) + 2, kind, 1, FREE, FREE, child)
    return head + bytes(36) + struct.pack("<IQ", start, size)
