"""All SQL on assignments, and on what speaks for a lot. The tenant comes first."""

import uuid
from collections.abc import Iterable, Sequence

from sqlalchemy import and_, bindparam, case, or_, select
from sqlalchemy.orm import Session

from services.db.upsert import insert_into
from services.devices.subjects import SubjectKind
from services.devices.tables import Sensor, SensorAssignment
from services.evidence.spans import ALWAYS_MS, Custody, Sample, Subject, Voice
from services.lots.tables import Lot
from services.readings.review import as_reviewed, told
from services.readings.tables import Dirty, ReadingConflict, StoredReading
from services.shipments.tables import Shipment, ShipmentLot
from telemetry.freshness.positions import Position

IDS_A_QUERY = 500

Assigned = tuple[SensorAssignment, Sensor]


def listed(
    session: Session,
    tenant_id: uuid.UUID,
    *,
    after: tuple[int, uuid.UUID] | None = None,
    limit: int | None = None,
    sensor: str | None = None,
    subject_kind: SubjectKind | None = None,
    subject_id: uuid.UUID | None = None,
) -> Sequence[Assigned]:
    """Assignments with their sensors, by when they begin."""
    query = (
        select(SensorAssignment, Sensor)
        .join(Sensor, Sensor.id == SensorAssignment.sensor_id)
        .where(SensorAssignment.tenant_id == tenant_id)
        .order_by(SensorAssignment.from_at_ms, SensorAssignment.id)
        .limit(limit)
    )
    if after is not None:
        begins, identity = SensorAssignment.from_at_ms, SensorAssignment.id
        query = query.where(or_(begins > after[0], and_(begins == after[0], identity > after[1])))
    if sensor is not None:
        query = query.where(Sensor.external_id == sensor)
    if subject_kind is not None:
        query = query.where(SensorAssignment.subject_kind == subject_kind)
    if subject_id is not None:
        query = query.where(SensorAssignment.subject_id == subject_id)
    return [(assignment, sensor) for assignment, sensor in session.execute(query)]


def one(session: Session, tenant_id: uuid.UUID, assignment_id: uuid.UUID) -> Assigned | None:
    query = (
        select(SensorAssignment, Sensor)
        .join(Sensor, Sensor.id == SensorAssignment.sensor_id)
        .where(SensorAssignment.tenant_id == tenant_id, SensorAssignment.id == assignment_id)
    )
    row = session.execute(query).first()
    return None if row is None else (row[0], row[1])


def sensor_named(session: Session, tenant_id: uuid.UUID, name: str, now_ms: int) -> Sensor:
    """The sensor of that name, registered when it has not been heard of yet."""
    session.execute(
        insert_into(session, Sensor)
        .values(tenant_id=tenant_id, external_id=name, expected_interval_s=300, created_at_ms=now_ms)
        .on_conflict_do_nothing()
    )
    return session.scalars(select(Sensor).where(Sensor.tenant_id == tenant_id, Sensor.external_id == name)).one()


def overlapping(
    session: Session, tenant_id: uuid.UUID, sensor_id: int, subject: Subject, from_ms: int, to_ms: int | None
) -> SensorAssignment | None:
    """An assignment of the sensor to the subject that shares time with this one."""
    kind, subject_id = subject
    query = select(SensorAssignment).where(
        SensorAssignment.tenant_id == tenant_id,
        SensorAssignment.sensor_id == sensor_id,
        SensorAssignment.subject_kind == kind,
        SensorAssignment.subject_id == subject_id,
        or_(SensorAssignment.to_at_ms.is_(None), SensorAssignment.to_at_ms > from_ms),
    )
    if to_ms is not None:
        query = query.where(SensorAssignment.from_at_ms < to_ms)
    return session.scalars(query.limit(1)).first()


