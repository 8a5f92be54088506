"""Following a tenant's chain of readings: every batch's link, and every reading that it covers, as it was stored."""

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from sqlalchemy import bindparam, func, select, text
from sqlalchemy.orm import Session

from services.clock import to_rfc3339
from services.db.chain import Chain, Head
from services.db.checking import BrokenChainError, ChainCheck, Wrong
from services.db.tables import ChainHead, ReadingBatch
from services.devices.tables import Sensor
from services.readings.retention import dropped_before_ms
from services.readings.rows import STORED, Rows
from services.readings.sealing import Keys, checks, digest_of, record_of, rows_of, unpacked
from services.readings.tables import StoredReading

BATCHES_A_QUERY = 100
KEYS_A_QUERY = 10_000
NAMES = ", ".join(f"r.{name}" for name in STORED)
FIND = {
    "postgresql": f"SELECT {NAMES} FROM unnest(CAST(:sensors AS integer[]), CAST(:times AS bigint[])) k (sensor, at)"  # noqa: S608
    " JOIN reading r ON r.sensor_id = k.sensor AND r.measured_at_ms = k.at"
    " WHERE r.measured_at_ms BETWEEN :earliest_ms AND :latest_ms",
    "sqlite": f"SELECT {NAMES} FROM json_each(:sensors) s JOIN json_each(:times) t ON t.key = s.key"  # noqa: S608
    " JOIN reading r ON r.sensor_id = s.value AND r.measured_at_ms = t.value"
    " WHERE r.measured_at_ms BETWEEN :earliest_ms AND :latest_ms",
}

Found = Mapping[tuple[int, int], tuple[int | None, ...]]
Described = Callable[[int], str]


@dataclass(frozen=True, slots=True)
class Verified:
    """How much of a chain of readings holds."""

    batches: int
    readings: int
    dropped: int


def verify_readings(session: Session, tenant_id: uuid.UUID, signed: Mapping[int, bytes]) -> Verified:
    """Follow the tenant's batches and compare every reading with what was sealed.

    Readings past their retention may be gone. Raises BrokenChainError naming the first batch that does not hold, and
    the reading where one can be named.
    """
    check = ChainCheck(signed)
    dropped_ms = dropped_before_ms(session)
    readings = dropped = 0
    first_at_ms: int | None = None

    def described(sensor_id: int) -> str:
        name = session.scalar(select(Sensor.external_id).where(Sensor.tenant_id == tenant_id, Sensor.id == sensor_id))
        return f"sensor {name or sensor_id}"

    batches = in_order(session, tenant_id)
    while page := list(islice(batches, BATCHES_A_QUERY)):
        keys = []
        for batch in page:
            check.take(batch.number, record_of(batch), batch.link)
            keys.append(keys_of(batch))
        found = find(session, keys)
        for batch, own in zip(page, keys, strict=True):
            first_at_ms = batch.sealed_at_ms if first_at_ms is None else min(first_at_ms, batch.sealed_at_ms)
            dropped += compare(batch, own, found, dropped_ms, described)
            readings += batch.readings
    head = session.get(ChainHead, (tenant_id, str(Chain.READINGS)))
    check.end(Head(head.number, head.link) if head else Head())
    _none_added(session, tenant_id, readings - dropped, dropped_ms, first_at_ms)
    return Verified(check.last.number, readings, dropped)


def in_order(session: Session, tenant_id: uuid.UUID) -> Iterator[ReadingBatch]:
    """Every batch of the tenant, from the first on."""
    after = -1
    while True:
        query = select(ReadingBatch).where(ReadingBatch.tenant_id == tenant_id, ReadingBatch.number > after)
        page = session.scalars(query.order_by(ReadingBatch.number).limit(BATCHES_A_QUERY)).all()
        yield from page
        if len(page) < BATCHES_A_QUERY:
            return
        after = page[-1].number


