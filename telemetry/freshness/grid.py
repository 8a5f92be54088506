"""The temperature grid and the integer rates on it, so that sums do not depend on the order of their terms.

A cell is 0.1 °C wide and centred on a tenth of a degree. A rate counts 1e-15 of a life ("femto-lives") lost per
millisecond; a loss is a sum of rate x milliseconds and stays below 2**63 for nine thousand lives.
"""

from dataclasses import dataclass
from functools import lru_cache

from telemetry.freshness.figures import Commodity
from telemetry.freshness.kinetics import COLDEST_C, HOTTEST_C, ageing_per_day, chilling_per_day, injury_days

FEMTO = 10**15
DAY_S = 86_400
DAY_MS = 1000 * DAY_S
CELL_CENTI_C = 10
COLDEST_CELL = round(COLDEST_C * 10)
HOTTEST_CELL = round(HOTTEST_C * 10)
CELLS = HOTTEST_CELL - COLDEST_CELL + 1


def cell_of(temperature_centi_c: int) -> int:
    """The index, from 0, of the cell that holds a temperature; the outermost cells hold what lies beyond."""
    cell = (temperature_centi_c + CELL_CENTI_C // 2) // CELL_CENTI_C
    return min(max(cell, COLDEST_CELL), HOTTEST_CELL) - COLDEST_CELL


def celsius_of(cell: int) -> float:
    """The middle of a cell in °C."""
    return (cell + COLDEST_CELL) / 10.0


@dataclass(frozen=True, slots=True, eq=False)
class RateTable:
    """One commodity's integer rates by cell: `ageing` and `loss` (ageing and chilling) in femto-lives per
    millisecond, `injury` in 1e-15 of the time to chilling injury per millisecond; all zero where the catalogue
    has no figure. Plain lists: the append path reads two cells and a list is the quickest to read."""

    ageing: list[int]
    loss: list[int]
    injury: list[int]
    kindest_cell: int


@lru_cache(maxsize=256)
def rate_table(commodity: Commodity) -> RateTable:
    """The rates of a commodity, made once and kept."""
    ageing, loss, injury = [], [], []
    for cell in range(CELLS):
        temperature_c = celsius_of(cell)
        aged = ageing_per_day(commodity, temperature_c) if commodity.supported else 0.0
        chilled = chilling_per_day(commodity, temperature_c) if commodity.supported else 0.0
        days = injury_days(commodity, temperature_c)
        ageing.append(round(aged * FEMTO / DAY_MS))
        loss.append(round((aged + chilled) * FEMTO / DAY_MS))
        injury.append(0 if days is None else round(FEMTO / (days * DAY_MS)))
    not_frozen = range(cell_of(round(commodity.freezing_point_c * 100)) + 1, CELLS)
    return RateTable(ageing, loss, injury, min(not_frozen, key=loss.__getitem__))
