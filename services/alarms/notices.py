"""Who is told what about an alarm, and when. Pure: no SQL, no network.

A channel hears of an alarm once when it is raised (or, where it escalates, once nobody has acknowledged it for a
while), again when it gets worse, and once when it is over. In quiet hours only what is critical is told at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from services.alarms.logic import RANK, Severity, State

DAY_S = 86_400
BANGKOK_OFFSET_S = 7 * 3600
"""Quiet hours are told in Asia/Bangkok, which has no daylight saving time."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What a channel wants to hear. Quiet hours are seconds from midnight and may go past it."""

    min_severity: Severity
    alarm_kinds: tuple[str, ...] = ()
    escalates_after_s: int = 0
    quiet_from_s: int | None = None
    quiet_until_s: int | None = None

    def wants(self, kind: str, severity: Severity) -> bool:
        """Whether it wants alarms of that kind; `gateway` stands for all kinds that begin with `gateway.`."""
        if RANK[severity] < RANK[self.min_severity]:
            return False
        return not self.alarm_kinds or any(kind == one or kind.startswith(f"{one}.") for one in self.alarm_kinds)


@dataclass(frozen=True, slots=True)
class Notice:
    """One message: what happened, and when it may go out."""

    step: str
    due_at_ms: int


def notice_due(
    *,
    kind: str,
    severity: Severity,
    state: State,
    active_at_ms: int,
    reach: Reach,
    told: Mapping[str, Severity],
    muted: bool,
    now_ms: int,
) -> Notice | None:
    """What a channel is to be told now about an alarm, of which it was ``told`` these steps at these severities."""
    if state is State.CLEARED:
        return Notice("cleared", _after_quiet(now_ms, severity, reach)) if told and "cleared" not in told else None
    if state is not State.ACTIVE or muted or not reach.wants(kind, severity):
        return None
    if not told:
        if now_ms < active_at_ms + reach.escalates_after_s * 1000:
            return None
        return Notice("escalated" if reach.escalates_after_s else "raised", _after_quiet(now_ms, severity, reach))
    worse = max(RANK[was] for was in told.values()) < RANK[severity]
    return Notice(f"worsened to {severity}", _after_quiet(now_ms, severity, reach)) if worse else None


def _after_quiet(now_ms: int, severity: Severity, reach: Reach) -> int:
    start, end = reach.quiet_from_s, reach.quiet_until_s
    if severity is Severity.CRITICAL or start is None or end is None or start == end:
        return now_ms
    at_s = (now_ms // 1000 + BANGKOK_OFFSET_S) % DAY_S
    if (at_s - start) % DAY_S >= (end - start) % DAY_S:
        return now_ms
    return now_ms - now_ms % 1000 + (end - at_s) % DAY_S * 1000
