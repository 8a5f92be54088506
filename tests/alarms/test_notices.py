"""Who is told what, and when: decided from values alone."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.alarms.logic import Severity, State
from services.alarms.notices import Notice, Reach, notice_due

ACTIVE_MS = int(datetime(2026, 11, 23, 16, 0, tzinfo=UTC).timestamp() * 1000)
"""23:00 in Bangkok."""

HOUR_MS = 3_600_000
WARNING = Reach(Severity.WARNING)


def due(reach: Reach = WARNING, **members: object) -> Notice | None:
    alarm = {
        "kind": "gateway.silent",
        "severity": Severity.WARNING,
        "state": State.ACTIVE,
        "active_at_ms": ACTIVE_MS,
        "told": {},
        "muted": False,
        "now_ms": ACTIVE_MS,
    }
    return notice_due(reach=reach, **(alarm | members))


def test_an_active_alarm_is_told_once() -> None:
    """At once, and not again while nothing changes."""
    assert due() == Notice("raised", ACTIVE_MS)
    assert due(told={"raised": Severity.WARNING}) is None


def test_below_what_a_channel_wants_it_hears_nothing() -> None:
    """A channel for warnings isn't bothered with information."""
    assert due(severity=Severity.INFO) is None


@pytest.mark.parametrize(
    ("wanted", "hears"), [("gateway", True), ("gateway.silent", True), ("gate", False), ("lot", False)]
)
def test_a_channel_may_want_some_kinds_only(wanted: str, hears: bool) -> None:
    """A kind stands for all below it, by whole words."""
    assert (due(Reach(Severity.INFO, (wanted,))) is not None) is hears


def test_escalation_waits_for_an_acknowledgement() -> None:
    """A channel of the second line hears of it when nobody of the first has acknowledged for so long."""
    second = Reach(Severity.WARNING, escalates_after_s=900)
    assert due(second, now_ms=ACTIVE_MS + 899_000) is None
    assert due(second, now_ms=ACTIVE_MS + 900_000) == Notice("escalated", ACTIVE_MS + 900_000)
    assert due(second, now_ms=ACTIVE_MS + 900_000, state=State.ACKNOWLEDGED) is None


def test_worse_news_is_told_again() -> None:
    """Who was told of a warning hears that it has become critical, once."""
    told = {"raised": Severity.WARNING}
    worse = due(told=told, severity=Severity.CRITICAL)
    assert worse == Notice("worsened to critical", ACTIVE_MS)
    assert due(told=told | {worse.step: Severity.CRITICAL}, severity=Severity.CRITICAL) is None


def test_the_end_is_told_to_those_who_heard_of_the_beginning() -> None:
    """Nobody is told of the end of something they never heard of."""
    assert due(state=State.CLEARED) is None
    assert due(state=State.CLEARED, told={"raised": Severity.WARNING}) == Notice("cleared", ACTIVE_MS)
    assert due(state=State.CLEARED, told={"raised": Severity.WARNING, "cleared": Severity.WARNING}) is None


def test_maintenance_is_silent_and_what_lasts_is_told_after_it() -> None:
    """During maintenance nothing goes out; what is still wrong afterwards does."""
    assert due(muted=True) is None
    assert due(now_ms=ACTIVE_MS + HOUR_MS) == Notice("raised", ACTIVE_MS + HOUR_MS)


def test_quiet_hours_hold_back_what_is_not_critical() -> None:
    """From 22:00 to 05:00 a warning waits for the morning; what is critical wakes people."""
    night = Reach(Severity.INFO, quiet_from_s=22 * 3600, quiet_until_s=5 * 3600)
    assert due(night) == Notice("raised", ACTIVE_MS + 6 * HOUR_MS)
    assert due(night, severity=Severity.CRITICAL) == Notice("raised", ACTIVE_MS)
    morning_ms = ACTIVE_MS + 6 * HOUR_MS
    assert due(night, now_ms=morning_ms) == Notice("raised", morning_ms)


@given(
    start=st.integers(0, 86_399), end=st.integers(0, 86_399), now_ms=st.integers(ACTIVE_MS, ACTIVE_MS + 3 * 86_400_000)
)
def test_a_message_goes_out_within_a_day_and_never_in_quiet_hours(start: int, end: int, now_ms: int) -> None:
    """Wherever the quiet hours lie, a message waits for their end and no longer."""
    reach = Reach(Severity.INFO, quiet_from_s=start, quiet_until_s=end)
    notice = due(reach, now_ms=now_ms)
    assert notice is not None
    assert now_ms - 1000 < notice.due_at_ms <= now_ms + 86_400_000
    assert due(reach, now_ms=notice.due_at_ms) == Notice("raised", notice.due_at_ms)
