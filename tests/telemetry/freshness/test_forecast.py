"""What is left on arrival, what another way would leave, and in whose custody the days were lost."""

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telemetry.freshness import Catalogue, Ledger
from telemetry.freshness.custody import custody_losses
from telemetry.freshness.forecast import Forecast, Leg, at_set_point, forecast, waiting_first, what_if
from telemetry.freshness.samples import HistorySealed
from tests.telemetry.freshness.courses import HOUR_MS, START_MS, course

DAY_S = 86_400
VOYAGE = (
    Leg("truck", "Somchai", 6 * 3600, 14),
    Leg("border", "customs", 12 * 3600, 30),
    Leg("sea", "line", 9 * DAY_S, 14),
)


def loaded(catalogue: Catalogue, name: str = "durian") -> tuple[Ledger, int]:
    samples = course((24, 14))
    ledger = Ledger(catalogue.commodity(name))
    ledger.extend(samples)
    return ledger, samples[-1][0]


def forecast_of(catalogue: Catalogue, legs: tuple[Leg, ...], required_s: int | None = None) -> Forecast:
    ledger, now_ms = loaded(catalogue)
    found = forecast(ledger, legs, now_ms=now_ms, required_s=required_s)
    assert found is not None
    return found


def test_legs_at_the_reference_cost_their_length(catalogue: Catalogue) -> None:
    """A day in store and nine days at sea at 14 °C leave 11 of 21 days, 17 of the 27 of the median."""
    found = forecast_of(catalogue, (Leg("sea", "line", 9 * DAY_S, 14, swing_c=0),))
    assert (1 - found.life_used) * 21 == pytest.approx(11, rel=0.001)
    assert found.remaining.p50_s == pytest.approx((math.sqrt(21 * 35) - 10) * DAY_S, rel=0.001)
    assert found.legs[0].days_lost == pytest.approx(9)
    assert found.eta_ms == START_MS + 24 * HOUR_MS + 9 * DAY_S * 1000


def test_a_wait_in_the_heat_costs_more_than_its_length(catalogue: Catalogue) -> None:
    """Twelve hours at the border at 30 °C cost more than a day of life, and it is told where."""
    losses = {leg.custodian: leg.days_lost for leg in forecast_of(catalogue, VOYAGE).legs}
    assert losses["customs"] > 1 > losses["Somchai"]


def test_quantiles_are_in_order_and_lateness_widens_them(catalogue: Catalogue) -> None:
    """p10 < p50 < p90; a border that may take three days lowers p10 and leaves p50."""
    plain = forecast_of(catalogue, VOYAGE)
    assert plain.remaining.p10_s < plain.remaining.p50_s < plain.remaining.p90_s
    border = replace(VOYAGE[1], late_s=3 * DAY_S)
    unsure = forecast_of(catalogue, (VOYAGE[0], border, VOYAGE[2]))
    assert unsure.remaining.p50_s == plain.remaining.p50_s
    assert unsure.remaining.p10_s < plain.remaining.p10_s


def test_what_if_compares_ways(catalogue: Catalogue) -> None:
    """Three days later, warmer, or around the border: each against the plan."""
    ledger, now_ms = loaded(catalogue)
    ways = {
        "plan": VOYAGE,
        "three days later": waiting_first(VOYAGE, 3 * DAY_S, 14),
        "at 20 °C": at_set_point(VOYAGE, 20),
        "around the border": (VOYAGE[0], VOYAGE[2]),
    }
    left = {name: found.remaining.p50_s for name, found in what_if(ledger, ways, now_ms=now_ms).items() if found}
    assert left["around the border"] > left["plan"] > left["three days later"] > left["at 20 °C"]


def test_too_cold_a_set_point_is_no_help(catalogue: Catalogue) -> None:
    """Durian at 8 °C for the voyage: injured before it lands."""
    found = forecast_of(catalogue, at_set_point(VOYAGE, 8))
    assert found.injury_dose > 1
    assert found.remaining.p50_s < forecast_of(catalogue, VOYAGE).remaining.p50_s