def mark_dirty(session: Session, tenant_id: uuid.UUID, sensor_id: int, from_ms: int) -> None:
    """Have all that the sensor speaks for assessed again, from ``from_ms`` on."""
    own = session.scalar(select(Sensor.id).where(Sensor.tenant_id == tenant_id, Sensor.id == sensor_id))
    if own is None:
        return
    insert = insert_into(session, Dirty).values(sensor_id=own, touched_from_ms=from_ms, mark=1)
    earliest = insert.excluded.touched_from_ms
    session.execute(
        insert.on_conflict_do_update(
            index_elements=["sensor_id"],
            set_={
                "mark": Dirty.mark + 1,
                "touched_from_ms": case((earliest < Dirty.touched_from_ms, earliest), else_=Dirty.touched_from_ms),
            },
        )
    )


def voices(session: Session, tenant_id: uuid.UUID, subjects: Iterable[Subject]) -> list[Voice]:
    """Every sensor that was ever assigned to one of the subjects."""
    by_kind: dict[SubjectKind, list[uuid.UUID]] = {}
    for kind, subject_id in subjects:
        by_kind.setdefault(kind, []).append(subject_id)
    found = []
    for kind, ids in by_kind.items():
        for part in _parts(sorted(set(ids))):
            rows = session.execute(
                select(SensorAssignment, Sensor)
                .join(Sensor, Sensor.id == SensorAssignment.sensor_id)
                .where(
                    SensorAssignment.tenant_id == tenant_id,
                    SensorAssignment.subject_kind == kind,
                    SensorAssignment.subject_id.in_(part),
                )
            )
            found += [_voice(assignment, sensor) for assignment, sensor in rows]
    return found


GONE = ("split", "merged", "refused")
"""States in which a lot is no longer assessed: it goes on in its parts, or matters to nobody."""


def spoken_for(
    session: Session, tenant_id: uuid.UUID, sensors: Sequence[tuple[int, int]]
) -> dict[SubjectKind, set[uuid.UUID]]:
    """The subjects of (sensor_id, from_ms): those for which the sensor speaks from then on."""
    subjects: dict[SubjectKind, set[uuid.UUID]] = {}
    from_ms = dict(sensors)
    for part in _parts(sorted(from_ms)):
        rows = session.execute(
            select(
                SensorAssignment.sensor_id,
                SensorAssignment.subject_kind,
                SensorAssignment.subject_id,
                SensorAssignment.to_at_ms,
            ).where(SensorAssignment.tenant_id == tenant_id, SensorAssignment.sensor_id.in_(part))
        )
        for sensor_id, kind, subject_id, to_ms in rows:
            if to_ms is None or to_ms > from_ms[sensor_id]:
                subjects.setdefault(SubjectKind(kind), set()).add(subject_id)
    return subjects


def lots_held(
    session: Session, tenant_id: uuid.UUID, subjects: dict[SubjectKind, set[uuid.UUID]], from_ms: int
) -> set[uuid.UUID]:
    """The lots that were with one of the subjects at ``from_ms`` or later, and whose story had not ended by then."""
    held_until = {
        SubjectKind.LOT: (Lot.id, None),
        SubjectKind.VILLAGE: (Lot.village_id, Lot.loaded_at_ms),
        SubjectKind.TRUCK: (Lot.truck_id, Lot.received_at_ms),
        SubjectKind.HUB: (Lot.hub_id, ShipmentLot.loaded_at_ms),
        SubjectKind.SHIPMENT: (ShipmentLot.shipment_id, None),
    }
    lots: set[uuid.UUID] = set()
    for kind, (held_by, until_ms) in held_until.items():
        for part in _parts(sorted(subjects.get(kind, ()))):
            query = (
                select(Lot.id)
                .outerjoin(ShipmentLot, ShipmentLot.lot_id == Lot.id)
                .outerjoin(Shipment, Shipment.id == ShipmentLot.shipment_id)
                .where(
                    Lot.tenant_id == tenant_id,
                    held_by.in_(part),
                    Lot.state.not_in(GONE),
                    or_(Lot.withdrawn_at_ms.is_(None), Lot.withdrawn_at_ms >= from_ms),
                    or_(Shipment.arrived_at_ms.is_(None), Shipment.arrived_at_ms >= from_ms),
                )
            )
            if until_ms is not None:
                query = query.where(or_(until_ms.is_(None), until_ms >= from_ms))
            lots |= set(session.scalars(query))
    return lots


