"""Events on the simulated clock."""

import threading
from pathlib import Path

import pytest

from services.clock import SimulatedClock
from services.demo.timeline import BEHIND_MS, Stopped, Timeline

FAST = 3_000.0
"""Ten minutes behind are 0.2 s of a real clock: more than a busy machine takes between two events."""


@pytest.fixture
def timeline(tmp_path: Path) -> Timeline:
    clock = SimulatedClock(tmp_path / "clock.json")
    clock.set_pace(FAST, simulated_ms=0)
    return Timeline(clock, FAST)


def test_actions_come_in_order_of_time_and_of_scheduling(timeline: Timeline) -> None:
    done: list[str] = []
    timeline.at(20_000, lambda: done.append("late"))
    timeline.at(10_000, lambda: done.append("early"))
    timeline.at(10_000, lambda: done.append("early too"))
    timeline.at(90_000, lambda: done.append("beyond the end"))
    timeline.run_until(50_000)
    assert done == ["early", "early too", "late"]
    assert timeline.clock() >= 50_000


def test_an_action_may_schedule_others(timeline: Timeline) -> None:
    done: list[int] = []
    timeline.at(10_000, lambda: timeline.at(20_000, lambda: done.append(timeline.clock())))
    timeline.run_until(30_000)
    assert done
    assert done[0] >= 20_000


def test_the_clock_waits_for_events_that_are_late(timeline: Timeline) -> None:
    """A slow machine gets a slower day, not one whose probes seem to have been silent for hours."""
    paces: list[float] = []

    def slow() -> None:
        timeline.clock.set_pace(FAST, timeline.clock() + 10 * BEHIND_MS)

    def look() -> None:
        pace = timeline.clock.pace()
        paces.append(pace.speed if pace else 0)

    timeline.at(1_000, slow)
    timeline.at(2_000, look)
    timeline.at(12 * BEHIND_MS, look)
    timeline.run_until(13 * BEHIND_MS)
    assert paces == [1, FAST]


def test_anyone_may_stop_it(timeline: Timeline) -> None:
    timeline.go_on(1)
    timeline.at(10**12, lambda: None)
    threading.Timer(0.05, timeline.stop).start()
    with pytest.raises(Stopped):
        timeline.run_until(10**12)
