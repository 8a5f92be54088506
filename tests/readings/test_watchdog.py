"""What the watchdog tells, by injected clocks: a dead gateway once, silence, batteries, and when it is over."""

import uuid
from dataclasses import dataclass

import pytest
from sqlalchemy import select

from services.alarms.tables import Alarm
from services.db.engine import Database
from services.devices.tables import Sensor, SensorAssignment
from services.workers.heartbeat import beat
from services.workers.watchdog import SETTLE_MS, Watchdog
from telemetry.clock import MINUTE_MS
from tests.readings.world import add_demo, sensor_id, take
from tests.support.messages import NOW_MS, message, native


@dataclass
class World:
    """A tenant, a watchdog that has been listening for a while, and the hands of both clocks."""

    database: Database
    tenant_id: uuid.UUID
    now_ms: int = NOW_MS
    machine_ms: int = 1_000_000_000

    def __post_init__(self) -> None:
        self.dog = Watchdog(self.database, lambda: self.now_ms, lambda: self.machine_ms)
        self.look()
        self.pass_ms(SETTLE_MS)

    def hear(self, *names: str, **values: int) -> None:
        """Readings of now."""
        take(
            self.database,
            *(message(native(name, at_ms=self.now_ms, **values), received_at_ms=self.now_ms) for name in names),
        )

    def pass_ms(self, ms: int, *, ingest: bool = True) -> None:
        self.now_ms += ms
        self.machine_ms += ms
        if ingest:
            with self.database.write() as session:
                beat(session, "ingest", self.machine_ms)

    def look(self) -> None:
        self.dog.look()

    def told(self, *states: str) -> list[tuple[str, str]]:
        """Kind and subject of the alarms in these states, by default the active ones."""
        with self.database.read() as session:
            rows = session.scalars(select(Alarm).where(Alarm.state.in_(states or ("active",))))
            return sorted((row.kind, row.subject) for row in rows)


@pytest.fixture
def world(database: Database) -> World:
    return World(database, add_demo(database, gateways=("gw-1", "gw-2")))


def test_dead_gateway_is_one_alarm_that_ends_when_it_is_back(world: World) -> None:
    """Five sensors, one alarm, a minute after the silence is certain; over as soon as readings come."""
    names = [f"S-{number}" for number in range(5)]
    world.hear(*names)
    world.pass_ms(16 * MINUTE_MS)
    world.look()
    assert (world.told(), world.told("pending")) == ([], [("gateway.silent", "gw-1")])
    world.pass_ms(MINUTE_MS)
    world.look()
    world.look()
    assert world.told() == [("gateway.silent", "gw-1")]
    with world.database.read() as session:
        (alarm,) = session.scalars(select(Alarm)).all()
    assert (alarm.severity, alarm.details["sensor_count"]) == ("critical", 5)
    world.hear(*names)
    world.look()
    assert (world.told(), world.told("cleared")) == ([], [("gateway.silent", "gw-1")])


def test_sensor_is_told_by_its_own_interval(world: World) -> None:
    """One sends every five minutes and one every hour; only the first is missed after 20 minutes."""
    world.hear("often", "seldom", "other")
    with world.database.write() as session:
        session.get_one(Sensor, sensor_id(world.database, "seldom")).expected_interval_s = 3600
    world.pass_ms(20 * MINUTE_MS)
    world.hear("other")
    world.look()
    world.pass_ms(MINUTE_MS)
    world.look()
    assert world.told() == [("sensor.silent", "often")]


def test_probe_whose_assignments_are_over_is_not_missed(world: World) -> None:
    """It lies in a drawer until it is assigned again."""
    world.hear("probe", "other")
    with world.database.write() as session:
        session.add(
            SensorAssignment(
                tenant_id=world.tenant_id,
                sensor_id=sensor_id(world.database, "probe"),
                subject_kind="shipment",
                subject_id=uuid.uuid4(),
                position="pulp",
                from_at_ms=world.now_ms - MINUTE_MS,
                to_at_ms=world.now_ms + MINUTE_MS,
            )
        )
    world.pass_ms(20 * MINUTE_MS)
    world.hear("other")
    world.look()
    assert world.told("pending", "active") == []


def test_low_battery_is_told_once_and_over_when_it_is_clearly_better(world: World) -> None:
    """10 % is low; 13 % after that still is; a new cell is not."""
    for pct, told in ((40, []), (10, ["A"]), (13, ["A"]), (96, [])):
        world.pass_ms(MINUTE_MS)
        world.hear("A", battery_pct=pct)
        world.look()
        assert [subject for kind, subject in world.told() if kind == "sensor.battery_low"] == told
    assert world.told("cleared") == [("sensor.battery_low", "A")]


def test_while_ingest_is_silent_nobody_else_is_blamed(world: World) -> None:
    """One alarm says that nobody listens; after ingest is back gateways get a minute to be heard."""
    world.hear("A", "B")
    world.pass_ms(20 * MINUTE_MS, ingest=False)
    world.look()
    assert world.told("pending", "active") == [("ingest.silent", "ingest")]
    world.pass_ms(1000)
    world.look()
    assert world.told("pending", "active") == []
    world.hear("A", "B")
    world.pass_ms(2 * MINUTE_MS)
    world.look()
    world.look()
    assert world.told("pending", "active") == []


def test_a_server_clock_that_falls_back_raises_nothing(world: World) -> None:
    """Silence is never negative, and what is told stays told."""
    world.hear("A", "B")
    world.pass_ms(17 * MINUTE_MS)
    world.look()
    world.now_ms -= 60 * MINUTE_MS
    world.look()
    assert ("gateway.silent", "gw-2") not in world.told("pending", "active")
    world.now_ms += 60 * MINUTE_MS
    world.look()
    world.pass_ms(2 * MINUTE_MS)
    world.look()
    assert world.told() == [("gateway.silent", "gw-1")]
