"""Which supply can serve which need, on which day and at what cost: one table for each commodity."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from routing.sourcing.market import Market, Need, Rules, Substitution, Supply

Ints = NDArray[np.int64]

NO_LIFE = np.int64(-1)


class Fit(IntEnum):
    """Whether a supply can serve a need; otherwise the first rule in its way, the nearest miss last."""

    NO_HAUL = 1
    VARIETY = 2
    LATE = 3
    EARLY = 4
    GRADE = 5
    UNKNOWN_LIFE = 6
    LIFE = 7
    CERTIFICATE = 8
    FITS = 9


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Supplies (rows) by needs (columns) of one commodity, both as numbers in the market.

    `cost` is the sum of its parts, satang per kilogram;
    `spare_life_s` is the life at hand-over beyond what must be left then. All but `fit` hold where that is FITS; where
    it is not, they tell how near a miss it was.
    """

    supplies: Ints
    needs: Ints
    fit: NDArray[np.int8]
    deliver_day: Ints
    spare_life_s: Ints
    haul: Ints
    upgrade: Ints
    hold: Ints
    risk: Ints
    cost: Ints


def tables(market: Market) -> list[Table]:
    """One table for each commodity that is both offered and needed, by commodity."""
    offered: dict[str, list[int]] = {}
    needed: dict[str, list[int]] = {}
    for number, supply in enumerate(market.supplies):
        offered.setdefault(supply.commodity, []).append(number)
    for number, need in enumerate(market.needs):
        needed.setdefault(need.commodity, []).append(number)
    haul = {(one.village, one.hub): one.satang_per_kg for one in market.hauls}
    return [_table(market, offered[name], needed[name], haul) for name in sorted(offered.keys() & needed.keys())]


def _table(market: Market, rows: list[int], columns: list[int], hauls: dict[tuple[str, str], int]) -> Table:
    rules = market.rules
    supplies = [market.supplies[row] for row in rows]
    needs = [market.needs[column] for column in columns]
    haul, reachable = _haul(supplies, needs, hauls)
    variety = _alike([supply.variety for supply in supplies], [need.variety for need in needs])
    grade, upgrade = _grades(supplies, needs, rules)
    certified = _certified(supplies, needs)

    ready = np.array([supply.ready_day for supply in supplies], np.int64)[:, None]
    first = np.array([need.from_day for need in needs], np.int64)[None, :]
    last = np.array([need.to_day for need in needs], np.int64)[None, :]
    deliver = np.maximum(ready, first)
    held = deliver - ready

    life = np.array([NO_LIFE if s.life_s is None else s.life_s for s in supplies], np.int64)[:, None]
    loss = np.array([supply.hold_loss_s for supply in supplies], np.int64)[:, None]
    required = np.array([need.way_loss_s + need.min_life_s for need in needs], np.int64)[None, :]
    spare = np.where(life == NO_LIFE, -required, life - held * loss - required)

    fit = np.full(deliver.shape, Fit.FITS, np.int8)
    # in the order of the enumeration backwards, so that what is named is the first rule in its way
    fit[~certified] = Fit.CERTIFICATE
    fit[(life != NO_LIFE) & (spare < 0)] = Fit.LIFE
    asked = np.array([need.min_life_s > 0 for need in needs])[None, :]
    fit[(life == NO_LIFE) & asked] = Fit.UNKNOWN_LIFE
    fit[~grade] = Fit.GRADE
    fit[held > rules.max_hold_days] = Fit.EARLY
    fit[ready > last] = Fit.LATE
    fit[~variety] = Fit.VARIETY
    fit[~reachable] = Fit.NO_HAUL
    risk = np.array([rules.risk_satang_per_kg * (100 - s.confidence_pct) // 100 for s in supplies], np.int64)
    hold = held * rules.hold_satang_per_kg_day
    return Table(
        supplies=np.array(rows, np.int64),
        needs=np.array(columns, np.int64),
        fit=fit,
        deliver_day=deliver,
        spare_life_s=spare,
        haul=haul,
        upgrade=upgrade,
        hold=hold,
        risk=np.broadcast_to(risk[:, None], fit.shape),
        cost=haul + upgrade + hold + risk[:, None],
    )


def _haul(
    supplies: list[Supply], needs: list[Need], hauls: dict[tuple[str, str], int]
) -> tuple[Ints, NDArray[np.bool_]]:
    villages = sorted({supply.village for supply in supplies})
    hubs = sorted({need.hub for need in needs})
    cost = np.array([[hauls.get((village, hub), -1) for hub in hubs] for village in villages], np.int64)
    row = np.searchsorted(villages, [supply.village for supply in supplies])
    column = np.searchsorted(hubs, [need.hub for need in needs])
    found = cost[row][:, column]
    return np.maximum(found, 0), found >= 0


def _alike(having: list[str | None], wanted: list[str | None]) -> NDArray[np.bool_]:
    """Where no variety is asked for any will do."""
    have = np.array([word or "" for word in having])[:, None]
    want = np.array([word or "" for word in wanted])[None, :]
    alike: NDArray[np.bool_] = (want == "") | (have == want)
    return alike


def _grades(supplies: list[Supply], needs: list[Need], rules: Rules) -> tuple[NDArray[np.bool_], Ints]:
    """Which grade may serve which, and what that costs; a grade that is not in the list serves its like alone."""
    rank = {grade: number for number, grade in enumerate(rules.grades)}
    unlisted = len(rules.grades)
    have = np.array([rank.get(supply.grade or "", unlisted) for supply in supplies], np.int64)[:, None]
    want = np.array([rank.get(need.grade or "", unlisted) for need in needs], np.int64)[None, :]
    alike = _alike([supply.grade for supply in supplies], [need.grade for need in needs])
    any_grade = np.array([need.grade is None for need in needs])[None, :]
    listed = have < unlisted
    if rules.substitution is Substitution.EXACT:
        return alike, np.zeros(alike.shape, np.int64)
    better = listed & (want < unlisted) & (have < want)
    # a need that takes any grade is best served with the lowest
    down = np.where(any_grade, np.where(listed, unlisted - 1 - have, 0), np.where(better, want - have, 0))
    return alike | better, down * rules.upgrade_satang_per_kg


def _certified(supplies: list[Supply], needs: list[Need]) -> NDArray[np.bool_]:
    words = sorted({word for need in needs for word in need.certificates})
    lacks = np.zeros((len(supplies), len(needs)), bool)
    for word in words:
        has = np.array([word in supply.certificates for supply in supplies])
        asks = np.array([word in need.certificates for need in needs])
        lacks |= ~has[:, None] & asks[None, :]
    return ~lacks
