"""How verdicts, conditions and spans of time are said and shown to people."""

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Bangkok")
HOUR_S = 3600
DAY_S = 24 * HOUR_S


@dataclass(frozen=True, slots=True)
class VerdictLook:
    """A verdict is told by word and icon; its colour only repeats them. ``key`` names the icon and the colour."""

    key: str
    word: str
    meaning: str


VERDICTS = {
    look.key: look
    for look in (
        VerdictLook("use_first", "Use first", "The least life left of what is still good: send it out first."),
        VerdictLook("at_risk", "At risk", "It may not last until it is needed."),
        VerdictLook("inspect_on_arrival", "Inspect on arrival", "It was outside what its produce bears: look at it."),
        VerdictLook("watch", "Watch", "It still lasts, with little to spare."),
        VerdictLook("unknown", "Unknown", "There is not enough evidence to say."),
        VerdictLook("on_track", "On track", "It lasts as long as it is needed, as far as was measured."),
    )
}
"""Every verdict, the most pressing first."""

CONDITIONS = {
    "in_range": "inside its band",
    "above_range": "warmer than its band",
    "below_range": "colder than its band",
    "chilling_risk": "cold enough to injure it",
    "freezing_risk": "near freezing",
    "no_data": "without readings",
}

STATES = {
    "waiting": "waiting in villages",
    "planned": "on a published run",
    "loaded": "on trucks",
    "received": "received at hubs",
}


def verdict_look(verdict: str | None) -> VerdictLook:
    """The look of a verdict; what has not been assessed yet is unknown."""
    return VERDICTS.get(verdict or "unknown", VERDICTS["unknown"])


def span(seconds: float) -> str:
    """A length of time in the unit in which people would say it."""
    if seconds < 90 * 60:
        return f"{round(seconds / 60)} min"
    if seconds < 2 * DAY_S:
        return f"{round(seconds / HOUR_S)} h"
    days = seconds / DAY_S
    return f"{days:.1f} days" if days < 5 else f"{round(days)} days"


def life_left(p10_s: int | None, p50_s: int | None, p90_s: int | None) -> str:
    """The life left with its range, or a dash where none can be told."""
    if p50_s is None:
        return "–"
    if p50_s <= 0:
        return "none"
    if p10_s is None or p90_s is None:
        return span(p50_s)
    unit_s, unit = (DAY_S, "days") if p50_s >= 2 * DAY_S else (HOUR_S, "h")
    return f"{_number(p50_s / unit_s)} {unit} ({_number(max(p10_s, 0) / unit_s)}–{_number(p90_s / unit_s)})"


def _number(value: float) -> str:
    return f"{value:.1f}" if value < 5 else f"{value:.0f}"


def local(at_ms: int) -> datetime:
    """The instant in Thai time."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(ZONE)


def counted(number: int, noun: str) -> str:
    """`1 lot`, `2 lots`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def clock_time(at_ms: int | None) -> str:
    """`14:05` in Thai time."""
    return "–" if at_ms is None else f"{local(at_ms):%H:%M}"


def day_and_time(at_ms: int | None) -> str:
    """`Sun 22 Nov, 14:05` in Thai time."""
    return "–" if at_ms is None else f"{local(at_ms):%a} {local(at_ms).day} {local(at_ms):%b, %H:%M}"


def iso(at_ms: int) -> str:
    """For the `datetime` attribute of `<time>`."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="seconds")


def baht(satang: int) -> str:
    """Whole baht with thousands separated."""
    return f"฿{round(satang / 100):,}"
