"""Silence told once, and only where it is one."""

from telemetry.presence import Absence, Absent, GatewaySeen, SensorSeen, absences

NOW_MS = 10_000_000
MINUTE_MS = 60_000


def gateway(name: str = "gw-1", *, offline: bool = False, heard_minutes_ago: int = 0) -> GatewaySeen:
    return GatewaySeen(name, offline, NOW_MS - heard_minutes_ago * MINUTE_MS)


def sensor(name: str, minutes_ago: int, *, gateway: str | None = "gw-1", interval_s: int = 300) -> SensorSeen:
    return SensorSeen(name, gateway, interval_s, NOW_MS - minutes_ago * MINUTE_MS)


def test_everybody_speaks() -> None:
    """Nothing to tell."""
    assert absences([gateway()], [sensor("A", 4), sensor("B", 14)], NOW_MS) == []


def test_sensor_is_measured_by_its_own_interval() -> None:
    """Sixteen minutes are silence at five minutes, and nothing at an hour."""
    found = absences([gateway()], [sensor("A", 16), sensor("B", 16, interval_s=3600), sensor("C", 1)], NOW_MS)
    assert found == [Absence(Absent.SENSOR, "A", NOW_MS - 16 * MINUTE_MS, ("A",))]


def test_dead_gateway_is_one_absence() -> None:
    """A hundred sensors behind one dead gateway are one thing to tell."""
    sensors = [sensor(f"S-{number:03d}", 20 + number % 3) for number in range(100)]
    (found,) = absences([gateway(heard_minutes_ago=20)], sensors, NOW_MS)
    assert (found.what, found.name, found.since_ms) == (Absent.GATEWAY, "gw-1", NOW_MS - 20 * MINUTE_MS)
    assert len(found.sensors) == 100


def test_one_silent_sensor_of_a_living_gateway_is_the_sensor() -> None:
    """The gateway sends other things still."""
    found = absences([gateway()], [sensor("A", 30)], NOW_MS)
    assert [absence.what for absence in found] == [Absent.SENSOR]


def test_offline_gateway_is_missed_only_once_its_sensors_are_due() -> None:
    """A last will alone is no alarm: the gateway may be back before the next reading."""
    assert absences([gateway(offline=True)], [sensor("A", 10)], NOW_MS) == []
    (found,) = absences([gateway(offline=True)], [sensor("A", 16)], NOW_MS)
    assert found.what is Absent.GATEWAY


def test_short_interval_needs_two_minutes_of_silence() -> None:
    """A sensor that sends every second is not missed after three."""
    assert absences([gateway()], [sensor("A", 1, interval_s=1)], NOW_MS) == []


def test_sensor_without_a_gateway_speaks_for_itself() -> None:
    """It came by a file or another way."""
    (found,) = absences([gateway()], [sensor("A", 30, gateway=None), sensor("B", 1)], NOW_MS)
    assert found.name == "A"
