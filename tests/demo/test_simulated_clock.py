"""The clock that a demo's processes share."""

from pathlib import Path

import pytest

from services.clock import SimulatedClock, clock_of, wall_clock_ms
from services.errors import InvalidInput
from services.settings import load_settings


class Machine:
    """A machine whose time the test moves."""

    def __init__(self) -> None:
        self.now_ms = 1_000_000

    def __call__(self) -> int:
        return self.now_ms


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def clock(tmp_path: Path, machine: Machine) -> SimulatedClock:
    return SimulatedClock(tmp_path / "clock.json", machine)


def test_time_is_the_machines_until_a_pace_is_set(clock: SimulatedClock, machine: Machine) -> None:
    assert clock() == machine.now_ms


def test_an_hour_passes_in_six_seconds_at_six_hundred(clock: SimulatedClock, machine: Machine) -> None:
    clock.set_pace(600, simulated_ms=50_000)
    machine.now_ms += 6_000
    assert clock() == 50_000 + 3_600_000


def test_a_change_of_pace_goes_on_from_where_the_clock_stands(clock: SimulatedClock, machine: Machine) -> None:
    clock.set_pace(600, simulated_ms=0)
    machine.now_ms += 1_000
    clock.set_pace(0)
    machine.now_ms += 9_000
    assert clock() == 600_000


def test_another_process_sees_the_same_time(clock: SimulatedClock, machine: Machine, tmp_path: Path) -> None:
    other = SimulatedClock(tmp_path / "clock.json", machine)
    clock.set_pace(10, simulated_ms=7)
    assert other() == clock()
    clock.set_pace(1000)
    machine.now_ms += 50
    assert other() == clock() == 7 + 50_000


def test_settings_choose_the_clock(tmp_path: Path) -> None:
    assert clock_of(load_settings({})) is wall_clock_ms
    simulated = clock_of(load_settings({"COLDCHAIN_CLOCK": "simulated", "COLDCHAIN_DATA_DIR": str(tmp_path)}))
    assert isinstance(simulated, SimulatedClock)


def test_production_refuses_a_simulated_clock() -> None:
    environment = {"COLDCHAIN_MODE": "production", "COLDCHAIN_SECRET_KEY": "k" * 40, "COLDCHAIN_CLOCK": "simulated"}
    with pytest.raises(InvalidInput) as refused:
        load_settings(environment)
    assert "COLDCHAIN_CLOCK" in str(refused.value.faults[0])


def test_no_change_is_missed_however_soon_it_follows(clock: SimulatedClock, tmp_path: Path, machine: Machine) -> None:
    other = SimulatedClock(tmp_path / "clock.json", machine)
    for number in range(200):
        clock.set_pace(1, simulated_ms=number)
        assert other() == clock() == number
