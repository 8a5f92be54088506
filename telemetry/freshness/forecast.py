"""What will be left on arrival: a lot's account carried along its planned itinerary, leg by leg.

The median follows the planned set points and the usual durations. Legs are late or early, and warmer or colder
than planned, independently of one another and of how long such lots keep (`keeping.py`): their spreads add as
squares. What gaps and doubts leave open so far is a bound, not a chance, and is added whole.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from telemetry.freshness.account import Account, account_at
from telemetry.freshness.assessment import Remaining
from telemetry.freshness.figures import Commodity
from telemetry.freshness.grid import DAY_S
from telemetry.freshness.keeping import Z80, Quantiles, lives_at
from telemetry.freshness.kinetics import injury_days, loss_per_day
from telemetry.freshness.ledger import Ledger

DEFAULT_SWING_C = 1.0
"""How far the temperature of a refrigerated leg lies from its set point, as p10 and p90. Our choice: half a
control band."""

EARLY_SHARE, LATE_SHARE = 0.9, 1.25
"""p10 and p90 of a leg's duration over the usual one where the plan gives none. Our choice."""


@dataclass(frozen=True, slots=True)
class Leg:
    """One part of the way in one custody: a drive, a voyage, a wait at a border, a night in a store.

    `duration_s` is the usual one; `early_s` and `late_s` are its p10 and p90. A wait with the cooler off has
    the ambient temperature as its set point.
    """

    name: str
    custodian: str
    duration_s: int
    set_point_c: float
    swing_c: float = DEFAULT_SWING_C
    early_s: int | None = None
    late_s: int | None = None

    def __post_init__(self) -> None:
        if self.duration_s < 0:
            raise ValueError(f"leg {self.name!r}: duration_s is {self.duration_s}; give seconds from 0")
        if self.swing_c < 0:
            raise ValueError(f"leg {self.name!r}: swing_c is {self.swing_c}; give °C from 0")
        if not self.earliest_s <= self.duration_s <= self.latest_s:
            raise ValueError(f"leg {self.name!r}: early_s, duration_s and late_s must rise")

    @property
    def earliest_s(self) -> int:
        """p10 of the duration."""
        return round(self.duration_s * EARLY_SHARE) if self.early_s is None else self.early_s

    @property
    def latest_s(self) -> int:
        """p90 of the duration."""
        return round(self.duration_s * LATE_SHARE) if self.late_s is None else self.late_s


@dataclass(frozen=True, slots=True)
class Standing:
    """What the way ahead starts from: the lives lost so far, between bounds, and doses of chilling."""

    low: float
    mid: float
    high: float
    injury: float


@dataclass(frozen=True, slots=True)
class LegLoss:
    """Days of life at the reference temperature that a leg will cost."""

    name: str
    custodian: str
    days_lost: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """What will be left on arrival. `remaining` is at the reference temperature or at the one asked for.

    `injury_dose` is the share of the time to chilling injury that will be over. `chance_of_required` is the
    share of such lots that will keep as long as the buyer asks for; None where nothing is asked.
    """

    eta_ms: int
    earliest_ms: int
    latest_ms: int
    life_used: float
    life_used_low: float
    life_used_high: float
    remaining: Remaining
    injury_dose: float
    legs: tuple[LegLoss, ...]
    required_s: int | None
    chance_of_required: float | None


def forecast(
    ledger: Ledger,
    legs: Sequence[Leg],
    *,
    now_ms: int,
    started_at_ms: int | None = None,
    required_s: int | None = None,
    kept_at_c: float | None = None,
) -> Forecast | None:
    """The remaining life at the end of `legs`, which begin now.

    `kept_at_c` is where the buyer keeps it afterwards (the reference temperature if not said). None without a
    published life or without a trusted reading: there is nothing to start from.
    """
    account = account_at(ledger, now_ms, started_at_ms)
    if account is None:
        return None
    return forecast_from(ledger.commodity, account, legs, now_ms=now_ms, required_s=required_s, kept_at_c=kept_at_c)


