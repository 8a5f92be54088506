"""How moments of a day are told to people."""


def clock(seconds: int) -> str:
    """A time after time zero as hours and minutes, rounded down; negative before it."""
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    return f"{sign}{seconds // 3600:02d}:{seconds % 3600 // 60:02d}"
