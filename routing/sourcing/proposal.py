"""What a match answers: lines to decide on, what is short, what is left over, and why, village by village."""

from dataclasses import dataclass
from typing import Any, ClassVar

from routing.problem import STRICT


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """So much of a supply for a need, at the hub on `deliver_day`. Costs are satang per kilogram.

    `life_left_s` is what is left at hand-over, as a low estimate; None where no life is published.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    supply: str
    need: str
    village: str
    weight_g: int
    deliver_day: int
    haul_satang_per_kg: int
    upgrade_satang_per_kg: int
    hold_satang_per_kg: int
    risk_satang_per_kg: int
    life_left_s: int | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Considered:
    """A village that has the commodity, and what became of it for one need; `code` is the reason as a word."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    village: str
    chosen_g: int
    had_g: int
    code: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedOutcome:
    """How far a need is met: `short_g` is missing, `uncertain_g` of what is met may not come."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    need: str
    quantity_g: int
    met_g: int
    short_g: int
    uncertain_g: int
    considered: tuple[Considered, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Surplus:
    """Supply that nobody takes, and why."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    supply: str
    village: str
    weight_g: int
    code: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VillageShare:
    """What a village offers of a commodity, what it is asked for, what was taken before, and what would be fair."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    village: str
    commodity: str
    offered_g: int
    asked_g: int
    history_g: int
    fair_g: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """The best match. `cost_satang` counts haul, substitution, holding, risk, unfairness, shortfall and waste."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    lines: tuple[Line, ...]
    needs: tuple[NeedOutcome, ...]
    surplus: tuple[Surplus, ...]
    shares: tuple[VillageShare, ...]
    cost_satang: int
    seconds: float
