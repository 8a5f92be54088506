"""What a binary codec of a LoRaWAN sensor finds in one payload."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sample:
    """A temperature and what came with it.

    ``time_s`` is UTC epoch seconds, set where the payload itself carries a time (history frames); ``probe`` tells the
    second and further probes of one device apart and is empty for the first.
    """

    temperature_c: float
    humidity_pct: float | None = None
    battery_pct: int | None = None
    battery_mv: int | None = None
    time_s: int | None = None
    probe: str = ""
