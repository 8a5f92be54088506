"""The match of supply to demand: named small markets, and brute force on every market that is small enough."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.sourcing import (
    Basis,
    FairShare,
    Haul,
    Market,
    MatchFailed,
    Need,
    Rules,
    Substitution,
    Supply,
    propose,
    read_market,
    read_proposal,
    write_market,
    write_proposal,
)
from routing.sourcing.benchmark import generated
from routing.sourcing.fairness import fair_shares
from routing.sourcing.match import match

DAY_S = 86_400
KG = 1000
PLAIN = Rules(min_line_g=0, fairness=Basis.NONE, hold_satang_per_kg_day=10)
NEED = Need(
    id="D/0", demand="D", commodity="durian", quantity_g=100 * KG, from_day=1, to_day=1, hub="H",
    price_satang_per_kg=10_000, grade="A", way_loss_s=2 * DAY_S, min_life_s=3 * DAY_S,
)  # fmt: skip
SUPPLY = Supply(
    id="S", village="near", commodity="durian", available_g=100 * KG, ready_day=1, grade="A", life_s=6 * DAY_S,
    hold_loss_s=DAY_S,
)  # fmt: skip
HAULS = (
    Haul(village="near", hub="H", distance_m=10_000, satang_per_kg=100),
    Haul(village="far", hub="H", distance_m=90_000, satang_per_kg=900),
)


def market(*supplies: Supply, needs: tuple[Need, ...] = (NEED,), rules: Rules = PLAIN) -> Market:
    return Market(supplies=supplies, needs=needs, hauls=HAULS, rules=rules)


def asked(found: Market) -> dict[tuple[str, str], int]:
    """Kilograms by supply and need."""
    return {(line.supply, line.need): line.weight_g // KG for line in match(found).lines}


def test_the_nearer_village_is_asked_first_and_the_other_for_the_rest() -> None:
    """60 kg near and 100 kg far for 100 kg: all that is near, 40 kg of the other, each with its reason."""
    proposal = match(market(replace(SUPPLY, available_g=60 * KG), replace(SUPPLY, id="T", village="far")))
    assert [(line.village, line.weight_g // KG) for line in proposal.lines] == [("near", 60), ("far", 40)]
    assert "number 1 of 2 villages" in proposal.lines[0].why
    assert proposal.lines[0].life_left_s == 4 * DAY_S
    assert proposal.needs[0].short_g == 0
    assert [(one.supply, one.weight_g // KG, one.code) for one in proposal.surplus] == [("T", 60, "covered")]


@pytest.mark.parametrize(
    ("members", "code", "words"),
    [
        ({"grade": "B"}, "grade", "grade B, A is asked"),
        ({"variety": "chani"}, "variety", "chani, monthong is asked"),
        ({"certificates": ()}, "certificate", "lacks gap"),
        ({"life_s": int(4.5 * DAY_S)}, "life", "0.5 days short of the 3.0"),
        ({"life_s": None}, "unknown_life", "no life is published"),
        ({"ready_day": 3}, "late", "ready 2 days too late"),
        ({"ready_day": -2}, "early", "too long to hold"),
        ({"village": "nowhere"}, "no_haul", "no road to H"),
    ],
)
def test_what_can_not_serve_says_why(members: dict, code: str, words: str) -> None:
    """One rule broken: nothing is asked of the village, the need is short, and the reason stands in three places."""
    need = replace(NEED, variety="monthong", certificates=("gap",))
    good = replace(SUPPLY, variety="monthong", certificates=("gap",))
    assert asked(market(good, needs=(need,))) == {("S", "D/0"): 100}
    proposal = match(market(replace(good, **members), needs=(need,)))
    assert not proposal.lines
    (outcome,) = proposal.needs
    assert outcome.short_g == need.quantity_g
    assert (outcome.considered[0].code, proposal.surplus[0].code) == (code, code)
    assert words in outcome.considered[0].reason
    assert words in proposal.surplus[0].reason


def test_a_better_grade_serves_a_lower_at_a_cost_and_never_the_other_way() -> None:
    """AA for A where there is no A; A itself where there is; B never; exact rules allow none of it."""
    better, like, lower = (replace(SUPPLY, id=grade, grade=grade) for grade in ("AA", "A", "B"))
    assert asked(market(better, lower)) == {("AA", "D/0"): 100}
    assert asked(market(better, like, lower)) == {("A", "D/0"): 100}
    assert asked(market(better, rules=replace(PLAIN, substitution=Substitution.EXACT))) == {}
    any_grade = replace(NEED, grade=None)
    assert asked(market(better, like, lower, needs=(any_grade,))) == {("B", "D/0"): 100}


def test_holding_at_the_hub_costs_life() -> None:
    """Ready two days before: 6 - 2 days leave 4, and 5 are needed; a day before leaves just enough."""
    assert asked(market(replace(SUPPLY, ready_day=-1))) == {}
    assert asked(market(replace(SUPPLY, ready_day=0))) == {("S", "D/0"): 100}


def test_a_week_is_served_on_the_days_it_is_ready() -> None:
    """A weekly need takes what is ready on Monday on Monday, and what is ready on Thursday then."""
    week = replace(NEED, from_day=0, to_day=6, quantity_g=200 * KG)
    lines = match(market(replace(SUPPLY, ready_day=0), replace(SUPPLY, id="T", ready_day=3), needs=(week,))).lines
    assert {line.supply: line.deliver_day for line in lines} == {"S": 0, "T": 3}


def test_fairness_shares_out_and_makes_up_for_the_past() -> None:
    """Two villages offer alike; the one that sold 100 kg before waits while the other makes up, and it costs haul."""
    rules = replace(PLAIN, fairness=Basis.EQUAL, fairness_satang_per_kg=2_000)
    both = market(SUPPLY, replace(SUPPLY, id="T", village="far"), rules=rules)
    assert asked(both) == {("S", "D/0"): 50, ("T", "D/0"): 50}
    history = (FairShare(village="near", commodity="durian", history_g=100 * KG),)
    made_up = replace(both, history=history)
    assert fair_shares(made_up) == {("near", "durian"): 0, ("far", "durian"): 100 * KG}
    assert asked(made_up) == {("T", "D/0"): 100}
    assert asked(replace(both, rules=PLAIN)) == {("S", "D/0"): 100}


def test_what_is_uncertain_is_told_and_comes_second() -> None:
    """A sure lot before a declaration at 60 %; of 40 kg declared, 16 may not come."""
    unsure = replace(SUPPLY, id="T", confidence_pct=60)
    proposal = match(market(replace(SUPPLY, available_g=60 * KG), unsure))
    assert [(line.supply, line.weight_g // KG) for line in proposal.lines] == [("S", 60), ("T", 40)]
    assert proposal.needs[0].uncertain_g == 16 * KG
    assert "60 % confidence" in proposal.lines[1].why


def test_lots_that_would_be_lost_are_used_before_harvests_that_can_wait() -> None:
    """The far lot costs 9 baht a kilogram to fetch and 12 if nobody takes it."""
    lot = replace(SUPPLY, id="T", village="far", unused_satang_per_kg=1_200)
    assert asked(market(SUPPLY, lot)) == {("T", "D/0"): 100}


def test_nobody_is_asked_for_crumbs() -> None:
    """95 kg near, and 5 kg would be missing: under the least request of 20 kg the far village is not sent for."""
    near, far = replace(SUPPLY, available_g=95 * KG), replace(SUPPLY, id="T", village="far")
    assert asked(market(near, far)) == {("S", "D/0"): 95, ("T", "D/0"): 5}
    assert asked(market(near, far, rules=replace(PLAIN, min_line_g=20 * KG))) == {("S", "D/0"): 95}
    small = replace(NEED, quantity_g=5 * KG)
    assert asked(market(near, needs=(small,), rules=replace(PLAIN, min_line_g=20 * KG))) == {("S", "D/0"): 5}


def test_empty_markets_have_empty_proposals() -> None:
    """No supply: all is short. No need: all is left. Neither: nothing."""
    assert match(market()).needs[0].short_g == NEED.quantity_g
    assert match(market(SUPPLY, needs=())).surplus[0].code == "no_demand"
    assert match(Market(supplies=(), needs=(), hauls=())).lines == ()


UNITS = st.integers(0, 3)


@st.composite
def small_markets(draw: st.DrawFn) -> Market:
    """Three supplies of two villages and two needs, of a few steps each."""
    supplies = tuple(
        replace(
            SUPPLY,
            id=f"S{number}",
            village=draw(st.sampled_from(["near", "far"])),
            available_g=draw(UNITS) * KG,
            ready_day=draw(st.integers(0, 2)),
            grade=draw(st.sampled_from(["AA", "A", "B"])),
            unused_satang_per_kg=draw(st.sampled_from([0, 300])),
            confidence_pct=draw(st.sampled_from([50, 100])),
        )
        for number in range(3)
    )
    needs = tuple(
        replace(
            NEED,
            id=f"D{number}",
            quantity_g=draw(st.integers(1, 3)) * KG,
            grade=draw(st.sampled_from(["A", "B", None])),
            to_day=draw(st.integers(1, 2)),
            price_satang_per_kg=draw(st.sampled_from([200, 1_000, 5_000])),
        )
        for number in range(2)
    )
    rules = replace(
        PLAIN, fairness=draw(st.sampled_from(list(Basis))), fairness_satang_per_kg=draw(st.sampled_from([100, 800]))
    )
    history = (FairShare(village="near", commodity="durian", history_g=draw(UNITS) * KG),)
    return Market(supplies=supplies, needs=needs, hauls=HAULS, history=history, rules=rules)


def cheapest(found: Market) -> int:
    """The cost of the best of all proposals there are, by trying each; the rules written down a second time."""
    rules, hauls = found.rules, {haul.village: haul.satang_per_kg for haul in found.hauls}
    order = ("AA", "A", "B", "C")
    pairs: list[tuple[int, int, int]] = []
    for s, supply in enumerate(found.supplies):
        for n, need in enumerate(found.needs):
            held = max(0, need.from_day - supply.ready_day)
            wanted = len(order) - 1 if need.grade is None else order.index(need.grade)
            down = wanted - order.index(str(supply.grade))
            life_s = int(supply.life_s or 0) - held * supply.hold_loss_s
            if supply.ready_day > need.to_day or held > 2 or down < 0 or life_s < need.way_loss_s + need.min_life_s:
                continue
            risk = rules.risk_satang_per_kg * (100 - supply.confidence_pct) // 100
            cost = (
                hauls[supply.village] + down * rules.upgrade_satang_per_kg + held * rules.hold_satang_per_kg_day + risk
            )
            pairs.append((s, n, cost))
    shares = fair_shares(found)
    price = 0 if rules.fairness is Basis.NONE else rules.fairness_satang_per_kg
    best = None
    for steps in product(range(4), repeat=len(pairs)):
        used, met, total = [0] * 3, [0] * 2, 0
        for (s, n, cost), count in zip(pairs, steps, strict=True):
            used[s] += count
            met[n] += count
            total += count * cost
        if any(used[s] * KG > supply.available_g for s, supply in enumerate(found.supplies)):
            continue
        if any(met[n] * KG > need.quantity_g for n, need in enumerate(found.needs)):
            continue
        for n, need in enumerate(found.needs):
            total += (need.quantity_g // KG - met[n]) * need.price_satang_per_kg
        total -= sum(used[s] * supply.unused_satang_per_kg for s, supply in enumerate(found.supplies))
        for village in ("near", "far"):
            taken = sum(used[s] for s, supply in enumerate(found.supplies) if supply.village == village)
            fair = shares.get((village, "durian"), 0) // KG
            total += price * (max(0, taken - fair) + max(0, taken - 2 * fair))
        best = total if best is None else min(best, total)
    assert best is not None
    return best


@settings(max_examples=60, deadline=None)
@given(small_markets())
def test_no_proposal_is_cheaper(found: Market) -> None:
    """Against brute force; and nobody is asked for more than they have, nor a need overfilled."""
    proposal = match(found)
    assert proposal.cost_satang == cheapest(found)
    for supply in found.supplies:
        assert sum(line.weight_g for line in proposal.lines if line.supply == supply.id) <= supply.available_g
    for outcome in proposal.needs:
        assert sum(line.weight_g for line in proposal.lines if line.need == outcome.need) == outcome.met_g
        assert outcome.met_g + outcome.short_g == outcome.quantity_g


def test_the_child_answers_what_the_match_does_and_reports_progress() -> None:
    """A market of 200 supplies through the child process: the same lines, whole steps, progress that rises."""
    found = generated(200, 20)
    shares: list[float] = []
    proposal = propose(found, on_progress=shares.append)
    assert replace(proposal, seconds=0) == replace(match(found), seconds=0)
    assert shares == sorted(shares)
    assert shares[-1] == 0.8
    assert min(line.weight_g for line in proposal.lines) >= found.rules.min_line_g
    assert read_market(write_market(found)) == found
    assert read_proposal(write_proposal(proposal)) == proposal


def test_a_match_that_is_stopped_or_late_or_broken_says_so() -> None:
    """The child is gone, and the reason is a sentence."""
    found = generated(10, 2)
    with pytest.raises(MatchFailed, match="stopped"):
        propose(found, stop=lambda: True)
    with pytest.raises(MatchFailed, match="did not keep its time"):
        propose(found, seconds=0)
    nonsense = replace(found, needs=tuple(replace(need, price_satang_per_kg=10**30) for need in found.needs))
    with pytest.raises(MatchFailed, match="ended without a proposal"):
        propose(nonsense)
