"""What time to store for a reading, and how far to trust it.

Policy, for the readings of one sensor in one message:

========================  =====================================================  ==================  ================
the sensor's clock        how we know                                            time stored         flag
========================  =====================================================  ==================  ================
none                      the reading carries no time (the decoder saw it)       receipt             NO_CLOCK
never set (1970, 2000)    before 2020, or older than what is retained            from the receipt    CLOCK_BEHIND
ahead                     more than 10 min after the receipt                     from the receipt    CLOCK_AHEAD
behind by hours           the same lag, within 2 min, in 6 deliveries over       from the receipt    CLOCK_BEHIND
                          30 min, with time going on between them
jumped back               falls inside a stretch already covered without a gap   as sent             CLOCK_JUMPED_BACK
right                     anything else, however late                            as sent             none
========================  =====================================================  ==================  ================

"From the receipt" puts the newest reading at the receipt and keeps the distances between the others, so that a logger
in 1970 still delivers a series. A late delivery of a right clock looks, one message at a time, like a clock that is
behind: only a lag that stays the same while time goes on tells them apart, since a backlog shrinks as it is sent.

Hence what holds of any input, and is tested: no stored time is more than 10 min after the receipt, so no reading
vouches for a time that has not come; every changed time is flagged, and a clock flag is never taken back; so a bad
clock never extends a life. The state of a sensor depends on the order of arrival; flags are stored with the reading,
and a replay of stored readings gives the same bits.
"""

from collections.abc import MutableMapping, Sequence

import msgspec

from telemetry.reading import Flag, Reading

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS

_BEHIND = int(Flag.CLOCK_BEHIND)
_AHEAD = int(Flag.CLOCK_AHEAD)
_JUMPED = int(Flag.CLOCK_JUMPED_BACK)
_NO_CLOCK = int(Flag.NO_CLOCK)


class ClockPolicy(msgspec.Struct, frozen=True):
    """The limits of the policy above."""

    ahead_ms: int = 10 * MINUTE_MS
    behind_ms: int = 10 * MINUTE_MS
    earliest_ms: int = 1_577_836_800_000
    """2020-01-01T00:00:00Z: real-time clocks start in 1970, 1980 or 2000, and firmware of before that is out of use."""
    retained_ms: int = 730 * DAY_MS
    same_clock_span_ms: int = 14 * DAY_MS
    """Readings of one message up to this much older than one that is ahead were timed by the same wrong clock."""
    steady_ms: int = 2 * MINUTE_MS
    steady_deliveries: int = 6
    steady_span_ms: int = 30 * MINUTE_MS
    doubted_ms: int = 0
    """By how much the receipt's clock itself may be ahead: a steady lag of no more than that is not the sensor's."""


class ClockState(msgspec.Struct, frozen=True, gc=False):
    """What is remembered of one sensor's clock; serialisable, and safe to lose.

    ``newest_ms`` and ``covered_from_ms`` bound the latest stretch without a gap, ``interval_ms`` is the usual
    distance of its readings; ``lag_*`` describe the current run of deliveries with one lag, of which
    ``lag_deliveries`` have been seen.
    """

    newest_ms: int
    covered_from_ms: int
    interval_ms: int = 0
    live: bool = False
    lag_ms: int = 0
    lag_since_ms: int = 0
    lag_newest_ms: int = 0
    lag_deliveries: int = 0


POLICY = ClockPolicy()


def settle(
    readings: Sequence[Reading],
    received_at_ms: int,
    states: MutableMapping[str, ClockState],
    policy: ClockPolicy = POLICY,
) -> list[Reading]:
    """Give every reading of one message the time to store and its clock flags; none is dropped, their order is kept.

    Args:
        readings: the readings of one message, as decoded.
        received_at_ms: when the message came, UTC epoch milliseconds by the server's clock.
        states: per sensor of one tenant, by name; updated in place. Give a ``ChainMap({}, states)`` to be able to undo.
        policy: the limits.
    """
    settled = list(readings)
    by_sensor: dict[str, list[int]] = {}
    if len({reading.sensor for reading in readings}) == len(readings):
        # most messages have one reading a sensor, of now: no lists for those
        since_ms, until_ms = received_at_ms - policy.behind_ms, received_at_ms + policy.ahead_ms
        for index, reading in enumerate(readings):
            sensor, at_ms = reading.sensor, reading.measured_at_ms
            if reading.flags & _NO_CLOCK:
                continue
            if since_ms <= at_ms <= until_ms:
                states[sensor] = _live(states.get(sensor), at_ms, at_ms)
            else:
                by_sensor[sensor] = [index]
    else:
        for index, reading in enumerate(readings):
            if not reading.flags & _NO_CLOCK:
                by_sensor.setdefault(reading.sensor, []).append(index)
    for indices in by_sensor.values():
        _settle_sensor(settled, indices, received_at_ms=received_at_ms, states=states, policy=policy)
    return settled


