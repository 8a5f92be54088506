"""What neighbours say of each reading, by all that is stored, whatever order it came in.

Readings stay as they were stored, with what was said at their arrival. Where the review says otherwise, that stands
beside them in `reading_review`, and `told` puts both together; flags that only the arrival could tell (the clock's, a
low battery) it leaves alone. Two reviewers don't undo each other's work: who writes holds a lock and reviews anew below
it, and what comes later leaves a mark, with which it is reviewed again.
"""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlalchemy import case, func, select, text
from sqlalchemy.orm import Session

from services.db.engine import Database
from services.db.upsert import insert_into
from services.readings.circles import Circle, circles_of
from services.readings.tables import Dirty, ReadingConflict, ReadingReview, StaleHours, StoredReading
from telemetry.quality import NEIGHBOUR_FLAGS
from telemetry.reading import Reading
from telemetry.review import Review, memory_from_ms

KEPT_MAX = 20_000
IDS_A_QUERY = 500
END_MS = 1 << 62
LOCK = 0x7265766965773031

Key = tuple[int, int, int]
"""One stored value: its sensor's id, its instant, and the temperature in hundredths of a degree."""


class Reviewer:
    """One for a worker. What it remembers of circles spares reading their memory again, and is safe to lose."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: dict[tuple[int, ...], Review] = {}

    def review(self, tenant_id: uuid.UUID, touched: Mapping[int, int]) -> int:
        """Review a tenant's sensors (by id) from the instants on at which something came; answers how many values are
        told otherwise than before. Sensors that were not touched and are told otherwise get a mark for freshness.
        """
        if not touched:
            return 0
        since_ms = memory_from_ms(min(touched.values()))
        with self._database.read() as session:
            due = [
                (circle, from_ms)
                for circle, from_ms in circles_of(session, tenant_id, touched, since_ms)
                if self._is_told_otherwise(session, circle, from_ms)
            ]
        return sum(self._tell(circle, from_ms, touched) for circle, from_ms in due)

    def _is_told_otherwise(self, session: Session, circle: Circle, from_ms: int) -> bool:
        review = self._kept.pop(circle.sensor_ids, None)
        if review is None or not _goes_on(session, circle, review, from_ms):
            review = Review(circle.stays)
        differing = told_otherwise(session, circle, review, from_ms)
        if len(self._kept) >= KEPT_MAX:
            self._kept.clear()
        self._kept[circle.sensor_ids] = review
        return bool(differing)

    def _tell(self, circle: Circle, from_ms: int, touched: Mapping[int, int]) -> int:
        with self._database.write() as session:
            if session.get_bind().dialect.name == "postgresql":
                session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            differing = told_otherwise(session, circle, Review(circle.stays), from_ms)
            _write(session, differing)
            _mark(session, differing, touched)
            return len(differing)


def as_reviewed(session: Session, sensor_ids: Sequence[int], from_ms: int, to_ms: int) -> dict[Key, int]:
    """The neighbours' flags of values in that span, where they are not those stored at the arrival; see `told`."""
    found: dict[Key, int] = {}
    for ids in _parts(sensor_ids):
        rows = session.execute(
            select(
                ReadingReview.sensor_id,
                ReadingReview.measured_at_ms,
                ReadingReview.temperature_centi_c,
                ReadingReview.flags,
            ).where(
                ReadingReview.sensor_id.in_(ids),
                ReadingReview.measured_at_ms >= from_ms,
                ReadingReview.measured_at_ms < to_ms,
            )
        )
        found |= {(sensor_id, at_ms, centi_c): flags for sensor_id, at_ms, centi_c, flags in rows}
    return found


def told(stored: int, reviewed: int | None) -> int:
    """The flags to go by: those stored at the arrival, the neighbours' replaced by what the review says."""
    return stored if reviewed is None else stored & ~NEIGHBOUR_FLAGS | reviewed


