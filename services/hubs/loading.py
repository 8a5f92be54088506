"""Which lots to load: first expired, first out, among those that will still keep long enough. Pure.

A lot that would fall short of the required life at hand-over is left for a nearer market, even where it expires first:
loading it would trade a claim abroad for a sale at home.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A lot in stock. ``life_at_handover_s`` is its low estimate (p10) at the buyer's; None where nothing is known."""

    code: str
    weight_g: int
    crates: int
    life_at_handover_s: int | None
    verdict: str


@dataclass(frozen=True, slots=True)
class Left:
    """A lot that is not loaded, and why."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class LoadingPlan:
    """What to load, in the order of expiry, how much of the wanted weight that is, and what stays."""

    load: tuple[Candidate, ...]
    weight_g: int
    short_g: int
    left: tuple[Left, ...]


def plan_loading(
    stock: Iterable[Candidate], *, weight_g: int, required_life_s: int, whole_lots: bool = True
) -> LoadingPlan:
    """Choose lots for ``weight_g``, those first that expire first and still keep ``required_life_s`` at hand-over.

    With ``whole_lots`` the last lot may bring more than was wanted, by less than itself; otherwise it is left where it
    would overshoot and a smaller one later in line may fill the gap.
    """
    able, left = _sorted_out(stock, required_life_s)
    load: list[Candidate] = []
    taken_g = 0
    for lot in able:
        if taken_g >= weight_g:
            left.append(Left(lot.code, "not needed: the weight is reached by lots that expire earlier"))
        elif whole_lots or taken_g + lot.weight_g <= weight_g:
            load.append(lot)
            taken_g += lot.weight_g
        else:
            left.append(Left(lot.code, f"would bring {taken_g + lot.weight_g - weight_g} g too much; split it"))
    return LoadingPlan(tuple(load), taken_g, max(0, weight_g - taken_g), tuple(left))


def _sorted_out(stock: Iterable[Candidate], required_life_s: int) -> tuple[list[Candidate], list[Left]]:
    able: list[tuple[int, Candidate]] = []
    left: list[Left] = []
    for lot in stock:
        life_s = lot.life_at_handover_s
        if life_s is None:
            left.append(Left(lot.code, "nothing is known of its life: inspect it first"))
        elif lot.verdict == "inspect_on_arrival":
            left.append(Left(lot.code, "may be chilled or frozen: inspect it first"))
        elif life_s < required_life_s:
            short_d = (required_life_s - life_s) / 86_400
            left.append(Left(lot.code, f"would be {short_d:.1f} days short at hand-over: sell it nearer"))
        else:
            able.append((life_s, lot))
    able.sort(key=lambda item: (item[0], item[1].code))
    return [lot for _, lot in able], left
