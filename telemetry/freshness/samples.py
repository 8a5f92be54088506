"""What the ledger takes in: samples, which flags take away trust, and what a saved ledger can't do."""

from telemetry.reading import Flag

Sample = tuple[int, int, int]
"""(measured_at_ms, temperature_centi_c, flags)."""

CLOCK_FLAGS = int(Flag.CLOCK_AHEAD | Flag.CLOCK_BEHIND | Flag.NO_CLOCK | Flag.CLOCK_JUMPED_BACK)
"""The time of such a reading is a guess: it may show that things are worse, never that they are better."""

VALUE_FLAGS = int(Flag.OUT_OF_RANGE | Flag.SPIKE | Flag.STUCK | Flag.SIBLING_DISAGREES | Flag.FAHRENHEIT_SUSPECTED)
"""The value of such a reading is doubted: it widens what may have been, and is no evidence."""

DRIFT_FLAGS = int(Flag.LOW_BATTERY_COLD)
"""Such a reading is evidence, with `DRIFT_CENTI_C` of doubt to either side."""

DRIFT_CENTI_C = 50


class ReplayNeeded(LookupError):
    """A saved ledger can't go on from here; build the lot's ledger anew from its readings."""


class HistorySealed(ReplayNeeded):
    """Something falls into the part of a restored ledger whose readings are summed up."""

    def __init__(self, at_ms: int, sealed_ms: int) -> None:
        self.at_ms, self.sealed_ms = at_ms, sealed_ms
        super().__init__(
            f"{at_ms} ms is not newer than {sealed_ms} ms, where this ledger begins; replay from the readings"
        )


class StateOutdated(ReplayNeeded):
    """A ledger was saved under another model, catalogue, commodity or format."""
