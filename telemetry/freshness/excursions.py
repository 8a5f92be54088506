"""Alarms on the course of the temperature: duration and hysteresis, severe ones at once, latches, one event a
transition.

The state after a reading depends on the whole course before it, so it is the part of the ledger that is
replayed, from a checkpoint, when a late reading comes. Stepping over a run of readings of one level by its
first and last alone gives the same state, which is what makes the bulk replay quick.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from telemetry.freshness.figures import Commodity
from telemetry.freshness.policy import Policy


class Alarm(StrEnum):
    """What is wrong. Chilling and freezing stay raised until the lot is inspected: warming up undoes neither."""

    ABOVE_RANGE = "above_range"
    SEVERE_ABOVE = "severe_above"
    BELOW_RANGE = "below_range"
    CHILLING = "chilling"
    FREEZING = "freezing"


class Transition(StrEnum):
    """What happened to an alarm."""

    RAISED = "raised"
    CLEARED = "cleared"
    INSPECTED = "inspected"


@dataclass(frozen=True, slots=True)
class Event:
    """One transition of one alarm. `since_ms` is when the excursion began."""

    alarm: Alarm
    transition: Transition
    at_ms: int
    since_ms: int


@dataclass(frozen=True, slots=True)
class Detector:
    """One alarm's limits in 0.01 °C: it is out at `enters` and beyond, in again at `leaves` and beyond, on the
    other side."""

    alarm: Alarm
    high: bool
    enters: int
    leaves: int
    delay_ms: int
    latches: bool

    def is_out(self, temperature_centi_c: int) -> bool:
        """Beyond the limit."""
        return temperature_centi_c >= self.enters if self.high else temperature_centi_c <= self.enters

    def is_back(self, temperature_centi_c: int) -> bool:
        """Within the limit by the hysteresis."""
        return temperature_centi_c <= self.leaves if self.high else temperature_centi_c >= self.leaves


Watch = tuple[int, bool, int, int]
"""(out since ms or -1, raised, raised since ms, longest excursion ms) of one detector."""

Frozen = tuple[tuple[Watch, ...], int, int]
"""The watches, the level, and how many events there were."""

IN = -1


def detectors(commodity: Commodity, policy: Policy) -> tuple[Detector, ...]:
    """The alarms that a commodity's published limits allow.

    Chilling is alarmed on later and deeper than warmth: set points lie on the threshold, and injury takes days.
    """
    delay, swing = policy.alarm_after_s * 1000, round(policy.hysteresis_c * 100)
    freezing = round(commodity.freezing_point_c * 100)
    found = [Detector(Alarm.FREEZING, False, freezing, freezing + 1, 0, True)]
    chilling = None if commodity.chilling_threshold_c is None else round(commodity.chilling_threshold_c * 100)
    if chilling is not None:
        slow = policy.chilling_alarm_after_s * 1000
        found.append(Detector(Alarm.CHILLING, False, chilling - swing - 1, chilling, slow, True))
    if commodity.band_c is not None:
        low, high = (round(limit * 100) for limit in commodity.band_c)
        severe = high + round(policy.severe_above_c * 100)
        found.append(Detector(Alarm.ABOVE_RANGE, True, high + 1, high - swing, delay, False))
        found.append(Detector(Alarm.SEVERE_ABOVE, True, severe + 1, severe - swing, 0, False))
        if chilling is None or chilling < low:
            found.append(Detector(Alarm.BELOW_RANGE, False, low - 1, low + swing, delay, False))
    return tuple(found)


class Alarms:
    """The watches of one shipment, stepped reading by reading in order of time."""

    __slots__ = ("_bounds", "_detectors", "_events", "_level", "_watches")

    def __init__(self, watched: tuple[Detector, ...]) -> None:
        self._detectors = watched
        edges = {d.enters if d.high else d.enters + 1 for d in watched} | {
            d.leaves + 1 if d.high else d.leaves for d in watched
        }
        self._bounds = sorted(edges)
        self._watches: list[Watch] = [(IN, False, 0, 0)] * len(watched)
        self._level = -1
        self._events: list[Event] = []

    @property
    def bounds(self) -> Sequence[int]:
        """Temperatures (0.01 °C) at which a level begins: two readings of one level look the same to every
        detector."""
        return self._bounds

    def step(self, at_ms: int, temperature_centi_c: int) -> None:
        """Take the next reading. O(1)."""
        level = bisect_right(self._bounds, temperature_centi_c)
        if level == self._level and not any(watch[0] != IN for watch in self._watches):
            return
        self._level = level
        for index, detector in enumerate(self._detectors):
            since, raised, raised_at, longest = self._watches[index]
            if since == IN:
                out = (
                    temperature_centi_c >= detector.enters if detector.high else temperature_centi_c <= detector.enters
                )
                if not out:
                    continue
                since = at_ms
            longest = max(longest, at_ms - since)
            back = temperature_centi_c <= detector.leaves if detector.high else temperature_centi_c >= detector.leaves
            if back:
                if raised and not detector.latches:
                    self._events.append(Event(detector.alarm, Transition.CLEARED, at_ms, raised_at))
                    raised = False
                since = IN
            elif not raised and at_ms - since >= detector.delay_ms:
                raised, raised_at = True, since
                self._events.append(Event(detector.alarm, Transition.RAISED, since + detector.delay_ms, since))
            self._watches[index] = (since, raised, raised_at, longest)

    def inspect(self, at_ms: int) -> None:
        """Somebody looked at the produce: latched alarms are released; one still out starts to count anew."""
        for index, detector in enumerate(self._detectors):
            since, raised, raised_at, longest = self._watches[index]
            if detector.latches and raised:
                self._events.append(Event(detector.alarm, Transition.INSPECTED, at_ms, raised_at))
                self._watches[index] = (IN if since == IN else at_ms, False, 0, longest)

    def raised(self) -> dict[Alarm, int]:
        """The alarms that stand, with the start of their excursion."""
        pairs = zip(self._detectors, self._watches, strict=True)
        return {detector.alarm: watch[2] for detector, watch in pairs if watch[1]}

    def longest_ms(self) -> dict[Alarm, int]:
        """The longest excursion of each kind."""
        pairs = zip(self._detectors, self._watches, strict=True)
        return {detector.alarm: watch[3] for detector, watch in pairs if watch[3] or watch[0] != IN}

    def events(self) -> tuple[Event, ...]:
        """Every transition so far, by time."""
        return tuple(sorted(self._events, key=lambda event: (event.at_ms, event.alarm, event.since_ms)))

    def copy(self) -> "Alarms":
        """Another one in the same state."""
        twin = Alarms(self._detectors)
        twin._watches, twin._level, twin._events = list(self._watches), self._level, list(self._events)
        return twin

    def resume(self, frozen: Frozen, events: tuple[Event, ...]) -> None:
        """Take over a saved state with the events that led to it."""
        self._events = list(events)
        self.thaw(frozen)

    def freeze(self) -> Frozen:
        """A checkpoint."""
        return tuple(self._watches), self._level, len(self._events)

    def thaw(self, frozen: Frozen) -> None:
        """Go back to a checkpoint of this same course."""
        watches, self._level, kept = frozen
        self._watches = list(watches)
        del self._events[kept:]
