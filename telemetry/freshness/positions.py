"""Several sensors on one lot: the worst valid position decides, pulp before air."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from telemetry.freshness.assessment import Assessment, Verdict


class Position(StrEnum):
    """Where a probe sits. Pulp is the produce itself; the others are air around it."""

    PULP = "pulp"
    BOX = "box"
    RETURN_AIR = "return_air"
    SUPPLY_AIR = "supply_air"
    ROOM = "room"


@dataclass(frozen=True, slots=True)
class Placed:
    """One sensor's assessment and where it sits."""

    sensor: str
    position: Position
    assessment: Assessment


_SEVERITY: Mapping[Verdict, int] = {
    Verdict.ON_TRACK: 0,
    Verdict.WATCH: 1,
    Verdict.AT_RISK: 2,
    Verdict.USE_FIRST: 3,
    Verdict.INSPECT_ON_ARRIVAL: 4,
}


def deciding(placed: Sequence[Placed]) -> Placed | None:
    """The one that speaks for the lot; None of none.

    Pulp sensors that give evidence outrank air ones, supply air comes last (it shows the cooler, not the load).
    Among equals the worst verdict, then the most life used, decides. Where nobody gives evidence the best
    placed one says why.
    """
    if not placed:
        return None
    valid = [one for one in placed if one.assessment.verdict is not Verdict.UNKNOWN]
    if not valid:
        return min(placed, key=lambda one: (_rank(one.position), -(one.assessment.last_reading_at_ms or 0), one.sensor))
    closest = min(_rank(one.position) for one in valid)
    return min((one for one in valid if _rank(one.position) == closest), key=_worst_first)


def _rank(position: Position) -> int:
    return {Position.PULP: 0, Position.SUPPLY_AIR: 2}.get(position, 1)


def _worst_first(one: Placed) -> tuple[int, float, str]:
    return -_SEVERITY[one.assessment.verdict], -(one.assessment.life_used_high or 0.0), one.sensor
