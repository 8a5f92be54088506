"""The baselines do what their names say, and start from the figures that the model starts from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.freshness.commodities import load_catalogue
from telemetry.freshness.keeping import keep_at
from telemetry.freshness.kinetics import mean_kinetic_c
from telemetry.freshness.validation.cases import Endpoint, Segment, parse_profile
from telemetry.freshness.validation.predictors import (
    PREDICTORS,
    Model,
    RateBaseline,
    mean_kinetic,
    points_of,
    q10_of_two,
)

CATALOGUE = load_catalogue()
MANGOSTEEN = CATALOGUE.commodity("mangosteen")
Q10 = RateBaseline("q10_2", q10_of_two)
MKT = RateBaseline("mkt", mean_kinetic)


def days(predictor, profile, endpoint=Endpoint.LIFE, commodity=MANGOSTEEN):
    segments = parse_profile(profile) if isinstance(profile, str) else profile
    return predictor.predict(commodity, segments, endpoint).days


def test_every_predictor_gives_the_median_life_at_the_reference_temperature():
    profile = f"{MANGOSTEEN.reference_temperature_c:g}C"
    for predictor in PREDICTORS:
        assert days(predictor, profile) == pytest.approx(MANGOSTEEN.median_life_days, rel=1e-9)


def test_q10_of_two_halves_the_life_ten_degrees_up_and_doubles_it_ten_down():
    reference = MANGOSTEEN.reference_temperature_c
    assert days(Q10, f"{reference + 10:g}C") == pytest.approx(MANGOSTEEN.median_life_days / 2)
    assert days(Q10, f"{reference - 10:g}C") == pytest.approx(MANGOSTEEN.median_life_days * 2)


def test_baselines_know_no_chilling():
    assert days(Q10, "3C", Endpoint.INJURY) == days(Q10, "3C")
    assert days(MKT, "3C") > 3 * days(Model(), "3C")


@given(
    cold_c=st.floats(0, 15),
    warm_c=st.floats(15, 35),
    hours=st.floats(1, 48),
)
def test_the_mkt_baseline_ends_when_the_life_at_the_mean_kinetic_temperature_does(cold_c, warm_c, hours):
    """The time along a profile and the time at its mean kinetic temperature are the same."""
    profile = (Segment(warm_c, hours), Segment(cold_c, None))
    end = days(MKT, profile)
    dwell = [(warm_c, min(hours / 24, end)), (cold_c, max(0.0, end - hours / 24))]
    equivalent = (Segment(mean_kinetic_c(dwell), None),)
    assert days(MKT, equivalent) == pytest.approx(end, rel=1e-6)


def test_the_model_is_the_library_that_users_call():
    keeping = keep_at(MANGOSTEEN, 6.0)
    prediction = Model().predict(MANGOSTEEN, parse_profile("6C"), Endpoint.LIFE)
    assert (prediction.days, prediction.low_days, prediction.high_days) == (
        keeping.keeps_days.p50,
        keeping.keeps_days.p10,
        keeping.keeps_days.p90,
    )
    assert days(Model(), "6C", Endpoint.INJURY) == keeping.chilling_injury_after_days


def test_where_no_injury_comes_the_end_of_life_stands_in():
    assert days(Model(), "20C", Endpoint.INJURY) == days(Model(), "20C", Endpoint.LIFE)


def test_a_commodity_without_a_published_life_is_refused_by_all():
    refused = next(one for one in CATALOGUE if not one.supported)
    assert [one.predict(refused, parse_profile("10C"), Endpoint.LIFE) for one in PREDICTORS] == [None, None, None]


def test_a_profile_becomes_steps():
    assert points_of(parse_profile("10C 24h > 5C")) == [(0.0, 10.0), (24.0, 10.0), (24.0, 5.0)]
