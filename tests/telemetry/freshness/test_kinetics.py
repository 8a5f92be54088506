"""Rates over temperature, time to injury, mean kinetic temperature, and lives along profiles."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.freshness import Catalogue, Confidence, keep_along, keep_at
from telemetry.freshness.ageing import log_rate, relative_rate
from telemetry.freshness.grid import CELLS, cell_of, celsius_of, rate_table
from telemetry.freshness.kinetics import ageing_per_day, injury_days, loss_per_day, mean_kinetic_c

CELSIUS = st.floats(-10, 45)


@pytest.mark.parametrize(("cold", "q10"), [(0, 10**0.5), (10, 5**0.5), (20, 3**0.5), (30, 1.5**0.5)])
def test_q10_of_each_interval_is_the_middle_of_the_handbook(cold: float, q10: float) -> None:
    """USDA Handbook 66: 2.5-4.0, 2.0-2.5, 1.5-2.0, 1.0-1.5."""
    assert relative_rate(cold + 10, cold) == pytest.approx(q10)


def test_sugar_loss_of_sweet_corn_runs_alike() -> None:
    """The catalogue's own check: sugar is lost 3-4 times as fast at 10 °C as at 0, 6 times at 20, 12 times at 30."""
    assert 3 <= relative_rate(10, 0) <= 4
    assert relative_rate(20, 0) == pytest.approx(6, rel=0.2)
    assert relative_rate(30, 0) == pytest.approx(12, rel=0.05)


@given(CELSIUS, CELSIUS)
def test_warmer_is_never_slower(one: float, other: float) -> None:
    """Ageing alone never slows with warmth."""
    low, high = sorted((one, other))
    assert log_rate(low) <= log_rate(high)


def test_mangosteen_is_injured_when_the_source_says(catalogue: Catalogue) -> None:
    """More than 5 days at 5 °C, more than 15 just below 10 °C (UC Davis); never at 10 °C and above."""
    mangosteen = catalogue.commodity("mangosteen")
    assert injury_days(mangosteen, 5) == pytest.approx(5, rel=0.02)
    assert injury_days(mangosteen, 9.999) == pytest.approx(15, rel=0.02)
    assert injury_days(mangosteen, 10) is None


def test_published_lives_come_back(catalogue: Catalogue) -> None:
    """Default and median life at the reference temperature; at a published dose life ends with the injury."""
    for commodity in catalogue:
        if commodity.supported:
            keeping = keep_at(commodity, commodity.reference_temperature_c)
            assert keeping.default_days == pytest.approx(commodity.reference_life_days), commodity.commodity_id
            assert keeping.keeps_days.p50 == pytest.approx(commodity.median_life_days), commodity.commodity_id
            assert keeping.keeps_days.p10 < keeping.keeps_days.p50 < keeping.keeps_days.p90
    assert keep_at(catalogue.commodity("mangosteen"), 5).keeps_days.p50 == pytest.approx(5, rel=0.02)


@given(temperature_c=st.floats(-0.4, 45))
def test_chilling_adds_and_never_takes_away(catalogue: Catalogue, temperature_c: float) -> None:
    """The total rate is at least the rate of ageing, and life at least ends with the injury."""
    for name in ("mangosteen", "okra", "coriander"):
        commodity = catalogue.commodity(name)
        total = loss_per_day(commodity, temperature_c)
        assert total >= ageing_per_day(commodity, temperature_c)
        injured = injury_days(commodity, temperature_c)
        if injured is not None:
            assert 1 / total <= injured * 1.000001


def test_a_constant_profile_is_the_life_at_its_temperature(catalogue: Catalogue) -> None:
    """However it is cut."""
    durian = catalogue.commodity("durian")
    whole = keep_at(durian, 20)
    cut = keep_along(durian, [(0, 20), (5, 20), (5, 20), (100, 20)])
    assert cut.keeping.keeps_days.p50 == pytest.approx(whole.keeps_days.p50)
    assert cut.life_used == pytest.approx(100 / 24 / whole.default_days)


def test_a_profile_after_which_nothing_is_left(catalogue: Catalogue) -> None:
    """Life ends within it; no days remain, and none are owed."""
    basil = catalogue.commodity("basil_thai")
    along = keep_along(basil, [(0, 30), (24 * 30, 30)])
    assert along.life_used > 1
    assert along.remaining_days_at_reference == 0
    assert along.keeping.keeps_days.p50 == pytest.approx(keep_at(basil, 30).keeps_days.p50)


def test_far_from_the_published_temperature_confidence_is_low(catalogue: Catalogue) -> None:
    """Pineapple's sources agree at 10 °C; at 30 °C none of them speaks."""
    pineapple = catalogue.commodity("pineapple")
    assert keep_at(pineapple, 10).confidence is Confidence.HIGH
    assert keep_at(pineapple, 30).confidence is Confidence.LOW


def test_an_upside_down_profile_is_refused(catalogue: Catalogue) -> None:
    """Hours never fall."""
    with pytest.raises(ValueError, match="never fall"):
        keep_along(catalogue.commodity("durian"), [(5, 14), (4, 14)])


def test_mean_kinetic_temperature_of_usp() -> None:
    """Above the arithmetic mean, below the peak; equal temperatures give themselves; weights count."""
    assert mean_kinetic_c([(20, 1)]) == pytest.approx(20)
    mixed = mean_kinetic_c([(10, 1), (30, 1)])
    assert 20 < mixed < 30
    # Haynes: (83.144/0.0083144) / -ln(mean(exp(-10000/T))), here 10000 K exactly
    expected = 10_000 / -math.log((math.exp(-10_000 / 283.15) + math.exp(-10_000 / 303.15)) / 2) - 273.15
    assert mixed == pytest.approx(expected, abs=0.001)
    assert mean_kinetic_c([(10, 3), (30, 1)]) < mixed
    assert mean_kinetic_c([]) is None


@given(st.integers(-6000, 12000))
def test_a_cell_holds_its_temperature(centi: int) -> None:
    """To half a tenth of a degree, the outermost cells apart."""
    cell = cell_of(centi)
    assert 0 <= cell < CELLS
    if -4000 <= centi <= 8000:
        assert abs(celsius_of(cell) * 100 - centi) <= 5.001


def test_the_integer_rates_are_the_rates(catalogue: Catalogue) -> None:
    """To one part in ten thousand, at every tenth of a degree."""
    for name in ("mangosteen", "ginger"):
        commodity = catalogue.commodity(name)
        table = rate_table(commodity)
        for cell in range(cell_of(0), cell_of(4000), 7):
            per_day = table.loss[cell] * 86_400_000 / 1e15
            assert per_day == pytest.approx(loss_per_day(commodity, celsius_of(cell)), rel=1e-4)
