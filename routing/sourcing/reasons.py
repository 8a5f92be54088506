"""Why each village was or wasn't chosen, in sentences that a coordinator can act on."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.sourcing.eligibility import Fit, Table
from routing.sourcing.fairness import fair_shares, offered
from routing.sourcing.market import Market, Need, Supply
from routing.sourcing.proposal import Considered, Line, NeedOutcome, Surplus, VillageShare

CHOSEN = "chosen"
USED_ELSEWHERE, DEARER, COVERED, TOO_DEAR = "used_elsewhere", "dearer", "covered", "too_dear"
NO_DEMAND = "no_demand"

TOLD_CHOSEN, TOLD_OTHERS = 12, 8
"""Villages told about for each need: those with most, and those that came nearest."""

DAY_S = 86_400

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Told:
    """A match in words."""

    lines: tuple[Line, ...]
    needs: tuple[NeedOutcome, ...]
    surplus: tuple[Surplus, ...]
    shares: tuple[VillageShare, ...]


def tell(market: Market, found: list[Table], supplies: Ints, needs: Ints, steps: Ints) -> Told:
    """Lines, needs, surplus and shares of the pairs (supply, need, steps) that were chosen."""
    book = _Book(market, found, supplies, needs, steps)
    return Told(
        lines=tuple(book.lines()),
        needs=tuple(book.need_outcome(number) for number in range(len(market.needs))),
        surplus=tuple(book.surplus()),
        shares=tuple(book.shares()),
    )


MISS = 10**9
"""More than any cost per kilogram: a village that can serve comes before one that can't, by cost."""


class _Nearest:
    """For one commodity: how near each village comes to each need, best supply of each village only."""

    def __init__(self, market: Market, table: Table) -> None:
        self.table = table
        names = [market.supplies[int(number)].village for number in table.supplies]
        order = np.argsort(names, kind="stable")
        self.villages, starts = np.unique(np.array(names)[order], return_index=True)
        rows = len(names)
        score = (int(Fit.FITS) - table.fit.astype(np.int64)) * MISS + np.minimum(table.cost, MISS - 1)
        keyed = score * rows + np.arange(rows)[:, None]
        best = np.minimum.reduceat(keyed[order], starts, axis=0)
        self.score, self.row = best // rows, best % rows

    def able(self, column: int) -> int:
        """How many villages can serve a need."""
        return int((self.score[:, column] < MISS).sum())

    def cheaper(self, column: int, cost: int) -> int:
        """How many villages could serve it for less."""
        return int((self.score[:, column] < cost).sum())

    def by_nearness(self, column: int) -> Ints:
        """Villages as numbers, nearest first."""
        return np.argsort(self.score[:, column], kind="stable")