def lots_under_way(session: Session, tenant_id: uuid.UUID, commodity_id: str) -> Sequence[uuid.UUID]:
    """The lots of a commodity whose story has not ended."""
    return session.scalars(
        select(Lot.id)
        .outerjoin(ShipmentLot, ShipmentLot.lot_id == Lot.id)
        .outerjoin(Shipment, Shipment.id == ShipmentLot.shipment_id)
        .where(
            Lot.tenant_id == tenant_id,
            Lot.commodity_id == commodity_id,
            Lot.withdrawn_at_ms.is_(None),
            Shipment.arrived_at_ms.is_(None),
        )
    ).all()


def shipments_of(session: Session, tenant_id: uuid.UUID, lot_ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """The shipments that these lots are in."""
    found: set[uuid.UUID] = set()
    for part in _parts(sorted(set(lot_ids))):
        query = select(ShipmentLot.shipment_id).where(ShipmentLot.tenant_id == tenant_id, ShipmentLot.lot_id.in_(part))
        found |= set(session.scalars(query))
    return found


def shipments(
    session: Session, tenant_id: uuid.UUID, shipment_ids: Iterable[uuid.UUID]
) -> list[tuple[Shipment, list[uuid.UUID]]]:
    """These shipments with their lots' ids, by code."""
    ids = sorted(set(shipment_ids))
    lots: dict[uuid.UUID, list[uuid.UUID]] = {shipment_id: [] for shipment_id in ids}
    found: list[Shipment] = []
    for part in _parts(ids):
        found += session.scalars(select(Shipment).where(Shipment.tenant_id == tenant_id, Shipment.id.in_(part)))
        rows = session.execute(
            select(ShipmentLot.shipment_id, ShipmentLot.lot_id).where(
                ShipmentLot.tenant_id == tenant_id, ShipmentLot.shipment_id.in_(part)
            )
        )
        for shipment_id, lot_id in rows:
            lots[shipment_id].append(lot_id)
    return [(shipment, lots[shipment.id]) for shipment in sorted(found, key=lambda one: one.code)]


def custodies(
    session: Session, tenant_id: uuid.UUID, lot_ids: Iterable[uuid.UUID]
) -> list[tuple[Lot, Shipment | None, Custody]]:
    """The lots, the shipment that each is in, and where each has been; by code."""
    found: list[tuple[Lot, Shipment | None, Custody]] = []
    for part in _parts(sorted(set(lot_ids))):
        rows = session.execute(
            select(Lot, ShipmentLot, Shipment)
            .outerjoin(ShipmentLot, ShipmentLot.lot_id == Lot.id)
            .outerjoin(Shipment, Shipment.id == ShipmentLot.shipment_id)
            .where(Lot.tenant_id == tenant_id, Lot.id.in_(part))
        )
        for lot, loaded, shipment in rows:
            arrived_ms = shipment.arrived_at_ms if shipment else None
            custody = Custody(
                lot_id=lot.id,
                village_id=lot.village_id,
                harvested_ms=lot.harvested_at_ms,
                truck_id=lot.truck_id,
                loaded_ms=lot.loaded_at_ms,
                hub_id=lot.hub_id,
                received_ms=lot.received_at_ms,
                shipment_id=loaded.shipment_id if loaded else None,
                shipped_ms=loaded.loaded_at_ms if loaded else None,
                ends_ms=lot.withdrawn_at_ms if arrived_ms is None else arrived_ms,
            )
            found.append((lot, shipment, custody))
    return sorted(found, key=lambda row: row[0].code)


def samples(session: Session, tenant_id: uuid.UUID, wanted: dict[int, tuple[int, int]]) -> dict[int, list[Sample]]:
    """Each sensor's readings from its first until before its last instant, by time; a contradicting second value too.

    What was stored first and what contradicts it depends on who came first; both together do not.
    """
    own: set[int] = set()
    for part in _parts(sorted(wanted)):
        own |= set(session.scalars(select(Sensor.id).where(Sensor.tenant_id == tenant_id, Sensor.id.in_(part))))
    found: dict[int, list[Sample]] = {}
    # made once: putting the statement together takes longer than running it
    spoken = (
        select(StoredReading.measured_at_ms, StoredReading.temperature_centi_c, StoredReading.flags)
        .where(
            StoredReading.sensor_id == bindparam("own_sensor"),
            StoredReading.measured_at_ms >= bindparam("from_ms"),
            StoredReading.measured_at_ms < bindparam("to_ms"),
        )
        .order_by(StoredReading.measured_at_ms)
    )
    for sensor_id in sorted(own):
        from_ms, to_ms = wanted[sensor_id]
        rows = session.execute(spoken, {"own_sensor": sensor_id, "from_ms": from_ms, "to_ms": to_ms})
        found[sensor_id] = [(at_ms, centi, flags) for at_ms, centi, flags in rows]
    earliest_ms = min((wanted[sensor_id][0] for sensor_id in own), default=0)
    for part in _parts(sorted(own)):
        conflicts = session.execute(
            select(
                ReadingConflict.sensor_id,
                ReadingConflict.measured_at_ms,
                ReadingConflict.temperature_centi_c,
                ReadingConflict.flags,
            )
            .where(
                ReadingConflict.sensor_id.in_(part),
                ReadingConflict.measured_at_ms >= earliest_ms,
            )
            .distinct()
        )
        for sensor_id, at_ms, centi, flags in conflicts:
            from_ms, to_ms = wanted[sensor_id]
            if from_ms <= at_ms < to_ms:
                found[sensor_id].append((at_ms, centi, flags))
    latest_ms = max((wanted[sensor_id][1] for sensor_id in own), default=0)
    reviewed = as_reviewed(session, sorted(own), earliest_ms, latest_ms)
    for sensor_id in {sensor_id for sensor_id, _, _ in reviewed}:
        found[sensor_id] = [
            (at_ms, centi, told(flags, reviewed.get((sensor_id, at_ms, centi))))
            for at_ms, centi, flags in found[sensor_id]
        ]
    return {sensor_id: sorted(own_samples) for sensor_id, own_samples in found.items()}


def humidity(
    session: Session, tenant_id: uuid.UUID, spans: Sequence[tuple[int, int, int]], until_ms: int
) -> list[tuple[int, int, int]]:
    """(measured_at_ms, temperature_centi_c, humidity_centi_pct) within spans of (sensor_id, from ms, before ms)."""
    found: list[tuple[int, int, int]] = []
    for sensor_id, from_ms, to_ms in spans:
        rows = session.execute(
            select(StoredReading.measured_at_ms, StoredReading.temperature_centi_c, StoredReading.humidity_centi_pct)
            .join(Sensor, Sensor.id == StoredReading.sensor_id)
            .where(
                Sensor.tenant_id == tenant_id,
                StoredReading.sensor_id == sensor_id,
                StoredReading.measured_at_ms >= from_ms,
                StoredReading.measured_at_ms < min(to_ms, until_ms + 1),
                StoredReading.humidity_centi_pct.is_not(None),
                StoredReading.flags == 0,
            )
        )
        found += [(at_ms, centi, humidity) for at_ms, centi, humidity in rows if humidity is not None]
    return found


def _voice(assignment: SensorAssignment, sensor: Sensor) -> Voice:
    return Voice(
        sensor_id=sensor.id,
        sensor=sensor.external_id,
        subject=(SubjectKind(assignment.subject_kind), assignment.subject_id),
        position=Position(assignment.position),
        from_ms=assignment.from_at_ms,
        to_ms=ALWAYS_MS if assignment.to_at_ms is None else assignment.to_at_ms,
        expected_interval_s=sensor.expected_interval_s,
    )


def _parts(ids: Sequence[uuid.UUID] | Sequence[int]) -> Iterable[Sequence[uuid.UUID] | Sequence[int]]:
    return (ids[start : start + IDS_A_QUERY] for start in range(0, len(ids), IDS_A_QUERY))