def keys_of(batch: ReadingBatch) -> Keys:
    """Which readings a batch covers. Raises BrokenChainError where that can't be read."""
    try:
        return unpacked(batch.keys, batch.readings)
    except ValueError as error:
        detail = f"number {batch.number} does not say which readings it covers: {error}"
        raise BrokenChainError(Wrong.CHANGED, batch.number, detail) from error


def find(session: Session, keys: Sequence[Keys]) -> Found:
    """The readings of these keys that are stored, by sensor and time."""
    statement = text(FIND[session.get_bind().dialect.name])
    sensors = np.concatenate([one.sensor_id for one in keys]) if keys else np.empty(0, np.int64)
    times = np.concatenate([one.measured_at_ms for one in keys]) if keys else np.empty(0, np.int64)
    found: dict[tuple[int, int], tuple[int | None, ...]] = {}
    for start in range(0, len(sensors), KEYS_A_QUERY):
        wanted = [one[start : start + KEYS_A_QUERY].tolist() for one in (sensors, times)]
        span = {"earliest_ms": min(wanted[1]), "latest_ms": max(wanted[1])}
        rows = session.execute(
            statement, {"sensors": _array(session, wanted[0]), "times": _array(session, wanted[1])} | span
        )
        found |= {(row[2], row[0]): tuple(row) for row in rows}
    return found


def compare(batch: ReadingBatch, keys: Keys, found: Found, dropped_before: int, described: Described) -> int:
    """How many readings of a batch were dropped as past their retention; all others are as they were sealed.

    Raises BrokenChainError naming the first that is missing or was changed.
    """
    wanted = list(zip(keys.sensor_id.tolist(), keys.measured_at_ms.tolist(), strict=True))
    present = [found.get(key) for key in wanted]
    for (sensor_id, at_ms), row in zip(wanted, present, strict=True):
        if row is None and at_ms >= dropped_before:
            what = f"the reading of {described(sensor_id)} at {to_rfc3339(at_ms)}"
            raise BrokenChainError(Wrong.MISSING, batch.number, f"{what}, sealed in batch {batch.number}, is missing")
    rows = rows_of([row for row in present if row is not None])
    kept = np.array([row is not None for row in present], bool)
    if kept.all() and digest_of(rows) == batch.digest:
        return 0
    _same_checks(batch, keys, rows, kept, described)
    if kept.all():
        raise BrokenChainError(
            Wrong.CHANGED, batch.number, f"the readings of batch {batch.number} are not what was sealed"
        )
    return int((~kept).sum())


def _same_checks(batch: ReadingBatch, keys: Keys, rows: Rows, kept: Any, described: Described) -> None:
    differs = np.flatnonzero(checks(rows) != keys.check[kept])
    if len(differs):
        place = int(differs[0])
        sensor_id, at_ms = int(rows.sensor_id[place]), int(rows.measured_at_ms[place])
        what = f"the reading of {described(sensor_id)} at {to_rfc3339(at_ms)}"
        raise BrokenChainError(Wrong.CHANGED, batch.number, f"{what}, sealed in batch {batch.number}, was changed")


def _none_added(session: Session, tenant_id: uuid.UUID, sealed: int, dropped_ms: int, first_at_ms: int | None) -> None:
    """No reading has come past the chain, since there is one."""
    if first_at_ms is None:
        return
    own = select(Sensor.id).where(Sensor.tenant_id == tenant_id)
    query = select(func.count()).where(
        StoredReading.sensor_id.in_(own),
        StoredReading.measured_at_ms >= dropped_ms,
        StoredReading.received_at_ms >= bindparam("first_at_ms", first_at_ms),
    )
    stored = session.scalar(query) or 0
    if stored > sealed:
        more = stored - sealed
        raise BrokenChainError(Wrong.ADDED, 0, f"{more} readings are in the database that no batch has sealed")


def _array(session: Session, values: list[int]) -> Any:
    if session.get_bind().dialect.name == "postgresql":
        return values
    return "[" + ",".join(map(str, values)) + "]"
