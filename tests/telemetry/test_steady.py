"""What the receipt's clock does when the machine's clock jumps, and what that spares the readings."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from telemetry.clock import DAY_MS, HOUR_MS, MINUTE_MS, POLICY, ClockState, settle
from telemetry.reading import Flag, Reading
from telemetry.steady import SteadyClock
from tests.telemetry.patience import PATIENT

NOW_MS = 1_795_410_000_000


class Machine:
    """A machine whose clock and whose time are moved by hand."""

    def __init__(self) -> None:
        self.wall_ms, self.passed_ms = NOW_MS, 0
        self.clock = SteadyClock(lambda: self.wall_ms, lambda: self.passed_ms)

    def wait(self, ms: int) -> int:
        self.wall_ms += ms
        self.passed_ms += ms
        return self.clock()

    def jump(self, ms: int) -> None:
        self.wall_ms += ms


def test_it_is_the_machines_clock() -> None:
    """As long as that behaves, and when it jumps forward."""
    machine = Machine()
    assert machine.wait(MINUTE_MS) == machine.wall_ms
    machine.jump(3 * HOUR_MS)
    assert machine.wait(1) == machine.wall_ms


def test_after_a_fall_it_goes_on_at_half_speed_until_level() -> None:
    """Twenty minutes back are made up in forty."""
    machine = Machine()
    machine.jump(-20 * MINUTE_MS)
    times = [machine.wait(MINUTE_MS) for _ in range(45)]
    assert times == sorted(times)
    assert times[-1] == machine.wall_ms
    assert times[19] == NOW_MS + 10 * MINUTE_MS


def test_a_clock_that_was_a_day_ahead_is_corrected_at_once() -> None:
    """It was wrong before; to go on would be wrong for a day."""
    machine = Machine()
    machine.jump(-DAY_MS)
    assert machine.wait(1) == machine.wall_ms


def test_no_reading_is_ahead_because_our_clock_fell_back() -> None:
    """Readings of a right clock, before and while ours catches up from a fall of 15 minutes, are as they were sent."""
    machine = Machine()
    states: dict[str, ClockState] = {}
    true_ms = NOW_MS
    for minute in range(75):
        if minute == 60:
            machine.jump(-15 * MINUTE_MS)  # beyond what a reading may be ahead
        true_ms += MINUTE_MS
        received_ms = machine.wait(MINUTE_MS)
        (settled,) = settle([Reading("a", true_ms, 1300)], received_ms, states)
        assert (settled.measured_at_ms, settled.flags) == (true_ms, 0)


def settled_after(jump_ms: int, minutes: int, *, asked: bool) -> Reading:
    """The last reading of a right clock, so long after our clock jumped ahead; ``asked`` whether it is doubted."""
    machine = Machine()
    states: dict[str, ClockState] = {}
    machine.jump(jump_ms)
    for minute in range(1, minutes + 1):
        received_ms = machine.wait(MINUTE_MS)
        policy = replace(POLICY, doubted_ms=machine.clock.doubted_ms() if asked else 0)
        true_ms = NOW_MS + minute * MINUTE_MS
        (settled,) = settle([Reading("a", true_ms, 1300)], received_ms, states, policy)
    return settled


def test_right_clocks_keep_their_time_after_ours_jumped_ahead() -> None:
    """Three hours ahead: without doubt each sensor would soon be told to lag by them."""
    assert settled_after(3 * HOUR_MS, 60, asked=False).flags == Flag.CLOCK_BEHIND
    settled = settled_after(3 * HOUR_MS, 60, asked=True)
    assert (settled.measured_at_ms, settled.flags) == (NOW_MS + 60 * MINUTE_MS, 0)


def test_a_lag_longer_than_the_jump_is_the_sensors_own() -> None:
    """A jump of 90 minutes does not excuse a clock that is three hours behind."""
    states: dict[str, ClockState] = {}
    policy = replace(POLICY, doubted_ms=90 * MINUTE_MS)
    for minute in range(60):
        at_ms = NOW_MS + minute * MINUTE_MS
        (settled,) = settle([Reading("a", at_ms - 3 * HOUR_MS, 1300)], at_ms, states, policy)
    assert (settled.measured_at_ms, settled.flags) == (at_ms, Flag.CLOCK_BEHIND)


def test_doubt_ends_after_a_day_or_when_the_jump_is_undone() -> None:
    """And a jump of up to an hour raises none."""
    machine = Machine()
    machine.jump(HOUR_MS)
    machine.wait(1)
    assert machine.clock.doubted_ms() == 0
    machine.jump(3 * HOUR_MS)
    machine.wait(1)
    assert machine.clock.doubted_ms() == 3 * HOUR_MS
    machine.jump(-3 * HOUR_MS)
    machine.wait(1)
    assert machine.clock.doubted_ms() == 0
    machine.jump(3 * HOUR_MS)
    machine.wait(1)
    machine.wait(DAY_MS)
    assert machine.clock.doubted_ms() == 0


@PATIENT
@given(st.lists(st.tuples(st.integers(0, HOUR_MS), st.integers(-HOUR_MS, HOUR_MS)), max_size=30))
def test_it_never_goes_back_over_falls_of_up_to_an_hour(steps: list[tuple[int, int]]) -> None:
    """Unless falls add up to more than that."""
    machine, before_ms = Machine(), NOW_MS
    for wait_ms, jump_ms in steps:
        machine.jump(jump_ms)
        at_ms = machine.wait(wait_ms)
        if before_ms + wait_ms - machine.wall_ms <= HOUR_MS:
            assert at_ms >= before_ms
        else:
            assert at_ms == machine.wall_ms
        before_ms = at_ms
