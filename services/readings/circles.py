"""Which sensors belong together, since their probes sit in the same place, from when until when."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, aliased

from services.devices.subjects import SubjectKind
from services.devices.tables import Sensor, SensorAssignment
from telemetry.review import Stay

TOGETHER = (SubjectKind.LOT, SubjectKind.TRUCK, SubjectKind.SHIPMENT)
"""Where probes of one position should agree; a village or a hub has many rooms."""

ALWAYS_MS = 1 << 62
IDS_A_QUERY = 500


@dataclass(frozen=True, slots=True)
class Circle:
    """Sensors whose flags depend on each other, by id with their names, and who of them sat where; often one alone.

    Names, not ids, decide who of two is looked at first: ids follow the order in which sensors were first heard.
    """

    names: tuple[tuple[int, str], ...]
    stays: tuple[Stay, ...]

    @property
    def sensor_ids(self) -> tuple[int, ...]:
        return tuple(sensor_id for sensor_id, _ in self.names)


def circles_of(
    session: Session, tenant_id: uuid.UUID, touched: Mapping[int, int], since_ms: int
) -> list[tuple[Circle, int]]:
    """The circles that the touched sensors are in, by who sat together since then, each with its earliest touch."""
    known: set[int] = set()
    wanted = set(touched)
    rows: dict[uuid.UUID, SensorAssignment] = {}
    while fresh := wanted - known:
        known |= fresh
        for assignment in _together(session, tenant_id, fresh, since_ms):
            rows[assignment.id] = assignment
            wanted.add(assignment.sensor_id)
    places: dict[tuple[str, str, str], list[SensorAssignment]] = {}
    for row in rows.values():
        places.setdefault((row.subject_kind, str(row.subject_id), row.position), []).append(row)
    names = _names(session, tenant_id, known)
    parent = {sensor_id: sensor_id for sensor_id in names}
    for members in places.values():
        for member in members[1:]:
            parent[_root(parent, member.sensor_id)] = _root(parent, members[0].sensor_id)
    stays: dict[int, list[Stay]] = {}
    for place, members in sorted(places.items()):
        if len({member.sensor_id for member in members}) > 1:
            stays.setdefault(_root(parent, members[0].sensor_id), []).extend(
                Stay(place, names[one.sensor_id], one.from_at_ms, ALWAYS_MS if one.to_at_ms is None else one.to_at_ms)
                for one in sorted(members, key=lambda one: (names[one.sensor_id], one.from_at_ms))
            )
    together: dict[int, dict[int, str]] = {}
    for sensor_id, name in sorted(names.items()):
        together.setdefault(_root(parent, sensor_id), {})[sensor_id] = name
    return [
        (
            Circle(tuple(members.items()), tuple(stays.get(root, ()))),
            min(touched[one] for one in members if one in touched),
        )
        for root, members in together.items()
    ]


def _names(session: Session, tenant_id: uuid.UUID, sensor_ids: Iterable[int]) -> dict[int, str]:
    """The names of those of the sensors that are the tenant's."""
    names: dict[int, str] = {}
    ids = sorted(sensor_ids)
    for start in range(0, len(ids), IDS_A_QUERY):
        part = ids[start : start + IDS_A_QUERY]
        query = select(Sensor.id, Sensor.external_id).where(Sensor.tenant_id == tenant_id, Sensor.id.in_(part))
        names.update(session.execute(query).all())
    return names


def _together(
    session: Session, tenant_id: uuid.UUID, sensor_ids: Iterable[int], since_ms: int
) -> Sequence[SensorAssignment]:
    """Who sat, since then, where one of these sensors sat since then; themselves too."""
    ours, theirs = aliased(SensorAssignment), aliased(SensorAssignment)
    same = [
        getattr(ours, column) == getattr(theirs, column)
        for column in ("tenant_id", "subject_kind", "subject_id", "position")
    ]
    found: list[SensorAssignment] = []
    ids = sorted(sensor_ids)
    for start in range(0, len(ids), IDS_A_QUERY):
        found += session.scalars(
            select(theirs)
            .join(ours, and_(*same))
            .where(
                ours.tenant_id == tenant_id,
                ours.sensor_id.in_(ids[start : start + IDS_A_QUERY]),
                ours.subject_kind.in_(TOGETHER),
                or_(ours.to_at_ms.is_(None), ours.to_at_ms > since_ms),
                or_(theirs.to_at_ms.is_(None), theirs.to_at_ms > since_ms),
            )
            .distinct()
        )
    return found


def _root(parent: dict[int, int], sensor_id: int) -> int:
    while parent[sensor_id] != sensor_id:
        sensor_id = parent[sensor_id]
    return sensor_id