def told_otherwise(session: Session, circle: Circle, review: Review, from_ms: int) -> dict[Key, int]:
    """The neighbours' flags of values from ``from_ms`` on that are told otherwise until now."""
    since_ms = memory_from_ms(from_ms) if review.last_ms < 0 else review.last_ms + 1
    known = as_reviewed(session, circle.sensor_ids, from_ms, END_MS)
    before: dict[Key, set[int]] = {}
    after: dict[Key, int] = {}
    ids = {name: sensor_id for sensor_id, name in circle.names}
    for reading, flags in review.judge(_stored(session, circle, since_ms)):
        if reading.measured_at_ms >= from_ms:
            key = ids[reading.sensor], reading.measured_at_ms, reading.temperature_centi_c
            before.setdefault(key, set()).add(told(reading.flags, known.get(key)) & NEIGHBOUR_FLAGS)
            after[key] = after.get(key, 0) | flags
    return {key: flags for key, flags in after.items() if before[key] != {flags}}


def _goes_on(session: Session, circle: Circle, review: Review, from_ms: int) -> bool:
    """Whether a kept review may go on with what is newer: nothing came before that, and nobody moved."""
    if review.stays != circle.stays or from_ms <= review.last_ms:
        return False
    since_ms, known = review.remembers()
    counted = 0
    for table in (StoredReading, ReadingConflict):
        for ids in _parts(circle.sensor_ids):
            query = select(func.count()).select_from(table).where(table.sensor_id.in_(ids))
            counted += session.scalar(query.where(table.measured_at_ms.between(since_ms, review.last_ms))) or 0
    return counted == known


def _stored(session: Session, circle: Circle, since_ms: int) -> Iterator[Reading]:
    """Every value stored of these sensors since then, contradicting ones too."""
    names = dict(circle.names)
    for table in (StoredReading, ReadingConflict):
        for ids in _parts(circle.sensor_ids):
            rows = session.execute(
                select(
                    table.sensor_id,
                    table.measured_at_ms,
                    table.temperature_centi_c,
                    table.humidity_centi_pct,
                    table.flags,
                ).where(table.sensor_id.in_(ids), table.measured_at_ms >= since_ms)
            )
            for sensor_id, at_ms, centi_c, humidity, flags in rows:
                yield Reading(names[sensor_id], at_ms, centi_c, humidity, flags=flags)


def _write(session: Session, differing: Mapping[Key, int]) -> None:
    for (sensor_id, at_ms, centi_c), flags in sorted(differing.items()):
        insert = insert_into(session, ReadingReview).values(
            sensor_id=sensor_id, measured_at_ms=at_ms, temperature_centi_c=centi_c, flags=flags
        )
        session.execute(
            insert.on_conflict_do_update(
                index_elements=["sensor_id", "measured_at_ms", "temperature_centi_c"], set_={"flags": flags}
            )
        )


def _mark(session: Session, keys: Iterable[Key], touched: Mapping[int, int]) -> None:
    """Mark what follows: the hours' roll-ups, and the freshness of sensors that nothing has come from."""
    times: dict[int, list[int]] = {}
    for sensor_id, at_ms, _ in keys:
        times.setdefault(sensor_id, []).append(at_ms)
    for sensor_id, own in sorted(times.items()):
        from_ms, to_ms = min(own), max(own)
        stale = insert_into(session, StaleHours).values(sensor_id=sensor_id, from_ms=from_ms, to_ms=to_ms, mark=1)
        widened = {
            "mark": StaleHours.mark + 1,
            "from_ms": case((StaleHours.from_ms < from_ms, StaleHours.from_ms), else_=from_ms),
            "to_ms": case((StaleHours.to_ms > to_ms, StaleHours.to_ms), else_=to_ms),
        }
        session.execute(stale.on_conflict_do_update(index_elements=["sensor_id"], set_=widened))
        if touched.get(sensor_id, END_MS) <= from_ms:
            continue
        dirty = insert_into(session, Dirty).values(sensor_id=sensor_id, touched_from_ms=from_ms, mark=1)
        earlier = case((Dirty.touched_from_ms < from_ms, Dirty.touched_from_ms), else_=from_ms)
        renewed = {"mark": Dirty.mark + 1, "touched_from_ms": earlier}
        session.execute(dirty.on_conflict_do_update(index_elements=["sensor_id"], set_=renewed))


def _parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + IDS_A_QUERY] for start in range(0, len(ids), IDS_A_QUERY))
