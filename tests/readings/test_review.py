"""Flags as they are told in the end: the same whatever order readings came in, how often ingest was started anew."""

import uuid
from itertools import pairwise
from random import Random

import pytest
from sqlalchemy import delete, select

from services.db.engine import Database
from services.devices.subjects import SubjectKind
from services.devices.tables import Sensor, SensorAssignment
from services.readings.review import Reviewer, as_reviewed, told
from services.readings.tables import Dirty, ReadingConflict, StoredReading
from telemetry.clock import HOUR_MS, MINUTE_MS
from telemetry.quality import NEIGHBOUR_FLAGS
from telemetry.reading import Flag
from tests.readings.world import add_demo, sensor_id, take
from tests.support.messages import NOW_MS, message, native

START_MS = NOW_MS - 30 * HOUR_MS
Fact = tuple[str, int, int]
"""Sensor, instant, hundredths of a degree."""


@pytest.fixture
def tenant_id(database: Database) -> uuid.UUID:
    return add_demo(database)


def put_together(database: Database, tenant_id: uuid.UUID, *names: str, from_ms: int = START_MS) -> None:
    """Let the probes speak for one truck."""
    truck = uuid.uuid4()
    with database.write() as session:
        for name in names:
            session.add(
                SensorAssignment(
                    tenant_id=tenant_id,
                    sensor_id=session.scalars(select(Sensor.id).where(Sensor.external_id == name)).one(),
                    subject_kind=SubjectKind.TRUCK,
                    subject_id=truck,
                    position="return_air",
                    from_at_ms=from_ms,
                )
            )


def send(database: Database, *facts: Fact) -> None:
    take(database, *(message(native(name, centi_c / 100, at_ms=at_ms)) for name, at_ms, centi_c in facts))


def look(database: Database, reviewer: Reviewer, tenant_id: uuid.UUID) -> int:
    """What the freshness worker does with the marks."""
    with database.write() as session:
        marks = dict(session.execute(select(Dirty.sensor_id, Dirty.touched_from_ms)).all())
        session.execute(delete(Dirty))
    return reviewer.review(tenant_id, marks)


def all_told(database: Database) -> set[tuple[str, int, int, Flag]]:
    """Every value that is stored, and what its neighbours are told to say; what the arrival alone knew is left out."""
    with database.read() as session:
        names = dict(session.execute(select(Sensor.id, Sensor.external_id)).all())
        reviewed = as_reviewed(session, list(names), 0, 1 << 62)
        return {
            (
                names[row.sensor_id],
                row.measured_at_ms,
                row.temperature_centi_c,
                Flag(told(row.flags, reviewed.get(key)) & NEIGHBOUR_FLAGS),
            )
            for table in (StoredReading, ReadingConflict)
            for row in session.scalars(select(table))
            if (key := (row.sensor_id, row.measured_at_ms, row.temperature_centi_c))
        }


def test_the_one_of_three_that_disagrees_is_told(database: Database, tenant_id: uuid.UUID) -> None:
    """Its readings are flagged, freshness hears of it, and nobody else is blamed; what was stored stays."""
    minutes = [START_MS + minute * MINUTE_MS for minute in range(6)]
    send(database, *((name, at_ms, 1300) for name in "ABC" for at_ms in minutes[:1]))
    put_together(database, tenant_id, *"ABC")
    reviewer = Reviewer(database)
    assert look(database, reviewer, tenant_id) == 0
    send(database, *((name, at_ms, 1300 if name < "C" else 1850) for name in "ABC" for at_ms in minutes[1:]))
    assert look(database, reviewer, tenant_id) == 4, "the step, and three disagreements"
    flagged = {(name, at_ms) for name, at_ms, _, flags in all_told(database) if flags & Flag.SIBLING_DISAGREES}
    assert flagged == {("C", at_ms) for at_ms in minutes[3:]}
    with database.read() as session:
        assert not any(row.flags & Flag.SIBLING_DISAGREES for row in session.scalars(select(StoredReading)))


def test_a_late_sibling_changes_what_is_told_of_the_others(database: Database, tenant_id: uuid.UUID) -> None:
    """Two sensors can't tell which is wrong; when the third one's back-fill comes, the odd one out gets its mark."""
    minutes = [START_MS + minute * MINUTE_MS for minute in range(6)]
    send(database, *((name, at_ms, 1300 if name == "A" else 1850) for name in "AC" for at_ms in minutes))
    send(database, ("B", minutes[0] - 30 * MINUTE_MS, 1300))
    put_together(database, tenant_id, *"ABC", from_ms=minutes[0] - HOUR_MS)
    reviewer = Reviewer(database)
    look(database, reviewer, tenant_id)
    send(database, *(("B", at_ms, 1300) for at_ms in minutes))
    assert look(database, reviewer, tenant_id) > 0
    with database.read() as session:
        assert session.scalars(select(Dirty.sensor_id)).all() == [sensor_id(database, "C")]


def test_any_order_of_arrival_tells_the_same(database: Database) -> None:
    """A day and more of three probes with spikes, a stuck one, conflicts and a disagreeing one, shuffled and cut."""
    chance = Random(20_261_123)
    facts: list[Fact] = []
    for minute in range(0, 30 * 60, 10):
        for name, base in (("A", 1300), ("B", 1310), ("C", 1300 if minute < 1200 else 2000)):
            value = base if name == "B" else base + chance.randrange(-20, 20)
            spike = name != "B" and chance.random() < 0.05
            facts.append((name, START_MS + minute * MINUTE_MS, 4500 if spike else value))
    facts += [(name, at_ms, centi_c + 2500) for name, at_ms, centi_c in chance.sample(facts, 5)]
    outcomes = []
    for number, seed in enumerate((None, 1, 2)):
        slug = f"t{number}"
        own = add_demo(database, slug=slug)
        shuffled = list(facts)
        if seed is not None:
            Random(seed).shuffle(shuffled)
        topic = f"coldchain/v1/{slug}/gw-1/up"
        named = [(f"{slug}{name}", at_ms, centi_c) for name, at_ms, centi_c in shuffled]
        take(
            database,
            *(message(native(f"{slug}{name}", 13.0, at_ms=START_MS - MINUTE_MS), topic=topic) for name in "ABC"),
        )
        put_together(database, own, *(f"{slug}{name}" for name in "ABC"))
        reviewer = Reviewer(database)
        cuts = [0, len(named)] if seed is None else [0, *sorted(chance.sample(range(1, len(named)), 4)), len(named)]
        for start, end in pairwise(cuts):
            take(
                database,
                *(message(native(name, c / 100, at_ms=at), topic=topic) for name, at, c in named[start:end]),
            )
            look(database, reviewer, own)
        outcomes.append({(name[2:], *rest) for name, *rest in all_told(database) if name.startswith(slug)})
    assert outcomes[0] == outcomes[1] == outcomes[2]
    seen = {flag for _, _, _, flags in outcomes[0] for flag in flags}
    assert {Flag.SPIKE, Flag.STUCK, Flag.SIBLING_DISAGREES} <= seen