def test_the_chance_of_the_required_life_falls_with_what_is_asked(catalogue: Catalogue) -> None:
    """Half when the median is asked for; never rising."""
    plain = forecast_of(catalogue, VOYAGE)
    assert forecast_of(catalogue, VOYAGE, plain.remaining.p50_s).chance_of_required == pytest.approx(0.5, abs=0.01)
    chances = [forecast_of(catalogue, VOYAGE, days * DAY_S).chance_of_required for days in range(0, 72, 6)]
    assert chances == sorted(chances, reverse=True)
    assert chances[0] > 0.6
    assert chances[-1] < 0.05


def test_nothing_to_start_from_gives_no_forecast(catalogue: Catalogue) -> None:
    """No reading, or no published life."""
    assert forecast(Ledger(catalogue.commodity("durian")), VOYAGE, now_ms=START_MS) is None
    ledger, now_ms = loaded(catalogue, "pandan")
    assert forecast(ledger, VOYAGE, now_ms=now_ms) is None


@pytest.mark.parametrize("wrong", [{"duration_s": -1}, {"swing_c": -1.0}, {"late_s": 10}, {"early_s": 10**9}])
def test_an_impossible_leg_is_refused(wrong: dict[str, int]) -> None:
    """The error names the leg."""
    with pytest.raises(ValueError, match="leg 'truck'"):
        replace(VOYAGE[0], **wrong)


def test_the_warm_custody_lost_the_days(catalogue: Catalogue) -> None:
    """A day at 14 °C with the packer, a day at 26 °C with the carrier."""
    samples = course((24, 14), (24, 26))
    ledger = Ledger(catalogue.commodity("durian"))
    ledger.extend(samples)
    hand_overs = [(START_MS, "packer"), (START_MS + 24 * HOUR_MS, "carrier")]
    packer, carrier = custody_losses(ledger, hand_overs, until_ms=samples[-1][0])
    assert packer.days_lost == pytest.approx(1, rel=0.01)
    assert carrier.days_lost > 2
    assert packer.days_lost_early == pytest.approx(0, abs=0.01)
    assert carrier.observed_share == 1


@settings(max_examples=60, deadline=None)
@given(
    cuts=st.lists(st.integers(0, 60 * HOUR_MS), min_size=0, max_size=6),
    pieces=st.lists(st.tuples(st.sampled_from([1, 2, 7]), st.integers(3, 35)), min_size=1, max_size=6),
)
def test_custodies_add_up_to_the_whole(catalogue: Catalogue, cuts: list[int], pieces: list[tuple[int, int]]) -> None:
    """However the way is cut: nothing lost twice, nothing forgotten."""
    samples = course(*pieces)
    ledger = Ledger(catalogue.commodity("durian"))
    ledger.extend(samples)
    end_ms = START_MS + 61 * HOUR_MS
    edges = [START_MS, *(START_MS + cut for cut in sorted(cuts))]
    parts = custody_losses(ledger, [(at_ms, str(at_ms)) for at_ms in edges], until_ms=end_ms)
    whole = custody_losses(ledger, [(START_MS, "all")], until_ms=end_ms)
    assert sum(part.days_lost for part in parts) == pytest.approx(whole[0].days_lost, rel=1e-12, abs=1e-12)


def test_custody_needs_the_readings(catalogue: Catalogue) -> None:
    """A ledger restored from its sums can't say who lost what."""
    samples = course((48, 14))
    ledger = Ledger(catalogue.commodity("durian"))
    ledger.extend(samples)
    restored = Ledger.restore(catalogue.commodity("durian"), ledger.save())
    with pytest.raises(HistorySealed):
        custody_losses(restored, [(START_MS, "packer")], until_ms=samples[-1][0])
    with pytest.raises(ValueError, match="in order of time"):
        custody_losses(ledger, [(START_MS + 1, "b"), (START_MS, "a")], until_ms=samples[-1][0])