def _settle_sensor(
    settled: list[Reading],
    indices: list[int],
    *,
    received_at_ms: int,
    states: MutableMapping[str, ClockState],
    policy: ClockPolicy,
) -> None:
    """Settle one sensor's readings of one message in place: those no clock can have meant first, then the others."""
    floor_ms = max(policy.earliest_ms, received_at_ms - policy.retained_ms)
    ceiling_ms = received_at_ms + policy.ahead_ms
    timed: list[int] = []
    for cluster in _clusters(settled, indices, floor_ms, policy.same_clock_span_ms):
        newest_ms = settled[cluster[0]].measured_at_ms
        if newest_ms < floor_ms:
            _shift(settled, cluster, received_at_ms, _BEHIND)
        elif newest_ms > ceiling_ms:
            _shift(settled, cluster, received_at_ms, _AHEAD)
        else:
            timed += cluster
    if not timed:
        return
    newest_ms = max(settled[index].measured_at_ms for index in timed)
    sensor = settled[timed[0]].sensor
    state = states.get(sensor)
    oldest_ms = min(settled[index].measured_at_ms for index in timed)
    if received_at_ms - newest_ms <= policy.behind_ms:
        states[sensor] = _live(state, oldest_ms, newest_ms)
        return
    behind = _lagging(state, oldest_ms, newest_ms, received_at_ms, policy)
    states[sensor] = behind
    steady = (
        behind.lag_deliveries >= policy.steady_deliveries
        and received_at_ms - behind.lag_since_ms >= policy.steady_span_ms
        and behind.lag_ms > policy.doubted_ms + (policy.behind_ms if policy.doubted_ms else 0)
    )
    if steady:
        _shift(settled, timed, received_at_ms, _BEHIND | (_JUMPED if behind.live else 0))
    elif state is not None:
        back_ms = state.newest_ms - policy.behind_ms
        for index in timed:
            if state.covered_from_ms < settled[index].measured_at_ms < back_ms:
                settled[index] = _flagged(settled[index], _JUMPED, 0)


def _clusters(settled: list[Reading], indices: list[int], floor_ms: int, span_ms: int) -> list[list[int]]:
    """Split readings into those that one clock can have timed, newest first: none spans ``span_ms`` or ``floor_ms``."""
    clusters: list[list[int]] = []
    start_ms = 0
    for index in sorted(indices, key=lambda index: -settled[index].measured_at_ms):
        at_ms = settled[index].measured_at_ms
        if not clusters or at_ms <= start_ms - span_ms or at_ms < floor_ms <= start_ms:
            clusters.append([])
            start_ms = at_ms
        clusters[-1].append(index)
    return clusters


def _live(state: ClockState | None, oldest_ms: int, newest_ms: int) -> ClockState:
    """The state after a delivery whose newest reading is of now: the clock is right."""
    if state is None:
        return ClockState(newest_ms, oldest_ms, live=True)
    gap_ms = oldest_ms - state.newest_ms
    if gap_ms < 0:
        return ClockState(max(newest_ms, state.newest_ms), state.covered_from_ms, state.interval_ms, True)
    interval_ms = state.interval_ms
    unbroken = interval_ms == 0 or gap_ms <= interval_ms + (interval_ms >> 1)
    # The usual distance follows the real one by an eighth a step, and shorter distances at once.
    interval_ms = gap_ms if interval_ms == 0 or gap_ms < interval_ms else interval_ms + ((gap_ms - interval_ms) >> 3)
    return ClockState(newest_ms, state.covered_from_ms if unbroken else oldest_ms, interval_ms, True)


def _lagging(
    state: ClockState | None, oldest_ms: int, newest_ms: int, received_at_ms: int, policy: ClockPolicy
) -> ClockState:
    """The state after a late delivery: one more of the same lag, or the first of another."""
    lag_ms = received_at_ms - newest_ms
    if state is None:
        return ClockState(newest_ms, oldest_ms, 0, False, lag_ms, received_at_ms, newest_ms, 1)
    going_on = newest_ms > state.lag_newest_ms
    if state.lag_deliveries and going_on and abs(lag_ms - state.lag_ms) <= policy.steady_ms:
        since_ms, deliveries, first_lag_ms = state.lag_since_ms, state.lag_deliveries + 1, state.lag_ms
    else:
        since_ms, deliveries, first_lag_ms = received_at_ms, 1, lag_ms
    return ClockState(
        state.newest_ms,
        state.covered_from_ms,
        state.interval_ms,
        state.live,
        first_lag_ms,
        since_ms,
        newest_ms,
        deliveries,
    )


def _shift(settled: list[Reading], indices: list[int], received_at_ms: int, flags: int) -> None:
    """Put the newest of these readings at the receipt, keep their distances, and flag them."""
    by_ms = received_at_ms - max(settled[index].measured_at_ms for index in indices)
    for index in indices:
        settled[index] = _flagged(settled[index], flags, by_ms)


def _flagged(reading: Reading, flags: int, by_ms: int) -> Reading:
    return msgspec.structs.replace(reading, measured_at_ms=reading.measured_at_ms + by_ms, flags=reading.flags | flags)
