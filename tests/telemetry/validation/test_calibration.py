"""The width of the interval is what the development cases need, and no judging case has a say in it."""

from dataclasses import replace

import pytest

from telemetry.freshness import keeping
from telemetry.freshness.commodities import load_catalogue
from telemetry.freshness.validation.calibration import calibrate
from telemetry.freshness.validation.cases import Use, load_cases


def test_the_width_in_use_is_the_calibrated_one():
    found = calibrate(load_cases(), load_catalogue())
    assert found.sigma == pytest.approx(keeping.LIFE_SIGMA, abs=0.006)
    assert abs(found.bias) < 0.15
    assert found.cases > 20


def test_judging_cases_do_not_move_it():
    """With every judging observation a hundred times as long, the calibration is the same."""
    cases, catalogue = load_cases(), load_catalogue()
    moved = [
        replace(case, low_days=case.low_days and 100 * case.low_days, high_days=case.high_days and 100 * case.high_days)
        if case.work.use is Use.JUDGING
        else case
        for case in cases
    ]
    assert calibrate(moved, catalogue) == calibrate(cases, catalogue)


def test_development_cases_that_feed_the_catalogue_do_not_move_it():
    """The sheet on sapotes is in both."""
    cases, catalogue = load_cases(), load_catalogue()
    fed = [case for case in cases if case.work.source_id == "ucd-sapotes"]
    assert fed
    assert calibrate([case for case in cases if case not in fed], catalogue) == calibrate(cases, catalogue)