class _Book:
    """The match by supply, by need and by village."""

    def __init__(self, market: Market, found: list[Table], supplies: Ints, needs: Ints, steps: Ints) -> None:
        self.market = market
        self.chosen: list[tuple[int, int, int]] = [
            (int(s), int(n), int(count) * market.rules.step_g)
            for s, n, count in zip(supplies, needs, steps, strict=True)
        ]
        self.used_g = [0] * len(market.supplies)
        self.met_g = [0] * len(market.needs)
        self.of_need: dict[int, list[tuple[int, int]]] = {}
        self.of_supply: dict[int, list[int]] = {}
        for supply, need, weight_g in self.chosen:
            self.used_g[supply] += weight_g
            self.met_g[need] += weight_g
            self.of_need.setdefault(need, []).append((supply, weight_g))
            self.of_supply.setdefault(supply, []).append(need)
        self.place: dict[int, tuple[_Nearest, int]] = {}
        self.row: dict[int, tuple[_Nearest, int]] = {}
        for table in found:
            near = _Nearest(market, table)
            self.place |= {int(need): (near, column) for column, need in enumerate(table.needs)}
            self.row |= {int(supply): (near, row) for row, supply in enumerate(table.supplies)}
        self.fair = fair_shares(market)
        self.offered = offered(market)
        self.asked: dict[tuple[str, str], int] = {}
        for supply, _, weight_g in self.chosen:
            key = (market.supplies[supply].village, market.supplies[supply].commodity)
            self.asked[key] = self.asked.get(key, 0) + weight_g

    def lines(self) -> list[Line]:
        """In the order of needs, then of weight."""
        ordered = sorted(self.chosen, key=lambda one: (one[1], -one[2], one[0]))
        return [self._line(supply, need, weight_g) for supply, need, weight_g in ordered]

    def _line(self, number: int, column_of: int, weight_g: int) -> Line:
        supply, need = self.market.supplies[number], self.market.needs[column_of]
        near, column = self.place[column_of]
        table, row = near.table, self.row[number][1]
        at = (row, column)
        cost = int(table.cost[at])
        able, cheaper = near.able(column), near.cheaper(column, cost)
        life = None if supply.life_s is None else int(table.spare_life_s[at]) + need.min_life_s
        parts = [f"{_baht(cost)} baht/kg (haul {_baht(int(table.haul[at]))}{self._extras(table, at)})"]
        if able == 1:
            parts.append("the only village that can")
        else:
            parts.append(f"number {cheaper + 1} of {able} villages that can, by cost")
        parts.append(self._share_words(supply))
        if life is not None:
            parts.append(f"{life / DAY_S:.1f} days left at hand-over, {need.min_life_s / DAY_S:.1f} asked")
        if supply.confidence_pct < 100:
            parts.append(f"declared with {supply.confidence_pct} % confidence")
        return Line(
            supply=supply.id,
            need=need.id,
            village=supply.village,
            weight_g=weight_g,
            deliver_day=int(table.deliver_day[at]),
            haul_satang_per_kg=int(table.haul[at]),
            upgrade_satang_per_kg=int(table.upgrade[at]),
            hold_satang_per_kg=int(table.hold[at]),
            risk_satang_per_kg=int(table.risk[at]),
            life_left_s=life,
            why="; ".join(parts) + ".",
        )

    def _extras(self, table: Table, at: tuple[int, int]) -> str:
        named = (("better grade", table.upgrade), ("holding", table.hold), ("risk", table.risk))
        return "".join(f", {name} {_baht(int(part[at]))}" for name, part in named if part[at])

    def _share_words(self, supply: Supply) -> str:
        key = (supply.village, supply.commodity)
        return f"asked for {_kg(self.asked.get(key, 0))} kg in all, {_kg(self.fair[key])} kg would be its fair share"

    def need_outcome(self, number: int) -> NeedOutcome:
        need = self.market.needs[number]
        taken = self.of_need.get(number, [])
        uncertain = sum(w * (100 - self.market.supplies[s].confidence_pct) // 100 for s, w in taken)
        return NeedOutcome(
            need=need.id,
            quantity_g=need.quantity_g,
            met_g=min(need.quantity_g, self.met_g[number]),
            short_g=max(0, need.quantity_g - self.met_g[number]),
            uncertain_g=uncertain,
            considered=tuple(self._considered(number)) if number in self.place else (),
        )

    def _considered(self, number: int) -> list[Considered]:
        """The villages that were chosen, then those that came nearest."""
        need = self.market.needs[number]
        near, column = self.place[number]
        table = near.table
        weights: dict[str, int] = {}
        for supply, weight_g in self.of_need.get(number, []):
            village = self.market.supplies[supply].village
            weights[village] = weights.get(village, 0) + weight_g
        chosen = sorted(weights, key=lambda name: (-weights[name], name))[:TOLD_CHOSEN]
        others = [v for v in near.by_nearness(column)[: len(weights) + TOLD_OTHERS] if near.villages[v] not in weights]
        told = [
            Considered(
                village=village,
                chosen_g=weights[village],
                had_g=self.offered[village, need.commodity],
                code=CHOSEN,
                reason=f"asked for {_kg(weights[village])} kg.",
            )
            for village in chosen
        ]
        cost = table.cost[:, column]
        dearest = max((int(cost[self.row[supply][1]]) for supply, _ in self.of_need.get(number, [])), default=0)
        for other in others[:TOLD_OTHERS]:
            village = str(near.villages[other])
            code, reason = self._not_chosen(need, number, table, column, int(near.row[other, column]), dearest)
            had_g = self.offered[village, need.commodity]
            told.append(Considered(village=village, chosen_g=0, had_g=had_g, code=code, reason=reason))
        return told

    def _not_chosen(
        self, need: Need, number: int, table: Table, column: int, row: int, dearest: int
    ) -> tuple[str, str]:
        position = int(table.supplies[row])
        supply = self.market.supplies[position]
        fit = Fit(int(table.fit[row, column]))
        if fit is not Fit.FITS:
            return fit.name.lower(), miss(fit, supply, need, int(table.spare_life_s[row, column]))
        cost = int(table.cost[row, column])
        left_g = supply.available_g - self.used_g[position]
        if left_g < self.market.rules.step_g:
            where = ", ".join(sorted({self.market.needs[n].demand for n in self.of_supply.get(position, [])})[:3])
            return USED_ELSEWHERE, f"what it has goes to {where or 'nobody, it is less than a step'}."
        if self.met_g[number] >= need.quantity_g:
            key = (supply.village, supply.commodity)
            beyond = self.asked.get(key, 0) >= self.fair[key]
            if cost > dearest:
                return DEARER, f"would cost {_baht(cost)} baht/kg, the dearest that was chosen {_baht(dearest)}."
            words = "it has its fair share already" if beyond else "others were to be used first or had their share due"
            return COVERED, f"the need is covered; {words}."
        return TOO_DEAR, f"{_kg(left_g)} kg are left: under the least request, or dearer than going short."

    def surplus(self) -> list[Surplus]:
        """What is left of each supply, most first."""
        rows = []
        for number, supply in enumerate(self.market.supplies):
            left_g = supply.available_g - self.used_g[number]
            if left_g < self.market.rules.step_g:
                continue
            code, reason = self._why_left(number, supply)
            rows.append(Surplus(supply=supply.id, village=supply.village, weight_g=left_g, code=code, reason=reason))
        return sorted(rows, key=lambda one: (-one.weight_g, one.supply))

    def _why_left(self, number: int, supply: Supply) -> tuple[str, str]:
        found = self.row.get(number)
        if found is None:
            return NO_DEMAND, "nobody asks for it in these days."
        table, row = found[0].table, found[1]
        fits = table.fit[row]
        if (fits == Fit.FITS).any():
            return COVERED, "what it could serve is covered, or cheaper elsewhere."
        column = int(np.argmax(fits))
        need = self.market.needs[int(table.needs[column])]
        fit = Fit(int(fits[column]))
        return fit.name.lower(), f"for {need.demand}: {miss(fit, supply, need, int(table.spare_life_s[row, column]))}"

    def shares(self) -> list[VillageShare]:
        """By commodity and village."""
        history = {(one.village, one.commodity): one.history_g for one in self.market.history}
        return [
            VillageShare(
                village=key[0],
                commodity=key[1],
                offered_g=self.offered[key],
                asked_g=self.asked.get(key, 0),
                history_g=history.get(key, 0),
                fair_g=self.fair[key],
            )
            for key in sorted(self.fair, key=lambda key: (key[1], key[0]))
        ]


def miss(fit: Fit, supply: Supply, need: Need, spare_life_s: int) -> str:
    """Why a supply can't serve a need, with the figures."""
    lacks = ", ".join(sorted(set(need.certificates) - set(supply.certificates)))
    words = {
        Fit.NO_HAUL: f"no road to {need.hub} is known.",
        Fit.VARIETY: f"{supply.variety or 'no named variety'}, {need.variety} is asked for.",
        Fit.LATE: f"ready {supply.ready_day - need.to_day} days too late.",
        Fit.EARLY: f"ready {need.from_day - supply.ready_day} days before it is wanted, too long to hold.",
        Fit.GRADE: f"grade {supply.grade or 'not known'}, {need.grade} is asked for.",
        Fit.UNKNOWN_LIFE: "no life is published for it, so none can be promised.",
        Fit.LIFE: f"{-spare_life_s / DAY_S:.1f} days short of the {need.min_life_s / DAY_S:.1f} that must be left.",
        Fit.CERTIFICATE: f"lacks {lacks}.",
    }
    return words[fit]


def _kg(grams: int) -> str:
    return f"{grams / 1000:,.0f}"


def _baht(satang: int) -> str:
    return f"{satang / 100:.2f}"
