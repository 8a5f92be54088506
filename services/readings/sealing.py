"""The chain of readings: one link a stored batch and tenant, over its readings by sensor and time.

The canonical form of a reading is 26 bytes, big-endian: measured_at_ms (8), received_at_ms (8), sensor_id (4),
temperature in hundredths of a degree (2), humidity in hundredths of a percent (2; -32768 where there is none), flags
(2). A batch's digest is the SHA-256 of its readings in canonical form, by sensor and time. Its link covers tenant,
number, time, count, digest and the SHA-256 of ``keys``: which readings they are, packed into some 5 bytes each, so that
the rows themselves need carry nothing and a reading that is gone can be named.
"""

import hashlib
import uuid
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from services.db.chain import Chain, Head, canonical, link_after, put_heads, take_heads
from services.db.tables import ReadingBatch
from services.readings.rows import ABSENT, STORED, Column, Rows, column

FORM = "readings-1"
BATCHES = ReadingBatch.metadata.tables["reading_batch"]
CANONICAL = np.dtype(
    [
        ("measured_at_ms", ">i8"),
        ("received_at_ms", ">i8"),
        ("sensor_id", ">i4"),
        ("temperature_centi_c", ">i2"),
        ("humidity_centi_pct", ">i2"),
        ("flags", ">i2"),
    ]
)
NO_HUMIDITY = -32768
PACKED_FROM = 16
"""Keys of so many readings and more are compressed; fewer would grow."""

OF_THIS_BATCH = text(
    f"SELECT {', '.join('r.' + name for name in STORED)} FROM staged_reading s"  # noqa: S608
    " JOIN reading r ON r.sensor_id = s.sensor_id AND r.measured_at_ms = s.measured_at_ms"
    " WHERE r.measured_at_ms BETWEEN :earliest_ms AND :latest_ms AND r.received_at_ms = s.received_at_ms"
    " ORDER BY r.sensor_id, r.measured_at_ms"
)


@dataclass(frozen=True, slots=True)
class Keys:
    """Which readings a batch covers, by sensor and time, and 16 bits of each to name one that was changed."""

    sensor_id: Column
    measured_at_ms: Column
    check: npt.NDArray[np.uint16]


def seal_batch(
    session: Session, rows: Rows, owners: Mapping[int, uuid.UUID] | uuid.UUID, now_ms: int, *, all_new: bool
) -> None:
    """Add the links of one stored batch, whose ``rows`` are by sensor and time; the last thing its transaction does.

    ``owners`` is the tenant of all its sensors, or of each. Unless all were new, what was is found by
    `staged_reading`, in which the rows are then.
    """
    if not all_new:
        span = {"earliest_ms": int(rows.measured_at_ms.min()), "latest_ms": int(rows.measured_at_ms.max())}
        rows = rows_of(session.execute(OF_THIS_BATCH, span).all())
    if not len(rows):
        return
    parts = _parts(rows, owners)
    heads = take_heads(session, Chain.READINGS, parts)
    batches = []
    for tenant_id, part in parts.items():
        batch = sealed(tenant_id, heads[tenant_id], part, now_ms)
        heads[tenant_id] = Head(batch.number, batch.link)
        batches.append({one.key: getattr(batch, one.key) for one in BATCHES.columns})
    session.connection().execute(insert(BATCHES), batches)
    put_heads(session, Chain.READINGS, heads)


def sealed(tenant_id: uuid.UUID, head: Head, rows: Rows, now_ms: int) -> ReadingBatch:
    """The batch that follows ``head`` with these readings, which are by sensor and time."""
    batch = ReadingBatch(
        tenant_id=tenant_id,
        number=head.number + 1,
        sealed_at_ms=now_ms,
        readings=len(rows),
        digest=digest_of(rows),
        keys=packed(Keys(rows.sensor_id, rows.measured_at_ms, checks(rows))),
    )
    batch.link = link_after(head.link, record_of(batch))
    return batch


def record_of(batch: ReadingBatch) -> bytes:
    """The bytes of a batch that its link covers."""
    keys_sha256 = hashlib.sha256(batch.keys).hexdigest()
    members = (str(batch.tenant_id), batch.number, batch.sealed_at_ms, batch.readings, batch.digest.hex(), keys_sha256)
    return canonical(FORM, members)


def digest_of(rows: Rows) -> bytes:
    """SHA-256 of the readings in canonical form, in the order in which they are given."""
    form = np.empty(len(rows), CANONICAL)
    for name in STORED:
        form[name] = getattr(rows, name)
    form["humidity_centi_pct"][rows.humidity_centi_pct == ABSENT] = NO_HUMIDITY
    return hashlib.sha256(form.tobytes()).digest()