def forecast_from(
    commodity: Commodity,
    account: Account | Standing,
    legs: Sequence[Leg],
    *,
    now_ms: int,
    required_s: int | None = None,
    kept_at_c: float | None = None,
) -> Forecast | None:
    """`forecast` from an account, or from what is known of one."""
    life, reference = commodity.reference_life_days, commodity.reference_temperature_c
    if life is None or reference is None:
        return None
    losses = [_losses(commodity, leg.set_point_c, leg.swing_c) for leg in legs]
    middle = [leg.duration_s / DAY_S * loss.planned for leg, loss in zip(legs, losses, strict=True)]
    worse = math.hypot(
        *(_swing(leg, leg.latest_s, loss.planned, loss.most) for leg, loss in zip(legs, losses, strict=True))
    )
    better = math.hypot(
        *(_swing(leg, leg.earliest_s, loss.planned, loss.least) for leg, loss in zip(legs, losses, strict=True))
    )
    used = account.mid + math.fsum(middle)
    less, more = account.mid - account.low, account.high - account.mid
    at_c = reference if kept_at_c is None else kept_at_c
    lives = lives_at(commodity, at_c)
    per_day = loss_per_day(commodity, at_c)

    def in_seconds(lives_left: float) -> int:
        return round(max(0.0, lives_left) / per_day * DAY_S)

    doses = [(leg.duration_s / DAY_S, injury_days(commodity, leg.set_point_c)) for leg in legs]
    chance = None
    if required_s is not None:
        chance = _chance(used + required_s / DAY_S * per_day, less + better, more + worse, lives)
    return Forecast(
        eta_ms=now_ms + 1000 * sum(leg.duration_s for leg in legs),
        earliest_ms=now_ms + 1000 * sum(leg.earliest_s for leg in legs),
        latest_ms=now_ms + 1000 * sum(leg.latest_s for leg in legs),
        life_used=used,
        life_used_low=max(0.0, used - less - better),
        life_used_high=used + more + worse,
        remaining=Remaining(
            p10_s=in_seconds(lives.p50 - used - more - math.hypot(lives.p50 - lives.p10, worse)),
            p50_s=in_seconds(lives.p50 - used),
            p90_s=in_seconds(lives.p50 - used + less + math.hypot(lives.p90 - lives.p50, better)),
        ),
        injury_dose=account.injury + math.fsum(days / to_injury for days, to_injury in doses if to_injury),
        legs=tuple(LegLoss(leg.name, leg.custodian, lost * life) for leg, lost in zip(legs, middle, strict=True)),
        required_s=required_s,
        chance_of_required=chance,
    )


def what_if(
    ledger: Ledger,
    alternatives: Mapping[str, Sequence[Leg]],
    *,
    now_ms: int,
    started_at_ms: int | None = None,
    required_s: int | None = None,
) -> dict[str, Forecast | None]:
    """One forecast for each itinerary, by name: a new route, another set point, three days later."""
    account = account_at(ledger, now_ms, started_at_ms)
    if account is None:
        return dict.fromkeys(alternatives)
    return {
        name: forecast_from(ledger.commodity, account, legs, now_ms=now_ms, required_s=required_s)
        for name, legs in alternatives.items()
    }


def at_set_point(legs: Sequence[Leg], set_point_c: float) -> tuple[Leg, ...]:
    """The same way at another set point."""
    return tuple(replace(leg, set_point_c=set_point_c) for leg in legs)


def waiting_first(legs: Sequence[Leg], wait_s: int, temperature_c: float, custodian: str = "") -> tuple[Leg, ...]:
    """The same way after a wait."""
    wait = Leg("wait", custodian, wait_s, temperature_c, early_s=wait_s, late_s=wait_s)
    return (wait, *legs)


class _Losses(NamedTuple):
    """Lives lost in a day at a set point, and within the swing around it."""

    planned: float
    least: float
    most: float


@lru_cache(maxsize=4096)  # the points of a fan ask for the same few set points again and again
def _losses(commodity: Commodity, set_point_c: float, swing_c: float) -> _Losses:
    around = [loss_per_day(commodity, set_point_c + side * swing_c) for side in (-1, 0, 1)]
    return _Losses(loss_per_day(commodity, set_point_c), min(around), max(around))


def _swing(leg: Leg, end_s: int, planned: float, swung: float) -> float:
    """How far a leg's loss may lie from the planned one, to one side: its time and its temperature independently."""
    return math.hypot((end_s - leg.duration_s) / DAY_S * planned, leg.duration_s / DAY_S * (swung - planned))


def _chance(needed: float, less: float, more: float, lives: Quantiles) -> float:
    """The share of lots whose life exceeds what is needed, in default lives.

    Life and need are each log-normal to either side; what the account and the legs leave open is read as p10 and p90.
    """
    if needed <= 0:
        return 1.0
    short = needed < lives.p50
    need_sigma = math.log1p((more if short else less) / needed) / Z80
    life_sigma = math.log(lives.p50 / lives.p10 if short else lives.p90 / lives.p50) / Z80
    score = math.log(lives.p50 / needed) / math.hypot(life_sigma, need_sigma)
    return 0.5 * (1.0 + math.erf(score / math.sqrt(2.0)))
