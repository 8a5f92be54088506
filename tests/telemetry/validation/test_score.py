"""Fold errors, one-sided observations, over-prediction and coverage on small made-up cases."""

import pytest

from telemetry.freshness.commodities import load_catalogue
from telemetry.freshness.validation.cases import Access, Setting, Use, load_cases, parse_cases, parse_works
from telemetry.freshness.validation.prediction import Comparison, Prediction
from telemetry.freshness.validation.score import CaseScore, breach, misses, score, select, summarise

WORKS = parse_works(
    "source_id,kind,authors,year,title,where,access,use,url\n"
    "seen,experiment,A B.,2000,T,J,read,judging,https://example.org\n"
    "kept,experiment,C D.,2001,T,J,read,development,https://example.org\n"
)
HEAD = (
    "case_id,source_id,commodity_id,stage,profile,endpoint,"
    "ended_by,relation,low_days,high_days,humidity_pct,cultivar,note\n"
)


def comparison(relation, low, high, predicted, *, interval=(None, None), source="seen", humidity=""):
    row = f"a,{source},okra,,10C,life,senescence,{relation},{low},{high},{humidity},,"
    (case,) = parse_cases(HEAD + row, WORKS)
    return Comparison(case, Prediction(predicted, *interval))


def scored(*comparisons):
    return tuple(CaseScore(one.case, {"model": one}) for one in comparisons)


@pytest.mark.parametrize(("predicted", "fold"), [(10, 1.0), (20, 2.0), (5, 2.0)])
def test_fold_error_is_the_same_both_ways(predicted, fold):
    assert comparison("exact", 10, 10, predicted).fold == pytest.approx(fold)


@pytest.mark.parametrize(
    ("observed", "predicted", "within", "over"),
    [
        (("exact", 10, 10), 15, True, False),
        (("exact", 10, 10), 15.1, False, True),
        (("exact", 10, 10), 6.6, False, False),
        (("at_most", "", 10), 0.1, True, False),
        (("at_most", "", 10), 15.1, False, True),
        (("at_least", 10, ""), 900, True, None),
        (("at_least", 10, ""), 6.6, False, None),
    ],
)
def test_within_and_over_follow_the_kind_of_observation(observed, predicted, within, over):
    one = comparison(*observed, predicted)
    assert (one.within, one.over) == (within, over)


def test_a_one_sided_observation_has_no_fold_and_is_not_counted_as_covered():
    one = comparison("at_least", 10, "", 20, interval=(5, 30))
    assert (one.fold, one.covered) == (None, None)


def test_coverage_asks_whether_the_interval_holds_the_observation():
    assert comparison("exact", 10, 10, 20, interval=(9, 30)).covered is True
    assert comparison("exact", 10, 10, 20, interval=(11, 30)).covered is False
    assert comparison("exact", 10, 10, 20).covered is None


def test_a_summary_counts_each_measure_over_the_cases_it_applies_to():
    scores = scored(
        comparison("exact", 10, 10, 10, interval=(5, 20)),
        comparison("exact", 10, 10, 20, interval=(15, 30)),
        comparison("at_most", "", 10, 16),
        comparison("at_least", 10, "", 5),
    )
    summary = summarise(scores, "model")
    assert (summary.cases, summary.two_sided, summary.median_fold) == (4, 2, pytest.approx(1.5))
    assert (summary.within, summary.over, summary.over_of) == (1, 2, 3)
    assert (summary.covered, summary.covered_of) == (1, 2)


def test_a_summary_of_nothing_has_no_median():
    assert summarise((), "model").median_fold is None


def test_misses_come_worst_first():
    scores = scored(comparison("exact", 10, 10, 16), comparison("at_least", 10, "", 2), comparison("exact", 10, 10, 10))
    assert [breach(one.comparisons["model"]) for one in misses(scores)] == pytest.approx([5.0, 1.6])


def test_selection_keeps_use_access_and_dry_air_apart():
    scores = scored(
        comparison("exact", 10, 10, 10),
        comparison("exact", 10, 10, 10, source="kept"),
        comparison("exact", 10, 10, 10, humidity=50),
    )
    assert select(scores, Use.JUDGING) == scores[:1]
    assert select(scores, Use.DEVELOPMENT) == scores[1:2]
    assert select(scores, Use.JUDGING, settings=(Setting.DRY,)) == scores[2:]
    assert select(scores, Use.JUDGING, Access.RECALLED) == ()


def test_every_case_is_scored_by_all_predictors_or_by_none():
    scores = score(load_cases(), load_catalogue())
    assert {frozenset(one.comparisons) for one in scores} == {frozenset(("model", "q10_2", "mkt")), frozenset()}
    assert all(
        one.refused != load_catalogue().commodity(one.case.commodity_id, one.case.stage).supported for one in scores
    )