def checks(rows: Rows) -> npt.NDArray[np.uint16]:
    """16 bits of each reading: no proof, which the digest is, but they tell which reading of a batch was changed."""
    mixed = np.zeros(len(rows), np.uint64)
    for one in rows.columns():
        mixed ^= one.astype(np.uint64)
        mixed *= np.uint64(0x9E3779B97F4A7C15)  # 2^64 divided by the golden ratio (Knuth, TAOCP 3, section 6.4)
        mixed ^= mixed >> np.uint64(29)
    return (mixed >> np.uint64(48)).astype(np.uint16)


def packed(keys: Keys) -> bytes:
    """The keys as bytes: differences from one to the next as variable-length integers, then the checks."""
    sensors = np.diff(keys.sensor_id, prepend=0)
    times = np.diff(keys.measured_at_ms, prepend=0)
    body = _varints(sensors) + _varints(times) + keys.check.astype(">u2").tobytes()
    return b"\1" + zlib.compress(body, 1) if len(sensors) >= PACKED_FROM else b"\0" + body


def unpacked(content: bytes, count: int) -> Keys:
    """The keys of ``count`` readings. Raises ValueError when the bytes are no such keys."""
    try:
        body = zlib.decompress(content[1:]) if content[:1] == b"\1" else content[1:]
    except zlib.error as error:
        raise ValueError("not packed keys") from error
    split = len(body) - 2 * count
    differences = _read_varints(body[: max(split, 0)])
    if split < 0 or len(differences) != 2 * count:
        raise ValueError("not the keys of so many readings")
    check = np.frombuffer(body[split:], ">u2").astype(np.uint16)
    return Keys(np.cumsum(differences[:count]), np.cumsum(differences[count:]), check)


def rows_of(found: Iterable[Sequence[Any]]) -> Rows:
    """Rows from what a query answered, in the order of `STORED`."""
    columns = list(zip(*found, strict=True)) or [()] * len(STORED)
    return Rows(*(column(one) for one in columns))


def _parts(rows: Rows, owners: Mapping[int, uuid.UUID] | uuid.UUID) -> dict[uuid.UUID, Rows]:
    if isinstance(owners, uuid.UUID):
        return {owners: rows}
    tenants = sorted(set(owners.values()))
    if len(tenants) == 1:
        return {tenants[0]: rows}
    places = {tenant_id: place for place, tenant_id in enumerate(tenants)}
    of_row = np.array([places[owners[sensor_id]] for sensor_id in rows.sensor_id.tolist()])
    parts = {tenant_id: rows.part(of_row == place) for tenant_id, place in places.items()}
    return {tenant_id: part for tenant_id, part in parts.items() if len(part)}


def _varints(values: Column) -> bytes:
    """Zigzag and LEB128, as Protocol Buffers write `sint64`, without a loop over the values."""
    zigzag = ((values << 1) ^ (values >> 63)).astype(np.uint64)
    width = max(1, -(-int(zigzag.max(initial=0)).bit_length() // 7))  # most batches need two bytes, none over ten
    shifts = np.arange(0, 7 * width, 7, dtype=np.uint64)
    groups = ((zigzag[:, None] >> shifts) & np.uint64(0x7F)).astype(np.uint8)
    lengths = 1 + (zigzag[:, None] >= np.uint64(1) << shifts[1:]).sum(axis=1)
    places = np.arange(width)
    groups[places < (lengths - 1)[:, None]] |= 0x80
    written: npt.NDArray[np.uint8] = groups[places < lengths[:, None]]
    return written.tobytes()


def _read_varints(content: bytes) -> Column:
    octets = np.frombuffer(content, np.uint8)
    ends = np.flatnonzero(octets < 0x80)
    if not len(ends):
        return np.empty(0, np.int64)
    starts = np.append(0, ends[:-1] + 1)
    place = np.arange(ends[-1] + 1) - np.repeat(starts, ends - starts + 1)
    parts = (octets[: ends[-1] + 1] & 0x7F).astype(np.uint64) << (7 * np.minimum(place, 9)).astype(np.uint64)
    zigzag = np.bitwise_or.reduceat(parts, starts)
    decoded: Column = (zigzag >> np.uint64(1)).astype(np.int64) ^ -(zigzag & np.uint64(1)).astype(np.int64)
    return decoded
