"""Binary COPY from columns, after the PostgreSQL documentation of COPY, section "Binary Format"."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import psycopg
from sqlalchemy.orm import Session

from services.readings.rows import ABSENT, Column

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
END = b"\xff\xff"
NULL = -1
BYTES = {"smallint": 2, "integer": 4, "bigint": 8}


def copy_columns(session: Session, into: str, types: Sequence[str], columns: Sequence[Column]) -> None:
    """COPY columns of these PostgreSQL types into a table, given with its columns where they are not in its order.

    Raises:
        OverflowError: a value does not fit its type.
        psycopg.Error: what PostgreSQL says against it.
    """
    content = b"".join((HEADER, *_blocks(types, columns), END))
    driver: psycopg.Connection[tuple[object, ...]] = session.connection().connection.driver_connection  # type: ignore[assignment]
    with driver.cursor() as cursor, cursor.copy(f"COPY {into} FROM STDIN (FORMAT BINARY)") as copy:
        copy.write(content)


def _blocks(types: Sequence[str], columns: Sequence[Column]) -> list[bytes]:
    """The rows, those with the same columns absent together, since NULL takes no room."""
    absent = np.zeros(len(columns[0]), np.int64)
    for place, (kind, column) in enumerate(zip(types, columns, strict=True)):
        missing = column == ABSENT
        absent |= missing.astype(np.int64) << place
        limit = 1 << (8 * BYTES[kind] - 1)
        if kind != "bigint" and ((column >= limit) | (column < -limit) & ~missing).any():
            raise OverflowError(f"A value does not fit a {kind}.")
    patterns = np.unique(absent).tolist()
    if len(patterns) == 1:
        return [_block(types, columns, patterns[0])]
    return [_block(types, [column[absent == pattern] for column in columns], pattern) for pattern in patterns]


def _block(types: Sequence[str], columns: Sequence[Column], absent: int) -> bytes:
    """Rows that lack the columns of the bits in ``absent``."""
    fields: list[tuple[str, str]] = [("count", ">i2")]
    for place, kind in enumerate(types):
        fields.append((f"length_{place}", ">i4"))
        if not absent >> place & 1:
            fields.append((f"value_{place}", f">i{BYTES[kind]}"))
    block: npt.NDArray[Any] = np.empty(len(columns[0]), np.dtype(fields))
    block["count"] = len(types)
    for place, kind in enumerate(types):
        if absent >> place & 1:
            block[f"length_{place}"] = NULL
        else:
            block[f"length_{place}"] = BYTES[kind]
            block[f"value_{place}"] = columns[place]
    return block.tobytes()
