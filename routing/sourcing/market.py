"""What villages have and will have, what buyers need, what hauling costs, and by which rules they are matched.

Weights are grams, money satang (prices and costs per kilogram), lives seconds at a commodity's reference temperature,
days whole local days counted from the first day of the horizon, 0.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

from routing.problem import STRICT


class Substitution(StrEnum):
    """Whether a grade may stand in for another."""

    EXACT = "exact"
    BETTER_SERVES_LOWER = "better_serves_lower"


class Basis(StrEnum):
    """What a village's fair share is reckoned by: what it offers, equal parts, or no fairness at all."""

    OFFERED = "offered"
    EQUAL = "equal"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """One lot that waits or one declared harvest.

    `available_g` is what can be counted on, so that `confidence_pct` is in it already. It can be at a hub from
    `ready_day` on, and has `life_s` then (a low estimate; None where no life is published), less `hold_loss_s` for each
    day it is held there. `unused_satang_per_kg` is what is lost where nobody takes it.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    id: str
    village: str
    commodity: str
    available_g: int
    ready_day: int
    variety: str | None = None
    grade: str | None = None
    life_s: int | None = None
    hold_loss_s: int = 0
    certificates: tuple[str, ...] = ()
    confidence_pct: int = 100
    unused_satang_per_kg: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What one programme needs at its hub on one day, or between two days of a week.

    The way from the hub costs `way_loss_s` of life, and `min_life_s` must be left after it.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    id: str
    demand: str
    commodity: str
    quantity_g: int
    from_day: int
    to_day: int
    hub: str
    price_satang_per_kg: int
    variety: str | None = None
    grade: str | None = None
    way_loss_s: int = 0
    min_life_s: int = 0
    certificates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Haul:
    """From a village to a hub; where there is none, the village can't serve that hub."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    village: str
    hub: str
    distance_m: int
    satang_per_kg: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FairShare:
    """What was taken of a village's commodity in the time that counts as history."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    village: str
    commodity: str
    history_g: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How supply may serve demand, and what is worth what.

    `grades` are best first; with `BETTER_SERVES_LOWER` each step down costs `upgrade_satang_per_kg`. Supply is held at
    most `max_hold_days` at a hub, `hold_satang_per_kg_day` each. Taking a village beyond its fair share costs
    `fairness_satang_per_kg`, beyond twice its share double. `risk_satang_per_kg` is charged in proportion to what is
    lacking of full confidence. A kilogram not delivered costs `shortfall_pct` of its price. Requests are whole steps of
    `step_g` and, where supply and need are as large, at least `min_line_g`.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    grades: tuple[str, ...] = ("AA", "A", "B", "C")
    substitution: Substitution = Substitution.BETTER_SERVES_LOWER
    upgrade_satang_per_kg: int = 500
    max_hold_days: int = 2
    hold_satang_per_kg_day: int = 50
    fairness: Basis = Basis.OFFERED
    fairness_satang_per_kg: int = 200
    risk_satang_per_kg: int = 100
    shortfall_pct: int = 100
    step_g: int = 1_000
    min_line_g: int = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """All that a match depends on. Two equal markets have the same best proposals."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    supplies: tuple[Supply, ...]
    needs: tuple[Need, ...]
    hauls: tuple[Haul, ...]
    history: tuple[FairShare, ...] = ()
    rules: Rules = Rules()
